/** `spillcheck report --site`: kept scans as a folder of pages. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { writeSite } from "../../server/main/commands/report.js";
import { HistoryStore } from "../../server/project/history-store.js";
import { retentionSchema, ScanHistory } from "../../server/scan/history/index.js";
import { earlier, ordinary } from "../report-page/sample.js";
import { folderWith } from "../support/folder.js";
import { run } from "../support/run.js";

function kept() {
  const folder = folderWith({});
  const history = new ScanHistory(new HistoryStore(folder), () => Date.parse("2026-02-01T00:00:00Z"));
  const save = (started_at: string, result = ordinary()) =>
    history.save({ ...result, started_at }, retentionSchema.parse({})).id;
  const hostile = { ...ordinary(), target: 'http://127.0.0.1:5000/<script>alert("x")</script>' };
  const ids = {
    first: save("2026-01-29T09:30:00.000Z", earlier()),
    second: save("2026-01-30T09:30:00.000Z"),
    other: save("2026-01-31T09:30:00.000Z", hostile),
  };
  return { history, ids, env: { SPILLCHECK_DATA_DIR: folder }, folder };
}

describe("a site of reports", () => {
  it("has a page a scan, the newest first, and knows what came before each", () => {
    const { history, ids } = kept();
    const files = new Map<string, string>();
    const count = writeSite(
      history.endpoints(),
      10,
      (name, text) => files.set(name, text),
      (format, result, previous, points) =>
        `${format} ${result.started_at} ${previous?.started_at ?? "-"} ${points?.length}`,
    );
    expect(count).toBe(3);
    const pages = [...files].filter(([name]) => name !== "index.html");
    const of = (id: string) => pages.find(([name]) => name.endsWith(`/${id}.html`))?.[1];
    expect(of(ids.first)).toBe("html 2026-01-29T09:30:00.000Z - 1");
    expect(of(ids.second)).toBe("html 2026-01-30T09:30:00.000Z 2026-01-29T09:30:00.000Z 2");
    expect(of(ids.other)).toBe("html 2026-01-31T09:30:00.000Z - 1");
    const index = files.get("index.html") ?? "";
    const links = [...index.matchAll(/href="([^"]+)"/g)].map((m) => m[1]);
    expect(links).toEqual([ids.other, ids.second, ids.first].map((id) => pages.find(([n]) => n.includes(id))?.[0]));
    expect(index).not.toContain("<script");
    expect(index).toContain("2026-01-30 09:30:00 UTC");
    expect(index).toContain("default-src &#39;none&#39;");
  });

  it("takes the newest scans of each endpoint", () => {
    const { history, ids } = kept();
    const names: string[] = [];
    expect(
      writeSite(
        history.endpoints(),
        1,
        (name) => names.push(name),
        () => "",
      ),
    ).toBe(2);
    expect(names.some((name) => name.includes(ids.first))).toBe(false);
  });

  it.each([
    [["report"], "spillcheck: required option '--site <dir>' not specified\n"],
    [["report", "--site", "a.txt"], 'spillcheck: "a.txt" is no folder.\n'],
    [["report", "--site", "out", "--scans", "0"], /It must be a whole number from 1 to 10000/],
    [
      ["report", "http://127.0.0.1:1/none", "--site", "out"],
      /^spillcheck: No scan of http:\/\/127\.0\.0\.1:1\/none is kept; .*\n$/,
    ],
  ])("gives 2 and one sentence for %j", async (args, message) => {
    const { env, folder } = kept();
    writeFileSync(path.join(folder, "a.txt"), "");
    const { code, out, err } = await run(args, folder, { env });
    expect([code, out]).toEqual([2, ""]);
    expect(err).toEqual(typeof message === "string" ? message : expect.stringMatching(message));
    expect(err.trim().split("\n")).toHaveLength(1);
  });

  it("says that nothing is kept", async () => {
    const folder = folderWith({});
    const { code, err } = await run(["report", "--site", "out"], folder, { env: { SPILLCHECK_DATA_DIR: folder } });
    expect(code).toBe(2);
    expect(err).toMatch(/^spillcheck: No scan is kept in .*; make one with spillcheck scan\.\n$/);
  });
});
