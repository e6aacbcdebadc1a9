import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
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
          journal: openScanJournal(file, { resume: false }),
          onProgress: (event) => event.kind === "request" && ++answered === 30 && controller.abort(),
        },
      ).catch((error: ScanError) => error.kind);
      expect(stopped).toBe("cancelled");
      const resumed = await runScan({ url: lab.url }, { journal: openScanJournal(file, { resume: true }) });
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
      openScanJournal(file, { resume: false }).append(JSON.stringify({ key: "another", seed: "s" }));
      const result = await runScan({ url: lab.url }, { journal: openScanJournal(file, { resume: true }) });
      expect(result.notes.join(" ")).not.toContain("Resumed");
    } finally {
      await lab.close();
    }
  });
});
