import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { HistoryStore } from "../../server/project/history-store.js";
import { retentionSchema, ScanHistory } from "../../server/scan/history/index.js";
import { type Lab, startLab } from "../../server/scan/index.js";
import { earlier, ordinary } from "../report-page/sample.js";
import { folderWith, textOf } from "../support/folder.js";
import { run } from "../support/run.js";

/** A data folder with an earlier scan and a later one. */
function kept() {
  const folder = folderWith({});
  const history = new ScanHistory(new HistoryStore(folder), () => Date.parse("2026-02-01T00:00:00Z"));
  const save = (started_at: string, result = ordinary()) =>
    history.save({ ...result, started_at }, retentionSchema.parse({})).id;
  const ids = [save("2026-01-30T09:30:00.000Z", earlier()), save("2026-01-31T09:30:00.000Z")] as const;
  return { folder, ids, env: { SPILLCHECK_DATA_DIR: folder } };
}
const { target } = ordinary();

describe("spillcheck history", () => {
  it("lists endpoints, and the scans of one", async () => {
    const { env, ids, folder } = kept();
    const all = await run(["history"], folder, { env });
    expect(all.code).toBe(0);
    expect(all.out).toContain(target);
    expect(all.out).toContain("2 scans");
    const one = await run(["history", target], folder, { env });
    // The newest stands first.
    expect(one.out.indexOf(ids[1])).toBeGreaterThan(0);
    expect(one.out.indexOf(ids[1])).toBeLessThan(one.out.indexOf(ids[0]));
    expect(one.out).toContain("1 new, 1 fixed");
  });

  it("writes JSON", async () => {
    const { env, ids, folder } = kept();
    const { out } = await run(["history", target, "--format", "json"], folder, { env });
    expect(JSON.parse(out)).toMatchObject({
      schema_version: "1.0",
      endpoints: [{ target, method: "POST", scans: ids.map((id) => ({ id })) }],
    });
  });

  it("says when there is nothing, and fails when an endpoint is unknown", async () => {
    const folder = folderWith({});
    const env = { SPILLCHECK_DATA_DIR: folder };
    expect(await run(["history"], folder, { env })).toMatchObject({
      code: 0,
      out: "",
      err: expect.stringContaining("no scan is kept in"),
    });
    expect((await run(["history", "http://127.0.0.1:1/x"], folder, { env })).code).toBe(2);
  });

  it("removes the scans of one endpoint", async () => {
    const { env, folder } = kept();
    expect((await run(["history", target, "--clear"], folder, { env })).err).toContain("2 scans were removed.");
    expect(readdirSync(path.join(folder, "scans"))).toEqual([]);
  });
});

describe("spillcheck compare", () => {
  it("takes ids, beginnings of ids and files", async () => {
    const { env, ids, folder } = kept();
    const files = folderWith({ "a.json": JSON.stringify(earlier()), "b.json": JSON.stringify(ordinary()) });
    const wanted = /1 new, 1 fixed, 9 unchanged, 1 not checked again; score \d+ to \d+\./;
    for (const pair of [ids, ["20260130", "20260131-0930"], ["a.json", "b.json"]]) {
      const { code, out } = await run(["compare", ...pair], files, { env });
      expect([code, out]).toEqual([0, expect.stringMatching(wanted)]);
    }
    expect(folder).not.toBe(files);
  });

  it("writes JSON and Markdown", async () => {
    const { env, ids, folder } = kept();
    const json = JSON.parse((await run(["compare", ...ids, "--format", "json"], folder, { env })).out);
    expect(json).toMatchObject({ same_target: true, new: [{ id: "jailbreak" }], fixed: [{ id: "tool-abuse" }] });
    expect(JSON.stringify(json)).not.toContain("evidence");
    const output = ["--format", "markdown", "--output", "out.md"];
    expect(await run(["compare", ...ids, ...output], folder, { env })).toMatchObject({ code: 0, out: "" });
    expect(textOf(folder, "out.md")).toMatch(/^# Comparison of two scans\n/);
    expect(textOf(folder, "out.md")).toContain("## Fixed (1)");
  });

  it.each([
    [["20250101", "20250102"], "No scan with the id 20250101 is kept"],
    [["202601", "x.json"], "cannot be read: it does not exist"],
    [["2026013", "x"], "cannot be read"],
    [["text.json", "text.json"], "text.json is not a scan"],
  ])("refuses %j", async (args, message) => {
    const { env } = kept();
    const { code, err } = await run(["compare", ...args], folderWith({ "text.json": "{}" }), { env });
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });

  it("says when an id is the beginning of several", async () => {
    const { env, folder } = kept();
    const history = new ScanHistory(new HistoryStore(folder), () => Date.parse("2026-02-01T00:00:00Z"));
    history.save({ ...ordinary(), started_at: "2026-01-30T10:00:00.000Z" }, retentionSchema.parse({}));
    expect((await run(["compare", "20260130", "20260131"], folder, { env })).err).toContain("beginning of several");
  });
});

describe("spillcheck scan", () => {
  const args = (lab: Lab) => ["scan", lab.url, "--checks", "encryption,rate_limiting", "--max-requests", "40"];

  it("keeps its scans, compares with the one before, and does not when told", async () => {
    const lab = await startLab({ kind: "leaky" });
    try {
      const folder = folderWith({});
      const env = { SPILLCHECK_DATA_DIR: folder };
      await run([...args(lab), "--no-history"], folder, { env });
      expect(readdirSync(folder)).toEqual([]);
      const first = await run(args(lab), folder, { env });
      expect(first.out).not.toContain("Since the scan before");
      const second = await run(args(lab), folder, { env });
      expect(second.out).toContain("Since the scan before");
      const { out } = await run(["history", lab.url, "--format", "json"], folder, { env });
      expect(JSON.parse(out).endpoints[0].scans).toHaveLength(2);
    } finally {
      await lab.close();
    }
  });

  it("goes on when the history cannot be written", async () => {
    const lab = await startLab({ kind: "leaky" });
    try {
      const folder = folderWith({ file: "" });
      const { out, err } = await run(args(lab), folder, { env: { SPILLCHECK_DATA_DIR: path.join(folder, "file") } });
      expect(err).toContain("The scan history in");
      expect(out).toContain("Scan of");
    } finally {
      await lab.close();
    }
  });
});
