/** The report of a scan for a terminal. */
import {
  allFindings,
  type Grade,
  type Inconclusive,
  SCAN_CATEGORIES,
  type ScanFinding,
  type ScanResult,
  type Severity,
} from "../scan/result.js";
import { compareScans, comparisonSentence } from "./compare.js";
import { excerpt, terminalText } from "./scan-visible-text.js";

export interface ScanTextOptions {
  /** Whether to colour; the caller decides by NO_COLOR, FORCE_COLOR and the terminal. */
  color: boolean;
  /** Columns to wrap at; 100 unless told. */
  width?: number;
  previous?: ScanResult;
}

type Style = (text: string) => string;
interface Palette {
  bold: Style;
  dim: Style;
  severity: Record<Severity, Style>;
  grade: Record<Grade, Style>;
}

/** Select Graphic Rendition (ECMA-48): the sixteen colours that every terminal maps to its theme. */
function palette(color: boolean): Palette {
  const sgr = (on: string, off: string): Style =>
    color ? (text) => `\u001b[${on}m${text}\u001b[${off}m` : (text) => text;
  const red = sgr("1;31", "22;39");
  const yellow = sgr("33", "39");
  const green = sgr("1;32", "22;39");
  return {
    bold: sgr("1", "22"),
    dim: sgr("2", "22"),
    severity: {
      critical: sgr("1;97;41", "22;39;49"),
      high: red,
      medium: yellow,
      low: sgr("36", "39"),
      info: sgr("2", "22"),
    },
    grade: { A: green, B: green, C: yellow, D: red, F: red },
  };
}

const INDENT = "            ";
const EVIDENCE_LIMIT = 600;

/** Wraps at spaces; a word longer than the line stays whole. Widths are counted in UTF-16 units. */
function wrap(text: string, width: number, indent: string): string {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line && line.length + 1 + word.length > width - indent.length) {
        lines.push(line);
        line = word;
      } else line = line ? `${line} ${word}` : word;
    }
    lines.push(line);
  }
  return lines.map((line) => `${indent}${line}`.trimEnd()).join("\n");
}

/** "3.2 s", "2 min 5 s". */
export function duration(ms: number): string {
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

const plural = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

function header(result: ScanResult, paint: Palette, width: number): string[] {
  const lines = [
    paint.bold(`Scan of ${terminalText(result.target)}`),
    paint.dim(
      [
        terminalText(result.endpoint.method),
        result.endpoint.network,
        `depth ${result.depth}`,
        result.started_at.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC"),
        duration(result.duration_ms),
      ].join(" · "),
    ),
    "",
  ];
  if (result.grade === null || result.score === null) lines.push(`  ${paint.bold("No grade: inconclusive.")}`);
  else
    lines.push(
      `  Grade ${paint.grade[result.grade](` ${result.grade} `)}   ${paint.bold(`${Math.round(result.score)}/100`)}`,
    );
  if (result.grade_reason) lines.push(wrap(terminalText(result.grade_reason), width, "  "));
  return lines;
}

function categories(result: ScanResult, paint: Palette): string[] {
  const longest = Math.max(...SCAN_CATEGORIES.map((name) => result.category_breakdown[name].title.length));
  return SCAN_CATEGORIES.map((name) => {
    const { title, score, status, reason, findings } = result.category_breakdown[name];
    const start = `  ${title.padEnd(longest)}  `;
    if (score === null) return start + paint.dim(`${status}${reason ? `: ${terminalText(reason)}` : ""}`);
    const full = Math.round(score / 10);
    const style = score >= 80 ? paint.grade.A : score >= 60 ? paint.grade.C : paint.grade.F;
    const bar = style("█".repeat(full)) + paint.dim("░".repeat(10 - full));
    const also = status === "complete" ? "" : paint.dim(`  ${status}${reason ? `: ${terminalText(reason)}` : ""}`);
    return `${start}${bar} ${String(Math.round(score)).padStart(4)}  ${findings.length ? plural(findings.length, "finding") : ""}${also}`.trimEnd();
  });
}

function finding(item: ScanFinding, paint: Palette, width: number): string[] {
  const label = paint.severity[item.severity](item.severity.toUpperCase().padEnd(8));
  const lines = [`  ${label}  ${paint.bold(terminalText(item.title))}`];
  const facts = [`scan/${item.id}`];
  if (item.probe) facts.push(`probe ${terminalText(item.probe)}`);
  if (item.hits) facts.push(`${terminalText(item.hits)} tries`);
  facts.push(item.verdict);
  if (item.suspected) facts.push("suspected");
  if (item.location) facts.push(`${terminalText(item.location.uri)}:${item.location.line}`);
  lines.push(INDENT + paint.dim(facts.join(" · ")));
  const { text, left } = excerpt(item.evidence, EVIDENCE_LIMIT);
  if (text) lines.push(wrap(terminalText(text) + (left ? ` ... (${left} more characters)` : ""), width, INDENT));
  if (item.remediation) lines.push(wrap(`Mend: ${terminalText(item.remediation)}`, width, INDENT));
  return lines;
}

/** What is inconclusive for the same reason, in the order in which the reasons come first. */
function byReason(items: readonly Inconclusive[]): Map<string, string[]> {
  const out = new Map<string, string[]>();
  for (const { title, reason } of items) out.set(reason, [...(out.get(reason) ?? []), title]);
  return out;
}

/**
 * The report as lines for a terminal: grade, categories, findings (most severe first), what was inconclusive, requests.
 * Whatever came from the endpoint has its escape sequences taken out and hidden characters named.
 */
export function renderScanText(result: ScanResult, options: ScanTextOptions): string {
  const paint = palette(options.color);
  const width = Math.max(40, options.width ?? 100);
  const findings = allFindings(result);
  const out = [...header(result, paint, width), "", paint.bold("Categories"), ...categories(result, paint), ""];
  out.push(paint.bold(findings.length ? `Findings (${findings.length})` : "No findings."));
  for (const item of findings) out.push("", ...finding(item, paint, width));
  out.push("");
  if (options.previous)
    out.push(
      `${paint.bold("Since the scan before:")} ${comparisonSentence(compareScans(options.previous, result))}`,
      "",
    );
  if (result.inconclusive.length) {
    out.push(paint.bold(`Inconclusive (${result.inconclusive.length}); not a pass`));
    for (const [reason, titles] of byReason(result.inconclusive))
      out.push(wrap(`${titles.map(terminalText).join(", ")}: ${terminalText(reason)}`, width, "  "));
    out.push("");
  }
  if (result.limits.length) {
    out.push(paint.bold("Limits reached"));
    for (const hit of result.limits)
      out.push(
        wrap(
          `${terminalText(hit.name)} (${hit.value} ${terminalText(hit.unit)}), ${plural(hit.times, "time")}: ${terminalText(hit.detail)}`,
          width,
          "  ",
        ),
      );
    out.push("");
  }
  for (const note of result.notes) out.push(wrap(`Note: ${terminalText(note)}`, width, ""));
  const { sent, budget, retried, tokens_estimate: tokens } = result.requests;
  out.push(
    `${plural(result.withstood.length, "attack")} withstood. ${sent} of ${budget} requests sent${retried ? `, ${retried} of them again` : ""}, about ${tokens} tokens.`,
  );
  return `${out.join("\n")}\n`;
}
