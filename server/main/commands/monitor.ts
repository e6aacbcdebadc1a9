/** `spillcheck monitor`: scans on a schedule, and alerts about what changed. */
import { Command, Option } from "commander";
import { Configs } from "../../project/configs.js";
import { UsageError } from "../../project/errors.js";
import { absolute } from "../../project/paths.js";
import { compareScans } from "../../report/compare.js";
import { terminalText } from "../../report/scan-visible-text.js";
import { planScan, runScan, ScanError, type ScanOptionsInput } from "../../scan/index.js";
import { type Channel, channelUrl, deliverAll, Monitor, type Round, startSchedule } from "../../scan/monitor/index.js";
import { keepMemorySmall } from "../memory.js";
import { say } from "../terminal.js";
import { reportConfigProblems } from "./config-problems.js";
import { type Context, exit } from "./context.js";
import { remember, retentionOf } from "./history-folder.js";
import { agreed, describePlan } from "./scan-consent.js";
import { addScanFlags } from "./scan-flags.js";
import { type ScanFlags, scanRequest, type Thresholds } from "./scan-options.js";
import { verdict } from "./scan-verdict.js";

interface Flags extends ScanFlags {
  schedule?: string;
  timezone?: string;
  once?: true;
  on: "change" | "always";
  slackUrlEnv?: string;
  teamsUrlEnv?: string;
  webhookUrlEnv?: string;
  webhookSecretEnv?: string;
  yes?: true;
  config?: string;
}

export function monitorCommand(context: Context, done: (code: number) => void): Command {
  const command = new Command("monitor")
    .summary("repeat scans on a schedule")
    .description("Scan an endpoint now and on a schedule, keep the scans, and alert about what changed.")
    .argument("[url]", "address of the endpoint; may hold {{prompt}} and {{session}}")
    .option("--schedule <cron>", "when to scan: minute, hour, day, month and weekday, or @hourly, @daily, @weekly")
    .option("--timezone <name>", "time zone of the schedule, as in Europe/Stockholm; the system's unless given")
    .option("--once", "scan once, alert, and end; for schedulers that start the program")
    .addOption(new Option("--on <when>", "when to alert").choices(["change", "always"]).default("change"))
    .option("--slack-url-env <name>", "environment variable with the address of a Slack incoming webhook")
    .option("--teams-url-env <name>", "environment variable with the address of a Teams workflow's webhook")
    .option("--webhook-url-env <name>", "environment variable with the address of any other web hook")
    .option("--webhook-secret-env <name>", "environment variable with the secret that signs what that web hook gets");
  return addScanFlags(command)
    .addHelpText(
      "after",
      `
The first scan is what later ones are compared with. A change is a finding that is new or fixed, or another grade; an
endpoint that can no longer be scanned is said once. Interrupting (Ctrl+C) ends the monitor with exit code 0; --once ends
with 0, 1 (below the threshold), 2 (the scan could not be made) or 3 (inconclusive). What a web hook gets, and how its
signature is checked, stands in docs/monitoring.md.

Examples:
  $ SLACK_HOOK=... spillcheck monitor http://127.0.0.1:5000/chat --schedule "0 3 * * *" --slack-url-env SLACK_HOOK
  $ spillcheck monitor https://api.example.com/ask --yes --schedule @hourly --webhook-url-env HOOK --webhook-secret-env HOOK_SECRET
  $ spillcheck monitor http://127.0.0.1:5000/chat --once --teams-url-env TEAMS_HOOK --on always`,
    )
    .action(async (url: string | undefined, flags: Flags) => done(await monitor(context, url, flags)));
}

/** @returns the exit code */
async function monitor(context: Context, url: string | undefined, flags: Flags): Promise<number> {
  keepMemorySmall();
  const { cwd, env } = context;
  if (flags.once === undefined && flags.schedule === undefined)
    throw new UsageError('A monitor needs a schedule, as in --schedule "0 3 * * *", or --once.');
  const configs = new Configs({
    ruleIds: context.rules.map((rule) => rule.id),
    explicit: flags.config === undefined ? undefined : absolute(flags.config, cwd),
  });
  const config = configs.near(cwd);
  if (!reportConfigProblems(context, configs)) return exit.error;
  const { options, thresholds } = scanRequest(url, flags, { cwd, env, config });
  const end = new AbortController();
  const interrupt = (): void => end.abort();
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  try {
    const channels = channelsOf(flags, env);
    const watch = await prepare(context, options, flags, channels, retentionOf(config));
    if (flags.once) return await once(context, watch, thresholds, end.signal);
    await repeat(context, watch, flags, end.signal);
    say(context, "the monitor was ended.");
    return exit.ok;
  } catch (error) {
    if (!(error instanceof ScanError)) throw error;
    say(context, terminalText(error.message));
    return exit.error;
  } finally {
    process.removeListener("SIGINT", interrupt);
    process.removeListener("SIGTERM", interrupt);
  }
}

function fromEnvironment(env: Context["env"], flag: string, name: string): string {
  const value = env[name];
  if (value) return value;
  throw new UsageError(`The environment variable ${name}, which ${flag} names, is not set.`);
}

function channelsOf(flags: Flags, env: Context["env"]): Channel[] {
  const address = (flag: string, name: string): URL =>
    channelUrl(fromEnvironment(env, flag, name), `the environment variable ${name}`);
  const channels: Channel[] = [];
  if (flags.slackUrlEnv !== undefined)
    channels.push({ kind: "slack", url: address("--slack-url-env", flags.slackUrlEnv) });
  if (flags.teamsUrlEnv !== undefined)
    channels.push({ kind: "teams", url: address("--teams-url-env", flags.teamsUrlEnv) });
  if ((flags.webhookUrlEnv === undefined) !== (flags.webhookSecretEnv === undefined))
    throw new UsageError("--webhook-url-env and --webhook-secret-env go together: what a web hook gets is signed.");
  if (flags.webhookUrlEnv !== undefined && flags.webhookSecretEnv !== undefined) {
    const secret = fromEnvironment(env, "--webhook-secret-env", flags.webhookSecretEnv);
    channels.push({ kind: "webhook", url: address("--webhook-url-env", flags.webhookUrlEnv), secret });
  }
  return channels;
}

/** Shows the plan, asks for consent where the target needs it, and puts the monitor together. */
async function prepare(
  context: Context,
  options: ScanOptionsInput,
  flags: Flags,
  channels: readonly Channel[],
  retention: ReturnType<typeof retentionOf>,
): Promise<Monitor> {
  const plan = await planScan(options);
  say(context, describePlan(plan));
  for (const note of plan.notes) say(context, terminalText(note));
  if (channels.length === 0) say(context, "no receiver of alerts was named; changes are said here alone.");
  const consented = plan.needsConsent ? await agreed(context, plan, flags) : flags.yes === true;
  const parts = {
    scan: (signal: AbortSignal) => runScan(options, { signal, consent: () => consented }),
    remember: (result: Parameters<typeof remember>[1]) => {
      const past = remember(context, result, retention);
      return { id: past.entry?.id ?? null, known: past.previous };
    },
    compare: compareScans,
    send: async (alert: Parameters<typeof deliverAll>[1], signal: AbortSignal) => {
      for (const failure of await deliverAll(channels, alert, { signal })) say(context, terminalText(failure));
    },
    say: (sentence: string) =>
      say(context, terminalText(`${new Date().toISOString().replace(/\.\d+Z$/, "Z")} ${plan.target}: ${sentence}`)),
  };
  return new Monitor(parts, { on: flags.on, method: plan.method, target: plan.target });
}

async function once(context: Context, watch: Monitor, thresholds: Thresholds, signal: AbortSignal): Promise<number> {
  const round = await watch.round(signal);
  if (round.outcome === "cancelled") say(context, "the scan was cancelled.");
  return "result" in round ? verdict(context, round.result, thresholds) : exit.error;
}

/** Scans now and on the schedule, until the signal; a round that has begun is ended first. */
async function repeat(context: Context, watch: Monitor, flags: Flags, signal: AbortSignal): Promise<void> {
  let running: Promise<Round> | undefined;
  let fault: (error: unknown) => void = () => {};
  const round = async (): Promise<void> => {
    if (signal.aborted) return;
    if (running) {
      say(context, "a scan was left out, because the one before has not ended.");
      return;
    }
    running = watch.round(signal);
    try {
      const { outcome } = await running;
      const next = schedule.next();
      if (outcome !== "cancelled" && next) say(context, `the next scan is on ${next.toISOString()}.`);
    } catch (error) {
      fault(error);
    } finally {
      running = undefined;
    }
  };
  const schedule = startSchedule(flags.schedule ?? "", flags.timezone, () => void round());
  try {
    await new Promise<void>((resolve, reject) => {
      fault = reject;
      signal.addEventListener("abort", () => resolve(), { once: true });
      if (signal.aborted) resolve();
      void round();
    });
    await running;
  } finally {
    schedule.stop();
  }
}
