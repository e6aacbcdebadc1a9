/** What projects say of their own functions: models and rules of settings files. */
import type { CallExpr } from "../ir.js";
import type { ModuleDef } from "../names/definitions.js";
import type { CallModel } from "../names/model-schema.js";
import type { OwnCall } from "../names/own-models.js";
import type { Argument } from "./apply.js";
import { type Args, allArguments, argument, literalParts } from "./arguments.js";
import { callFunction, nameOf } from "./calls.js";
import type { Env } from "./env.js";
import type { Frame, Refinement } from "./frame.js";
import { sanitise } from "./guards.js";
import { type Label, unionLabels } from "./labels.js";
import { applies, clearNow, runModels } from "./library.js";
import type { Slot } from "./summary.js";
import { EMPTY, flatten, type TypeRef, type Value, withLabels } from "./value.js";

type FunctionRef = Extract<TypeRef, { k: "fn" }>;

/** Folders, module and name of something in the project. */
function segmentsOf(module: ModuleDef, qualname: string): string[] {
  const path = module.file.replace(/\.pyi?$/, "").replace(/\/__init__$/, "");
  return [...path.split("/").filter(Boolean), ...qualname.split(".")];
}

/** The names of a function: its own, and that of the class on which it is called. */
function functionNames(t: FunctionRef): { segments: string[]; least: number }[] {
  const name = (qualname: string, module: ModuleDef) => ({
    segments: segmentsOf(module, qualname),
    // At least the module has to be named.
    least: qualname.split(".").length + 1,
  });
  const out = [name(t.fn.qualname, t.fn.module)];
  for (const type of t.self?.types ?? []) {
    if ((type.k === "inst" || type.k === "class") && type.cls !== t.fn.cls)
      out.push(name(`${type.cls.name}.${t.fn.name}`, type.cls.module));
  }
  return out;
}

/** Arguments that can also be asked for by the names of the function's parameters. */
function withParameterNames(args: Args, t: FunctionRef): Args {
  const bound = t.self && t.fn.cls && t.fn.binding !== "static" && !t.fn.nested ? 1 : 0;
  const kw = new Map<string, Argument>(args.kw);
  args.pos.forEach((a, i) => {
    const p = t.fn.ir.params[i + bound + (t.args?.length ?? 0)];
    if (p && (p.kind === "pos" || p.kind === "normal") && !kw.has(p.name)) kw.set(p.name, a);
  });
  return { ...args, kw };
}

/** Whether an entry says what comes out of the call, so that the body has no say in it. */
const saysResult = (m: CallModel): boolean =>
  [m.returns, m.source, m.record, m.llm, m.propagate, m.message, m.template, m.invokes, m.result_paths].some(
    (part) => part !== undefined,
  );

/** The result of a project's function that a model of the project speaks of; undefined where none does. */
export function callOwnModelled(
  frame: Frame,
  env: Env,
  t: FunctionRef,
  args: Args,
  x: CallExpr,
  recv: Value | undefined,
  name: string,
): Value | undefined {
  const { own } = frame.program.models;
  if (!own?.hasModels) return undefined;
  const named = withParameterNames(args, t);
  const models = [...new Set(functionNames(t).flatMap((n) => own.projectModels(n.segments, n.least)))].filter((m) =>
    applies(frame, m, named),
  );
  if (!models.length) return undefined;
  const q = models[0]!.call?.[0] ?? nameOf(x.f);
  const body = models.some(saysResult) ? EMPTY : callFunction(frame, env, t, args, x, name);
  return runModels(frame, env, { k: "ext", q }, models, named, x, recv, 0, body);
}

/** Makes the sources, sinks and sanitisers of own rules out of a call. @param out the call's result without them */
export function applyOwnRules(frame: Frame, env: Env, callee: Value, args: Args, x: CallExpr, out: Value): Value {
  const { models } = frame.program;
  const own = models.own!;
  const seen = new Set<OwnCall>();
  let result = out;
  const apply = (entries: readonly OwnCall[], q: string, given: Args, doubt: 0 | 1) => {
    for (const one of entries) {
      if (seen.has(one) || !applies(frame, one.entry, given)) continue;
      seen.add(one);
      result = applyOne(frame, env, one, q, given, x, result, doubt);
    }
  };
  for (const t of callee.types) {
    if (t.k === "ext") apply(own.calls(models.names(t.q)), t.q, args, 0);
    else if (t.k === "fn") {
      for (const n of functionNames(t)) {
        const entries = own.project(n.segments, n.least);
        if (entries.length) apply(entries, t.fn.qualname, withParameterNames(args, t), 0);
      }
    } else if (t.k === "class") apply(own.project(segmentsOf(t.cls.module, t.cls.name), 2), t.cls.name, args, 0);
  }
  // The receiver's type is not known, or its library is one that nobody described.
  if (callee.types.every((t) => t.k === "ext" && !models.calls(t.q).length)) {
    const text = nameOf(x.f);
    if (text.includes(".")) apply(own.ducks(text), text, args, 1);
  }
  return result;
}

function applyOne(
  frame: Frame,
  env: Env,
  one: OwnCall,
  q: string,
  args: Args,
  x: CallExpr,
  out: Value,
  doubt: 0 | 1,
): Value {
  switch (one.role) {
    case "source":
      return withLabels(out, [sourceLabel(frame, one.tag, q, x, doubt)]);
    case "sink":
      emitOwn(frame, one.tag, one.entry.args, q, args, x, doubt);
      return out;
    case "sanitiser":
      return one.entry.guard
        ? guarded(frame, env, one.entry.guard, one.mask, args, out)
        : sanitise(out, one.mask, true);
  }
}

function sourceLabel(frame: Frame, tag: string, q: string, x: CallExpr, doubt: 0 | 1): Label {
  const loc = frame.loc(x);
  const text = nameOf(x.f) || q;
  return {
    kind: "own",
    own: tag,
    key: `own@${loc.id}:${tag}`,
    step: { loc, msg: `\`${text}()\` gives it`, prev: undefined },
    path: [],
    cleared: 0,
    weak: 0,
    doubt,
    what: `\`${text}()\``,
  };
}

function emitOwn(
  frame: Frame,
  tag: string,
  spec: readonly (number | string)[] | undefined,
  q: string,
  args: Args,
  x: CallExpr,
  doubt: 0 | 1,
): void {
  const one = spec && argument(frame, args, spec);
  const chosen = spec ? (one ? [one] : []) : allArguments(args);
  const slots: Slot[] = [];
  for (const a of new Set(chosen)) {
    const node = [...x.args, ...x.kw.map((k) => k.x)].find((n) => frame.loc(n) === a.loc);
    for (const p of literalParts(frame, node, a.value, a.loc))
      slots.push({ slot: String(slots.length), value: p.value, loc: p.loc });
  }
  frame.emit({
    kind: "own",
    loc: frame.loc(x),
    q: nameOf(x.f) || q,
    slots,
    fn: frame.fn,
    module: frame.module,
    via: [],
    doubt,
    data: { rule: tag },
  });
}

/** A test of an argument: where it says "safe", or returns at all, the argument counts as clean. */
function guarded(
  frame: Frame,
  env: Env,
  guard: { arg: readonly (number | string)[]; unsafe_when: "true" | "false" | "raises" },
  mask: number,
  args: Args,
  out: Value,
): Value {
  const a = argument(frame, args, guard.arg);
  const labels = a ? unionLabels(a.value.labels, flatten(a.value).labels) : [];
  if (!labels.length) return out;
  const r: Refinement = { labels, mask, weak: true, unsafe: guard.unsafe_when === "false" ? "else" : "then" };
  if (guard.unsafe_when === "raises") {
    clearNow(env, r);
    return out;
  }
  return { ...out, test: [...(out.test ?? []), r] };
}
