/** What is wrong with a setting, in one sentence with what is allowed. */
import { z } from "zod";
import { anyOf, similar } from "./similar.js";

export interface IssuePlace {
  issue: z.core.$ZodIssue;
  path: (string | number)[];
  /** The objection is to the key and not to its value. */
  atKey: boolean;
}

/** The keys that may stand in the group at a path, as the schema has them; none where it takes any. */
export function allowedKeys(schema: unknown, path: readonly (string | number)[]): string[] {
  let at = schema;
  for (const part of path) {
    at = unwrapped(at);
    if (at instanceof z.ZodObject) at = Object.entries(at.shape).find(([key]) => key === part)?.[1];
    else if (at instanceof z.ZodArray) at = at.element;
    else if (at instanceof z.ZodRecord) at = at.valueType;
    else return [];
  }
  at = unwrapped(at);
  if (at instanceof z.ZodObject) return Object.keys(at.shape);
  if (at instanceof z.ZodRecord && at.keyType instanceof z.ZodEnum) return at.keyType.options.map(String);
  return [];
}

function unwrapped(schema: unknown): unknown {
  let at = schema;
  while (at instanceof z.ZodOptional) at = at.unwrap();
  return at;
}

/**
 * @param place the objection and where it stands
 * @param value what stands there
 * @param schema what the file may hold
 */
export function describeIssue(place: IssuePlace, value: unknown, schema: unknown): string {
  const { issue, path } = place;
  const name = nameOf(path);
  switch (issue.code) {
    case "unrecognized_keys":
    case "invalid_key":
      return unknownKey(path, allowedKeys(schema, path.slice(0, -1)));
    case "invalid_value":
      return `\`${name}\` must be ${anyOf(issue.values.map(String))}, not ${shown(value)}${meant(value, issue.values)}`;
    case "invalid_type":
      if (value === undefined) return `\`${name}\` is missing.`;
      return `\`${name}\` must be ${typeName(issue.expected)}, not ${shown(value)}.`;
    case "too_small":
      if (issue.origin === "string" || issue.origin === "array") return `\`${name}\` must not be empty.`;
      return `\`${name}\` must be ${issue.inclusive === false ? "above" : "at least"} ${issue.minimum}, not ${shown(value)}.`;
    case "too_big":
      return `\`${name}\` must be at most ${issue.maximum}, not ${shown(value)}.`;
    case "invalid_format":
      return `\`${name}\` ${issue.message.startsWith("must") ? issue.message : "has not the right form"}.`;
    case "invalid_union": {
      const types = issue.errors.flatMap((errors) =>
        errors.flatMap((e) => (e.code === "invalid_type" && e.path.length === 0 ? [typeName(e.expected)] : [])),
      );
      const values = issue.errors.flatMap((errors) =>
        errors.flatMap((e) => (e.code === "invalid_value" ? e.values.map(String) : [])),
      );
      const allowed = [...new Set([...values, ...types])];
      return `\`${name}\` must be ${allowed.length > 0 ? anyOf(allowed) : "of another form"}, not ${shown(value)}.`;
    }
    default:
      return `\`${name}\` is not right: ${issue.message}.`;
  }
}

function unknownKey(path: readonly (string | number)[], allowed: readonly string[]): string {
  const key = String(path.at(-1));
  const where = path.length > 1 ? ` in \`${nameOf(path.slice(0, -1))}\`` : "";
  const what = path[0] === "levels" ? "rule" : "setting";
  const near = similar(key, allowed);
  if (near !== undefined) return `There is no ${what} \`${key}\`${where}; did you mean \`${near}\`?`;
  if (allowed.length === 0 || allowed.length > 12) return `There is no ${what} \`${key}\`${where}.`;
  return `There is no ${what} \`${key}\`${where}; it may be ${anyOf(allowed)}.`;
}

/** `scan.checks[1]`. */
function nameOf(path: readonly (string | number)[]): string {
  return path.map((part, i) => (typeof part === "number" ? `[${part + 1}]` : i === 0 ? part : `.${part}`)).join("");
}

/** End of a sentence: a full stop, or the question. */
function meant(value: unknown, allowed: readonly unknown[]): string {
  const near = typeof value === "string" ? similar(value, allowed.map(String)) : undefined;
  return near === undefined ? "." : `; did you mean ${near}?`;
}

function typeName(expected: string): string {
  switch (expected) {
    case "array":
      return "a list";
    case "object":
    case "record":
      return "a group of settings";
    case "string":
      return "a text";
    case "boolean":
      return "true or false";
    case "int":
      return "a whole number";
    default:
      return `a ${expected}`;
  }
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a group of settings";
  const text = String(value);
  const short = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return typeof value === "string" ? `"${short}"` : short;
}
