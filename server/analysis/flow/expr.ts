/** Expressions: from the intermediate form to abstract values. */
import type { Expr } from "../ir.js";
import { heldByApp } from "./app-state.js";
import { noteFallback } from "./builtins.js";
import { evalCall, nameOf } from "./calls.js";
import { noteChecked } from "./checks.js";
import { evalCompare } from "./constants.js";
import { annotationValue } from "./dependencies.js";
import { Env } from "./env.js";
import { holdsVariables, isSecretName, secretVariable } from "./environment.js";
import type { Frame, Refinement } from "./frame.js";
import { applyRefinements, conditionOf, flip, sanitise } from "./guards.js";
import { keptInMemory } from "./history.js";
import { callProperty } from "./instances.js";
import { ANY_VALUE, bit, extendLabel, type Label, type Loc } from "./labels.js";
import { noteChosenTools } from "./own-tools.js";
import { pipe } from "./pipes.js";
import { withColumns, withKnown } from "./records.js";
import { copiedRow, copiesCells, rowOfCell } from "./row-copies.js";
import { contentOf, uploaded } from "./saved-files.js";
import { secretSetting } from "./settings.js";
import { external, pendingLabel, placed } from "./sources.js";
import { askedRole, spokenBy } from "./spoken.js";
import { isAnswer, returnedBy, takenOut } from "./statements.js";
import { holdsOthers } from "./stores.js";
import { binaryAdd, evalFString, percentFormat } from "./strings.js";
import { assignTo } from "./targets.js";
import {
  CONTENT,
  chosenFrom,
  constant,
  dictOf,
  EMPTY,
  element,
  ext,
  field,
  inherited,
  isMessage,
  item,
  join,
  joinAll,
  keysOf,
  labelled,
  listOf,
  noteChoice,
  OUTCOME,
  putOver,
  type TypeRef,
  typed,
  unkeyed,
  unlisted,
  type Value,
  withField,
  withItem,
  withItems,
  withKey,
  withLabels,
} from "./value.js";

const DURATION = /^(days|seconds|microseconds)$/;

/** The value of an expression. Emits the events of the calls in it. */
export function evalExpr(frame: Frame, env: Env, x: Expr): Value {
  switch (x.k) {
    case "name":
      return placed(lookup(frame, env, x.id) ?? EMPTY, () => frame.loc(x));
    case "const":
      return x.t === "ellipsis" || x.t === "bytes" ? EMPTY : constant(x.v);
    case "fstr":
      return evalFString(frame, env, x);
    case "attr": {
      const o = evalExpr(frame, env, x.o);
      // The days between two dates are a number, whoever wrote the dates; of a record it may still be an age.
      if (x.o.k === "bin" && x.o.op === "-" && DURATION.test(x.a)) return sanitise(o, bit("user") | bit("llm"), false);
      const v = attribute(frame, o, x.a, x.o);
      return secretSetting(frame, o, x.a, v, x) ?? placed(v, () => frame.loc(x));
    }
    case "sub": {
      const o = evalExpr(frame, env, x.o);
      if (x.i.k === "slice") {
        for (const p of x.i.parts) if (p) evalExpr(frame, env, p);
        // A cut bounds the length.
        if (x.i.parts[1]) noteChecked(frame, o);
        return { ...o, c: undefined };
      }
      const annotated = o.types.find(
        (y) => y.k === "ext" && (y.q === "typing.Annotated" || y.q === "typing_extensions.Annotated"),
      );
      const named = annotated && annotationValue(frame, env, x, annotated);
      if (named) return named;
      const i = evalExpr(frame, env, x.i);
      // `DATABASE_URL.split("@")[1]`: the server without the name and the password before it.
      if (leavesPassword(x)) return sanitise(subscript(frame, o, i), bit("secret"), false);
      if (typeof i.c === "string" && isSecretName(i.c) && o.types.some((y) => y.k === "ext" && holdsVariables(y.q)))
        return secretVariable(i.c, undefined, frame.loc(x));
      const out = placed(subscript(frame, o, i), () => frame.loc(x));
      noteChosenTools(frame, x.o, i, out);
      return keptInMemory(x.o, o, i, frame.loc(x), out);
    }
    case "call":
      return evalCall(frame, env, x);
    case "bin": {
      const l = evalExpr(frame, env, x.l);
      const r = evalExpr(frame, env, x.r);
      if (x.op === "+")
        return binaryAdd(l, frame.loc(x.l), r, frame.loc(x.r), frame.loc(x), [nameOf(x.l), nameOf(x.r)]);
      if (x.op === "%") return percentFormat(frame, l, r, x);
      if (x.op === "|") return pipe(l, r);
      return isNumeric(x.op, l, r) ? EMPTY : labelled([...l.labels, ...r.labels]);
    }
    case "un": {
      const v = evalExpr(frame, env, x.x);
      if (x.op === "not")
        return typeof v.c === "boolean" ? constant(!v.c) : v.test ? { ...EMPTY, test: v.test.map(flip) } : EMPTY;
      if (x.op === "-" && typeof v.c === "number") return constant(-v.c);
      return EMPTY;
    }
    case "bool": {
      // `a and b`, `a or b`: what the left side says holds while the right side is evaluated.
      const vs: Value[] = [];
      for (const p of x.xs) vs.push(evalExpr(frame, env, p));
      if (x.op === "or") {
        x.xs.forEach((p, i) => {
          const asked = x.xs[i - 1];
          if (asked?.k === "call") noteFallback(frame, env, asked, { value: vs[i]!, loc: frame.loc(p) });
        });
        const consts = vs.map((v) => v.c);
        const truthy = consts.find((c) => c !== undefined && c !== false && c !== null && c !== "" && c !== 0);
        if (consts.every((c) => c !== undefined)) return constant(truthy ?? consts.at(-1) ?? null);
        return withTests(joinAll(vs.filter((v) => v.c !== null && v.c !== "")), vs, "then");
      }
      return withTests(joinAll(vs.slice(-1)), vs, undefined);
    }
    case "cmp":
      return evalCompare(
        x,
        x.xs.map((p) => evalExpr(frame, env, p)),
      );
    case "cond": {
      const cond = conditionOf(frame, env, x.c);
      const where = (r: readonly Refinement[]) => (r.length ? applyRefinements(env.clone(), r) : env);
      return join(evalExpr(frame, where(cond.holds), x.a), evalExpr(frame, where(cond.otherwise), x.b));
    }
    case "tuple":
    case "list":
    case "set":
      return sequence(frame, env, x.xs);
    case "dict":
      return dictionary(frame, env, x);
    case "comp":
      return comprehension(frame, env, x);
    case "lambda": {
      const fn = {
        kind: "function" as const,
        name: "lambda",
        qualname: "lambda",
        key: `${frame.key}<lambda>${x.s}`,
        ir: x.fn,
        module: frame.module,
        cls: undefined,
        nested: true,
        binding: "instance" as const,
      };
      return typed({ k: "fn", fn, env, form: x.fn });
    }
    case "await":
      return awaited(evalExpr(frame, env, x.x));
    case "yield": {
      const v = x.x ? returnedBy(frame, evalExpr(frame, env, x.x), x.x, x.from ? "rest" : "one") : EMPTY;
      const out = x.from ? iterate(frame, v) : v;
      frame.yielded = join(frame.yielded, out);
      frame.addReturn({ labels: [], types: [], elem: out }, frame.loc(x.x ?? x), undefined);
      return EMPTY;
    }
    case "walrus": {
      const v = evalExpr(frame, env, x.x);
      env.set(x.name, v);
      return v;
    }
    case "star":
      return evalExpr(frame, env, x.x);
    case "slice":
      return EMPTY;
    case "unknown": {
      for (const y of x.xs) evalExpr(frame, env, y);
      return EMPTY;
    }
  }
}

const BUILTINS = new Set(
  (
    "abs all any ascii bin bool bytearray bytes callable chr classmethod compile delattr dict dir divmod enumerate eval exec filter " +
    "float format frozenset getattr globals hasattr hash hex id input int isinstance issubclass iter len list locals map max " +
    "memoryview min next object oct open ord pow print property range repr reversed round set setattr slice sorted staticmethod str " +
    "sum super tuple type vars zip __import__ exit quit aiter anext Exception ValueError KeyError TypeError RuntimeError OSError"
  ).split(" "),
);

function lookup(frame: Frame, env: Env, name: string): Value | undefined {
  if (frame.globals.has(name)) {
    const written = frame.globalWrites.get(name);
    const v = frame.program.moduleState(frame.module).lookup(name);
    return written && v ? join(v, written) : (written ?? v);
  }
  const own = env.get(name);
  if (own) return own;
  const state = frame.program.moduleState(frame.module);
  // What is run while a module is loaded comes before all that its functions put in.
  const v = frame.fn ? state.lookup(name) : state.plain(name);
  if (v) {
    const written = frame.globalWrites.get(name);
    return written ? join(v, written) : v;
  }
  return BUILTINS.has(name) ? ext(`builtins.${name}`) : undefined;
}

/** Library awaitables give what they would give without `await`. */
const awaited = (v: Value): Value => v;

/** What a loop over the value binds. @param labels what an element inherits */
export function iterate(frame: Frame, v: Value, labels?: readonly Label[]): Value {
  const keys = keysOf(v);
  if (keys) return refine(frame, keys);
  // A dict gives its keys.
  if (
    v.fields?.size &&
    !v.items &&
    !v.elem &&
    !v.labels.length &&
    v.types.every((t) => t.k === "ext" && t.q.startsWith("builtins."))
  )
    return joinAll([...v.fields.keys()].map(constant));
  let out = element(v, labels);
  const among = chosenFrom(out);
  for (const t of v.types) {
    if (t.k === "ext") out = join(out, refineElementType(frame, v, t.q));
    else if (t.k === "inst") {
      const m = frame.program.classes.method(t.cls, "__iter__") ?? frame.program.classes.method(t.cls, "__aiter__");
      if (m) out = join(out, element(callProperty(frame, m, t.cls, v)));
    }
  }
  out = refine(frame, out);
  if (among) noteChoice(out, among);
  return out;
}

function refineElementType(frame: Frame, _v: Value, q: string): Value {
  const t = frame.program.models.type(q)?.types?.["[]"];
  if (t) return ext(t);
  return q.startsWith("builtins.") ? EMPTY : ext(`${q}[]`);
}

/** Turns labels of provider objects into those of their text or metadata as soon as the path says which. */
export function refine(frame: Frame, v: Value): Value {
  if (!v.labels.some((l) => l.kind === "llm-object" && l.path.length)) return v;
  const labels = v.labels.map((l): Label => {
    if (l.kind !== "llm-object" || !l.path.length) return l;
    const found = frame.program.classes.providerLabel(l.type ?? "", l.path);
    const kind = found === "prefix" ? "llm-object" : (found ?? guessByName(l.path.at(-1)!, l.path.length === 1));
    if (kind === "llm-object" || kind === undefined) return l;
    return { ...l, kind, path: [], ...(PARSED.test(l.path.at(-1)!) ? { parsed: true } : {}) };
  });
  return { ...v, labels };
}

/** Attributes in which a provider's library keeps an answer that it parsed. */
const PARSED = /^(?:output_)?parsed$/;

/** @param own whether it is the answer's own, and no part's: the messages of a thread have ids as well */
function guessByName(name: string, own: boolean): "llm" | "llm-meta" | undefined {
  if (
    /^(content|text|output_text|completion|generated_text|response|answer|output|final_output|result|reply|delta|parsed|message_content)$/.test(
      name,
    )
  )
    return "llm";
  if (
    /^(usage|system_fingerprint|.*_tokens|stop_reason|finish_reason|llm_output|response_metadata|usage_metadata)$/.test(
      name,
    ) ||
    (own && /^(model|id|created)$/.test(name))
  )
    return "llm-meta";
  return undefined;
}

/** Whether a label is of a kind that is ruled out; of what a model wrote, where its answer was parsed. */
const isNone = (l: Label, none: readonly string[]): boolean =>
  none.includes(l.kind) && (l.kind !== "llm" || l.parsed === true);

/** `value.name`. `from` is the expression before the dot, for names that only say something by their look. */
export function attribute(frame: Frame, o: Value, name: string, from?: Expr): Value {
  const { program } = frame;
  // All that an object or a row holds, as a dict.
  if ((name === "__dict__" || name === "_mapping") && !o.types.some((t) => t.k === "module")) return o;
  // `Prompt.SUMMARY.value` of an enumeration: no text has an attribute of that name.
  if (name === "value" && (typeof o.c === "string" || (o.str && o.c === undefined && !o.labels.length))) return o;
  const known = o.fields?.get(name);
  const row = known ? undefined : memberOfRow(frame, o, name);
  if (row) return row;
  let out = known ?? refine(frame, labelled(inherited(o, name)));
  const types: TypeRef[] = [];
  for (const t of o.types) {
    switch (t.k) {
      case "ext": {
        const v = libraryAttribute(frame, t, name, o);
        if (v) out = join(out, v);
        break;
      }
      case "module": {
        const m = program.member(t.mod, name);
        if (m) out = join(out, m);
        break;
      }
      case "class":
      case "inst": {
        const m = program.classes.method(t.cls, name);
        if (m?.binding === "property" && t.k === "inst") {
          out = join(out, callProperty(frame, m, t.cls, o));
        } else if (m?.binding === "class" && t.k === "class" && o.fields) {
          // What the class itself holds goes with it.
          out = join(out, typed({ k: "fn", fn: m, self: o }));
        } else if (!known || m) {
          const v = program.classes.attribute(t.cls, name, t.k === "inst" ? o : undefined);
          // A declared `system: str = ""` says nothing beside what the object was made with.
          if (!(t.k === "inst" && out.labels.length && v.c === ""))
            out = join(out, t.k === "class" ? withKnown(frame, v, t.cls) : v);
        }
        break;
      }
      case "fn":
        if (
          /^(delay|apply_async|si?|run|remote|submit|delay_on_commit|enqueue|kiq|send|func|original|__wrapped__)$/.test(
            name,
          )
        )
          types.push(t);
        // `summarize.AsyncResult(task_id)`.
        if (name === "AsyncResult") types.push({ k: "ext", q: "celery.AsyncResult" });
        break;
    }
  }
  if (!o.types.length && from?.k === "name" && /^[A-Z]/.test(from.id)) {
    const duck = program.models.duckAttributes(name).find((d) => d.segments.length === 1);
    if (duck) out = join(out, { labels: [], types: [{ k: "ext", q: duck.model.type ?? `${from.id}.${name}` }] });
  }
  for (const t of o.types) {
    if (t.k !== "inst" || !out.labels.length) continue;
    const none = program.classes.holdsNone(t.cls, name);
    const holds =
      none.includes("exception") && out.labels.some((l) => l.kind === "exception") && holdsOthers(program, t.cls);
    if (none.length && !holds) out = { ...out, labels: out.labels.filter((l) => !isNone(l, none)) };
    // An error that is itself the answer says what it was given, and that is told where it is raised.
    if (
      /^(?:detail|description)$/.test(name) &&
      program.classes.libraryBases(t.cls).some((q) => isAnswer({ k: "ext", q }))
    )
      out = { ...out, labels: out.labels.filter((l) => l.kind !== "exception") };
  }
  const outcome = /^(?:result|return_value)$/.test(name) ? o.fields?.get(OUTCOME) : undefined;
  if (outcome) return outcome;
  // What the library says of an answer (`results[0].flagged`) is no other answer.
  if (known?.test && !out.test) out = { ...out, test: known.test };
  // The name of a file leads to what was written to it.
  const content = name === "name" || name === "path" ? contentOf(o) : uploaded(frame, out);
  if (content) out = withField(out, CONTENT, content);
  return types.length ? { ...out, types: [...out.types, ...types] } : out;
}

/** A method or a property that the class of a row has, where nothing else says that the value is an instance of it. */
function memberOfRow(frame: Frame, o: Value, name: string): Value | undefined {
  const { classes } = frame.program;
  const cls = o.labels.find((l) => l.kind === "record" && !l.path.length && l.record?.row)?.record?.row;
  if (!cls || o.types.some((t) => t.k === "inst" || t.k === "class")) return undefined;
  const method = classes.method(cls, name);
  if (!method || name.startsWith("__")) return undefined;
  const self: Value = { ...o, types: [{ k: "inst", cls }] };
  return method.binding === "property" ? callProperty(frame, method, cls, self) : classes.attribute(cls, name, self);
}

/** Longest qualified name; a variable that is re-assigned from itself in a loop would grow it for ever. */
const MAX_NAME = 160;

function libraryAttribute(frame: Frame, t: Extract<TypeRef, { k: "ext" }>, name: string, o: Value): Value | undefined {
  const { models } = frame.program;
  if (t.q.length > MAX_NAME) return undefined;
  const q = models.member(t.q, name);
  const type = models.type(t.q);
  let v = external(models, q, t.cls);
  const mapped = models.attribute(q)?.type
    ? undefined
    : (type?.types?.[name] ?? (models.calls(q).length ? undefined : type?.types?.["*"]));
  if (mapped) {
    const ref: TypeRef = { k: "ext", q: models.canonical(mapped), ...(t.cls ? { cls: t.cls } : {}) };
    v = { ...v, types: [ref] };
    // A chain inside a chain has its prompt, and `query.not_` asks for the same rows.
    if (ref.q === t.q && o.fields) v = { ...v, fields: o.fields };
  }
  const plain = !v.labels.length && !mapped && !models.calls(q).length && !models.type(q) && !models.attribute(q);
  const held = plain && o.fields?.get(name) === undefined ? heldByApp(frame, t.q, name) : undefined;
  if (held) return held;
  const kind = v.labels.length ? undefined : type?.paths?.[name];
  // Model text of a provider's object is known by the object's own label; here the type is all there is.
  const knows = (l: Label) => l.kind === "llm-object" || (l.kind === "param" && kind !== "user");
  if (kind && kind !== "record" && !o.labels.some(knows))
    v = withLabels(v, [pendingLabel(kind, `${t.q}.${name}`, name)]);
  return v;
}

/** `value[index]`. */
export function subscript(frame: Frame, o: Value, i: Value): Value {
  if (isOfClass(o, i)) return o;
  let out: Value;
  if (typeof i.c === "string") out = field(o, i.c);
  else if (typeof i.c === "number") out = o.fields?.size && !o.items ? field(o, String(i.c)) : item(o, i.c);
  else out = joinAll([byOwnKey(o, i) ?? element(o), ...(unkeyed(o).fields?.values() ?? [])]);
  for (const t of o.types) {
    if (t.k !== "ext") continue;
    if (t.q.startsWith("builtins.") || t.q.length > MAX_NAME) continue;
    const key = typeof i.c === "string" ? i.c : "[]";
    const byType = frame.program.models.type(t.q)?.types;
    const q = byType?.[key] ?? byType?.["[]"] ?? byType?.["*"] ?? `${t.q}[]`;
    const a = typeof i.c === "string" ? frame.program.models.attribute(`${t.q}[${i.c}]`) : undefined;
    const held = typeof i.c === "string" && !o.fields?.has(i.c) ? heldByApp(frame, t.q, i.c) : undefined;
    let v = held ?? (t.cls ? typed({ k: "ext", q, cls: t.cls }) : ext(q));
    if (a) v = join(v, external(frame.program.models, `${t.q}[${i.c}]`, t.cls));
    const paths = frame.program.models.type(t.q)?.paths;
    if (paths && typeof i.c === "string" && paths[i.c] && !o.labels.some((l) => l.kind === "llm-object"))
      v = withLabels(v, [pendingLabel(paths[i.c]!, `${t.q}[${i.c}]`, i.c)]);
    out = join(out, v);
  }
  return refine(frame, out);
}

/** A class with its type arguments, which is made like the class: `Agent[Deps](...)`. */
const isOfClass = (o: Value, i: Value): boolean =>
  [i, ...(i.items ?? [])].some((v) => v.types.some((t) => t.k === "class")) &&
  !o.labels.length &&
  !o.fields &&
  !o.items &&
  !o.elem &&
  o.types.some((t) => t.k === "class" || (t.k === "ext" && /(?:^|\.)[A-Z]\w*[a-z]\w*$/.test(t.q)));

/** `entries[key]` in `for key in entries`, of a mapping that was handed in: some value of it. */
function byOwnKey(o: Value, key: Value): Value | undefined {
  const isKeyOf = (l: Label) => (k: Label) =>
    k.kind === "param" && k.param === l.param && k.path.length === l.path.length + 1 && k.path.at(-1) === "[]";
  const own = o.labels.filter((l) => l.kind === "param" && key.labels.some(isKeyOf(l)));
  if (!own.length) return undefined;
  const rest = { ...o, labels: o.labels.filter((l) => !own.includes(l)) };
  return join(element(rest), labelled(own.map((l) => extendLabel(l, ANY_VALUE) ?? l)));
}

/** One key of an access path: `name`, `[0]`, `[]`, `name()`. */
export function access(frame: Frame, v: Value, key: string): Value {
  if (key === "[]") return iterate(frame, v);
  if (askedRole(key)) return iterate(frame, ...spokenBy(v, key));
  if (key === ANY_VALUE)
    return joinAll([
      iterate(frame, { ...v, fields: undefined, items: undefined }),
      ...(unkeyed(v).fields?.values() ?? []),
    ]);
  const picked = withColumns(v, key);
  if (picked) return picked;
  const index = /^\[(-?\d+)\]$/.exec(key);
  if (index) return subscript(frame, v, constant(Number(index[1])));
  const own = v.fields?.get(key);
  if (own) return own;
  if (v.types.some((t) => t.k !== "ext")) return attribute(frame, v, key);
  const out = refine(frame, field(v, key));
  if (!v.types.length) return out;
  return join(out, attribute(frame, v, key));
}

/** What stands behind the last `@` of an address. */
function leavesPassword({ o, i }: Extract<Expr, { k: "sub" }>): boolean {
  if (o.k !== "call" || o.f.k !== "attr" || !/^r?(?:split|partition)$/.test(o.f.a)) return false;
  const by = o.args[0];
  const isFirst = i.k === "const" && i.v === 0;
  return by?.k === "const" && by.v === "@" && !isFirst;
}

function sequence(frame: Frame, env: Env, xs: readonly Expr[]): Value {
  const items: Value[] = [];
  let elem: Value | undefined;
  for (const x of xs) {
    if (x.k === "star") {
      const v = evalExpr(frame, env, x.x);
      if (v.items && !v.elem && !v.labels.length) items.push(...v.items);
      else {
        elem = join(elem ?? EMPTY, iterate(frame, v));
        if (v.items) items.push(...v.items);
      }
    } else items.push(evalExpr(frame, env, x));
  }
  const list = listOf(items);
  return elem ? { ...list, elem: join(list.elem ?? EMPTY, elem) } : list;
}

function dictionary(frame: Frame, env: Env, x: Extract<Expr, { k: "dict" }>): Value {
  let fields = new Map<string, Value>();
  let out = dictOf(fields);
  let keyed = EMPTY;
  for (const i of x.items) {
    const v = evalExpr(frame, env, i.v);
    if (i.key === null) {
      // `**other`: its fields, and what it holds as a whole.
      fields = new Map(putOver(fields, v));
      if (v.fields) for (const [k, f] of v.fields) fields.set(k, f);
      out = withLabels(out, v.labels);
      if (v.elem) out = { ...out, elem: join(out.elem ?? EMPTY, v.elem) };
      continue;
    }
    const key = evalExpr(frame, env, i.key);
    if (typeof key.c === "string" || typeof key.c === "number") fields.set(String(key.c), calledBy(v, key.c));
    else {
      out = { ...out, elem: join(out.elem ?? EMPTY, v) };
      keyed = withKey(keyed, key);
    }
  }
  for (const [k, v] of keyed.fields ?? []) fields.set(k, v);
  const content = fields.get("content");
  const node = fields.has("role") && x.items.find((i) => i.key?.k === "const" && i.key.v === "content")?.v;
  // A message whose text is one value: the value stands where it is put in, and not where the messages are sent.
  if (content && node && isPlainText(content)) fields.set("content", oneText(content, frame.loc(node), nameOf(node)));
  return { ...out, fields };
}

/** `{"email": row[2]}`: a column that the query does not name is what the code calls it. */
export function calledBy(v: Value, key: string | number): Value {
  if (typeof key !== "string" || !v.labels.some(isUnnamed)) return v;
  return { ...v, labels: v.labels.map((l) => (isUnnamed(l) ? { ...l, path: [...l.path, key] } : l)) };
}

const isUnnamed = (l: Label): boolean =>
  l.kind === "record" && l.path.length > 0 && l.path.every((p) => /^\[-?\d+\]$/.test(p));

const isPlainText = (v: Value): boolean =>
  v.labels.length > 0 &&
  !v.labels.some((l) => l.kind === "param") &&
  !v.str &&
  v.c === undefined &&
  !v.items &&
  !v.elem &&
  !v.fields;

/** A text of a single piece; still what it was for calls on it. */
const oneText = (v: Value, loc: Loc, name: string): Value => ({ ...v, str: [{ pieces: [{ v, loc, name }], loc }] });

function comprehension(frame: Frame, env: Env, x: Extract<Expr, { k: "comp" }>): Value {
  const inner = new Env(new Map(), env);
  const first = x.clauses[0];
  const results: { k: Value; v: Value }[] = [];
  /** Messages are looked at one by one: who says each stays known. */
  let each = false;
  const runFrom = (n: number, e: Env): void => {
    const c = x.clauses[n];
    if (!c) {
      results.push({ k: evalExpr(frame, e, x.x), v: x.v ? evalExpr(frame, e, x.v) : EMPTY });
      return;
    }
    if (c.t === "if") {
      const condition = conditionOf(frame, e, c.c);
      if (each && condition.value.c === false) return;
      applyRefinements(e, condition.holds);
      runFrom(n + 1, e);
      return;
    }
    const iter = evalExpr(frame, e, c.iter);
    // An allowlist of constant names: `{k: user[k] for k in ("id", "name")}`.
    const fixed =
      c === first &&
      iter.items?.length &&
      !iter.elem &&
      !iter.labels.length &&
      iter.items.length <= 24 &&
      iter.items.every((v) => v.c !== undefined || typeof v.items?.[0]?.c === "string")
        ? iter.items
        : undefined;
    const turns = fixed ?? (c === first && x.kind !== "dict" ? turnsOf(iter) : undefined);
    each ||= !fixed && turns !== undefined;
    if (turns) {
      for (const v of turns) {
        const e2 = new Env(new Map(e.vars), env);
        assignTo(frame, e2, c.target, v, undefined);
        runFrom(n + 1, e2);
      }
      return;
    }
    // A generator's expression is a stream again.
    const some = iterate(frame, iter);
    assignTo(frame, e, c.target, x.kind === "gen" ? some : takenOut(some), undefined);
    runFrom(n + 1, e);
  };
  runFrom(0, inner);
  if (x.kind === "dict") {
    const fields = new Map<string, Value>();
    let elem: Value | undefined;
    for (const r of results) {
      if (typeof r.k.c === "string") fields.set(r.k.c, r.v);
      else elem = join(elem ?? EMPTY, r.v);
    }
    const out = (elem && !fields.size && copiedRow(frame, inner, x, elem)) || dictOf(fields, elem);
    return results.reduce((v, r) => withKey(v, r.k), out);
  }
  if (each) return results.reduce((list, r) => withItem(list, r.k), EMPTY);
  const elem = joinAll(results.map((r) => r.k));
  const among = chosenFrom(elem);
  if (among) return withItems(EMPTY, among);
  return { labels: copiesCells(x) ? elem.labels.flatMap(rowOfCell) : [], types: [], elem };
}

/** Most messages of a list that are looked at one by one. */
const MAX_TURNS = 6;

/** The messages of a conversation that are looked at one by one, with whatever else may be among them. */
function turnsOf(list: Value): readonly Value[] | undefined {
  const { items } = list;
  if (!items || items.length > MAX_TURNS || !items.some(isMessage)) return undefined;
  const rest = unlisted(list);
  return rest ? [...items, rest] : items;
}

/** Whether an operation gives a number, as only numbers have it: one divided by a thousand. A text can be repeated. */
const isNumeric = (op: string, l: Value, r: Value): boolean =>
  (typeof l.c === "number" && typeof r.c === "number") ||
  (NUMERIC.has(op) && (typeof l.c === "number" || typeof r.c === "number"));
const NUMERIC = new Set(["-", "/", "//", "**"]);

/** What the parts of `a or b` and `a and b` test, the whole tests; of `or`, only what holds when all of it fails. */
function withTests(v: Value, parts: readonly Value[], unsafe: "then" | undefined): Value {
  const test = parts.flatMap((p) => p.test ?? []).filter((t) => !unsafe || t.unsafe === unsafe);
  return test.length ? { ...v, test } : v.test ? { ...v, test: undefined } : v;
}
