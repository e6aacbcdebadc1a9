/** `spillcheck history`: scans that were made before. */
import { Command, Option } from "commander";
import { UsageError } from "../../project/errors.js";
import { endpointHistoryText, historyJson, historyText } from "../../report/history-formats.js";
import { terminalText, visibleJson } from "../../report/scan-visible-text.js";
import type { ScanHistory } from "../../scan/history/index.js";
import { say } from "../terminal.js";
import { type Context, exit } from "./context.js";
import { openHistory } from "./history-folder.js";

interface Flags {
  format: "text" | "json";
  clear?: true;
}

export function historyCommand(context: Context, done: (code: number) => void): Command {
  return new Command("history")
    .summary("list earlier scans")
    .description("List the endpoints that were scanned, or the scans of one, with their trend.")
    .argument("[url]", "the endpoint whose scans to list")
    .addOption(new Option("--format <format>", "form of the list").choices(["text", "json"]).default("text"))
    .option("--clear", "remove the listed scans")
    .addHelpText(
      "after",
      `
Scans are kept in SPILLCHECK_DATA_DIR, or in the folder that the system has for such data. How many and how long
is a setting (history.scans, history.days in .spillcheck.yaml). Practice scans (--lab) are not kept.

Examples:
  $ spillcheck history
  $ spillcheck history http://127.0.0.1:5000/chat
  $ spillcheck history http://127.0.0.1:5000/chat --format json
  $ spillcheck history http://127.0.0.1:5000/chat --clear`,
    )
    .action((url: string | undefined, flags: Flags) => done(list(context, url, flags)));
}

function list(context: Context, url: string | undefined, flags: Flags): number {
  const { history, folder } = openHistory(context.env);
  const endpoints = url === undefined ? history.endpoints() : history.at(url);
  sayUnreadable(context, history, folder);
  if (flags.clear) {
    const entries = endpoints.flat();
    history.forget(entries);
    say(context, `${entries.length} ${entries.length === 1 ? "scan was" : "scans were"} removed.`);
    return exit.ok;
  }
  if (flags.format === "json") context.stdout.write(`${visibleJson(historyJson(endpoints))}\n`);
  else if (endpoints.length > 0)
    context.stdout.write(url === undefined ? historyText(endpoints) : endpointHistoryText(endpoints));
  else if (url !== undefined)
    throw new UsageError(
      terminalText(`No scan of ${url} is kept; "spillcheck history" lists the endpoints that there are.`),
    );
  else say(context, `no scan is kept in ${folder}.`);
  return exit.ok;
}

function sayUnreadable(context: Context, history: ScanHistory, folder: string): void {
  for (const name of history.unreadable)
    say(context, `${folder}/${name} is no scan that this version can read, and was left out.`);
}
