/** Where a request holds addresses, and the same request with others in their place. */
import { type Shape, withPlaces } from "../target/shape.js";

/** Names of parameters that take addresses. */
export const URL_LIKE =
  /(^|_)(url|uri|link|href|webhook|callback|feed|site|src)$|^(next|goto|continue|redirect(_?to)?|return_?(to|url)|dest(ination)?)$|[a-z]Ur[li]$/i;
/** Addresses, and paths on the server's own host. */
const ADDRESS = /^(?:https?:\/\/|\/\/|\/[^\s{}]*$|about:|file:|ftp:)/i;

/** A parameter: of the address, or of the body by the names and positions that lead to it. */
export interface Slot {
  name: string;
  where: "query" | "body";
  path: readonly (string | number)[];
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Deeper than this no request has an address. */
const DEEPEST = 8;

function takesAddress(name: string, value: string): boolean {
  return !value.includes("{{") && (ADDRESS.test(value) || URL_LIKE.test(name));
}

function isForm({ contentType, bodyTemplate }: Shape): boolean {
  return bodyTemplate !== null && (contentType ?? "").includes("urlencoded");
}

/** The body as a JSON document; its places are within strings. Null where it is none. */
function jsonOf({ bodyTemplate }: Shape): Json {
  if (!bodyTemplate?.trimStart().startsWith("{")) return null;
  try {
    const document: Json = JSON.parse(bodyTemplate);
    return document;
  } catch {
    return null;
  }
}

function walk(value: Json, path: readonly (string | number)[], slots: Slot[]): void {
  if (path.length > DEEPEST) return;
  if (typeof value === "string") {
    const name = path.findLast((step) => typeof step === "string") ?? "";
    if (takesAddress(String(name), value)) slots.push({ name: String(name), where: "body", path });
  } else if (Array.isArray(value)) for (const [i, item] of value.entries()) walk(item, [...path, i], slots);
  else if (value !== null && typeof value === "object")
    for (const [key, item] of Object.entries(value)) walk(item, [...path, key], slots);
}

/** The parameters of a request whose value is an address or a path, or which are called so. */
export function slotsOf(shape: Shape): Slot[] {
  const slots: Slot[] = [];
  for (const [name, value] of new URL(shape.url).searchParams)
    if (takesAddress(name, value)) slots.push({ name, where: "query", path: [name] });
  if (isForm(shape)) {
    for (const [name, value] of new URLSearchParams(shape.bodyTemplate ?? ""))
      if (takesAddress(name, value)) slots.push({ name, where: "body", path: [name] });
  } else walk(jsonOf(shape), [], slots);
  return slots;
}

/** Where a parameter that a request does not have can go: into its address, and into a body that has names. */
export function newSlots(shape: Shape, name: string): Slot[] {
  const slots: Slot[] = [];
  if (!new URL(shape.url).searchParams.has(name)) slots.push({ name, where: "query", path: [name] });
  const document = jsonOf(shape);
  const named = isForm(shape)
    ? new URLSearchParams(shape.bodyTemplate ?? "").has(name)
    : document === null || typeof document !== "object" || Object.hasOwn(document, name);
  if (!named) slots.push({ name, where: "body", path: [name] });
  return slots;
}

function put(document: Json, path: readonly (string | number)[], value: string): Json {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (Array.isArray(document)) return document.map((item, i) => (i === step ? put(item, rest, value) : item));
  const object = document !== null && typeof document === "object" ? document : {};
  return { ...object, [step]: put(object[step] ?? null, rest, value) };
}

/** The same request with addresses in some of its parameters, each once. */
export function withAddresses(shape: Shape, filled: readonly { slot: Slot; value: string }[]): Shape {
  const url = new URL(shape.url);
  const inBody = filled.filter(({ slot }) => slot.where === "body");
  for (const { slot, value } of filled) if (slot.where === "query") url.searchParams.set(slot.name, value);
  const changed = { ...shape, url: withPlaces(url.href) };
  if (inBody.length === 0) return changed;
  if (isForm(shape)) {
    const form = new URLSearchParams(shape.bodyTemplate ?? "");
    for (const { slot, value } of inBody) form.set(slot.name, value);
    return { ...changed, bodyTemplate: withPlaces(form.toString()) };
  }
  const document = inBody.reduce((body, { slot, value }) => put(body, slot.path, value), jsonOf(shape));
  return { ...changed, bodyTemplate: JSON.stringify(document) };
}
