import type { HttpReply } from "../transport/client.js";
import { type Extracted, extractReply, type ReplyPath } from "./reply.js";

/** A prompt and what came back. */
export interface Answer {
  prompt: string;
  http: HttpReply;
  extracted: Extracted;
  /** True when the endpoint answered with a reply to read. */
  ok: boolean;
  /** Why not, in one clause; empty when `ok`. */
  why: string;
}

/** Reads an HTTP reply as an answer to a prompt. */
export function toAnswer(prompt: string, http: HttpReply, at: ReplyPath | null): Answer {
  const extracted = extractReply(http.text, http.headers["content-type"] ?? "", at);
  const why = whyNot(http, extracted);
  return { prompt, http, extracted, ok: why === "", why };
}

/** A refusal for want of a CSRF token, which says nothing about who may ask. */
export function missesCsrf(http: HttpReply): boolean {
  return http.status === 403 && /csrf/i.test(http.text);
}

function whyNot(http: HttpReply, extracted: Extracted): string {
  if (http.failure) return http.failure.message;
  const { status } = http;
  if (status === 401) return "it asks for credentials (401)";
  if (missesCsrf(http)) return "it refuses access (403): a CSRF token is missing, see --csrf";
  if (status === 403) return "it refuses access (403)";
  if (status === 404) return "there is nothing at this URL (404)";
  if (status === 429) return "it limits the rate of requests (429)";
  if (status >= 500) return `the server failed (${status})`;
  if (status >= 400) return `it did not accept the request (${status})`;
  if (status >= 300) return `it redirects elsewhere (${status})`;
  if (http.text.trim() === "") return "the body was empty";
  if (extracted.text.trim() === "") return "no reply text was found in the body";
  if (isErrorObject(extracted)) return "the body is an error message";
  return "";
}

/** A 200 whose JSON says that it is an error: `{"error": "..."}` and no reply beside it. */
function isErrorObject(extracted: Extracted): boolean {
  const { json, at } = extracted;
  if (json === undefined || json === null || typeof json !== "object" || Array.isArray(json) || at === null)
    return false;
  const keys = Object.keys(json).map((key) => key.toLowerCase());
  const error = keys.some((key) => key === "error" || key === "errors" || key === "detail");
  return error && /^\$\.(error|errors|detail|message|status|code)\b/i.test(at.path ?? "");
}
