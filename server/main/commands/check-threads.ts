/** In how many threads a check runs, and running it in several. */
import { availableParallelism } from "node:os";
import { LARGE } from "../../analysis/scope.js";
import type { CheckOutcome, CheckRun } from "../../project/check.js";
import { checkInParts } from "../../project/check-parts.js";
import type { Skipped } from "../../project/discover.js";
import type { PartsInput } from "../threads.js";
import type { CheckOptions } from "./check-options.js";
import { showsFixes } from "./check-output.js";
import type { Context } from "./context.js";

const mostByDefault = 4;

/**
 * As many as a project may be worth where nobody says how many; whether it is worth them its files tell (`checkInParts`).
 * @param all files that the analysis may look at
 */
export function threadsByDefault(all: readonly string[]): number {
  const count = all.filter((file) => file.endsWith(".py")).length;
  return count > LARGE ? Math.min(availableParallelism(), mostByDefault) : 1;
}

/** @param all files that the analysis may look at */
export function threadsFor(context: Context, options: CheckOptions, all: readonly string[]): number {
  // Mending goes on in one engine, which knows everything by then.
  if (!context.openParts || options.fix) return 1;
  // To show fixes they are tried in one engine that has looked at everything.
  return options.jobs ?? (showsFixes(options) ? 1 : threadsByDefault(all));
}

/** @throws Error in one sentence when a thread ends early */
export async function checkInThreads(
  context: Context,
  input: PartsInput,
  run: CheckRun,
  count: number,
  oneMayDo: boolean,
): Promise<CheckOutcome & { unreadable: Skipped[] }> {
  const threads = context.openParts?.();
  if (!threads) throw new Error("there are no threads here");
  try {
    return await checkInParts(await threads.open(input, count), run, oneMayDo);
  } finally {
    await threads.end();
  }
}
