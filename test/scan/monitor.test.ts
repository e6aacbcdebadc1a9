import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareScans } from "../../server/report/compare.js";
import {
  type AlertTarget,
  headline,
  type Lab,
  monitorRound,
  postAlert,
  readSchedule,
  runMonitor,
  runScan,
  type ScanChange,
  type ScanResult,
  startLab,
} from "../../server/scan/index.js";
import { serve } from "./endpoints.js";

let lab: Lab;
let result: ScanResult;
beforeAll(async () => {
  lab = await startLab({ kind: "leaky" });
  result = await runScan({ url: lab.url });
});
afterAll(() => lab.close());

function changeFrom(before: ScanResult | null): ScanChange {
  const comparison = before ? compareScans(before, result) : null;
  return { result, before, added: comparison?.added ?? [], fixed: comparison?.fixed ?? [] };
}
/** The same scan before the model could be talked out of its instructions. */
function better(): ScanResult {
  const copy = structuredClone(result);
  const category = copy.category_breakdown.llm_ai_security;
  category.findings = category.findings.filter((finding) => finding.id !== "instruction-override");
  return { ...copy, grade: "C" };
}

describe("alerts", () => {
  it.each<AlertTarget["kind"]>(["slack", "teams", "webhook"])("reach a %s receiver in its form", async (kind) => {
    const receiver = await serve((_body, _request, response) => void response.writeHead(200).end("ok"), "/hook");
    try {
      const secret = "shared-secret-1";
      await postAlert(
        { kind, url: receiver.url, ...(kind === "webhook" ? { secret } : {}) },
        changeFrom(better()),
        1_700_000_000_000,
      );
      const [received] = receiver.requests;
      const text = received?.body ?? "";
      expect(text).toContain("instruction-override");
      const body: unknown = JSON.parse(text);
      if (kind === "slack")
        expect(body).toMatchObject({ text: expect.stringContaining("C → F, 1 new"), blocks: expect.any(Array) });
      if (kind === "teams")
        expect(body).toMatchObject({
          type: "message",
          attachments: [{ contentType: "application/vnd.microsoft.card.adaptive" }],
        });
      if (kind === "webhook") {
        expect(body).toMatchObject({
          event: "scan.changed",
          grade: { before: "C", after: "F" },
          added: [{ id: "instruction-override" }],
        });
        const expected = createHmac("sha256", secret).update(`1700000000.${text}`).digest("hex");
        expect(received?.headers["x-spillcheck-signature"]).toBe(`t=1700000000,v1=${expected}`);
      }
    } finally {
      await receiver.close();
    }
  });

  it("try again when the receiver fails, and name only its host when it goes on failing", async () => {
    let calls = 0;
    const receiver = await serve(
      (_body, _request, response) => void response.writeHead(calls++ < 1 ? 503 : 200).end(),
      "/T000/secret-path",
    );
    await postAlert({ kind: "slack", url: receiver.url }, changeFrom(better()), 0, 1);
    expect(calls).toBe(2);
    await receiver.close();
    const error = await postAlert({ kind: "slack", url: receiver.url }, changeFrom(better()), 0, 1).catch(
      (reason: Error) => reason.message,
    );
    expect(error).toMatch(/slack web hook at 127\.0\.0\.1:\d+ did not take the message/);
    expect(error).not.toContain("secret-path");
  });

  it("are sent on change alone", async () => {
    const receiver = await serve((_body, _request, response) => void response.writeHead(204).end(), "/hook");
    const alerts: AlertTarget[] = [{ kind: "webhook", url: receiver.url }];
    const round = (before: ScanResult | null) =>
      monitorRound({ alerts, scan: async () => result, compare: () => changeFrom(before) });
    try {
      expect((await round(null)).alerted).toBe(false);
      expect((await round(structuredClone(result))).alerted).toBe(false);
      expect(receiver.requests).toHaveLength(0);
      expect((await round(better())).alerted).toBe(true);
      expect(receiver.requests).toHaveLength(1);
      const failed = await monitorRound({
        alerts,
        scan: () => Promise.reject(new Error("it is down")),
        compare: () => changeFrom(null),
      });
      expect(failed).toEqual({ change: null, alerted: false, errors: ["it is down"] });
    } finally {
      await receiver.close();
    }
  });
});

describe("schedules", () => {
  it("are read and refused", () => {
    expect(readSchedule("0 6 * * 1", "Europe/Berlin").nextRun(new Date("2026-03-04T00:00:00Z"))?.toISOString()).toBe(
      "2026-03-09T05:00:00.000Z",
    );
    expect(() => readSchedule("every now and then")).toThrow(/is no cron expression/);
  });

  it("run rounds until stopped", async () => {
    const controller = new AbortController();
    const rounds: (string | null)[] = [];
    await runMonitor({
      schedule: "* * * * * *",
      alerts: [],
      scan: async () => result,
      compare: () => changeFrom(null),
      onRound: (round) => {
        rounds.push(round.change ? headline(round.change) : null);
        controller.abort();
      },
      signal: controller.signal,
    });
    expect(rounds).toEqual([`SpillCheck: ${lab.url}: F`]);
  });
});
