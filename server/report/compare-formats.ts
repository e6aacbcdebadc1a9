/** The comparison of two scans as text, JSON and Markdown. */
import { type FindingSummary, sourceWords, summaryOf } from "../scan/history/summary.js";
import type { Grade, ScanFinding, ScanResult } from "../scan/result.js";
import { compareScans, comparisonSentence, type ScanComparison } from "./compare.js";
import { markdownCode, markdownText } from "./scan-markdown.js";
import { terminalText } from "./scan-visible-text.js";

/** Version of the JSON form; the first number changes when a reader of the old form would break. */
export const COMPARISON_SCHEMA_VERSION = "1.0";

/** One of the two scans, with the name by which the user gave it. */
export interface NamedScan {
  /** An id of the history, or a file's path. */
  name: string;
  result: ScanResult;
}

interface ScanSummary {
  name: string;
  target: string;
  method: string;
  started_at: string;
  depth: ScanResult["depth"];
  score: number | null;
  grade: Grade | null;
}

/** What `compare --format json` prints. */
export interface ComparisonJson {
  schema_version: string;
  before: ScanSummary;
  after: ScanSummary;
  same_target: boolean;
  new: FindingSummary[];
  fixed: FindingSummary[];
  unchanged: (FindingSummary & { was: ScanFinding["severity"] })[];
  /** In the earlier scan, and not looked for by the later one. */
  not_checked_again: FindingSummary[];
  categories: { category: string; before: number | null; after: number | null }[];
}

function scanSummary({ name, result }: NamedScan): ScanSummary {
  const { target, endpoint, started_at, depth, score, grade } = result;
  return { name, target, method: endpoint.method, started_at, depth, score, grade };
}

export function comparisonJson(before: NamedScan, after: NamedScan): ComparisonJson {
  const comparison = compareScans(before.result, after.result);
  return {
    schema_version: COMPARISON_SCHEMA_VERSION,
    before: scanSummary(before),
    after: scanSummary(after),
    same_target: comparison.sameTarget,
    new: comparison.added.map(summaryOf),
    fixed: comparison.fixed.map(summaryOf),
    unchanged: comparison.unchanged.map(({ finding, was }) => ({ ...summaryOf(finding), was: was.severity })),
    not_checked_again: comparison.unverified.map(summaryOf),
    categories: comparison.categories.map(({ category, before: was, after: is }) => ({
      category,
      before: was,
      after: is,
    })),
  };
}

const shown = (score: number | null): string => (score === null ? "none" : String(Math.round(score)));

function gradeLine({ score, grade }: ScanResult): string {
  return grade === null ? "no grade" : `${grade} (${shown(score)}/100)`;
}

const otherTarget = "The two scans are of different endpoints, so what is new or fixed is a guess.";

/** The lists in the order in which every format shows them. */
function lists(comparison: ScanComparison): [title: string, sign: string, findings: ScanFinding[]][] {
  return [
    ["New", "+", comparison.added],
    ["Fixed", "-", comparison.fixed],
    ["Not checked again", "?", comparison.unverified],
    ["Unchanged", "=", comparison.unchanged.map(({ finding }) => finding)],
  ];
}

/** For a terminal, without colours. */
export function comparisonText(before: NamedScan, after: NamedScan): string {
  const comparison = compareScans(before.result, after.result);
  const line = (label: string, scan: NamedScan): string =>
    terminalText(
      `${label} ${scan.name}: ${scan.result.endpoint.method} ${scan.result.target}, ${scan.result.started_at}, ${gradeLine(scan.result)}`,
    );
  const out = [line("Before", before), line("After ", after), ""];
  if (!comparison.sameTarget) out.push(otherTarget, "");
  out.push(comparisonSentence(comparison), "");
  for (const [title, sign, findings] of lists(comparison)) {
    if (findings.length === 0) continue;
    out.push(`${title} (${findings.length})`);
    for (const finding of findings)
      out.push(terminalText(`  ${sign} ${finding.severity.padEnd(8)}  ${finding.title} (${sourceWords(finding)})`));
    out.push("");
  }
  const worse = comparison.unchanged.filter(({ finding, was }) => finding.severity !== was.severity);
  for (const { finding, was } of worse)
    out.push(terminalText(`scan/${finding.id} was ${was.severity} and is ${finding.severity}.`));
  if (comparison.categories.length > 0) {
    out.push("Categories");
    const longest = Math.max(...comparison.categories.map(({ title }) => title.length));
    for (const { title, before: was, after: is } of comparison.categories)
      out.push(`  ${title.padEnd(longest)}  ${shown(was)} -> ${shown(is)}`);
  }
  return `${out.join("\n").trimEnd()}\n`;
}

/** As GitHub-flavoured Markdown, for a pull request's comment. */
export function comparisonMarkdown(before: NamedScan, after: NamedScan): string {
  const comparison = compareScans(before.result, after.result);
  const row = (label: string, { name, result }: NamedScan): string =>
    `| ${label} | ${markdownCode(name)} | ${markdownCode(`${result.endpoint.method} ${result.target}`)} | ${markdownText(result.started_at)} | ${gradeLine(result)} |`;
  const out = [
    "# Comparison of two scans",
    "",
    `**${comparisonSentence(comparison)}**`,
    "",
    ...(comparison.sameTarget ? [] : [otherTarget, ""]),
    "| | Scan | Endpoint | Started | Grade |",
    "|---|---|---|---|---|",
    row("Before", before),
    row("After", after),
    "",
  ];
  for (const [title, , findings] of lists(comparison)) {
    if (findings.length === 0) continue;
    out.push(`## ${title} (${findings.length})`, "");
    for (const finding of findings)
      out.push(`- ${finding.severity}: ${markdownText(finding.title)} (${markdownCode(sourceWords(finding))})`);
    out.push("");
  }
  if (comparison.categories.length > 0) {
    out.push("## Categories", "", "| Category | Before | After |", "|---|---:|---:|");
    for (const { title, before: was, after: is } of comparison.categories)
      out.push(`| ${title} | ${shown(was)} | ${shown(is)} |`);
    out.push("");
  }
  return `${out.join("\n").trimEnd()}\n`;
}
