/** Analysis of one function or module body, from parameters to summary. */
import type { FunctionIR, Param, Stmt } from "../ir.js";
import { blocksOf, type ClassDef, type FunctionDef, type ModuleDef } from "../names/definitions.js";
import { type Argument, isSymbolic } from "./apply.js";
import { literalParts } from "./arguments.js";
import { stripParams } from "./classes.js";
import { type Wrapped, wrappedByDecorators } from "./decorators.js";
import { dependencyOf } from "./dependencies.js";
import { nesting, uncounted } from "./effort.js";
import { entryOf } from "./entries.js";
import { entryParameter } from "./entry-parameters.js";
import { Env } from "./env.js";
import { evalExpr } from "./expr.js";
import { Frame } from "./frame.js";
import { sanitise } from "./guards.js";
import { addStep, type Label, placeOf } from "./labels.js";
import { mentions } from "./mentions.js";
import { isStub } from "./overrides.js";
import { noteDecoratedTool } from "./own-tools.js";
import type { Places } from "./places.js";
import type { Program } from "./program.js";
import { compact } from "./size.js";
import { placed } from "./sources.js";
import { execBody } from "./statements.js";
import { atOrigin, isStore, storedIn, storesOf } from "./stores.js";
import type { FlowEvent, Summary } from "./summary.js";
import { CONTENT, constant, EMPTY, join, labelled, mapLabels, someLabel, type TypeRef, type Value } from "./value.js";

/** The names of a module. */
export interface ModuleState {
  lookup(name: string): Value | undefined;
  /** The same without what functions put in: nothing is analysed for it that might ask for the name in turn. */
  plain(name: string): Value | undefined;
  events: readonly FlowEvent[];
  /** Names as the module's own statements leave them, without what functions add. */
  own: Env;
  /** Names that were evaluated when somebody asked for them, and what they meant. */
  asked: ReadonlyMap<string, Value | undefined>;
  /** The import statements, as a text: what they mean is looked up in the name of whoever asks. */
  imports: string;
}

/** Import statements in order, with those under conditions. */
export function importsText(body: readonly Stmt[]): string {
  const out: string[] = [];
  const walk = (stmts: readonly Stmt[]): void => {
    for (const s of stmts) {
      if (s.k === "import") out.push(`import ${s.names.map((n) => `${n.name} ${n.as ?? ""}`).join()}`);
      else if (s.k === "from")
        out.push(`from ${s.level}${s.module} import ${s.names.map((n) => `${n.name} ${n.as ?? ""}`).join()}`);
      else for (const b of blocksOf(s)) walk(b);
    }
  };
  walk(body);
  return out.join("\n");
}

/** Runs a function's body with its parameters as symbols (and as user input where a framework calls it). */
export function analyseFunction(
  program: Program,
  fn: FunctionDef,
  selfClass: ClassDef | undefined,
  places: Places,
): Summary {
  const frame = new Frame(program, fn.module, fn, fn.ir.chunk, undefined, places);
  const env = new Env(new Map(), undefined);
  const entry = entryOf(program, fn, selfClass);
  const defaults = new Map<number, Argument>();
  const wrapped = wrappedOf(frame, fn);
  const initial = bindParameters(frame, env, fn.ir, selfClass, entry, fn, defaults, wrapped?.handed);
  runFunctionBody(frame, env, fn.ir);
  if (wrapped) keepBack(frame, wrapped);
  if (entry) emitEntry(frame, fn, entry);
  else if (wrapped?.answers) emitReturn(frame, fn, 0);
  runNested(frame);
  frame.endPlaces();
  const small = (v: Value) => compact(v, () => program.bound("what a function hands on holds too many values"));
  const end = frame.endEnv;
  const writes = new Map<number, Value>();
  fn.ir.params.forEach((p, i) => {
    const before = initial[i]!;
    const after = end?.vars.get(p.name);
    if (
      !after ||
      after === before ||
      (after.fields === before.fields && after.items === before.items && after.elem === before.elem)
    )
      return;
    if (!after.labels.some((l) => l.kind === "param" && l.param === i && !l.path.length)) return;
    writes.set(i, small({ labels: [], types: [], fields: after.fields, items: after.items, elem: after.elem }));
  });
  return {
    ret: small(asAnnotated(frame, env, fn.ir, resultOf(frame, fn.ir))),
    events: withPrompts(
      [...frame.events.values()].map((e) => smallEvent(e, small)),
      fn.ir.params,
    ),
    writes,
    globals: new Map([...frame.globalWrites].map(([name, v]) => [name, small(v)])),
    stores: storesOf(frame, fn.module, small),
    guards: frame.guards,
    defaults,
    entry: entry !== undefined,
    stub: isStub(fn.ir) || isSimulation(frame, fn.ir),
    ...rowFields(program, fn, frame.events.values()),
  };
}

/** The fields of the row that a method of a table's class is called on, where some of them may go into a prompt. */
function rowFields(program: Program, fn: FunctionDef, events: Iterable<FlowEvent>): Pick<Summary, "rowFields"> {
  if (!fn.cls || fn.binding === "static") return {};
  const ofSelf = (l: Label) => l.kind === "param" && l.param === 0 && l.path.length > 0;
  for (const e of events)
    if (e.kind === "llm" && e.slots.some((s) => someLabel(s.value, ofSelf)))
      return program.classes.isTable(fn.cls) ? { rowFields: new Set(program.classes.declared(fn.cls).keys()) } : {};
  return {};
}

/** Slots of a model call whose text the model reads. */
const READ_BY_MODEL = /^(messages|completion|input|system|body|variables)$/;

/**
 * Log lines with the parameters, and the fields of parameters, that the same function sends to a model: what is in them is a
 * prompt, whoever calls.
 */
function withPrompts(events: FlowEvent[], of: readonly Param[]): FlowEvent[] {
  const own = (e: FlowEvent) => e.sink === "log" && !e.via.length;
  if (!events.some((e) => e.kind === "llm") || !events.some(own)) return events;
  const params = new Set<string>();
  for (const e of events)
    if (e.kind === "llm")
      for (const s of e.slots)
        if (READ_BY_MODEL.test(s.slot))
          someLabel(s.value, (l) => {
            // Of a path whose file is sent, the path itself is not. A number is nobody's text.
            if (l.param === undefined || l.path.includes(CONTENT) || isNumber(of[l.param])) return false;
            params.add(String(l.param));
            if (l.path.length) params.add(placeOf(l));
            return false;
          });
  if (!params.size) return events;
  const prompts = [...params].sort().join("\n");
  return events.map((e) => (own(e) ? { ...e, data: { ...e.data, prompts } } : e));
}

const isNumber = (p: Param | undefined): boolean => p?.ann?.k === "name" && /^(?:int|float|bool)$/.test(p.ann.id);

function smallEvent(e: FlowEvent, small: (v: Value) => Value): FlowEvent {
  let same = true;
  const slots = e.slots.map((s) => {
    const value = small(s.value);
    if (value === s.value) return s;
    same = false;
    return { ...s, value };
  });
  return same ? e : { ...e, slots };
}

/** Takes out of what a function gives back what the wrappers of its decorators keep from it. */
function keepBack(frame: Frame, { cleared, weak }: Wrapped): void {
  const kept = (v: Value): Value => {
    const out = cleared ? sanitise(v, cleared, false) : v;
    return weak ? sanitise(out, weak, true) : out;
  };
  if (!cleared && !weak) return;
  frame.returned = kept(frame.returned);
  frame.yielded = kept(frame.yielded);
  for (const site of frame.returnSites) site.value = kept(site.value);
}

/** The value of a call: what is returned; a generator gives its elements. */
export function resultOf(frame: Frame, fn: FunctionIR): Value {
  if (fn.generator) return { labels: [], types: [], elem: frame.yielded };
  return frame.returned;
}

/**
 * A result with the class that the function says it has, where its body does not tell: `def backend() -> Backend:` over
 * `import_string(path)()`, a registry or a container.
 */
function asAnnotated(frame: Frame, env: Env, fn: FunctionIR, v: Value): Value {
  if (!fn.returns || fn.generator || v.fields || v.c !== undefined || v.labels.some((l) => l.kind !== "param"))
    return v;
  const { models } = frame.program;
  const isTold = (t: TypeRef) => t.k !== "ext" || models.type(models.canonical(t.q)) !== undefined;
  if (v.types.some(isTold)) return v;
  const { labels, types } = frame.program.classes.annotated(frame, env, fn.returns);
  const classes = labels.length ? [] : types.filter((t) => t.k === "inst");
  return classes.length ? { ...v, types: classes } : v;
}

/** Executes the body and remembers the variables at its ends. */
export function runFunctionBody(frame: Frame, env: Env, fn: FunctionIR): void {
  collectScope(frame, fn);
  const end = execBody(frame, env, fn.body);
  frame.endEnv = end ? (frame.endEnv ? joinEnd(frame.endEnv, end) : end) : frame.endEnv;
}

function joinEnd(a: Env, b: Env): Env {
  const out = new Map(a.vars);
  for (const [k, v] of b.vars) out.set(k, out.has(k) ? join(out.get(k)!, v) : v);
  return new Env(out, a.outer);
}

function collectScope(frame: Frame, fn: FunctionIR): void {
  for (const s of fn.body) {
    if (s.k === "global") for (const n of s.names) frame.globals.add(n);
    if (s.k === "nonlocal") for (const n of s.names) frame.nonlocals.add(n);
  }
}

const wrappedOf = (frame: Frame, fn: FunctionDef): Wrapped | undefined =>
  fn.ir.decorators.length ? wrappedByDecorators(frame, fn, runNested) : undefined;

/** Puts the parameters into the environment as symbols; returns them in order. */
function bindParameters(
  frame: Frame,
  env: Env,
  ir: FunctionIR,
  selfClass: ClassDef | undefined,
  entry: ReturnType<typeof entryOf>,
  fn: FunctionDef,
  defaults: Map<number, Argument>,
  given: Wrapped["handed"] | undefined,
): Value[] {
  const program = frame.program;
  const isMethod = !!fn.cls && fn.binding !== "static" && !fn.nested;
  return ir.params.map((p, i) => {
    const loc = frame.loc(p);
    const step = { loc, msg: `\`${p.name}\` is a parameter of \`${fn.name}\``, prev: undefined };
    const symbol: Label = {
      kind: "param",
      key: `param@${frame.key}:${i}`,
      step,
      path: [],
      cleared: 0,
      weak: 0,
      doubt: 0,
      param: i,
      what: `\`${p.name}\``,
    };
    let v: Value = labelled([symbol]);
    const types: TypeRef[] = [];
    if (isMethod && i === 0) {
      if (selfClass) types.push({ k: fn.binding === "class" ? "class" : "inst", cls: selfClass });
    } else {
      if (p.ann) {
        const known = placed(program.classes.annotated(frame, env, p.ann), () => loc);
        types.push(...known.types);
        // A row is a row, whoever hands it over.
        if (known.labels.length && !entry) v = { ...v, labels: [...v.labels, ...known.labels] };
        if (known.fields) v = { ...v, fields: known.fields };
      }
      if (p.def) {
        const def = evalExpr(frame, env, p.def);
        types.push(...def.types.filter((t) => !(t.k === "ext" && t.q.startsWith("builtins."))));
        if (def !== EMPTY && def.c !== null) defaults.set(i, { value: def, loc: frame.loc(p.def), passedOn: true });
      }
      const offered = given?.has(p.name) ? undefined : dependencyOf(frame, env, p);
      const handed = given?.get(p.name) ?? (entry ? offered : undefined);
      if (handed) {
        const msg = `${given?.has(p.name) ? "a decorator" : "the framework"} hands it to \`${fn.name}\` as \`${p.name}\``;
        const caller = offered && /(?:^|_)user$/.test(p.name);
        const put = mapLabels(handed, (l) => ({
          ...l,
          step: addStep(l.step, loc, msg),
          ...(caller && l.kind === "record" && !l.many ? { caller } : {}),
        }));
        v = { ...put, labels: [...v.labels, ...put.labels] };
        types.push(...handed.types);
      } else if (entry) v = entryParameter(frame, v, p.name, i, isMethod ? i - 1 : i, entry, types, step);
      else if (offered) types.push(...offered.types);
    }
    if (types.length) v = { ...v, types: dedupe(types) };
    if (p.kind === "vararg" && entry) v = { labels: [], types: [], elem: v };
    env.set(p.name, v);
    return v;
  });
}

function dedupe(types: TypeRef[]): TypeRef[] {
  return types
    .filter((t, i) => types.findIndex((x) => x === t || (x.k === "ext" && t.k === "ext" && x.q === t.q)) === i)
    .slice(0, 6);
}

/** What the framework does with the result: a response, what a tool tells the model, or what a model is told of itself. */
function emitEntry(frame: Frame, fn: FunctionDef, entry: NonNullable<ReturnType<typeof entryOf>>): void {
  if (entry.model.returns === "response") emitReturn(frame, fn, entry.doubt);
  const { kind } = entry.model;
  // What it sends stands elsewhere; that it answers at all is what rules about routes ask for.
  if (kind === "websocket" && entry.model.returns !== "response")
    frame.emit({
      kind: "sink",
      sink: "response",
      loc: frame.loc(fn.ir),
      q: "websocket",
      slots: [],
      fn,
      module: fn.module,
      via: [],
      doubt: entry.doubt,
      data: { returned: true },
    });
  if (kind !== "tool" && kind !== "prompt") return;
  if (kind === "tool") noteDecoratedTool(frame, fn, [...frame.events.values()]);
  for (const r of frame.returnSites) {
    frame.emit({
      kind: "llm",
      loc: r.loc,
      q: fn.name,
      slots: [{ slot: kind === "tool" ? "tool" : "system", value: r.value, loc: r.loc }],
      fn,
      module: fn.module,
      via: [],
      doubt: entry.doubt,
      data: { tool: true },
    });
  }
}

function emitReturn(frame: Frame, fn: FunctionDef, doubt: 0 | 1 | 2): void {
  for (const r of frame.returnSites) {
    // An error of the client's is sent with its own text, not with the one behind it.
    const { fields } = r.value;
    const hidden =
      fields?.has("original_exception") && new Map([...fields].filter(([k]) => k !== "original_exception"));
    const parts = literalParts(frame, r.x, hidden ? { ...r.value, fields: hidden } : r.value, r.loc);
    frame.emit({
      kind: "sink",
      sink: "response",
      loc: r.loc,
      q: "return",
      slots: parts.map((p, i) => ({ slot: String(i), value: p.value, loc: p.loc })),
      fn,
      module: fn.module,
      via: [],
      doubt,
      data: { returned: true },
    });
  }
}

/** Nested functions that nobody called inside: handlers of an app factory, callbacks. */
function runNested(frame: Frame): void {
  for (let i = 0; i < frame.nested.length && i < 60; i++) {
    const n = frame.nested[i]!;
    if (n.called) continue;
    n.called = true;
    const child = new Frame(frame.program, n.fn.module, n.fn, n.fn.ir.chunk, frame);
    const env = new Env(new Map(), frame.endEnv ?? n.env);
    const entry = entryOf(frame.program, n.fn, undefined, child, n.env);
    bindNested(child, env, n.fn, entry);
    runFunctionBody(child, env, n.fn.ir);
    if (entry) emitEntry(child, n.fn, entry);
  }
}

/** Parameters of a nested function: its own symbols mean nothing to callers of the outer one. */
function bindNested(frame: Frame, env: Env, fn: FunctionDef, entry: ReturnType<typeof entryOf>): void {
  const given = wrappedOf(frame, fn)?.handed;
  const values = bindParameters(frame, env, fn.ir, undefined, entry, fn, new Map(), given);
  fn.ir.params.forEach((p, i) => {
    const v = values[i]!;
    env.set(p.name, { ...v, labels: v.labels.filter((l) => l.kind !== "param") });
  });
}

/** A name that a star import brought; where these go in circles every module is asked once. */
export function throughStars(frame: Frame, name: string): Value | undefined {
  if (!frame.stars.length) return undefined;
  const within = nesting;
  const outer = within.stars;
  const searched = outer ?? new Set();
  const key = `${name} ${frame.module.file}`;
  if (searched.has(key)) return undefined;
  searched.add(key);
  within.stars = searched;
  try {
    for (const star of frame.stars) {
      const v = star(name);
      if (v) return v;
    }
    return undefined;
  } finally {
    within.stars = outer;
  }
}

/** Most functions of which it is followed what they put into one name of their module. */
const MAX_WRITERS = 40;

/** Whether a value is a function or a module: nobody puts anything into these. */
const isCode = (v: Value): boolean => v.types.some((t) => t.k === "fn" || t.k === "module");

/** Whether a name may hold nothing but what stands for an import that failed: None, or why it did. */
const standsIn = (v: Value): boolean =>
  v.types.every((t) => t.k === "ext" && t.q === "builtins.str") &&
  !v.fields &&
  !v.items &&
  !v.elem &&
  (v.c === null || someLabel(v, (l) => l.kind === "exception"));

/** Runs a module's statements. `publish` is called before, so that cyclic imports see what is there so far. */
export function analyseModule(
  program: Program,
  mod: ModuleDef,
  places: Places,
  publish: (s: ModuleState) => void,
): void {
  const frame = new Frame(program, mod, undefined, { file: mod.file, base: 0 }, undefined, places);
  const env = new Env(new Map(), undefined);
  const completed = new Map<string, { with: readonly unknown[]; value: Value }>();
  // What an imported name means is looked up in the name of whoever asks.
  const imported = (name: string): Value | undefined => frame.lazy.get(name)?.() ?? throughStars(frame, name);
  const state: ModuleState & { events: FlowEvent[] } = {
    events: [],
    own: env,
    asked: new Map(),
    imports: importsText(mod.ir.body),
    plain(name) {
      const own = env.vars.get(name);
      // `except ImportError: Parser = None` is for where the import fails.
      return own && !standsIn(own) ? own : (imported(name) ?? own);
    },
    lookup(name) {
      let v = state.plain(name);
      if (!v || isCode(v)) return v;
      // Nobody puts anything into most classes: for these nothing more has to be looked for.
      if (v.types.some((t) => t.k === "class") && !isStore(v)) return v;
      if (v !== env.vars.get(name)) v = atOrigin(program, mod, name) ?? v;
      const isMade = v.types.some((t) => t.k === "inst");
      const writers = [...(mod.writers.get(name) ?? []), ...((isMade && mod.callers.get(name)) || [])];
      if (isCode(v) || !(writers.length || isStore(v))) return v;
      // Asked for every time: who uses the name depends on them. Those that use it themselves are used as their order says.
      const direct = [...new Set(writers)]
        .filter((w) => !w.nested)
        .slice(0, MAX_WRITERS)
        .map((fn) => ({ fn, summary: program.writer(fn) }));
      const stored = storedIn(program, mod, name, direct);
      const summaries = [v, ...direct.map((d) => d.summary), ...stored.asked];
      const done = completed.get(name);
      if (done && done.with.length === summaries.length && done.with.every((s, i) => s === summaries[i]))
        return done.value;
      const out = uncounted(() => {
        let all = v;
        for (const { summary: s } of direct) {
          const written = s.globals.get(name);
          if (!written) continue;
          // What a caller hands in is not known here; what the function puts in of itself is.
          const own = isSymbolic(written) ? stripParams(written) : written;
          if (own === written || someLabel(own, () => true)) all = join(all, own);
        }
        for (const one of stored.values) all = join(all, one);
        return all;
      });
      completed.set(name, { with: summaries, value: out });
      return out;
    },
  };
  publish(state);
  env.set("__name__", constant("__main__"));
  env.set("__file__", constant(mod.file));
  const end = execBody(frame, env, mod.ir.body);
  if (end && end !== env) for (const [k, v] of end.vars) env.set(k, v);
  runNested(frame);
  frame.endPlaces();
  state.events.push(...frame.events.values());
}

/** Answers with constants and never touches its parameters: a stand-in for a model that is still to come. */
function isSimulation(frame: Frame, fn: FunctionIR): boolean {
  const { returned } = frame;
  if (!frame.returnedSomething || returned === EMPTY || returned.labels.length || returned.types.length) return false;
  const names = new Set(fn.params.map((p) => p.name));
  return names.size > 0 && !mentions(fn.body, names);
}
