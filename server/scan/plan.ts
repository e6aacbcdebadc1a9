import type { Depth, ScanOptions } from "./options.js";
import { probesFor, requestsOf } from "./probes/schema.js";
import { CATEGORY_TITLES, SCAN_CATEGORIES, type ScanCategory, type ScanFinding } from "./result.js";
import { secretsInRequest } from "./target/request-secrets.js";
import { PROMPT } from "./target/shape.js";
import type { Resolved } from "./transport/network.js";
import { Redactor } from "./transport/redact.js";

/** What a scan would do, before anything is sent. */
export interface ScanPlan {
  /** Redacted URL. */
  target: string;
  /** `host:port`; the key under which consent is remembered. */
  host: string;
  method: string;
  network: "loopback" | "private" | "public";
  /** Addresses the name stood for when planned; the scan connects to these and no others, unless a proxy is set. */
  addresses: string[];
  depth: Depth;
  checks: { category: ScanCategory; title: string; requests: number }[];
  probes: { id: string; title: string; phrasings: number }[];
  /** Upper bounds. */
  requests: number;
  tokens: number;
  /** True when the target is not loopback. */
  needsConsent: boolean;
  notes: string[];
}

/** Progress of a running scan. `done` and `total` count requests; `total` is the plan's upper bound. */
export type ScanEvent =
  | {
      kind: "phase";
      phase: "connect" | "baseline" | "checks" | "rate" | "score";
      message: string;
      done: number;
      total: number;
    }
  | { kind: "request"; category: string; status: number; ms: number; done: number; total: number }
  | {
      kind: "probe";
      probe: string;
      title: string;
      outcome: "hit" | "withstood" | "inconclusive";
      hits: string;
      done: number;
      total: number;
    }
  | {
      kind: "check";
      category: ScanCategory;
      status: "complete" | "inconclusive" | "skipped";
      findings: number;
      done: number;
      total: number;
    }
  /** How the endpoint is asked, and what it replied to the first question; once, before the checks. */
  | { kind: "shape"; note: string; reply: string; done: number; total: number }
  | { kind: "finding"; finding: ScanFinding; done: number; total: number };

/** Requests that each check sends at most, beside those of the LLM probes. */
const CHECK_REQUESTS: Readonly<Record<ScanCategory, number>> = {
  // Two ordinary questions asked once more, and the plain ask of the probes three times.
  llm_ai_security: 5,
  authentication: 6,
  bola: 12,
  bfla: 10,
  property_authorization: 0,
  input_validation: 14,
  rate_limiting: 12,
  data_exposure: 0,
  encryption: 3,
  ssrf: 3,
  inventory: 21,
  unsafe_consumption: 2,
};
/** Looking for the shape of the request, and the baseline. */
const DISCOVERY_REQUESTS = 36;
const TOKENS_PER_REQUEST = 600;
const LONG_PROMPT_TOKENS = 6_000;

/** The checks that a scan runs: those chosen, or all. */
export function selectedChecks(options: ScanOptions): ScanCategory[] {
  return SCAN_CATEGORIES.filter((category) => options.checks.length === 0 || options.checks.includes(category));
}

/** True when the prompt goes into the address alone. */
function asksByAddress({ url, bodyTemplate, knowledge }: ScanOptions): boolean {
  return bodyTemplate === undefined && (url.includes(PROMPT) || knowledge.bodyKind === "query");
}

export function makePlan(options: ScanOptions, url: URL, resolved: Resolved): ScanPlan {
  const selected = selectedChecks(options);
  const probes = selected.includes("llm_ai_security") ? probesFor(options.depth, options.userProbes) : [];
  // Where a request opens a conversation, each phrasing begins one.
  const openings = options.session === undefined ? 0 : options.csrf === undefined ? 1 : 2;
  const probeRequests = probes.reduce(
    (sum, probe) => sum + requestsOf(probe) + openings * (probe.control.length + probe.variants.length),
    0,
  );
  // Each identity's session, two messages of the first, one of the second, and one to nobody's.
  const sessionRequests = options.secret2 === undefined ? 0 : 4 + 2 * openings;
  const checks = selected.map((category) => ({
    category,
    title: CATEGORY_TITLES[category],
    requests:
      CHECK_REQUESTS[category] +
      (category === "llm_ai_security" ? probeRequests : category === "bola" ? sessionRequests : 0),
  }));
  const wanted = DISCOVERY_REQUESTS + checks.reduce((sum, check) => sum + check.requests, 0);
  const requests = Math.min(options.maxRequests ?? wanted, wanted);
  return {
    target: new Redactor([options.secret, options.secret2, ...secretsInRequest(options)]).url(url),
    host: `${url.hostname}:${url.port || (url.protocol === "https:" ? "443" : "80")}`,
    method: options.method ?? (asksByAddress(options) ? "GET" : "POST"),
    network: resolved.network,
    addresses: resolved.addresses,
    depth: options.depth,
    checks,
    probes: probes.map((probe) => ({ id: probe.id, title: probe.title, phrasings: probe.variants.length })),
    requests,
    tokens: requests * TOKENS_PER_REQUEST + (selected.includes("input_validation") ? LONG_PROMPT_TOKENS : 0),
    needsConsent: resolved.network !== "loopback",
    notes: [
      "Only text is sent; no request is meant to change or delete anything.",
      ...(requests < wanted
        ? [
            `The budget of ${requests} requests is below the ${wanted} that all checks may need; some may stay inconclusive.`,
          ]
        : []),
    ],
  };
}
