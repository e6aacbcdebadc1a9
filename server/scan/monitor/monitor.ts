/** One endpoint watched: scans it again and again, and says what changed. */
import { ScanError } from "../errors.js";
import type { ScanResult } from "../result.js";
import { type Alert, type Change, failureAlert, isChange, scanAlert } from "./alert.js";

/** What a monitor is made of; injected, so that it is tested without a network, a clock or a disk. */
export interface MonitorParts {
  /** @throws ScanError */
  scan: (signal: AbortSignal) => Promise<ScanResult>;
  /** Keeps a scan. @returns its id (null when it could not be kept), and what was known of the endpoint before */
  remember: (result: ScanResult) => { id: string | null; known?: ScanResult };
  compare: (known: ScanResult, result: ScanResult) => Change;
  /** Sends an alert everywhere; returns when it has arrived or was given up. */
  send: (alert: Alert, signal: AbortSignal) => Promise<void>;
  /** A sentence for whoever watches the monitor itself. */
  say: (sentence: string) => void;
}

export interface MonitorOptions {
  /** `change`: alerts only when something changed; `always`: after each scan. */
  on: "change" | "always";
  /** For the alert about a scan that could not be made. */
  method: string;
  target: string;
}

/** How one round ended; `result` where there was a scan. */
export type Round =
  | { outcome: "first" | "changed" | "unchanged"; result: ScanResult }
  | { outcome: "failed"; error: ScanError }
  | { outcome: "cancelled" };

export class Monitor {
  readonly #parts: MonitorParts;
  readonly #options: MonitorOptions;
  #failing = false;

  constructor(parts: MonitorParts, options: MonitorOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  /**
   * Scans once and sends an alert where there is reason to. An endpoint that cannot be scanned is said once, and once more
   * when it can be again.
   * @returns never throws for what an endpoint or a receiver does; other errors are faults of the program
   */
  async round(signal: AbortSignal): Promise<Round> {
    let result: ScanResult;
    try {
      result = await this.#parts.scan(signal);
    } catch (error) {
      if (!(error instanceof ScanError)) throw error;
      if (error.kind === "cancelled" || signal.aborted) return { outcome: "cancelled" };
      await this.#failed(error, signal);
      return { outcome: "failed", error };
    }
    return this.#scanned(result, signal);
  }

  async #failed(error: ScanError, signal: AbortSignal): Promise<void> {
    const { method, target, on } = this.#options;
    this.#parts.say(error.message);
    const news = !this.#failing;
    this.#failing = true;
    if (news || on === "always") await this.#parts.send(failureAlert(method, target, error.message), signal);
  }

  async #scanned(result: ScanResult, signal: AbortSignal): Promise<Round> {
    const { say, send } = this.#parts;
    const { id, known } = this.#parts.remember(result);
    const recovered = this.#failing;
    this.#failing = false;
    const before = known && { known, change: this.#parts.compare(known, result) };
    const changed = before !== undefined && isChange(before.change, before.known, result);
    const outcome = before === undefined ? "first" : changed ? "changed" : "unchanged";
    say(roundSentence(outcome, result, before?.change));
    const event = changed ? "changed" : recovered ? "recovered" : "unchanged";
    if (event !== "unchanged" || this.#options.on === "always")
      await send(scanAlert(event, result, id, before), signal);
    return { outcome, result };
  }
}

function roundSentence(outcome: "first" | "changed" | "unchanged", result: ScanResult, change?: Change): string {
  const grade =
    result.grade === null || result.score === null
      ? "no grade"
      : `grade ${result.grade}, ${Math.round(result.score)}/100`;
  if (outcome === "first") return `${grade}; this is the first scan, which later ones are compared with.`;
  if (outcome === "unchanged") return `${grade}; nothing changed.`;
  return `${grade}; ${change?.added.length ?? 0} new, ${change?.fixed.length ?? 0} fixed.`;
}
