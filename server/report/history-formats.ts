/** Kept scans as text and JSON: all endpoints, or the scans of one. */
import type { HistoryEntry } from "../scan/history/history.js";
import { type Trend, trendOf } from "../scan/history/trend.js";
import { compareScans } from "./compare.js";
import { countsInWords } from "./known.js";
import { type HistoryPoint, historyPoint } from "./scan-report-data.js";
import { terminalText } from "./scan-visible-text.js";

/** Version of the JSON form; the first number changes when a reader of the old form would break. */
export const HISTORY_SCHEMA_VERSION = "1.0";

/** One kept scan; `new` and `fixed` count findings against the scan before it, null for the first. */
export interface HistoryScanJson extends HistoryPoint {
  id: string;
  depth: string;
  new: number | null;
  fixed: number | null;
}

/** What `history --format json` prints. */
export interface HistoryJson {
  schema_version: string;
  endpoints: {
    key: string;
    method: string;
    target: string;
    trend: Trend;
    /** Oldest first. */
    scans: HistoryScanJson[];
  }[];
}

/** @param endpoints the scans of each endpoint, oldest first; none of the lists empty */
export function historyJson(endpoints: readonly (readonly HistoryEntry[])[]): HistoryJson {
  return {
    schema_version: HISTORY_SCHEMA_VERSION,
    endpoints: endpoints.flatMap((entries) => {
      const [first] = entries;
      if (!first) return [];
      const results = entries.map((entry) => entry.result);
      const scans = entries.map((entry, index) => {
        const former = results[index - 1];
        const comparison = former && compareScans(former, entry.result);
        return {
          id: entry.id,
          depth: entry.result.depth,
          ...historyPoint(entry.result),
          new: comparison?.added.length ?? null,
          fixed: comparison?.fixed.length ?? null,
        };
      });
      return [{ ...first.endpoint, trend: trendOf(results), scans }];
    }),
  };
}

const BARS = "▁▂▃▄▅▆▇█";

/** Scores as a row of bars; a dot stands for a scan without a grade. */
export function sparkline(scores: readonly (number | null)[]): string {
  return scores
    .map((score) => (score === null ? "·" : (BARS[Math.min(BARS.length - 1, Math.floor(score / 12.5))] ?? "·")))
    .join("");
}

const time = (iso: string): string => iso.replace("T", " ").replace(/(?:\.\d+)?Z$/, " UTC");

function gradeOf(point: { score: number | null; grade: string | null }): string {
  return point.score === null ? "no grade" : `${point.grade ?? "-"} ${String(Math.round(point.score)).padStart(3)}/100`;
}

function trendText({ change, direction }: Trend): string {
  if (change === null) return "";
  const points = Math.round(change);
  const moved = points === 0 ? "as the scan before" : `${points > 0 ? "+" : ""}${points} since the scan before`;
  return `${moved}, ${direction}`;
}

// A row of bars longer than this says nothing more.
const SHOWN_SCANS = 40;

/** All endpoints, a paragraph each. */
export function historyText(endpoints: readonly (readonly HistoryEntry[])[]): string {
  const out: string[] = [];
  for (const entries of endpoints) {
    const last = entries.at(-1);
    if (!last) continue;
    const trend = trendOf(entries.map((entry) => entry.result));
    const count = `${entries.length} ${entries.length === 1 ? "scan" : "scans"}`;
    out.push(
      terminalText(`${last.endpoint.method} ${last.endpoint.target}`),
      `  ${gradeOf(last.result)}  ${count}, the last on ${time(last.result.started_at)}  ${sparkline(trend.scores.slice(-SHOWN_SCANS))}  ${trendText(trend)}`.trimEnd(),
      "",
    );
  }
  return `${out.join("\n").trimEnd()}\n`;
}

/** The scans of endpoints in full, the newest first. */
export function endpointHistoryText(endpoints: readonly (readonly HistoryEntry[])[]): string {
  const out: string[] = [];
  for (const endpoint of historyJson(endpoints).endpoints) {
    const entries = endpoints.find(([entry]) => entry?.endpoint.key === endpoint.key) ?? [];
    out.push(
      terminalText(`${endpoint.method} ${endpoint.target}`),
      `${sparkline(endpoint.trend.scores.slice(-SHOWN_SCANS))}  ${trendText(endpoint.trend)}`.trimEnd(),
      "",
    );
    for (const [index, scan] of [...endpoint.scans.entries()].reverse()) {
      const result = entries[index]?.result;
      const changes = scan.new === null ? "" : `; ${scan.new} new, ${scan.fixed} fixed`;
      out.push(
        `  ${scan.id}  ${time(scan.started_at)}  ${scan.depth.padEnd(8)}  ${gradeOf(scan)}  ${result ? countsInWords(result) : ""}${changes}`,
      );
    }
    out.push("");
  }
  return `${out.join("\n").trimEnd()}\n`;
}
