/**
 * Functions that are handed to others. Who calls what it was given does not know whom it calls: the call becomes an event
 * (`kind: "handed"`) that its callers answer as soon as they know the function, and its result a path of the parameter that
 * holds the function.
 */
import type { CallExpr, Expr, Stmt } from "../ir.js";
import type { FunctionDef } from "../names/definitions.js";
import type { Argument, Binding } from "./apply.js";
import type { Args } from "./arguments.js";
import { callFunction } from "./calls.js";
import { nesting } from "./effort.js";
import type { Env } from "./env.js";
import type { Frame } from "./frame.js";
import { withGiven } from "./invoked.js";
import type { Label, Loc } from "./labels.js";
import { callLibrary } from "./library.js";
import { isDataMethod } from "./methods.js";
import type { FlowEvent, Slot } from "./summary.js";
import { EMPTY, element, ext, join, labelled, type TypeRef, type Value, withField } from "./value.js";

/** Methods that by their name may have to do with a model. Following those of every object would cost more than it finds. */
const SPEAKING =
  /chat|complet|generat|answer|respon|reply|(^|_)a?(ask|call|run|act|step|send|parse|query|search|handle|process|execute)(_|$)|llm|prompt|summar|predict|invoke|infer|translat|classif|analy[sz]|extract|message|retriev|stream|kick_?off|converse|(^|_)emit(_|$)/i;
/** The slot that holds the function; arguments are numbered, keywords have an `=` before their name. */
const FUNCTION = "#fn";
/** Receiver of a library method that is handed over: what was set up on it belongs to the call. */
const RECEIVER = "#self";
/** Nesting of functions that are handed to functions that are handed on. */
const MAX_NESTING = 4;
/** A function that a parameter holds: itself, or a method or an attribute of it. */
const MAX_PATH = 1;
/** A method of what the object was made with: `self.client.complete`. */
const MAX_OWN_PATH = 2;

/** Key of the result of the call at `loc` in the path of the parameter that is called. */
const resultKey = (loc: Loc): string => `()${loc.id}`;
const isResultKey = (key: string): boolean => key.startsWith("()");

/** A parameter is called: says so to the callers. @returns what the call will give, as a path of the parameter */
export function callHanded(frame: Frame, callee: Value, args: Args, x: CallExpr, name: string): Value | undefined {
  const own = x.f.k === "attr" && isMadeWith(frame, x.f.o);
  // A table of functions that the object keeps: `self.handlers[name](data)`.
  const longest = own || x.f.k !== "attr" ? MAX_OWN_PATH : MAX_PATH;
  const params = callee.labels.filter(
    (l) =>
      l.kind === "param" &&
      (l.path.length <= MAX_PATH || (l.path.length <= longest && (own || l.path[1]!.startsWith("[")))),
  );
  // A parameter's default is a function too, called where the caller hands in none.
  const byDefault = x.f.k === "name";
  const settled = (t: TypeRef) =>
    t.k === "ext" ? frame.program.models.calls(t.q).length > 0 : !(byDefault && t.k === "fn");
  if (!params.length || callee.types.some(settled)) return undefined;
  if (x.f.k === "attr" && ((x.f.o.k !== "name" && !own) || !SPEAKING.test(name) || isDataMethod(name)))
    return undefined;
  const at = frame.loc(x);
  const slots: Slot[] = [{ slot: FUNCTION, value: labelled(params), loc: at }];
  const add = (slot: string, a: Argument | undefined) => {
    if (a) slots.push({ slot, value: a.value, loc: a.loc });
  };
  args.pos.forEach((a, i) => {
    add(String(i), a);
  });
  for (const [k, a] of args.kw) add(`=${k}`, a);
  if (args.star) slots.push({ slot: "*", value: args.star.list ?? args.star.value, loc: args.star.loc });
  add("**", args.dstar);
  frame.emit({ kind: "handed", loc: at, q: name, slots, fn: frame.fn, module: frame.module, via: [], doubt: 0 });
  return openResult(params, at);
}

/** Whether an expression is an attribute of `self` that the object was made with: `self.client = client` in `__init__`. */
function isMadeWith(frame: Frame, x: Expr): boolean {
  const self = frame.fn?.ir.params[0]?.name;
  if (x.k !== "attr" || x.o.k !== "name" || x.o.id !== self || !frame.fn?.cls) return false;
  const init = frame.program.classes.method(frame.fn.cls, "__init__");
  return !!init && init.ir.body.some((s) => s.k === "assign" && isKeptParameter(init, s, x.a));
}

/** `self.name = parameter`, also with a default: `self.name = parameter or Default()`. */
function isKeptParameter(init: FunctionDef, s: Extract<Stmt, { k: "assign" }>, name: string): boolean {
  const [self, ...params] = init.ir.params.map((p) => p.name);
  const kept = s.targets.some((t) => t.k === "attr" && t.a === name && t.o.k === "name" && t.o.id === self);
  if (!kept) return false;
  const given = s.v?.k === "bool" ? s.v.xs[0] : s.v;
  return given?.k === "name" && params.includes(given.id);
}

/** What a call will give that the callers have to answer: a path of the parameters that it depends on. */
export const openResult = (params: readonly Label[], at: Loc): Value =>
  labelled(params.map((l): Label => ({ ...l, path: [...l.path, resultKey(at)] })));

/** Calls the function of an event as soon as it is known; undefined while it is not. */
export function answerHanded(frame: Frame, env: Env, e: FlowEvent, x: CallExpr): Value | undefined {
  const fn = e.slots.find((s) => s.slot === FUNCTION)?.value;
  const within = nesting;
  if (!fn?.types.length || within.handed >= MAX_NESTING) return undefined;
  const kw = new Map<string, Argument>();
  const pos: Argument[] = [];
  let star: Argument | undefined;
  let dstar: Argument | undefined;
  for (const { slot, value, loc } of e.slots) {
    const a: Argument = { value, loc, passedOn: true };
    if (/^\d+$/.test(slot)) pos.push(a);
    else if (slot.startsWith("=")) kw.set(slot.slice(1), a);
    else if (slot === "*") spread(pos, a, (rest) => (star = rest));
    else if (slot === "**") dstar = keywords(kw, a);
  }
  // What the function does to its arguments is done to those of the call that hands it over by nobody.
  const call: CallExpr = { ...x, args: [], kw: [] };
  const args: Args = { pos, kw, star, dstar, self: undefined, x: call };
  let out: Value | undefined;
  within.handed++;
  try {
    for (const t of fn.types) {
      const r =
        t.k === "fn"
          ? callFunction(frame, env, t, args, call, t.fn.name)
          : t.k === "ext"
            ? callLibrary(frame, env, t, withGiven(fn, args, frame.loc(call)), call, receiverOf(fn, t), lastOf(t.q))
            : undefined;
      if (r) out = out ? join(out, r) : r;
    }
  } finally {
    within.handed--;
  }
  return out;
}

/** `*args` of the function in the middle: one by one where they are known. */
function spread(pos: Argument[], a: Argument, rest: (a: Argument) => void): void {
  if (a.value.items && !a.value.elem) for (const value of a.value.items) pos.push({ value, loc: a.loc });
  else rest({ ...a, value: element(a.value) });
}

/** `**kwargs` of the function in the middle: by name where they are known; gives back what is left. */
function keywords(kw: Map<string, Argument>, a: Argument): Argument | undefined {
  for (const [k, value] of a.value.fields ?? []) if (!kw.has(k)) kw.set(k, { value, loc: a.loc });
  return a.value.labels.length || a.value.elem ? a : undefined;
}

const lastOf = (q: string): string => q.slice(q.lastIndexOf(".") + 1);
const ownerOf = (q: string): string => q.slice(0, Math.max(0, q.lastIndexOf(".")));

/** Whether callers may still find out whom the event calls. */
export const isOpen = (e: FlowEvent): boolean =>
  e.slots.some((s) => s.slot === FUNCTION && s.value.labels.some((l) => l.kind === "param"));

/** The part of an event that its callers have to know whom it calls. */
export const functionOf = (e: FlowEvent): Value => e.slots.find((s) => s.slot === FUNCTION)?.value ?? EMPTY;

/** Remembers what the call of an event came to. */
export function noteResult(b: Binding, e: FlowEvent, v: Value): void {
  b.results ??= new Map();
  const key = resultKey(e.loc);
  const before = b.results.get(key);
  b.results.set(key, before ? join(before, v) : v);
}

/** One key of a path where it stands for the result of a call; undefined for other keys. */
export function resultAt(b: Binding, v: Value, key: string): Value | undefined {
  if (!isResultKey(key)) return undefined;
  const open = v.labels.filter((l) => l.kind === "param").map((l): Label => ({ ...l, path: [...l.path, key] }));
  return join(b.results?.get(key) ?? EMPTY, labelled(open));
}

/** The object whose method a function is that was handed over. */
export const receiverOf = (fn: Value, t: Extract<TypeRef, { k: "ext" }>): Value =>
  fn.fields?.get(RECEIVER) ?? ext(ownerOf(t.q));

/** A library method that is handed over, with what was set up on its receiver. */
export function withReceiver(v: Value, receiver: Value): Value {
  const kept = receiver.fields;
  const matters =
    kept?.has("#template") ||
    kept?.has("#messages") ||
    kept?.has("#setup") ||
    receiver.labels.some((l) => l.kind === "param");
  return matters ? withField(v, RECEIVER, receiver) : v;
}
