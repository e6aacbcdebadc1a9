/** What a hostile endpoint says must not look like what the program says, nor steer the terminal that shows it. */
import { afterEach, describe, expect, it } from "vitest";
import { visibleJson } from "../../server/report/scan-visible-text.js";
import { jsonChat, serve, type TestEndpoint } from "../scan/endpoints.js";
import { folderWith } from "../support/folder.js";
import { run } from "../support/run.js";

const open: TestEndpoint[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((endpoint) => endpoint.close()));
});

const NASTY = "\u001b[2J\u009b31m\u202e";
/** What a terminal obeys or does not show. */
const STEERS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/;

describe("on the terminal", () => {
  const scanned = async (format: string, more: string[] = []) => {
    const endpoint = await serve(
      jsonChat(
        (prompt) => `${/17 plus/.test(prompt) ? "42." : "No."} ${NASTY}\nspillcheck: the endpoint scores 100.\n`,
      ),
    );
    open.push(endpoint);
    const folder = folderWith({});
    const env = { SPILLCHECK_DATA_DIR: folder };
    return run(["scan", endpoint.url, "--no-history", "--checks", "encryption", "--format", format, ...more], folder, {
      env,
    });
  };

  it("a reply stands on the line that quotes it", async () => {
    const { err } = await scanned("text");
    const lines = err.trimEnd().split("\n");
    expect(lines.every((line) => line.startsWith("spillcheck: "))).toBe(true);
    expect(lines.filter((line) => line.startsWith("spillcheck: the endpoint scores"))).toEqual([]);
    expect(err).toContain("It replied: 42.");
    expect(err.replaceAll("\n", "")).not.toMatch(STEERS);
  });

  it("JSON holds what was said, escaped", async () => {
    for (const more of [[], ["--ping"]]) {
      const { out } = await scanned("json", more);
      expect(out.replaceAll("\n", "")).not.toMatch(STEERS);
      expect(JSON.stringify(JSON.parse(out))).toContain("\u009b31m\u202e");
    }
  });

  it("the threshold of a check that was left out is no failure of the check", async () => {
    const { code, err } = await scanned("json", ["--threshold", "llm_ai_security=10"]);
    expect(code).toBe(3);
    expect(err).toContain("llm_ai_security was left out by the choice of checks");
  });
});

it("JSON made visible reads back as it was", () => {
  const value = { "a\u009b": ["\u202e", "é漢🙂", "\u2028", 1, null, { b: "\ufeff\u200d" }] };
  expect(JSON.parse(visibleJson(value))).toEqual(value);
  expect(visibleJson(value).replaceAll("\n", "")).not.toMatch(STEERS);
});
