import { Cron } from "croner";
import { ScanError } from "../errors.js";
import type { ScanResult } from "../result.js";
import { type AlertTarget, isChange, postAlert, type ScanChange } from "./alert.js";

export interface MonitorOptions {
  /** Cron expression of five or six fields, or one of `@hourly`, `@daily`, ... */
  schedule: string;
  /** IANA name; the machine's own zone when absent. */
  timezone?: string;
  alerts: readonly AlertTarget[];
  /** Makes one scan. */
  scan: () => Promise<ScanResult>;
  /** The scan before this one, where there is one, and what has changed since. */
  compare: (result: ScanResult) => ScanChange;
  /** Told of every round: what came out, or why nothing did. */
  onRound: (round: { change: ScanChange | null; alerted: boolean; errors: string[]; next: Date | null }) => void;
  signal: AbortSignal;
}

/**
 * Reads a cron expression.
 * @throws ScanError "bad-option"
 */
export function readSchedule(schedule: string, timezone?: string): Cron {
  try {
    return new Cron(schedule, { paused: true, timezone, protect: true });
  } catch (error) {
    throw new ScanError(
      "bad-option",
      `"${schedule}" is no cron expression: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** Makes one round: scan, compare, and post when something changed. Never throws. */
export async function monitorRound(
  options: Pick<MonitorOptions, "alerts" | "scan" | "compare">,
): Promise<{ change: ScanChange | null; alerted: boolean; errors: string[] }> {
  try {
    const change = options.compare(await options.scan());
    if (!isChange(change)) return { change, alerted: false, errors: [] };
    const sent = await Promise.allSettled(options.alerts.map((target) => postAlert(target, change)));
    const errors = sent.flatMap((each) => (each.status === "rejected" ? [messageOf(each.reason)] : []));
    return { change, alerted: errors.length < options.alerts.length, errors };
  } catch (error) {
    return { change: null, alerted: false, errors: [messageOf(error)] };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Repeats scans on a schedule until the signal is aborted; a round that is still running when the next is due is not
 * started twice.
 * @throws ScanError "bad-option" for a schedule that is none
 */
export function runMonitor(options: MonitorOptions): Promise<void> {
  const job = readSchedule(options.schedule, options.timezone);
  return new Promise((resolve) => {
    const stop = () => {
      job.stop();
      resolve();
    };
    if (options.signal.aborted) return stop();
    options.signal.addEventListener("abort", stop, { once: true });
    job.schedule(async () => {
      const round = await monitorRound(options);
      if (!options.signal.aborted) options.onRound({ ...round, next: job.nextRun() });
    });
    job.resume();
  });
}
