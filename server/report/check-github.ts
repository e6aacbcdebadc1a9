/** The result of a check as workflow commands of GitHub Actions: annotations at the lines. */
import { type CheckReport, countByLevel, openFindings, plural } from "./check-report.js";

const commands = { error: "error", warning: "warning", info: "notice", hint: "notice" } as const;

/** As the runner decodes the text of a command: percent, carriage return, line feed. */
function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** Values of properties are also split at colons and commas. */
function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

export function checkGithub(report: CheckReport): string {
  const open = openFindings(report);
  const lines = open.map((finding) => {
    const where = [
      `file=${property(finding.path)}`,
      `line=${finding.start.line}`,
      `endLine=${finding.end.line}`,
      `col=${finding.start.column}`,
      // Columns are shown only where begin and end share a line.
      ...(finding.start.line === finding.end.line ? [`endColumn=${finding.end.column}`] : []),
      `title=${property(finding.rule)}`,
    ];
    const steps = finding.steps.length > 1 ? finding.steps : [];
    const text = [finding.message, ...steps.map((s) => `${s.path}:${s.start.line}: ${s.message}`)].join("\n");
    return `::${commands[finding.level]} ${where.join(",")}::${data(text)}`;
  });
  const counts = open.length === 0 ? "No findings" : `${plural(open.length, "finding")} (${countByLevel(open)})`;
  lines.push(`SpillCheck: ${counts} in ${plural(report.checked, "file")}.`);
  return `${lines.join("\n")}\n`;
}
