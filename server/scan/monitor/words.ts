/** An alert in words, before a channel's own markup. */
import { type FindingSummary, sourceWords } from "../history/summary.js";
import type { Alert } from "./alert.js";

/** Most findings that a chat message lists; the rest is counted. */
const LISTED = 10;
const TITLE_LIMIT = 160;

/** Text on one line, without characters that steer a display. */
export function plain(text: string, limit = 300): string {
  const line = text
    .replaceAll(/\s+/gu, " ")
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}]/gu, "")
    .trim();
  return line.length <= limit ? line : `${line.slice(0, limit - 3).replace(/[\ud800-\udbff]$/u, "")}...`;
}

const count = (number: number, one: string): string => `${number} ${one}${number === 1 ? "" : "s"}`;

/** "SpillCheck: 2 new findings, 1 fixed". */
export function headline(alert: Alert): string {
  switch (alert.event) {
    case "failed":
      return "SpillCheck: the endpoint could not be scanned";
    case "recovered":
      return "SpillCheck: the endpoint can be scanned again";
    case "unchanged":
      return "SpillCheck: nothing changed";
    case "changed": {
      const parts = [
        ...(alert.new.length > 0 ? [count(alert.new.length, "new finding")] : []),
        ...(alert.fixed.length > 0 ? [`${alert.fixed.length} fixed`] : []),
      ];
      return `SpillCheck: ${parts.join(", ") || "the grade changed"}`;
    }
  }
}

/** "POST https://shop.example/chat". */
export function endpointWords({ method, target }: Alert): string {
  return plain(`${method} ${target}`);
}

function graded(scan: { grade: string | null; score: number | null }): string {
  return scan.grade === null || scan.score === null ? "no grade" : `${scan.grade} (${Math.round(scan.score)}/100)`;
}

/** "B (82/100), was A (95/100)"; undefined when there was no scan. */
export function gradeWords({ scan, previous }: Alert): string | undefined {
  if (!scan) return undefined;
  return previous ? `${graded(scan)}, was ${graded(previous)}` : graded(scan);
}

/** One line a finding, the rest counted in the last. */
export function findingLines(findings: readonly FindingSummary[]): string[] {
  const lines = findings
    .slice(0, LISTED)
    .map((finding) => plain(`${finding.severity}: ${finding.title} (${sourceWords(finding)})`, TITLE_LIMIT));
  return findings.length > LISTED ? [...lines, `and ${findings.length - LISTED} more`] : lines;
}

/** True when things got worse, false when they got better, undefined when neither is sure. */
export function isWorse({ event, scan, previous, ...alert }: Alert): boolean | undefined {
  if (event === "failed" || alert.new.length > 0) return true;
  if (scan && previous && scan.grade !== previous.grade) {
    if (scan.grade === null) return true;
    if (previous.grade !== null) return scan.grade > previous.grade;
  }
  return alert.fixed.length > 0 || event === "recovered" ? false : undefined;
}
