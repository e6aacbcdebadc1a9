/** What FastAPI puts into a parameter that names a dependency: `user: User = Depends(get_current_user)`. */
import type { Expr, Param } from "../ir.js";
import { lastNameOf } from "../last-name.js";
import type { FunctionDef } from "../names/definitions.js";
import { type Argument, substitute } from "./apply.js";
import { paramNames } from "./calls.js";
import { Env } from "./env.js";
import { access, evalExpr } from "./expr.js";
import { Frame } from "./frame.js";
import type { Label, Loc } from "./labels.js";
import { placed } from "./sources.js";
import { EMPTY, join, labelled, type TypeRef, type Value } from "./value.js";

/** Dependencies of dependencies that are followed. */
const MAX_DEPTH = 3;

/**
 * What a dependency gives; undefined where the parameter has none, or one that the framework makes of the request (a class).
 */
export function dependencyOf(frame: Frame, env: Env, p: Param, depth = 0): Value | undefined {
  const named = namedAnnotation(p.ann);
  const what =
    given(frame, env, dependsCall(p.def)) ??
    given(frame, env, annotatedCall(p.ann)) ??
    (named && evalExpr(frame, env, named).fields?.get(DEPENDENCY));
  if (!what) return undefined;
  if (what.types.some((t) => t.k === "class")) return undefined;
  let out = EMPTY;
  for (const t of what.types) if (t.k === "fn" && depth < MAX_DEPTH) out = join(out, resultOf(frame, t.fn, depth));
  return out;
}

type Call = Extract<Expr, { k: "call" }>;

/** What a `Depends(...)` names. */
function given(frame: Frame, env: Env, call: Call | undefined): Value | undefined {
  const what = call && (call.args[0] ?? call.kw.find((k) => k.n === "dependency")?.x);
  return what && evalExpr(frame, env, what);
}

/** An annotation that may stand for another: `user: CurrentUser`, `user: deps.CurrentUser`. */
const namedAnnotation = (x: Expr | null | undefined): Expr | undefined =>
  x?.k === "name" || x?.k === "attr" ? x : undefined;

const dependsCall = (x: Expr | null | undefined): Call | undefined =>
  x?.k === "call" && /^(Depends|Security)$/.test(lastNameOf(x.f)) ? x : undefined;

/** `Annotated[User, Depends(get_current_user)]`. */
function annotatedCall(ann: Expr | null | undefined): Call | undefined {
  if (ann?.k !== "sub" || ann.i.k !== "tuple") return undefined;
  for (const x of ann.i.xs) {
    const call = dependsCall(x);
    if (call) return call;
  }
  return undefined;
}

/** Fields of the value of an annotation that was given a name: the type, and what the framework asks for it. */
const ORIGIN = "<origin>";
const DEPENDENCY = "<dependency>";

/**
 * The value of `Annotated[User, Depends(get_current_user)]`, which a module may give a name for its routes to use.
 * @param type that of `Annotated`, subscripted
 */
export function annotationValue(frame: Frame, env: Env, x: Expr, type: TypeRef): Value | undefined {
  const first = x.k === "sub" && x.i.k === "tuple" ? x.i.xs[0] : undefined;
  if (!first) return undefined;
  const fields = new Map([[ORIGIN, evalExpr(frame, env, first)]]);
  const dependency = given(frame, env, annotatedCall(x));
  if (dependency) fields.set(DEPENDENCY, dependency);
  return { labels: [], types: [type], fields };
}

/** The type in an annotation that was given a name; the value itself where it is none. */
export const originOf = (v: Value): Value => v.fields?.get(ORIGIN) ?? v;

/** The result of a dependency whose own parameters come from the request. */
function resultOf(frame: Frame, fn: FunctionDef, depth: number): Value {
  const { program } = frame;
  const inner = new Frame(program, fn.module, fn, fn.ir.chunk);
  const args = new Map<number, Argument>();
  fn.ir.params.forEach((p, i) => {
    const loc = inner.loc(p);
    const known = p.ann
      ? placed(program.classes.annotated(inner, new Env(new Map(), undefined), p.ann), () => loc)
      : EMPTY;
    const given = dependencyOf(inner, new Env(new Map(), undefined), p, depth + 1);
    const own = known.types.some((t) => t.k === "ext" && program.models.type(t.q));
    args.set(i, { value: given ?? (own ? known : join(labelled([fromRequest(fn, p, i, loc)]), known)), loc });
  });
  const ret = substitute(program.summary(fn).ret, {
    args,
    name: fn.name,
    params: paramNames(fn),
    access: (v, key) => access(frame, v, key),
  });
  return fn.ir.generator ? (ret.elem ?? EMPTY) : ret;
}

const fromRequest = (fn: FunctionDef, p: Param, i: number, loc: Loc): Label => ({
  kind: "user",
  key: `user@${fn.key}:${i}`,
  step: { loc, msg: `\`${p.name}\` comes from the request`, prev: undefined },
  path: [],
  cleared: 0,
  weak: 0,
  doubt: 0,
  what: `\`${p.name}\``,
});
