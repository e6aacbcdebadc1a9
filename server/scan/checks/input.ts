import { type CheckEnd, COMPLETE, inconclusive, type ScanContext } from "../context.js";
import { withCommas } from "../evidence.js";
import { ARITHMETIC } from "../target/discover.js";
import { fill } from "../target/shape.js";
import type { HttpReply } from "../transport/client.js";

const CHECK = "input_validation";
const LONG = 20_000;
const ORIGIN = "https://spillcheck-cors.example";

interface Malformed {
  name: string;
  body: string;
  contentType?: string;
}

function malformed(key: string, template: string): Malformed[] {
  const value = (json: string) => template.replace(`"{{prompt}}"`, json);
  const keyed = template.includes(`"{{prompt}}"`);
  return [
    { name: "broken JSON", body: `{"${key}": "hello` },
    { name: "empty body", body: "" },
    { name: "no fields", body: "{}" },
    { name: "a list instead of an object", body: "[]" },
    ...(keyed
      ? [
          { name: "a number instead of text", body: value("12345") },
          { name: "null instead of text", body: value("null") },
          { name: "an object instead of text", body: value(`{"$ne": ""}`) },
        ]
      : []),
    { name: "another content type", body: "hello", contentType: "application/xml" },
  ];
}

/** Wrong bodies, over-long messages, cross-origin rules and methods. Nothing that is sent changes or deletes anything. */
export async function checkInput(ctx: ScanContext): Promise<CheckEnd> {
  const { endpoint, baseline } = ctx;
  const { shape } = endpoint;
  const failing = baseline.answers.at(-1);
  if (!baseline.ok && (failing?.http.status === 0 || failing === undefined)) return inconclusive(baseline.why);
  const always = !baseline.ok && (failing?.http.status ?? 0) >= 500;
  const target = fill(shape, "hello", "spillcheck").url;
  const closed = failing !== undefined && [401, 403, 404, 429].includes(failing.http.status) && !baseline.ok;

  await Promise.all([cors(ctx, target), methods(ctx, target)]);
  if (closed) return inconclusive(baseline.why);

  const crashes: { name: string; http: HttpReply }[] = [];
  let answered = 0;
  if (shape.bodyTemplate !== null) {
    const contentType = shape.contentType ?? "application/json";
    const json = /json/i.test(contentType);
    const list = json
      ? malformed(shape.key, shape.bodyTemplate)
      : [
          { name: "empty body", body: "" },
          { name: "a body that is not a form", body: "%%%" },
        ];
    const sent = list.map(async (entry) => {
      const headers = { "content-type": entry.contentType ?? contentType };
      const http = await endpoint.send(
        { method: shape.method, url: target, body: entry.body, headers },
        { check: CHECK, retry: false },
      );
      return { entry, http };
    });
    for (const { entry, http } of await Promise.all(sent)) {
      // A handler that dies without an answer has crashed as much as one that answers 500.
      if (http.failure?.kind === "reset" && baseline.ok) {
        answered++;
        crashes.push({ name: entry.name, http });
      }
      if (http.failure) continue;
      answered++;
      ctx.recordHttp("malformed", http, entry.body);
      if (http.status >= 500 && http.status !== 503) crashes.push({ name: entry.name, http });
    }
  } else {
    const empty = new URL(target);
    empty.search = "";
    const http = await endpoint.send({ method: shape.method, url: empty, body: null }, { check: CHECK });
    if (!http.failure) {
      answered++;
      ctx.recordHttp("malformed", http);
      if (http.status >= 500 && http.status !== 503) crashes.push({ name: "no parameters", http });
    }
  }
  // An endpoint that went down meanwhile did not fall over a body.
  const lost = crashes.every(({ http }) => http.status === 0) && crashes.length > 0;
  if (lost && (await ctx.endpoint.ask(ARITHMETIC.prompt, { check: CHECK })).http.failure) {
    const why = "the endpoint stopped answering, so a lost connection says nothing about the body";
    ctx.undecide(CHECK, "Malformed bodies", why, { id: "malformed-input-crash" });
    return inconclusive(why);
  }
  const first = crashes[0];
  if (first && !always)
    ctx.find({
      id: "malformed-input-crash",
      evidence: `The server ${first.http.status === 0 ? "closed the connection without an answer" : `answered ${first.http.status}`} to ${crashes.map((crash) => crash.name).join(", ")}.`,
      exchanges: crashes.slice(0, 3).map((crash) => ctx.exchange(crash.name, crash.http)),
    });
  else if (answered > 0 && !always)
    ctx.stood("malformed-input-crash", `${answered} malformed requests were turned away without a failure.`);
  if (baseline.ok) await overlong(ctx);
  return always
    ? inconclusive(baseline.why)
    : answered > 0
      ? COMPLETE
      : inconclusive("no malformed request was answered");
}

async function overlong(ctx: ScanContext): Promise<void> {
  const sentence = "The quick brown fox looks at the lazy dog and asks nothing of it. ";
  const answer = await ctx.endpoint.ask(sentence.repeat(Math.ceil(LONG / sentence.length)).slice(0, LONG), {
    check: CHECK,
  });
  if (answer.http.failure) {
    ctx.undecide(CHECK, "Over-long message", answer.why, { id: "missing-input-limit" });
    return;
  }
  ctx.recordHttp("malformed", answer.http, answer.prompt);
  const turnedAway =
    !answer.ok ||
    /\btoo (long|large|big|many)\b|\b(exceed|maximum|limit|shorten|at most|characters)/i.test(
      answer.extracted.text.slice(0, 300),
    );
  if (!turnedAway)
    ctx.find({
      id: "missing-input-limit",
      evidence: `A message of ${withCommas(LONG)} characters was answered like any other.`,
      exchanges: [ctx.exchange("over-long message", answer.http)],
    });
  else
    ctx.stood(
      "missing-input-limit",
      `A message of ${withCommas(LONG)} characters was turned away (${answer.http.status}).`,
    );
}

async function cors(ctx: ScanContext, target: URL): Promise<void> {
  const http = await ctx.endpoint.send(
    {
      method: "OPTIONS",
      url: target,
      body: null,
      headers: {
        origin: ORIGIN,
        "access-control-request-method": ctx.endpoint.shape.method,
        "access-control-request-headers": "content-type",
      },
    },
    { check: CHECK },
  );
  const real = ctx.baseline.ok ? await ctx.endpoint.ask("Hello!", { check: CHECK, headers: { origin: ORIGIN } }) : null;
  if (real) ctx.record("ordinary", real);
  for (const reply of [real?.http, http]) {
    if (!reply || reply.failure) continue;
    const allow = reply.headers["access-control-allow-origin"];
    if (allow === undefined) continue;
    const credentials = /true/i.test(reply.headers["access-control-allow-credentials"] ?? "");
    const exchanges = [ctx.exchange("request from another origin", reply)];
    if (allow === ORIGIN && credentials) {
      ctx.find({
        id: "cors-wildcard-credentials",
        evidence: "It repeats any origin and allows credentials with it.",
        exchanges,
      });
      return;
    }
    if (allow === "*" || allow === ORIGIN) {
      ctx.find({
        id: "cors-wildcard",
        evidence: allow === "*" ? "It allows every origin (*)." : "It repeats any origin.",
        exchanges,
      });
      return;
    }
  }
  if (!http.failure) ctx.stood("cors-wildcard", "Another origin is not allowed.");
}

const CHANGING = /\b(PUT|DELETE|PATCH|CONNECT)\b/gi;

async function methods(ctx: ScanContext, target: URL): Promise<void> {
  const trace = await ctx.endpoint.send(
    { method: "TRACE", url: target, body: null, headers: { "x-spillcheck": "trace" } },
    { check: CHECK },
  );
  if (trace.status === 200 && /x-spillcheck/i.test(trace.text) && /^TRACE\s/m.test(trace.text)) {
    ctx.find({
      id: "dangerous-method",
      subject: "trace",
      evidence: "TRACE is answered and repeats the request's headers.",
      exchanges: [ctx.exchange("TRACE", trace)],
    });
    return;
  }
  const options = await ctx.endpoint.send({ method: "OPTIONS", url: target, body: null }, { check: CHECK });
  const allowed = options.headers.allow ?? options.headers["access-control-allow-methods"] ?? "";
  const changing = [...new Set([...allowed.matchAll(CHANGING)].map((match) => match[0].toUpperCase()))].filter(
    (method) => method !== ctx.endpoint.shape.method,
  );
  if (options.status < 400 && changing.length > 0 && options.headers.allow)
    ctx.find({
      id: "dangerous-method",
      subject: "allow",
      evidence: `It says that it allows ${changing.join(", ")} as well.`,
      exchanges: [ctx.exchange("OPTIONS", options)],
    });
  else if (!trace.failure) ctx.stood("dangerous-method", "TRACE is not answered and no further method is offered.");
}
