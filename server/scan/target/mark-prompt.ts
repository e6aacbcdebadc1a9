import { COMMON_KEYS, PROMPT, RARE_KEYS } from "./shape.js";

/*
 * Where the user's text stands in a request that somebody copied: by how its field is called, else the one text there is.
 */

const KEYS: readonly string[] = [...COMMON_KEYS, ...RARE_KEYS, "utterance", "instruction"];
/** The last word of names such as `userText`, `chat_input` and `data.question`. */
const ENDING = /(?:^|[a-z0-9_.-])(?:message|prompt|input|query|question|text|content|utterance|msg|ask)s?$/i;
/** Names whose value is not what the user wrote, whatever it looks like. */
const NOT_THE_USERS =
  /(?:id|type|role|model|lang|language|locale|token|key|user|username|name|session|conversation|thread|csrf\w*|format|mode|version|timestamp|date|uuid)$/i;

/** A text in a request that may be the user's, with the names on the way to it. */
interface Leaf {
  name: string;
  /** Names and positions from the outermost on. */
  path: readonly (string | number)[];
  value: string;
}

/** How well a field's name says that it takes the user's text; the smaller the better. */
function rankOf({ name, path, value }: Leaf): number {
  const at = KEYS.indexOf(name);
  if (at >= 0) return at + path.length / 100;
  if (ENDING.test(name)) return KEYS.length + path.length / 100;
  if (/\S\s+\S/.test(value) && !NOT_THE_USERS.test(name)) return KEYS.length + 1 + path.length / 100;
  return Number.POSITIVE_INFINITY;
}

/** The leaf that most looks like the user's text; of a conversation the last thing that the user said. */
function choose(leaves: readonly Leaf[]): Leaf | null {
  const ranked = leaves.map((leaf) => ({ leaf, rank: rankOf(leaf) })).sort((a, b) => a.rank - b.rank);
  const best = ranked[0];
  if (best && Number.isFinite(best.rank)) return best.leaf;
  const others = leaves.filter(({ name }) => !NOT_THE_USERS.test(name));
  return (others.length === 1 ? others[0] : null) ?? null;
}

function leavesOf(value: unknown, path: readonly (string | number)[] = []): Leaf[] {
  if (typeof value === "string") {
    const name = path.findLast((part) => typeof part === "string");
    return [{ name: typeof name === "string" ? name : "", path, value }];
  }
  if (Array.isArray(value)) return value.flatMap((one: unknown, i) => leavesOf(one, [...path, i]));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => leavesOf(one, [...path, key]));
}

/** The last message of the user in a list of messages, wherever it is in the document. */
function lastMessage(value: unknown, path: readonly (string | number)[] = []): Leaf | null {
  if (typeof value !== "object" || value === null) return null;
  if (Array.isArray(value)) {
    const at = value.findLastIndex((one: unknown) => roleOf(one) === "user");
    const said =
      at < 0 ? undefined : leavesOf(value[at], [...path, at]).findLast(({ name }) => /^(?:content|text)$/.test(name));
    if (said) return said;
  }
  for (const [key, one] of Object.entries(value)) {
    const found = lastMessage(one, [...path, Array.isArray(value) ? Number(key) : key]);
    if (found) return found;
  }
  return null;
}

function roleOf(value: unknown): unknown {
  return typeof value === "object" && value !== null && "role" in value ? value.role : undefined;
}

/** A copy of a document with the placeholder at a place. */
function placed(value: unknown, path: readonly (string | number)[]): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return PROMPT;
  if (Array.isArray(value)) return value.map((one: unknown, i) => (i === first ? placed(one, rest) : one));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, key === first ? placed(one, rest) : one]));
}

/** Which of several fields takes the user's text: its position, or -1 when none looks like it. */
export function promptField(fields: readonly { name: string; value: string }[]): number {
  const marked = fields.findIndex(({ value }) => value.includes(PROMPT));
  if (marked >= 0) return marked;
  const at = choose(fields.map(({ name, value }, i) => ({ name, value, path: [i] })))?.path[0];
  return typeof at === "number" ? at : -1;
}

/**
 * Puts the placeholder into a form or a query, percent-encoded as it is; other fields stay letter by letter.
 * @returns null when no field looks like the one that takes the user's text
 */
export function markPairs(text: string): string | null {
  if (text.includes(PROMPT)) return text;
  const pairs = text.split("&");
  const chosen = promptField(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      return at < 0
        ? { name: "id", value: "" }
        : { name: decoded(pair.slice(0, at)), value: decoded(pair.slice(at + 1)) };
    }),
  );
  if (chosen < 0) return null;
  return pairs.map((pair, i) => (i === chosen ? `${pair.slice(0, pair.indexOf("="))}=${PROMPT}` : pair)).join("&");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

/**
 * Puts the placeholder into a copied body, JSON or a form, where the user's text evidently stands.
 * @returns null when no field looks like it
 */
export function markPrompt(body: string): string | null {
  if (body.includes(PROMPT)) return body;
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    return /^[\w.[\]%+-]+=/.test(body) ? markPairs(body) : null;
  }
  const chosen = lastMessage(document) ?? choose(leavesOf(document));
  return chosen === null || chosen.path.length === 0 ? null : JSON.stringify(placed(document, chosen.path));
}

/** The same in the query of an address; null when there is none, or no parameter looks like it. */
export function markQuery(url: string): string | null {
  if (url.includes(PROMPT)) return url;
  const at = url.indexOf("?");
  const hash = url.indexOf("#");
  const end = hash < 0 ? url.length : hash;
  if (at < 0 || at > end) return null;
  const marked = markPairs(url.slice(at + 1, end));
  return marked === null ? null : `${url.slice(0, at + 1)}${marked}${url.slice(end)}`;
}
