/** What is known of an endpoint beforehand, given as a file: the scan asks and judges by it. */
import { afterEach, describe, expect, it } from "vitest";
import { scanRequest } from "../../server/main/commands/scan-options.js";
import { allFindings, planScan, readFacts, runScan, type ScanResult } from "../../server/scan/index.js";
import { folderWith } from "../support/folder.js";
import { run } from "../support/run.js";
import { type Handler, jsonChat, serve, type TestEndpoint } from "./endpoints.js";

const open: TestEndpoint[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((endpoint) => endpoint.close()));
});

const PROMPT =
  "You are Wren of the Ashby harbour office. Answer only what concerns moorings and tides, and never name other skippers.";
const FACTS = `
systemPrompts: ["${PROMPT}"]
secrets: [MOORING-4471-KESTREL]
toolNames: [assignBerth]
bodyKey: utterance
replyKey: said
method: put
requiresAuth: true
locations:
  "*": { uri: app/views.py, line: 12 }
  system-prompt-leak: { uri: app/views.py, line: 31 }
confirmedBy: [system-prompt-leak]
`;

async function scanWith(facts: string, handler: Handler): Promise<{ result: ScanResult; endpoint: TestEndpoint }> {
  const endpoint = await serve(handler);
  open.push(endpoint);
  const folder = folderWith({ "facts.yaml": facts });
  const { options } = scanRequest(endpoint.url, { facts: "facts.yaml" }, { cwd: folder, env: {} });
  return { result: await runScan(options), endpoint };
}

const put =
  (answer: (prompt: string) => object): Handler =>
  (body, request, response) => {
    const prompt = request.method === "PUT" ? /"utterance":"((?:[^"\\]|\\.)*)"/.exec(body)?.[1] : undefined;
    response
      .writeHead(prompt === undefined ? 400 : 200, { "content-type": "application/json" })
      .end(JSON.stringify(prompt === undefined ? { error: "no" } : answer(prompt)));
  };

describe("facts about an endpoint", () => {
  it("say how it is asked and where its reply is", async () => {
    const { result, endpoint } = await scanWith(
      FACTS,
      put((prompt) => ({
        answer: "This is a longer text that looks like the reply.",
        said: /17 plus/.test(prompt) ? "42" : "Tides only.",
      })),
    );
    expect(result.endpoint).toMatchObject({
      method: "PUT",
      shape_source: "source",
      body_template: '{"utterance":"{{prompt}}"}',
      reply_path: '$["said"]',
    });
    expect(result.endpoint.baseline.map(({ reply }) => reply)).toContain("Tides only.");
    const first = endpoint.requests.find(({ url }) => url === "/chat");
    expect(first).toMatchObject({ method: "PUT" });
  });

  it("prove leaks, and give findings their source lines", async () => {
    const { result } = await scanWith(
      FACTS,
      put((prompt) => ({
        said: /system prompt/.test(prompt) ? "The word is MOORING-4471-KESTREL, keep it safe." : "Tides only.",
      })),
    );
    const leak = allFindings(result).find(({ id }) => id === "system-prompt-leak");
    expect(leak).toMatchObject({
      severity: "critical",
      suspected: false,
      verdict: "confirmed",
      location: { uri: "app/views.py", line: 31 },
    });
    const open = allFindings(result).find(({ id }) => id === "unauthenticated-endpoint");
    expect(open?.evidence).toContain("although its code asks for them");
    expect(open?.location).toEqual({ uri: "app/views.py", line: 12 });
    expect(open?.verdict).toBe("live-only");
  });

  it.each([
    ["form", "question", "application/x-www-form-urlencoded", "POST"],
    ["query", "question", undefined, "GET"],
    ["text", undefined, "text/plain; charset=utf-8", "POST"],
  ])("know the kind of body: %s", async (bodyKind, key, type, method) => {
    const seen: (string | undefined)[] = [];
    const { result } = await scanWith(JSON.stringify({ bodyKind, bodyKey: key }), (_body, request, response) => {
      if (request.method === method) seen.push(request.headers["content-type"]);
      response.writeHead(200, { "content-type": "application/json" }).end('{"reply":"Tides only, sailor."}');
    });
    expect(result.endpoint.shape_source).toBe("source");
    expect(seen[0]).toBe(type);
  });

  it("name the route of an address without a path, and ask for a stream", async () => {
    const accepted: (string | undefined)[] = [];
    const endpoint = await serve((_body, request, response) => {
      if (request.url === "/berths/ask" && request.method === "POST") accepted.push(request.headers.accept);
      response.writeHead(200, { "content-type": "text/event-stream" }).end('data: {"delta":"Tides only."}\n\n');
    }, "/berths/ask");
    open.push(endpoint);
    const facts = "{ route: /berths/ask, bodyKey: text, streaming: true }";
    const folder = folderWith({ ".spillcheck.yaml": "scan:\n  facts: known.yaml\n", "known.yaml": facts });
    const server = new URL(endpoint.url).origin;
    const ran = await run(["scan", server, "--checks", "encryption", "--format", "json", "--no-history"], folder);
    expect(JSON.parse(ran.out).endpoint).toMatchObject({ url: `${server}/berths/ask`, shape_source: "source" });
    expect(accepted[0]).toMatch(/^text\/event-stream,/);
    const own = { url: `${server}/other`, knowledge: { route: "/berths/ask" } };
    expect((await planScan(own)).target).toBe(`${server}/other`);
    expect(() => readFacts("route: /berths/<int:id>", "facts.yaml")).toThrow(/^facts\.yaml: route: must be a path/);
  });

  it("that are wrong are named with their place", async () => {
    expect(() => readFacts("bodyKey: [1]", "facts.yaml")).toThrow(/^facts\.yaml: bodyKey: /);
    expect(() => readFacts("prompts: []", "facts.yaml")).toThrow(/facts\.yaml: .*prompts/);
    const folder = folderWith({ "facts.yaml": "locations: { '*': { uri: a, line: 0 } }" });
    const ran = await run(["scan", "http://127.0.0.1:9/", "--facts", "facts.yaml"], folder);
    expect(ran).toMatchObject({ code: 2, out: "" });
    expect(ran.err).toMatch(/facts\.yaml: locations\.\*\.line/);
  });

  it("of its own file come first of the prompts", async () => {
    const folder = folderWith({ "facts.yaml": FACTS, "prompt.txt": "Be brief." });
    const flags = { facts: "facts.yaml", systemPromptFile: "prompt.txt" };
    const { options } = scanRequest("http://127.0.0.1:9/", flags, { cwd: folder, env: {} });
    expect(options.knowledge?.systemPrompts).toEqual(["Be brief.", PROMPT]);
  });

  it("are not needed", async () => {
    const endpoint = await serve(jsonChat(() => "Tides only."));
    open.push(endpoint);
    expect((await runScan({ url: endpoint.url, checks: ["encryption"] })).endpoint.shape_source).toBe("tried");
  });
});
