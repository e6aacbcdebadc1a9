// The namespace import lets the bundler leave out what is unused: this schema is part of the report page too.
import * as z from "zod";

/** Version of the result's form; the first number changes when a reader of the old form would break. */
export const RESULT_SCHEMA_VERSION = "1.0";

/** The twelve categories, in the order in which reports show them. */
export const SCAN_CATEGORIES = [
  "llm_ai_security",
  "authentication",
  "bola",
  "bfla",
  "property_authorization",
  "input_validation",
  "rate_limiting",
  "data_exposure",
  "encryption",
  "ssrf",
  "inventory",
  "unsafe_consumption",
] as const;

export const scanCategorySchema = z.enum(SCAN_CATEGORIES);
export type ScanCategory = z.infer<typeof scanCategorySchema>;

/** Human names of the categories. */
export const CATEGORY_TITLES: Readonly<Record<ScanCategory, string>> = {
  llm_ai_security: "LLM security",
  authentication: "Authentication",
  bola: "Object-level authorisation",
  bfla: "Function-level authorisation",
  property_authorization: "Property-level exposure",
  input_validation: "Input validation",
  rate_limiting: "Rate limiting",
  data_exposure: "Data exposure",
  encryption: "Encryption",
  ssrf: "Server-side request forgery",
  inventory: "Inventory",
  unsafe_consumption: "Unsafe consumption",
};

export const SEVERITIES = ["critical", "high", "medium", "low", "info"] as const;
export const severitySchema = z.enum(SEVERITIES);
export type Severity = z.infer<typeof severitySchema>;

/** SARIF level and `security-severity` of each severity. */
export const SEVERITY_SARIF: Readonly<Record<Severity, { level: "error" | "warning" | "note"; security: number }>> = {
  critical: { level: "error", security: 9.5 },
  high: { level: "error", security: 8 },
  medium: { level: "warning", security: 5.5 },
  low: { level: "note", security: 3 },
  info: { level: "note", security: 0 },
};

export const gradeSchema = z.enum(["A", "B", "C", "D", "F"]);
export type Grade = z.infer<typeof gradeSchema>;

/** A stretch of a body that is the evidence: UTF-16 offsets into `body`, end exclusive. */
export const overlapSchema = z.object({
  start: z.int().min(0),
  end: z.int().min(0),
  /** What the stretch is: "shared with the known prompt", "nonce", "e-mail address", ... */
  label: z.string(),
});
export type Overlap = z.infer<typeof overlapSchema>;

/**
 * One request and its answer as evidence. Secrets of the caller are replaced by `[redacted]`, found secrets are
 * shortened; bodies are excerpts (at most some 2,000 characters). Everything in `response` is untrusted text.
 */
export const exchangeSchema = z.object({
  /** What this exchange was for: "attack", "control", "turn 2 of 5", ... */
  label: z.string(),
  request: z.object({
    method: z.string(),
    url: z.string(),
    headers: z.record(z.string(), z.string()),
    body: z.string().nullable(),
  }),
  response: z.object({
    /** 0 when no answer came; then `body` says why. */
    status: z.int(),
    headers: z.record(z.string(), z.string()),
    body: z.string(),
    /** True when `body` is not the whole body. */
    truncated: z.boolean(),
    overlaps: z.array(overlapSchema),
  }),
});
export type Exchange = z.infer<typeof exchangeSchema>;

/** Code that mends the finding, for one framework. */
export const remediationCodeSchema = z.object({
  framework: z.enum(["flask", "django", "fastapi", "nginx", "any"]),
  language: z.string(),
  code: z.string(),
});
export type RemediationCode = z.infer<typeof remediationCodeSchema>;

export const complianceSchema = z.object({
  /** "OWASP LLM 2025", "OWASP API 2023", "GDPR", "PCI-DSS", "SOC 2". */
  standard: z.string(),
  reference: z.string(),
  title: z.string(),
});
export type Compliance = z.infer<typeof complianceSchema>;

export const scanFindingSchema = z.object({
  /** Stable id of scan.md's table; SARIF's `ruleId` is `scan/<id>`. */
  id: z.string(),
  category: scanCategorySchema,
  severity: severitySchema,
  title: z.string(),
  /** One or two sentences with the very text that proves it. Untrusted: escape it. */
  evidence: z.string(),
  remediation: z.string(),
  remediation_code: z.array(remediationCodeSchema),
  /** Id of the probe that found it, or null for findings of passive checks. */
  probe: z.string().nullable(),
  /** "2/3": in how many of the tries the attack came through. */
  hits: z.string().nullable(),
  /** "confirmed" when the static analysis has a path on the same route. */
  verdict: z.enum(["confirmed", "live-only"]),
  /** True when the known prompt or a second measurement to prove it was missing. */
  suspected: z.boolean(),
  /** The source line, where the source is known. 1-based. */
  location: z.object({ uri: z.string(), line: z.int().min(1) }).nullable(),
  cwe: z.string().nullable(),
  owasp_llm: z.string().nullable(),
  owasp_api: z.string().nullable(),
  compliance: z.array(complianceSchema),
  exchanges: z.array(exchangeSchema),
  /** Whether the overall cap for critical findings leaves this one out (and why), e.g. on loopback. */
  uncapped: z.string().nullable(),
  /** Same finding on the same endpoint in two scans: same fingerprint. 16 hexadecimal digits. */
  fingerprint: z.string(),
});
export type ScanFinding = z.infer<typeof scanFindingSchema>;

/** "skipped" only when the user left the check out. */
export const categoryStatusSchema = z.enum(["complete", "inconclusive", "skipped"]);
export type CategoryStatus = z.infer<typeof categoryStatusSchema>;

export const categoryResultSchema = z.object({
  title: z.string(),
  /** 0-100; null when inconclusive or skipped. */
  score: z.number().min(0).max(100).nullable(),
  weight: z.number(),
  status: categoryStatusSchema,
  /** Why it is inconclusive or skipped; null when complete. */
  reason: z.string().nullable(),
  findings: z.array(scanFindingSchema),
});
export type CategoryResult = z.infer<typeof categoryResultSchema>;

/** A probe or test that the endpoint stood up to. */
export const withstoodSchema = z.object({
  category: scanCategorySchema,
  /** Finding id that would have been reported. */
  id: z.string(),
  probe: z.string().nullable(),
  title: z.string(),
  detail: z.string(),
  /** "0/3" */
  hits: z.string().nullable(),
});
export type Withstood = z.infer<typeof withstoodSchema>;

/** A probe or test that proved nothing either way. */
export const inconclusiveSchema = z.object({
  category: scanCategorySchema,
  id: z.string().nullable(),
  probe: z.string().nullable(),
  title: z.string(),
  reason: z.string(),
});
export type Inconclusive = z.infer<typeof inconclusiveSchema>;

export const requestCountsSchema = z.object({
  sent: z.int(),
  budget: z.int(),
  /** Keys: the categories and `baseline`. */
  by_check: z.record(z.string(), z.int()),
  /** Estimate over prompts sent and replies read, four characters a token. */
  tokens_estimate: z.int(),
  retried: z.int(),
});
export type RequestCounts = z.infer<typeof requestCountsSchema>;

/** A named limit that the endpoint ran into. */
export const limitHitSchema = z.object({
  /** Name of the limit, the key in `limits` of the scan options. */
  name: z.string(),
  value: z.number(),
  unit: z.string(),
  times: z.int(),
  detail: z.string(),
});
export type LimitHit = z.infer<typeof limitHitSchema>;

/** What the scan worked out about the endpoint, and from where. */
export const endpointInfoSchema = z.object({
  url: z.string(),
  method: z.string(),
  network: z.enum(["loopback", "private", "public"]),
  /** The body with `{{prompt}}`, or null when the prompt goes in the URL. */
  body_template: z.string().nullable(),
  content_type: z.string().nullable(),
  /** In `--reply-path` form. */
  reply_path: z.string().nullable(),
  /** "given", "openapi", "source", "tried": where the request shape came from. */
  shape_source: z.enum(["given", "source", "openapi", "tried", "none"]),
  /** Whether it answers as a model does: the baseline's conclusion. */
  model_endpoint: z.enum(["yes", "likely", "unclear", "no"]),
  /** Questions and answers of the benign baseline. Untrusted. */
  baseline: z.array(z.object({ prompt: z.string(), status: z.int(), reply: z.string() })),
});
export type EndpointInfo = z.infer<typeof endpointInfoSchema>;

export const scanResultSchema = z.object({
  schema_version: z.string(),
  tool: z.object({ name: z.string(), version: z.string() }),
  /** The URL as given, without user information and with secrets of its query removed. */
  target: z.string(),
  endpoint: endpointInfoSchema,
  depth: z.enum(["quick", "standard", "deep"]),
  /** ISO 8601, UTC. */
  started_at: z.string(),
  duration_ms: z.number(),
  /** 0-100; null when there is too little evidence. */
  score: z.number().min(0).max(100).nullable(),
  grade: gradeSchema.nullable(),
  /** Why the grade is what it is where that is not the bare average: a cap, or why there is none. */
  grade_reason: z.string().nullable(),
  category_breakdown: z.record(scanCategorySchema, categoryResultSchema),
  withstood: z.array(withstoodSchema),
  inconclusive: z.array(inconclusiveSchema),
  requests: requestCountsSchema,
  limits: z.array(limitHitSchema),
  /** Sentences for the reader: how the body shape was found, what was stopped at, ... */
  notes: z.array(z.string()),
});

/** What a scan returns; `--format json` prints it as it is. */
export type ScanResult = z.infer<typeof scanResultSchema>;

/** All findings of a result, the most severe first, then in category order. */
export function allFindings(result: ScanResult): ScanFinding[] {
  const findings = SCAN_CATEGORIES.flatMap((category) => result.category_breakdown[category].findings);
  return findings
    .map((finding, index) => ({ finding, index }))
    .sort(
      (a, b) => SEVERITIES.indexOf(a.finding.severity) - SEVERITIES.indexOf(b.finding.severity) || a.index - b.index,
    )
    .map(({ finding }) => finding);
}
