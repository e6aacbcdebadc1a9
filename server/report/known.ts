/** What is known of an endpoint from all its scans, so that a scan that could not look does not make old findings new. */
import { allFindings, SCAN_CATEGORIES, type ScanResult } from "../scan/result.js";
import { compareScans } from "./compare.js";

const DEPTHS = ["quick", "standard", "deep"] as const;

/** The later scan with those findings of what was known before that it did not look for again. */
function carryOver(known: ScanResult, later: ScanResult): ScanResult {
  const { unverified } = compareScans(known, later);
  const breakdown = { ...later.category_breakdown };
  for (const category of SCAN_CATEGORIES) {
    const own = unverified.filter((finding) => finding.category === category);
    const current = breakdown[category];
    if (own.length > 0) breakdown[category] = { ...current, findings: [...current.findings, ...own] };
  }
  const deeper = DEPTHS[Math.max(DEPTHS.indexOf(known.depth), DEPTHS.indexOf(later.depth))];
  return { ...later, category_breakdown: breakdown, depth: deeper ?? later.depth };
}

/**
 * Folds the scans of one endpoint into a single one that stands for all of them: a finding stays until a scan that looked
 * for it did not meet it. Compare the next scan with it.
 * @param results oldest first
 * @returns undefined without scans
 */
export function knownBefore(results: readonly ScanResult[]): ScanResult | undefined {
  const [first, ...rest] = results;
  return first && rest.reduce(carryOver, first);
}

/** Finding counts in words: "1 critical, 2 high"; "none" for none. */
export function countsInWords(result: ScanResult): string {
  const counts = new Map<string, number>();
  for (const { severity } of allFindings(result)) counts.set(severity, (counts.get(severity) ?? 0) + 1);
  return [...counts].map(([severity, count]) => `${count} ${severity}`).join(", ") || "none";
}
