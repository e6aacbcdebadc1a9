/** The remediation guides of the live scan's finding ids, and the data of a whole report with them. */
import * as z from "zod";
import remediation from "../../rules/scan/remediation.yaml";
import { parseData } from "../scan/data.js";
import { allFindings, type ScanResult } from "../scan/result.js";
import { type Guide, guideSchema, type HistoryPoint, type ReportData } from "./scan-report-data.js";

let guides: Record<string, Guide> | undefined;

/** Every guide by finding id. Parsed once. */
export function allGuides(): Readonly<Record<string, Guide>> {
  guides ??= z.record(z.string(), guideSchema).parse(parseData(remediation));
  return guides;
}

/** What is known of a scan besides its result; see `reportDataSchema`. */
export interface ReportExtras {
  key?: string;
  previous?: ScanResult;
  history?: HistoryPoint[];
}

/** The data of a report: the result with the guides of the ids that occur in it or in the scan before. */
export function reportData(result: ScanResult, extras: ReportExtras = {}): ReportData {
  const ids = new Set([result, extras.previous].flatMap((scan) => (scan ? allFindings(scan) : [])).map(({ id }) => id));
  const known = allGuides();
  return {
    key: extras.key ?? result.started_at,
    result,
    previous: extras.previous,
    history: extras.history ?? [],
    guides: Object.fromEntries(Object.entries(known).filter(([id]) => ids.has(id))),
  };
}
