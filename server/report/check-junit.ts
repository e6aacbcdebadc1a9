/** The result of a check as JUnit XML: a test suite a file, a test case a finding that fails. */
import type { Level } from "../analysis/finding.js";
import { atLeast, type CheckReport, openFindings, plural, type ReportFinding } from "./check-report.js";
import { visibleText } from "./scan-visible-text.js";

/** Text for element contents and attributes; what XML 1.0 cannot hold is written visibly. */
function xml(text: string): string {
  return visibleText(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\n", "&#10;")
    .replaceAll("\t", "&#9;")
    .replace(/[\ufffe\uffff]/g, "\ufffd");
}

/**
 * @param failOn findings at or above this level fail; those below are cases that pass with their text as output.
 * `never` fails none.
 */
export function checkJunit(report: CheckReport, failOn: Level | "never"): string {
  const open = openFindings(report);
  const byFile = new Map<string, ReportFinding[]>();
  for (const finding of open) byFile.set(finding.path, [...(byFile.get(finding.path) ?? []), finding]);
  const fails = (finding: ReportFinding): boolean => failOn !== "never" && atLeast(finding.level, failOn);

  const suites = [...byFile].map(([path, findings]) => {
    const cases = findings.map((finding) => testCase(finding, fails(finding)));
    const failures = findings.filter(fails).length;
    return [
      `  <testsuite name="${xml(path)}" tests="${findings.length}" failures="${failures}" errors="0" skipped="0">`,
      ...cases,
      "  </testsuite>",
    ].join("\n");
  });
  const failed = open.filter(fails).length;
  // A run without findings still says that it ran.
  if (open.length === 0) {
    const name = `no findings in ${plural(report.checked, "file")}`;
    suites.push(
      '  <testsuite name="spillcheck" tests="1" failures="0" errors="0" skipped="0">',
      `    <testcase classname="spillcheck" name="${name}"/>`,
      "  </testsuite>",
    );
  }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="spillcheck check" tests="${Math.max(1, open.length)}" failures="${failed}" errors="0">`,
    ...suites,
    "</testsuites>",
    "",
  ].join("\n");
}

function testCase(finding: ReportFinding, fails: boolean): string {
  const { line, column } = finding.start;
  const head = `    <testcase classname="${xml(finding.rule)}" name="${xml(`${finding.path}:${line}:${column}`)}" file="${xml(finding.path)}" line="${line}">`;
  const steps = finding.steps.map((s) => `${s.path}:${s.start.line}:${s.start.column} ${s.message}`);
  const text = xml([`${finding.path}:${line}:${column} ${finding.level} ${finding.rule}`, ...steps].join("\n"));
  const body = fails
    ? `      <failure type="${finding.level}" message="${xml(finding.message)}">${text}</failure>`
    : `      <system-out>${xml(finding.message)}&#10;${text}</system-out>`;
  return [head, body, "    </testcase>"].join("\n");
}
