/** What changed between two scans of one endpoint. */
import {
  allFindings,
  type Grade,
  SCAN_CATEGORIES,
  type ScanCategory,
  type ScanFinding,
  type ScanResult,
  type SEVERITIES,
} from "../scan/result.js";

/** A finding of both scans; `was` is the earlier one, whose severity or hits may differ. */
export interface UnchangedFinding {
  finding: ScanFinding;
  was: ScanFinding;
}

export interface CategoryChange {
  category: ScanCategory;
  title: string;
  /** Scores 0-100, null where there was none. */
  before: number | null;
  after: number | null;
}

export interface ScanComparison {
  /** False when the two scans were of different targets, which makes the rest a guess. */
  sameTarget: boolean;
  /** Only in the later scan. */
  added: ScanFinding[];
  /** Only in the earlier scan, and looked for again in the later one. */
  fixed: ScanFinding[];
  unchanged: UnchangedFinding[];
  /** Only in the earlier scan, but the later one did not look or could not tell: neither fixed nor still there. */
  unverified: ScanFinding[];
  score: { before: number | null; after: number | null };
  grade: { before: Grade | null; after: Grade | null };
  /** Categories whose score differs. */
  categories: CategoryChange[];
}

const DEPTHS = ["quick", "standard", "deep"] as const;

/**
 * Whether the later scan can say that a finding is gone: its category was completed and, where a probe found it, the
 * probe was sent again and withstood, or the scan went as deep as the earlier one.
 */
function lookedForAgain(finding: ScanFinding, before: ScanResult, after: ScanResult): boolean {
  if (after.category_breakdown[finding.category].status !== "complete") return false;
  if (finding.probe === null) return true;
  const sameProbe = (other: { probe: string | null }) => other.probe === finding.probe;
  if (after.inconclusive.some(sameProbe)) return false;
  if (after.withstood.some(sameProbe) || allFindings(after).some(sameProbe)) return true;
  return DEPTHS.indexOf(after.depth) >= DEPTHS.indexOf(before.depth);
}

/** Findings in pairs by fingerprint; a fingerprint that occurs twice pairs twice. */
function pair(before: ScanFinding[], after: ScanFinding[]) {
  const waiting = new Map<string, ScanFinding[]>();
  for (const finding of before)
    waiting.set(finding.fingerprint, [...(waiting.get(finding.fingerprint) ?? []), finding]);
  const added: ScanFinding[] = [];
  const unchanged: UnchangedFinding[] = [];
  for (const finding of after) {
    const was = waiting.get(finding.fingerprint)?.shift();
    if (was) unchanged.push({ finding, was });
    else added.push(finding);
  }
  const rest = new Set([...waiting.values()].flat());
  return { added, unchanged, gone: before.filter((finding) => rest.has(finding)) };
}

/**
 * Compares two scans by the fingerprints of their findings. A finding that is gone counts as fixed only when the later
 * scan looked for it again; each list has the most severe first.
 */
export function compareScans(before: ScanResult, after: ScanResult): ScanComparison {
  const { added, unchanged, gone } = pair(allFindings(before), allFindings(after));
  const fixed = gone.filter((finding) => lookedForAgain(finding, before, after));
  const categories = SCAN_CATEGORIES.flatMap((category) => {
    const [was, is] = [before.category_breakdown[category], after.category_breakdown[category]];
    return was.score === is.score ? [] : [{ category, title: is.title, before: was.score, after: is.score }];
  });
  return {
    sameTarget: before.target === after.target && before.endpoint.method === after.endpoint.method,
    added,
    fixed,
    unchanged,
    unverified: gone.filter((finding) => !fixed.includes(finding)),
    score: { before: before.score, after: after.score },
    grade: { before: before.grade, after: after.grade },
    categories,
  };
}

/** One sentence: "2 new, 1 fixed, 5 unchanged; score 65 to 71." */
export function comparisonSentence(comparison: ScanComparison): string {
  const { added, fixed, unchanged, unverified, score } = comparison;
  const parts = [`${added.length} new`, `${fixed.length} fixed`, `${unchanged.length} unchanged`];
  if (unverified.length) parts.push(`${unverified.length} not checked again`);
  const number = (value: number | null) => (value === null ? "none" : String(Math.round(value)));
  const change =
    score.before === score.after
      ? `score ${number(score.after)} as before`
      : `score ${number(score.before)} to ${number(score.after)}`;
  return `${parts.join(", ")}; ${change}.`;
}

/** How many findings of each severity. */
export function severityCounts(findings: readonly ScanFinding[]): Record<(typeof SEVERITIES)[number], number> {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const finding of findings) counts[finding.severity] += 1;
  return counts;
}
