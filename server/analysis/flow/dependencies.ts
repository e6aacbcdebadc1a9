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
import { EMPTY, join, labelled, type Value } from "./value.js";

/** Dependencies of dependencies that are followed. */
const MAX_DEPTH = 3;

/**
 * What a dependency gives; undefined where the parameter has none, or one that the framework makes of the request (a class).
 */
export function dependencyOf(frame: Frame, env: Env, p: Param, depth = 0): Value | undefined {
  const call = dependsCall(p.def) ?? annotatedCall(p.ann);
  const what = call && (call.args[0] ?? call.kw.find((k) => k.n === "dependency")?.x);
  if (!what) return undefined;
  const { types } = evalExpr(frame, env, what);
  if (types.some((t) => t.k === "class")) return undefined;
  let out = EMPTY;
  for (const t of types) if (t.k === "fn" && depth < MAX_DEPTH) out = join(out, resultOf(frame, t.fn, depth));
  return out;
}

type Call = Extract<Expr, { k: "call" }>;

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
