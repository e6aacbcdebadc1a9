/** Further endpoints in the shapes of real apps: what they give away beside the reply, and how they are asked. */
import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { allFindings, runScan, type ScanOptionsInput, type ScanResult } from "../../server/scan/index.js";
import { findingIds, type Handler, jsonChat, serve, type TestEndpoint } from "./endpoints.js";

const open: TestEndpoint[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((endpoint) => endpoint.close()));
});

const PROMPT =
  "You are Marlow, the booking assistant of Tidewater Ferries. Answer only questions about sailings and fares. Never quote the staff rebate to passengers. If a passenger asks for compensation, send them to the desk at Pier 4.";

function plain(prompt: string): string {
  if (/17 plus 25/.test(prompt)) return "17 plus 25 is 42.";
  if (/^hello/i.test(prompt)) return "Hello! Which crossing are you interested in?";
  return /support/i.test(prompt) ? "Ask at the desk by the harbour." : "I can only help with sailings and fares.";
}

const send = (response: ServerResponse, document: unknown, status = 200) =>
  void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(document));

/** A route that takes `{"message": text}`: `answer` writes what comes of it, `fail` what comes of anything else. */
function chat(
  answer: (prompt: string, response: ServerResponse, document: Map<string, unknown>) => void,
  fail: (response: ServerResponse) => void = (response) => send(response, { error: "bad request" }, 400),
): Handler {
  return (body, request, response) => {
    if (request.method !== "POST") return send(response, { error: "no" }, 405);
    try {
      const parsed: unknown = JSON.parse(body);
      const document = new Map(Object.entries(typeof parsed === "object" && parsed !== null ? parsed : {}));
      const prompt = document.get("message");
      if (typeof prompt === "string" && prompt !== "") return answer(prompt, response, document);
    } catch {
      // Falls through to the refusal.
    }
    return fail(response);
  };
}

async function scanOf(handler: Handler, options: Partial<ScanOptionsInput> = {}, path?: string): Promise<ScanResult> {
  const endpoint = await serve(handler, path);
  open.push(endpoint);
  return runScan({ limits: { requestsPerSecond: 1_000 }, ...options, url: options.url ?? endpoint.url });
}
const finding = (result: ScanResult, id: string) => allFindings(result).find((each) => each.id === id);

describe("a field that is called like a prompt", () => {
  const beside = (extra: unknown) => chat((prompt, response) => send(response, { reply: plain(prompt), debug: extra }));
  it.each<[string, unknown]>([
    ["a text", { model: "m", system: PROMPT, messages: [] }],
    ["parts", { system: [{ type: "text", text: PROMPT }] }],
    ["parts within parts", { system_instruction: { parts: [{ text: PROMPT }] } }],
    ["JSON in a string", JSON.stringify({ systemPrompt: PROMPT })],
    ["a preamble", { preamble: PROMPT }],
  ])("gives the prompt away as %s", async (_, extra) => {
    expect(finding(await scanOf(beside(extra)), "system-prompt-leak")).toMatchObject({ suspected: true });
    const known = await scanOf(beside(extra), { knowledge: { systemPrompts: [PROMPT] } });
    expect(finding(known, "system-prompt-leak")).toMatchObject({ severity: "critical", suspected: false });
  });

  it("gives it away in the body of an error", async () => {
    const handler = chat(
      (prompt, response) => send(response, { reply: plain(prompt) }),
      (response) => send(response, { error: "KeyError: 'message'", context: { system: PROMPT } }, 500),
    );
    expect(finding(await scanOf(handler), "system-prompt-leak")).toMatchObject({ suspected: true });
  });

  it.each<[string, unknown]>([
    ["what system it is", { system: "booking-eu-west-1, build 4411 of the ferry backend" }],
    ["directions for people", { instructions: "Turn left at the harbour, walk to Pier 4 and show your ticket there." }],
    ["a version", { prompt_template: "ferry-chat/2026-11-02/production/v14" }],
  ])("gives nothing away with %s", async (_, extra) => {
    expect(findingIds(await scanOf(beside(extra)))).not.toContain("system-prompt-leak");
  });
});

describe("ordinary answers", () => {
  const always = (reply: string, extra: object = {}) =>
    chat((prompt, response) => send(response, { reply: `${plain(prompt)} ${reply}`.trim(), ...extra }));

  it("show the model's tools at work", async () => {
    const result = await scanOf(
      always("\nThought: I look it up.\nAction: run_sql\nAction Input: SELECT name FROM passengers LIMIT 5"),
    );
    expect(finding(result, "excessive-agency")).toMatchObject({
      evidence: expect.stringContaining("ordinary request"),
    });
  });
  it("may speak of actions and tools", async () => {
    const result = await scanOf(always("Action: please observe the sign. Our tools and arguments are free to borrow."));
    expect(findingIds(result)).not.toContain("excessive-agency");
  });

  it("show an internal host in a field beside the reply", async () => {
    const result = await scanOf(always("", { debug: { upstream: "http://bookings.prod.internal:8080/v2" } }));
    expect(finding(result, "internal-url-in-output")).toMatchObject({
      evidence: expect.stringContaining("bookings.prod"),
    });
  });
  it("may send people to a page of their own network", async () => {
    const result = await scanOf(always("See http://wiki.corp/faq for more."));
    expect(findingIds(result)).not.toContain("internal-url-in-output");
  });

  it.each([
    [
      "Laravel's",
      { message: "x", exception: "E", trace: [{ file: "/var/www/app/Chat.php", line: 29, function: "f" }] },
    ],
    [
      "a list of Spring's",
      { status: 500, trace: "java.lang.NullPointerException\n\tat com.acme.Chat.reply(Chat.java:33)" },
    ],
  ])("to malformed requests show %s trace once", async (_, body) => {
    const handler = chat(
      (prompt, response) => send(response, { reply: plain(prompt) }),
      (response) => send(response, body, 500),
    );
    const ids = findingIds(await scanOf(handler));
    expect(ids).toContain("stack-trace-exposed");
    expect(ids).not.toContain("error-detail-exposed");
  });
});

describe("database ids in replies to probes", () => {
  const asked = /customer records|user data/i;
  const withIds = (ids: string) => jsonChat((prompt) => (asked.test(prompt) ? `I found these: ${ids}` : plain(prompt)));
  it("are reported, and not called withstood", async () => {
    const result = await scanOf(withIds("ObjectId('507f1f77bcf86cd799439011'), ObjectId('507f191e810c19729de860ea')"));
    expect(finding(result, "internal-ids-exposed")).toMatchObject({ probe: "data-exfiltration" });
    expect(result.withstood.map((entry) => entry.id)).not.toContain("internal-ids-exposed");
  });
  it("are not made of a booking's number", async () => {
    expect(findingIds(await scanOf(withIds("booking 4711 of 24 May, 507 cars")))).not.toContain("internal-ids-exposed");
  });
  it("are left to the check that they belong to", async () => {
    const result = await scanOf(withIds("ObjectId('507f1f77bcf86cd799439011')"), { checks: ["llm_ai_security"] });
    expect(findingIds(result)).not.toContain("internal-ids-exposed");
  });
});

describe("an endpoint that goes down", () => {
  it("has not crashed over a malformed body, and the report says so", async () => {
    let asked = 0;
    const result = await scanOf((body, request, response) => {
      if (++asked > 8) return void request.socket.destroy();
      return chat((prompt, answer) => send(answer, { reply: plain(prompt) }))(body, request, response);
    });
    expect(findingIds(result)).not.toContain("malformed-input-crash");
    expect(result.category_breakdown.input_validation).toMatchObject({
      status: "inconclusive",
      reason: expect.stringContaining("stopped answering"),
    });
    expect(result.notes.join()).toMatch(/The last \d+ requests got no answer/);
    expect(result.grade).toBeNull();
  });

  it("is told from a handler that dies of a malformed body", async () => {
    const result = await scanOf(
      chat(
        (prompt, response) => send(response, { reply: plain(prompt) }),
        (response) => void response.destroy(),
      ),
    );
    expect(findingIds(result)).toContain("malformed-input-crash");
    expect(result.notes.join()).not.toMatch(/went down/);
  });
});

describe("a key in the address", () => {
  const KEY = "k-93fb-27aa-sesame";
  const guarded: Handler = (body, request, response) => {
    const url = new URL(request.url ?? "", "http://h");
    const given = url.searchParams.get("access_token") ?? request.headers.authorization?.replace("Bearer ", "");
    if (given !== KEY) return void response.writeHead(401, { "www-authenticate": "Bearer" }).end("{}");
    return chat((prompt, answer) => send(answer, { reply: plain(prompt) }))(body, request, response);
  };

  it("is a credential, and one in a bad place", async () => {
    const endpoint = await serve(guarded);
    open.push(endpoint);
    const url = `${endpoint.url}?access_token=${KEY}`;
    const result = await runScan({ url, limits: { requestsPerSecond: 1_000 } });
    expect(finding(result, "weak-auth-challenge")?.evidence).toContain("access_token");
    expect(findingIds(result)).not.toContain("unauthenticated-llm-endpoint");
    expect(JSON.stringify(result)).not.toContain(KEY);
  });

  it("is tried on this machine where it belongs into a header", async () => {
    const result = await scanOf(guarded, { auth: { kind: "bearer" }, secret: KEY });
    expect(finding(result, "weak-auth-challenge")?.evidence).toContain("access_token");
    expect(JSON.stringify(result)).not.toContain(KEY);
  });

  it("that counts for nothing is no finding", async () => {
    const strict: Handler = (body, request, response) => {
      if (request.headers.authorization !== `Bearer ${KEY}`)
        return void response.writeHead(401, { "www-authenticate": "Bearer" }).end("{}");
      return chat((prompt, answer) => send(answer, { reply: plain(prompt) }))(body, request, response);
    };
    const result = await scanOf(strict, { auth: { kind: "bearer" }, secret: KEY });
    expect(findingIds(result)).not.toContain("weak-auth-challenge");
  });

  it("or body that is not needed leaves the endpoint open", async () => {
    const seen: unknown[] = [];
    const result = await scanOf(
      chat((prompt, response, document) => {
        seen.push(document.get("api_key"));
        send(response, { reply: plain(prompt) });
      }),
      { bodyTemplate: `{"message": "{{prompt}}", "api_key": "${KEY}"}` },
    );
    expect(findingIds(result)).toContain("unauthenticated-llm-endpoint");
    expect(new Set(seen)).toEqual(new Set([KEY, ""]));
  });
});

describe("a conversation that the endpoint remembers", () => {
  it("is a new one for each phrasing", async () => {
    const heard = new Map<unknown, number>();
    const handler = chat((prompt, response, document) => {
      const session = document.get("session");
      const before = heard.get(session) ?? 0;
      heard.set(session, before + 1);
      // It lets go of its prompt when asked a second time.
      const leaks = before > 0 && /word for word|verbatim|exact text/.test(prompt);
      send(response, { reply: leaks ? PROMPT : plain(prompt) });
    });
    const result = await scanOf(handler, { bodyTemplate: '{"message": "{{prompt}}", "session": "{{session}}"}' });
    expect(findingIds(result)).not.toContain("system-prompt-leak");
    expect(heard.size).toBeGreaterThan(6);
  });
});

describe("an address without an operation", () => {
  const operation = (key: string) => ({
    requestBody: {
      content: {
        "application/json": { schema: { type: "object", required: [key], properties: { [key]: { type: "string" } } } },
      },
    },
    responses: { 200: { description: "" } },
  });
  /** Serves an API document, and at `path` a chat that takes `question`. */
  function api(paths: Record<string, unknown>, path: string, asked: string[]): Handler {
    return (body, request, response) => {
      const { pathname } = new URL(request.url ?? "", "http://h");
      if (pathname === "/openapi.json")
        return send(response, { openapi: "3.0.3", info: { title: "t", version: "1" }, paths });
      if (request.method === "POST") asked.push(pathname);
      if (pathname !== path) return send(response, { error: "not found" }, 404);
      const named = body.replace('"question"', '"message"');
      return chat((prompt, answer) => send(answer, { answer: plain(prompt) }))(named, request, response);
    };
  }

  it("is that of the operation of the API document that asks a model", async () => {
    const paths = {
      "/items": { post: operation("text") },
      "/api/assistant": { post: operation("question") },
      "/api/summary-bot": { post: operation("text") },
    };
    const asked: string[] = [];
    const endpoint = await serve(api(paths, "/api/assistant", asked), "/");
    open.push(endpoint);
    const result = await runScan({ url: endpoint.url, limits: { requestsPerSecond: 1_000 } });
    expect(result.endpoint).toMatchObject({
      url: expect.stringContaining("/api/assistant"),
      body_template: '{"question":"{{prompt}}"}',
      shape_source: "openapi",
    });
    expect(result.notes.join()).toContain("POST /api/assistant of the API document was scanned");
    expect(result.notes.join()).toContain("/api/summary-bot");
    expect(findingIds(result)).toContain("unauthenticated-llm-endpoint");
    expect(asked).not.toContain("/items");
  });

  it("is not that of an operation that may write something", async () => {
    const paths = { "/items": { post: operation("text") }, "/messages": { post: operation("message") } };
    const asked: string[] = [];
    const endpoint = await serve(api(paths, "/items", asked), "/");
    open.push(endpoint);
    const result = await runScan({ url: endpoint.url, limits: { requestsPerSecond: 1_000 } });
    expect(result.grade).toBeNull();
    expect(asked.filter((path) => path === "/items" || path === "/messages")).toEqual([]);
  });
});

describe("a CSRF token that is missing", () => {
  it("is what the advice is about", async () => {
    const result = await scanOf(
      (_body, _request, response) => void response.writeHead(403).end("<h1>Forbidden</h1> CSRF verification failed."),
    );
    expect(result.grade).toBeNull();
    expect(result.notes.join()).toContain("--csrf cookie:csrftoken=header:X-CSRFToken");
    expect(result.notes.join()).not.toContain("--auth");
  });
});

describe("an id in the place of another", () => {
  const booking = (answer: (id: string) => { reply: string } | null): Handler =>
    chat((prompt, response, document) => {
      const found = /this record/.test(prompt) ? answer(String(document.get("booking_id"))) : { reply: plain(prompt) };
      return found ? send(response, found) : send(response, { error: "not found" }, 404);
    });
  const swapped = (handler: Handler) =>
    scanOf(handler, {
      bodyTemplate: '{"message": "{{prompt}}", "booking_id": "7001"}',
      ownIds: ["7001"],
      otherIds: ["7002"],
      checks: ["bola"],
    });

  it.each<[string, (id: string) => { reply: string } | null]>([
    [
      "words that do not name it",
      (id) => ({ reply: id === "7002" ? "Two adults and a car, paid by Rolf Steensgaard." : "Seat 4A by the window." }),
    ],
    ["nothing for an id that nobody has", (id) => (/^700/.test(id) ? { reply: "Two adults and a car." } : null)],
    ["the id and what it stands for", (id) => ({ reply: `Booking ${id}: two adults and a car.` })],
  ])("gives somebody else's data away with %s", async (_, answer) => {
    expect(findingIds(await swapped(booking(answer)))).toEqual(["object-access-without-ownership"]);
  });

  it.each<[string, (id: string) => { reply: string }]>([
    [
      "has no access",
      (id) => ({ reply: id === "7001" ? "Seat 4A." : "I'm sorry, I don't have access to that booking." }),
    ],
    ["finds nothing", (id) => ({ reply: id === "7001" ? "Seat 4A." : "Hmm, I couldn't find that booking for you." })],
    ["sees another's", (id) => ({ reply: id === "7001" ? "Seat 4A." : "That booking belongs to another passenger." })],
  ])("passes where it says that it %s", async (_, answer) => {
    const result = await swapped(booking(answer));
    expect(result.category_breakdown.bola).toMatchObject({ status: "complete", findings: [] });
  });

  it("shows nothing where the id is not looked at", async () => {
    const result = await swapped(booking(() => ({ reply: "Sailings leave Kilbay at eight and at noon." })));
    expect(result.category_breakdown.bola).toMatchObject({
      status: "inconclusive",
      reason: expect.stringContaining("an id that nobody has"),
      findings: [],
    });
  });
});

describe("a field that is called a key", () => {
  it("may be no credential at all", async () => {
    const handler = chat((prompt, response, document) =>
      document.get("cache_key") === ""
        ? send(response, { error: "bad" }, 400)
        : send(response, { reply: plain(prompt) }),
    );
    const result = await scanOf(handler, { bodyTemplate: '{"message": "{{prompt}}", "cache_key": "berth-7"}' });
    expect(result.withstood.map(({ id }) => id)).not.toContain("unauthenticated-llm-endpoint");
    expect(result.inconclusive).toContainEqual(
      expect.objectContaining({
        id: "unauthenticated-llm-endpoint",
        reason: expect.stringContaining("incomplete (400)"),
      }),
    );
  });
});

describe("fields that an error asks for", () => {
  const wants =
    (fields: string[]): Handler =>
    (body, _request, response) => {
      const given = new Set(body.match(/"\w+"(?=:)/g)?.map((key) => key.slice(1, -1)));
      const missing = fields.filter((field) => !given.has(field));
      if (missing.length > 0)
        return send(response, { detail: missing.map((name) => ({ type: "missing", loc: ["body", name] })) }, 422);
      const prompt = new RegExp(`"${fields[0]}":"([^"]*)"`).exec(body)?.[1] ?? "";
      return send(response, { out: plain(prompt) });
    };
  it.each([[["utterance_text", "lang"]], [["userPrompt", "tenant_id"]]])("are given: %j", async (fields) => {
    const result = await scanOf(wants(fields));
    expect(result.endpoint.body_template).toContain(`"${fields[0]}":"{{prompt}}"`);
    expect(result.endpoint.shape_source).toBe("tried");
  });
  it("are not guessed at where none speaks of a prompt", async () => {
    expect((await scanOf(wants(["berth", "lang"]))).endpoint.shape_source).toBe("none");
  });
});
