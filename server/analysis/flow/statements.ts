/** Statements: what they do to the variables. */
import type { AttrExpr, CallExpr, ClassIR, Expr, Pattern, Stmt } from "../ir.js";
import { rootName } from "../names/definitions.js";
import { loopParts } from "../names/parts.js";
import { madeCall } from "./arguments.js";
import { nameOf } from "./calls.js";
import { carriedBy } from "./carried.js";
import { isQuestion, noteChecked, noteCondition, withChecks } from "./checks.js";
import { debugBranch } from "./debug-flag.js";
import { allowance, heedEnd } from "./effort.js";
import { type Env, joinAllEnvs, joinEnvs, mapEnv } from "./env.js";
import { access, evalExpr, iterate } from "./expr.js";
import type { Frame } from "./frame.js";
import { applyRefinements, conditionOf, recordGuardReturn } from "./guards.js";
import { noteKeptErrors } from "./kept-errors.js";
import { ALL_KINDS, type Label } from "./labels.js";
import { noteCopies } from "./row-copies.js";
import { noteClosed } from "./saved-files.js";
import { emitDatabases, emitKeys, emitSetting, settingsField, settingTarget } from "./settings.js";
import { kept } from "./size.js";
import { noteRaised } from "./stores.js";
import { binaryAdd } from "./strings.js";
import { assignTo, removeAt } from "./targets.js";
import { deepLabels, EMPTY, join, labelled, mapLabels, someLabel, type TypeRef, typed, type Value } from "./value.js";

/** Executes statements in order; undefined when every way out is a return, raise, break or continue. */
export function execBody(frame: Frame, env: Env, stmts: readonly Stmt[]): Env | undefined {
  let state: Env | undefined = env;
  if (frame.parent) frame.inlined.statements += stmts.length;
  for (const s of stmts) {
    if (!state) return undefined;
    heedEnd();
    if (allowance() !== frame.outermost.allowed) state = withSmallValues(frame, state);
    const chunk = frame.chunk;
    if (s.chunk) frame.chunk = s.chunk;
    state = exec(frame, state, s);
    frame.chunk = chunk;
  }
  return state;
}

/** The function has cost so much that its values are kept smaller from here on. */
function withSmallValues(frame: Frame, env: Env): Env {
  const { outermost } = frame;
  outermost.allowed = allowance();
  frame.program.bound(
    `\`${outermost.fn?.qualname ?? "the module"}\` holds so many values that only the outer ones are followed`,
  );
  return mapEnv(env, kept);
}

function exec(frame: Frame, env: Env, s: Stmt): Env | undefined {
  switch (s.k) {
    case "expr":
      evalExpr(frame, env, s.x);
      return isExit(s.x) ? undefined : env;
    case "assign": {
      const v = s.v ? evalExpr(frame, env, s.v) : EMPTY;
      let value = v;
      if (s.v && isQuestion(s.v)) noteCondition(frame, env, s.v);
      if (s.ann) {
        const t = frame.program.classes.annotated(frame, env, s.ann);
        if (!value.types.length && t.types.length) value = { ...value, types: t.types };
      }
      for (const t of s.targets) {
        if (s.v && t.k === "attr" && answersBy(frame, env, t, s.v)) continue;
        const place = settingTarget(frame, env, t);
        if (place && s.v) emitSetting(frame, place, value, s, s.v);
        if (s.v && t.k === "name" && !frame.fn && t.id === t.id.toUpperCase()) {
          if (t.id === "DATABASES") emitDatabases(frame, env, s.v);
          else emitKeys(frame, env, s.v);
        }
        if (s.v || t.k !== "name") assignTo(frame, env, t, value, s.v ?? undefined);
      }
      return env;
    }
    case "aug": {
      const old = evalExpr(frame, env, s.target);
      const add = evalExpr(frame, env, s.v);
      const v =
        s.op === "+"
          ? binaryAdd(old, frame.loc(s.target), add, frame.loc(s.v), frame.loc(s), [nameOf(s.target), nameOf(s.v)])
          : s.op === "|"
            ? join(old, add)
            : labelled([...old.labels, ...add.labels]);
      assignTo(frame, env, s.target, v, undefined);
      return env;
    }
    case "return": {
      if (s.x && isQuestion(s.x)) noteCondition(frame, env, s.x);
      const v = s.x ? withChecks(frame, returnedBy(frame, evalExpr(frame, env, s.x), s.x, false)) : EMPTY;
      if (s.x) recordGuardReturn(frame, env, s.x, v);
      frame.addReturn(v, frame.loc(s.x ?? s), s.x ?? undefined);
      leave(frame, env);
      return undefined;
    }
    case "raise":
      if (s.x) noteRaised(frame, evalExpr(frame, env, s.x));
      recordGuardReturn(frame, env, undefined, EMPTY);
      leave(frame, env);
      return undefined;
    case "break":
      frame.loops.at(-1)?.breaks.push(env.clone());
      return undefined;
    case "continue":
      frame.loops.at(-1)?.continues.push(env.clone());
      return undefined;
    case "if": {
      const cond = conditionOf(frame, env, s.c);
      // `if False:` is how people switch code off.
      if (s.c.k === "const" && s.c.v === false) return execBranch(frame, env, s.orelse, cond.unsafeElse);
      const { debugAsked, onlyIf } = frame;
      const asked = debugBranch(s.c, cond.value);
      if (asked === "then") frame.debugAsked = true;
      frame.onlyIf = switchOf(frame, s.c, cond.value) ?? onlyIf;
      const thenEnv = execBranch(frame, applyRefinements(env.clone(), cond.holds), s.body, cond.unsafeThen);
      frame.onlyIf = onlyIf;
      frame.debugAsked = debugAsked || asked === "else";
      const elseEnv = execBranch(frame, applyRefinements(env.clone(), cond.otherwise), s.orelse, cond.unsafeElse);
      frame.debugAsked = debugAsked;
      return joinEnvs(thenEnv, elseEnv);
    }
    case "for":
      return execFor(frame, env, s);
    case "while":
      return execLoop(frame, env, s.body, s.orelse, { reads: s.c }, (e) => {
        const cond = conditionOf(frame, e, s.c);
        return applyRefinements(e, cond.holds);
      });
    case "with": {
      for (const i of s.items) {
        const v = evalExpr(frame, env, i.x);
        if (i.target) assignTo(frame, env, i.target, enter(frame, v), i.x);
      }
      const end = execBody(frame, env, s.body);
      if (end) for (const i of s.items) if (i.target?.k === "name") noteClosed(frame, end, i.x, end.get(i.target.id));
      return end;
    }
    case "try":
      return execTry(frame, env, s);
    case "match": {
      const subject = evalExpr(frame, env, s.x);
      const outs: (Env | undefined)[] = [];
      let exhaustive = false;
      for (const c of s.cases) {
        const e = env.clone();
        bindPattern(frame, e, c.pattern, subject);
        if (c.pattern.fixed)
          applyRefinements(e, [{ labels: deepLabels(subject), mask: ALL_KINDS, weak: false, unsafe: "else" }]);
        if (c.guard) applyRefinements(e, conditionOf(frame, e, c.guard).holds);
        outs.push(execBody(frame, e, c.body));
        if (c.pattern.irrefutable && !c.guard) exhaustive = true;
      }
      return joinAllEnvs(exhaustive ? outs : [...outs, env]);
    }
    case "def": {
      const fn = frame.module.byNode.get(s.fn);
      for (const d of s.fn.decorators) evalExpr(frame, env, d);
      if (fn?.kind === "function") {
        const nested = fn.nested && !fn.cls;
        if (nested) frame.nested.push({ fn, env, called: false });
        env.set(s.fn.name, typed({ k: "fn", fn, ...(nested ? { env, form: s.fn } : {}) }));
      }
      return env;
    }
    case "class": {
      const cls = frame.module.byNode.get(s.cls);
      for (const d of s.cls.decorators) evalExpr(frame, env, d);
      if (cls?.kind === "class") {
        env.set(s.cls.name, typed({ k: "class", cls }));
        execClassBody(frame, env, s.cls);
      }
      return env;
    }
    case "import":
      for (const n of s.names) bindImport(frame, env, n.name, n.as);
      return env;
    case "from":
      bindFrom(frame, env, s);
      return env;
    case "del":
      for (const x of s.xs) removeAt(frame, env, x);
      return env;
    case "assert": {
      const cond = conditionOf(frame, env, s.c);
      return applyRefinements(env, cond.holds);
    }
    case "other":
      for (const x of s.xs) evalExpr(frame, env, x);
      return env;
    default:
      return env;
  }
}

/** Assignments of a class body that are settings (`class Config: DEBUG = True`), and calls in it. */
function execClassBody(frame: Frame, env: Env, ir: ClassIR): void {
  const inner = env.clone();
  const cls = frame.module.byNode.get(ir);
  for (const b of ir.body) {
    const chunk = frame.chunk;
    if (b.chunk) frame.chunk = b.chunk;
    if (b.k === "assign" && b.v) {
      const v = evalExpr(frame, inner, b.v);
      for (const t of b.targets) {
        if (t.k !== "name") continue;
        inner.set(t.id, v);
        if (frame.fn) continue;
        const place =
          settingTarget(frame, inner, t) ?? (cls?.kind === "class" ? settingsField(frame, cls, t.id) : undefined);
        if (place) emitSetting(frame, place, v, b, b.v, ir.name);
      }
    } else if (b.k === "expr") evalExpr(frame, inner, b.x);
    else if (b.k === "class") execClassBody(frame, inner, b.cls);
    else if (b.k === "def") for (const d of b.fn.decorators) evalExpr(frame, inner, d);
    frame.chunk = chunk;
  }
}

function execBranch(
  frame: Frame,
  env: Env,
  body: readonly Stmt[],
  unsafe: readonly import("./frame.js").Refinement[],
): Env | undefined {
  frame.tests.push(...unsafe);
  const out = execBody(frame, env, body);
  if (unsafe.length) frame.tests.length -= unsafe.length;
  return out;
}

/**
 * Exception detail remembers where the function that caught it gave it away, and a stream where it was yielded: the mend
 * belongs there, and not where the result is handed to the framework.
 */
export function returnedBy(frame: Frame, v: Value, x: Expr, yielded: false | "one" | "rest"): Value {
  const meant = (l: Label) =>
    (l.kind === "exception" && !l.at && l.key.startsWith(`exception@${frame.key}`)) ||
    // What another generator gave away it gave away there: `yield from answer(question)`.
    (yielded && STREAMED.has(l.kind) && !(yielded === "rest" && l.at));
  if (!frame.fn || !someLabel(v, meant)) return v;
  const loc = frame.loc(x);
  return mapLabels(v, (l) => (meant(l) ? { ...l, at: loc } : l));
}

/** What a loop takes out of a stream is no more the stream's: it is given away where the loop does it. */
export const takenOut = (v: Value): Value =>
  someLabel(v, isYielded) ? mapLabels(v, (l) => (isYielded(l) ? { ...l, at: undefined } : l)) : v;
const isYielded = (l: Label): boolean => !!l.at && STREAMED.has(l.kind);
/** What a provider gives, bit by bit or as a whole. */
const STREAMED: ReadonlySet<Label["kind"]> = new Set(["llm", "llm-object", "llm-meta"]);

/** Attributes that are the content of an answer, and the methods that say so. */
const CONTENT: ReadonlyMap<string, string> = new Map([
  ["content", "write"],
  ["data", "set_data"],
  ["streaming_content", "set_streaming_content"],
]);
const ANSWER = /^(?:django\.http\.\w+|flask\.Response|rest_framework\.Response)$/;

/** `response.streaming_content = answer(question)` gives it to the client here, wherever the response is returned. */
function answersBy(frame: Frame, env: Env, t: AttrExpr, given: Expr): boolean {
  const method = CONTENT.get(t.a);
  if (!method || !evalExpr(frame, env, t.o).types.some((y) => y.k === "ext" && ANSWER.test(y.q))) return false;
  const call = (): CallExpr => ({
    k: "call",
    f: { ...t, a: method },
    args: [given],
    kw: [],
    ps: t.e,
    s: t.s,
    e: given.e,
  });
  evalExpr(frame, env, madeCall(t, call));
  return true;
}

/** A return ends the body here: its variables count for what the function leaves on its parameters, and in a handler around it. */
function leave(frame: Frame, env: Env): void {
  frame.endEnv = joinEnvs(frame.endEnv, env);
  frame.tries.at(-1)?.push(env);
}

function isExit(x: Expr): boolean {
  if (x.k !== "call") return false;
  const f = x.f;
  if (f.k === "name") return f.id === "abort" || f.id === "exit" || f.id === "quit";
  return (
    f.k === "attr" &&
    ((f.a === "exit" && f.o.k === "name" && f.o.id === "sys") || (f.a === "abort" && f.o.k === "name"))
  );
}

/** `if debug:` of a parameter `debug=False`: which it is. */
function switchOf(frame: Frame, test: Expr, value: Value): number | undefined {
  if (test.k !== "name" || !SWITCH.test(test.id)) return undefined;
  const param = value.labels.find((l) => l.kind === "param" && !l.path.length)?.param;
  return param !== undefined && frame.isSwitch(param) ? param : undefined;
}

/** Names of what asks for more to be told. */
const SWITCH = /(?:^|_)(?:debug|verbose|trace|dump|print|log|show)(?:$|_)/i;

/** Most turns of loops over constants, those of nested ones multiplied. */
const MAX_TURNS = 40;

/** A constant, or a compiled pattern. */
const isFixed = (v: Value): boolean => v.c !== undefined || v.fields?.has("#pattern") === true;

function execFor(frame: Frame, env: Env, s: Extract<Stmt, { k: "for" }>): Env | undefined {
  const iter = evalExpr(frame, env, s.iter);
  // A loop over a few constants is an allowlist as often as not, and one over patterns a redactor: run it once for each.
  const fixed = iter.items && !iter.elem && iter.items.length > 0 && iter.items.length <= 10 ? iter.items : undefined;
  // Nested, the turns multiply: beyond some, such a loop is run like any other.
  const turns = frame.turns * (fixed?.length ?? 1);
  if (
    turns <= MAX_TURNS &&
    fixed?.every((v) => isFixed(v) || v.items?.some((x) => typeof x.c === "string" || x.fields?.has("#pattern")))
  ) {
    const outer = frame.turns;
    frame.turns = turns;
    let state: Env | undefined = env;
    const loop = { breaks: [] as Env[], continues: [] as Env[] };
    frame.loops.push(loop);
    for (const v of fixed) {
      if (!state) break;
      assignTo(frame, state, s.target, v, undefined);
      state = joinAllEnvs([execBody(frame, state, s.body), ...loop.continues.splice(0)]);
    }
    frame.loops.pop();
    frame.turns = outer;
    const after = state && s.orelse.length ? execBody(frame, state, s.orelse) : state;
    return joinAllEnvs([after, ...loop.breaks]);
  }
  const end = execLoop(frame, env, s.body, s.orelse, { sets: s.target }, (e) => {
    assignTo(frame, e, s.target, takenOut(iterate(frame, iter)), undefined);
    for (const [name, part] of loopParts(s.target, s.iter)) if (rootName(part) !== name) frame.parts.set(name, part);
    return e;
  });
  if (end) noteCopies(frame, end, s);
  return end;
}

/** Runs the body once, or twice when something it changes may matter to itself. */
function execLoop(
  frame: Frame,
  env: Env,
  body: readonly Stmt[],
  orelse: readonly Stmt[],
  heading: Parameters<typeof carriedBy>[1],
  head: (e: Env) => Env,
): Env | undefined {
  const loop = { breaks: [] as Env[], continues: [] as Env[] };
  frame.loops.push(loop);
  frame.loopDepth++;
  let state: Env | undefined = env;
  const rounds = frame.loopDepth > 2 || allowance() !== undefined ? 1 : 2;
  for (let i = 0; i < rounds && state; i++) {
    const end: Env | undefined = execBody(frame, head(state.clone()), body);
    const next: Env | undefined = joinAllEnvs([state, end, ...loop.continues.splice(0)]);
    const former: Env = state;
    state = next;
    if (next === former || (next && !handsOn(former, next, carriedBy(body, heading)))) break;
  }
  frame.loopDepth--;
  frame.loops.pop();
  const after = state && orelse.length ? execBody(frame, state, orelse) : state;
  return joinAllEnvs([after, ...loop.breaks]);
}

/** Whether a turn of a loop changed what the next one reads. */
function handsOn(before: Env, after: Env, carried: ReadonlySet<string>): boolean {
  for (const name of carried) if (before.vars.get(name) !== after.vars.get(name)) return true;
  return false;
}

function execTry(frame: Frame, env: Env, s: Extract<Stmt, { k: "try" }>): Env | undefined {
  // A handler may be entered from anywhere in the body.
  const reached: Env[] = [env.clone()];
  frame.tries.push(reached);
  let bodyEnd: Env | undefined = env;
  for (const b of s.body) {
    if (!bodyEnd) break;
    const former: Env = bodyEnd;
    bodyEnd = execBody(frame, former, [b]);
    if (bodyEnd !== former) reached.push(former);
  }
  if (bodyEnd) reached.push(bodyEnd);
  frame.tries.pop();
  const atHandler = joinAllEnvs(reached)!;
  // What is missing or of another type was thought of.
  if (s.handlers.some((h) => h.type && namesIn(h.type).some((n) => REFUSALS.test(n))))
    for (const v of (bodyEnd ?? atHandler).vars.values()) noteChecked(frame, v, true);
  const outs: (Env | undefined)[] = [];
  outs.push(bodyEnd && s.orelse.length ? execBody(frame, bodyEnd, s.orelse) : bodyEnd);
  for (const h of s.handlers) {
    const e = atHandler.clone();
    const outerCaught = frame.caught;
    const type = h.type ? evalExpr(frame, e, h.type) : EMPTY;
    const caught = type.types.length && type.types.every(isForClients) ? type : exceptionValue(frame, h, h.name, type);
    frame.caught = caught;
    if (h.name) e.set(h.name, caught);
    const end = execBody(frame, e, h.body);
    if (end) noteKeptErrors(frame, end, h, caught.labels);
    // Python forgets the name at the end of the handler.
    if (h.name) end?.vars.delete(h.name);
    outs.push(end);
    frame.caught = outerCaught;
  }
  const out = joinAllEnvs(outs);
  if (!s.final.length) return out;
  const final = execBody(frame, out ?? atHandler.clone(), s.final);
  return out ? final : undefined;
}

const REFUSALS = /^(KeyError|BadRequestKeyError|ValidationError|UnicodeDecodeError|MultiValueDictKeyError)$/;

const namesIn = (x: Expr): string[] =>
  x.k === "name" ? [x.id] : x.k === "attr" ? [x.a] : x.k === "tuple" ? x.xs.flatMap(namesIn) : [];

/** Exceptions of a framework that are made to be answered with: their text is what the app says to the client. */
const FOR_CLIENTS =
  /^(?:django\.core\.exceptions\.ValidationError|django\.http\.Http404|rest_framework\.(?:exceptions|serializers)\.\w+|(?:fastapi|starlette)\.(?:exceptions\.)?HTTPException|werkzeug\.exceptions\.(?!HTTPException|InternalServerError)\w+|ninja\.errors\.HttpError|marshmallow\.(?:exceptions\.)?ValidationError)$/;

const isForClients = (t: TypeRef): boolean => t.k === "ext" && FOR_CLIENTS.test(t.q);

/** Whether an exception is an answer of the framework's own, status and text: Flask sends it as it is. */
export const isAnswer = (t: TypeRef): boolean =>
  t.k === "ext" && (FOR_CLIENTS.test(t.q) || t.q === "werkzeug.exceptions.HTTPException");

/** Exceptions whose text the app itself wrote, for the client to read. */
const CLIENT_ERRORS =
  /(^|\.)(HTTPException|ValidationError|BadRequest|NotFound|Http404|ParseError|Unauthorized|Forbidden)$/;

function exceptionValue(frame: Frame, h: { s: number; e: number }, name: string | null, type: Value): Value {
  const loc = frame.loc(h);
  const label: Label = {
    kind: "exception",
    key: `exception@${loc.id}`,
    step: {
      loc,
      msg: name ? `the exception is caught as \`${name}\`` : "the exception is caught here",
      prev: undefined,
    },
    path: [],
    cleared: 0,
    weak: 0,
    doubt: type.types.some((t) => t.k === "ext" && CLIENT_ERRORS.test(t.q)) ? 1 : 0,
    what: "the exception",
  };
  const types = type.types.map((t): TypeRef => (t.k === "class" ? { k: "inst", cls: t.cls } : t));
  return { ...labelled([label]), types };
}

/** What `with x as y` binds. */
function enter(frame: Frame, v: Value): Value {
  for (const t of v.types) {
    if (t.k !== "inst") continue;
    const m = frame.program.classes.method(t.cls, "__enter__") ?? frame.program.classes.method(t.cls, "__aenter__");
    if (m) {
      const ret = frame.program.summary(m, t.cls).ret;
      if (ret.types.length) return join(v, { labels: [], types: ret.types });
    }
  }
  // A generator under @contextmanager hands out what it yields.
  if (v.elem && !v.types.length && !v.labels.length && !v.fields) return v.elem;
  return v;
}

function bindPattern(frame: Frame, env: Env, p: Pattern, subject: Value): void {
  for (const b of p.binds) {
    let v = subject;
    for (const key of b.path) v = access(frame, v, key);
    env.set(b.name, v);
  }
}

export function bindImport(frame: Frame, env: Env, name: string, as: string | undefined): void {
  const { program, module } = frame;
  const target = as ?? name.split(".")[0]!;
  const get = () => {
    if (as) return program.importModule(module, name, 0);
    const value = program.importModule(module, target, 0);
    return value;
  };
  bindLazy(frame, env, target, get);
}

export function bindFrom(frame: Frame, env: Env, s: Extract<Stmt, { k: "from" }>): void {
  const { program, module } = frame;
  for (const n of s.names) {
    if (n.name === "*") {
      const star = program.resolveImport(module, s.module, s.level)?.types[0];
      if (star?.k === "module") frame.stars.push((name) => program.member(star.mod, name));
      else if (!s.level) frame.stars.push((name) => starGuess(frame, s.module, name));
      continue;
    }
    // What functions put in is asked for where the name is used: they may ask for it as well.
    const plain = !frame.fn;
    bindLazy(frame, env, n.as ?? n.name, () => program.importName(module, s.module, s.level, n.name, plain));
  }
}

/** A name that only a library's star import can have brought; known when a model speaks of it. */
function starGuess(frame: Frame, module: string, name: string): Value | undefined {
  const q = frame.program.models.canonical(`${module}.${name}`);
  const { models } = frame.program;
  return models.type(q) || models.calls(q).length || models.attribute(q)
    ? { labels: [], types: [{ k: "ext", q }] }
    : undefined;
}

function bindLazy(frame: Frame, env: Env, name: string, get: () => Value): void {
  if (frame.fn) {
    env.set(name, get());
    return;
  }
  // A later import of the same name (the other branch of a try) adds to the former.
  const former = frame.lazy.get(name);
  env.vars.delete(name);
  let busy = false;
  frame.lazy.set(name, () => {
    if (busy) return undefined;
    busy = true;
    try {
      const own = get();
      const other = former?.();
      return other && own.types.length + other.types.length > 1 ? join(own, other) : own;
    } finally {
      busy = false;
    }
  });
}
