import type { Baseline } from "./baseline.js";
import type { Detectors } from "./detect/index.js";
import { makeExchange, type Needle } from "./evidence.js";
import { type FindingDraft, findingKind, makeFinding } from "./findings.js";
import type { Operation } from "./openapi/document.js";
import type { ScanOptions } from "./options.js";
import type { ScanEvent } from "./plan.js";
import type { NonceSource } from "./probes/nonce.js";
import type { Exchange, Inconclusive, ScanCategory, ScanFinding, Withstood } from "./result.js";
import type { Answer } from "./target/answer.js";
import type { Endpoint } from "./target/endpoint.js";
import type { HttpClient, HttpReply } from "./transport/client.js";
import type { Network } from "./transport/network.js";
import type { Redactor } from "./transport/redact.js";

/** A reply that the detectors read at the end. */
export interface Recorded {
  /** `ordinary` and `malformed` belong to data exposure, `probe` to the model's output. */
  kind: "ordinary" | "malformed" | "probe";
  http: HttpReply;
  /** Decoded text of the body. */
  text: string;
  /** The reply's text alone, where one was found. */
  reply: string;
  /** What was asked, in the words that were sent. */
  asked: string;
  probe: string | null;
}

/** The end of a check. */
export interface CheckEnd {
  status: "complete" | "inconclusive";
  reason: string | null;
}

export const COMPLETE: CheckEnd = { status: "complete", reason: null };
export function inconclusive(reason: string): CheckEnd {
  return { status: "inconclusive", reason };
}

/** How much of one reply the detectors read at the end. */
const KEPT_CHARACTERS = 1_000_000;

/** Everything that checks share in one scan. */
export class ScanContext {
  readonly findings: ScanFinding[] = [];
  readonly withstood: Withstood[] = [];
  readonly undecided: Inconclusive[] = [];
  readonly recorded: Recorded[] = [];
  readonly notes = new Set<string>();
  private anonymousAnswer: Promise<Answer> | null = null;

  constructor(
    readonly options: ScanOptions,
    readonly url: URL,
    readonly network: Network,
    readonly client: HttpClient,
    readonly endpoint: Endpoint,
    readonly baseline: Baseline,
    readonly detectors: Detectors,
    readonly redactor: Redactor,
    readonly nonces: NonceSource,
    /** Operations of the OpenAPI document, where there is one. */
    readonly operations: readonly Operation[],
    /** Paths that were asked for while looking for the document. */
    readonly fetched: ReadonlyMap<string, HttpReply>,
    readonly emit: (event: ScanEvent) => void,
    readonly total: number,
  ) {}

  get loopback(): boolean {
    return this.network === "loopback";
  }

  get progress(): { done: number; total: number } {
    return { done: this.client.counters.sent, total: Math.max(this.total, this.client.counters.sent) };
  }

  /** Reports a finding; the same id about the same subject only once. */
  find(draft: FindingDraft): void {
    const { knowledge } = this.options;
    const location = knowledge.locations[draft.id] ?? knowledge.locations["*"] ?? null;
    const endpoint = `${this.url.origin}${this.url.pathname}`;
    const finding = makeFinding(draft, endpoint, { location, confirmed: knowledge.confirmedBy.includes(draft.id) });
    if (this.findings.some((known) => known.fingerprint === finding.fingerprint)) return;
    this.findings.push(finding);
    this.emit({ kind: "finding", finding, ...this.progress });
  }

  /** Notes that the endpoint stood up to a test. */
  stood(id: string, detail: string, extra: { probe?: string; hits?: string; title?: string } = {}): void {
    const kind = findingKind(id);
    this.withstood.push({
      category: kind.category,
      id,
      probe: extra.probe ?? null,
      title: extra.title ?? kind.title,
      detail,
      hits: extra.hits ?? null,
    });
  }

  /** Notes a test that proved nothing. */
  undecide(category: ScanCategory, title: string, reason: string, extra: { id?: string; probe?: string } = {}): void {
    this.undecided.push({ category, id: extra.id ?? null, probe: extra.probe ?? null, title, reason });
  }

  exchange(label: string, http: HttpReply, needles: readonly Needle[] = [], readable = ""): Exchange {
    return makeExchange(label, http, this.redactor, needles, readable);
  }

  record(kind: Recorded["kind"], answer: Answer, probe: string | null = null): void {
    this.recorded.push({
      kind,
      http: answer.http,
      text: answer.extracted.everything.slice(0, KEPT_CHARACTERS),
      reply: answer.extracted.text,
      asked: answer.prompt,
      probe,
    });
  }

  recordHttp(kind: Recorded["kind"], http: HttpReply, asked = ""): void {
    this.recorded.push({ kind, http, text: http.text.slice(0, KEPT_CHARACTERS), reply: "", asked, probe: null });
  }

  /** The arithmetic question of the baseline asked without any credentials; sent once. */
  anonymous(prompt: string): Promise<Answer> {
    this.anonymousAnswer ??= this.endpoint.ask(prompt, { check: "authentication", identity: "nobody" });
    return this.anonymousAnswer;
  }
}
