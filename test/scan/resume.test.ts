import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KEEP_SCANS, ScanHistory } from "../../server/project/scan-history.js";
import { openScanJournal } from "../../server/project/scan-journal.js";
import { runScan, type ScanError, startLab } from "../../server/scan/index.js";
import { llmIds } from "./endpoints.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "spillcheck-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the journal", () => {
  it("lets an interrupted scan go on where it stopped, with the same result", async () => {
    const lab = await startLab({ kind: "leaky" });
    const file = path.join(folder, "journal.jsonl");
    try {
      const whole = await runScan({ url: lab.url });
      const controller = new AbortController();
      let answered = 0;
      const stopped = await runScan(
        { url: lab.url },
        {
          signal: controller.signal,
          journal: openScanJournal(file, false),
          onProgress: (event) => event.kind === "request" && ++answered === 30 && controller.abort(),
        },
      ).catch((error: ScanError) => error.kind);
      expect(stopped).toBe("cancelled");
      const resumed = await runScan({ url: lab.url }, { journal: openScanJournal(file, true) });
      expect(resumed.notes.join(" ")).toMatch(/Resumed: (2[5-9]|30) replies/);
      expect(resumed.requests.sent).toBeLessThan(whole.requests.sent - 20);
      expect([resumed.score, llmIds(resumed)]).toEqual([whole.score, llmIds(whole)]);
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      await lab.close();
    }
  });

  it("does not mix scans of different settings", async () => {
    const lab = await startLab({ kind: "leaky" });
    const file = path.join(folder, "journal.jsonl");
    try {
      openScanJournal(file, false).append(JSON.stringify({ key: "another", seed: "s" }));
      const result = await runScan({ url: lab.url }, { journal: openScanJournal(file, true) });
      expect(result.notes.join(" ")).not.toContain("Resumed");
    } finally {
      await lab.close();
    }
  });
});

describe("the history", () => {
  it("keeps scans, lists the newest first and drops the oldest", async () => {
    const lab = await startLab({ kind: "hardened" });
    const result = await runScan({ url: lab.url, auth: { kind: "bearer" }, secret: lab.secret ?? "" }).finally(() =>
      lab.close(),
    );
    const history = new ScanHistory(path.join(folder, "scans"), 3);
    expect(history.list()).toEqual([]);
    const ids = [1, 2, 3, 4].map((day) =>
      history.save({ ...result, started_at: `2026-03-0${day}T10:00:00.000Z`, score: 90 + day }),
    );
    history.save({ ...result, target: "http://other.test/", started_at: "2026-03-02T11:00:00.000Z" });
    expect(history.list(result.target).map((entry) => entry.score)).toEqual([94, 93, 92]);
    expect(history.read("latest").score).toBe(94);
    expect(history.read(ids[2]?.slice(0, 12) ?? "").score).toBe(93);
    expect(history.previous(result.target, "2026-03-04T10:00:00.000Z")?.score).toBe(93);
    expect(() => history.read("nope")).toThrow('No kept scan has the id "nope"');
    expect(() => history.read("2026")).toThrow(/stands for 4 kept scans/);
    expect(KEEP_SCANS).toBeGreaterThan(10);
  });
});
