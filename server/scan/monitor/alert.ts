/** What a monitor has to tell: the one form from which every channel's message is made. */
import { z } from "zod";
import { endpointOf, normalTarget } from "../history/endpoint.js";
import { findingSummarySchema, summaryOf } from "../history/summary.js";
import { gradeSchema, type ScanFinding, type ScanResult } from "../result.js";

/** Version of the JSON form; the first number changes when a reader of the old form would break. */
export const ALERT_SCHEMA_VERSION = "1.0";

const scored = z.object({
  started_at: z.string(),
  depth: z.enum(["quick", "standard", "deep"]),
  score: z.number().nullable(),
  grade: gradeSchema.nullable(),
});

/** The body of the generic web hook. Holds nothing that the endpoint wrote: no evidence, no reply. */
export const alertSchema = z.object({
  schema_version: z.string(),
  /**
   * `changed`: findings came or went, or the grade is another; `unchanged`: only where asked for; `failed`: the scan could
   * not be made, after one that could; `recovered`: it can be made again.
   */
  event: z.enum(["changed", "unchanged", "failed", "recovered"]),
  method: z.string(),
  /** The address in its normal form, without secrets. */
  target: z.string(),
  scan: scored.extend({ id: z.string().nullable() }).nullable(),
  /** The scan before; null when this was the first. */
  previous: scored.nullable(),
  new: z.array(findingSummarySchema),
  fixed: z.array(findingSummarySchema),
  unchanged: z.int().min(0),
  /** Findings of earlier scans that this one did not look for, or could not tell. */
  not_checked_again: z.int().min(0),
  /** Why the scan could not be made; null unless `failed`. */
  error: z.string().nullable(),
});
export type Alert = z.infer<typeof alertSchema>;

/** What differs between what was known of an endpoint and its newest scan. */
export interface Change {
  added: readonly ScanFinding[];
  fixed: readonly ScanFinding[];
  unchanged: readonly unknown[];
  unverified: readonly unknown[];
}

const scoredOf = ({ started_at, depth, score, grade }: ScanResult) => ({ started_at, depth, score, grade });

/** True when findings came or went, or the grade is another one (or none). */
export function isChange(change: Change, before: ScanResult, after: ScanResult): boolean {
  return change.added.length > 0 || change.fixed.length > 0 || before.grade !== after.grade;
}

/**
 * The alert about a scan that was made.
 * @param id its id in the history; null when it could not be kept
 * @param before what was known, with the grade of the scan before; absent when this was the first
 */
export function scanAlert(
  event: "changed" | "unchanged" | "recovered",
  result: ScanResult,
  id: string | null,
  before?: { known: ScanResult; change: Change },
): Alert {
  const { method, target } = endpointOf(result);
  return {
    schema_version: ALERT_SCHEMA_VERSION,
    event,
    method,
    target,
    scan: { id, ...scoredOf(result) },
    previous: before ? scoredOf(before.known) : null,
    new: (before?.change.added ?? []).map(summaryOf),
    fixed: (before?.change.fixed ?? []).map(summaryOf),
    unchanged: before?.change.unchanged.length ?? 0,
    not_checked_again: before?.change.unverified.length ?? 0,
    error: null,
  };
}

/** The alert about a scan that could not be made. */
export function failureAlert(method: string, target: string, error: string): Alert {
  return {
    schema_version: ALERT_SCHEMA_VERSION,
    event: "failed",
    method,
    target: normalTarget(target),
    scan: null,
    previous: null,
    new: [],
    fixed: [],
    unchanged: 0,
    not_checked_again: 0,
    error,
  };
}
