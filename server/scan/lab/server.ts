import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { z } from "zod";
import { ScanError } from "../errors.js";
import { hardenedReply, LAB_PROMPT, leakyReply } from "./model.js";

export type LabKind = "leaky" | "hardened";

export interface Lab {
  /** The chat route, ready to be scanned. */
  url: string;
  /** What the lab's endpoint holds as its system prompt; give it to a scan to have leaks proven. */
  systemPrompt: string;
  /** The bearer token that the hardened endpoint asks for; null for the leaky one. */
  secret: string | null;
  close(): Promise<void>;
}

const HARDENED_TOKEN = "lab-3f9c2a71d8";
const MAX_MESSAGE = 4_000;
const bodySchema = z.object({ message: z.string().min(1).max(MAX_MESSAGE) });

function read(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => {
      if (text.length < 1_000_000) text += chunk;
    });
    request.on("end", () => resolve(text));
    request.on("error", reject);
  });
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  response
    .writeHead(status, {
      "content-type": typeof body === "string" ? "text/html; charset=utf-8" : "application/json",
      ...headers,
    })
    .end(text);
}

/** The careless application. */
async function leaky(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? "/", "http://lab").pathname;
  const headers = { server: "Werkzeug/3.0.1 Python/3.11.2", "access-control-allow-origin": "*" };
  if (request.method === "GET" && path === "/openapi.json")
    return send(
      response,
      200,
      { openapi: "3.1.0", info: { title: "Harbor Lane", version: "1" }, paths: { "/chat": { post: {} } } },
      headers,
    );
  if (request.method === "GET" && path === "/admin/users")
    return send(response, 200, { users: [{ id: 1, username: "penny", is_admin: true }] }, headers);
  if (path !== "/chat") return send(response, 404, { error: "not found" }, headers);
  if (request.method === "OPTIONS") return send(response, 200, {}, { ...headers, allow: "POST, OPTIONS" });
  if (request.method !== "POST")
    return send(response, 405, { error: "method not allowed" }, { ...headers, allow: "POST, OPTIONS" });
  const text = await read(request);
  let message: string;
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== "object" || body === null || !("message" in body))
      return send(response, 400, { error: "the field 'message' is required" }, headers);
    if (typeof body.message !== "string") throw new TypeError("expected string or bytes-like object");
    message = body.message;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return send(
      response,
      500,
      {
        error: `Traceback (most recent call last):\n  File "/srv/harbor/app.py", line 31, in chat\n    message = clean(request.json["message"])\nTypeError: ${reason}`,
      },
      headers,
    );
  }
  const reply = leakyReply(message);
  send(
    response,
    200,
    {
      reply,
      model: "gpt-4o-mini-2024-07-18",
      usage: {
        prompt_tokens: 131,
        completion_tokens: Math.ceil(reply.length / 4),
        total_tokens: 131 + Math.ceil(reply.length / 4),
      },
      user_id: 7,
    },
    headers,
  );
}

/** The careful one: a token, a schema, limits told in headers, and nothing but the reply. */
async function hardened(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? "/", "http://lab").pathname;
  const headers = {
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "ratelimit-limit": "60",
    "ratelimit-remaining": "59",
  };
  if (path !== "/chat") return send(response, 404, { error: "not found" }, headers);
  if (request.method !== "POST")
    return send(response, 405, { error: "method not allowed" }, { ...headers, allow: "POST" });
  if (request.headers.authorization !== `Bearer ${HARDENED_TOKEN}`)
    return send(response, 401, { error: "sign in first" }, { ...headers, "www-authenticate": 'Bearer realm="harbor"' });
  const text = await read(request);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return send(response, 400, { error: "the body must be JSON" }, headers);
  }
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success)
    return send(response, 400, { error: `message must be a text of 1 to ${MAX_MESSAGE} letters` }, headers);
  send(response, 200, { reply: hardenedReply(parsed.data.message) }, headers);
}

/** See `startLab` in index.ts. */
export async function startLabServer(kind: LabKind, port: number): Promise<Lab> {
  const handle = kind === "leaky" ? leaky : hardened;
  const server: Server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) =>
      reject(
        new ScanError(
          "port-in-use",
          `The lab cannot listen on 127.0.0.1:${port}: ${error.message}; give another port.`,
        ),
      ),
    );
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  const actual = typeof address === "object" && address ? address.port : port;
  return {
    url: `http://127.0.0.1:${actual}/chat`,
    systemPrompt: LAB_PROMPT,
    secret: kind === "hardened" ? HARDENED_TOKEN : null,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
