/** One identity's session in the hands of another. */
import { afterEach, describe, expect, it } from "vitest";
import { runScan, type ScanOptionsInput, type ScanResult } from "../../server/scan/index.js";
import { takesSession, withPlaces } from "../../server/scan/target/shape.js";
import { findingIds, type Handler, serve, type TestEndpoint } from "./endpoints.js";

const open: TestEndpoint[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((endpoint) => endpoint.close()));
});

interface Talk {
  owner: string;
  said: string[];
}

/**
 * Hands sessions out at POST /chat/talks and answers in them at /chat/talks/ID.
 * @param may whether somebody may speak in a talk; `undefined` is one that nobody has
 */
function talks(may: (who: string, talk: Talk | undefined) => boolean, remembers = false): Handler {
  const all = new Map<string, Talk>();
  return (body, request, response) => {
    const send = (status: number, document: unknown) =>
      void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(document));
    const who = /^Bearer (anna|bela)-key$/.exec(request.headers.authorization ?? "")?.[1];
    if (!who) return send(401, { error: "who are you" });
    const id = /^\/chat\/talks\/([\w-]+)$/.exec(request.url ?? "")?.[1];
    if (id === undefined) {
      const name = `${4_200 + all.size}`;
      all.set(name, { owner: who, said: [] });
      return send(201, { talk: name });
    }
    const talk = all.get(id);
    if (!may(who, talk)) return send(404, { error: "no such talk" });
    const prompt = /"message":\s*"((?:[^"\\]|\\.)*)"/.exec(body)?.[1];
    if (!prompt) return send(400, { error: "bad request" });
    const before = talk?.said.find((each) => /locker word is/.test(each)) ?? "nothing yet";
    talk?.said.push(prompt);
    if (/17 plus 25/.test(prompt)) return send(200, { reply: "That makes 42." });
    if (remembers && /locker word/.test(prompt)) return send(200, { reply: `You said: ${before}` });
    return send(200, { reply: "I can only help with lockers and lost property." });
  };
}

async function scanOf(handler: Handler, options: Partial<ScanOptionsInput> = {}): Promise<ScanResult> {
  const endpoint = await serve(handler);
  open.push(endpoint);
  return runScan({
    url: `${endpoint.url}/talks/{{session}}`,
    bodyTemplate: '{"message": "{{prompt}}"}',
    session: { method: "POST", path: "/chat/talks", idPath: "$.talk" },
    auth: { kind: "bearer" },
    secret: "anna-key",
    secret2: "bela-key",
    checks: ["bola"],
    limits: { requestsPerSecond: 1_000 },
    ...options,
  });
}

describe("a session that the endpoint handed out", () => {
  it("is open to another who is answered in it, where nobody's is not", async () => {
    const result = await scanOf(talks((_, talk) => talk !== undefined));
    expect(findingIds(result)).toEqual(["object-access-without-ownership"]);
    expect(result.category_breakdown.bola.findings[0]?.evidence).toContain("not in one that nobody has");
    expect(result.requests.by_check.bola).toBeLessThanOrEqual(17);
  });

  it("is open to another who is told what was said in it", async () => {
    const result = await scanOf(talks(() => true, true));
    expect(result.category_breakdown.bola.findings[0]?.evidence).toContain("was told the word of the first");
  });

  it("is kept where only its owner may speak in it", async () => {
    const result = await scanOf(talks((who, talk) => talk?.owner === who));
    expect(result.category_breakdown.bola).toMatchObject({ status: "complete", findings: [] });
    expect(result.withstood.map((entry) => entry.detail).join()).toContain("turned away from the first one's session");
  });

  it("shows nothing where every id is answered", async () => {
    const result = await scanOf(talks(() => true));
    expect(result.category_breakdown.bola).toMatchObject({
      status: "inconclusive",
      reason: expect.stringContaining("a session that nobody has"),
      findings: [],
    });
  });

  it("shows nothing to a single identity", async () => {
    const result = await scanOf(
      talks((_, talk) => talk !== undefined),
      { secret2: undefined },
    );
    expect(result.category_breakdown.bola).toMatchObject({ status: "inconclusive", findings: [] });
  });
});

describe("the place of a session", () => {
  it("is known in an address that was parsed", () => {
    const url = new URL("http://h/talks/{{session}}?q={{prompt}}").href;
    expect(withPlaces(url)).toBe("http://h/talks/{{session}}?q={{prompt}}");
    expect(takesSession({ url, bodyTemplate: null })).toBe(true);
    expect(takesSession({ url: "http://h/talks/%7B%7Bother%7D%7D", bodyTemplate: '{"a": "{{prompt}}"}' })).toBe(false);
  });
});
