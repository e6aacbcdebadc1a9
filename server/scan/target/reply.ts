import type { JsonValue } from "jsonpath-rfc9535";
import { ScanError } from "../errors.js";
import { htmlToText, looksLikeHtml } from "./html.js";
import { type JsonPlace, jsonPlace } from "./json-place.js";

export type ReplyKind = "json" | "text" | "html" | "sse" | "ndjson";

/** Where the reply's text is: the form of the body, and a JSONPath within each JSON document of it. */
export interface ReplyPath {
  kind: ReplyKind;
  /** Null for text and HTML, and for streams whose events are plain text. */
  path: string | null;
}

export interface Extracted {
  /** The reply itself; empty when none was found. */
  text: string;
  /** Every string of the body, the reply among them: what the detectors read. */
  everything: string;
  /** Where the reply was found; null when it was not. */
  at: ReplyPath | null;
  /** The JSON document; of a stream the first and the last ones, which say what the others do not. */
  json: JsonValue | undefined;
}

/**
 * Reads the notation of `--reply-path`: `$.a.b`, `text`, `sse:$.delta.text`, `ndjson:$.response`.
 * @throws ScanError "bad-option" when a path is not JSONPath
 */
export function parseReplyPath(notation: string): ReplyPath {
  const text = notation.trim();
  if (text === "text" || text === "html") return { kind: text, path: null };
  const prefixed = /^(sse|ndjson):(.*)$/.exec(text);
  const kind: ReplyKind = prefixed?.[1] === "sse" ? "sse" : prefixed?.[1] === "ndjson" ? "ndjson" : "json";
  const path = prefixed ? (prefixed[2] ?? "") : text;
  if (kind === "sse" && (path === "" || path === "text")) return { kind, path: null };
  try {
    jsonPlace(path);
  } catch {
    throw new ScanError("bad-option", `The reply path "${notation}" is not one of $.a.b, text, sse:$.a or ndjson:$.a.`);
  }
  return { kind, path };
}

/** The same notation, from the parsed form. */
export function formatReplyPath(at: ReplyPath): string {
  if (at.kind === "text" || at.kind === "html") return at.kind;
  if (at.kind === "json") return at.path ?? "$";
  return at.path ? `${at.kind}:${at.path}` : at.kind;
}

/** No reply lies deeper than this; a document that is nested further is read as text. */
const DEEPEST = 200;

function isTooDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (quoted) {
      if (code === 0x5c) i++;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > DEEPEST) return true;
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  return false;
}

/** What some servers put before JSON so that no page can load it as a script. */
const GUARD = /^(?:\)\]\}'?,?|while\s?\(1\);|for\s?\(;;\);)\s*/;

function asJson(text: string): JsonValue | undefined {
  const trimmed = text.trim().replace(GUARD, "");
  if (!/^[[{"\d\-tfn]/.test(trimmed) || isTooDeep(trimmed)) return undefined;
  try {
    const document: JsonValue = JSON.parse(trimmed);
    return document;
  } catch {
    return undefined;
  }
}

function isObject(document: JsonValue | undefined): document is JsonValue & object {
  return typeof document === "object" && document !== null;
}

/** The strings at a path, joined. Content in parts (`[{type: "text", text}]`) counts with its text. */
function stringsAt(document: JsonValue, place: JsonPlace): string {
  try {
    return place(document)
      .map((value) => (typeof value === "string" ? value : typeof value === "number" ? String(value) : ""))
      .join("");
  } catch {
    return "";
  }
}

const REPLY_KEYS = [
  "reply",
  "response",
  "answer",
  "completion",
  "generated_text",
  "output_text",
  "output",
  "content",
  "bot_response",
  "assistant",
  "bot",
  "text",
  "message",
  "result",
  "delta",
  "token",
  "data",
  "summary",
  "translation",
];
const NOT_REPLY =
  /^(id|_id|.*_id|uuid|object|model|role|type|status|state|created(_?at)?|updated(_?at)?|timestamp|time|date|finish_?reason|stop_?reason|system_fingerprint|session|conversation|request|prompt|system_?prompt|instructions?|input|question|query|user|you|echo|error|errors|code|detail|traceback|version|name|email|lang(uage)?|usage|debug|trace|refusal|thinking|reasoning(_content)?)$/i;

interface Leaf {
  path: string;
  value: string;
  score: number;
}

/** All strings of a document with how much each looks like the reply. Bounded in depth and number. */
function leaves(document: unknown): Leaf[] {
  const out: Leaf[] = [];
  const walk = (value: unknown, path: string, keys: readonly string[], depth: number, weight: number): void => {
    if (out.length > 2_000 || depth > 12) return;
    if (typeof value === "string") {
      out.push({ path, value, score: scoreLeaf(value, keys) + weight });
    } else if (Array.isArray(value)) {
      for (const [i, item] of value.slice(0, 200).entries())
        walk(item, `${path}[${i}]`, keys, depth + 1, weight + speakerWeight(item, i));
    } else if (value !== null && typeof value === "object") {
      for (const [key, item] of Object.entries(value)) {
        const step = /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
        walk(item, path + step, [...keys, key], depth + 1, weight);
      }
    }
  };
  walk(document, "$", [], 0, 0);
  return out;
}

/** Whose message an entry of a conversation is, as the chat APIs and their frameworks write it. */
const SPEAKER_KEYS = ["role", "type", "sender", "author", "from"];

/** In a list of messages the last one of the assistant is the reply; the prompt and the user's words are not. */
function speakerWeight(item: unknown, index: number): number {
  if (item === null || typeof item !== "object" || Array.isArray(item)) return 0;
  const entries = new Map<string, unknown>(Object.entries(item));
  for (const key of SPEAKER_KEYS) {
    const speaker = entries.get(key);
    if (typeof speaker !== "string") continue;
    if (/^(system|developer|user|human|tool|function)$/i.test(speaker)) return -60;
    if (/^(assistant|ai|bot|model)$/i.test(speaker)) return 25 * index;
  }
  return 0;
}

function scoreLeaf(value: string, keys: readonly string[]): number {
  if (value.trim() === "") return -100;
  let score = Math.min(20, value.length / 10);
  if (/\s/.test(value.trim())) score += 8;
  for (const [i, key] of keys.entries()) {
    const rank = REPLY_KEYS.indexOf(key.toLowerCase());
    const last = i === keys.length - 1;
    if (rank >= 0) score += last ? 40 - rank : 6;
    else if (/(reply|response|answer|output|completion|content)/i.test(key) && !NOT_REPLY.test(key))
      score += last ? 15 : 4;
    if (NOT_REPLY.test(key)) score -= last ? 60 : 30;
  }
  return score;
}

/** The path that most looks like the reply's, or null. Array positions stay as they are. */
function bestPath(document: unknown): string | null {
  if (typeof document === "string") return "$";
  let best: Leaf | null = null;
  for (const leaf of leaves(document)) if (leaf.score > 0 && (best === null || leaf.score > best.score)) best = leaf;
  return best?.path ?? null;
}

/** The data of each server-sent event, in order. Line ends of all three kinds; several `data:` lines of one event are joined. */
export function sseEvents(body: string): string[] {
  const events: string[] = [];
  let data: string[] = [];
  for (const line of body.split(/\r\n|\n|\r/)) {
    if (line === "") {
      if (data.length > 0) events.push(data.join("\n"));
      data = [];
    } else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  if (data.length > 0) events.push(data.join("\n"));
  return events.filter((event) => event.trim() !== "[DONE]");
}

const linesOf = (body: string): string[] => body.split(/\r?\n/).filter((line) => line.trim() !== "");

/** Parts of the AI SDK's data stream, each with its kind before it: `0:"text"`, `e:{"finishReason":"stop"}`. */
function dataStreamParts(body: string): JsonValue[] | null {
  const parts = linesOf(body).map((line) => /^([0-9a-z]):(["[{].*)$/s.exec(line));
  if (!parts.some((part) => part?.[1] === "0") || parts.slice(0, -1).includes(null)) return null;
  return parts.flatMap((part) => {
    const value = asJson(part?.[2] ?? "");
    if (value === undefined) return [];
    return [part?.[1] === "0" ? { text: value } : { [part?.[1] ?? ""]: value }];
  });
}

function ndjsonDocuments(body: string): JsonValue[] | null {
  const parts = dataStreamParts(body);
  if (parts) return parts;
  const lines = linesOf(body);
  if (lines.length < 2) return null;
  const documents = lines.map(asJson);
  const good = documents.filter(isObject);
  return good.length >= 2 && good.length >= lines.length - 1 ? good : null;
}

/** Joins what each document of a stream adds. The path is the one that carries most text over the whole stream. */
function joinStream(documents: readonly JsonValue[], given: string | null): { text: string; path: string | null } {
  if (given) return { text: joinedAt(documents, given), path: given };
  const votes = new Map<string, number>();
  for (const document of documents)
    for (const leaf of leaves(document)) {
      const bonus = leaf.score > -20 ? Math.max(1, leaf.score + 20) : 0;
      if (bonus > 0) votes.set(leaf.path, (votes.get(leaf.path) ?? 0) + bonus);
    }
  const path = [...votes].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
  return { text: path ? joinedAt(documents, path) : "", path };
}

function joinedAt(documents: readonly JsonValue[], path: string): string {
  const place = jsonPlace(path);
  return documents.map((document) => stringsAt(document, place)).join("");
}

/** What a stream says beside the reply: each string once, since events repeat their ids and names. */
function beside(documents: readonly JsonValue[], path: string | null): string {
  const strings = new Set<string>();
  for (const document of documents)
    for (const leaf of leaves(document)) if (leaf.path !== path) strings.add(leaf.value);
  return [...strings].join("\n");
}

/** How many documents at the end of a stream tell of the whole: its usage, why it ended. */
const LAST_DOCUMENTS = 3;

/** The documents of a stream that are not one piece of text like the next. */
function ends(documents: readonly JsonValue[]): JsonValue | undefined {
  if (documents.length < 2) return documents[0];
  const last = documents.slice(1).slice(-LAST_DOCUMENTS);
  return [documents[0] ?? null, ...last];
}

function allStrings(document: unknown): string {
  return leaves(document)
    .map((leaf) => leaf.value)
    .join("\n");
}

/**
 * Finds the reply in a response body.
 * @param given where it is, if that is known; otherwise the form and the place are worked out
 */
export function extractReply(body: string, contentType: string, given: ReplyPath | null): Extracted {
  const kind = given?.kind ?? detectKind(body, contentType);
  if (kind === "sse") {
    const events = sseEvents(body);
    const documents = events.map(asJson);
    const objects = documents.filter(isObject);
    if (objects.length > 0 && objects.length >= events.length / 2) {
      const joined = joinStream(objects, given?.path ?? null);
      return {
        text: joined.text,
        everything: `${joined.text}\n${beside(objects, joined.path)}`,
        at: joined.path ? { kind, path: joined.path } : null,
        json: ends(objects),
      };
    }
    const plain = documents.map((document, i) => (typeof document === "string" ? document : (events[i] ?? "")));
    const text = joinPlainEvents(plain);
    return { text, everything: text, at: text ? { kind, path: null } : null, json: undefined };
  }
  if (kind === "ndjson") {
    const documents = ndjsonDocuments(body) ?? linesOf(body).map(asJson).filter(isObject);
    const joined = joinStream(documents, given?.path ?? null);
    return {
      text: joined.text,
      everything: `${joined.text}\n${beside(documents, joined.path)}`,
      at: joined.path ? { kind, path: joined.path } : null,
      json: ends(documents),
    };
  }
  if (kind === "json") {
    const document = asJson(body);
    if (document !== undefined) {
      const path = given?.path ?? bestPath(document);
      const text = path ? stringsAt(document, jsonPlace(path)) : "";
      return {
        text,
        everything: text ? `${text}\n${allStrings(document)}` : allStrings(document),
        at: path && text ? { kind, path } : null,
        json: document,
      };
    }
    return { text: "", everything: body, at: null, json: undefined };
  }
  const text = kind === "html" ? htmlToText(body) : body;
  return {
    text: text.trim(),
    everything: kind === "html" ? `${text}\n${body}` : body,
    at: text.trim() ? { kind, path: null } : null,
    json: undefined,
  };
}

/** Plain-text events are tokens when they carry their own spaces, and lines when none does. */
function joinPlainEvents(events: readonly string[]): string {
  const spaced = events.some((event) => /^\s|\s$/.test(event));
  const longWords = events.filter((event) => /\S\s+\S/.test(event)).length;
  return spaced ? events.join("") : events.join(longWords > events.length / 2 ? "\n" : " ");
}

function detectKind(body: string, contentType: string): ReplyKind {
  if (/event-stream/i.test(contentType) || /^(event:.*\r?\n|id:.*\r?\n|:.*\r?\n)*data:/.test(body.slice(0, 2_000)))
    return "sse";
  if (/ndjson|jsonl|json-seq|jsonlines/i.test(contentType)) return "ndjson";
  if (asJson(body) !== undefined && (/json/i.test(contentType) || /^\s*[[{"]/.test(body) || GUARD.test(body)))
    return "json";
  if (ndjsonDocuments(body)) return "ndjson";
  if (/html/i.test(contentType) || looksLikeHtml(body)) return "html";
  return "text";
}
