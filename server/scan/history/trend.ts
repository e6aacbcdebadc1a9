/** How an endpoint's score moves from scan to scan. */
import type { ScanResult } from "../result.js";

export interface Trend {
  /** Scores oldest first; null for scans without a grade. */
  scores: (number | null)[];
  /** The last graded score less the one before it; null with fewer than two. */
  change: number | null;
  /** "improving" and "worsening" are decided between the first and the last half's mean, by more than a point. */
  direction: "improving" | "worsening" | "steady" | "unknown";
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** @param results scans of one endpoint, oldest first */
export function trendOf(results: readonly ScanResult[]): Trend {
  const scores = results.map((result) => result.score);
  const graded = scores.filter((score) => score !== null);
  const [last, former] = [graded.at(-1), graded.at(-2)];
  if (last === undefined || former === undefined) return { scores, change: null, direction: "unknown" };
  const half = Math.ceil(graded.length / 2);
  const moved = mean(graded.slice(-half)) - mean(graded.slice(0, half));
  const direction = moved > 1 ? "improving" : moved < -1 ? "worsening" : "steady";
  return { scores, change: last - former, direction };
}
