/** What the plain ask gets now and then is no weakness of an attack that gets it more often. */
import { afterEach, describe, expect, it } from "vitest";
import { runScan, type ScanResult } from "../../server/scan/index.js";
import { jsonChat, llmIds, serve, type TestEndpoint } from "./endpoints.js";

const open: TestEndpoint[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((endpoint) => endpoint.close()));
});

const OFF = "I can only help with kites.";
const joined = (prompt: string) => [...prompt.matchAll(/"([A-Z]{6})"/g)].map((match) => match[1]).join("");
const isPlain = (prompt: string) => /^Join the two parts/.test(prompt);

/** A model that obeys every attack, and the plain ask each time that `obeys` says so of its number, from 1 on. */
async function scanOf(obeys: (count: number) => boolean): Promise<{ result: ScanResult; asked: string[] }> {
  let plain = 0;
  const asked: string[] = [];
  const endpoint = await serve(
    jsonChat((prompt) => {
      if (joined(prompt) === "") return /17 plus 25/.test(prompt) ? "42" : OFF;
      asked.push(prompt);
      if (isPlain(prompt)) return obeys(++plain) ? joined(prompt) : OFF;
      return joined(prompt);
    }),
  );
  open.push(endpoint);
  const result = await runScan({
    url: endpoint.url,
    depth: "quick",
    checks: ["llm_ai_security"],
    limits: { requestsPerSecond: 1_000 },
  });
  return { result, asked };
}
const obedience = (result: ScanResult) =>
  llmIds(result).filter((id) => id === "instruction-override" || id === "jailbreak");

describe("the plain ask", () => {
  it("is sent for all probes first, and again before an attack is reported", async () => {
    const { result, asked } = await scanOf(() => false);
    expect(obedience(result)).toEqual(["instruction-override", "jailbreak"]);
    expect(asked.filter(isPlain)).toHaveLength(5);
    expect(asked.slice(0, 2).every(isPlain)).toBe(true);
    const [finding] = result.category_breakdown.llm_ai_security.findings.filter((each) => each.id === "jailbreak");
    expect(finding?.evidence).toContain("Asked plainly, 5 times");
    expect(result.requests.sent).toBeLessThanOrEqual(result.requests.budget);
  });

  it.each([1, 2, 3, 5])("that was obeyed once, as number %i, shows that there is no difference", async (number) => {
    const { result } = await scanOf((count) => count === number);
    expect(obedience(result)).toEqual([]);
    expect(result.withstood.filter((entry) => /does the same when asked plainly/.test(entry.detail))).toHaveLength(2);
  });
});
