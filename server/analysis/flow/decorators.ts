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
import { EMPTY, element, join, labelled, mapLabels, someLabel, type Value } from "./value.js";

/** What wrapping does to a function. */
export interface Wrapped {
  /** By name, the parameters that the wrappers fill, and with what. */
  handed: ReadonlyMap<string, Value>;
  /** A wrapper answers a request with what the function gives back. */
  answers: boolean;
}

/** Parameters that wrappers pass on as they got them. */
const PASSED_ON = /^(self|cls|request|req|websocket|ws|args|kwargs)$/;

/**
 * What a function's decorators do to it.
 * @param runRest runs the functions that a frame met and nobody called
 */
export function wrappedByDecorators(frame: Frame, fn: FunctionDef, runRest: (frame: Frame) => void): Wrapped {
  const handed = new Map<string, Value>();
  const put = (name: string | undefined, v: Value): void => {
    if (name === undefined || PASSED_ON.test(name)) return;
    handed.set(name, join(handed.get(name) ?? EMPTY, stripParams(v)));
  };
  let answers = false;
  for (const d of fn.ir.decorators) {
    const events = d.k === "call" ? eventsOfMade(frame, d, runRest) : eventsOfWrapping(frame, d);
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
  return { handed, answers };
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

/** What the wrapper of a decorator that is made for its function does: `@with_socket("chat")`. */
function eventsOfMade(frame: Frame, d: CallExpr, runRest: (frame: Frame) => void): readonly FlowEvent[] {
  const names = new Env(new Map(), undefined);
  const own = evalExpr(frame, names, d.f).types.some((t) => t.k === "fn" && !t.fn.nested && !t.fn.cls);
  if (!own) return [];
  const probe = new Frame(frame.program, frame.module, frame.fn, frame.chunk);
  const loc = probe.loc(d);
  const step = { loc, msg: `\`${lastNameOf(d.f)}\` wraps it`, prev: undefined };
  const wrapped = labelled([
    { kind: "param", key: WRAPPED, step, path: [], cleared: 0, weak: 0, doubt: 0, param: 0, what: WRAPPED },
  ]);
  for (const t of evalExpr(probe, names, d).types) {
    if (t.k !== "fn" || !t.env) continue;
    const args: Args = {
      pos: [{ value: wrapped, loc }],
      kw: new Map(),
      star: undefined,
      dstar: undefined,
      self: undefined,
      x: d,
    };
    callFunction(probe, names, t, args, d, t.fn.name);
  }
  runRest(probe);
  const isProbed = (l: Label): boolean => l.key === WRAPPED;
  return [...probe.events.values()].filter((e) => e.slots.some((s) => someLabel(s.value, isProbed)));
}

/** What a decorator's wrapper does with what it wraps: the first parameter of the decorator. */
function eventsOfWrapping(frame: Frame, d: Expr): readonly FlowEvent[] {
  if (d.k !== "name" && d.k !== "attr") return [];
  const out: FlowEvent[] = [];
  for (const t of evalExpr(frame, new Env(new Map(), undefined), d).types) {
    if (t.k !== "fn" || t.fn.nested || t.fn.cls) continue;
    out.push(...frame.program.summary(t.fn).events);
  }
  return out;
}
