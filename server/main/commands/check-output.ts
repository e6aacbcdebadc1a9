/** Writes the result of a check, in whichever forms were asked for. */
import { writeFile } from "../../project/output.js";
import { absolute } from "../../project/paths.js";
import { checkGithub } from "../../report/check-github.js";
import { checkJson } from "../../report/check-json.js";
import { checkJunit } from "../../report/check-junit.js";
import { checkMarkdown } from "../../report/check-markdown.js";
import { type CheckReport, openFindings, plural } from "../../report/check-report.js";
import { checkSarif } from "../../report/check-sarif.js";
import { checkText } from "../../report/check-text.js";
import { say, wantsColor } from "../terminal.js";
import { type CheckOptions, type Format, formats } from "./check-options.js";
import type { Context } from "./context.js";
import { formatForFile } from "./save.js";

/** Whether some form shows fixes. Each is tried out by the engine, which takes its time, so only then are they made. */
export function showsFixes(options: CheckOptions): boolean {
  const shown = [options.format, ...(options.save ?? []).map((file) => formatForFile(file, formats))];
  return shown.some((format) => format === "json" || format === "sarif" || format === "markdown");
}

/** The result to standard output or `--output`, and to every file of `--save`. */
export function writeReport(context: Context, report: CheckReport, options: CheckOptions): void {
  const color = options.output === undefined && wantsColor(context.stdout, context.env);
  emit(context, options, render(report, options.format, options, context, color));
  for (const file of options.save ?? []) {
    const text = render(report, formatForFile(file, formats), options, context, false);
    writeFile(absolute(file, context.cwd), text);
  }
}

/** Every finding that the source does not suppress, as a JSON result: what `--baseline` reads. */
export function saveBaseline(context: Context, report: CheckReport, file: string): void {
  const findings = openFindings(report);
  writeFile(absolute(file, context.cwd), checkJson({ ...report, findings }));
  say(context, `wrote ${plural(findings.length, "finding")} to ${file}.`);
}

function render(report: CheckReport, format: Format, options: CheckOptions, context: Context, color: boolean): string {
  switch (format) {
    case "json":
      return checkJson(report);
    case "sarif":
      return checkSarif(report, context.rules);
    case "junit":
      return checkJunit(report, options.failOn);
    case "markdown":
      return checkMarkdown(report, context.rules);
    case "github":
      return checkGithub(report);
    case "text":
      return checkText(report, { color });
  }
}

/** Text to standard output, or to the file of `--output`. */
export function emit(context: Context, options: CheckOptions, text: string): void {
  if (options.output === undefined || options.output === "-") context.stdout.write(text);
  else writeFile(absolute(options.output, context.cwd), text);
}
