import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { folderWith } from "../support/folder.js";
import { run } from "../support/run.js";
import { jsonChat, serve, type TestEndpoint } from "./endpoints.js";

const open: TestEndpoint[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((endpoint) => endpoint.close()));
});

const SECRET = "sesame-77-Opens";

describe("scan --trace", () => {
  it("writes every request with its answer, and no secret of the caller's", async () => {
    const endpoint = await serve((body, request, response) => {
      response.setHeader("set-cookie", "sid=cookie-value-4711; Path=/");
      // It repeats what it is sent.
      return jsonChat((prompt) => `${prompt} ${request.headers["x-team-key"]}`)(body, request, response);
    });
    open.push(endpoint);
    const folder = folderWith({});
    const env = { SPILLCHECK_SECRET: SECRET, SPILLCHECK_DATA_DIR: folder };
    const args = ["scan", endpoint.url, "--auth", "api-key:X-Team-Key", "--trace", "t/trace.jsonl", "--format", "json"];
    const ran = await run([...args, "--no-history"], folder, { env });
    const file = path.join(folder, "t/trace.jsonl");
    const text = readFileSync(file, "utf8");
    expect(text).not.toMatch(new RegExp(`${SECRET}|cookie-value-4711`));
    const entries = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(entries).toHaveLength(JSON.parse(ran.out).requests.sent);
    expect(entries).toHaveLength(endpoint.requests.length);
    expect(entries.map((entry) => entry.request.url)).toContain(endpoint.url);
    const asked = entries.find((entry) => entry.check === "baseline" && entry.request.body?.includes("17 plus 25"));
    expect(asked).toMatchObject({
      request: { method: "POST", headers: { "x-team-key": "[redacted]" } },
      response: { status: 200, truncated: false, body: expect.stringContaining("[redacted]") },
      failure: null,
    });
    if (process.platform !== "win32") expect(statSync(file).mode & 0o077).toBe(0);
  });

  it("says that the file cannot be written before anything is sent", async () => {
    const endpoint = await serve(jsonChat(() => "Boats."));
    open.push(endpoint);
    const folder = folderWith({ file: "" });
    const ran = await run(["scan", endpoint.url, "--trace", "file/trace.jsonl", "--no-history"], folder);
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining("trace.jsonl cannot be written")]);
    expect(endpoint.requests).toEqual([]);
  });
});
