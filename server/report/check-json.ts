/** The result of a check as JSON; its published schema is made from here. */
import { z } from "zod";
import { toolName, toolVersion } from "../analysis/version.js";
import type { CheckReport } from "./check-report.js";

export const checkSchemaVersion = "1.0";

const position = z.object({
  line: z.number().int().min(1).describe("From 1."),
  column: z.number().int().min(1).describe("From 1, in UTF-16 code units."),
});

const level = z.enum(["hint", "info", "warning", "error"]);
const uri = z.string().describe("Relative to the working directory where the file lies in it, else a file: address.");
const step = z.object({ uri, line: position.shape.line, column: position.shape.column, message: z.string() });
const note = z.object({ uri, reason: z.string().describe("One sentence.") });

export const checkResultSchema = z.object({
  schema_version: z.literal(checkSchemaVersion),
  tool: z.object({ name: z.string(), version: z.string() }),
  findings: z.array(
    z.object({
      rule: z.string(),
      level,
      confidence: z.enum(["high", "medium", "low"]),
      message: z.string().describe("One sentence: what leaks to whom."),
      location: z.object({ uri, start: position, end: position }).describe("Where the mend would be made."),
      path: z.array(step).describe("From source to sink."),
      related: z.array(step).describe("Further places of the same cause."),
      fixes: z.array(z.object({ title: z.string() })),
      fingerprint: z.string().describe("Survives moved lines."),
      suppressed: z.boolean().describe("True where a comment in the source suppresses the finding."),
      suppression_reason: z.string().optional(),
    }),
  ),
  files: z.object({
    checked: z.number().int().min(0),
    skipped: z.array(note).describe("Files that were not checked."),
    partial: z.array(note).describe("Files that were checked in part."),
  }),
  baselined: z.number().int().min(0).describe("Findings left out because the baseline knows them."),
});

export type CheckResult = z.infer<typeof checkResultSchema>;

export function checkResult(report: CheckReport): CheckResult {
  return {
    schema_version: checkSchemaVersion,
    tool: { name: toolName, version: toolVersion },
    findings: report.findings.map((finding) => ({
      rule: finding.rule,
      level: finding.level,
      confidence: finding.confidence,
      message: finding.message,
      location: { uri: finding.uri, start: finding.start, end: finding.end },
      path: finding.steps.map(toStep),
      related: finding.related.map(toStep),
      fixes: finding.fixes.map(({ title }) => ({ title })),
      fingerprint: finding.fingerprint,
      suppressed: finding.suppressed !== undefined,
      ...(finding.suppressed?.reason ? { suppression_reason: finding.suppressed.reason } : {}),
    })),
    files: {
      checked: report.checked,
      skipped: report.skipped.map(({ uri, reason }) => ({ uri, reason })),
      partial: report.partial.map(({ uri, reason }) => ({ uri, reason })),
    },
    baselined: report.baselined,
  };
}

function toStep(
  step: CheckReport["findings"][number]["steps"][number],
): CheckResult["findings"][number]["path"][number] {
  return { uri: step.uri, line: step.start.line, column: step.start.column, message: step.message };
}

/** Ends in a line end. */
export function checkJson(report: CheckReport): string {
  return `${JSON.stringify(checkResult(report), null, 2)}\n`;
}
