/** Arguments of a call, and how models name them. */
import type { CallExpr, Expr } from "../ir.js";
import type { Argument } from "./apply.js";
import { withReceiver } from "./callbacks.js";
import type { Env } from "./env.js";
import { evalExpr, iterate } from "./expr.js";
import type { Frame } from "./frame.js";
import { dictOf, EMPTY, field, item, join, joinAll, type Value } from "./value.js";

export interface Args {
  pos: readonly Argument[];
  kw: ReadonlyMap<string, Argument>;
  /** `*args` whose length is not known, `**kwargs` that is no literal. */
  star: Argument | undefined;
  dstar: Argument | undefined;
  self: Argument | undefined;
  x: CallExpr;
  /** The call is only started here: a thread, a task in the background. */
  later?: boolean;
}

export function evalArgs(frame: Frame, env: Env, x: CallExpr, self: Argument | undefined): Args {
  const pos: Argument[] = [];
  const kw = new Map<string, Argument>();
  let star: Argument | undefined;
  let dstar: Argument | undefined;
  for (const a of x.args) {
    const loc = frame.loc(a);
    if (a.k === "star") {
      const v = evalExpr(frame, env, a.x);
      if (v.items && !v.elem) for (const i of v.items) pos.push({ value: i, loc });
      else star = { value: iterate(frame, v), loc, list: v };
    } else pos.push({ value: handedOver(frame, env, a), loc });
  }
  for (const k of x.kw) {
    const v = handedOver(frame, env, k.x);
    const loc = frame.loc(k.x);
    if (k.n !== null) kw.set(k.n, { value: v, loc });
    else {
      if (v.fields) for (const [name, f] of v.fields) kw.set(name, { value: f, loc });
      if (v.labels.length || v.elem || !v.fields) dstar = { value: v, loc };
    }
  }
  return { pos, kw, star, dstar, self, x };
}

/** An argument; a method that is handed over (`retry(chain.run, text)`) takes along what was set up on its object. */
function handedOver(frame: Frame, env: Env, x: Expr): Value {
  const v = evalExpr(frame, env, x);
  if (x.k !== "attr" || (x.o.k !== "name" && x.o.k !== "attr")) return v;
  const isMethod = v.types.some((t) => t.k === "ext" && frame.program.models.calls(t.q).length > 0);
  return isMethod ? withReceiver(v, evalExpr(frame, env, x.o)) : v;
}

/** The argument that a model names; the first of its spellings that is there. */
export function argument(frame: Frame, args: Args, spec: readonly (number | string)[]): Argument | undefined {
  for (const s of spec) {
    const hit = one(frame, args, s);
    if (hit) return hit;
  }
  return undefined;
}

function one(frame: Frame, args: Args, s: number | string): Argument | undefined {
  if (typeof s === "number") return args.pos[s] ?? (s >= args.pos.length ? args.star : undefined);
  if (s === "self") return args.self;
  if (s === "*") return everything(args);
  if (s === "**") return byName(args);
  const [head = "", ...rest] = s.split(".");
  let found = /^\d+$/.test(head) ? args.pos[Number(head)] : args.kw.get(head);
  if (!found && args.dstar) {
    const v = field(args.dstar.value, head);
    if (v !== EMPTY) found = { value: v, loc: args.dstar.loc };
  }
  if (!found || !rest.length) return found;
  let v = found.value;
  for (const key of rest)
    v =
      key === "*"
        ? joinAll([...(v.fields?.values() ?? []), iterate(frame, v)])
        : key === "[]"
          ? iterate(frame, v)
          : field(v, key);
  return v === EMPTY ? undefined : { value: v, loc: found.loc };
}

/** What is handed in by name, as one dictionary: `chain.run(topic=topic, language="fr")`. */
function byName(args: Args): Argument | undefined {
  const [first] = args.kw.values();
  if (!first) return args.dstar;
  const named = dictOf(new Map([...args.kw].map(([k, a]) => [k, a.value])));
  return { value: args.dstar ? join(named, args.dstar.value) : named, loc: first.loc };
}

/** All arguments as one value. */
function everything(args: Args): Argument | undefined {
  const all = allArguments(args);
  if (!all.length) return undefined;
  return { value: all.map((a) => a.value).reduce((a, b) => join(a, b)), loc: all[0]!.loc };
}

export function allArguments(args: Args): Argument[] {
  const out = [...args.pos, ...args.kw.values()];
  if (args.star) out.push(args.star);
  if (args.dstar) out.push(args.dstar);
  return out;
}

/**
 * The parts of a value as the code spells them: a dict or list literal is taken apart, so that a finding stands at the
 * entry and not at the whole literal.
 */
export function literalParts(frame: Frame, x: Expr | undefined, v: Value, loc: Argument["loc"], depth = 0): Argument[] {
  if (!x || depth > 4) return [{ value: v, loc }];
  if (x.k === "dict" && x.items.every((i) => i.key !== null)) {
    const out: Argument[] = [];
    for (const i of x.items) {
      const key = i.key?.k === "const" ? String(i.key.v) : undefined;
      const part = key !== undefined ? v.fields?.get(key) : undefined;
      if (!part) return [{ value: v, loc }];
      out.push(...literalParts(frame, i.v, part, frame.loc(i.v), depth + 1));
    }
    return out.length ? out : [{ value: v, loc }];
  }
  if ((x.k === "list" || x.k === "tuple") && v.items?.length === x.xs.length && !x.xs.some((e) => e.k === "star"))
    return x.xs.flatMap((e, i) => literalParts(frame, e, v.items![i]!, frame.loc(e), depth + 1));
  return [{ value: v, loc }];
}

/** A tuple's first element where the framework takes `(body, status)`. */
export const bodyOf = (v: Value): Value => (v.items?.length && v.items.length <= 3 ? item(v, 0) : v);

const madeCalls = new WeakMap<Expr, CallExpr>();

/** A call that stands in no text, and that an expression means: the same one whenever it is asked for, so that it keeps its place. */
export function madeCall(meant: Expr, make: () => CallExpr): CallExpr {
  let call = madeCalls.get(meant);
  if (!call) {
    call = make();
    madeCalls.set(meant, call);
  }
  return call;
}

/** The call of a function that an expression inside of another call stands for, with nothing handed to it. */
export const asCall = (x: CallExpr, f: Expr): CallExpr => madeCall(f, () => ({ ...x, f, args: [], kw: [] }));
