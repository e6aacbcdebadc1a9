/**
 * What a decorator of the project's own hands to the function that it wraps: the user that it looked up, a connection. A
 * framework that calls the wrapped function fills the other parameters.
 */
import type { Expr } from "../ir.js";
import type { FunctionDef } from "../names/definitions.js";
import { functionOf } from "./callbacks.js";
import { stripParams } from "./classes.js";
import { Env } from "./env.js";
import { evalExpr } from "./expr.js";
import type { Frame } from "./frame.js";
import type { FlowEvent } from "./summary.js";
import { EMPTY, join, type Value } from "./value.js";

const NOTHING: ReadonlyMap<string, Value> = new Map();
/** Parameters that wrappers pass on as they got them. */
const PASSED_ON = /^(self|cls|request|req|websocket|ws|args|kwargs)$/;

/** By name, the parameters of a function that its decorators fill, and with what. */
export function handedByDecorators(frame: Frame, fn: FunctionDef): ReadonlyMap<string, Value> {
  let out: Map<string, Value> | undefined;
  for (const d of fn.ir.decorators)
    for (const e of callsOfWrapped(frame, d)) {
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
