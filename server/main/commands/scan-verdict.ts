/** What a scan's result means for the exit code. */
import type { ScanResult } from "../../scan/index.js";
import { say } from "../terminal.js";
import { type Context, exit } from "./context.js";
import type { Thresholds } from "./scan-options.js";

/** The exit code; says why it is what it is. */
export function verdict(context: Context, result: ScanResult, thresholds: Thresholds): number {
  if (result.score === null) {
    say(context, "the scan is inconclusive: there is too little evidence for a grade.");
    return exit.inconclusive;
  }
  let code: number = exit.ok;
  const require = (name: string, score: number | null, threshold: number, skipped = false): void => {
    if (score === null) {
      const why = skipped ? "was left out by the choice of checks" : "is inconclusive";
      say(context, `${name} ${why}, so its threshold of ${threshold} cannot be met or missed.`);
      if (code === exit.ok) code = exit.inconclusive;
    } else if (score < threshold) {
      say(context, `${name} scores ${score}, below the threshold of ${threshold}.`);
      code = exit.findings;
    }
  };
  if (thresholds.overall !== undefined) require("the endpoint", result.score, thresholds.overall);
  for (const [name, category] of Object.entries(result.category_breakdown)) {
    const threshold = Object.entries(thresholds.categories).find(([key]) => key === name)?.[1];
    if (threshold !== undefined) require(name, category.score, threshold, category.status === "skipped");
  }
  return code;
}
