import type { LookupFunction } from "node:net";
import { ScanError } from "../errors.js";
import type { ScanOptions } from "../options.js";
import type { LimitHit } from "../result.js";
import { ACCEPTED_ENCODINGS, readBody } from "./body.js";
import { classifyFailure, type Failure } from "./failure.js";
import { type Handshake, handshake, type Offer, type Peer } from "./handshake.js";
import type { ReplyJournal } from "./journal.js";
import type { Resolved } from "./network.js";
import { Pace, pause } from "./pace.js";
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from "./undici.js";

export interface HttpRequest {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body: string | null;
  /** Under which name the request is counted: a category or `baseline`. */
  check: string;
  /** False for bursts, where a 429 is the answer that is looked for. */
  retry?: boolean;
  /** True for the burst: outside the even pacing. */
  unpaced?: boolean;
  /** True to go over a connection without the client certificate, as somebody without credentials would. */
  withoutCertificate?: boolean;
  /** Who asks; tells requests apart in the journal, which knows no credentials. */
  identity?: string;
}

export interface HttpReply {
  request: HttpRequest;
  /** 0 when no answer came. */
  status: number;
  /** Lower-case names; several values joined by ", " (`set-cookie`: by line breaks). */
  headers: Record<string, string>;
  text: string;
  ms: number;
  /** True when a limit or a broken stream cut the body short. */
  truncated: boolean;
  failure: Failure | null;
}

export interface Counters {
  sent: number;
  retried: number;
  byCheck: Record<string, number>;
  characters: number;
}

/** Checks whose replies mean nothing later: a burst, and addresses of a listener that is gone. */
const NOT_REPLAYED: ReadonlySet<string> = new Set(["rate_limiting", "ssrf"]);

/** After so many bodies that ran into the cap an endpoint is read in small pieces from then on. */
const CUT_BODIES = 1;

const UNITS: Readonly<Record<string, string>> = {
  bodyBytes: "bytes",
  smallBodyBytes: "bytes",
  headerBytes: "bytes",
  keptCharacters: "characters",
  replyCharacters: "characters",
  minBytesPerSecond: "bytes/s",
  redirects: "redirects",
  timeoutsInARow: "time-outs",
  budget: "requests",
};

/**
 * The scan's one way to the network: a single undici pool towards one origin, with pacing, retries, a request budget and
 * a cap on everything that an endpoint could send. Failures are values, not exceptions; only cancelling throws.
 */
export class HttpClient {
  readonly counters: Counters = { sent: 0, retried: 0, byCheck: {}, characters: 0 };
  readonly notes = new Set<string>();
  /** Replies of an earlier run of the same scan, and where the replies of this one go. */
  journal: ReplyJournal | null = null;
  /** Called after each answer. */
  onReply: (reply: HttpReply) => void = () => {};
  /** Of each request that is under way what ends it. */
  private readonly underWay = new Set<AbortController>();
  private readonly hits = new Map<string, LimitHit>();
  private readonly dispatcher: Dispatcher;
  /** Connections without the client certificate. */
  private readonly bareDispatcher: Dispatcher;
  private readonly pace: Pace;
  private timeoutsInARow = 0;
  private exhaustedRetries = 0;
  private cutBodies = 0;
  private readonly proxied: boolean;

  constructor(
    private readonly options: ScanOptions,
    private readonly origin: URL,
    private readonly resolved: Resolved,
    readonly budget: number,
    /** Aborts when the scan is cancelled. */
    readonly cancelled: AbortSignal,
  ) {
    // One listener for all requests instead of some for each.
    cancelled.addEventListener(
      "abort",
      () => {
        for (const each of this.underWay) each.abort(cancelled.reason);
      },
      { once: true },
    );
    const { limits } = options;
    const rate = limits.requestsPerSecond ?? (resolved.network === "loopback" ? 200 : 20);
    this.pace = new Pace(limits.concurrency, rate, cancelled);
    const pinned: LookupFunction = (_host, lookupOptions, callback) => {
      const entries = resolved.addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
      if (lookupOptions.all) callback(null, entries);
      else callback(null, entries[0]?.address ?? "", entries[0]?.family ?? 4);
    };
    const common = {
      // A burst outside the pacing needs connections of its own.
      connections: limits.concurrency + 12,
      // Timed here, to the millisecond and with the limit's name.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: limits.headerBytes,
      pipelining: 1,
      keepAliveTimeout: 4_000,
    };
    const connect = {
      timeout: limits.connectMs,
      ca: options.tls.ca,
      rejectUnauthorized: !options.tls.insecure,
    };
    this.proxied = Boolean(
      resolved.network !== "loopback" &&
        (process.env.HTTPS_PROXY || process.env.HTTP_PROXY || process.env.https_proxy || process.env.http_proxy),
    );
    const pool = (tls: { cert?: string; key?: string }): Dispatcher =>
      this.proxied
        ? new EnvHttpProxyAgent({ ...common, requestTls: { ...connect, ...tls } })
        : new Agent({ ...common, connect: { ...connect, ...tls, lookup: pinned } });
    const { cert, key } = options.tls;
    this.dispatcher = pool({ cert, key });
    this.bareDispatcher = cert === undefined ? this.dispatcher : pool({});
  }

  /** Requests that the budget still allows. */
  get left(): number {
    return Math.max(0, this.budget - this.counters.sent);
  }

  get limitHits(): LimitHit[] {
    return [...this.hits.values()];
  }

  /** Notes that a named limit was met. */
  hit(name: string, value: number, detail: string): void {
    const known = this.hits.get(name);
    if (known) known.times++;
    else this.hits.set(name, { name, value, unit: UNITS[name] ?? (name.endsWith("Ms") ? "ms" : ""), times: 1, detail });
  }

  /**
   * Sends one request, follows redirects within the origin, and retries where the endpoint asks for patience.
   * @throws ScanError "cancelled"
   */
  async send(spec: HttpRequest): Promise<HttpReply> {
    for (let attempt = 0; ; attempt++) {
      const reply = await this.replayed(spec, () => this.follow(spec));
      this.onReply(reply);
      const wait = this.retryDelay(reply, attempt);
      if (wait === null) return reply;
      this.counters.retried++;
      await pause(wait, this.cancelled);
    }
  }

  /** Keeps a place in the pool for the probes, which come one after another. @returns what gives it back */
  reserveForProbes(): () => void {
    return this.pace.reserve();
  }

  private retryDelay(reply: HttpReply, attempt: number): number | null {
    const { limits } = this.options;
    const again = reply.status === 429 || reply.status === 503 || reply.failure?.kind === "reset";
    if (!again) {
      if (reply.status > 0) this.exhaustedRetries = 0;
      return null;
    }
    if (reply.request.retry === false || this.exhaustedRetries >= 2) return null;
    if (attempt >= limits.retries || this.left === 0) {
      this.exhaustedRetries++;
      return null;
    }
    const after = retryAfterMs(reply.headers["retry-after"]);
    if (after !== null && after > limits.retryAfterMs) {
      this.exhaustedRetries++;
      this.hit("retryAfterMs", limits.retryAfterMs, `the endpoint asked to wait ${Math.round(after / 1000)} s`);
      return null;
    }
    // Others would only run into the same limit.
    if (reply.status === 429) this.pace.hold(after ?? 250);
    return after ?? 250 * 2 ** attempt;
  }

  /** The reply of the interrupted run, where there is one; each answers one request only. */
  private async replayed(spec: HttpRequest, fresh: () => Promise<HttpReply>): Promise<HttpReply> {
    const { journal } = this;
    if (!journal || NOT_REPLAYED.has(spec.check)) return fresh();
    const known = journal.take(spec);
    if (known) return { ...known, request: spec };
    const reply = await fresh();
    journal.add(reply);
    return reply;
  }

  private async follow(spec: HttpRequest): Promise<HttpReply> {
    let current = spec;
    for (let hops = 0; ; hops++) {
      const reply = await this.once(current);
      const target = reply.headers.location;
      if (reply.status < 300 || reply.status >= 400 || reply.status === 304 || !target) return reply;
      let next: URL;
      try {
        next = new URL(target, current.url);
      } catch {
        return reply;
      }
      if (next.origin !== this.origin.origin) {
        this.notes.add(
          `Stopped at a redirect to ${next.origin}: only redirects within ${this.origin.origin} are followed.`,
        );
        return reply;
      }
      if (hops >= this.options.limits.redirects) {
        this.hit("redirects", this.options.limits.redirects, `more redirects than that, the last to ${next.pathname}`);
        return {
          ...reply,
          failure: { kind: "redirects", message: `redirected more than ${this.options.limits.redirects} times` },
        };
      }
      const keep = reply.status !== 303;
      current = { ...current, url: next, method: keep ? current.method : "GET", body: keep ? current.body : null };
    }
  }

  private async once(spec: HttpRequest): Promise<HttpReply> {
    const failed = (failure: Failure, ms = 0): HttpReply => ({
      request: spec,
      status: 0,
      headers: {},
      text: "",
      ms,
      truncated: false,
      failure,
    });
    const { limits } = this.options;
    if (this.timeoutsInARow >= limits.timeoutsInARow)
      return failed({ kind: "timeout", message: "the endpoint did not answer in time, so nothing more was sent" });
    const run = () => this.exchange(spec, failed);
    if (this.cancelled.aborted) throw this.cancelled.reason;
    return spec.unpaced ? run() : this.pace.run(run, spec.check === "llm_ai_security");
  }

  private async exchange(spec: HttpRequest, failed: (failure: Failure, ms?: number) => HttpReply): Promise<HttpReply> {
    const { limits } = this.options;
    if (this.left === 0) {
      this.hit("budget", this.budget, "the request budget was used up");
      return failed({ kind: "budget", message: `the budget of ${this.budget} requests was used up` });
    }
    this.counters.sent++;
    this.counters.byCheck[spec.check] = (this.counters.byCheck[spec.check] ?? 0) + 1;
    this.counters.characters += spec.body?.length ?? spec.url.search.length;
    const started = performance.now();
    const stop = new AbortController();
    this.underWay.add(stop);
    let slow = false;
    const late = () => {
      slow = true;
      stop.abort();
    };
    let passed: "firstByteMs" | "totalMs" = limits.firstByteMs < limits.totalMs ? "firstByteMs" : "totalMs";
    let timer = setTimeout(late, limits[passed]);
    try {
      const answer = await request(spec.withoutCertificate ? this.bareDispatcher : this.dispatcher, spec.url, {
        method: spec.method,
        headers: { "accept-encoding": ACCEPTED_ENCODINGS, ...spec.headers },
        body: spec.body,
        signal: stop.signal,
      });
      clearTimeout(timer);
      passed = "totalMs";
      timer = setTimeout(late, limits.totalMs - (performance.now() - started) + 50);
      const headers = flatten(answer.headers);
      const small = this.cutBodies >= CUT_BODIES;
      const room = small ? Math.min(limits.bodyBytes, limits.smallBodyBytes) : limits.bodyBytes;
      const body = await readBody(
        answer.body,
        { encoding: headers["content-encoding"] ?? "", contentType: headers["content-type"] ?? "" },
        {
          ...limits,
          bodyBytes: room,
          remainingMs: limits.totalMs - (performance.now() - started),
        },
        stop.signal,
      );
      const tooLate = body.limit === "totalMs" || body.limit === "idleMs" || body.limit === "minBytesPerSecond";
      this.timeoutsInARow = tooLate ? this.timeoutsInARow + 1 : 0;
      if (body.limit === "bodyBytes") this.cutBodies++;
      if (body.limit === "bodyBytes" && small && room < limits.bodyBytes)
        this.hit(
          "smallBodyBytes",
          room,
          `after a body that was too large another was cut off after ${body.bytes} bytes`,
        );
      else if (body.limit) this.hit(body.limit, limits[body.limit], `the body was cut off after ${body.bytes} bytes`);
      this.counters.characters += Math.min(body.text.length, limits.bodyBytes);
      const broken =
        body.broken && body.bytes === 0 ? ({ kind: "reset", message: "the answer broke off" } as const) : null;
      return {
        request: spec,
        status: answer.statusCode,
        headers,
        text: body.text,
        ms: performance.now() - started,
        truncated: body.limit !== null || body.broken !== null,
        failure: broken,
      };
    } catch (error) {
      if (this.cancelled.aborted) throw this.cancelled.reason;
      const ms = performance.now() - started;
      const failure: Failure = slow
        ? {
            kind: "timeout",
            limit: passed,
            message: `no answer from ${this.origin.host} within ${limits[passed] / 1000} s`,
          }
        : classifyFailure(error, this.origin, limits);
      if (failure.kind === "timeout") {
        this.timeoutsInARow++;
        this.hit(failure.limit ?? "totalMs", limits[failure.limit ?? "totalMs"], failure.message);
      }
      if (failure.kind === "headers") this.hit("headerBytes", limits.headerBytes, failure.message);
      return failed(failure, ms);
    } finally {
      clearTimeout(timer);
      this.underWay.delete(stop);
    }
  }

  /**
   * Makes a TLS handshake of its own with the target, counted as a request. Null where none can be made: over plain HTTP,
   * through a proxy, or without budget.
   * @throws ScanError "cancelled"
   */
  async handshake(offer: Offer, check: string): Promise<Handshake | null> {
    const { origin, options, resolved, cancelled } = this;
    const address = resolved.addresses[0];
    if (origin.protocol !== "https:" || this.proxied || address === undefined || this.left === 0) return null;
    const { cert, key, ca } = options.tls;
    const peer: Peer = {
      address,
      port: Number(origin.port || 443),
      host: origin.hostname.replace(/^\[|\]$/g, ""),
      cert,
      key,
      ca,
      timeoutMs: Math.min(options.limits.connectMs, options.limits.firstByteMs),
    };
    return this.pace.run(() => {
      this.counters.sent++;
      this.counters.byCheck[check] = (this.counters.byCheck[check] ?? 0) + 1;
      return handshake(peer, offer, cancelled);
    });
  }

  /** Drops all connections at once. */
  async close(): Promise<void> {
    await Promise.all([...new Set([this.dispatcher, this.bareDispatcher])].map((each) => each.destroy()));
  }
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    const lower = name.toLowerCase();
    out[lower] = Array.isArray(value) ? value.join(lower === "set-cookie" ? "\n" : ", ") : value;
  }
  return out;
}

/** `Retry-After` in seconds or as a date; null when absent or unreadable. */
export function retryAfterMs(header: string | undefined, now = Date.now()): number | null {
  if (!header) return null;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** Turns a failure before the first answer into the error that ends a scan. */
export function fatal(failure: Failure): ScanError {
  const kind =
    failure.kind === "certificate" ? "certificate" : failure.kind === "not-http" ? "not-http" : "unreachable";
  return new ScanError(kind, failure.message);
}
