import { isUnrelated, reconsiderModel } from "../baseline.js";
import { type CheckEnd, inconclusive, type Recorded, type ScanContext } from "../context.js";
import { quote } from "../evidence.js";
import { judgeConsistent, judgeKnown, type LeakSample } from "../leak/leak.js";
import { findMarkers } from "../leak/markers.js";
import { runProbes } from "../probes/run.js";
import { probesFor } from "../probes/schema.js";
import { hasCredentials } from "../target/auth.js";
import { ARITHMETIC } from "../target/discover.js";
import { namesNoCaller, refusedHandshake } from "./authentication.js";
import { properties } from "./properties.js";

const MODEL_NAME =
  /\b(gpt-?[345][\w.:-]*|o[134](-mini|-preview)?\b|claude-[\w.:-]+|gemini-[\w.:-]+|llama-?\d[\w.:-]*|mi[sx]tral[\w.:-]*|command-r[\w.:-]*|deepseek-[\w.:-]+|qwen[\w.:-]+|phi-?\d[\w.:-]*|gemma-?[\w.:-]+|grok-[\w.:-]+|text-davinci-\d+|[\w-]+\/[\w.-]+-(instruct|chat)[\w.-]*)\b/i;
const MODEL_KEY = /^(model|model_?name|model_?id|engine|deployment|llm|model_?version)$/i;
const MODEL_HEADER = /^(openai-model|x-model(-name)?|x-llm-model|openai-version|anthropic-.*|x-openai-.*)$/i;
const USAGE_KEY =
  /^(usage|token_?usage|tokens?_?used|prompt_tokens|completion_tokens|total_tokens|input_tokens|output_tokens|token_?count|tokens|eval_count|prompt_eval_count)$/i;
const SELF = /\b(i am|i'm|powered by|based on|running on|built on|model is|using)\b[^.\n]{0,40}$/i;

const CATEGORY = "llm_ai_security";

/** The LLM checks: what shows without attacking, then the probes of the chosen depth. */
export async function checkLlm(ctx: ScanContext): Promise<CheckEnd> {
  const { baseline } = ctx;
  if (!baseline.ok) {
    ctx.undecide("llm_ai_security", "LLM probes", baseline.why);
    return inconclusive(baseline.why);
  }
  if (baseline.answers.every((answer) => answer.http.truncated)) {
    const why = "no answer came whole: every body ran into a limit or broke off";
    ctx.undecide("llm_ai_security", "LLM probes", why);
    return inconclusive(why);
  }
  disclosures(ctx);
  passiveMarkers(ctx);
  const release = ctx.client.reserveForProbes();
  const end = await runProbes(ctx).finally(release);
  if (isCanned(ctx)) return saysNothing(ctx, CANNED);
  leaksByTheWay(ctx);
  waysOut(ctx);
  reconsiderModel(
    baseline,
    ctx.recorded.filter((record) => record.kind === "probe"),
  );
  if (await isNoise(ctx)) return saysNothing(ctx, NOISE);
  await openToAnyone(ctx);
  if (baseline.model === "no" && end.status === "complete") {
    ctx.notes.add(`The endpoint does not answer as a model does: ${baseline.modelReason}.`);
  }
  return end;
}

/** Fewer answers may be the same by chance: a bot that was asked for nothing but its prompt. */
const FEWEST_ALIKE = 6;

/** Whether every question and every probe got one and the same answer, but for numbers in it. */
function isCanned(ctx: ScanContext): boolean {
  const said = [
    ...ctx.baseline.answers.filter((answer) => answer.ok).map((answer) => answer.extracted.text),
    ...ctx.recorded.filter((record) => record.kind === "probe").map((record) => record.reply),
  ];
  return said.length >= FEWEST_ALIKE && new Set(said.map((text) => text.replace(/\d+/g, "0").trim())).size === 1;
}

const CANNED =
  "every question and every probe got the same answer, so that it does not show whether a model was reached at all";

const NOISE =
  "the same question got answers as unlike as different questions do, so that it does not show whether a model was reached at all";

/** Requests that asking again takes at most. */
const REPEATED_QUESTIONS = 2;

/** Whether the answers are random: nothing speaks for a model but that they differ, and those to one question do as well. */
async function isNoise(ctx: ScanContext): Promise<boolean> {
  const { baseline } = ctx;
  if (!baseline.guessed || ctx.findings.some(({ category, probe }) => category === CATEGORY && probe !== null))
    return false;
  const pairs: [string, string][] = [];
  for (const answer of baseline.answers.filter((each) => each.ok).slice(-REPEATED_QUESTIONS)) {
    const again = await ctx.endpoint.ask(answer.prompt, { check: CATEGORY });
    if (!again.ok) continue;
    ctx.record("ordinary", again);
    pairs.push([answer.extracted.text, again.extracted.text]);
  }
  return isUnrelated(pairs);
}

/** What has nothing to do with the question withstood nothing: what the probes noted is taken back. */
function saysNothing(ctx: ScanContext, why: string): CheckEnd {
  ctx.withdraw((entry) => entry.category === CATEGORY);
  ctx.canned = true;
  ctx.baseline.model = "unclear";
  ctx.baseline.modelReason = why;
  ctx.undecide(CATEGORY, "LLM probes", why);
  return inconclusive(why);
}

async function openToAnyone(ctx: ScanContext): Promise<void> {
  const { baseline, loopback } = ctx;
  if (baseline.model !== "yes" && baseline.model !== "likely") return;
  const credentials = hasCredentials(ctx.options);
  const answer = credentials ? await ctx.anonymous(ARITHMETIC.prompt) : baseline.answers.find((each) => each.ok);
  if (!answer) return;
  if (!answer.ok && credentials && namesNoCaller(ctx, answer.http.status)) {
    const why = `without the key in its address or body the request was refused as incomplete (${answer.http.status})`;
    ctx.undecide(CATEGORY, "Open to anyone", why, { id: "unauthenticated-llm-endpoint" });
    return;
  }
  if (!answer.ok) {
    if (answer.http.failure && !refusedHandshake(ctx, answer.http))
      ctx.undecide("llm_ai_security", "Open to anyone", answer.why, { id: "unauthenticated-llm-endpoint" });
    else
      ctx.stood(
        "unauthenticated-llm-endpoint",
        `Without credentials the model is not reached (${answer.http.status || "no connection"}).`,
      );
    return;
  }
  ctx.find({
    id: "unauthenticated-llm-endpoint",
    evidence: `It answers prompts without any credentials${loopback ? ", on loopback" : ""}: ${quote(answer.extracted.text, 100)} (${baseline.modelReason}).`,
    uncapped: loopback ? "On loopback only this machine reaches it." : undefined,
    exchanges: [ctx.exchange("prompt without credentials", answer.http)],
  });
}

/** How much of each reply is looked at when all of them are compared, in characters. */
const LOOKED_AT = 20_000;

const LEAK = "system-prompt-leak";

function sampleOf(record: Recorded): LeakSample {
  return { request: record.asked, reply: record.reply.slice(0, LOOKED_AT), rest: record.text.slice(0, LOOKED_AT) };
}

/** A prompt that came out in answer to a probe that asked for something else. */
function leaksByTheWay(ctx: ScanContext): void {
  if (ctx.findings.some((finding) => finding.id === LEAK)) return;
  const records = ctx.recorded.filter((record) => record.kind === "probe");
  const samples = records.map(sampleOf);
  const { systemPrompts, secrets } = ctx.options.knowledge;
  const known = systemPrompts.length > 0 || secrets.length > 0;
  const found = known ? judgeKnown(samples, { prompts: systemPrompts, secrets }, ctx.baseline.texts) : null;
  // Talking about the same things as the prompt is what it is there for, unless the prompt was asked for.
  const proven = found?.by === "paraphrase" ? null : found;
  const leak = proven ?? (systemPrompts.length > 0 ? null : judgeConsistent(samples, ctx.baseline.texts));
  const record = leak ? records[leak.sample] : undefined;
  const sample = leak ? samples[leak.sample] : undefined;
  if (!leak || !record || !sample) return;
  ctx.find({
    id: LEAK,
    subject: "by the way",
    severity: proven ? "critical" : "high",
    suspected: !proven,
    probe: record.probe ?? undefined,
    hits: `${leak.hits.length}/${records.length}`,
    evidence: `Asked for something else, it ${proven ? "gave away text of the known prompt" : "repeated the same instruction-like text"}: ${quote(leak.excerpt)}.`,
    exchanges: [
      ctx.exchange(
        "probe",
        record.http,
        leak.spans.map((span) => ({
          text: `${sample.reply}\n${sample.rest}`.slice(span.start, span.end),
          label: "prompt",
        })),
        record.text,
      ),
    ],
  });
}

/** Ways to get what a plain ask does not get; a prompt that came out by one of them only shows that it works. */
const WAYS: ReadonlySet<string> = new Set([
  "instruction-override",
  "jailbreak",
  "encoding-bypass",
  "token-smuggling",
  "indirect-injection",
  "multi-turn-erosion",
]);

/** Reports the ways by which a prompt came out that was kept from those who asked for it plainly. */
function waysOut(ctx: ScanContext): void {
  if (ctx.promptCamePlainly || !ctx.findings.some((finding) => finding.id === LEAK)) return;
  const probes = new Map(probesFor(ctx.options.depth, ctx.options.userProbes).map((probe) => [probe.id, probe]));
  const wayOf = ({ probe, plain }: Recorded) => {
    const entry = plain ? undefined : probes.get(probe ?? "");
    return entry && WAYS.has(entry.finding) ? entry : undefined;
  };
  const records = ctx.recorded.filter((record) => record.kind === "probe");
  const { systemPrompts, secrets } = ctx.options.knowledge;
  const shows = new Map<Recorded, string>();
  if (systemPrompts.length > 0 || secrets.length > 0)
    for (const record of records) {
      const leak = judgeKnown([sampleOf(record)], { prompts: systemPrompts, secrets }, ctx.baseline.texts);
      if (leak && leak.by !== "paraphrase") shows.set(record, leak.excerpt);
    }
  const proven = shows.size > 0;
  if (!proven && systemPrompts.length === 0) {
    const leak = judgeConsistent(records.map(sampleOf), ctx.baseline.texts);
    for (const hit of leak?.hits ?? []) {
      const record = records[hit];
      if (record) shows.set(record, leak?.excerpt ?? "");
    }
  }
  if ([...shows.keys()].some((record) => wayOf(record) === undefined)) return;
  for (const [record, excerpt] of shows) {
    const way = wayOf(record);
    if (!way || ctx.findings.some((finding) => finding.id === way.finding)) continue;
    const all = records.filter((each) => each.probe === way.id && !each.plain);
    ctx.withdraw((entry) => entry.probe === way.id);
    ctx.find({
      id: way.finding,
      subject: way.id,
      suspected: !proven,
      probe: way.id,
      hits: `${all.filter((each) => shows.has(each)).length}/${all.length}`,
      evidence: `Asked plainly it kept its prompt to itself; this way ${proven ? "text of it" : "the same instruction-like text"} came out: ${quote(excerpt)}.`,
      exchanges: [ctx.exchange("attack", record.http, [], record.text)],
    });
  }
}

function disclosures(ctx: ScanContext): void {
  const answers = ctx.baseline.answers.filter((answer) => answer.ok);
  let model = false;
  let usage = false;
  for (const answer of answers) {
    const all = properties(answer.extracted.json);
    const named = all.find(
      (property) =>
        MODEL_KEY.test(property.key) &&
        typeof property.value === "string" &&
        property.value.length > 1 &&
        property.value.length < 120,
    );
    const header = Object.keys(answer.http.headers).find((name) => MODEL_HEADER.test(name));
    const spoken = MODEL_NAME.exec(answer.extracted.text);
    const says =
      spoken && SELF.test(answer.extracted.text.slice(Math.max(0, spoken.index - 60), spoken.index)) ? spoken[0] : null;
    const value = named ? String(named.value) : header ? `${header}: ${answer.http.headers[header]}` : says;
    if (!model && value) {
      model = true;
      ctx.find({
        id: "model-disclosure",
        evidence: `The answer names the model: ${quote(value, 80)}.`,
        exchanges: [
          ctx.exchange("ordinary request", answer.http, [
            { text: named ? String(named.value) : (says ?? ""), label: "model" },
          ]),
        ],
      });
    }
    const counted = all.find(
      (property) =>
        USAGE_KEY.test(property.key) &&
        (typeof property.value === "number" ||
          (typeof property.value === "object" &&
            property.value !== null &&
            Object.keys(property.value).some((key) => /token/i.test(key)))),
    );
    if (!usage && counted) {
      usage = true;
      ctx.find({
        id: "token-usage-disclosure",
        evidence: `The answer tells the token usage in ${counted.path}.`,
        exchanges: [
          ctx.exchange("ordinary request", answer.http, [{ text: `"${counted.key}"`, label: "token usage" }]),
        ],
      });
    }
  }
  if (!model) ctx.stood("model-disclosure", "The answers do not name the model.");
  if (!usage) ctx.stood("token-usage-disclosure", "The answers tell no token counts.");
}

function passiveMarkers(ctx: ScanContext): void {
  for (const answer of ctx.baseline.answers) {
    if (!answer.ok) continue;
    const markers = findMarkers(answer.extracted.everything, answer.prompt);
    const first = markers[0];
    if (!first) continue;
    ctx.find({
      id: "prompt-format-leak",
      evidence: `An ordinary reply holds ${quote(first.marker)}, a token of the ${first.family} prompt format.`,
      exchanges: [
        ctx.exchange(
          "ordinary request",
          answer.http,
          markers.map((hit) => ({ text: hit.marker, label: `${hit.family} token` })),
          answer.extracted.everything,
        ),
      ],
    });
    return;
  }
  ctx.stood("prompt-format-leak", "No token of a prompt format in ordinary replies.");
}
