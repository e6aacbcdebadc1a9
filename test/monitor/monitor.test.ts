import { afterEach, describe, expect, it, vi } from "vitest";
import { compareScans } from "../../server/report/compare.js";
import { knownBefore } from "../../server/report/known.js";
import { ScanError } from "../../server/scan/errors.js";
import type { Alert } from "../../server/scan/monitor/alert.js";
import { Monitor, type MonitorOptions, startSchedule } from "../../server/scan/monitor/index.js";
import type { ScanResult } from "../../server/scan/result.js";
import { earlier, ordinary } from "../report-page/sample.js";

const down = new ScanError("unreachable", "Nothing answers at 127.0.0.1:5000.");

/** Plays scans one after another and gives the alerts and sentences that they lead to. */
async function play(rounds: (ScanResult | ScanError)[], on: MonitorOptions["on"] = "change") {
  const alerts: Alert[] = [];
  const said: string[] = [];
  const kept: ScanResult[] = [];
  let round = 0;
  const monitor = new Monitor(
    {
      scan: async () => {
        const next = rounds[round++];
        if (!next || next instanceof ScanError) throw next ?? down;
        return next;
      },
      remember: (result) => {
        const known = knownBefore(kept);
        kept.push(result);
        return { id: `scan-${kept.length}`, known };
      },
      compare: compareScans,
      send: async (alert) => {
        alerts.push(alert);
      },
      say: (sentence) => said.push(sentence),
    },
    { on, method: "POST", target: "http://127.0.0.1:5000/chat" },
  );
  const outcomes: string[] = [];
  for (const _ of rounds) outcomes.push((await monitor.round(new AbortController().signal)).outcome);
  return { outcomes, said, alerts, events: alerts.map(({ event }) => event) };
}

/** A scan that could not tell anything. */
function blind(): ScanResult {
  const result = ordinary();
  for (const category of Object.values(result.category_breakdown)) {
    category.status = "inconclusive";
    category.score = null;
    category.findings = [];
  }
  return { ...result, score: null, grade: null };
}

describe("a monitor", () => {
  it("is silent about the first scan and about scans that changed nothing", async () => {
    const { outcomes, alerts, said } = await play([ordinary(), ordinary(), ordinary()]);
    expect(outcomes).toEqual(["first", "unchanged", "unchanged"]);
    expect(alerts).toEqual([]);
    expect(said[0]).toMatch(/^grade D, \d+\/100; this is the first scan/);
    expect(said[1]).toMatch(/nothing changed\.$/);
  });

  it("tells of new and fixed findings with both grades, once", async () => {
    const { outcomes, alerts } = await play([earlier(), ordinary(), ordinary()]);
    expect(outcomes).toEqual(["first", "changed", "unchanged"]);
    expect(alerts).toMatchObject([
      {
        event: "changed",
        scan: { id: "scan-2", grade: "D" },
        previous: { grade: "F" },
        new: [{ id: "jailbreak" }],
        fixed: [{ id: "tool-abuse" }],
      },
    ]);
  });

  it("does not take for new what a scan that could not look had left out", async () => {
    const { alerts } = await play([ordinary(), blind(), ordinary()]);
    // Only the grade went and came back.
    expect(alerts.map((alert) => [alert.new.length, alert.fixed.length, alert.scan?.grade])).toEqual([
      [0, 0, null],
      [0, 0, "D"],
    ]);
  });

  it("tells after each scan where that is wanted", async () => {
    expect((await play([ordinary(), ordinary(), down, down], "always")).events).toEqual([
      "unchanged",
      "unchanged",
      "failed",
      "failed",
    ]);
  });

  it("tells once that the endpoint cannot be scanned, and once that it can again", async () => {
    const { outcomes, events, alerts, said } = await play([ordinary(), down, down, ordinary(), ordinary(), down]);
    expect(outcomes).toEqual(["first", "failed", "failed", "unchanged", "unchanged", "failed"]);
    expect(events).toEqual(["failed", "recovered", "failed"]);
    expect(alerts[0]).toMatchObject({ error: down.message, target: "http://127.0.0.1:5000/chat", scan: null });
    expect(said.filter((sentence) => sentence === down.message)).toHaveLength(3);
  });

  it("ends quietly when cancelled", async () => {
    const { outcomes, alerts, said } = await play([new ScanError("cancelled", "The scan was cancelled.")]);
    expect([outcomes, alerts, said]).toEqual([["cancelled"], [], []]);
  });
});

describe("a schedule", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("runs at its times in its time zone until it is stopped", () => {
    vi.useFakeTimers({ now: Date.parse("2026-03-10T00:59:30Z") });
    const runs: string[] = [];
    const schedule = startSchedule("0 3 * * *", "Europe/Helsinki", () => void runs.push(new Date().toISOString()));
    expect(schedule.next()?.toISOString()).toBe("2026-03-10T01:00:00.000Z");
    vi.advanceTimersByTime(2 * 86_400_000);
    expect(runs.map((time) => time.slice(0, 16))).toEqual(["2026-03-10T01:00", "2026-03-11T01:00"]);
    schedule.stop();
    vi.advanceTimersByTime(2 * 86_400_000);
    expect(runs).toHaveLength(2);
  });

  it.each(["@daily", "@hourly", "*/15 * * * *", "0 3 * * MON-FRI", " 5 4 * * 0 "])("takes %j", (pattern) => {
    const schedule = startSchedule(pattern, "UTC", () => {});
    expect(schedule.next()?.getTime()).toBeGreaterThan(Date.now());
    schedule.stop();
  });

  it.each([
    ["* * * * * *", undefined, "it has not five fields"],
    ["2030-01-01T00:00:00", undefined, "it has not five fields"],
    ["", undefined, "it has not five fields"],
    ["61 * * * *", undefined, "Invalid value for minute: 61"],
    ["@fortnightly", undefined, "is not understood"],
    ["0 0 31 2 *", undefined, "there is no such time"],
    ["0 3 * * *", "Mars/Olympus", 'There is no time zone "Mars/Olympus"'],
  ])("refuses %j in %s with one sentence", (pattern, timezone, message) => {
    const start = () => startSchedule(pattern, timezone, () => {});
    expect(start).toThrow(ScanError);
    expect(start).toThrow(message);
    expect(start).toThrow(/^[^\n]+\.$/);
  });
});
