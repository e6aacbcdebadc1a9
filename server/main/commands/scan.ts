/** `spillcheck scan`: an endpoint in, a graded report out. */
import { Command, Option } from "commander";
import { Configs } from "../../project/configs.js";
import { UsageError } from "../../project/errors.js";
import { dataFolder } from "../../project/history-store.js";
import { openLines, writeFile } from "../../project/output.js";
import { absolute, kindOf } from "../../project/paths.js";
import { journalFile, openScanJournal } from "../../project/scan-journal.js";
import { renderScanText } from "../../report/scan-text.js";
import { terminalText } from "../../report/scan-visible-text.js";
import {
  type JournalStore,
  type Lab,
  planScan,
  runScan,
  ScanError,
  type ScanOptionsInput,
  type ScanPlan,
  type ScanResult,
  scanJournalKey,
  startLab,
} from "../../scan/index.js";
import { keepMemorySmall } from "../memory.js";
import { renderScan } from "../scanReports.js";
import { Progress, say, wantsColor } from "../terminal.js";
import { reportConfigProblems } from "./config-problems.js";
import { type Context, exit } from "./context.js";
import { type Past, remember, retentionOf } from "./history-folder.js";
import { formatForFile } from "./save.js";
import { agreed, describePlan } from "./scan-consent.js";
import { addScanFlags, many } from "./scan-flags.js";
import { type ScanFlags, scanRequest } from "./scan-options.js";
import { pingEndpoint } from "./scan-ping.js";
import { verdict } from "./scan-verdict.js";

const formats = ["text", "json", "html", "sarif", "junit", "markdown"] as const;

interface Flags extends ScanFlags {
  lab?: true | "leaky" | "hardened";
  yes?: true;
  format: (typeof formats)[number];
  output?: string;
  save?: string[];
  config?: string;
  ping?: true;
  resume?: true;
  history: boolean;
  trace?: string;
}

export function scanCommand(context: Context, done: (code: number) => void): Command {
  const command = new Command("scan")
    .summary("scan a running endpoint")
    .description("Scan a running endpoint that wraps a model, and grade it.")
    .argument("[url]", "address of the endpoint; may hold {{prompt}} and {{session}}")
    .addOption(new Option("--lab [kind]", "scan the built-in practice endpoint").choices(["leaky", "hardened"]));
  return addScanFlags(command)
    .addOption(new Option("--format <format>", "form of the report").choices(formats).default("text"))
    .option("--output <file>", "write the report to a file instead of standard output")
    .option("--save <file>", "also write the report to a file, in the form that its ending names (repeatable)", many)
    .option(
      "--trace <file>",
      "write every request with its answer to a file, one JSON object a line, without your secrets",
    )
    .option("--ping", "show one exchange with the endpoint, and end without a scan")
    .option("--resume", "go on with an interrupted scan of the same endpoint with the same settings")
    .option("--no-history", "do not keep this scan for history and compare, nor a journal to resume it from")
    .addHelpText(
      "after",
      `
Exit code: 0 at or above the threshold (or no threshold), 1 below it, 2 the scan could not be made, 3 inconclusive.

Examples:
  $ spillcheck scan --lab
  $ spillcheck scan http://127.0.0.1:5000/chat --ping
  $ spillcheck scan http://127.0.0.1:5000/chat --depth standard
  $ SPILLCHECK_SECRET=... spillcheck scan https://api.example.com/ask --auth bearer --yes --threshold 80
  $ spillcheck scan http://127.0.0.1:8000/ask --body-template '{"question": "{{prompt}}"}' --reply-path $.answer
  $ spillcheck scan http://127.0.0.1:5000/chat --depth deep --resume
  $ spillcheck scan http://127.0.0.1:5000/chat --format html --output report.html`,
    )
    .action(async (url: string | undefined, flags: Flags) => done(await scan(context, url, flags)));
}

/** @returns the exit code */
async function scan(context: Context, url: string | undefined, flags: Flags): Promise<number> {
  keepMemorySmall();
  const { cwd, env } = context;
  for (const file of flags.save ?? []) formatForFile(file, formats);
  if (flags.lab && url !== undefined) throw new UsageError("--lab brings its own endpoint; leave the URL out.");
  const configs = new Configs({
    ruleIds: context.rules.map((rule) => rule.id),
    explicit: flags.config === undefined ? undefined : absolute(flags.config, cwd),
  });
  const config = flags.lab ? undefined : configs.near(cwd);
  if (!reportConfigProblems(context, configs)) return exit.error;
  const lab = flags.lab ? await startLab({ kind: flags.lab === true ? "leaky" : flags.lab }) : undefined;
  const cancel = new AbortController();
  const interrupt = (): void => cancel.abort();
  process.once("SIGINT", interrupt);
  try {
    const request = scanRequest(lab?.url ?? url, flags, { cwd, env, config });
    if (config?.config.scan?.source !== undefined)
      say(context, "scan.source is not read yet; give what the source shows as scan.facts or with --facts.");
    const options = lab ? withLab(request.options, lab) : request.options;
    const plan = await planScan(options);
    say(context, describePlan(plan));
    for (const note of plan.notes) say(context, terminalText(note));
    const consent = (asked: ScanPlan) => agreed(context, asked, flags);
    if (flags.ping) return await pingEndpoint(context, options, flags.format, { signal: cancel.signal, consent });
    const progress = new Progress(context, "scanning");
    const journal = lab || (!flags.history && !flags.resume) ? undefined : openJournal(context, options, flags);
    const trace = flags.trace === undefined ? undefined : openLines(absolute(flags.trace, cwd));
    let result: ScanResult;
    try {
      result = await runScan(options, {
        signal: cancel.signal,
        journal,
        trace: trace && ((entry) => trace(JSON.stringify(entry))),
        onProgress: (event) => {
          if (event.kind === "shape")
            say(
              context,
              event.reply === "" ? oneLine(event.note) : oneLine(`${event.note} It replied: ${event.reply}`),
            );
          progress.update(event.done, event.total);
        },
        consent,
      });
    } finally {
      progress.end();
    }
    const past = flags.history && !lab ? remember(context, result, retentionOf(config)) : undefined;
    emit(context, flags, result, past);
    return verdict(context, result, request.thresholds);
  } catch (error) {
    if (!(error instanceof ScanError)) throw error;
    say(context, terminalText(error.message));
    if (error.kind === "cancelled" && !lab && flags.history) say(context, "--resume goes on where it stopped.");
    return exit.error;
  } finally {
    process.removeListener("SIGINT", interrupt);
    await lab?.close();
  }
}

/** A reply must not look like a line of ours. */
function oneLine(text: string): string {
  return terminalText(text).replace(/\s+/g, " ");
}

/** The journal of this scan, with what an interrupted one left in it under --resume. */
function openJournal(context: Context, options: ScanOptionsInput, flags: Flags): JournalStore {
  const file = journalFile(dataFolder(context.env), scanJournalKey(options));
  const resume = flags.resume === true;
  if (resume && kindOf(file) !== "file")
    say(context, "there is no interrupted scan of this endpoint with these settings; a new one begins.");
  return openScanJournal(file, { resume, onFailure: (sentence) => say(context, sentence) });
}

/** The lab's own prompt is known, so that leaks are proven; so is the token that its hardened endpoint asks for. */
function withLab(options: ScanOptionsInput, lab: Lab): ScanOptionsInput {
  const knowledge = { ...options.knowledge, systemPrompts: [lab.systemPrompt] };
  if (lab.secret === null || options.auth !== undefined) return { ...options, knowledge };
  return { ...options, knowledge, auth: { kind: "bearer" }, secret: lab.secret };
}

function emit(context: Context, flags: Flags, result: ScanResult, past: Past | undefined): void {
  const previous = past?.previous;
  const render = (format: Flags["format"], color: boolean): string =>
    format === "text"
      ? renderScanText(result, { color, previous })
      : renderScan(format, result, previous, past?.points);
  for (const file of flags.save ?? []) {
    writeFile(absolute(file, context.cwd), render(formatForFile(file, formats), false));
  }
  const text = render(flags.format, flags.output === undefined && wantsColor(context.stdout, context.env));
  if (flags.output === undefined || flags.output === "-")
    context.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
  else writeFile(absolute(flags.output, context.cwd), text);
}
