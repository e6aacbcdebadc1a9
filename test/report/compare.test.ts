import { describe, expect, it } from "vitest";
import { compareScans, comparisonSentence } from "../../server/report/compare.js";
import { allFindings, type ScanResult } from "../../server/scan/result.js";
import { earlier, finding, IDS, ordinary, result } from "../report-page/sample.js";

const ids = (findings: { id: string }[]) => findings.map(({ id }) => id);
const entry = (id: string) => {
  const found = IDS.llm_ai_security.find(([name]) => name === id);
  if (!found) throw new Error(`The table has no ${id}.`);
  return found;
};
const withLeak = (change: Partial<ScanResult> = {}) =>
  result([finding("llm_ai_security", entry("tool-abuse"))], change);
const without = (change: Partial<ScanResult> = {}) => result([], { withstood: [], inconclusive: [], ...change });

describe("the comparison of two scans", () => {
  it("tells new, fixed and unchanged apart", () => {
    const changes = compareScans(earlier(), ordinary());
    expect(ids(changes.added)).toEqual(["jailbreak"]);
    expect(ids(changes.fixed)).toEqual(["tool-abuse"]);
    expect(changes.unchanged).toHaveLength(9);
    expect(changes.grade).toEqual({ before: "F", after: "D" });
    expect(changes.sameTarget).toBe(true);
  });

  it("does not call fixed what an inconclusive category could not see", () => {
    expect(ids(compareScans(earlier(), ordinary()).unverified)).toEqual(["object-access-without-ownership"]);
  });

  it("does not call fixed what a shallower scan did not try", () => {
    const before = withLeak({ depth: "deep" });
    expect(ids(compareScans(before, without({ depth: "quick" })).unverified)).toEqual(["tool-abuse"]);
    expect(ids(compareScans(before, without({ depth: "deep" })).fixed)).toEqual(["tool-abuse"]);
    const tried = {
      category: "llm_ai_security" as const,
      id: "tool-abuse",
      probe: "classic/tool-abuse",
      title: "",
      detail: "",
      hits: "0/3",
    };
    expect(ids(compareScans(before, without({ depth: "quick", withstood: [tried] })).fixed)).toEqual(["tool-abuse"]);
  });

  it("does not call fixed what the same probe left open", () => {
    const open = {
      category: "llm_ai_security" as const,
      id: "tool-abuse",
      probe: "classic/tool-abuse",
      title: "",
      reason: "429",
    };
    expect(ids(compareScans(withLeak(), without({ inconclusive: [open] })).unverified)).toEqual(["tool-abuse"]);
  });

  it("finds nothing changed between a scan and itself", () => {
    const changes = compareScans(ordinary(), ordinary());
    expect([changes.added, changes.fixed, changes.unverified, changes.categories]).toEqual([[], [], [], []]);
    expect(changes.unchanged).toHaveLength(allFindings(ordinary()).length);
    expect(comparisonSentence(changes)).toBe("0 new, 0 fixed, 10 unchanged; score 58 as before.");
  });

  it("pairs two findings of one fingerprint one by one", () => {
    const twice = result([
      finding("llm_ai_security", entry("jailbreak")),
      finding("llm_ai_security", entry("jailbreak")),
    ]);
    const once = result([finding("llm_ai_security", entry("jailbreak"))]);
    expect(compareScans(once, twice).added).toHaveLength(1);
    expect(compareScans(twice, once).fixed).toHaveLength(1);
  });

  it("says when the targets differ", () => {
    expect(compareScans(ordinary(), { ...ordinary(), target: "http://127.0.0.1:1/" }).sameTarget).toBe(false);
  });

  it("lists the categories whose score changed", () => {
    expect(compareScans(earlier(), ordinary()).categories).toEqual([
      { category: "llm_ai_security", title: "LLM security", before: 20, after: 0 },
    ]);
  });
});
