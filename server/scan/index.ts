/** The live scan's public face: one engine behind the command line, the editor and the MCP server. */
import { type Lab, type LabKind, startLabServer } from "./lab/server.js";
import type { ScanOptionsInput } from "./options.js";
import { parseOptions } from "./parse-options.js";
import { ping } from "./ping.js";
import type { Ping } from "./ping-schema.js";
import { makePlan, type ScanEvent, type ScanPlan } from "./plan.js";
import type { ScanResult } from "./result.js";
import { scan } from "./run.js";
import type { TraceEntry } from "./trace.js";
import { type JournalStore, journalKey } from "./transport/journal.js";
import { parseTarget, resolveTarget } from "./transport/network.js";

export { ScanError, type ScanErrorKind } from "./errors.js";
export { readFacts } from "./facts.js";
export { type FindingKind, findingKinds } from "./findings.js";
export type { Lab, LabKind } from "./lab/server.js";
export {
  type Auth,
  authSchema,
  type Depth,
  depthSchema,
  type Knowledge,
  LIMIT_NAMES,
  type LimitOverrides,
  limitOverridesSchema,
  limitsSchema,
  type ScanOptions,
  type ScanOptionsInput,
  scanOptionsSchema,
} from "./options.js";
export { type Ping, pingSchema } from "./ping-schema.js";
export type { ScanEvent, ScanPlan } from "./plan.js";
export { builtInProbes, type Probe, probeFileSchema, readProbes } from "./probes/schema.js";
export * from "./result.js";
export { gradeOf, missedThresholds, scoreWeights, type Threshold } from "./score.js";
export { markPrompt, markQuery, promptField } from "./target/mark-prompt.js";
export { parseReplyPath } from "./target/reply.js";
export type { TraceEntry } from "./trace.js";
export type { JournalStore } from "./transport/journal.js";

export interface ScanHooks {
  /** Aborting ends the scan within 100 ms with a `ScanError` of kind "cancelled". */
  signal?: AbortSignal;
  onProgress?: (event: ScanEvent) => void;
  /** Asked once when the target is not loopback; without it such targets are refused (kind "no-consent"). */
  consent?: (plan: ScanPlan) => boolean | Promise<boolean>;
  /** Where replies are kept while the scan runs, so that it can be resumed after a crash (`server/project/scan-journal.ts`). */
  journal?: JournalStore;
  /** Told each request with what came back, without the caller's secrets. */
  trace?: (entry: TraceEntry) => void;
}

/**
 * Works out what a scan would do. Resolves the target's name and sends nothing to it.
 * @throws ScanError kinds "bad-target", "bad-option", "name-not-found"
 */
export async function planScan(input: ScanOptionsInput): Promise<ScanPlan> {
  const options = parseOptions(input);
  const url = parseTarget(options.url);
  return makePlan(options, url, await resolveTarget(url));
}

/**
 * The name under which the journal of a scan is kept: the same for the same target and settings. No secret enters it.
 * @throws ScanError kind "bad-option"
 */
export function scanJournalKey(input: ScanOptionsInput): string {
  return journalKey(parseOptions(input));
}

/**
 * Scans one endpoint.
 * @throws ScanError when there is nothing to report: the endpoint is down, is not HTTP, its certificate does not verify,
 * consent was refused, or the scan was cancelled. A scan with too little evidence is a result without a grade.
 */
export async function runScan(input: ScanOptionsInput, hooks: ScanHooks = {}): Promise<ScanResult> {
  return scan(parseOptions(input), hooks);
}

/**
 * Finds out how to ask the endpoint and shows one exchange, so that a user sees before a scan that it works.
 * @throws ScanError as `runScan`
 */
export async function pingTarget(input: ScanOptionsInput, hooks: ScanHooks = {}): Promise<Ping> {
  return ping(parseOptions(input), hooks);
}

/**
 * Starts a practice endpoint on 127.0.0.1 with a deterministic simulated model.
 * @param options.port 0 or absent: any free port
 * @throws ScanError kind "port-in-use"
 */
export async function startLab(options: { kind: LabKind; port?: number }): Promise<Lab> {
  return startLabServer(options.kind, options.port ?? 0);
}
