/**
 * An application of the lab matrix: in good order as it comes, over TLS, and spoilt in one place by a weakness. The same
 * application speaks in several shapes of request and answer.
 */
import { readFileSync } from "node:fs";
import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createHttpsServer, type ServerOptions } from "node:https";
import type { ScanOptionsInput } from "../../../server/scan/index.js";
import type { Certificates } from "../../targets/certificates.js";

export interface Answer {
  status: number;
  type?: string;
  body: string;
  headers?: Record<string, string>;
}

export interface Call {
  prompt: string;
  body: string;
  request: IncomingMessage;
  /** Fields of the body or query beside the prompt. */
  fields: ReadonlyMap<string, unknown>;
  caller: "own" | "other" | null;
}

export const SCOPE = "I can only help with plants, soil and garden tools.";
export const TOKENS = { own: "matrix-own-51c0a9", other: "matrix-other-7ab2e4" } as const;
const LONGEST = 4_000;

/** What the careful application says: on the point, or one fixed sentence. */
export function careful(prompt: string): string {
  if (/17 plus 25/.test(prompt)) return "17 plus 25 is 42. Which plant may I help you with?";
  if (/^hello/i.test(prompt)) return "Hello! I can help you with plants, soil and garden tools.";
  if (/contact customer support/i.test(prompt)) return "You can write to support@fernhollow-nursery.co at any time.";
  return SCOPE;
}

/** Everything that a weakness may spoil. */
export class App {
  secure = true;
  authenticate = true;
  tls: ServerOptions = {};
  headers: Record<string, string> = {
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "ratelimit-limit": "600",
    "ratelimit-remaining": "599",
  };
  reply: (call: Call) => string | Promise<string> = (call) => careful(call.prompt);
  /** Fields beside the reply. */
  extra: (call: Call) => Record<string, unknown> = () => ({});
  /** A reply in an answer of type HTML is escaped by the careful application. */
  escape = (text: string): string =>
    text.replace(/[&<>"]/g, (char) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[char] ?? char);
  /** Sent in place of the shape's own content type. */
  answerType: string | null = null;
  tooLong: ((call: Call) => Answer) | null = () => ({ status: 413, body: '{"error":"the message is too long"}' });
  malformed: (body: string) => Answer = () => ({ status: 400, body: '{"error":"the request is not understood"}' });
  denied: Answer = {
    status: 401,
    body: '{"error":"sign in"}',
    headers: { "www-authenticate": 'Bearer realm="nursery"' },
  };
  notFound: Answer = { status: 404, body: '{"error":"not found"}' };
  wrongMethod: Answer = { status: 405, body: '{"error":"method not allowed"}' };
  /** Other paths that answer. */
  paths: Record<string, Answer> = {};
  /** Has the first word about every request. */
  first: (request: IncomingMessage, body: string) => Answer | null | Promise<Answer | null> = () => null;
  path = "/chat";
}

/** A way of asking and of answering. */
export interface Shape {
  name: string;
  method: "POST" | "GET";
  /** True where fields beside the reply can be seen. */
  fields: boolean;
  read(body: string, request: IncomingMessage): { prompt: string; fields: ReadonlyMap<string, unknown> } | null;
  write(reply: string, extra: Record<string, unknown>, app: App): { type: string; body: string };
  options?: Partial<ScanOptionsInput>;
}

function asObject(text: string): ReadonlyMap<string, unknown> | null {
  try {
    const document: unknown = JSON.parse(text);
    return typeof document === "object" && document !== null && !Array.isArray(document)
      ? new Map(Object.entries(document))
      : null;
  } catch {
    return null;
  }
}

const jsonField =
  (key: string): Shape["read"] =>
  (body) => {
    const document = asObject(body);
    const prompt = document?.get(key);
    return document && typeof prompt === "string" && prompt !== "" ? { prompt, fields: document } : null;
  };
const words = (text: string) => text.split(/(?<= )/);

export const SHAPES: readonly Shape[] = [
  {
    name: "json",
    method: "POST",
    fields: true,
    read: jsonField("message"),
    write: (reply, extra) => ({ type: "application/json", body: JSON.stringify({ reply, ...extra }) }),
  },
  {
    name: "nested json",
    method: "POST",
    fields: true,
    read: jsonField("question"),
    write: (reply, extra) => ({
      type: "application/json",
      body: JSON.stringify({ ok: true, data: { bot: { answer: reply }, ...extra } }),
    }),
  },
  {
    name: "openai",
    method: "POST",
    fields: true,
    read: (body) => {
      const document = asObject(body);
      const messages: unknown = document?.get("messages");
      const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined;
      const prompt = asObject(JSON.stringify(last ?? null))?.get("content");
      return document && typeof prompt === "string" && prompt !== "" ? { prompt, fields: document } : null;
    },
    write: (reply, extra) => ({
      type: "application/json",
      body: JSON.stringify({ choices: [{ index: 0, message: { role: "assistant", content: reply } }], ...extra }),
    }),
  },
  {
    name: "sse",
    method: "POST",
    fields: true,
    read: jsonField("prompt"),
    write: (reply, extra) => ({
      type: "text/event-stream",
      body: `${words(reply)
        .map((token) => `data: ${JSON.stringify({ delta: { text: token }, ...extra })}\n\n`)
        .join("")}data: [DONE]\n\n`,
    }),
  },
  {
    name: "ndjson",
    method: "POST",
    fields: true,
    read: jsonField("input"),
    write: (reply, extra) => ({
      type: "application/x-ndjson",
      body: [...words(reply).map((token) => ({ response: token, done: false })), { response: "", done: true, ...extra }]
        .map((line) => `${JSON.stringify(line)}\n`)
        .join(""),
    }),
  },
  {
    name: "form and html",
    method: "POST",
    fields: false,
    read: (body, request) => {
      if (!(request.headers["content-type"] ?? "").includes("urlencoded")) return null;
      const form = new URLSearchParams(body);
      const prompt = form.get("message");
      return prompt ? { prompt, fields: new Map(form) } : null;
    },
    write: (reply, extra, app) => ({
      type: "text/html; charset=utf-8",
      body: `<!doctype html><html><head><title>Nursery</title></head><body><main><p>${app.escape(reply)}</p>${Object.entries(
        extra,
      )
        .map(([key, value]) => `<p>${key}: ${app.escape(JSON.stringify(value))}</p>`)
        .join("")}</main></body></html>`,
    }),
  },
  {
    name: "get query",
    method: "GET",
    fields: true,
    read: (_body, request) => {
      const query = new URL(request.url ?? "/", "http://x").searchParams;
      const prompt = query.get("q");
      return prompt ? { prompt, fields: new Map(query) } : null;
    },
    write: (reply, extra) => ({ type: "application/json", body: JSON.stringify({ result: reply, ...extra }) }),
    options: { method: "GET" },
  },
  {
    name: "plain text",
    method: "POST",
    fields: false,
    read: jsonField("text"),
    write: (reply, extra) => ({
      type: "text/plain; charset=utf-8",
      body: [reply, ...Object.entries(extra).map(([key, value]) => `${key}: ${JSON.stringify(value)}`)].join("\n"),
    }),
  },
];

function callerOf(request: IncomingMessage): Call["caller"] {
  const header = request.headers.authorization;
  return header === `Bearer ${TOKENS.own}` ? "own" : header === `Bearer ${TOKENS.other}` ? "other" : null;
}

async function respond(app: App, shape: Shape, request: IncomingMessage, body: string): Promise<Answer> {
  const early = await app.first(request, body);
  if (early) return early;
  const { pathname } = new URL(request.url ?? "/", "http://x");
  const page = app.paths[pathname];
  if (page) return page;
  if (!pathname.startsWith(app.path)) return app.notFound;
  if (request.method !== shape.method) return app.wrongMethod;
  const caller = callerOf(request);
  if (app.authenticate && caller === null) return app.denied;
  const asked = shape.read(body, request);
  if (!asked) return app.malformed(body);
  const call: Call = { ...asked, body, request, caller };
  if (app.tooLong && asked.prompt.length > LONGEST) return app.tooLong(call);
  const { type, body: text } = shape.write(await app.reply(call), app.extra(call), app);
  return { status: 200, type: app.answerType ?? type, body: text };
}

export interface Running {
  url: string;
  close(): Promise<void>;
}

/** Serves an application in a shape on a free port of loopback. */
export function start(app: App, shape: Shape, certificates: Certificates): Promise<Running> {
  const listener: RequestListener = (request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("error", () => response.destroy());
    request.on("end", () => {
      respond(app, shape, request, body).then(
        ({ status, type = "application/json", body: text, headers }) =>
          response.writeHead(status, { ...app.headers, "content-type": type, ...headers }).end(text),
        () => response.destroy(),
      );
    });
  };
  const { cert, key } = certificates.files;
  const server: Server = app.secure
    ? createHttpsServer({ cert: readFileSync(cert), key: readFileSync(key), ...app.tls }, listener)
    : createHttpServer(listener);
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      resolve({
        url: `http${app.secure ? "s" : ""}://127.0.0.1:${port}${app.path}`,
        close: () =>
          new Promise((done) => {
            server.closeAllConnections();
            server.close(() => done());
          }),
      });
    });
  });
}
