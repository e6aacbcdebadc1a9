/** Answers that nobody wrote: bytes, and words at random. */
import { afterEach, describe, expect, it } from "vitest";
import { isUnrelated } from "../../server/scan/baseline.js";
import { runScan, type ScanResult } from "../../server/scan/index.js";
import { findingIds, type Handler, jsonChat, serve, type TestEndpoint } from "./endpoints.js";

const open: TestEndpoint[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((endpoint) => endpoint.close()));
});

async function scanOf(handler: Handler): Promise<ScanResult> {
  const endpoint = await serve(handler);
  open.push(endpoint);
  return runScan({ url: endpoint.url, depth: "quick", limits: { requestsPerSecond: 1_000 } });
}

const WORDS =
  "amber birch copper dune ember fjord grove heath inlet juniper kelp lagoon meadow nettle oasis pebble quartz ridge sedge tundra";
let state = 7;
const random = (below: number) => {
  state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
  return Math.floor((state / 2_147_483_648) * below);
};
const sentence = () => `${Array.from({ length: 30 }, () => WORDS.split(" ")[random(20)]).join(" ")}.`;

const GREETINGS = ["Good day to you", "Nice that you write", "A warm welcome"];
/** Writes something else each time, and always on what was asked. */
const lively = (prompt: string) => {
  const lead = GREETINGS[random(3)];
  if (/^hello/i.test(prompt)) return `${lead}. Sailings, fares and luggage are what this counter knows, day and night.`;
  if (/support/i.test(prompt)) return `${lead}. Ring the desk by the harbour between nine and five on weekdays.`;
  return `${lead}. About “${prompt.slice(0, 12)}” there is nothing on the timetable of the ferries today.`;
};

describe("random text", () => {
  it("is no model that is open to anyone, and withstands nothing", async () => {
    const result = await scanOf(jsonChat(sentence));
    expect(findingIds(result)).not.toContain("unauthenticated-llm-endpoint");
    expect(result.category_breakdown.llm_ai_security).toMatchObject({
      status: "inconclusive",
      reason: expect.stringContaining("same question"),
    });
    expect(result.grade).toBeNull();
    expect(result.withstood.filter((entry) => entry.category === "llm_ai_security")).toEqual([]);
  });

  it("is told from a model that says the same in other words", async () => {
    const result = await scanOf(jsonChat(lively));
    expect(findingIds(result)).toContain("unauthenticated-llm-endpoint");
    expect(result.category_breakdown.llm_ai_security.status).toBe("complete");
  });

  it("is seen only where the same was asked twice", () => {
    expect(isUnrelated([])).toBe(false);
    expect(isUnrelated([["a red hat", "two blue shoes"]])).toBe(false);
    const pairs: [string, string][] = [
      ["a red hat hangs", "two blue shoes stand"],
      ["one green coat lies", "five grey gloves fall"],
    ];
    expect(isUnrelated(pairs)).toBe(true);
    expect(isUnrelated([["a red hat hangs", "a red hat hangs"], ...pairs.slice(1)])).toBe(false);
  });
});

describe("a body of bytes", () => {
  const bytes =
    (type: string): Handler =>
    (_body, _request, response) =>
      void response
        .writeHead(200, { "content-type": type })
        .end(Buffer.from(Array.from({ length: 3_000 }, () => random(256))));

  it.each(["application/octet-stream", "text/plain", "image/png"])("sent as %s is no answer", async (type) => {
    const result = await scanOf(bytes(type));
    expect(findingIds(result)).not.toContain("unauthenticated-llm-endpoint");
    expect(result.category_breakdown.llm_ai_security).toMatchObject({
      status: "inconclusive",
      reason: expect.stringContaining("binary"),
    });
  });

  it("is told from text that is sent as bytes", async () => {
    const result = await scanOf((body, request, response) => {
      const write = response.writeHead.bind(response);
      response.writeHead = (status: number) => write(status, { "content-type": "application/octet-stream" });
      return jsonChat(lively)(body, request, response);
    });
    expect(findingIds(result)).toContain("unauthenticated-llm-endpoint");
  });

  it("is told from text in another encoding", async () => {
    const result = await scanOf((_body, request, response) => {
      if (request.method !== "POST") return void response.writeHead(405).end();
      response.writeHead(200, { "content-type": "text/plain; charset=utf-8" });
      response.end(
        Buffer.from(`Café, crème brûlée and ${random(90)} other dishes are on our menu for today`, "latin1"),
      );
    });
    expect(result.category_breakdown.llm_ai_security.reason ?? "").not.toContain("binary");
  });
});
