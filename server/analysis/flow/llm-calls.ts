/** Calls of models as the models of libraries describe them: what is sent, where to, and within which bounds. */
import type { CallExpr, Expr } from "../ir.js";
import type { CallModel } from "../names/model-schema.js";
import { type Args, argument } from "./arguments.js";
import { checkedEvent } from "./checks.js";
import type { Env } from "./env.js";
import { evalExpr } from "./expr.js";
import type { Frame } from "./frame.js";
import { withHistory } from "./history.js";
import { openCall } from "./raw-calls.js";
import type { Slot } from "./summary.js";
import { fillTemplate, openTemplate } from "./templates.js";
import { constant, dictOf, type Value, withField } from "./value.js";

const PROMPT_SLOTS = [
  "messages",
  "completion",
  "input",
  "system",
  "body",
  "variables",
  "tools",
  "history",
  "context",
] as const;

/** A call that sends a prompt, or that sets up what a later one on the same object will send; @returns its result. */
export function llmCall(
  frame: Frame,
  env: Env,
  q: string,
  m: CallModel,
  args: Args,
  x: CallExpr,
  recv: Value | undefined,
  out: Value,
  doubt: 0 | 1 | 2,
): Value {
  const llm = m.llm!;
  const slots: Slot[] = [];
  for (const name of PROMPT_SLOTS) {
    const spec = llm[name];
    const a = spec && argument(frame, args, spec);
    if (!a) continue;
    slots.push({ slot: name, value: a.value, loc: a.loc });
    // What an agent is can be said in several texts: its role, its goal, its story.
    if (name === "system" && llm.setup)
      for (const s of spec) {
        const other = typeof s === "string" ? args.kw.get(s) : undefined;
        if (other && other !== a) slots.push({ slot: name, value: other.value, loc: other.loc });
      }
  }
  // What was set up earlier on the same object: a model with system instructions, a chat session, a prompt template.
  const kept = recv?.fields?.get("#setup");
  if (kept?.fields) for (const [name, v] of kept.fields) slots.push({ slot: name, value: v, loc: frame.loc(x) });
  const at = frame.loc(x);
  if (recv) slots.push(...(fillTemplate(recv, slots, at) ?? []), ...openTemplate(recv, slots, at));
  const timed = limits(frame, env, m, args, x);
  for (const mark of llm.setup ? timed.given : []) out = withField(out, mark, constant(true));
  if (llm.setup && llm.verify && argument(frame, args, llm.verify)?.value.c === false)
    out = withField(out, UNVERIFIED, constant(false));
  if (!llm.setup) slots.push(...transport(frame, m, args));
  if (llm.setup) {
    const fields = new Map<string, Value>(
      slots.filter((s) => s.slot === "system" || s.slot === "messages").map((s) => [s.slot, s.value]),
    );
    // Nobody says it again: what the model is, and what is put into a conversation that the provider keeps.
    if (slots.some((s) => s.slot === "system" || s.slot === "input"))
      emitLlm(frame, q, m, slots, x, doubt, { setup: true });
    return fields.size ? withField(out, "#setup", dictOf(fields)) : kept ? withField(out, "#setup", kept) : out;
  }
  emitLlm(frame, q, m, slots, x, doubt, { setup: false, bounded: timed.bounded, timed: timed.timed });
  return out;
}

/** An HTTP call of which the callers know whether it asks a model. */
export function openRawCall(
  frame: Frame,
  env: Env,
  q: string,
  m: CallModel,
  args: Args,
  x: CallExpr,
  doubt: 0 | 1 | 2,
): Value {
  const body = m.llm?.body && argument(frame, args, m.llm.body);
  const { bounded, timed } = limits(frame, env, m, args, x);
  return openCall(frame, {
    kind: "raw",
    loc: frame.loc(x),
    q,
    model: m,
    slots: [...(body ? [{ slot: "body", value: body.value, loc: body.loc }] : []), ...transport(frame, m, args)],
    fn: frame.fn,
    module: frame.module,
    via: [],
    doubt,
    data: { setup: false, bounded, timed },
  });
}

/** Where the server is and whether its certificate is checked. */
export function transport(frame: Frame, m: CallModel, args: Args): Slot[] {
  const own = (["url", "verify"] as const).flatMap((slot) => {
    const spec = m.llm?.[slot];
    const a = spec && argument(frame, args, spec);
    return a ? [{ slot, value: a.value, loc: a.loc }] : [];
  });
  // `OpenAI(http_client=httpx.Client(verify=False))`
  const lent = HTTP_CLIENTS.flatMap((name) => {
    const a = args.kw.get(name);
    const value = a?.value.fields?.get(UNVERIFIED);
    return a && value ? [{ slot: "verify", value, loc: a.loc }] : [];
  });
  return lent.length ? [...own, ...lent] : own;
}

/** Arguments with the client of HTTP that an SDK's client goes through. */
const HTTP_CLIENTS = ["http_client", "http_async_client", "httpx_client"];
/** Field of a client of HTTP that does not check certificates. */
const UNVERIFIED = "#verify";

/** Whether the output and the time of a call are bounded, by its arguments or by those of the client it is made on. */
function limits(
  frame: Frame,
  env: Env,
  m: CallModel,
  args: Args,
  x: CallExpr,
): { given: string[]; bounded: boolean; timed: boolean } {
  const llm = m.llm!;
  const has = (names: readonly string[] | undefined) =>
    names !== undefined && (names.some((n) => args.kw.has(n)) || !!args.dstar);
  const given = [...(has(llm.timeouts) ? ["#timed"] : []), ...(has(llm.bounds) ? ["#bounded"] : [])];
  let timed = !llm.timeouts || has(llm.timeouts) || llm.setup === true;
  let bounded = !llm.bounds || has(llm.bounds);
  // Only what is looked up is looked at again; a call in the chain would happen twice.
  let r: Expr | undefined = x.f.k === "attr" ? x.f.o : undefined;
  for (; r && !(timed && bounded) && (r.k === "attr" || r.k === "name"); r = r.k === "attr" ? r.o : undefined) {
    const { fields } = evalExpr(frame, env, r);
    timed ||= fields?.has("#timed") ?? false;
    bounded ||= fields?.has("#bounded") ?? false;
  }
  return { given, bounded, timed };
}

function emitLlm(
  frame: Frame,
  q: string,
  m: CallModel,
  slots: readonly Slot[],
  x: CallExpr,
  doubt: 0 | 1 | 2,
  data: Readonly<Record<string, boolean>>,
): void {
  frame.emit(
    withHistory(
      checkedEvent(frame, {
        kind: "llm",
        loc: frame.loc(x),
        q,
        model: m,
        slots,
        fn: frame.fn,
        module: frame.module,
        via: [],
        doubt,
        data,
      }),
    ),
  );
}
