/** What is said and asked before anything is sent to an endpoint. */
import { createInterface } from "node:readline/promises";
import { dataFolder } from "../../project/history-store.js";
import { agreedHosts, consentsFile, rememberHost } from "../../project/scan-consents.js";
import { terminalText } from "../../report/scan-visible-text.js";
import type { ScanPlan } from "../../scan/index.js";
import { say } from "../terminal.js";
import type { Context } from "./context.js";

/** One sentence: what is scanned, where it lies, and how much is sent at most. */
export function describePlan(plan: ScanPlan): string {
  const network = plan.network === "loopback" ? "this machine" : `a ${plan.network} network`;
  return terminalText(
    `scanning ${plan.method} ${plan.target} on ${network}: ${plan.checks.length} checks, at most ${plan.requests} requests and ${plan.tokens} tokens.`,
  );
}

/**
 * Whether a host may be scanned: by `--yes`, by what was agreed to before, or by an answer on the terminal. What is agreed
 * to is remembered by host, but for scans that keep nothing.
 */
export async function agreed(
  context: Context,
  plan: ScanPlan,
  flags: { yes?: true; history?: boolean },
): Promise<boolean> {
  const folder = dataFolder(context.env);
  if (agreedHosts(folder).includes(plan.host)) return true;
  if (flags.yes !== true && !(await ask(context, plan))) return false;
  if (flags.history !== false && rememberHost(folder, plan.host))
    say(context, `${plan.host} is not asked about again; ${consentsFile(folder)} has the hosts that you agreed to.`);
  return true;
}

/** Asks on a terminal; elsewhere nobody can answer. */
async function ask(context: Context, plan: ScanPlan): Promise<boolean> {
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
