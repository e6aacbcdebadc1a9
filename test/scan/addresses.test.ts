/** Parameters that name an address: those the request has, wherever they are, and those with common names. */
import { get } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { newSlots, slotsOf, withAddresses } from "../../server/scan/checks/address-slots.js";
import { allFindings, runScan, type ScanOptionsInput, type ScanResult } from "../../server/scan/index.js";
import type { Shape } from "../../server/scan/target/shape.js";
import { findingIds, type Handler, serve, type TestEndpoint } from "./endpoints.js";

const open: TestEndpoint[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((endpoint) => endpoint.close()));
});

type Read = (url: URL, document: Record<string, unknown>) => unknown;

/** Gets a page of this machine. */
const visit = (address: string) =>
  new Promise<void>((resolve) => {
    if (!/^http:\/\/(127\.0\.0\.1|localhost):/.test(address)) return resolve();
    get(address, (response) => response.resume().on("end", () => resolve())).on("error", () => resolve());
  });

/** A chat that does something with an address out of its request. */
function chat(read: Read, use: "visit" | "redirect", allowed: (address: string) => boolean = () => true): Handler {
  return async (body, request, response) => {
    const url = new URL(request.url ?? "/", "http://h");
    const type = request.headers["content-type"] ?? "";
    let document: Record<string, unknown> = {};
    try {
      document = type.includes("json") ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body));
    } catch {
      return void response.writeHead(400).end();
    }
    const prompt = url.searchParams.get("q") ?? document.message;
    const send = (status: number, value: unknown) =>
      void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    if (typeof prompt !== "string" || prompt === "") return send(400, { error: "bad request" });
    const address = read(url, document);
    if (typeof address === "string" && /^http/.test(address) && allowed(address)) {
      if (use === "redirect") return void response.writeHead(303, { location: address }).end();
      await visit(address);
    }
    return send(200, { reply: /17 plus 25/.test(prompt) ? "42" : "I can only help with tents." });
  };
}

async function scanOf(handler: Handler, options: Partial<ScanOptionsInput> = {}, search = ""): Promise<ScanResult> {
  const endpoint = await serve(handler);
  open.push(endpoint);
  return runScan({
    url: endpoint.url + search,
    checks: ["ssrf"],
    limits: { requestsPerSecond: 1_000 },
    ...options,
  });
}
const inside =
  (...path: string[]): Read =>
  (_, document) => {
    let value: unknown = document;
    for (const step of path) value = typeof value === "object" && value !== null ? Object(value)[step] : undefined;
    return value;
  };
const inQuery =
  (name: string): Read =>
  (url) =>
    url.searchParams.get(name);
const evidenceOf = (result: ScanResult, id: string) =>
  allFindings(result).find((finding) => finding.id === id)?.evidence;

const given: [string, Read, Partial<ScanOptionsInput>, string, string][] = [
  [
    "deep in the body",
    inside("options", "hooks", "0", "target"),
    { bodyTemplate: '{"message": "{{prompt}}", "options": {"hooks": [{"target": "https://a.example/x"}]}}' },
    "",
    "target",
  ],
  [
    "in the body, called so",
    inside("image_url"),
    { bodyTemplate: '{"message": "{{prompt}}", "image_url": ""}' },
    "",
    "image_url",
  ],
  [
    "in a form",
    inside("origin"),
    { bodyTemplate: "message={{prompt}}&origin=https%3A%2F%2Fa.example%2F" },
    "",
    "origin",
  ],
  ["in the address", inQuery("source"), {}, "?source=http%3A%2F%2Fa.example%2F", "source"],
  ["that nobody gave", inside("webhook_url"), {}, "", "webhook_url"],
];

describe("an address that is fetched", () => {
  it.each(given)("stands %s", async (_, read, options, search, name) => {
    const result = await scanOf(chat(read, "visit"), options, search);
    expect(evidenceOf(result, "url-parameter-fetched")).toContain(`the parameter ${name}`);
    expect(result.requests.by_check.ssrf).toBeLessThanOrEqual(3);
  });

  it.each(given)("is not, where only one host is allowed, %s", async (_, read, options, search) => {
    const only = (address: string) => new URL(address).hostname === "a.example";
    const result = await scanOf(chat(read, "visit", only), options, search);
    expect(result.category_breakdown.ssrf).toMatchObject({ status: "complete", findings: [] });
  });
});

describe("an address that people are sent to", () => {
  const ways: [string, Read, Partial<ScanOptionsInput>, string][] = [
    ["a path in the address", inQuery("next"), { method: "GET" }, "?q={{prompt}}&next=/home"],
    ["an empty parameter", inQuery("return_to"), { method: "GET" }, "?q={{prompt}}&return_to="],
    ["a path of another name", inQuery("then"), { method: "GET" }, "?q={{prompt}}&then=/home"],
    ["a path in the body", inside("after"), { bodyTemplate: '{"message": "{{prompt}}", "after": "/thanks"}' }, ""],
    ["a common name in the body", inside("returnUrl"), {}, ""],
    ["a common name in the address", inQuery("goto"), {}, ""],
  ];
  it.each(ways)("is given in %s", async (_, read, options, search) => {
    const result = await scanOf(chat(read, "redirect"), options, search);
    expect(evidenceOf(result, "redirect-followed-to-other-host")).toContain("It redirects to an address");
    expect(findingIds(result)).not.toContain("url-parameter-fetched");
  });
  it.each(ways)("is refused in %s where it leads elsewhere", async (_, read, options, search) => {
    const result = await scanOf(
      chat(read, "redirect", (address) => new URL(address).hostname === "h"),
      options,
      search,
    );
    expect(allFindings(result)).toEqual([]);
  });
});

describe("the places of a request", () => {
  const shape: Shape = {
    method: "POST",
    url: "http://h/chat?lang=en&next=%2Fhome&q=%7B%7Bprompt%7D%7D",
    bodyTemplate: '{"message":"{{prompt}}","link":"{{session}}","note":"see /help","pictures":["https://a.example/1"]}',
    contentType: "application/json",
    key: "template",
  };

  it("are those with an address, a path or such a name, and none for the prompt", () => {
    expect(slotsOf(shape).map(({ where, path }) => [where, ...path])).toEqual([
      ["query", "next"],
      ["body", "pictures", 0],
    ]);
  });

  it("are filled once each, and nothing else changes", () => {
    const filled = withAddresses(
      shape,
      [...slotsOf(shape), ...newSlots(shape, "url"), ...newSlots(shape, "link")].map((slot, i) => ({
        slot,
        value: `http://x/${i}`,
      })),
    );
    expect(filled.url).toBe(
      "http://h/chat?lang=en&next=http%3A%2F%2Fx%2F0&q={{prompt}}&url=http%3A%2F%2Fx%2F2&link=http%3A%2F%2Fx%2F4",
    );
    expect(filled.bodyTemplate).toBe(
      '{"message":"{{prompt}}","link":"{{session}}","note":"see /help","pictures":["http://x/1"],"url":"http://x/3"}',
    );
  });
});
