import { request as httpRequest, type ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { runScan, type ScanOptionsInput, type ScanResult } from "../../server/scan/index.js";
import { findingIds, type Handler, jsonChat, serve, type TestEndpoint } from "./endpoints.js";

const open: TestEndpoint[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((endpoint) => endpoint.close()));
});
const SCOPE = "I can only help with boats.";
const calm = (prompt: string) => (/17 plus 25/.test(prompt) ? "42" : SCOPE);

async function scanAt(handler: Handler, options: Partial<ScanOptionsInput> = {}, route = "/chat"): Promise<ScanResult> {
  const endpoint = await serve(handler, "/");
  open.push(endpoint);
  return runScan({ ...options, url: new URL(options.url ?? route, endpoint.url).href });
}
const send = (response: ServerResponse, status: number, document: unknown, headers: Record<string, string> = {}) =>
  void response
    .writeHead(status, { "content-type": typeof document === "string" ? "text/html" : "application/json", ...headers })
    .end(typeof document === "string" ? document : JSON.stringify(document));
/** The chat at /chat with `extra` answering other paths first. */
const withPaths =
  (extra: (path: string, response: ServerResponse) => boolean, chat: Handler = jsonChat(calm)): Handler =>
  (body, request, response) => {
    const path = request.url ?? "";
    if (path.startsWith("/chat")) return chat(body, request, response);
    if (!extra(path, response)) send(response, 404, { error: "not found" });
  };
const withPage = (page: string, document: unknown): Handler =>
  withPaths((path, response) => {
    if (path !== page) return false;
    send(response, 200, document);
    return true;
  });
const withHeaders =
  (headers: Record<string, string>): Handler =>
  (body, request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    return jsonChat(calm)(body, request, response);
  };
const field = (body: string, key: string): unknown => {
  try {
    const document: unknown = JSON.parse(body);
    return typeof document === "object" && document !== null ? new Map(Object.entries(document)).get(key) : undefined;
  } catch {
    return undefined;
  }
};
const fetchUrl = (url: string, follow = true): Promise<string> =>
  new Promise((resolve) => {
    httpRequest(url, (response) => {
      const next = response.headers.location;
      response
        .resume()
        .on("end", () => (next && follow ? fetchUrl(new URL(next, url).href).then(resolve) : resolve("fetched")));
    })
      .on("error", () => resolve("failed"))
      .end();
  });

/** Finding id, an endpoint that has it, and how it is scanned. */
const PLANTED: [string, Handler, Partial<ScanOptionsInput>?][] = [
  [
    "cors-wildcard-credentials",
    (body, request, response) =>
      withHeaders({
        "access-control-allow-origin": String(request.headers.origin ?? "null"),
        "access-control-allow-credentials": "true",
      })(body, request, response),
  ],
  ["cors-wildcard", withHeaders({ "access-control-allow-origin": "*" })],
  [
    "dangerous-method",
    (body, request, response) =>
      request.method === "TRACE"
        ? void response
            .writeHead(200, { "content-type": "message/http" })
            .end(`TRACE ${request.url} HTTP/1.1\r\nx-spillcheck: ${request.headers["x-spillcheck"]}`)
        : jsonChat(calm)(body, request, response),
  ],
  [
    "dangerous-method",
    (body, request, response) =>
      request.method === "OPTIONS"
        ? send(response, 200, {}, { allow: "POST, PUT, DELETE" })
        : jsonChat(calm)(body, request, response),
  ],
  ["insecure-cookie", withHeaders({ "set-cookie": "sessionid=abcdef; Path=/" })],
  ["server-banner", withHeaders({})],
  ["api-docs-exposed", withPage("/docs", "<html><title>Docs</title><script src=swagger-ui.js></script></html>")],
  ["debug-endpoint-exposed", withPage("/.env", "SECRET_KEY=abc\nDB=x")],
  ["debug-endpoint-exposed", withPage("/config", { settings: { debug: true }, database_url: "sqlite:///x" })],
  ["function-access-without-role", withPage("/admin/users", { users: [{ username: "root" }] })],
  ["function-access-without-role", withPage("/admin", "<h1>Admin dashboard</h1>")],
  [
    "debug-page-exposed",
    (body, _request, response) =>
      typeof field(body, "message") === "string"
        ? send(response, 200, { reply: calm(String(field(body, "message"))) })
        : send(
            response,
            500,
            "<html><head><title>KeyError // Werkzeug Debugger</title></head><script>var EVALEX = true</script></html>",
          ),
  ],
  [
    "debug-page-exposed",
    (body, _request, response) =>
      typeof field(body, "message") === "string"
        ? send(response, 200, { reply: calm(String(field(body, "message"))) })
        : send(
            response,
            500,
            "<p>You're seeing this error because you have <code>DEBUG = True</code> in your Django settings file.</p>",
          ),
  ],
  [
    "stack-trace-exposed",
    (body, _request, response) =>
      typeof field(body, "message") === "string"
        ? send(response, 200, { reply: calm(String(field(body, "message"))) })
        : send(response, 500, {
            stack:
              "TypeError: x is undefined\n    at chat (/srv/app/server.js:10:5)\n    at next (/srv/app/node_modules/express/lib/router.js:3:1)",
          }),
  ],
  [
    "error-detail-exposed",
    (body, _request, response) =>
      typeof field(body, "message") === "string"
        ? send(response, 200, { reply: calm(String(field(body, "message"))) })
        : send(response, 400, { error: "ValueError: could not parse message in /srv/app/chat/views.py" }),
  ],
  [
    "personal-data-exposed",
    (body, _request, response) =>
      send(response, 200, {
        reply: calm(String(field(body, "message") ?? "")),
        last_order: { name: "Ada", mail: "ada.wintour@postfjord.org" },
      }),
  ],
  [
    "secret-exposed",
    (body, _request, response) =>
      send(response, 200, {
        reply: calm(String(field(body, "message") ?? "")),
        dsn: "postgres://app:Tr0ub4dor9@10.0.3.7:5432/chat",
      }),
  ],
  [
    "internal-ids-exposed",
    (body, _request, response) =>
      send(response, 200, { reply: calm(String(field(body, "message") ?? "")), _id: "64f1c0ffee64f1c0ffee64f1" }),
  ],
  [
    "excess-properties",
    (body, _request, response) =>
      send(response, 200, {
        reply: calm(String(field(body, "message") ?? "")),
        system_prompt: "Be kind to sailors at all times.",
      }),
  ],
  [
    "malformed-input-crash",
    (body, _request, response) =>
      typeof field(body, "message") === "string"
        ? send(response, 200, { reply: calm(String(field(body, "message"))) })
        : send(response, 500, { error: "internal" }),
  ],
  ["missing-input-limit", jsonChat(calm)],
  ["missing-rate-limit", jsonChat(calm)],
  [
    "active-content-passed-through",
    (body, _request, response) =>
      send(
        response,
        200,
        `<html><body>${String(field(body, "message") ?? "")} ${calm(String(field(body, "message") ?? ""))}</body></html>`,
      ),
  ],
  [
    "prompt-format-leak",
    jsonChat((prompt) =>
      /17 plus 25/.test(prompt) ? "42" : "<|im_start|>system\nBe brief<|im_end|>\nHello there, sailor.",
    ),
  ],
  [
    "prompt-format-leak",
    jsonChat((prompt) => (/17 plus 25/.test(prompt) ? "42" : `### Instruction:\n${prompt}\n### Response:\nAhoy.`)),
  ],
  [
    "url-parameter-fetched",
    async (body, request, response) => {
      const url = field(body, "image_url");
      if (typeof url === "string") await fetchUrl(url);
      return jsonChat(calm)(body, request, response);
    },
  ],
  [
    "url-parameter-fetched",
    async (body, request, response) => {
      const url = /http:\/\/127\.0\.0\.1:\d+\/p\/\w+/.exec(body)?.[0];
      if (url) await fetchUrl(url);
      return jsonChat(calm)(body, request, response);
    },
  ],
  [
    "redirect-followed-to-other-host",
    async (body, request, response) => {
      const url = field(body, "url");
      if (typeof url === "string") await fetchUrl(url);
      return jsonChat(calm)(body, request, response);
    },
  ],
  [
    "object-access-without-ownership",
    (_body, request, response) =>
      request.url?.startsWith("/orders/")
        ? send(response, 200, { reply: `Order ${request.url.split("/")[2]} holds three ropes and one anchor.` })
        : send(response, 404, {}),
    { url: "/orders/1001/chat", otherIds: ["1002"] },
  ],
  [
    "object-access-without-ownership",
    (body, _request, response) =>
      send(response, 200, { reply: `Notes of ${String(field(body, "user_id"))}: likes tea and rain.` }),
    {
      bodyTemplate: '{"user_id":"u1","message":"{{prompt}}"}',
      auth: { kind: "bearer" },
      secret: "first-one",
      secret2: "second-one",
    },
  ],
  ["weak-auth-challenge", (_body, _request, response) => send(response, 401, { error: "no" })],
  ["model-disclosure", withHeaders({ "openai-model": "gpt-4o-2024-08-06" })],
];

describe("each check finds what is planted", () => {
  it.each(PLANTED.filter(([id]) => id !== "server-banner"))("%s", async (id, handler, options) => {
    expect(findingIds(await scanAt(handler, options))).toContain(id);
  });

  it("server-banner", async () => {
    const result = await scanAt((body, request, response) => {
      response.setHeader("server", "gunicorn/20.1.0");
      return withPaths(() => false)(body, request, response);
    });
    expect(findingIds(result)).toContain("server-banner");
  });
});

describe("and nothing where it is in order", () => {
  it("passes a careful endpoint", async () => {
    let recent = 0;
    const result = await scanAt(
      (body, request, response) => {
        if (request.url !== "/chat") return send(response, 404, { error: "not found" });
        if (request.method !== "POST") return send(response, 405, { error: "method not allowed" }, { allow: "POST" });
        if (request.headers.authorization !== "Bearer good-token-1")
          return send(response, 401, { error: "sign in" }, { "www-authenticate": "Bearer" });
        if (field(body, "message") === "Hello!" && ++recent > 6)
          return send(response, 429, { error: "slow down" }, { "retry-after": "1" });
        const message = field(body, "message");
        if (typeof message !== "string" || message === "" || message.length > 4_000)
          return send(response, 400, { error: "message must be a text of at most 4000 characters" });
        return send(response, 200, { reply: calm(message) }, { "set-cookie": "sid=x; HttpOnly; SameSite=Lax" });
      },
      { auth: { kind: "bearer" }, secret: "good-token-1" },
    );
    expect(findingIds(result)).toEqual(["no-tls"]);
    expect(result.grade).toBe("A");
  });

  it.each<[string, Handler, Partial<ScanOptionsInput>]>([
    [
      "403",
      (_body, request, response) =>
        request.url?.startsWith("/orders/1001")
          ? send(response, 200, { reply: "Your order 1001 is on its way." })
          : send(response, 403, { error: "no" }),
      { url: "/orders/1001/chat", otherIds: ["1002"] },
    ],
    [
      "words",
      (_body, request, response) =>
        send(response, 200, {
          reply: request.url?.startsWith("/orders/1001") ? "Your order is on its way." : "Order not found.",
        }),
      { url: "/orders/1001/chat", otherIds: ["1002"] },
    ],
  ])("passes an endpoint that denies other people's objects by %s", async (_name, handler, options) => {
    const result = await scanAt(handler, options);
    expect(result.category_breakdown.bola).toMatchObject({ status: "complete", findings: [] });
  });

  it("does not take a page that answers every path for documents and consoles", async () => {
    const page =
      "<html><body><h1>Welcome to our admin users shop</h1><div>swagger-ui redoc Werkzeug</div></body></html>";
    const result = await scanAt((body, request, response) =>
      request.url?.startsWith("/chat") ? jsonChat(calm)(body, request, response) : send(response, 200, page),
    );
    expect(findingIds(result).filter((id) => /docs|debug|function/.test(id))).toEqual([]);
  });

  it("says so when object ids are unknown", async () => {
    const result = await scanAt(jsonChat(calm));
    expect(result.category_breakdown.bola).toMatchObject({ status: "inconclusive", score: null });
  });

  it("leaves out what was not chosen, and stays within the budget", async () => {
    const result = await scanAt(jsonChat(calm), { checks: ["llm_ai_security", "encryption"], maxRequests: 12 });
    expect(result.category_breakdown.inventory.status).toBe("skipped");
    expect(result.requests.sent).toBeLessThanOrEqual(12);
    expect(result.limits.map((limit) => limit.name)).toContain("budget");
  });
});
