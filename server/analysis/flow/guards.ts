/** Checks: what the truth of a condition says about labels, and what a function says by returning. */
import type { Expr } from "../ir.js";
import { answered, notAnswered } from "./answered.js";
import { noteCondition } from "./checks.js";
import { type Env, mapEnv } from "./env.js";
import { evalExpr } from "./expr.js";
import type { Frame, Refinement } from "./frame.js";
import { noteOwner } from "./history.js";
import { ALL_KINDS, bit, ESCAPED, type Label, ownPart } from "./labels.js";
import { narrowed } from "./spoken.js";
import { deepLabels, mapLabels, mapsLabels, originsIn, originsOf, type Value } from "./value.js";

export interface Condition {
  value: Value;
  /** Labels known safe where the condition holds, and where it does not. */
  holds: readonly Refinement[];
  otherwise: readonly Refinement[];
  /** Tests that failed in the branch: what a function then returns says "unsafe". */
  unsafeThen: readonly Refinement[];
  unsafeElse: readonly Refinement[];
}

const NONE: readonly Refinement[] = [];

/** Evaluates a condition and reads what it says. */
export function conditionOf(frame: Frame, env: Env, x: Expr): Condition {
  const tests = testsIn(frame, env, x);
  noteCondition(frame, env, x);
  noteOwner(frame, env, x);
  const value = tests.value;
  const nothing = holdsNothing(env, x);
  if (!tests.list.length) return { value, holds: nothing, otherwise: NONE, unsafeThen: NONE, unsafeElse: NONE };
  const unsafeThen = tests.list.filter((t) => t.unsafe === "then");
  const unsafeElse = tests.list.filter((t) => t.unsafe === "else");
  const holds = nothing.length ? [...unsafeElse, ...nothing] : unsafeElse;
  return { value, holds, otherwise: unsafeThen, unsafeThen, unsafeElse };
}

/** Where `not text` or `text is None` holds, there is nothing in that variable; what was made of the same text is another matter. */
function holdsNothing(env: Env, x: Expr): readonly Refinement[] {
  const name = emptyWhere(x);
  const v = name === undefined ? undefined : env.vars.get(name);
  const labels = v ? deepLabels(v) : [];
  return labels.length ? [{ labels, mask: ALL_KINDS, weak: false, unsafe: "else", only: name }] : NONE;
}

/** The variable that is empty where a condition holds. */
function emptyWhere(x: Expr): string | undefined {
  if (x.k === "un") return x.op === "not" ? textOf(x.x) : undefined;
  if (x.k === "cmp") {
    const [l, r] = x.xs;
    const isNone = (y: Expr | undefined) => y?.k === "const" && (y.t === "none" || y.v === "");
    return x.xs.length === 2 && /^(?:is|==)$/.test(x.ops[0] ?? "") && l && isNone(r) ? textOf(l) : undefined;
  }
  if (x.k !== "bool") return undefined;
  const names = x.xs.map(emptyWhere);
  if (x.op === "and") return names.find((n) => n !== undefined);
  return names.every((n) => n === names[0]) ? names[0] : undefined;
}

/** The variable whose text an expression is: `text`, `text.strip()`, `str(text)`. */
function textOf(x: Expr): string | undefined {
  if (x.k === "name") return x.id;
  if (x.k !== "call") return undefined;
  if (x.f.k === "attr") return x.f.a === "strip" ? textOf(x.f.o) : undefined;
  return x.f.k === "name" && x.f.id === "str" && x.args.length === 1 ? textOf(x.args[0]!) : undefined;
}

function testsIn(frame: Frame, env: Env, x: Expr): { list: Refinement[]; value: Value } {
  if (x.k === "un" && x.op === "not") {
    const t = testsIn(frame, env, x.x);
    return { list: t.list.map(flip), value: t.value };
  }
  if (x.k === "bool") {
    const parts = x.xs.map((p) => testsIn(frame, env, p));
    const all = parts.flatMap((p) => p.list);
    // Where `a or b` fails both failed; where `a and b` holds both hold. `text and has_pii(text)` is no weaker for `text`.
    const keep = x.op === "or" ? all.filter((t) => t.unsafe === "then") : all;
    return { list: keep, value: parts.at(-1)!.value };
  }
  const value = evalExpr(frame, env, x);
  return { list: [...(value.test ?? []), ...answered(env, x)], value };
}

export const flip = (t: Refinement): Refinement => ({ ...t, unsafe: t.unsafe === "then" ? "else" : "then" });

/** Clears the labels in every variable. */
export function applyRefinements(env: Env, refinements: readonly Refinement[]): Env {
  if (!refinements.length) return env;
  for (const { speaks } of refinements) {
    if (!speaks) continue;
    const told = mapEnv(env, (v) => narrowed(v, speaks));
    if (told !== env) for (const [k, v] of told.vars) env.vars.set(k, v);
  }
  const all = refinements.filter((r) => r.only === undefined && !r.speaks);
  const out = all.length ? mapEnv(env, clearsAll(all)) : env;
  if (out !== env) for (const [k, v] of out.vars) env.vars.set(k, v);
  for (const r of refinements) {
    const v = r.only === undefined ? undefined : env.vars.get(r.only);
    if (v) env.vars.set(r.only!, r.failed ? notAnswered(clearsAll([r])(v)) : clearsAll([r])(v));
  }
  return env;
}

/** Clears labels in one value after the other. Most values of a function have nothing to do with what one condition asks. */
function clearsAll(refinements: readonly Refinement[]): (v: Value) => Value {
  const origins = originsOf(refinements.flatMap((r) => r.labels));
  const clear = mapsLabels((l) => {
    let out: Label | undefined = l;
    for (const r of refinements) {
      if (!out || !r.labels.some((x) => x.key === l.key && isPrefix(x.path, l.path))) continue;
      out = clearLabel(out, r.mask, r.weak);
    }
    return out;
  });
  return (v) => (originsIn(v) & origins ? clear(v) : v);
}

const isPrefix = (short: readonly string[], long: readonly string[]) => short.every((p, i) => p === long[i]);

/** The label after a sanitiser or guard for the kinds in `mask`. */
export function clearLabel(l: Label, mask: number, weak: boolean): Label | undefined {
  if (l.kind === "param") return weak ? { ...l, weak: l.weak | mask } : { ...l, cleared: l.cleared | mask };
  // What a user's own sanitiser lets through is remembered, and only the own rule asks for it.
  const own = ownPart(mask);
  const out = own ? { ...l, weak: l.weak | own } : l;
  if (!(mask & bit(l.kind)) && !(l.kind === "llm-object" && mask & bit("llm"))) return out;
  return weak ? { ...out, weak: out.weak | bit(l.kind) | (mask & ESCAPED) } : undefined;
}

/** A value after a sanitiser. */
export const sanitise = (v: Value, mask: number, weak: boolean): Value =>
  mapLabels(v, (l) => clearLabel(l, mask, weak));

/** Remembers what returning (or raising, without `x`) here says about the parameters. */
export function recordGuardReturn(frame: Frame, _env: Env, x: Expr | undefined, v: Value): void {
  const add = (r: Refinement, unsafeWhen: "true" | "false" | "raises") => {
    for (const l of r.labels) {
      if (l.kind !== "param" || l.param === undefined) continue;
      if (
        frame.guards.some(
          (g) => g.param === l.param && g.unsafeWhen === unsafeWhen && g.mask === r.mask && g.weak === r.weak,
        )
      )
        continue;
      frame.guards.push({ param: l.param, path: l.path, mask: r.mask, weak: r.weak, unsafeWhen });
    }
  };
  for (const t of v.test ?? []) add(t, t.unsafe === "then" ? "true" : "false");
  if (!x) for (const t of frame.tests) add(t, "raises");
  else if (v.c === true || v.c === false) for (const t of frame.tests) add(t, v.c ? "true" : "false");
  else if (v.items?.length && typeof v.items[0]?.c === "boolean")
    for (const t of frame.tests) add(t, v.items[0].c ? "true" : "false");
}
