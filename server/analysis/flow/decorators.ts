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
import type { FlowEvent } from "./summary.js";
import { EMPTY, join, labelled, type Value } from "./value.js";

const NOTHING: ReadonlyMap<string, Value> = new Map();
/** Parameters that wrappers pass on as they got them. */
const PASSED_ON = /^(self|cls|request|req|websocket|ws|args|kwargs)$/;

/**
 * By name, the parameters of a function that its decorators fill, and with what.
 * @param runRest runs the functions that a frame met and nobody called
 */
export function handedByDecorators(
  frame: Frame,
  fn: FunctionDef,
  runRest: (frame: Frame) => void,
): ReadonlyMap<string, Value> {
  let out: Map<string, Value> | undefined;
  for (const d of fn.ir.decorators)
    for (const e of d.k === "call" ? callsOfMade(frame, d, runRest) : callsOfWrapped(frame, d)) {
      for (const s of e.slots) {
        const name = s.slot.startsWith("=")
          ? s.slot.slice(1)
          : /^\d+$/.test(s.slot)
            ? positional(fn, Number(s.slot))
            : undefined;
        if (name === undefined || PASSED_ON.test(name)) continue;
        out ??= new Map();
        out.set(name, join(out.get(name) ?? EMPTY, stripParams(s.value)));
      }
    }
  return out ?? NOTHING;
}

const positional = (fn: FunctionDef, i: number): string | undefined => {
  const p = fn.ir.params[i];
  return p && (p.kind === "pos" || p.kind === "normal") ? p.name : undefined;
};

/** The function that a probe hands to a decorator, to see where it is called. */
const WRAPPED = "wrapped";

/** Where the wrapper of a decorator that is made for its function calls it: `@with_socket("chat")`. */
function callsOfMade(frame: Frame, d: CallExpr, runRest: (frame: Frame) => void): readonly FlowEvent[] {
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
  return [...probe.events.values()].filter(
    (e) => e.kind === "handed" && functionOf(e).labels.some((l) => l.key === WRAPPED && !l.path.length),
  );
}

/** Where a decorator's wrapper calls what it wraps: the first parameter of the decorator. */
function callsOfWrapped(frame: Frame, d: Expr): readonly FlowEvent[] {
  if (d.k !== "name" && d.k !== "attr") return [];
  const out: FlowEvent[] = [];
  for (const t of evalExpr(frame, new Env(new Map(), undefined), d).types) {
    if (t.k !== "fn" || t.fn.nested || t.fn.cls) continue;
    for (const e of frame.program.summary(t.fn).events)
      if (e.kind === "handed" && functionOf(e).labels.some((l) => l.param === 0 && !l.path.length)) out.push(e);
  }
  return out;
}
