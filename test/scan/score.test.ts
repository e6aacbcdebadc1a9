import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeFinding } from "../../server/scan/findings.js";
import {
  findingKinds,
  SCAN_CATEGORIES,
  type ScanCategory,
  type ScanFinding,
  SEVERITIES,
} from "../../server/scan/index.js";
import { type CategoryOutcome, categoryScore, gradeOf, scoreScan } from "../../server/scan/score.js";

const ids = Object.keys(findingKinds());
const finding = fc
  .record({
    id: fc.constantFrom(...ids),
    severity: fc.constantFrom(...SEVERITIES),
    subject: fc.string({ maxLength: 3 }),
  })
  .map(
    (draft): ScanFinding => makeFinding({ ...draft, evidence: "" }, "http://x/", { location: null, confirmed: false }),
  );
const status = fc.constantFrom<CategoryOutcome["status"]>(
  "complete",
  "complete",
  "complete",
  "inconclusive",
  "skipped",
);
const statuses = fc.array(status, { minLength: SCAN_CATEGORIES.length, maxLength: SCAN_CATEGORIES.length });

function outcomes(
  findings: readonly ScanFinding[],
  states: readonly CategoryOutcome["status"][],
): Record<ScanCategory, CategoryOutcome> {
  const entries = SCAN_CATEGORIES.map((category, i): [ScanCategory, CategoryOutcome] => [
    category,
    { status: states[i] ?? "complete", reason: null, findings: findings.filter((each) => each.category === category) },
  ]);
  return Object.fromEntries(entries) as Record<ScanCategory, CategoryOutcome>;
}

describe("the score", () => {
  const one = (id: string, severity: ScanFinding["severity"], uncapped?: string) =>
    makeFinding({ id, severity, uncapped, evidence: "" }, "http://x/", { location: null, confirmed: false });
  const all = SCAN_CATEGORIES.map((): CategoryOutcome["status"] => "complete");

  it("never rises when a finding is added", () => {
    fc.assert(
      fc.property(fc.array(finding, { maxLength: 12 }), finding, statuses, (findings, added, states) => {
        const before = scoreScan(outcomes(findings, states)).score;
        const after = scoreScan(outcomes([...findings, added], states)).score;
        return before === null ? after === null : after !== null && after <= before;
      }),
    );
  });

  it("does not depend on the order", () => {
    fc.assert(
      fc.property(
        fc.array(finding, { maxLength: 12 }),
        (findings) => categoryScore(findings) === categoryScore([...findings].reverse()),
      ),
    );
  });

  it("is the same whatever order the findings come in, overall too", () => {
    fc.assert(
      fc.property(
        fc
          .array(finding, { maxLength: 12 })
          .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        statuses,
        ([findings, shuffled], states) => {
          const { score, grade } = scoreScan(outcomes(findings, states));
          expect(scoreScan(outcomes(shuffled, states))).toMatchObject({ score, grade });
        },
      ),
    );
  });

  it("is capped by the worst finding that is not exempt", () => {
    fc.assert(
      fc.property(fc.array(finding, { minLength: 1, maxLength: 12 }), (findings) => {
        const { score } = scoreScan(outcomes(findings, all));
        const severities = new Set(findings.map((each) => each.severity));
        const cap = severities.has("critical") ? 65 : severities.has("high") ? 85 : 100;
        expect(score).toBeLessThanOrEqual(cap);
      }),
    );
  });

  it("stays between 0 and 100 and follows its grade", () => {
    fc.assert(
      fc.property(fc.array(finding, { maxLength: 30 }), statuses, (findings, states) => {
        const { score, grade } = scoreScan(outcomes(findings, states));
        return score === null ? grade === null : score >= 0 && score <= 100 && grade === gradeOf(score);
      }),
    );
  });

  it("comes out as the worked examples of docs/scoring.md say", () => {
    expect(
      categoryScore([
        { id: "malformed-input-crash", severity: "medium" },
        { id: "missing-input-limit", severity: "medium" },
        { id: "cors-wildcard", severity: "low" },
      ]),
    ).toBe(65);
    expect(
      categoryScore([
        { id: "jailbreak", severity: "high" },
        { id: "jailbreak", severity: "high" },
      ]),
    ).toBe(56.3);
    const states = SCAN_CATEGORIES.map((category): CategoryOutcome["status"] =>
      category === "bola" ? "inconclusive" : "complete",
    );
    const open = one("unauthenticated-llm-endpoint", "critical", "on loopback");
    expect(scoreScan(outcomes([open], states))).toMatchObject({ score: 76, grade: "C" });
    expect(scoreScan(outcomes([open, one("secret-exposed", "critical")], states))).toMatchObject({
      score: 65,
      grade: "D",
    });
  });

  it("is capped by a critical finding, unless that one is exempt", () => {
    expect(scoreScan(outcomes([], all))).toMatchObject({ score: 100, grade: "A", reason: null });
    expect(scoreScan(outcomes([one("secret-exposed", "critical")], all))).toMatchObject({ score: 65, grade: "D" });
    expect(scoreScan(outcomes([one("unauthenticated-llm-endpoint", "critical", "on loopback")], all))).toMatchObject({
      score: 78,
      grade: "C",
    });
  });

  it("is not given when the LLM category or half of all are inconclusive", () => {
    const withLlm = all.map((state, i) => (i === 0 ? "inconclusive" : state));
    expect(scoreScan(outcomes([], withLlm))).toMatchObject({ score: null, grade: null });
    const half = all.map((state, i) => (i >= 6 ? "inconclusive" : state));
    expect(scoreScan(outcomes([], half)).grade).toBeNull();
    const fewer = all.map((state, i) => (i >= 7 ? "inconclusive" : state));
    expect(scoreScan(outcomes([], fewer)).grade).toBe("A");
  });

  it("leaves a skipped category out", () => {
    const states = SCAN_CATEGORIES.map((category): CategoryOutcome["status"] =>
      category === "llm_ai_security" ? "complete" : "skipped",
    );
    const result = scoreScan(outcomes([one("model-disclosure", "low")], states));
    expect(result).toMatchObject({ score: 95, grade: "A" });
    expect(result.breakdown.bola.score).toBeNull();
  });
});
