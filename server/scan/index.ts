/** The live scan's public face: one engine behind the command line, the editor and the MCP server. */
import { ScanError } from "./errors.js";
import type { ScanOptionsInput } from "./options.js";
import type { ScanCategory, ScanFinding, ScanResult } from "./result.js";

export { ScanError, type ScanErrorKind } from "./errors.js";
export {
  authSchema,
  type Depth,
  depthSchema,
  limitsSchema,
  type ScanOptions,
  type ScanOptionsInput,
  scanOptionsSchema,
} from "./options.js";
export * from "./result.js";

/** What a scan would do, before anything is sent. */
export interface ScanPlan {
  /** Redacted URL. */
  target: string;
  /** `host:port`; the key under which consent is remembered. */
  host: string;
  method: string;
  network: "loopback" | "private" | "public";
  /** Addresses the name stood for when planned; the scan connects to these and no others. Empty behind a proxy. */
  addresses: string[];
  depth: "quick" | "standard" | "deep";
  checks: { category: ScanCategory; title: string; requests: number }[];
  probes: { id: string; title: string; phrasings: number }[];
  /** Upper bounds. */
  requests: number;
  tokens: number;
  /** True when the target is not loopback. */
  needsConsent: boolean;
  notes: string[];
}

/** Progress of a running scan. `done` and `total` count requests; `total` is the plan's upper bound. */
export type ScanEvent =
  | {
      kind: "phase";
      phase: "connect" | "baseline" | "checks" | "probes" | "rate" | "score";
      message: string;
      done: number;
      total: number;
    }
  | { kind: "request"; category: string; status: number; ms: number; done: number; total: number }
  | {
      kind: "probe";
      probe: string;
      title: string;
      outcome: "hit" | "withstood" | "inconclusive";
      hits: string;
      done: number;
      total: number;
    }
  | {
      kind: "check";
      category: ScanCategory;
      status: "complete" | "inconclusive" | "skipped";
      findings: number;
      done: number;
      total: number;
    }
  | { kind: "finding"; finding: ScanFinding; done: number; total: number };

export interface ScanHooks {
  /** Aborting ends the scan within 100 ms with a `ScanError` of kind "cancelled". */
  signal?: AbortSignal;
  onProgress?: (event: ScanEvent) => void;
  /** Asked once when the target is not loopback; without it such targets are refused (kind "no-consent"). */
  consent?: (plan: ScanPlan) => boolean | Promise<boolean>;
}

/**
 * Works out what a scan would do. Resolves the target's name and sends nothing to it.
 * @throws ScanError kinds "bad-target", "bad-option", "name-not-found"
 */
export async function planScan(_options: ScanOptionsInput): Promise<ScanPlan> {
  throw new ScanError("bad-target", "The scan engine is not built yet.");
}

/**
 * Scans one endpoint.
 * @throws ScanError when there is nothing to report: the endpoint is down, is not HTTP, its certificate does not verify,
 * consent was refused, or the scan was cancelled. A scan with too little evidence is a result without a grade.
 */
export async function runScan(_options: ScanOptionsInput, _hooks?: ScanHooks): Promise<ScanResult> {
  throw new ScanError("bad-target", "The scan engine is not built yet.");
}

export type LabKind = "leaky" | "hardened";

export interface Lab {
  /** The chat route, ready to be scanned. */
  url: string;
  /** What the lab's endpoint holds as its system prompt; give it to a scan to have leaks proven. */
  systemPrompt: string;
  close(): Promise<void>;
}

/**
 * Starts a practice endpoint on 127.0.0.1 with a deterministic simulated model.
 * @param options.port 0 or absent: any free port
 * @throws ScanError kind "port-in-use"
 */
export async function startLab(_options: { kind: LabKind; port?: number }): Promise<Lab> {
  throw new ScanError("bad-target", "The lab is not built yet.");
}
