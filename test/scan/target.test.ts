import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { pingTarget, runScan, type ScanError, type ScanOptionsInput } from "../../server/scan/index.js";
import { findingIds, type Handler, jsonChat, serve, type TestEndpoint } from "./endpoints.js";

const SECRET = "s3cr3t-Value-77aa";
const open: TestEndpoint[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((endpoint) => endpoint.close()));
});
async function up(handler: Handler): Promise<TestEndpoint> {
  const endpoint = await serve(handler);
  open.push(endpoint);
  return endpoint;
}
const bot = (prompt: string) => (/17 plus 25/.test(prompt) ? "42" : "I can only help with boats.");
const guarded =
  (allowed: (headers: Record<string, unknown>) => boolean): Handler =>
  (body, request, response) =>
    allowed(request.headers)
      ? jsonChat(bot)(body, request, response)
      : void response
          .writeHead(401, { "www-authenticate": "Bearer", "content-type": "application/json" })
          .end('{"error":"sign in"}');

describe("credentials", () => {
  it.each<[string, Partial<ScanOptionsInput>, (headers: Record<string, unknown>) => boolean]>([
    ["bearer", { auth: { kind: "bearer" } }, (headers) => headers.authorization === `Bearer ${SECRET}`],
    [
      "basic",
      { auth: { kind: "basic", user: "ada" } },
      (headers) => headers.authorization === `Basic ${Buffer.from(`ada:${SECRET}`).toString("base64")}`,
    ],
    [
      "a key header",
      { auth: { kind: "api-key", header: "X-Team-Key" } },
      (headers) => headers["x-team-key"] === SECRET,
    ],
    ["a cookie", { auth: { kind: "cookie", name: "sid" } }, (headers) => headers.cookie === `sid=${SECRET}`],
  ])("signs in by %s, and no report holds the secret", async (_name, options, allowed) => {
    const endpoint = await up(guarded(allowed));
    const result = await runScan({ url: endpoint.url, secret: SECRET, ...options });
    expect(result.category_breakdown.llm_ai_security.status).toBe("complete");
    expect(findingIds(result)).not.toContain("unauthenticated-llm-endpoint");
    expect(result.withstood.map((item) => item.id)).toContain("unauthenticated-endpoint");
    expect(JSON.stringify(result)).not.toContain(SECRET);
    expect(JSON.stringify(result)).not.toContain(Buffer.from(`ada:${SECRET}`).toString("base64"));
  });

  it("finds that credentials are asked for and not checked", async () => {
    const endpoint = await up(guarded((headers) => headers.authorization !== undefined));
    const result = await runScan({ url: endpoint.url, auth: { kind: "bearer" }, secret: SECRET });
    expect(result.category_breakdown.authentication.findings.map((finding) => finding.evidence)).toEqual([
      expect.stringContaining("made-up credential"),
    ]);
  });

  it("finds that credentials are not needed", async () => {
    const endpoint = await up(jsonChat(bot));
    const result = await runScan({ url: endpoint.url, headers: { Authorization: `Bearer ${SECRET}` } });
    expect(findingIds(result)).toContain("unauthenticated-llm-endpoint");
    expect(JSON.stringify(result)).not.toContain(SECRET);
  });
});

describe("sessions", () => {
  it("fetches a CSRF cookie as Django hands it out", async () => {
    const endpoint = await up((body, request, response) => {
      if (request.method === "GET")
        return void response
          .writeHead(200, { "set-cookie": "csrftoken=tok123; Path=/; SameSite=Lax" })
          .end("<form></form>");
      if (request.headers["x-csrftoken"] !== "tok123" || !(request.headers.cookie ?? "").includes("csrftoken=tok123"))
        return void response.writeHead(403).end("CSRF verification failed");
      jsonChat(bot)(body, request, response);
    });
    const result = await runScan({ url: endpoint.url, csrf: { cookie: "csrftoken", header: "X-CSRFToken" } });
    expect(result.category_breakdown.llm_ai_security.status).toBe("complete");
  });

  it("opens a session and sends its id along", async () => {
    const endpoint = await up((body, request, response) => {
      if (request.url === "/chat/sessions")
        return void response.writeHead(201, { "content-type": "application/json" }).end('{"data":{"sid":"abc-9"}}');
      if (!body.includes('"sid":"abc-9"'))
        return void response.writeHead(400, { "content-type": "application/json" }).end('{"error":"no session"}');
      jsonChat(bot)(body, request, response);
    });
    const result = await runScan({
      url: endpoint.url,
      bodyTemplate: '{"sid":"{{session}}","message":"{{prompt}}"}',
      session: { path: "/chat/sessions", idPath: "$.data.sid" },
    });
    expect(result.category_breakdown.llm_ai_security.status).toBe("complete");
    expect(result.endpoint.shape_source).toBe("given");
  });
});

describe("TLS", () => {
  const pem = (name: string) => readFileSync(path.join(__dirname, "../fixtures/tls", name), "utf8");
  async function secure(clientCertificate: boolean): Promise<TestEndpoint> {
    const answer = jsonChat(bot);
    const server = createServer(
      {
        key: pem("server.key"),
        cert: pem("server.pem"),
        ca: pem("ca.pem"),
        requestCert: clientCertificate,
        rejectUnauthorized: clientCertificate,
      },
      (request, response) => {
        let body = "";
        request.on("data", (chunk: Buffer) => {
          body += chunk.toString();
        });
        request.on("end", () =>
          request.url === "/chat" ? answer(body, request, response) : response.writeHead(404).end(),
        );
      },
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const endpoint: TestEndpoint = {
      url: `https://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/chat`,
      requests: [],
      close: () =>
        new Promise((resolve) => {
          server.closeAllConnections();
          server.close(() => resolve());
        }),
    };
    open.push(endpoint);
    return endpoint;
  }

  it("ends before any probe when the certificate does not verify, and goes on with --insecure", async () => {
    const endpoint = await secure(false);
    const error = await runScan({ url: endpoint.url }).catch((reason: ScanError) => reason);
    expect(error).toMatchObject({ kind: "certificate", message: expect.stringContaining("--insecure") });
    const result = await runScan({ url: endpoint.url, tls: { insecure: true } });
    expect(findingIds(result)).toEqual(expect.arrayContaining(["weak-tls", "missing-hsts"]));
    expect(findingIds(result)).not.toContain("no-tls");
  });

  it("uses its own authority and client certificate", async () => {
    const endpoint = await secure(true);
    const error = await runScan({ url: endpoint.url, tls: { ca: pem("ca.pem") } }).catch((reason: ScanError) => reason);
    expect(error).toMatchObject({ message: expect.stringContaining("client certificate") });
    const result = await runScan({
      url: endpoint.url,
      tls: { ca: pem("ca.pem"), cert: pem("client.pem"), key: pem("client.key") },
    });
    expect(result.withstood.map((item) => item.id)).toContain("client-certificate-not-enforced");
  });

  it("finds that the client certificate is not enforced", async () => {
    const endpoint = await secure(false);
    const result = await runScan({
      url: endpoint.url,
      tls: { ca: pem("ca.pem"), cert: pem("client.pem"), key: pem("client.key") },
    });
    expect(findingIds(result)).toContain("client-certificate-not-enforced");
  });
});

describe("ping", () => {
  it("shows one exchange and where the reply is", async () => {
    const endpoint = await up(jsonChat(bot, "question", "answer"));
    const ping = await pingTarget({ url: endpoint.url });
    expect(ping).toMatchObject({
      reply: "42",
      why: "",
      endpoint: { reply_path: "$.answer", body_template: '{"question":"{{prompt}}"}' },
    });
  });
});

describe("the first requests", () => {
  it("do not wait for the API document, nor for one another", async () => {
    const held: (() => void)[] = [];
    const first = new Set<string>();
    // Answers nobody before all have asked.
    const endpoint = await serve((body, request, response) => {
      const answer = () => jsonChat(bot)(body, request, response);
      if (first.size >= 6) return void answer();
      first.add(`${request.method} ${request.url} ${body}`);
      held.push(() => void answer());
      if (first.size === 6) for (const go of held.splice(0)) go();
    }, "/");
    open.push(endpoint);
    const { note, reply } = await pingTarget({
      url: `${endpoint.url}chat`,
      limits: { firstByteMs: 5_000, totalMs: 5_000 },
    });
    expect(reply).toBe("42");
    expect(note).toContain('POST with the field "message"');
    expect([...first].map((line) => line.split(" ", 2).join(" "))).toEqual(
      expect.arrayContaining(["GET /openapi.json", "GET /swagger.json", "POST /chat", "POST /chat"]),
    );
  });

  it("leave the guesses out where the shape is given", async () => {
    const endpoint = await up(jsonChat(bot, "ask_me"));
    await pingTarget({ url: endpoint.url, bodyTemplate: '{"ask_me": "{{prompt}}"}' });
    expect(endpoint.requests.filter(({ method }) => method === "POST").map(({ body }) => body)).toEqual([
      '{"ask_me": "What is 17 plus 25? Please answer with the number."}',
    ]);
  });

  it("hold no guesses that the API document makes needless against the shape", async () => {
    const endpoint = await serve((body, request, response) => {
      if (request.url === "/openapi.json")
        return void response.writeHead(200, { "content-type": "application/json" }).end(
          JSON.stringify({
            openapi: "3.0.0",
            paths: {
              "/chat": {
                post: {
                  requestBody: {
                    content: {
                      "application/json": { schema: { type: "object", properties: { utterance: { type: "string" } } } },
                    },
                  },
                },
              },
            },
          }),
        );
      return jsonChat(bot, "utterance")(body, request, response);
    }, "/");
    open.push(endpoint);
    const ping = await pingTarget({ url: `${endpoint.url}chat` });
    expect(ping.endpoint).toMatchObject({ shape_source: "openapi", body_template: '{"utterance":"{{prompt}}"}' });
    expect(ping.reply).toBe("42");
  });
});

describe("a request that nobody described", () => {
  const page =
    (answer: (query: URLSearchParams) => string | null): Handler =>
    (_body, request, response) => {
      const text = request.method === "GET" ? answer(new URL(request.url ?? "", "http://x").searchParams) : null;
      response
        .writeHead(text === null ? 405 : 200, { "content-type": "application/json", allow: "GET" })
        .end(JSON.stringify(text === null ? { error: "use GET" } : { said: text }));
    };

  it("takes the parameter of the address whose value changes the answer", async () => {
    const endpoint = await up(page((query) => `You asked about ${query.get("frage")}. I can only help with boats.`));
    const ping = await pingTarget({ url: `${endpoint.url}?lang=en&frage=boats` });
    expect(ping.endpoint.url).toContain("frage={{prompt}}");
    expect(ping.reply).toContain("17 plus 25");
  });

  it("takes the first parameter where none changes anything", async () => {
    const endpoint = await up(page(() => "I can only help with boats."));
    const ping = await pingTarget({ url: `${endpoint.url}?topic=boats` });
    expect(ping.endpoint.url).toContain("topic={{prompt}}");
  });

  it("takes the field of a form that an error message names", async () => {
    const endpoint = await up((body, request, response) => {
      const form = new URLSearchParams(body);
      const ok = request.method === "POST" && form.has("frage");
      response
        .writeHead(ok ? 200 : 400, { "content-type": "application/json" })
        .end(
          JSON.stringify(
            ok
              ? { reply: bot(form.get("frage") ?? "") }
              : { error: request.headers["content-type"]?.includes("form") ? "frage is required" : "send a form" },
          ),
        );
    });
    const ping = await pingTarget({ url: endpoint.url });
    expect(ping.endpoint.body_template).toBe("frage={{prompt}}");
    expect(ping.reply).toBe("42");
  });

  it.each([
    ["wants something else", 400, /Show it a request that works: --curl/],
    ["wants credentials", 401, /Give it credentials: --auth/],
    ["is not there", 404, /Check the address/],
  ])("says what to do where the endpoint %s", async (_, status, advice) => {
    const endpoint = await up((_body, _request, response) => {
      response.writeHead(status, { "content-type": "application/json" }).end('{"error":"no"}');
    });
    const ping = await pingTarget({ url: endpoint.url });
    expect(ping.note).toMatch(advice);
    expect(ping.prompt).toBe("What is 17 plus 25? Please answer with the number.");
    const result = await runScan({ url: endpoint.url });
    expect(result.notes.join(" ")).toMatch(advice);
    expect(result.inconclusive.map(({ title }) => title)).toContain("Rate limiting (the whole check)");
  });

  it("says that nothing is at the reply path that was given, however many other shapes it tried", async () => {
    const endpoint = await up(jsonChat(bot));
    const ping = await pingTarget({ url: endpoint.url, replyPath: "$.answer.text" });
    expect(ping.why).toBe("the body has no text at $.answer.text");
    expect(ping.note).toMatch(/Say where the reply is: --reply-path/);
    expect(ping.exchange.response.body).toContain('"reply"');
  });

  it("says that time ran out", async () => {
    const endpoint = await up(() => {});
    const result = await runScan({ url: endpoint.url, checks: ["llm_ai_security"], limits: { firstByteMs: 50 } });
    expect(result.notes.join(" ")).toMatch(/Give it more time with --timeout/);
  });
});
