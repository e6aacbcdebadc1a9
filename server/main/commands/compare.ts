/** `spillcheck compare`: what changed between two scans. */
import { Command, Option } from "commander";
import { UsageError } from "../../project/errors.js";
import { readTextFile, writeFile } from "../../project/output.js";
import { absolute, kindOf } from "../../project/paths.js";
import { comparisonJson, comparisonMarkdown, comparisonText, type NamedScan } from "../../report/compare-formats.js";
import { visibleJson } from "../../report/scan-visible-text.js";
import { looksLikeId, parseScan, type ScanHistory } from "../../scan/history/index.js";
import { type Context, exit } from "./context.js";
import { openHistory } from "./history-folder.js";

interface Flags {
  format: "text" | "json" | "markdown";
  output?: string;
}

export function compareCommand(context: Context, done: (code: number) => void): Command {
  return new Command("compare")
    .summary("compare two scans")
    .description("Say what is new, fixed and unchanged from one scan to another.")
    .argument("<before>", "the earlier scan: an id of the history, or a file of scan --format json")
    .argument("<after>", "the later scan")
    .addOption(
      new Option("--format <format>", "form of the comparison").choices(["text", "json", "markdown"]).default("text"),
    )
    .option("--output <file>", "write to a file instead of standard output")
    .addHelpText(
      "after",
      `
Findings are the same when their fingerprints are. One that is gone counts as fixed only when the later scan looked for it.

Examples:
  $ spillcheck history http://127.0.0.1:5000/chat
  $ spillcheck compare 20260131-093000-04212 20260201-093000-1180c
  $ spillcheck compare before.json after.json --format markdown`,
    )
    .action((before: string, after: string, flags: Flags) => done(compare(context, before, after, flags)));
}

function compare(context: Context, before: string, after: string, flags: Flags): number {
  const { history } = openHistory(context.env);
  const scans = [scanNamed(context, history, before), scanNamed(context, history, after)] as const;
  const text =
    flags.format === "json"
      ? `${visibleJson(comparisonJson(...scans))}\n`
      : flags.format === "markdown"
        ? comparisonMarkdown(...scans)
        : comparisonText(...scans);
  if (flags.output === undefined || flags.output === "-") context.stdout.write(text);
  else writeFile(absolute(flags.output, context.cwd), text);
  return exit.ok;
}

/** A file where there is one of that name, else a scan of the history. */
function scanNamed(context: Context, history: ScanHistory, name: string): NamedScan {
  const file = absolute(name, context.cwd);
  if (kindOf(file) === "file" || !looksLikeId(name)) {
    const result = parseScan(readTextFile(file, "scan"));
    if (!result)
      throw new UsageError(`${name} is not a scan; it must be the JSON that "spillcheck scan --format json" writes.`);
    return { name, result };
  }
  const [entry, another] = history.find(name);
  if (!entry) throw new UsageError(`No scan with the id ${name} is kept; "spillcheck history URL" lists the ids.`);
  if (another)
    throw new UsageError(`The id ${name} is the beginning of several, ${entry.id} and ${another.id} among them.`);
  return { name: entry.id, result: entry.result };
}
