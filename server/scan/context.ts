import type { Baseline } from "./baseline.js";
import type { Detectors, Hit } from "./detect/index.js";
import { makeExchange, type Needle } from "./evidence.js";
import { type FindingDraft, findingKind, makeFinding } from "./findings.js";
import { Mask } from "./mask.js";
import type { Operation } from "./openapi/document.js";
import type { ScanOptions } from "./options.js";
import type { ScanEvent } from "./plan.js";
import type { NonceSource } from "./probes/nonce.js";
import type { Exchange, Inconclusive, ScanCategory, ScanFinding, Withstood } from "./result.js";
import type { Answer } from "./target/answer.js";
import type { Endpoint } from "./target/endpoint.js";
import { copyOf } from "./target/text.js";
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
  /** True for the plain ask that a probe sends first. */
  plain: boolean;
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

/** How much of a raw body is kept for evidence once its text has been read. */
const EVIDENCE_CHARACTERS = 8_000;
/** How much of each reply is kept once `keptCharacters` are. */
const LEAST_KEPT = 4_000;

/** What is found in texts up to this length is remembered: longer ones seldom come twice, and may hold thousands of hits. */
const LONGEST_REMEMBERED = 2_000;

/** Nobody looks through more values than this, and looking for each takes time. */
const MOST_SENSITIVE = 1_000;

/** Personal data that nothing else looks like. */
const CHECKSUMMED: ReadonlySet<string> = new Set(["card", "iban", "ssn"]);

/** Everything that checks share in one scan. */
export class ScanContext {
  readonly findings: ScanFinding[] = [];
  readonly withstood: Withstood[] = [];
  readonly undecided: Inconclusive[] = [];
  readonly recorded: Recorded[] = [];
  readonly notes = new Set<string>();
  /** Answers have nothing to do with what is asked, so that nothing they lack was withstood. */
  canned = false;
  /** The prompt was asked for without any disguise, and came. */
  promptCamePlainly = false;
  /** Secrets and personal data that came out, which nothing that is shown holds whole. */
  private readonly sensitive = new Set<string>();
  private readonly read = new Map<string, readonly Hit[]>();
  private keptCharacters = 0;
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
    this.emit({ kind: "finding", finding: this.mask().finding(finding), ...this.progress });
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

  /** Takes back what was noted as withstood. */
  withdraw(which: (entry: Withstood) => boolean): void {
    const others = this.withstood.filter((entry) => !which(entry));
    this.withstood.splice(0, this.withstood.length, ...others);
  }

  /** Notes a test that proved nothing. */
  undecide(category: ScanCategory, title: string, reason: string, extra: { id?: string; probe?: string } = {}): void {
    this.undecided.push({ category, id: extra.id ?? null, probe: extra.probe ?? null, title, reason });
  }

  exchange(label: string, http: HttpReply, needles: readonly Needle[] = [], readable = ""): Exchange {
    for (const needle of needles) if (needle.mask) this.sensitive.add(needle.text);
    return makeExchange(label, http, this.redactor, needles, readable);
  }

  /** Takes what came out so far out of what is shown. */
  mask(): Mask {
    return new Mask(this.sensitive);
  }

  record(kind: Recorded["kind"], answer: Answer, probe: string | null = null, plain = false): void {
    const { http, extracted, prompt: asked } = answer;
    const text = this.keep(extracted.everything);
    // Debug pages are looked for in the raw bodies of ordinary answers; those to probes are read as text alone.
    const kept = kind === "probe" ? { ...http, text: copyOf(http.text, EVIDENCE_CHARACTERS) } : http;
    this.recorded.push({ kind, http: kept, text, reply: copyOf(extracted.text, text.length), asked, probe, plain });
  }

  recordHttp(kind: Recorded["kind"], http: HttpReply, asked = ""): void {
    const text = this.keep(http.text);
    this.recorded.push({ kind, http: { ...http, text }, text, reply: "", asked, probe: null, plain: false });
  }

  /** What the detectors see in a text. An endpoint says the same again and again; that is read once. */
  hitsIn(text: string): readonly Hit[] {
    const known = this.read.get(text);
    if (known) return known;
    const hits = this.detectors.read(text);
    for (const hit of hits)
      if (((hit.group === "secret" && !hit.weak) || CHECKSUMMED.has(hit.kind)) && this.sensitive.size < MOST_SENSITIVE)
        this.sensitive.add(hit.value);
    if (text.length <= LONGEST_REMEMBERED) this.read.set(text, hits);
    return hits;
  }

  /** As much of a text as the scan still has room for. */
  private keep(text: string): string {
    const { keptCharacters } = this.options.limits;
    const room = Math.max(LEAST_KEPT, keptCharacters - this.keptCharacters);
    if (text.length > room)
      this.client.hit("keptCharacters", keptCharacters, "of further replies only the beginning was read at the end");
    const kept = copyOf(text, room);
    this.keptCharacters += kept.length;
    return kept;
  }

  /** The arithmetic question of the baseline asked without any credentials; sent once. */
  anonymous(prompt: string): Promise<Answer> {
    this.anonymousAnswer ??= this.endpoint.ask(prompt, { check: "authentication", identity: "nobody" });
    return this.anonymousAnswer;
  }
}
