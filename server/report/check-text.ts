/** The result of a check for a terminal, in the form that compilers have and editors can jump from. */
import type { Level } from "../analysis/finding.js";
import { type CheckReport, countByLevel, openFindings, plural, type ReportFinding } from "./check-report.js";
import { terminalText } from "./scan-visible-text.js";

export interface CheckTextOptions {
  color: boolean;
}

type Style = (text: string) => string;

/** Select Graphic Rendition (ECMA-48), in the sixteen colours that a terminal's theme maps. */
function styles(color: boolean): { bold: Style; dim: Style; level: Record<Level, Style> } {
  const sgr = (on: string, off: string): Style =>
    color ? (text) => `\u001b[${on}m${text}\u001b[${off}m` : (text) => text;
  return {
    bold: sgr("1", "22"),
    dim: sgr("2", "22"),
    level: { error: sgr("1;31", "22;39"), warning: sgr("33", "39"), info: sgr("36", "39"), hint: sgr("2", "22") },
  };
}

export function checkText(report: CheckReport, options: CheckTextOptions): string {
  const { bold, dim, level } = styles(options.color);
  const open = openFindings(report);
  const out: string[] = [];
  for (const finding of open) {
    out.push(
      `${bold(place(finding))} ${level[finding.level](finding.level)} ${bold(finding.rule)} ${oneLine(finding.message)}`,
    );
    for (const step of shownSteps(finding)) out.push(`    ${dim(place(step))} ${oneLine(step.message)}`);
    for (const also of finding.related) out.push(`    ${dim(place(also))} also: ${oneLine(also.message)}`);
    for (const fix of finding.fixes.slice(0, 1)) out.push(`    ${dim("fix:")} ${oneLine(fix.title)}`);
  }
  if (open.length > 0) out.push("");
  for (const { path, reason } of report.skipped) out.push(`skipped ${oneLine(path)}: ${oneLine(reason)}`);
  for (const { path, reason } of report.partial) out.push(`checked in part ${oneLine(path)}: ${oneLine(reason)}`);
  out.push(summary(report, open));
  return `${out.join("\n")}\n`;
}

/** A path of one step only repeats the finding. */
function shownSteps(finding: ReportFinding): ReportFinding["steps"] {
  return finding.steps.length > 1 ? finding.steps : [];
}

function summary(report: CheckReport, open: readonly ReportFinding[]): string {
  const parts = [open.length === 0 ? "No findings" : `${plural(open.length, "finding")} (${countByLevel(open)})`];
  const suppressed = report.findings.length - open.length;
  if (suppressed > 0) parts.push(`${suppressed} suppressed`);
  if (report.baselined > 0) parts.push(`${report.baselined} in the baseline`);
  const skipped = report.skipped.length > 0 ? `, ${report.skipped.length} skipped` : "";
  return `${parts.join(", ")} in ${plural(report.checked, "file")}${skipped}.`;
}

function place(at: { path: string; start: { line: number; column: number } }): string {
  return `${oneLine(at.path)}:${at.start.line}:${at.start.column}`;
}

/** Names and messages hold text from the sources: nothing of it may steer the terminal or fake a line. */
function oneLine(text: string): string {
  return terminalText(text).replace(/[\n\t]/g, " ");
}
