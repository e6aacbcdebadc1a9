/** `spillcheck report`: the kept scans as a site of reports. */
import { Command, InvalidArgumentError } from "commander";
import { UsageError } from "../../project/errors.js";
import { writeFile } from "../../project/output.js";
import { absolute, join, kindOf } from "../../project/paths.js";
import { knownBefore } from "../../report/known.js";
import { historyPoint } from "../../report/scan-report-data.js";
import { terminalText } from "../../report/scan-visible-text.js";
import { reportPath, siteIndex } from "../../report/site.js";
import type { HistoryEntry } from "../../scan/history/index.js";
import { renderScan } from "../scanReports.js";
import { say } from "../terminal.js";
import { type Context, exit } from "./context.js";
import { openHistory } from "./history-folder.js";

interface Flags {
  site: string;
  scans: number;
}

function scans(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 10_000) {
    throw new InvalidArgumentError("It must be a whole number from 1 to 10000.");
  }
  return count;
}

export function reportCommand(context: Context, done: (code: number) => void): Command {
  return new Command("report")
    .summary("write a site of reports")
    .description("Write the reports of the kept scans as HTML files with a page that leads to them.")
    .argument("[url]", "the endpoint whose scans to report; all when none is given")
    .requiredOption("--site <dir>", "folder to write to; it is made where it is not there")
    .option("--scans <number>", "newest scans of each endpoint to write", scans, 10)
    .addHelpText(
      "after",
      `
The files need nothing else and load nothing; open index.html, or put the folder on a server that only those may read
who may see what the endpoint leaked. Scans are kept as \`spillcheck history\` says.

Examples:
  $ spillcheck report --site reports
  $ spillcheck report http://127.0.0.1:5000/chat --site reports --scans 1`,
    )
    .action((url: string | undefined, flags: Flags) => done(report(context, url, flags)));
}

function report(context: Context, url: string | undefined, flags: Flags): number {
  const folder = absolute(flags.site, context.cwd);
  const kind = kindOf(folder);
  if (kind !== undefined && kind !== "folder") throw new UsageError(`"${flags.site}" is no folder.`);
  const { history, folder: store } = openHistory(context.env);
  const endpoints = url === undefined ? history.endpoints() : history.at(url);
  for (const name of history.unreadable)
    say(context, `${store}/${name} is no scan that this version can read, and was left out.`);
  if (endpoints.length === 0) {
    throw new UsageError(
      url === undefined
        ? `No scan is kept in ${store}; make one with spillcheck scan.`
        : terminalText(`No scan of ${url} is kept; "spillcheck history" lists the endpoints that there are.`),
    );
  }
  const written = writeSite(endpoints, flags.scans, (name, text) => writeFile(join(folder, name), text));
  say(
    context,
    `wrote ${written} ${written === 1 ? "report" : "reports"} to ${flags.site}; open ${flags.site}/index.html.`,
  );
  return exit.ok;
}

/**
 * Writes the reports and the page that leads to them.
 * @param endpoints the scans of each endpoint, oldest first
 * @param limit newest scans of each endpoint that get a report
 * @param write gets a path in the site and the file's text
 * @param render makes a report; the page's own bundle does when absent
 * @returns the number of reports
 */
export function writeSite(
  endpoints: readonly (readonly HistoryEntry[])[],
  limit: number,
  write: (name: string, text: string) => void,
  render = renderScan,
): number {
  const shown = endpoints.map((entries) => entries.slice(-limit));
  for (const [i, entries] of shown.entries()) {
    const all = endpoints[i] ?? [];
    for (const entry of entries) {
      const results = all.slice(0, all.indexOf(entry)).map((one) => one.result);
      const points = [...results, entry.result].map(historyPoint);
      write(reportPath(entry), render("html", entry.result, knownBefore(results), points));
    }
  }
  write("index.html", siteIndex(shown));
  return shown.flat().length;
}
