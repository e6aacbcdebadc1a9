import { type CheckEnd, COMPLETE, inconclusive, type Recorded, type ScanContext } from "../context.js";
import { type Hit, shorten } from "../detect/index.js";
import { quote } from "../evidence.js";
import { fewOfEachKind, isInvited } from "../output.js";

const DEBUG_PAGES: readonly [string, RegExp][] = [
  ["Werkzeug's debugger", /__debugger__|Werkzeug Debugger|EVALEX\s*=|class="debugger"/],
  [
    "Django's debug page",
    /You['’]re seeing this error because you have <code>DEBUG = True|<title>\w+ at \/[^<]*<\/title>[\s\S]{0,3000}Django Version|Using the URLconf defined in/,
  ],
  [
    "Symfony's or Laravel's debug page",
    /Symfony Profiler|Whoops, looks like something went wrong|laravel-ignition|ignition\.stack/,
  ],
  ["Express's development error page", /<pre>\w*Error: [^<]{1,300}<br>\s*&nbsp; &nbsp;at /],
];

/**
 * Reads the answers to ordinary and malformed requests for debug pages, traces, error details, secrets and personal data.
 * @returns the values that it reported, so that the output phase does not report them again
 */
export function checkExposure(ctx: ScanContext): { end: CheckEnd; exposed: Set<string> } {
  const exposed = new Set<string>();
  const replies = ctx.recorded.filter((record) => record.kind !== "probe" && record.http.status > 0);
  for (const record of replies) {
    const debug = DEBUG_PAGES.find(([, pattern]) => pattern.test(record.http.text.slice(0, 400_000)));
    if (debug) {
      const match = debug[1].exec(record.http.text)?.[0] ?? "";
      ctx.find({
        id: "debug-page-exposed",
        evidence: `${debug[0]} came as the answer (${record.http.status}).`,
        exchanges: [ctx.exchange("request", record.http, [{ text: match.slice(0, 80), label: debug[0] }])],
      });
    }
    readRecord(ctx, record, exposed, debug !== undefined);
  }
  for (const record of ctx.recorded)
    if (record.kind === "probe")
      traces(
        ctx,
        record,
        ctx.hitsIn(record.text).filter((hit) => hit.group === "stack-trace"),
        exposed,
      );
  if (replies.length === 0) return { end: inconclusive(ctx.baseline.why || "nothing was answered"), exposed };
  const closed = replies.every((record) => [401, 403, 404, 429].includes(record.http.status));
  const own = ctx.findings.some((finding) => finding.category === "data_exposure");
  if (closed && !own) return { end: inconclusive(ctx.baseline.why), exposed };
  if (!own)
    ctx.stood(
      "personal-data-exposed",
      `Nothing of the kind in ${replies.length} answers to ordinary and malformed requests.`,
      { title: "Data exposure" },
    );
  return { end: COMPLETE, exposed };
}

function readRecord(ctx: ScanContext, record: Recorded, exposed: Set<string>, debug: boolean): void {
  const hits = fewOfEachKind(ctx.hitsIn(record.text)).filter(
    (hit) => !record.asked.includes(hit.value) && !quotesRequest(hit, record.asked),
  );
  const of = (group: Hit["group"]) => hits.filter((hit) => hit.group === group);
  const stack = of("stack-trace").length > 0 ? of("stack-trace") : tracesInFields(ctx, record);
  traces(ctx, record, stack, exposed);

  const failing =
    record.http.status >= 400 || /"(error|errors|detail|exception|traceback)"/i.test(record.http.text.slice(0, 2_000));
  const details = of("error-detail");
  const first = details[0];
  if (first && failing && !debug && stack.length === 0) {
    // A parser's message about the caller's own body gives nothing away.
    const telling = details.find((hit) => hit.kind !== "json-parser-message") ?? null;
    const hit = telling ?? first;
    ctx.find({
      id: "error-detail-exposed",
      severity: telling ? undefined : "low",
      evidence: `An error tells details: ${quote(hit.value, 120)}.`,
      exchanges: [
        ctx.exchange(
          record.kind === "malformed" ? "malformed request" : "ordinary request",
          record.http,
          [{ text: hit.value, label: hit.title }],
          record.text,
        ),
      ],
    });
    for (const detail of details) exposed.add(detail.value);
  }

  const secrets = of("secret").filter((hit) => !hit.weak || fieldHit(hit, record));
  if (secrets[0]) report(ctx, record, "secret-exposed", secrets, exposed);
  const personal = of("personal-data").filter((hit) => !hit.role && !(isContact(hit) && isForAnybody(hit, record)));
  if (personal[0]) report(ctx, record, "personal-data-exposed", personal, exposed);
}

/** Frames as objects of JSON, whose file and line say nothing once the fields' names are gone. */
function tracesInFields(ctx: ScanContext, { http }: Recorded): readonly Hit[] {
  return http.text.includes('"trace"') ? ctx.hitsIn(http.text).filter((hit) => hit.group === "stack-trace") : [];
}

function traces(ctx: ScanContext, record: Recorded, hits: readonly Hit[], exposed: Set<string>): void {
  const first = hits.find((hit) => !record.asked.includes(hit.value));
  if (!first) return;
  exposed.add(first.value);
  ctx.find({
    id: "stack-trace-exposed",
    probe: record.probe ?? undefined,
    evidence: `The answer (${record.http.status}) holds a ${first.title}: ${quote(first.value, 140)}.`,
    exchanges: [
      ctx.exchange(
        record.kind === "malformed" ? "malformed request" : "request",
        record.http,
        [{ text: first.value.slice(0, 400), label: first.title }],
        record.text,
      ),
    ],
  });
}

function report(
  ctx: ScanContext,
  record: Recorded,
  id: "secret-exposed" | "personal-data-exposed",
  hits: readonly Hit[],
  exposed: Set<string>,
): void {
  for (const hit of hits) exposed.add(hit.value);
  const first = hits[0];
  if (!first) return;
  const kinds = [...new Set(hits.map((hit) => hit.title))];
  ctx.find({
    id,
    severity: hits.every((hit) => hit.weak) ? "high" : undefined,
    suspected: hits.every((hit) => hit.weak),
    evidence: `An answer to ${record.kind === "malformed" ? "a malformed" : "an ordinary"} request holds ${kinds.join(", ").toLowerCase()}: ${shorten(first.value)}${hits.length > 1 ? ` and ${hits.length - 1} more` : ""}.`,
    exchanges: [
      ctx.exchange(
        "request",
        record.http,
        hits.slice(0, 12).map((hit) => ({ text: hit.value, label: hit.title, mask: true })),
        record.text,
      ),
    ],
  });
}

function isContact(hit: Hit): boolean {
  return hit.kind === "email" || hit.kind === "phone";
}

/** True when the value stands outside the reply's own words: in another field of the answer. */
function fieldHit(hit: Hit, record: Recorded): boolean {
  return !record.reply.includes(hit.value);
}

/** An address or number that the reply itself names, or that people are asked to use. */
function isForAnybody(hit: Hit, record: Recorded): boolean {
  return !fieldHit(hit, record) || (record.reply === "" && isInvited(hit, record.text));
}

function quotesRequest(hit: Hit, asked: string): boolean {
  return (
    asked.length > 0 &&
    hit.value.length > 12 &&
    asked.includes(hit.value.slice(0, 12)) &&
    asked.includes(hit.value.slice(-12))
  );
}
