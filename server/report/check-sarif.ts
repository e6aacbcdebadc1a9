/** The result of a check as SARIF 2.1.0 (OASIS standard, 2020), one run. */
import type {
  ArtifactLocation,
  Fix,
  Location,
  Log,
  Notification,
  ReportingDescriptor,
  Result,
  ToolComponent,
} from "sarif";
import type { Level } from "../analysis/finding.js";
import { pageOf, type RuleMeta, repositoryUrl } from "../analysis/rule-meta.js";
import { fingerprintName, toolName, toolVersion } from "../analysis/version.js";
import type { CheckReport, ReportFinding, ReportFix, ReportPlace, ReportStep } from "./check-report.js";

const schemaUri = "https://json.schemastore.org/sarif-2.1.0.json";

const sarifLevels = { error: "error", warning: "warning", info: "note", hint: "note" } as const;

/** @param rules the whole registry: a viewer shows what was looked for as well */
export function checkSarif(report: CheckReport, rules: readonly RuleMeta[]): string {
  return `${JSON.stringify(sarifLog(report, rules), null, 2)}\n`;
}

export function sarifLog(report: CheckReport, rules: readonly RuleMeta[]): Log {
  const known = new Set(rules.map((rule) => rule.id));
  const others = [...new Set(report.findings.map((finding) => finding.rule))].filter((id) => !known.has(id)).sort();
  const descriptors = [...rules.map(descriptor), ...others.map(bareDescriptor)];
  const index = new Map(descriptors.map((rule, i) => [rule.id, i]));
  const cwe = cweTaxonomy(rules);
  return {
    $schema: schemaUri,
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: toolName,
            version: toolVersion,
            semanticVersion: toolVersion,
            informationUri: repositoryUrl,
            rules: descriptors,
            supportedTaxonomies: [{ name: cwe.name, index: 0 }],
          },
        },
        automationDetails: { id: "spillcheck/check/" },
        // Without its address: where somebody's checkout lies is nobody else's business, and results stay comparable.
        originalUriBaseIds: { "%SRCROOT%": { description: { text: "The working directory of the check." } } },
        columnKind: "utf16CodeUnits",
        taxonomies: [cwe],
        invocations: [{ executionSuccessful: true, toolExecutionNotifications: notifications(report) }],
        results: report.findings.map((finding) => result(finding, index.get(finding.rule) ?? 0)),
      },
    ],
  };
}

function result(finding: ReportFinding, ruleIndex: number): Result {
  const out: Result = {
    ruleId: finding.rule,
    ruleIndex,
    level: sarifLevels[finding.level],
    message: { text: finding.message },
    locations: [location(finding)],
    partialFingerprints: { [fingerprintName]: finding.fingerprint },
    properties: { level: finding.level, confidence: finding.confidence },
  };
  if (finding.steps.length > 0) {
    out.codeFlows = [
      {
        message: { text: "From source to sink" },
        threadFlows: [{ locations: finding.steps.map((step) => ({ location: stepLocation(step) })) }],
      },
    ];
  }
  if (finding.related.length > 0) {
    out.relatedLocations = finding.related.map((step, i) => ({ id: i + 1, ...stepLocation(step) }));
  }
  const fixes = finding.fixes.filter((fix) => fix.edits.length > 0);
  if (fixes.length > 0) out.fixes = fixes.map(sarifFix);
  if (finding.suppressed) {
    const justification = finding.suppressed.reason;
    out.suppressions = [{ kind: "inSource", status: "accepted", ...(justification ? { justification } : {}) }];
  } else {
    // Once one result says so, all have to (3.27.23): an empty list means "known not to be suppressed".
    out.suppressions = [];
  }
  return out;
}

function artifact(place: { uri: string }): ArtifactLocation {
  return place.uri.startsWith("file:") ? { uri: place.uri } : { uri: place.uri, uriBaseId: "%SRCROOT%" };
}

function region(place: ReportPlace) {
  return {
    startLine: place.start.line,
    startColumn: place.start.column,
    endLine: place.end.line,
    endColumn: place.end.column,
  };
}

function location(place: ReportPlace): Location {
  return { physicalLocation: { artifactLocation: artifact(place), region: region(place) } };
}

function stepLocation(step: ReportStep): Location {
  return { ...location(step), message: { text: step.message } };
}

function sarifFix(fix: ReportFix): Fix {
  const uris = [...new Set(fix.edits.map((edit) => edit.uri))];
  return {
    description: { text: fix.title },
    artifactChanges: uris.map((uri) => ({
      artifactLocation: artifact({ uri }),
      replacements: fix.edits
        .filter((edit) => edit.uri === uri)
        .map((edit) => ({ deletedRegion: region(edit), insertedContent: { text: edit.text } })),
    })),
  };
}

function notifications(report: CheckReport): Notification[] {
  const make = (level: "warning" | "note", what: string) => (note: { uri: string; path: string; reason: string }) => ({
    level,
    message: { text: `${note.path} was ${what}: ${note.reason}` },
    locations: [{ physicalLocation: { artifactLocation: artifact(note) } }],
  });
  return [
    ...report.skipped.map(make("warning", "not checked")),
    ...report.partial.map(make("note", "checked in part")),
  ];
}

function descriptor(rule: RuleMeta): ReportingDescriptor {
  return {
    id: rule.id,
    name: pascalCase(rule.id),
    shortDescription: { text: rule.summary },
    fullDescription: { text: rule.summary },
    helpUri: pageOf(rule),
    help: { text: plainText(rule.helpMarkdown), markdown: rule.helpMarkdown },
    defaultConfiguration: { enabled: rule.preset === "recommended", level: sarifLevels[rule.level] },
    relationships: rule.cwe.map((id) => ({
      target: { id: String(id), toolComponent: { name: "CWE", index: 0 } },
      kinds: ["superset"],
    })),
    properties: {
      tags: tagsOf(rule),
      // Without a severity a rule is no security rule to code scanning services.
      ...(rule.securitySeverity > 0 ? { "security-severity": rule.securitySeverity.toFixed(1) } : {}),
      "problem.severity": problemSeverity(rule.level),
      ...(rule.compliance.length > 0 ? { compliance: [...rule.compliance] } : {}),
    },
  };
}

/** For findings of the tool itself and of the user's own rules. */
function bareDescriptor(id: string): ReportingDescriptor {
  return { id, name: pascalCase(id), shortDescription: { text: id }, properties: { tags: ["security"] } };
}

function tagsOf(rule: RuleMeta): string[] {
  const cwe = rule.cwe.map((id) => `external/cwe/cwe-${String(id).padStart(3, "0")}`);
  const owasp = [
    ...rule.owaspLlm.map((entry) => `OWASP-LLM-2025/${entry}`),
    ...rule.owaspApi.map((entry) => `OWASP-API-2023/${entry}`),
  ];
  return [...new Set([...(rule.securitySeverity > 0 ? ["security"] : []), ...rule.tags, ...cwe, ...owasp])];
}

function problemSeverity(level: Level): string {
  return level === "error" || level === "warning" ? level : "recommendation";
}

function cweTaxonomy(rules: readonly RuleMeta[]): ToolComponent {
  const ids = [...new Set(rules.flatMap((rule) => rule.cwe))].sort((a, b) => a - b);
  return {
    name: "CWE",
    organization: "MITRE",
    shortDescription: { text: "The MITRE Common Weakness Enumeration" },
    informationUri: "https://cwe.mitre.org/",
    isComprehensive: false,
    taxa: ids.map((id) => ({ id: String(id), helpUri: `https://cwe.mitre.org/data/definitions/${id}.html` })),
  };
}

function pascalCase(id: string): string {
  return id
    .split(/[-/]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}

/** Markdown without its marks, for viewers that show text only. */
function plainText(markdown: string): string {
  return markdown
    .replace(/^```.*$/gm, "")
    .replace(/^#+ /gm, "")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[`*]/g, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
