/** What a report page is made from, whether it opens in the editor or stands alone. */
import * as z from "zod";
import { allFindings, gradeSchema, type ScanResult, scanResultSchema } from "../scan/result.js";
import { severityCounts } from "./compare.js";

/** What a finding id means and how it is mended; from `rules/scan/remediation.yaml`. Code is Python unless said. */
export const guideSchema = z.object({
  /** What an attacker gains. */
  why: z.string(),
  /** What to do, in one or two sentences. */
  fix: z.string(),
  flask: z.string(),
  django: z.string(),
  /** Configuration of the server in front, where that is the place to mend it. */
  nginx: z.string().optional(),
});
export type Guide = z.infer<typeof guideSchema>;

/** One scan of an endpoint in its history. `score` and `grade` are null where there was too little evidence. */
export const historyPointSchema = z.object({
  started_at: z.string(),
  score: z.number().nullable(),
  grade: gradeSchema.nullable(),
  findings: z.object({
    critical: z.number(),
    high: z.number(),
    medium: z.number(),
    low: z.number(),
    info: z.number(),
  }),
});
export type HistoryPoint = z.infer<typeof historyPointSchema>;

/**
 * Everything that one report shows.
 * - `key`: the host's own name for the scan; the page keeps it in its state, so that the host finds the scan again after a reload.
 * - `previous`: the scan before, of the same endpoint; makes the comparison.
 * - `history`: scans of this endpoint, oldest first, with or without this one; makes the trend chart.
 * - `guides`: remediation by finding id, for the ids that occur.
 */
export const reportDataSchema = z.object({
  key: z.string(),
  result: scanResultSchema,
  previous: scanResultSchema.optional(),
  history: z.array(historyPointSchema).default([]),
  guides: z.record(z.string(), guideSchema).default({}),
});
export type ReportData = z.infer<typeof reportDataSchema>;

/** A scan as a point of the trend chart. */
export function historyPoint(result: ScanResult): HistoryPoint {
  return {
    started_at: result.started_at,
    score: result.score,
    grade: result.grade,
    findings: severityCounts(allFindings(result)),
  };
}
