/**
 * What a decorator of the project's own hands to the function that it wraps: the user that it looked up, a connection. A
 * framework that calls the wrapped function fills the other parameters.
 */
import type { CallExpr, Expr } from "../ir.js";
import { lastNameOf } from "../last-name.js";
import type { FunctionDef } from "../names/definitions.js";
import type { Args } from "./arguments.js";
import { functionOf } from "./callbacks.js";
import { callFunction } from "./calls.js";
import { stripParams } from "./classes.js";
import { Env } from "./env.js";
import { evalExpr } from "./expr.js";
import { Frame } from "./frame.js";
import type { Label } from "./labels.js";
import type { FlowEvent } from "./summary.js";
import {
  EMPTY,
  element,
  flatten,
  join,
  joinAll,
  labelled,
  mapLabels,
  someLabel,
  type TypeRef,
  type Value,
} from "./value.js";

/** What wrapping does to a function. */
export interface Wrapped {
  /** By name, the parameters that the wrappers fill, and with what. */
  handed: ReadonlyMap<string, Value>;
  /** A wrapper answers a request with what the function gives back. */
  answers: boolean;
  /** Kinds of labels that the wrappers keep from what the function gives back, and those that they keep in part, as masks. */
  cleared: number;
  weak: number;
}

/** Parameters that wrappers pass on as they got them. */
const PASSED_ON = /^(self|cls|request|req|websocket|ws|args|kwargs)$/;
/** What of these a framework has for all to take: `function(user_id, request)` in a wrapper that was handed none. */
const TAKEN = /^(request|req)$/;

/**
 * What a function's decorators do to it.
 * @param runRest runs the functions that a frame met and nobody called
 */
export function wrappedByDecorators(frame: Frame, fn: FunctionDef, runRest: (frame: Frame) => void): Wrapped {
  const handed = new Map<string, Value>();
  const put = (name: string | undefined, v: Value): void => {
    if (name === undefined) return;
    if (PASSED_ON.test(name) && !(TAKEN.test(name) && v.types.some((t) => t.k === "ext"))) return;
    handed.set(name, join(handed.get(name) ?? EMPTY, stripParams(v)));
  };
  let answers = false;
  let cleared = 0;
  let weak = 0;
  for (const d of fn.ir.decorators) {
    // What stands above the one that registers a route is not what the framework calls.
    if (d.k === "call" && d.f.k === "attr") cleared = weak = 0;
    const { events, result } = probed(frame, d, runRest);
    const given = flatten(result).labels.filter((l) => l.key === WRAPPED && isResult(l));
    if (given.length) {
      cleared |= given.reduce((mask, l) => mask & l.cleared, -1);
      weak |= given.reduce((mask, l) => mask & l.weak, -1);
    }
    for (const e of events) {
      if (e.kind === "sink")
        answers ||= ANSWERS.test(e.sink ?? "") && e.slots.some((s) => someLabel(s.value, isResult));
      if (e.kind !== "handed" || !functionOf(e).labels.some((l) => isWrapped(l) && !l.path.length)) continue;
      for (const s of e.slots) {
        if (s.slot.startsWith("=")) put(s.slot.slice(1), s.value);
        else if (/^\d+$/.test(s.slot)) put(positional(fn, Number(s.slot)), s.value);
      }
      // `fn(**request.get_json())`: whatever the caller sent, under whatever name.
      for (const s of e.slots) {
        if (s.slot !== "*" && s.slot !== "**") continue;
        const all = stripParams(element(s.value));
        const sent = mapLabels(all, (l) => (l.kind === "user" ? l : undefined));
        if (sent.labels.length)
          for (const p of fn.ir.params)
            if ((p.kind === "pos" || p.kind === "normal" || p.kind === "kwonly") && !handed.has(p.name))
              put(p.name, sent);
      }
    }
  }
  return { handed, answers, cleared, weak };
}

const ANSWERS = /^(?:stream-)?response$/;
const isWrapped = (l: Label): boolean => l.kind === "param" && (l.key === WRAPPED || l.param === 0);
/** What the wrapped function gave back. */
const isResult = (l: Label): boolean => isWrapped(l) && l.path.some((key) => key.startsWith("()"));

const positional = (fn: FunctionDef, i: number): string | undefined => {
  const p = fn.ir.params[i];
  return p && (p.kind === "pos" || p.kind === "normal") ? p.name : undefined;
};

/** The function that a probe hands to a decorator, to see where it is called. */
const WRAPPED = "wrapped";

interface Probed {
  /** What the wrapper does with what it wraps. */
  events: readonly FlowEvent[];
  /** What it gives back. */
  result: Value;
}

/** What the wrapper of a decorator does, of one that is made for its function (`@with_socket("chat")`) too. */
function probed(frame: Frame, d: Expr, runRest: (frame: Frame) => void): Probed {
  const names = new Env(new Map(), undefined);
  const isMade = d.k === "call";
  const isOwn = (t: TypeRef): boolean => t.k === "fn" && !t.fn.nested && !t.fn.cls;
  if (isMade ? !evalExpr(frame, names, d.f).types.some(isOwn) : d.k !== "name" && d.k !== "attr") return NOTHING;
  const probe = new Frame(frame.program, frame.module, frame.fn, frame.chunk);
  const loc = probe.loc(d);
  const x: CallExpr = isMade ? d : { k: "call", f: d, args: [], kw: [], ps: d.e, s: d.s, e: d.e };
  const step = { loc, msg: `\`${lastNameOf(x.f)}\` wraps it`, prev: undefined };
  const wrapped = labelled([
    { kind: "param", key: WRAPPED, step, path: [], cleared: 0, weak: 0, doubt: 0, param: 0, what: WRAPPED },
  ]);
  const call = (t: TypeRef, ...pos: Value[]): Value => {
    if (t.k !== "fn") return EMPTY;
    const args = pos.map((value) => ({ value, loc }));
    const all: Args = { pos: args, kw: new Map(), star: undefined, dstar: undefined, self: undefined, x };
    return callFunction(probe, names, t, all, x, t.fn.name);
  };
  const known: FlowEvent[] = [];
  const wrappers: TypeRef[] = [];
  for (const t of evalExpr(probe, names, d).types) {
    if (t.k !== "fn" || (isMade ? !t.env : !isOwn(t))) continue;
    // A wrapper that is made anew for each function is looked at here; what one of a plain decorator does is known.
    if (!isMade) known.push(...frame.program.summary(t.fn).events);
    wrappers.push(...call(t, wrapped).types.filter((w) => w.k === "fn" && w.fn.nested));
  }
  if (isMade) runRest(probe);
  const isProbed = (l: Label): boolean => l.key === WRAPPED;
  const met = [...probe.events.values()].filter((e) => e.slots.some((s) => someLabel(s.value, isProbed)));
  // Only now: what is called here counts as called, and a framework that calls it hands it other things.
  return { events: isMade ? met : known, result: joinAll(wrappers.map((w) => call(w))) };
}

const NOTHING: Probed = { events: [], result: EMPTY };
