import { setMaxListeners } from "node:events";
import { toolVersion } from "../analysis/version.js";
import { BASELINE_REQUESTS, takeBaseline } from "./baseline.js";
import { checkAuthentication } from "./checks/authentication.js";
import { checkConsumption } from "./checks/consumption.js";
import { checkEncryption } from "./checks/encryption.js";
import { checkExposure } from "./checks/exposure.js";
import { checkInput } from "./checks/input.js";
import { checkFunctions, checkInventory } from "./checks/inventory.js";
import { checkLlm } from "./checks/llm.js";
import { checkObjects } from "./checks/objects.js";
import { promptBeside } from "./checks/prompt-beside.js";
import { checkProperties } from "./checks/properties.js";
import { checkRate, rateLimitHeader } from "./checks/rate.js";
import { checkSsrf } from "./checks/ssrf.js";
import { type CheckEnd, inconclusive, ScanContext } from "./context.js";
import { isCredentialHeader } from "./credential-header.js";
import { Detectors } from "./detect/index.js";
import { ScanError } from "./errors.js";
import { choiceNote, shapesFor } from "./openapi/choose.js";
import { type FoundDocument, findDocument } from "./openapi/find.js";
import type { ScanOptions } from "./options.js";
import { readOutputs } from "./output.js";
import { makePlan, type ScanEvent, type ScanPlan, selectedChecks } from "./plan.js";
import { NonceSource } from "./probes/nonce.js";
import {
  CATEGORY_TITLES,
  RESULT_SCHEMA_VERSION,
  SCAN_CATEGORIES,
  type ScanCategory,
  type ScanResult,
} from "./result.js";
import { type CategoryOutcome, scoreScan } from "./score.js";
import { type Discovery, discover } from "./target/discover.js";
import { formatReplyPath } from "./target/reply.js";
import { secretsInRequest } from "./target/request-secrets.js";
import { type TraceEntry, traceOf } from "./trace.js";
import { fatal, HttpClient, type HttpReply } from "./transport/client.js";
import { type JournalStore, ReplyJournal } from "./transport/journal.js";
import { parseTarget, resolveTarget } from "./transport/network.js";
import { Redactor } from "./transport/redact.js";
import { warmUp } from "./warm-up.js";

export interface RunHooks {
  signal?: AbortSignal;
  onProgress?: (event: ScanEvent) => void;
  consent?: (plan: ScanPlan) => boolean | Promise<boolean>;
  journal?: JournalStore;
  trace?: (entry: TraceEntry) => void;
}

/** Every request in flight listens for the abort; that many are no leak. */
export function abortable(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/** Everything of a scan that lasts as long as it runs. */
interface Running {
  options: ScanOptions;
  plan: ScanPlan;
  url: URL;
  client: HttpClient;
  controller: AbortController;
  emit: (event: ScanEvent) => void;
  /** `silent`: how many requests, up to the last, got no answer at all. */
  seen: { tooMany: boolean; limitHeader: string | null; silent: number };
}

/** Plans, asks for consent, scans and scores. See `runScan` in index.ts. */
export async function scan(options: ScanOptions, hooks: RunHooks): Promise<ScanResult> {
  const started = new Date();
  const clock = performance.now();
  const detectors = await Detectors.create(options.userPatterns);
  const url = parseTarget(options.url);
  const resolved = await resolveTarget(url);
  const plan = makePlan(options, url, resolved);
  const controller = abortable();
  const cancelled = () => controller.abort(new ScanError("cancelled", "The scan was cancelled."));
  if (hooks.signal?.aborted) cancelled();
  hooks.signal?.addEventListener("abort", cancelled, { once: true });
  if (plan.needsConsent && !(await hooks.consent?.(plan))) throw noConsent(plan);
  if (controller.signal.aborted) throw controller.signal.reason;

  const client = new HttpClient(options, url, resolved, plan.requests, controller.signal);
  const running: Running = {
    options,
    plan,
    url,
    client,
    controller,
    emit: (event) => hooks.onProgress?.(event),
    seen: { tooMany: false, limitHeader: null, silent: 0 },
  };
  const journal = hooks.journal ? new ReplyJournal(hooks.journal, options) : null;
  client.journal = journal;
  if (journal) running.options = { ...options, seed: journal.seed };
  const redactor = redactorOf(options);
  client.onReply = (reply) => {
    watch(running, reply);
    hooks.trace?.(traceOf(reply, redactor));
  };
  try {
    const { context, outcomes, discovery } = await runPhases(running, detectors);
    if (journal && journal.replayed > 0)
      context.notes.add(`Resumed: ${journal.replayed} replies were taken from the interrupted scan.`);
    hooks.journal?.done();
    return assemble(running, context, outcomes, discovery, started, performance.now() - clock);
  } finally {
    hooks.signal?.removeEventListener("abort", cancelled);
    await client.close();
  }
}

/**
 * Gets the API document and finds out how to ask the endpoint, side by side.
 * @throws ScanError "bad-option" for an API document given that is none; then nothing was sent
 */
export async function findWay(
  options: ScanOptions,
  client: HttpClient,
  url: URL,
): Promise<{ found: FoundDocument; discovery: Discovery }> {
  const finding = findDocument(options, client, url);
  if (options.openapi && "text" in options.openapi) await finding;
  const documented = finding.then((found) => shapesFor(found.document?.operations ?? [], options.method, url));
  const [found, , discovery] = await Promise.all([finding, documented, discover(client, options, url, documented)]);
  if (discovery.source !== "openapi") return { found, discovery };
  const note = choiceNote(found.document?.operations ?? [], discovery.endpoint.shape, url);
  return { found: note === "" ? found : { ...found, notes: [...found.notes, note] }, discovery };
}

/** The error for a target that nobody consented to. */
export function noConsent(plan: ScanPlan): ScanError {
  return new ScanError(
    "no-consent",
    `${plan.host} is not on this machine, and scanning it needs your consent once (--yes); scan only what you may.`,
  );
}

/** Knows every secret that the options hold: the identities' own, and those written into headers, address and body. */
export function redactorOf(options: ScanOptions): Redactor {
  const inHeaders = Object.entries(options.headers)
    .filter(([name]) => isCredentialHeader(name) || /csrf|xsrf/i.test(name))
    .map(([, value]) => value.replace(/^(Bearer|Basic|Token)\s+/i, ""));
  return new Redactor([options.secret, options.secret2, ...inHeaders, ...secretsInRequest(options)]);
}

function watch(running: Running, reply: HttpReply): void {
  const { seen, client, plan } = running;
  if (reply.status === 429) seen.tooMany = true;
  seen.limitHeader ??= rateLimitHeader(reply.headers);
  if (reply.status > 0) seen.silent = 0;
  else if (reply.failure?.kind !== "budget") seen.silent++;
  running.emit({
    kind: "request",
    category: reply.request.check,
    status: reply.status,
    ms: Math.round(reply.ms),
    done: client.counters.sent,
    total: Math.max(plan.requests, client.counters.sent),
  });
}

async function runPhases(
  running: Running,
  detectors: Detectors,
): Promise<{ context: ScanContext; outcomes: Record<ScanCategory, CategoryOutcome>; discovery: Discovery }> {
  const { options, plan, url, client, emit } = running;
  const progress = () => ({ done: client.counters.sent, total: Math.max(plan.requests, client.counters.sent) });
  emit({ kind: "phase", phase: "connect", message: `Looking for the way to ask ${plan.host}`, ...progress() });
  // By then the first requests are on their way.
  const warming = setTimeout(warmUp, 20, detectors);
  const { found, discovery } = await findWay(options, client, url).finally(() => clearTimeout(warming));
  const operations = found.document?.operations ?? [];
  const replies = discovery.answers.map((answer) => answer.http);
  const failure = replies.every((http) => http.status === 0) ? replies[0]?.failure : null;
  if (
    failure &&
    ["unreachable", "not-http", "certificate", "client-certificate", "reset", "headers"].includes(failure.kind)
  ) {
    if (failure.kind !== "headers") throw fatal(failure);
  }
  emit({
    kind: "phase",
    phase: "baseline",
    message: `Asking ${BASELINE_REQUESTS + 1} ordinary questions`,
    ...progress(),
  });
  const baseline = await takeBaseline(discovery);
  const redactor = redactorOf(options);
  const context = new ScanContext(
    options,
    scannedAddress(discovery, url),
    plan.network,
    client,
    discovery.endpoint,
    baseline,
    detectors,
    redactor,
    new NonceSource(options.seed),
    operations,
    found.replies,
    emit,
    plan.requests,
  );
  for (const note of found.notes) context.notes.add(note);
  for (const answer of baseline.answers) context.record("ordinary", answer);
  for (const answer of discovery.answers)
    if (!baseline.answers.includes(answer) && answer.http.status > 0) context.record("malformed", answer);
  // What is needed of them is recorded; the rest is memory.
  discovery.answers.length = 0;

  const first = baseline.answers.find((answer) => answer.ok)?.extracted.text ?? "";
  context.hitsIn(first);
  const reply = context.mask().text(redactor.text(first)).slice(0, 200);
  emit({ kind: "shape", note: shapeNote(discovery), reply, ...progress() });
  emit({ kind: "phase", phase: "checks", message: "Running the checks and probes", ...progress() });
  const ends = await runChecks(context, running);
  return { context, outcomes: outcomesOf(context, ends, options), discovery };
}

/** The address that the checks are about: the one given, or that of the operation which was chosen below it. */
function scannedAddress({ source, endpoint }: Discovery, url: URL): URL {
  const asked = new URL(endpoint.shape.url.replace(/\?.*$/s, ""));
  return source === "openapi" && asked.pathname !== url.pathname ? asked : url;
}

async function runChecks(ctx: ScanContext, running: Running): Promise<Map<ScanCategory, CheckEnd>> {
  const selected = new Set(selectedChecks(ctx.options));
  const ends = new Map<ScanCategory, CheckEnd>();
  const run = async (category: ScanCategory, check: () => Promise<CheckEnd> | CheckEnd) => {
    if (!selected.has(category)) return;
    const end = await check();
    ends.set(category, end);
    const findings = ctx.findings.filter((finding) => finding.category === category).length;
    ctx.emit({ kind: "check", category, status: end.status, findings, ...ctx.progress });
  };
  await Promise.all([
    run("llm_ai_security", () => checkLlm(ctx)),
    run("authentication", () => checkAuthentication(ctx)),
    run("encryption", () => checkEncryption(ctx)),
    run("property_authorization", () => checkProperties(ctx)),
    run("inventory", () => checkInventory(ctx)),
    run("bfla", () => checkFunctions(ctx)),
    run("input_validation", () => checkInput(ctx)),
    run("unsafe_consumption", () => checkConsumption(ctx)),
    run("ssrf", () => checkSsrf(ctx)),
    run("bola", () => checkObjects(ctx)),
  ]);
  let exposed = new Set<string>();
  await run("data_exposure", () => {
    const result = checkExposure(ctx);
    exposed = result.exposed;
    return result.end;
  });
  if (selected.has("llm_ai_security")) {
    promptBeside(ctx);
    readOutputs(ctx, exposed);
  }
  ctx.emit({ kind: "phase", phase: "rate", message: "Testing for a rate limit", ...ctx.progress });
  await run("rate_limiting", () => checkRate(ctx, running.seen.tooMany, running.seen.limitHeader));
  return ends;
}

function outcomesOf(
  ctx: ScanContext,
  ends: ReadonlyMap<ScanCategory, CheckEnd>,
  options: ScanOptions,
): Record<ScanCategory, CategoryOutcome> {
  const selected = new Set(selectedChecks(options));
  const outcome = (category: ScanCategory): CategoryOutcome => {
    const findings = ctx.findings.filter((finding) => finding.category === category);
    if (!selected.has(category)) return { status: "skipped", reason: "left out by the choice of checks", findings };
    const end = ends.get(category) ?? inconclusive("it was not run");
    if (end.status === "inconclusive" && !ctx.undecided.some((item) => item.category === category))
      ctx.undecide(category, `${CATEGORY_TITLES[category]} (the whole check)`, end.reason ?? "");
    return { ...end, findings };
  };
  return {
    llm_ai_security: outcome("llm_ai_security"),
    authentication: outcome("authentication"),
    bola: outcome("bola"),
    bfla: outcome("bfla"),
    property_authorization: outcome("property_authorization"),
    input_validation: outcome("input_validation"),
    rate_limiting: outcome("rate_limiting"),
    data_exposure: outcome("data_exposure"),
    encryption: outcome("encryption"),
    ssrf: outcome("ssrf"),
    inventory: outcome("inventory"),
    unsafe_consumption: outcome("unsafe_consumption"),
  };
}

/** So many requests without an answer at the end are no accident. */
const SILENCE = 6;

function assemble(
  running: Running,
  ctx: ScanContext,
  outcomes: Record<ScanCategory, CategoryOutcome>,
  discovery: Discovery,
  started: Date,
  ms: number,
): ScanResult {
  const { options, plan, client } = running;
  const { endpoint } = discovery;
  running.emit({ kind: "phase", phase: "score", message: "Scoring", ...ctx.progress });
  const { score, grade, reason, breakdown } = scoreScan(outcomes);
  for (const category of SCAN_CATEGORIES)
    breakdown[category].findings.sort((a, b) => a.id.localeCompare(b.id) || a.fingerprint.localeCompare(b.fingerprint));
  const mask = ctx.mask();
  for (const category of SCAN_CATEGORIES)
    breakdown[category].findings = breakdown[category].findings.map((finding) => mask.finding(finding));
  const shown = (text: string | null) => (text === null ? null : ctx.redactor.text(text));
  if (running.seen.silent >= SILENCE)
    ctx.notes.add(`The last ${running.seen.silent} requests got no answer: the endpoint went down during the scan.`);
  const notes = [shapeNote(discovery), ...ctx.notes, ...client.notes];
  return {
    schema_version: RESULT_SCHEMA_VERSION,
    tool: { name: "spillcheck", version: toolVersion },
    target: plan.target,
    endpoint: {
      url: ctx.redactor.url(endpoint.shape.url),
      method: endpoint.shape.method,
      network: plan.network,
      body_template: shown(endpoint.shape.bodyTemplate),
      content_type: endpoint.shape.contentType,
      reply_path: replyPathOf(ctx),
      shape_source: discovery.source,
      model_endpoint: ctx.baseline.model,
      baseline: ctx.baseline.answers.map((answer) => ({
        prompt: answer.prompt,
        status: answer.http.status,
        reply: mask.text(ctx.redactor.text(answer.extracted.text)).slice(0, 1_000),
      })),
    },
    depth: options.depth,
    started_at: started.toISOString(),
    duration_ms: Math.round(ms),
    score,
    grade,
    grade_reason: reason,
    category_breakdown: breakdown,
    withstood: ctx.withstood.map((entry) => ({ ...entry, detail: mask.text(entry.detail) })),
    inconclusive: ctx.undecided.map((entry) => ({ ...entry, reason: mask.text(entry.reason) })),
    requests: {
      sent: client.counters.sent,
      budget: plan.requests,
      by_check: client.counters.byCheck,
      tokens_estimate: Math.round(client.counters.characters / 4),
      retried: client.counters.retried,
    },
    limits: client.limitHits,
    notes: notes.filter((note) => note !== ""),
  };
}

function replyPathOf(ctx: ScanContext): string | null {
  const at = ctx.endpoint.replyPath ?? ctx.baseline.answers.find((answer) => answer.ok)?.extracted.at ?? null;
  return at ? formatReplyPath(at) : null;
}

/** How the request's shape was found, in one sentence. */
export function shapeNote(discovery: Discovery): string {
  const { shape } = discovery.endpoint;
  const where =
    shape.bodyTemplate === null
      ? `${shape.method} with the parameter "${shape.key}"`
      : `${shape.method} with the field "${shape.key}"`;
  switch (discovery.source) {
    case "given":
      return "The request's shape was given.";
    case "source":
      return `The request's shape (${where}) was taken from the source code.`;
    case "openapi":
      return `The request's shape (${where}) was taken from the API document.`;
    case "tried":
      return `The request's shape (${where}) was found by trying the common ones.`;
    case "none":
      return `No shape of request was answered: ${discovery.why}. ${discovery.advice}`;
  }
}
