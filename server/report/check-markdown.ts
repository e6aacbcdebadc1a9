/** The result of a check as GitHub-flavoured Markdown, for a pull request's comment or a job summary. */
import { pageOf, type RuleMeta, rulePageUrl } from "../analysis/rule-meta.js";
import { type CheckReport, countByLevel, openFindings, plural, type ReportFinding } from "./check-report.js";
import { visibleText } from "./scan-visible-text.js";

/** Text as it reads, nothing of it as mark-up, on one line. */
function plain(text: string): string {
  return visibleText(text)
    .replaceAll("\n", " ")
    .replace(/[\\*_[\]<>|#~!@]/g, (c) => (c === "<" ? "&lt;" : c === ">" ? "&gt;" : c === "@" ? "&#64;" : `\\${c}`));
}

/** A code span that holds any text (CommonMark: the fence is longer than every run of backticks inside). */
function code(text: string, inTable = false): string {
  const line = visibleText(text).replaceAll("\n", " ");
  // A table's cells end at a bar even inside code.
  const shown = inTable ? line.replaceAll("|", "\\|") : line;
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  const pad = shown.startsWith("`") || shown.endsWith("`") ? " " : "";
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** Messages quote names in backticks; those stay code. */
function message(text: string, inTable = false): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part) => (/^`[^`]+`$/.test(part) ? code(part.slice(1, -1), inTable) : plain(part)))
    .join("");
}

/** @param rules for the addresses of their pages */
export function checkMarkdown(report: CheckReport, rules: readonly RuleMeta[] = []): string {
  const pages = new Map(rules.map((rule) => [rule.id, pageOf(rule)]));
  const open = openFindings(report);
  const out = ["# SpillCheck", ""];
  if (open.length === 0) out.push(`No findings in ${plural(report.checked, "file")}.`);
  else out.push(`${plural(open.length, "finding")} (${countByLevel(open)}) in ${plural(report.checked, "file")}.`);
  const extra: string[] = [];
  const suppressed = report.findings.length - open.length;
  if (suppressed > 0) extra.push(`${suppressed} suppressed in the source`);
  if (report.baselined > 0) extra.push(`${report.baselined} known from the baseline`);
  if (extra.length > 0) out.push("", `Not shown: ${extra.join(", ")}.`);
  if (open.length > 0) {
    out.push("", "| Level | Rule | Place | What leaks |", "| --- | --- | --- | --- |");
    for (const finding of open) {
      const rule = `[${code(finding.rule)}](${pages.get(finding.rule) ?? rulePageUrl(finding.rule)})`;
      out.push(`| ${finding.level} | ${rule} | ${code(at(finding), true)} | ${message(finding.message, true)} |`);
    }
    for (const finding of open) out.push(...details(finding));
  }
  if (report.skipped.length + report.partial.length > 0) {
    out.push("", "## Not checked, or only in part", "");
    for (const note of [...report.skipped, ...report.partial]) out.push(`- ${code(note.path)}: ${plain(note.reason)}`);
  }
  return `${out.join("\n")}\n`;
}

function at(place: { path: string; start: { line: number } }): string {
  return `${place.path}:${place.start.line}`;
}

function details(finding: ReportFinding): string[] {
  if (finding.steps.length < 2) return [];
  const out = ["", "<details>", `<summary>${finding.rule} at ${plain(at(finding))}</summary>`, ""];
  for (const [i, step] of finding.steps.entries()) out.push(`${i + 1}. ${code(at(step))} ${message(step.message)}`);
  for (const fix of finding.fixes.slice(0, 1)) out.push("", `Quick fix: ${message(fix.title)}`);
  out.push("", "</details>");
  return out;
}
