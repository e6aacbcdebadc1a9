import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureFlask } from "../../scripts/ensure-flask.mjs";
import { runScan, type ScanResult } from "../../server/scan/index.js";
import { type PythonTarget, startPython } from "../targets/python-target.js";
import { findingIds, llmIds } from "./endpoints.js";

const targets: Record<string, PythonTarget> = {};
const results: Record<string, ScanResult> = {};

beforeAll(async () => {
  const flask = ensureFlask();
  if ("missing" in flask) throw new Error(`The Flask target could not be started: ${flask.missing}.`);
  for (const mode of ["debug", "production"]) {
    const target = await startPython(flask.python, "flask", { TARGET_MODE: mode });
    targets[mode] = target;
    for (const route of ["chat", "safe", "error"])
      results[`${mode}/${route}`] = await runScan({ url: `${target.origin}/${route}` });
  }
});
afterAll(async () => {
  await Promise.all(Object.values(targets).map((target) => target.close()));
});

const ids = (key: string) => findingIds(results[key] as ScanResult);

describe("a real Flask server", () => {
  it("shows its debug page in debug mode and not in production", () => {
    expect(ids("debug/chat")).toContain("debug-page-exposed");
    expect(ids("debug/error")).toContain("debug-page-exposed");
    expect(ids("production/chat")).not.toContain("debug-page-exposed");
    expect(ids("production/error")).not.toContain("debug-page-exposed");
    expect(ids("production/error")).not.toContain("stack-trace-exposed");
  });

  it("has Werkzeug's console open in debug mode alone", () => {
    expect(ids("debug/chat")).toContain("debug-endpoint-exposed");
    expect(ids("production/chat")).not.toContain("debug-endpoint-exposed");
  });

  it.each(["debug/chat", "production/chat"])("leaks through %s in either mode", (key) => {
    expect(ids(key)).toEqual(
      expect.arrayContaining([
        "system-prompt-leak",
        "instruction-override",
        "jailbreak",
        "data-exfiltration",
        "malformed-input-crash",
        "model-disclosure",
      ]),
    );
  });

  it("holds behind the filter", () => {
    expect(llmIds(results["production/safe"] as ScanResult)).toEqual(["unauthenticated-llm-endpoint"]);
    expect(ids("production/safe")).toEqual([
      "no-tls",
      "server-banner",
      "unauthenticated-endpoint",
      "unauthenticated-llm-endpoint",
    ]);
  });

  it("is graded worse in debug mode, and not at all where nothing answers", () => {
    const scores = ["debug", "production"].map((mode) => results[`${mode}/chat`]?.score ?? -1);
    expect(scores[0]).toBeLessThan(scores[1] as number);
    expect(results["production/error"]?.grade).toBeNull();
    expect(results["production/error"]?.category_breakdown.llm_ai_security.reason).toContain("500");
  });
});
