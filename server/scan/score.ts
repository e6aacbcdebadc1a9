import { z } from "zod";
import weightsYaml from "../../rules/scan/weights.yaml";
import { type BuiltIn, lazy, readBuiltIn } from "./data.js";
import {
  CATEGORY_TITLES,
  type CategoryResult,
  type Grade,
  gradeSchema,
  SCAN_CATEGORIES,
  type ScanCategory,
  type ScanFinding,
  type ScanResult,
  scanCategorySchema,
  severitySchema,
} from "./result.js";

const weightsSchema = () =>
  z.object({
    points: z.record(severitySchema, z.number().min(0)),
    repeat: z.number().min(0).max(1),
    weights: z.record(scanCategorySchema, z.number().positive()),
    caps: z.object({ critical: z.number(), high: z.number() }),
    grades: z.record(gradeSchema, z.number()),
  });

export const weightsFile = { name: "rules/scan/weights.yaml", schema: weightsSchema } satisfies BuiltIn<z.ZodType>;
/** The published weights and cut-offs. */
export const scoreWeights = lazy(() => readBuiltIn(weightsYaml, weightsFile));

/** What the checks of one category came to. */
export interface CategoryOutcome {
  status: CategoryResult["status"];
  reason: string | null;
  findings: ScanFinding[];
}

/**
 * Score of a category's findings, 0-100. Of several findings with one id the worst counts whole and the others in part.
 * Adding a finding never raises it and the order does not matter.
 */
export function categoryScore(findings: readonly Pick<ScanFinding, "id" | "severity">[]): number {
  const { points, repeat } = scoreWeights();
  const byId = new Map<string, number[]>();
  for (const finding of findings) {
    const list = byId.get(finding.id) ?? [];
    list.push(points[finding.severity]);
    byId.set(finding.id, list);
  }
  let lost = 0;
  for (const list of byId.values()) {
    const worst = Math.max(...list);
    const sum = list.reduce((a, b) => a + b, 0);
    lost += worst + (sum - worst) * repeat;
  }
  return Math.max(0, Math.round((100 - lost) * 10) / 10);
}

export interface Score {
  score: number | null;
  grade: Grade | null;
  reason: string | null;
  breakdown: Record<ScanCategory, CategoryResult>;
}

function breakdownOf(outcomes: Readonly<Record<ScanCategory, CategoryOutcome>>): Record<ScanCategory, CategoryResult> {
  const { weights } = scoreWeights();
  const entry = (category: ScanCategory): CategoryResult => {
    const outcome = outcomes[category];
    return {
      title: CATEGORY_TITLES[category],
      score: outcome.status === "complete" ? categoryScore(outcome.findings) : null,
      weight: weights[category],
      status: outcome.status,
      reason: outcome.reason,
      findings: outcome.findings,
    };
  };
  return {
    llm_ai_security: entry("llm_ai_security"),
    authentication: entry("authentication"),
    bola: entry("bola"),
    bfla: entry("bfla"),
    property_authorization: entry("property_authorization"),
    input_validation: entry("input_validation"),
    rate_limiting: entry("rate_limiting"),
    data_exposure: entry("data_exposure"),
    encryption: entry("encryption"),
    ssrf: entry("ssrf"),
    inventory: entry("inventory"),
    unsafe_consumption: entry("unsafe_consumption"),
  };
}

/** Overall score and grade. */
export function scoreScan(outcomes: Readonly<Record<ScanCategory, CategoryOutcome>>): Score {
  const { weights, caps } = scoreWeights();
  const breakdown = breakdownOf(outcomes);
  const selected = SCAN_CATEGORIES.filter((category) => outcomes[category].status !== "skipped");
  const complete = selected.filter((category) => outcomes[category].status === "complete");
  const none = (reason: string): Score => ({ score: null, grade: null, reason, breakdown });
  if (outcomes.llm_ai_security.status === "inconclusive")
    return none(`No grade: the LLM checks are inconclusive (${outcomes.llm_ai_security.reason ?? "no evidence"}).`);
  if (complete.length === 0 || complete.length * 2 <= selected.length)
    return none(`No grade: only ${complete.length} of ${selected.length} categories have enough evidence.`);
  let sum = 0;
  let total = 0;
  for (const category of complete) {
    sum += (breakdown[category].score ?? 0) * weights[category];
    total += weights[category];
  }
  const average = Math.floor(sum / total);
  const counted = selected
    .flatMap((category) => outcomes[category].findings)
    .filter((finding) => finding.uncapped === null);
  const critical = counted.find((finding) => finding.severity === "critical");
  const high = counted.find((finding) => finding.severity === "high");
  const cap = critical ? caps.critical : high ? caps.high : 100;
  const score = Math.min(average, cap);
  const reason =
    score < average
      ? `Capped at ${cap} by a ${critical ? "critical" : "high"} finding (${(critical ?? high)?.id}); the average is ${average}.`
      : null;
  return { score, grade: gradeOf(score), reason, breakdown };
}

/** The grade of a score. */
export function gradeOf(score: number): Grade {
  const { grades } = scoreWeights();
  return (["A", "B", "C", "D"] as const).find((grade) => score >= grades[grade]) ?? "F";
}

export interface Threshold {
  category: ScanCategory | null;
  minimum: number;
}

/**
 * Compares a result with thresholds. A category without a score meets none.
 * @returns one sentence for each threshold that is missed; empty when all are met
 */
export function missedThresholds(result: ScanResult, thresholds: readonly Threshold[]): string[] {
  return thresholds.flatMap(({ category, minimum }) => {
    const score = category ? result.category_breakdown[category].score : result.score;
    const name = category ? CATEGORY_TITLES[category] : "The score";
    if (score === null) return [`${name} is inconclusive and ${minimum} was asked for.`];
    return score < minimum ? [`${name} is ${score}, below ${minimum}.`] : [];
  });
}
