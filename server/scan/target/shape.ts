/** A way of putting a prompt into a request. */
export interface Shape {
  method: string;
  /** May hold `{{prompt}}` and `{{session}}`, percent-encoded when filled in. */
  url: string;
  /** With `{{prompt}}`, or null when the prompt goes in the URL. */
  bodyTemplate: string | null;
  contentType: string | null;
  /** Key that takes the prompt, for messages to people. */
  key: string;
}

export const PROMPT = "{{prompt}}";
export const SESSION = "{{session}}";

/** Keys in the order in which they are tried. */
export const COMMON_KEYS = ["message", "prompt", "input", "query", "question", "text"] as const;
/** Tried after everything else. */
export const RARE_KEYS = [
  "content",
  "q",
  "msg",
  "user_input",
  "userMessage",
  "user_message",
  "chat",
  "inputs",
  "ask",
] as const;

export type ChatMessage = { role: "user" | "assistant"; content: string };

const JSON_TYPE = "application/json";
const FORM_TYPE = "application/x-www-form-urlencoded";

export function jsonShape(
  url: string,
  key: string,
  method = "POST",
  extra: Readonly<Record<string, unknown>> = {},
): Shape {
  return { method, url, bodyTemplate: JSON.stringify({ ...extra, [key]: PROMPT }), contentType: JSON_TYPE, key };
}

export function messagesShape(url: string, method = "POST", extra: Readonly<Record<string, unknown>> = {}): Shape {
  return {
    method,
    url,
    bodyTemplate: JSON.stringify({ ...extra, messages: [{ role: "user", content: PROMPT }] }),
    contentType: JSON_TYPE,
    key: "messages",
  };
}

export function formShape(url: string, key: string, method = "POST"): Shape {
  return { method, url, bodyTemplate: `${key}=${PROMPT}`, contentType: FORM_TYPE, key };
}

export function queryShape(url: string, key: string): Shape {
  const target = new URL(url);
  target.searchParams.delete(key);
  const rest = target.searchParams.toString();
  return {
    method: "GET",
    url: `${target.origin}${target.pathname}?${rest ? `${rest}&` : ""}${key}=${PROMPT}`,
    bodyTemplate: null,
    contentType: null,
    key,
  };
}

export function textShape(url: string): Shape {
  return { method: "POST", url, bodyTemplate: PROMPT, contentType: "text/plain; charset=utf-8", key: "body" };
}

/** True when the shape carries a whole conversation by itself. */
export function takesMessages(shape: Shape): boolean {
  return shape.bodyTemplate !== null && /"messages"\s*:/.test(shape.bodyTemplate) && shape.contentType === JSON_TYPE;
}

export interface Filled {
  method: string;
  url: URL;
  body: string | null;
  contentType: string | null;
}

/** An address with its places as they are written, which parsing it escapes. */
export function withPlaces(url: string): string {
  return url.replace(/%7B%7B(prompt|session)%7D%7D/gi, "{{$1}}");
}

/** Whether a request holds the id of a session. */
export function takesSession(shape: Pick<Shape, "url" | "bodyTemplate">): boolean {
  return `${withPlaces(shape.url)} ${shape.bodyTemplate ?? ""}`.includes(SESSION);
}

/**
 * Puts a prompt into a shape, escaped as its place demands: JSON string contents, form or query encoding, or as it is.
 * @param history earlier turns; used where the shape takes messages
 */
export function fill(shape: Shape, prompt: string, session: string, history: readonly ChatMessage[] = []): Filled {
  const url = new URL(
    withPlaces(shape.url)
      .replaceAll(PROMPT, () => encodeURIComponent(wellFormed(prompt)))
      .replaceAll(SESSION, () => encodeURIComponent(session)),
  );
  return { method: shape.method, url, body: fillBody(shape, prompt, session, history), contentType: shape.contentType };
}

/** Lone surrogates become the replacement character, as encoding to UTF-8 would make of them. */
function wellFormed(text: string): string {
  return Buffer.from(text, "utf8").toString("utf8");
}

function fillBody(shape: Shape, prompt: string, session: string, history: readonly ChatMessage[]): string | null {
  const { bodyTemplate, contentType } = shape;
  if (bodyTemplate === null) return null;
  const type = contentType ?? "";
  if (/json/i.test(type) || (!type && /^\s*[[{]/.test(bodyTemplate))) {
    const inside = (text: string) => JSON.stringify(wellFormed(text)).slice(1, -1);
    const filled = bodyTemplate.replaceAll(PROMPT, () => inside(prompt)).replaceAll(SESSION, () => inside(session));
    return history.length > 0 && takesMessages(shape) ? withHistory(filled, history) : filled;
  }
  const encode = /urlencoded/i.test(type)
    ? (text: string) => encodeURIComponent(wellFormed(text))
    : (text: string) => text;
  return bodyTemplate.replaceAll(PROMPT, () => encode(prompt)).replaceAll(SESSION, () => encode(session));
}

function withHistory(body: string, history: readonly ChatMessage[]): string {
  try {
    const document: unknown = JSON.parse(body);
    if (
      typeof document === "object" &&
      document !== null &&
      "messages" in document &&
      Array.isArray(document.messages)
    ) {
      const own: unknown[] = document.messages;
      const system = own.slice(0, -1);
      return JSON.stringify({ ...document, messages: [...system, ...history, own.at(-1)] });
    }
  } catch {
    // A template that is no JSON (comments, other placeholders) is sent as it stands.
  }
  return body;
}
