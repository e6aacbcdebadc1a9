/** The report of a scan as JUnit XML, for the test views of CI systems. */
import { allFindings, SCAN_CATEGORIES, type ScanFinding, type ScanResult } from "../scan/result.js";
import { excerpt, visibleText } from "./scan-visible-text.js";

const EVIDENCE_LIMIT = 4_000;

/** Text for XML 1.0, which has no way at all to write most control characters: these are named. */
export function xmlText(text: string): string {
  return visibleText(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&apos;")
    .replaceAll(/[\ufffe\uffff]/g, "\ufffd");
}

/** In an attribute, line ends and tabs have to be written as references to survive. */
const attribute = (text: string) => xmlText(text).replaceAll("\n", "&#10;").replaceAll("\t", "&#9;");

function findingCase(finding: ScanFinding, suite: string): string {
  const { text, left } = excerpt(finding.evidence, EVIDENCE_LIMIT);
  const source = finding.location ? `Source: ${finding.location.uri}:${finding.location.line}\n` : "";
  const detail = xmlText(
    `${text}${left ? ` ... (${left} more characters)` : ""}\n\n${source}Verdict: ${finding.verdict}${finding.suspected ? ", suspected" : ""}\nMend: ${finding.remediation}`,
  );
  const open = `    <testcase classname="${attribute(suite)}" name="${attribute(`scan/${finding.id}: ${finding.title}`)}" time="0">`;
  // What is only worth knowing must not turn a build red.
  const inner =
    finding.severity === "info"
      ? `      <system-out>${detail}</system-out>`
      : `      <failure type="${finding.severity}" message="${attribute(`${finding.severity}: ${finding.title}${finding.hits ? ` (${finding.hits})` : ""}`)}">${detail}</failure>`;
  return `${open}\n${inner}\n    </testcase>`;
}

/**
 * One suite a category: a finding is a failed case (of severity info: a passed one), an attack that was withstood a passed
 * case, whatever is inconclusive a skipped case with its reason, never a passed one.
 */
export function renderScanJunit(result: ScanResult): string {
  const seconds = (result.duration_ms / 1000).toFixed(3);
  const findings = allFindings(result);
  const suites: string[] = [];
  const total = { tests: 0, failures: 0, skipped: 0 };
  for (const category of SCAN_CATEGORIES) {
    const { title, status, reason } = result.category_breakdown[category];
    const own = findings.filter((finding) => finding.category === category);
    const withstood = result.withstood.filter((item) => item.category === category);
    const unclear = result.inconclusive
      .filter((item) => item.category === category)
      .map((item) => ({ name: item.title, why: `inconclusive: ${item.reason}` }));
    if (status !== "complete" && !unclear.length)
      unclear.push({ name: title, why: `${status}: ${reason ?? "no reason given"}` });
    const passed = withstood.map(({ id, title: what }) => `scan/${id}: ${what}`);
    if (status === "complete" && !own.length && !passed.length && !unclear.length) passed.push(title);
    const cases = [
      ...own.map((finding) => findingCase(finding, category)),
      ...passed.map((name) => `    <testcase classname="${category}" name="${attribute(name)}" time="0"/>`),
      ...unclear.map(
        ({ name, why }) =>
          `    <testcase classname="${category}" name="${attribute(name)}" time="0">\n      <skipped message="${attribute(why)}"/>\n    </testcase>`,
      ),
    ];
    const failures = own.filter(({ severity }) => severity !== "info").length;
    total.tests += cases.length;
    total.failures += failures;
    total.skipped += unclear.length;
    suites.push(
      `  <testsuite name="${attribute(title)}" tests="${cases.length}" failures="${failures}" errors="0" skipped="${unclear.length}" time="0" timestamp="${attribute(result.started_at)}">\n${cases.join("\n")}\n  </testsuite>`,
    );
  }
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="${attribute(`SpillCheck scan of ${result.target}: ${result.grade ? `grade ${result.grade}` : "no grade"}`)}" tests="${total.tests}" failures="${total.failures}" errors="0" skipped="${total.skipped}" time="${seconds}">
${suites.join("\n")}
</testsuites>
`;
}
