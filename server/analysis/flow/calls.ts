/** Calls: of project functions through their summaries, of classes, of libraries through the models. */
import type { CallExpr, Expr } from "../ir.js";
import { lastNameOf } from "../last-name.js";
import type { FunctionDef } from "../names/definitions.js";
import { type Argument, applySummary, type Binding, MAX_VIA, substitute } from "./apply.js";
import { type Args, evalArgs } from "./arguments.js";
import { callByDuck, callByName } from "./by-name.js";
import { answerHanded, callHanded } from "./callbacks.js";
import { checkedEvent, noteCall, noteChecked } from "./checks.js";
import { allowance } from "./effort.js";
import { Env, mapEnv } from "./env.js";
import { secretVariable } from "./environment.js";
import { access, attribute, evalExpr, refine } from "./expr.js";
import { Frame } from "./frame.js";
import { resultOf, runFunctionBody } from "./function.js";
import { applyRefinements, sanitise } from "./guards.js";
import { noteOwnedArgument, noteOwnerCall, withHistory } from "./history.js";
import { instantiate, namedFields } from "./instances.js";
import { withGiven } from "./invoked.js";
import { addStep, bit, CHECKED, type Label, type Loc, maskOf, OWNED } from "./labels.js";
import { callLibrary } from "./library.js";
import { dataMethod, keepsNothing, unknownMethod } from "./methods.js";
import { callOverrides } from "./overrides.js";
import { applyOwnRules, callOwnModelled } from "./own.js";
import { toldByTool } from "./own-tools.js";
import { answersSchema, ofWhole } from "./pipes.js";
import { noteWrittenText, readBack } from "./saved-files.js";
import { settingCall } from "./settings.js";
import { compactArgument, kept } from "./size.js";
import { noteStores } from "./stores.js";
import type { Summary } from "./summary.js";
import { isSuper, updateAt } from "./targets.js";
import { isBoundTask, queuedArgs, queuedHandle } from "./tasks.js";
import {
  dictOf,
  EMPTY,
  field,
  fieldsOver,
  join,
  joinAll,
  labelled,
  listOf,
  mapLabels,
  type TypeRef,
  type Value,
} from "./value.js";

/** Nesting of inlined nested functions. */
const MAX_INLINE = 6;
/** Most statements that are executed for the nested functions of one function, before each is run a few times and no more. */
const MAX_INLINED = 2000;
const RUNS_AT_LEAST = 3;

/** The name that a call's text shows: `a.b.c` of `a.b.c(...)`. */
export function nameOf(x: Expr): string {
  switch (x.k) {
    case "name":
      return x.id;
    case "attr": {
      const o = nameOf(x.o);
      return o ? `${o}.${x.a}` : x.a;
    }
    case "call":
      return `${nameOf(x.f)}()`;
    case "sub":
      return nameOf(x.o);
    case "await":
      return nameOf(x.x);
    default:
      return "";
  }
}

export function evalCall(frame: Frame, env: Env, x: CallExpr): Value {
  const recvExpr = x.f.k === "attr" ? x.f.o : undefined;
  const recv = recvExpr && evalExpr(frame, env, recvExpr);
  const name = lastNameOf(x.f);
  const found = recv && x.f.k === "attr" ? ofWhole(attribute(frame, recv, x.f.a, x.f.o)) : evalExpr(frame, env, x.f);
  const callee = recvExpr && isSuper(recvExpr) ? onInstance(frame, env, found) : found;
  if (x.f.k === "name" && x.f.id === "super" && x.args.length !== 1) return superValue(frame, env);
  const self: Argument | undefined = recv && recvExpr ? { value: recv, loc: frame.loc(recvExpr) } : undefined;
  const args = evalArgs(frame, env, x, self);
  if (recv) settingCall(frame, recv, name, args);
  if (!callee.types.some((t) => t.k === "fn")) noteCall(frame, env, x, name);
  noteOwnerCall(frame, env, x);
  noteWrittenText(frame, env, x, args);
  // What a `SecretStr` holds.
  if (name === "get_secret_value" && recvExpr) return secretVariable(lastNameOf(recvExpr), undefined, frame.loc(x));
  const handed = callHanded(frame, callee, args, x, name);
  const own = readBack(resultOfCall(frame, env, callee, args, x, recv, name), callee, args, recv, name, x);
  const out = handed ? join(own, handed) : own;
  return frame.program.models.own?.hasRules ? applyOwnRules(frame, env, callee, args, x, out) : out;
}

/** Whether what is called is an object that was set up before: `chain({"question": text})`. */
const setUp = (callee: Value): boolean => ["#template", "#messages", "#setup"].some((key) => callee.fields?.has(key));

function resultOfCall(
  frame: Frame,
  env: Env,
  callee: Value,
  args: Args,
  x: CallExpr,
  recv: Value | undefined,
  name: string,
): Value {
  let out: Value | undefined;
  const add = (v: Value | undefined) => {
    if (v) out = out ? join(out, v) : v;
  };
  let known = false;
  for (const t of callee.types) {
    switch (t.k) {
      case "fn":
        known = true;
        add(
          queuedHandle(
            t.fn,
            x,
            callOwnModelled(frame, env, t, args, x, recv, name) ?? callFunction(frame, env, t, args, x, name),
          ),
        );
        break;
      case "class":
        known = true;
        add(instantiate(frame, env, t.cls, args, x));
        break;
      case "inst": {
        const m = frame.program.classes.called(t.cls);
        if (m) {
          known = true;
          add(callFunction(frame, env, { k: "fn", fn: m, self: callee }, args, x, name));
        }
        break;
      }
      case "ext": {
        if (name === "__init__" && x.f.k === "attr" && isSuper(x.f.o)) {
          initialised(frame, env, t, args);
          // A response, or an error that is one, of the app's own: it is made of what the framework's is given here.
          const response = /^(.+(?:Response|HTTPException))\.__init__$/.exec(t.q)?.[1];
          if (response) callLibrary(frame, env, { ...t, q: response }, args, x, undefined, name);
        }
        const r =
          validated(frame, env, t, args, x) ??
          callLibrary(frame, env, t, withGiven(callee, args, frame.loc(x)), x, setUp(callee) ? callee : recv, name);
        if (r) {
          known = true;
          add(r);
        }
        break;
      }
      default:
        break;
    }
  }
  if (!known && recv) {
    // What says nothing on plain data may say something elsewhere: `cursor.execute(...)`, `users.find({...})`.
    const duck = keepsNothing(name) && !isData(recv) ? callByDuck(frame, env, args, x, recv, name) : undefined;
    if (duck) return finish(frame, join(duck, ownType(callee)));
    const plain = dataMethod(frame, env, recv, name, args, x);
    if (plain) return finish(frame, plain);
  }
  if (!known) {
    const byName = callByName(frame, env, args, x, recv, name, callee.types.length > 0);
    if (byName) return finish(frame, join(byName, ownType(callee)));
  }
  if (out) {
    // A library method without a model on labelled data (`reply.content.strip_tags()`): data all the same.
    return finish(frame, answersSchema(callee) ? sanitise(out, maskOf(["llm", "llm-object"]), false) : out);
  }
  if (recv) return finish(frame, join(unknownMethod(recv, name), ownType(callee)));
  return ownType(callee);
}

/** `Answer.model_validate(row)`: a schema's own instance, made of the fields of what it is given. */
function validated(
  frame: Frame,
  env: Env,
  t: Extract<TypeRef, { k: "ext" }>,
  args: Args,
  x: CallExpr,
): Value | undefined {
  const given = args.pos[0] ?? args.kw.get("obj");
  if (!given || !t.cls || !VALIDATES.test(t.q)) return undefined;
  // What a model answers with is checked against the schema; of what was sent the texts are as they came.
  if (OF_TEXT.test(t.q) && !given.value.labels.some((l) => l.kind === "user" || l.kind === "param")) return undefined;
  if (!frame.program.classes.isSchema(t.cls)) return undefined;
  return instantiate(frame, env, t.cls, { ...args, pos: [], kw: new Map(), dstar: given }, x);
}

const OF_TEXT = /\.(?:model_validate_json|parse_raw)$/;
const VALIDATES = /\.(?:model_validate(?:_json)?|from_orm|parse_obj|parse_raw)$/;

/** A text, a list or a dictionary, or what came out of a request. */
const isData = (v: Value): boolean =>
  v.c !== undefined || !!v.str || !!v.items || !!v.elem || v.labels.some((l) => l.kind !== "param");

const finish = (frame: Frame, v: Value): Value => refine(frame, v);

/** The type of an unmodelled library call: an instance of a class, else `name()`. */
function ownType(callee: Value): Value {
  const types = callee.types.flatMap((t): TypeRef[] => {
    if (t.k !== "ext") return [];
    const last = t.q.slice(t.q.lastIndexOf(".") + 1);
    const isClass = /^[A-Z]/.test(last) && !/^[A-Z0-9_]+$/.test(last);
    return [isClass ? t : { ...t, q: `${t.q}()` }];
  });
  return types.length ? { labels: [], types } : EMPTY;
}

/** `super()`: the instance, seen as one of its bases. */
function superValue(frame: Frame, env: Env): Value {
  const fn = frame.fn;
  const self = fn?.ir.params[0] && env.get(fn.ir.params[0].name);
  if (!fn?.cls || !self) return EMPTY;
  const [, ...bases] = frame.program.classes.mro(fn.cls);
  const types: TypeRef[] = bases.slice(0, 1).map((cls) => ({ k: "inst", cls }));
  for (const q of frame.program.classes.libraryBases(fn.cls)) types.push({ k: "ext", q, cls: fn.cls });
  return { ...self, types: types.slice(0, 6) };
}

/** A method that was found on `super()`: it is called on the instance, whose own methods it may use. */
function onInstance(frame: Frame, env: Env, callee: Value): Value {
  const name = frame.fn?.ir.params[0]?.name;
  const self = name === undefined ? undefined : env.get(name);
  return self ? { ...callee, types: callee.types.map((t) => (t.k === "fn" && t.self ? { ...t, self } : t)) } : callee;
}

/** `super().__init__(**values)` of a table or a schema: the instance has what its columns and fields are given by name. */
function initialised(frame: Frame, env: Env, t: Extract<TypeRef, { k: "ext" }>, args: Args): void {
  const name = frame.fn?.ir.params[0]?.name;
  const self = name === undefined ? undefined : env.get(name);
  if (name === undefined || !self || !t.cls) return;
  const own = self.types.find((y) => y.k === "inst");
  const fields = namedFields(frame, own?.k === "inst" ? own.cls : t.cls, args);
  if (fields.size) env.set(name, { ...self, fields: new Map([...(self.fields ?? []), ...fields]) });
}

/** Binds arguments to parameters by position and name; what is too large is reduced. */
export function bindArguments(
  frame: Frame,
  fn: FunctionDef,
  t: Extract<TypeRef, { k: "fn" }>,
  args: Args,
  at: Loc,
): Map<number, Argument> {
  const out = bound(fn, t, args, at);
  const cut = () => frame.program.bound("what a function is handed holds too many values");
  for (const [i, a] of out) {
    const value = compactArgument(a.value, cut);
    if (value !== a.value) out.set(i, { ...a, value });
  }
  return out;
}

function bound(fn: FunctionDef, t: Extract<TypeRef, { k: "fn" }>, args: Args, at: Loc): Map<number, Argument> {
  const out = new Map<number, Argument>();
  const pos: Argument[] = [];
  const isMethod = t.self && fn.cls && fn.binding !== "static" && !fn.nested;
  if (isMethod) pos.push({ value: t.self!, loc: args.self?.loc ?? at });
  else if (isBoundTask(fn)) pos.push({ value: EMPTY, loc: at });
  for (const v of t.args ?? []) pos.push({ value: v, loc: at });
  pos.push(...args.pos);
  const used = new Set<string>();
  let n = 0;
  fn.ir.params.forEach((p, i) => {
    if (p.kind === "pos" || p.kind === "normal") {
      const a = pos[n];
      if (a) {
        out.set(i, a);
        n++;
        return;
      }
      const k = args.kw.get(p.name) ?? named(t, p.name, at);
      if (k) {
        out.set(i, k);
        used.add(p.name);
      } else if (args.star) out.set(i, args.star);
      else if (args.dstar) out.set(i, { value: field(args.dstar.value, p.name), loc: args.dstar.loc });
    } else if (p.kind === "vararg") {
      const rest = pos.slice(n);
      n = pos.length;
      const list = listOf(rest.map((a) => a.value));
      out.set(i, {
        value: args.star ? { ...list, elem: join(list.elem ?? EMPTY, args.star.value) } : list,
        loc: rest[0]?.loc ?? at,
      });
    } else if (p.kind === "kwonly") {
      const k = args.kw.get(p.name) ?? named(t, p.name, at);
      used.add(p.name);
      if (k) out.set(i, k);
      else if (args.dstar) out.set(i, { value: field(args.dstar.value, p.name), loc: args.dstar.loc });
    } else {
      const rest = new Map<string, Value>();
      const places = new Map<string, Loc>();
      let loc = at;
      for (const [k, a] of args.kw) {
        if (used.has(k)) continue;
        rest.set(k, a.value);
        places.set(k, a.loc);
        loc = a.loc;
      }
      const v = dictOf(rest);
      const named = places.size > 1 ? { named: places } : {};
      out.set(i, { value: args.dstar ? join(v, args.dstar.value) : v, loc: args.dstar?.loc ?? loc, ...named });
    }
  });
  return out;
}

/** What is not given is what the function says it is then. */
export function bindDefaults(bound: Map<number, Argument>, s: Summary): void {
  for (const [i, a] of s.defaults) if (!bound.has(i)) bound.set(i, a);
}

function named(t: Extract<TypeRef, { k: "fn" }>, name: string, at: Loc): Argument | undefined {
  const v = t.kwargs?.get(name);
  return v && { value: v, loc: at };
}

/** Calls a project function. */
export function callFunction(
  frame: Frame,
  env: Env,
  t: Extract<TypeRef, { k: "fn" }>,
  args: Args,
  x: CallExpr,
  name: string,
): Value {
  const fn = t.fn;
  const at = frame.loc(x);
  const bound = bindArguments(frame, fn, t, queuedArgs(args, name), at);
  const write = (i: number, v: Value) => {
    const target = argumentExpr(fn, t, args, i, x);
    if (target) updateAt(frame, env, target, (o) => overlayWrites(o, v), args.later);
  };
  if (t.env || (fn.nested && !fn.cls)) return callNested(frame, t, bound, at, write);
  const classes = selfOf(t, args)?.types.flatMap((y) => (y.k === "inst" || y.k === "class" ? [y.cls] : [])) ?? [];
  // Where the object may be of several classes, the method is that of one which has it.
  const owner = fn.cls && classes.length > 1 ? fn.cls : undefined;
  const cls = (owner && classes.find((c) => frame.program.classes.mro(c).includes(owner))) ?? classes[0];
  frame.program.noteCall(fn);
  const s = frame.program.summary(fn, cls);
  bindDefaults(bound, s);
  const meant = s.stub && fn.cls ? callOverrides(frame, env, t, cls ?? fn.cls, args, x, name) : undefined;
  if (meant && (meant.asks || !isModelByName(frame, fn, name))) return meant.value;
  if (s.stub && isModelByName(frame, fn, name)) return stubCall(frame, args, at, fn);
  const binding: Binding = {
    args: bound,
    name: fn.name,
    params: paramNames(fn),
    access: (v, key) => access(frame, v, key),
    call: (e) => answerHanded(frame, env, e, x),
  };
  const applied = frame.applied(x, s, bound, () => applySummary(s, binding, at));
  for (const e of applied.events) frame.emit(withHistory(checkedEvent(frame, e)));
  if (applied.cut) frame.program.bound(`a value is followed through ${MAX_VIA} calls and no further`);
  for (const [i, v] of applied.writes) write(i, v);
  noteStores(frame, applied.stores);
  let out = kept(closedOver(refine(frame, applied.ret), binding));
  out = toldByTool(s, fn, stepThrough(out, s.ret, at, fn.name));
  const tests = s.guards.flatMap((g) => {
    const a = bound.get(g.param);
    if (!a) return [];
    let v = a.value;
    for (const key of g.path) if (key !== "*") v = access(frame, v, key);
    if (g.mask === OWNED) {
      noteOwnedArgument(frame, v);
      return [];
    }
    if (g.mask === CHECKED) {
      noteChecked(frame, v, g.path.at(-1) === "*");
      return [];
    }
    return v.labels.length || v.str
      ? [
          {
            labels: labelsOf(v),
            mask: g.mask,
            weak: g.weak,
            unsafe: g.unsafeWhen === "false" ? ("else" as const) : ("then" as const),
            raises: g.unsafeWhen === "raises",
          },
        ]
      : [];
  });
  const raising = tests.filter((r) => r.raises);
  if (raising.length) applyRefinements(env, raising);
  const asked = tests.filter((r) => !r.raises);
  if (asked.length) out = { ...out, test: asked };
  return out;
}

/** The instance that a method is called on: of `Base.__init__(self, ...)` the first argument. */
const selfOf = (t: Extract<TypeRef, { k: "fn" }>, args: Args): Value | undefined =>
  t.self ?? (t.fn.cls && !t.fn.nested && t.fn.binding === "instance" ? args.pos[0]?.value : undefined);

/** Functions that the callee made and gives back: what they closed over is what the callee was given. */
function closedOver(v: Value, b: Binding): Value {
  if (!v.types.some((t) => t.k === "fn" && t.env)) return v;
  const cache = new Map<Value, Value>();
  const types = v.types.map((t) =>
    t.k === "fn" && t.env ? { ...t, env: mapEnv(t.env, (x) => substitute(x, b, cache)) } : t,
  );
  return { ...v, types };
}

const labelsOf = (v: Value): readonly Label[] =>
  v.str
    ? joinAll([
        labelled(v.labels),
        ...v.str.flatMap((f) => f.pieces.flatMap((p) => (typeof p === "string" ? [] : [labelled(p.v.labels)]))),
      ]).labels
    : v.labels;

export const paramNames = (fn: FunctionDef): string[] => fn.ir.params.map((p) => p.name);

/** What came back is said to come from the call, where it has no other step here. */
function stepThrough(v: Value, ret: Value, at: Loc, name: string): Value {
  if (!v.labels.length || ret === v) {
    if (!v.labels.length) return v;
  }
  return mapLabels(v, (l) =>
    l.kind === "param" || l.step.loc.chunk === at.chunk
      ? l
      : { ...l, step: addStep(l.step, at, `\`${name}()\` returns it`) },
  );
}

function overlayWrites(o: Value, w: Value): Value {
  const fields = w.fields ? fieldsOver(o, w.fields) : o.fields;
  const items =
    w.items && o.items
      ? [...o.items, ...w.items.filter((i) => !o.items!.includes(i))].slice(0, 32)
      : (w.items ?? o.items);
  const elem = w.elem ? (o.elem ? join(o.elem, w.elem) : w.elem) : o.elem;
  return { ...o, fields, items, elem, c: undefined };
}

/** The caller's expression behind a parameter. */
function argumentExpr(
  fn: FunctionDef,
  t: Extract<TypeRef, { k: "fn" }>,
  args: Args,
  i: number,
  x: CallExpr,
): Expr | undefined {
  const p = fn.ir.params[i];
  if (!p) return undefined;
  const bound = t.self && fn.cls && fn.binding !== "static" && !fn.nested;
  if (bound && i === 0) return x.f.k === "attr" ? x.f.o : undefined;
  const kw = x.kw.find((k) => k.n === p.name);
  if (kw) return kw.x;
  const n = i - (bound || isBoundTask(fn) ? 1 : 0) - (t.args?.length ?? 0);
  return args.x.args[n];
}

/** A nested function or lambda: run in place with the variables that it sees. */
function callNested(
  frame: Frame,
  t: Extract<TypeRef, { k: "fn" }>,
  bound: ReadonlyMap<number, Argument>,
  at: Loc,
  /** Takes what an argument was made to hold. */
  written: (i: number, v: Value) => void,
): Value {
  const fn = t.fn;
  for (const n of frame.nested) if (n.fn === fn) n.called = true;
  if (frame.depth >= MAX_INLINE) return EMPTY;
  for (let f: Frame | undefined = frame; f; f = f.parent) if (f.fn === fn) return EMPTY;
  const { inlined } = frame;
  const known = inlined.runs.get(fn);
  if (known && ((known.times >= RUNS_AT_LEAST && inlined.statements > MAX_INLINED) || allowance() !== undefined)) {
    frame.program.bound(
      `what is nested in \`${frame.outermost.fn?.qualname ?? ""}\` is called too often to be followed each time`,
    );
    return known.result;
  }
  const child = new Frame(frame.program, fn.module, fn, fn.ir.chunk, frame);
  child.site = `${frame.site}|${at.id}`;
  child.given = bound;
  const env = new Env(new Map(), t.env);
  fn.ir.params.forEach((p, i) => {
    const a = bound.get(i);
    const v = a?.value ?? (p.def ? evalExpr(child, env, p.def) : EMPTY);
    env.set(p.name, v);
  });
  runFunctionBody(child, env, fn.ir);
  fn.ir.params.forEach((p, i) => {
    const before = bound.get(i)?.value;
    const after = child.endEnv?.vars.get(p.name);
    if (before && after && holdsMore(before, after)) written(i, after);
  });
  const out = resultOf(child, fn.ir);
  inlined.runs.set(fn, { times: (known?.times ?? 0) + 1, result: known ? join(known.result, out) : out });
  if (child.guards.length) for (const g of child.guards) if (!frame.guards.includes(g)) frame.guards.push(g);
  return stepThrough(out, EMPTY, at, fn.name);
}

/** Whether something was put into a value: a field, an element. A variable that was given another value is another value. */
const holdsMore = (before: Value, after: Value): boolean =>
  after !== before &&
  after.types === before.types &&
  after.labels === before.labels &&
  (after.fields !== before.fields || after.items !== before.items || after.elem !== before.elem);

/** Whether a function by its name asks a model, or a method by that of its class: `get_response` of a protocol `LLMClient`. */
function isModelByName(frame: Frame, fn: FunctionDef, name: string): boolean {
  const { llmName } = frame.program.lexicon;
  return llmName(name || fn.name) || (fn.cls !== undefined && llmName(`${fn.cls.name}.${fn.name}`));
}

/** A wrapper without a body yet: known to call a model by its name alone. */
function stubCall(frame: Frame, args: Args, at: Loc, fn: FunctionDef): Value {
  const out = llmByName(frame, args, at, fn.name, 0);
  // A stand-in that looks through its own answer for forbidden words: a filter, if a weak one.
  const checks = fn.ir.body.some((s) => s.k === "if" && s.c.k === "cmp" && /^(not )?in$/.test(s.c.ops[0] ?? ""));
  return checks ? sanitise(out, bit("llm"), true) : out;
}

/** Emits the model call of a function known by name, and gives model text back. */
export function llmByName(frame: Frame, args: Args, at: Loc, name: string, doubt: 0 | 1 | 2): Value {
  const slots = [
    ...args.pos.map((a, i) => ({ slot: slotOfPosition(args.x, i), value: a.value, loc: a.loc })),
    ...[...args.kw].map(([k, a]) => ({ slot: slotByName(k), value: a.value, loc: a.loc })),
  ];
  frame.emit(
    withHistory(
      checkedEvent(frame, {
        kind: "llm",
        loc: at,
        q: name,
        slots,
        fn: frame.fn,
        module: frame.module,
        via: [],
        doubt,
        data: { named: true },
      }),
    ),
  );
  const label: Label = {
    kind: "llm",
    key: `llm@${at.id}`,
    step: { loc: at, msg: `\`${name}()\` returns the model's text`, prev: undefined },
    path: [],
    cleared: 0,
    weak: 0,
    doubt,
    what: "the model's text",
  };
  return labelled([label]);
}

/** What a positional argument is by the name of its variable: `client.invoke_llm(session, req_messages)`; else the first is the prompt. */
function slotOfPosition(x: CallExpr, i: number): string {
  const arg = x.args[i];
  const name = arg?.k === "name" || arg?.k === "attr" ? lastNameOf(arg) : "";
  const slot = slotByName(/(?:^|_)((?:chat_)?history|messages|system_prompt|prompt)$/.exec(name)?.[1] ?? "");
  return i === 0 && slot === "argument" ? "input" : slot;
}

function slotByName(k: string): string {
  if (/^(system|system_prompt|instructions?|system_message|preamble)$/.test(k)) return "system";
  if (/^(messages|history|chat_history)$/.test(k)) return "messages";
  if (/^(prompt|text|input|query|question|user_prompt|content|message|user_message|user_input)$/.test(k))
    return "input";
  return "argument";
}
