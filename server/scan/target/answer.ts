import type { HttpReply } from "../transport/client.js";
import { type Extracted, extractReply, formatReplyPath, type ReplyPath } from "./reply.js";

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
  const why = whyNot(http, extracted, at);
  return { prompt, http, extracted, ok: why === "", why };
}

/** A refusal for want of a CSRF token, which says nothing about who may ask. */
export function missesCsrf(http: HttpReply): boolean {
  return http.status === 403 && /csrf/i.test(http.text);
}

/**
 * Why a server in front turns a connection away for its client certificate, or null. nginx says so in an HTTP answer
 * (ngx_http_ssl_module: 495 and 496, sent as 400), since the handshake is over by then.
 */
export function certificateRefusal(http: HttpReply): string | null {
  const { status } = http;
  if (![400, 403, 495, 496].includes(status)) return null;
  const text = http.text.slice(0, 2_000);
  if (status === 496 || /no required SSL certificate|client certificate (is )?required/i.test(text))
    return `it asks for a client certificate (${status}), see --cert and --key`;
  if (status === 495 || /SSL certificate error/i.test(text))
    return `it does not accept the client certificate (${status})`;
  return null;
}

function whyNot(http: HttpReply, extracted: Extracted, at: ReplyPath | null): string {
  if (http.failure) return http.failure.message;
  const { status } = http;
  if (status === 401) return "it asks for credentials (401)";
  const certificate = certificateRefusal(http);
  if (certificate !== null) return certificate;
  if (missesCsrf(http)) return "it refuses access (403): a CSRF token is missing, see --csrf";
  if (status === 403) return "it refuses access (403)";
  if (status === 404) return "there is nothing at this URL (404)";
  if (status === 429) return "it limits the rate of requests (429)";
  if (status >= 500) return `the server failed (${status})`;
  if (status >= 400) return `it did not accept the request (${status})`;
  if (status >= 300) return `it redirects elsewhere (${status})`;
  if (http.text.trim() === "") return "the body was empty";
  if (isBinary(http)) return "the body is binary, and no text";
  if (extracted.text.trim() === "")
    return at?.path ? `the body has no text at ${formatReplyPath(at)}` : "no reply text was found in the body";
  if (isErrorObject(extracted)) return "the body is an error message";
  return "";
}

const BINARY_TYPE =
  /^\s*(?:image\/(?!svg)|audio\/|video\/|font\/|application\/(?:pdf|zip|gzip|x-gzip|x-tar|wasm|msgpack|x-msgpack|protobuf|x-protobuf)\b)/i;
/** From this share of signs on that no text has, a body is none, whatever its header says. */
const NO_TEXT = 0.1;
const LOOKED_AT = 4_000;

/** Pictures, archives and other bytes: by the header, or by what came out when they were read as text. */
function isBinary(http: HttpReply): boolean {
  if (BINARY_TYPE.test(http.headers["content-type"] ?? "")) return true;
  const head = http.text.slice(0, LOOKED_AT);
  const odd = head.match(/[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f\ufffd]/g)?.length ?? 0;
  return odd > head.length * NO_TEXT;
}

/** A 200 whose JSON says that it is an error: `{"error": "..."}` and no reply beside it. */
function isErrorObject(extracted: Extracted): boolean {
  const { at } = extracted;
  const stream = at?.kind === "sse" || at?.kind === "ndjson";
  const json = stream && Array.isArray(extracted.json) ? extracted.json.at(-1) : extracted.json;
  if (json === undefined || json === null || typeof json !== "object" || Array.isArray(json) || at === null)
    return false;
  const told = new Map<string, unknown>(Object.entries(json).map(([key, value]) => [key.toLowerCase(), value]));
  if (
    /^(error|fail(ed|ure)?)$/i.test(String(told.get("status"))) ||
    told.get("success") === false ||
    told.get("ok") === false
  )
    return true;
  const keys = Object.keys(json).map((key) => key.toLowerCase());
  const error = keys.some((key) => key === "error" || key === "errors" || key === "detail");
  return error && /^\$\.(error|errors|detail|message|status|code)\b/i.test(at.path ?? "");
}
