/** The report of a scan, or one finding of it, as GitHub-flavoured Markdown. */
import { rulePageUrl } from "../analysis/rule-meta.js";
import { allFindings, type Exchange, SCAN_CATEGORIES, type ScanFinding, type ScanResult } from "../scan/result.js";
import { compareScans, comparisonSentence, type ScanComparison } from "./compare.js";
import { curlCommand } from "./scan-curl.js";
import { duration } from "./scan-text.js";
import { excerpt, visibleText } from "./scan-visible-text.js";

const EVIDENCE_LIMIT = 4_000;

/** Text in a paragraph or table cell: nothing in it is read as Markdown, HTML, a mention or a link. */
export function markdownText(text: string): string {
  return visibleText(text)
    .replaceAll(/\s*\n\s*/g, " ")
    .replaceAll(/[\\`*_{}[\]()#+!|~$^>=-]/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll("@", "&#64;")
    .replaceAll("://", "&#58;//")
    .replaceAll(/\bwww\./gi, (www) => `${www.slice(0, 3)}&#46;`);
}

/** Text as inline code, with a fence of backticks longer than any in it. */
export function markdownCode(text: string): string {
  const plain = visibleText(text).replaceAll("\n", " ").replaceAll("|", "\u2223");
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  const pad = plain.startsWith("`") || plain.endsWith("`") || plain === "" ? " " : "";
  return `${fence}${pad}${plain}${pad}${fence}`;
}

/** Text as a code block; long text is cut and says so. */
export function markdownBlock(text: string, language = ""): string {
  const { text: shown, left } = excerpt(visibleText(text), EVIDENCE_LIMIT);
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  const block = `${fence}${language}\n${shown}\n${fence}`;
  return left ? `${block}\n\n(${left} more characters left out.)` : block;
}

function exchangeMarkdown(exchange: Exchange): string[] {
  const status = exchange.response.status === 0 ? "no answer" : `status ${exchange.response.status}`;
  return [
    `Request (${markdownText(exchange.label)}):`,
    "",
    markdownBlock(curlCommand(exchange.request), "sh"),
    "",
    `Response, ${status}${exchange.response.truncated ? ", excerpt" : ""}:`,
    "",
    markdownBlock(exchange.response.body),
    "",
  ];
}

/** One finding with evidence, remediation and the first exchange; `level` is the heading's depth. */
export function findingMarkdown(finding: ScanFinding, level = 3): string {
  const facts = [`[\`scan/${finding.id}\`](${rulePageUrl(`scan/${finding.id}`)})`, finding.verdict];
  if (finding.suspected) facts.push("suspected");
  if (finding.hits) facts.push(`${markdownText(finding.hits)} tries`);
  if (finding.probe) facts.push(`probe ${markdownCode(finding.probe)}`);
  if (finding.location) facts.push(`source ${markdownCode(`${finding.location.uri}:${finding.location.line}`)}`);
  for (const reference of [finding.cwe, finding.owasp_llm, finding.owasp_api])
    if (reference) facts.push(markdownText(reference));
  const lines = [
    `${"#".repeat(level)} ${finding.severity.toUpperCase()}: ${markdownText(finding.title)}`,
    "",
    facts.join(" · "),
    "",
    "Evidence:",
    "",
    markdownBlock(finding.evidence),
    "",
  ];
  if (finding.uncapped) lines.push(`Does not cap the grade: ${markdownText(finding.uncapped)}`, "");
  if (finding.remediation) lines.push(`Mend: ${markdownText(finding.remediation)}`, "");
  for (const { framework, language, code } of finding.remediation_code)
    lines.push(`${framework}:`, "", markdownBlock(code, language.replaceAll(/[^a-z]/g, "")), "");
  const [first] = finding.exchanges;
  if (first) lines.push(...exchangeMarkdown(first));
  return lines.join("\n");
}

function changesMarkdown(comparison: ScanComparison): string[] {
  const lines = ["## Since the scan before", "", comparisonSentence(comparison), ""];
  const list = (title: string, findings: ScanFinding[]) => {
    if (!findings.length) return;
    lines.push(`${title}:`, "");
    for (const item of findings) lines.push(`- ${item.severity}: ${markdownText(item.title)} (\`scan/${item.id}\`)`);
    lines.push("");
  };
  list("New", comparison.added);
  list("Fixed", comparison.fixed);
  list("Not checked again", comparison.unverified);
  return lines;
}

/** The whole report. What the endpoint answered stands in code blocks only, or is escaped. */
export function renderScanMarkdown(result: ScanResult, options: { previous?: ScanResult } = {}): string {
  const findings = allFindings(result);
  const score = result.score === null ? "" : `, ${Math.round(result.score)}/100`;
  const out = [
    `# Scan of ${markdownCode(result.target)}`,
    "",
    result.grade ? `**Grade ${result.grade}${score}**` : "**No grade: inconclusive**",
    "",
    ...(result.grade_reason ? [markdownText(result.grade_reason), ""] : []),
    `${markdownText(result.endpoint.method)}, ${result.endpoint.network}, depth ${result.depth}, started ${markdownText(result.started_at)}, took ${duration(result.duration_ms)}.`,
    "",
    "| Category | Score | Status | Findings |",
    "|---|---:|---|---:|",
    ...SCAN_CATEGORIES.map((name) => {
      const { title, score: value, status, reason, findings: own } = result.category_breakdown[name];
      return `| ${title} | ${value === null ? "" : Math.round(value)} | ${status}${reason ? `: ${markdownText(reason)}` : ""} | ${own.length} |`;
    }),
    "",
    ...(options.previous ? changesMarkdown(compareScans(options.previous, result)) : []),
    `## Findings (${findings.length})`,
    "",
    ...(findings.length ? findings.map((item) => findingMarkdown(item)) : ["None.", ""]),
  ];
  const section = (title: string, lines: string[]) => {
    if (lines.length) out.push(`## ${title} (${lines.length})`, "", ...lines, "");
  };
  section(
    "Inconclusive",
    result.inconclusive.map((item) => `- ${markdownText(item.title)}: ${markdownText(item.reason)}`),
  );
  section(
    "Withstood",
    result.withstood.map(
      (item) => `- ${markdownText(item.title)} (\`scan/${item.id}\`${item.hits ? `, ${markdownText(item.hits)}` : ""})`,
    ),
  );
  section(
    "Limits reached",
    result.limits.map(
      (hit) =>
        `- ${markdownText(hit.name)} (${hit.value} ${markdownText(hit.unit)}), ${hit.times} times: ${markdownText(hit.detail)}`,
    ),
  );
  section(
    "Notes",
    result.notes.map((note) => `- ${markdownText(note)}`),
  );
  const { sent, budget, tokens_estimate: tokens } = result.requests;
  out.push(`${sent} of ${budget} requests sent, about ${tokens} tokens.`, "");
  return out.join("\n");
}
