/** What is said and asked before anything is sent to an endpoint. */
import { createInterface } from "node:readline/promises";
import { terminalText } from "../../report/scan-visible-text.js";
import type { ScanPlan } from "../../scan/index.js";
import type { Context } from "./context.js";

/** One sentence: what is scanned, where it lies, and how much is sent at most. */
export function describePlan(plan: ScanPlan): string {
  const network = plan.network === "loopback" ? "this machine" : `a ${plan.network} network`;
  return terminalText(
    `scanning ${plan.method} ${plan.target} on ${network}: ${plan.checks.length} checks, at most ${plan.requests} requests and ${plan.tokens} tokens.`,
  );
}

/** Asks on a terminal; elsewhere nobody can answer. */
export async function consent(context: Context, plan: ScanPlan): Promise<boolean> {
  if (!process.stdin.isTTY || context.stderr.isTTY !== true) return false;
  const prompt = createInterface({ input: process.stdin, output: context.stderr });
  try {
    const answer = await prompt.question(
      `${plan.host} is not this machine. Do you have the permission to scan it? [y/N] `,
    );
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    prompt.close();
  }
}
