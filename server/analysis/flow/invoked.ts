/** Calls that call the function they are handed, and functions that were given a part of their arguments before. */
import type { CallExpr, Expr } from "../ir.js";
import type { CallModel } from "../names/model-schema.js";
import type { Argument } from "./apply.js";
import { type Args, argument } from "./arguments.js";
import { receiverOf } from "./callbacks.js";
import { callFunction } from "./calls.js";
import type { Env } from "./env.js";
import { iterate } from "./expr.js";
import type { Frame } from "./frame.js";
import type { Loc } from "./labels.js";
import { callLibrary } from "./library.js";
import { dictOf, EMPTY, join, listOf, type TypeRef, type Value, withField } from "./value.js";

/** A call that calls the function it is handed, as the model says: the function's result, or a sequence of its results. */
export function invoke(frame: Frame, env: Env, m: CallModel, args: Args, x: CallExpr): Value {
  const { fn: spec, args: rest, kwargs: named, each, result } = m.invokes!;
  const fn = argument(frame, args, spec);
  if (!fn) return EMPTY;
  const after = 1 + Math.max(0, args.pos.indexOf(fn));
  let pos = args.pos.slice(after);
  let exprs = x.args.slice(after);
  let kw: ReadonlyMap<string, Argument> = new Map();
  if (rest?.includes("*")) kw = new Map([...args.kw].filter(([, a]) => a !== fn));
  else if (each) pos = pos.map((a) => ({ ...a, value: iterate(frame, a.value) }));
  else if (rest) {
    const list = argument(frame, args, rest);
    pos = (list?.value.items ?? []).map((value) => ({ value, loc: list!.loc }));
    const given = exprAt(frame, x, list?.loc);
    exprs = given?.k === "tuple" || given?.k === "list" ? given.xs : [];
  }
  const kwargs = named && argument(frame, args, named);
  if (kwargs) kw = new Map([...(kwargs.value.fields ?? [])].map(([k, value]) => [k, { value, loc: kwargs.loc }]));
  const call = handedCall(x, exprAt(frame, x, fn.loc) ?? x.f, exprs, kwargs && exprAt(frame, x, kwargs.loc));
  const handed: Args = { pos, kw, star: undefined, dstar: undefined, self: undefined, x: call, later: !result };
  let out: Value = EMPTY;
  for (const t of fn.value.types) {
    const made =
      t.k === "fn"
        ? callFunction(frame, env, t, handed, call, t.fn.name)
        : t.k === "ext"
          ? libraryResult(frame, env, t, fn.value, handed, call)
          : undefined;
    if (made) out = join(out, made);
  }
  return each && out !== EMPTY ? { labels: [], types: [], elem: out } : out;
}

/** What a library's function gives that was handed over: `to_thread(requests.post, url, json=data)`. */
function libraryResult(
  frame: Frame,
  env: Env,
  t: Extract<TypeRef, { k: "ext" }>,
  fn: Value,
  args: Args,
  call: CallExpr,
): Value | undefined {
  // Only what the models speak of has something to say; the others would be looked up for nothing.
  if (!frame.program.models.calls(t.q).length) return undefined;
  return callLibrary(
    frame,
    env,
    t,
    withGiven(fn, args, frame.loc(call)),
    call,
    receiverOf(fn, t),
    t.q.slice(t.q.lastIndexOf(".") + 1),
  );
}

/** What a function was given before, in order, and by name. */
const GIVEN = "#given";
const GIVEN_BY_NAME = "#given=";

/** `functools.partial(f, ...)`: the function, with what it was given. */
export function partial(fn: Value, args: Args): Value {
  const pos = args.pos.slice(1).map((p) => p.value);
  const kw = [...args.kw].map(([k, v]) => [k, v.value] as const);
  const types = fn.types.flatMap((t): TypeRef[] =>
    t.k === "fn"
      ? [{ ...t, args: [...(t.args ?? []), ...pos], kwargs: new Map([...(t.kwargs ?? []), ...kw]) }]
      : t.k === "ext"
        ? [t]
        : [],
  );
  let out: Value = { labels: [], types };
  if (!types.some((t) => t.k === "ext")) return out;
  // A library's function keeps what it was given beside what was set up on its object.
  out = { ...out, fields: fn.fields };
  const before = fn.fields?.get(GIVEN)?.items ?? [];
  if (before.length + pos.length) out = withField(out, GIVEN, listOf([...before, ...pos]));
  const named = new Map([...(fn.fields?.get(GIVEN_BY_NAME)?.fields ?? []), ...kw]);
  return named.size ? withField(out, GIVEN_BY_NAME, dictOf(named)) : out;
}

/** The arguments of a call, behind what the function was given before; that stands where the call does. */
export function withGiven(fn: Value, args: Args, loc: Loc): Args {
  const pos = fn.fields?.get(GIVEN)?.items;
  const kw = fn.fields?.get(GIVEN_BY_NAME)?.fields;
  if (!pos && !kw) return args;
  const at = (value: Value): Argument => ({ value, loc });
  const named = new Map([...(kw ?? [])].map(([k, value]) => [k, at(value)] as const));
  return { ...args, pos: [...(pos ?? []).map(at), ...args.pos], kw: new Map([...named, ...args.kw]) };
}

const exprAt = (frame: Frame, x: CallExpr, loc: Loc | undefined): Expr | undefined =>
  loc && [...x.args, ...x.kw.map((k) => k.x)].find((a) => frame.loc(a) === loc);

/** Calls of what was handed over, by the call that hands it over: what they change of their arguments is changed there. */
const handedCalls = new WeakMap<CallExpr, CallExpr>();

function handedCall(x: CallExpr, f: Expr, args: readonly Expr[], kwargs: Expr | undefined): CallExpr {
  const known = handedCalls.get(x);
  if (known) return known;
  const kw = (kwargs?.k === "dict" ? kwargs.items : []).flatMap(({ key, v, s, e }) =>
    key?.k === "const" && typeof key.v === "string" ? [{ n: key.v, x: v, s, e }] : [],
  );
  const call: CallExpr = { ...x, f, args: [...args], kw };
  handedCalls.set(x, call);
  return call;
}
