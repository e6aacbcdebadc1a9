/** The report of a scan as SARIF 2.1.0 (OASIS), one run. */
import type { Location, Log, Notification, ReportingDescriptor, Result, WebRequest, WebResponse } from "sarif";
import { repositoryUrl, rulePageUrl } from "../analysis/rule-meta.js";
import {
  allFindings,
  type Exchange,
  type ScanFinding,
  type ScanResult,
  SEVERITIES,
  SEVERITY_SARIF,
} from "../scan/result.js";
import { compareScans } from "./compare.js";
import { markdownBlock, markdownText } from "./scan-markdown.js";
import { excerpt, visibleText } from "./scan-visible-text.js";

const EVIDENCE_LIMIT = 4_000;

/** `finding` is the most severe one of its id. */
function rule(finding: ScanFinding): ReportingDescriptor {
  const tags = ["security", "llm"];
  if (finding.cwe) tags.push(`external/cwe/${finding.cwe.toLowerCase()}`);
  for (const reference of [finding.owasp_llm, finding.owasp_api]) if (reference) tags.push(reference);
  const help = visibleText(finding.remediation) || "See the rule's page.";
  return {
    id: `scan/${finding.id}`,
    name: finding.id
      .split("-")
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join(""),
    shortDescription: { text: visibleText(finding.title) },
    helpUri: rulePageUrl(`scan/${finding.id}`),
    help: { text: help, markdown: markdownText(help) },
    defaultConfiguration: { level: SEVERITY_SARIF[finding.severity].level },
    properties: {
      tags,
      category: finding.category,
      "security-severity": SEVERITY_SARIF[finding.severity].security.toFixed(1),
    },
  };
}

/** The source line where it is known, else the endpoint itself. */
function location(finding: ScanFinding, result: ScanResult): Location {
  const endpoint = {
    name: result.endpoint.method,
    fullyQualifiedName: `${result.endpoint.method} ${result.target}`,
    kind: "resource",
  };
  const { location: source } = finding;
  const absolute = source ? /^[a-z][a-z0-9+.-]*:/i.test(source.uri) : true;
  const uri = source ? source.uri : result.target;
  return {
    physicalLocation: {
      artifactLocation: absolute
        ? { uri: encodeURI(decodeSafely(uri)) }
        : {
            uri: encodeURI(uri.replaceAll("\\", "/")).replaceAll("#", "%23").replaceAll("?", "%3F"),
            uriBaseId: "%SRCROOT%",
          },
      ...(source ? { region: { startLine: source.line } } : {}),
    },
    logicalLocations: [endpoint],
  };
}

/** A URI that is percent-encoded already must not be encoded twice. */
function decodeSafely(uri: string): string {
  try {
    return decodeURI(uri);
  } catch {
    return uri;
  }
}

function webExchange(exchange: Exchange): { webRequest: WebRequest; webResponse: WebResponse } {
  const headers = (all: Record<string, string>) =>
    Object.fromEntries(Object.entries(all).map(([name, value]) => [name, visibleText(value)]));
  const { request, response } = exchange;
  return {
    webRequest: {
      protocol: "HTTP",
      method: request.method,
      target: request.url,
      headers: headers(request.headers),
      ...(request.body === null ? {} : { body: { text: request.body } }),
    },
    webResponse: {
      statusCode: response.status,
      headers: headers(response.headers),
      body: { text: visibleText(excerpt(response.body, EVIDENCE_LIMIT).text) },
      noResponseReceived: response.status === 0,
    },
  };
}

function sarifResult(finding: ScanFinding, ruleIndex: number, result: ScanResult): Result {
  const { text, left } = excerpt(finding.evidence, EVIDENCE_LIMIT);
  const evidence = `${visibleText(text)}${left ? ` ... (${left} more characters)` : ""}`;
  const [first] = finding.exchanges;
  return {
    ruleId: `scan/${finding.id}`,
    ruleIndex,
    level: SEVERITY_SARIF[finding.severity].level,
    message: {
      text: `${visibleText(finding.title)}. ${evidence}`,
      markdown: `${markdownText(finding.title)}.\n\n${markdownBlock(evidence)}`,
    },
    locations: [location(finding, result)],
    partialFingerprints: { "spillcheckScan/v1": finding.fingerprint },
    ...(first ? webExchange(first) : {}),
    properties: {
      severity: finding.severity,
      "security-severity": SEVERITY_SARIF[finding.severity].security.toFixed(1),
      category: finding.category,
      verdict: finding.verdict,
      suspected: finding.suspected,
      ...(finding.probe ? { probe: finding.probe } : {}),
      ...(finding.hits ? { hits: finding.hits } : {}),
      compliance: finding.compliance.map(({ standard, reference }) => `${standard} ${reference}`),
    },
  };
}

function notifications(result: ScanResult): Notification[] {
  const note = (level: Notification["level"], text: string): Notification => ({
    level,
    message: { text: visibleText(text) },
  });
  return [
    ...result.inconclusive.map(({ title, reason }) => note("warning", `Inconclusive: ${title}: ${reason}`)),
    ...result.limits.map(({ name, detail, times }) => note("note", `Limit ${name} reached ${times} times: ${detail}`)),
    ...result.notes.map((text) => note("note", text)),
  ];
}

/**
 * The scan as a SARIF log. `ruleId` is `scan/<id>`; a finding without a source line stands at the endpoint's address. With
 * the scan before, each result has its `baselineState`, and what is fixed stands there as `absent`.
 */
export function scanSarifLog(result: ScanResult, options: { previous?: ScanResult } = {}): Log {
  const comparison = options.previous ? compareScans(options.previous, result) : undefined;
  const current = allFindings(result);
  const absent = comparison ? comparison.fixed : [];
  const added = new Set(comparison?.added.map(({ fingerprint }) => fingerprint));
  const ids = [...new Set([...current, ...absent].map(({ id }) => id))];
  const all = [...current, ...absent];
  const rules = ids.flatMap((id) => {
    const own = all.filter((finding) => finding.id === id);
    const worst = SEVERITIES.map((severity) => own.find((finding) => finding.severity === severity)).find(Boolean);
    return worst ? [rule(worst)] : [];
  });
  const state = (finding: ScanFinding): Result["baselineState"] =>
    added.has(finding.fingerprint) ? "new" : "unchanged";
  const started = new Date(result.started_at);
  const times = Number.isNaN(started.getTime())
    ? {}
    : {
        startTimeUtc: started.toISOString(),
        endTimeUtc: new Date(started.getTime() + result.duration_ms).toISOString(),
      };
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "SpillCheck",
            semanticVersion: result.tool.version,
            informationUri: repositoryUrl,
            rules,
          },
        },
        automationDetails: { id: `spillcheck/scan/${encodeURIComponent(result.target)}` },
        columnKind: "utf16CodeUnits",
        invocations: [{ executionSuccessful: true, ...times, toolExecutionNotifications: notifications(result) }],
        results: [
          ...current.map((finding) => ({
            ...sarifResult(finding, ids.indexOf(finding.id), result),
            ...(comparison ? { baselineState: state(finding) } : {}),
          })),
          ...absent.map((finding) => ({
            ...sarifResult(finding, ids.indexOf(finding.id), result),
            baselineState: "absent" as const,
          })),
        ],
        properties: {
          target: result.target,
          grade: result.grade,
          score: result.score,
          depth: result.depth,
          requests: result.requests.sent,
        },
      },
    ],
  };
}

/** The SARIF log as JSON text. */
export function renderScanSarif(result: ScanResult, options: { previous?: ScanResult } = {}): string {
  return `${JSON.stringify(scanSarifLog(result, options), null, 2)}\n`;
}
