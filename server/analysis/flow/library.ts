/** Calls of libraries: what the models say of them. */
import type { CallExpr } from "../ir.js";
import type { ClassDef } from "../names/definitions.js";
import type { CallModel } from "../names/model-schema.js";
import { redactsData } from "../names/sanitisers.js";
import { isApproved } from "./approval.js";
import { type Args, allArguments, argument, literalParts } from "./arguments.js";
import { builtinCall } from "./builtins.js";
import { nameOf } from "./calls.js";
import type { Env } from "./env.js";
import { isSecretName } from "./environment.js";
import { access, iterate } from "./expr.js";
import { converted } from "./forms.js";
import type { Frame, Refinement } from "./frame.js";
import { clearLabel, sanitise } from "./guards.js";
import { chosenBy } from "./history.js";
import { invoke } from "./invoked.js";
import { ESCAPED, type Kind, type Label, maskOf, unionLabels } from "./labels.js";
import { llmCall, openRawCall, transport } from "./llm-calls.js";
import { dataMethod, keepsNothing } from "./methods.js";
import { noteOwnTools, noteRegisteredTool } from "./own-tools.js";
import { assigned } from "./pipes.js";
import { judgeCall, keysSent } from "./raw-calls.js";
import { queryName, recordLabel, refineRecord } from "./records.js";
import { isOnlyRun } from "./run-by-code.js";
import { withSaved } from "./saved-files.js";
import { rowSaved } from "./saved-rows.js";
import { asDumped } from "./serializers.js";
import { isOnByDefault } from "./settings.js";
import { wordsFor } from "./sources.js";
import { stateGraph } from "./state-graphs.js";
import { isStatement, shown } from "./strings.js";
import type { Slot } from "./summary.js";
import { updateAt } from "./targets.js";
import { queuedOutcome } from "./tasks.js";
import { templateOf } from "./templates.js";
import {
  constant,
  deepLabels,
  dictOf,
  EMPTY,
  ext,
  flatten,
  formsOf,
  inherited,
  join,
  labelled,
  listOf,
  mapLabels,
  OUTCOME,
  type TypeRef,
  typed,
  type Value,
  withField,
  withLabels,
} from "./value.js";

type ExtType = Extract<TypeRef, { k: "ext" }>;

/** Calls what a qualified name stands for; undefined when no model speaks of it and it is no builtin. */
export function callLibrary(
  frame: Frame,
  env: Env,
  t: ExtType,
  args: Args,
  x: CallExpr,
  recv: Value | undefined,
  name: string,
): Value | undefined {
  const { models } = frame.program;
  register(frame, t.q, args);
  const builtin = builtinCall(frame, env, t.q, args, x);
  const all = models.calls(t.q).filter((m) => applies(frame, m, args));
  if (!all.length) {
    if (builtin) return builtin;
    if (recv && t.q.includes(".") && !keepsNothing(name)) {
      const plain = dataMethod(frame, env, recv, name, args, x);
      if (plain) return plain;
    }
    return undefined;
  }
  let out = runModels(frame, env, t, all, args, x, recv, 0);
  if (builtin) out = { ...join(builtin, out), test: builtin.test ?? out.test };
  return out;
}

/** Whether the model's conditions on constant arguments allow it. */
export function applies(frame: Frame, m: Pick<CallModel, "when" | "unless">, args: Args): boolean {
  return (!m.when || holds(frame, m.when, args)) && !(m.unless && holds(frame, m.unless, args));
}

function holds(frame: Frame, condition: NonNullable<CallModel["when"]>, args: Args): boolean {
  const a = argument(frame, args, condition.arg);
  if (condition.is === "present") return !!a;
  if (!a) return false;
  if (condition.ends) return endsWithOne(a.value, condition.ends);
  const wanted = (Array.isArray(condition.is) ? condition.is : [condition.is]).map(String);
  const names = a.value.types.map((t) => (t.k === "ext" ? t.q : ""));
  return wanted.some((w) => w === String(a.value.c) || names.includes(w));
}

/** Whether a text, as far as it is known, ends with one of these: `f"{folder}/app.log"`. */
const endsWithOne = (v: Value, ends: readonly string[]): boolean =>
  formsOf(v)?.some(({ pieces }) => {
    const last = pieces.at(-1);
    return typeof last === "string" && ends.some((end) => last.endsWith(end));
  }) ?? false;

function register(frame: Frame, q: string, args: Args): void {
  for (const e of frame.program.models.registrations(q)) {
    const fn = e.registers && argument(frame, args, e.registers.fn);
    for (const t of fn?.value.types ?? []) {
      if (fn) noteRegisteredTool(frame, e, t, fn.loc);
      if (t.k === "fn") frame.program.registered.set(t.fn.key, { model: e, doubt: 0 });
      if (t.k === "class") frame.program.registeredClasses.set(t.cls.key, { model: e, doubt: 0 });
    }
  }
}

const LOADS = /^marshmallow\.Schema\.loads?$/;
const DUMPS = /^marshmallow\.Schema\.dumps?$/;

/** Everything that the models say of one call, added up. @param begin what is known of the result already */
export function runModels(
  frame: Frame,
  env: Env,
  t: ExtType,
  all: readonly CallModel[],
  args: Args,
  x: CallExpr,
  recv: Value | undefined,
  doubt: 0 | 1 | 2,
  begin: Value = EMPTY,
): Value {
  let out = begin;
  let typeKnown = begin.types.length > 0;
  let cleared = 0;
  let weak = 0;
  const tests: Refinement[] = [];
  for (const m of all) {
    const verdict = m.llm?.raw ? judgeCall(frame, m.llm, args) : "model";
    const asks = verdict === "model" || verdict === "named";
    const result = asks ? resultOf(frame, t, m, args, recv) : undefined;
    if (result) {
      typeKnown = true;
      out = join(out, result);
    }
    if (m.propagate !== undefined && m.propagate !== "none") out = join(out, propagated(frame, m.propagate, args));
    if (m.holds !== undefined) out = { ...withField(out, m.holds, { ...out, types: [] }), str: undefined };
    if (m.record) out = readRecord(frame, env, t, m, args, x, out, recv);
    if (DUMPS.test(t.q) && t.cls) out = asDumped(frame.program, t.cls, out);
    if (LOADS.test(t.q) && t.cls) out = converted(frame.program, t.cls, "validated_data", out);
    if (m.saves)
      out = join(out, t.cls ? rowSaved(frame, env, t.cls, args, x, recv) : (recv?.fields?.get("instance") ?? EMPTY));
    if (m.source && m.source !== "record" && asks)
      out = withLabels(out, [{ ...source(frame, m, t.q, x, out, doubt), ...ofEntity(m, args) }]);
    if (asks && (m.schema || m.source === "llm" || m.source === "llm-object")) out = fitted(frame, m, args, recv, out);
    if (m.result_paths)
      for (const [path, kind] of Object.entries(m.result_paths)) out = resultPath(frame, out, path, kind, x, t);
    if (m.outcome) out = join(out, queuedOutcome(frame, x));
    if (m.message) out = message(frame, m, args);
    if (m.template) out = join(out, templateOf(frame, m, args, x, recv));
    if (m.llm?.tools && asks) noteOwnTools(frame, m.llm.tools, args);
    if (m.llm && asks) out = llmCall(frame, env, t.q, m, args, x, recv, out, verdict === "named" && !doubt ? 1 : doubt);
    if (m.llm?.raw && asks) emitKeys(frame, t.q, m, keysSent(frame, m.llm, args), x);
    if (verdict === "open") out = join(out, openRawCall(frame, env, t.q, m, args, x, doubt));
    if (m.sink) emitSink(frame, t.q, m, args, x, doubt);
    if (m.setting || m.credentials || m.danger || (m.llm?.setup && (m.llm.url || m.llm.verify)))
      emitCall(frame, t.q, m, args, x);
    if (m.graph) out = stateGraph(frame, env, m.graph, args, x, recv, out);
    if (m.assigns) out = assigned(frame, env, args, x, recv, out);
    if (m.invokes) out = join(out, invoke(frame, env, m, args, x));
    if (m.sanitise && (!m.sanitise.pattern || patternRedacts(frame, m.sanitise.pattern, args))) {
      if (m.sanitise.escapes) weak |= ESCAPED;
      if (m.sanitise.strength === "strong") cleared |= maskOf(m.sanitise.labels);
      else weak |= maskOf(m.sanitise.labels);
    }
    if (m.guard) {
      const a = argument(frame, args, m.guard.arg);
      if (a) {
        const held = m.guard.of === undefined ? a.value : (a.value.fields?.get(m.guard.of) ?? EMPTY);
        const labels = unionLabels(held.labels, flatten(held).labels);
        const unsafe = m.guard.unsafe_when === "false" ? "else" : "then";
        const said: Refinement[] = [
          { labels, mask: maskOf(m.guard.labels), weak: m.guard.strength === "weak", unsafe },
          ...(m.guard.weak_for ? [{ labels, mask: maskOf(m.guard.weak_for), weak: true, unsafe } as const] : []),
        ];
        if (labels.length && m.guard.unsafe_when === "raises") for (const r of said) clearNow(env, r);
        else if (labels.length && m.guard.path)
          out = withTestAt(out, m.guard.path.replace(/\[\]/g, ".[]").split("."), said);
        else if (labels.length) tests.push(...said);
      }
    }
  }
  out = chosenBy(frame, env, out, recv, args);
  if (cleared) out = sanitise(out, cleared, false);
  if (weak) out = sanitise(out, weak, true);
  if (!typeKnown) out = join(out, defaultType(t));
  return tests.length ? { ...out, test: tests } : out;
}

export function clearNow(env: Env, r: Refinement): void {
  for (const [k, v] of env.vars)
    env.vars.set(
      k,
      mapLabels(v, (l) => (r.labels.some((y) => y.key === l.key) ? clearLabel(l, r.mask, r.weak) : l)),
    );
}

/** @param path keys from the outside in; `[]` stands for any element */
function withTestAt(v: Value, [head, ...rest]: readonly string[], said: readonly Refinement[]): Value {
  if (head === undefined) return { ...v, test: said };
  const inner = head === "[]" ? (v.elem ?? EMPTY) : (v.fields?.get(head) ?? EMPTY);
  const next = withTestAt(inner, rest, said);
  return head === "[]" ? { ...v, elem: next } : withField(v, head, next);
}

function patternRedacts(frame: Frame, spec: readonly (number | string)[], args: Args): boolean {
  const a = argument(frame, args, spec);
  // A compiled pattern remembers its text.
  const text = a && (typeof a.value.c === "string" ? a.value.c : a.value.fields?.get("#pattern")?.c);
  return typeof text !== "string" || redactsData(text);
}

function defaultType(t: ExtType): Value {
  const last = t.q.slice(t.q.lastIndexOf(".") + 1);
  const isClass = /^[A-Z]/.test(last) && !/^[A-Z0-9_]+$/.test(last);
  const q = isClass ? t.q : `${t.q}()`;
  return t.cls ? typed({ k: "ext", q, cls: t.cls }) : ext(q);
}

function resultOf(frame: Frame, t: ExtType, m: CallModel, args: Args, recv: Value | undefined): Value | undefined {
  if (!m.returns) return undefined;
  if (m.returns === "self") return recv ?? EMPTY;
  if (m.returns.startsWith("self:"))
    return recv?.fields?.get(m.returns.slice(5)) ?? recv?.fields?.get(OUTCOME) ?? EMPTY;
  if (m.returns === "element") {
    const e = recv ? iterate(frame, recv) : EMPTY;
    const cls = t.cls ?? recv?.types.find((y): y is ExtType => y.k === "ext" && !!y.cls)?.cls;
    return cls
      ? { ...e, types: [{ k: "inst", cls }, ...e.types.filter((y) => y.k !== "ext")] }
      : { ...e, types: e.types.filter((y) => !(y.k === "ext" && y.q.endsWith("[]"))) };
  }
  if (m.returns.startsWith("arg:")) {
    // `arg:options.prompt`: what the argument holds under that name.
    const [spec = "", ...keys] = m.returns.slice(4).split(".");
    const given = argument(frame, args, [/^\d+$/.test(spec) ? Number(spec) : spec])?.value ?? EMPTY;
    return keys.reduce((v, key) => v.fields?.get(key) ?? EMPTY, given);
  }
  const q = frame.program.models.canonical(m.returns);
  return t.cls ? typed({ k: "ext", q, cls: t.cls }) : ext(q);
}

function propagated(frame: Frame, spec: readonly (number | string)[], args: Args): Value {
  let out: Value = EMPTY;
  for (const s of spec) {
    const a = argument(frame, args, [s]);
    if (!a) continue;
    // One argument of a text function is still that text, pieces and all.
    const v = a.value.str || a.value.c !== undefined ? { ...a.value, c: a.value.c } : flatten(a.value);
    out = join(out, { ...v, types: [] });
  }
  return out;
}

function readRecord(
  frame: Frame,
  env: Env,
  t: ExtType,
  m: CallModel,
  args: Args,
  x: CallExpr,
  out: Value,
  recv: Value | undefined,
): Value {
  const r = m.record!;
  const own = /\.a?get_object$/.test(t.q) && t.cls && rowOfView(frame, t.cls);
  if (own) return own;
  if (r.refine) return recv || out !== EMPTY ? refineRecord(frame, out === EMPTY && recv ? recv : out, r, args) : out;
  let cls = t.cls;
  if (r.projection?.style === "columns" && r.projection.arg) {
    const model = argument(frame, args, r.projection.arg)?.value;
    for (const y of model?.types ?? []) if (y.k === "class") cls = y.cls;
    const inherited = model?.labels.filter((l) => l.kind === "record") ?? [];
    if (inherited.length)
      return withLabels(
        out,
        inherited.map((l) => ({ ...l, many: r.many === true })),
      );
  }
  // A statement that was put together before knows its rows; running it adds nothing to them.
  const sql = r.projection?.style === "sql" && r.projection.arg && argument(frame, args, r.projection.arg)?.value;
  if (sql && isStatement(sql)) return out;
  const name = queryName(frame, args, m, nameOf(x.f).replace(/\.(\w+)$/, ""));
  const label = recordLabel(frame, r, args, frame.loc(x), name, cls);
  let v = withLabels(r.under ? EMPTY : out, [label]);
  if (cls && !r.many) v = { ...v, types: [{ k: "inst", cls }] };
  if (r.keeps) v = withGiven(v, args);
  if (r.onto === "self") {
    // The receiver holds the rows until the next query.
    const target = x.f.k === "attr" ? x.f.o : undefined;
    const chosen = chosenBy(frame, env, labelled([label]), undefined, args).labels;
    const put = (o: Value): Value => ({ ...o, labels: [...o.labels.filter((l) => l.kind !== "record"), ...chosen] });
    if (target) updateAt(frame, env, target, put);
    return put(recv ?? EMPTY);
  }
  return r.under ? { ...out, ...standingUnder(r.under, v), types: out.types } : v;
}

/** A value inside of others: `hits.hits[]._source` for elements of a list in a mapping in a mapping. */
function standingUnder(path: string, v: Value): Value {
  return path.split(".").reduceRight((inner, segment) => {
    const key = segment.replace(/\[\]$|^\*$/, "");
    const held: Value = key === segment ? inner : { labels: [], types: [], elem: inner };
    return key ? dictOf(new Map([[key, held]])) : held;
  }, v);
}

/** A record that was just made: what a model or a user wrote is in the fields that it was given for. */
function withGiven(v: Value, args: Args): Value {
  let out = v;
  for (const [name, { value }] of args.kw) {
    const written = deepLabels(value).filter((l) => /^(llm|user|param)$/.test(l.kind));
    if (written.length) out = withField(out, name, labelled(unionLabels(inherited(v, name), written)));
  }
  return out;
}

/**
 * `self.get_object()` or `self.object` of a view: a row of what its `get_queryset()`, `queryset` or `model` says. The library looks
 * it up, so that it has no narrower form.
 */
export function rowOfView(frame: Frame, cls: ClassDef): Value | undefined {
  const { classes } = frame.program;
  const get = classes.method(cls, "get_queryset");
  const rows = get ? frame.program.summary(get, cls).ret : rowsDeclared(frame, cls);
  const table = rows.types.find((y): y is ExtType => y.k === "ext" && !!y.cls)?.cls;
  const labels = iterate(frame, rows).labels.flatMap((l): Label[] =>
    l.kind === "param" ? [] : [l.record ? { ...l, record: { ...l.record, narrowable: false } } : l],
  );
  return table && labels.length ? { labels, types: [{ k: "inst", cls: table }] } : undefined;
}

/** What a view says of its rows: `queryset = Order.objects.all()` or `model = Order`. */
function rowsDeclared(frame: Frame, cls: ClassDef): Value {
  const { classes } = frame.program;
  const rows = classes.attribute(cls, "queryset", undefined);
  if (rows.labels.length) return rows;
  const table = classes.attribute(cls, "model", undefined);
  return table.types.some((t) => t.k === "class") ? access(frame, table, "objects") : rows;
}

/** The field of a client, an agent or a chain that says that its answers fit a class. */
const SCHEMA = "#schema";
/** The field of such a class where the answer is an instance of it, and not something that holds one. */
const ITSELF = "#itself";

/** The result of a call that is told which class the answer has to fit, or that is made on what was told before. */
function fitted(frame: Frame, m: CallModel, args: Args, recv: Value | undefined, out: Value): Value {
  const given = m.schema && argument(frame, args, m.schema)?.value;
  const told = given ?? recv?.fields?.get(SCHEMA) ?? args.pos[0]?.value.fields?.get(SCHEMA);
  if (!told || told.c !== undefined || told.types.some((t) => t.k === "ext" && t.q === "builtins.str")) return out;
  if (!m.source) {
    const schema: Value = { ...EMPTY, types: told.types };
    return withField(out, SCHEMA, m.returns === "self" ? withField(schema, ITSELF, constant(true)) : schema);
  }
  const itself = m.source === "llm" || told.fields?.has(ITSELF) === true;
  const labels = out.labels.map((l): Label => {
    if (l.kind === "llm-object" && itself) return { ...l, kind: "llm", parsed: true };
    return l.kind === "llm" || l.kind === "llm-object" ? { ...l, parsed: true } : l;
  });
  if (!itself) return { ...out, labels };
  const made = told.types.flatMap((t): TypeRef[] => (t.k === "class" ? [{ k: "inst", cls: t.cls }] : []));
  return { ...out, labels, types: made.length ? made : out.types };
}

/** Whose data a stored text is, as its key says: `cache.get(f"customer:{customer_id}")`. */
function ofEntity(m: CallModel, args: Args): { entity?: string } {
  if (m.source !== "stored") return {};
  for (const { pieces } of (args.pos[0] && formsOf(args.pos[0].value)) ?? []) {
    const [before, id, ...more] = pieces;
    const entity = typeof before === "string" && typeof id === "object" ? ENTITY_KEY.exec(before)?.[1] : undefined;
    if (entity && !more.length) return { entity: entity.toLowerCase() };
  }
  return {};
}

/** What the rows of a store may be, before an id that ends the key. */
const ENTITY_KEY =
  /(?:^|[:/_.-])((?:user|customer|client|patient|member|employee|staff|reader|guest|student|pupil|teacher|tenant|driver|passenger|travell?er|subscriber|contact|lead|candidate|applicant|donor|player|resident|citizen|person|profile|account|borrower|owner|buyer|seller|vendor|supplier|doctor|order|invoice|booking|claim)s?(?:[_-](?:profile|record|data|info|details))?)[:/_-]$/i;

function source(frame: Frame, m: CallModel, q: string, x: CallExpr, out: Value, doubt: 0 | 1 | 2): Label {
  const loc = frame.loc(x);
  const kind = m.source as Kind;
  const type = out.types.find((y): y is ExtType => y.k === "ext")?.q;
  const text = nameOf(x.f);
  return {
    kind,
    key: `${kind}@${loc.id}`,
    step: {
      loc,
      msg:
        kind === "llm-object" || kind === "llm"
          ? `the model answers \`${text}()\``
          : `${wordsFor(kind, text)} is read here`,
      prev: undefined,
    },
    path: [],
    cleared: 0,
    weak: 0,
    doubt,
    what: text || q,
    ...(kind === "llm-object" ? { type: type ?? m.returns ?? q } : {}),
  };
}

function resultPath(frame: Frame, out: Value, path: string, kind: Kind, x: CallExpr, t: ExtType): Value {
  const loc = frame.loc(x);
  const label: Label = {
    kind,
    key: `${kind}@${loc.id}:${path}`,
    step: { loc, msg: `${wordsFor(kind, nameOf(x.f))} is read here`, prev: undefined },
    path: [],
    cleared: 0,
    weak: 0,
    doubt: 0,
    what: nameOf(x.f),
    ...(kind === "record"
      ? { record: recordLabel(frame, { store: "django" }, undefined, loc, `\`${nameOf(x.f)}\``, t.cls).record! }
      : {}),
  };
  const v: Value =
    kind === "record" && t.cls ? { ...labelled([label]), types: [{ k: "inst", cls: t.cls }] } : labelled([label]);
  const index = /^\[(\d+)\]$/.exec(path);
  if (index) {
    const items = [...(out.items ?? [])];
    while (items.length <= Number(index[1])) items.push(EMPTY);
    items[Number(index[1])] = v;
    return { ...out, items };
  }
  return withField(out, path, v);
}

function message(frame: Frame, m: CallModel, args: Args): Value {
  const content = argument(frame, args, m.message!.content);
  const role = m.message!.role_arg ? argument(frame, args, m.message!.role_arg)?.value : undefined;
  return dictOf(
    new Map([
      ["role", role ?? constant(m.message!.role ?? "user")],
      ["content", content?.value ?? EMPTY],
      ["#message", constant(true)],
    ]),
  );
}

function emitSink(frame: Frame, q: string, m: CallModel, args: Args, x: CallExpr, doubt: 0 | 1 | 2): void {
  const chosen =
    m.args && !m.args.includes("*")
      ? m.args.map((s) => argument(frame, args, [s])).filter((a) => a !== undefined)
      : allArguments(args);
  const slots: Slot[] = [];
  for (const a of chosen) {
    const node = [...x.args, ...x.kw.map((k) => k.x)].find((n) => frame.loc(n) === a.loc);
    for (const p of literalParts(frame, node, a.value, a.loc))
      slots.push({ slot: String(slots.length), value: givenTo(frame, m, p.value), loc: p.loc });
  }
  // `send_file(BytesIO(text))`: what is in memory has no path, and what it holds is given out.
  const inMemory =
    m.sink === "file-path" && chosen.some((a) => a.value.types.some((t) => t.k === "ext" && t.q === "io.StringIO"));
  if (inMemory && !/\.send_file$/.test(q)) return;
  frame.emit({
    kind: "sink",
    sink: inMemory ? "response" : m.sink,
    loc: frame.loc(x),
    q,
    model: m,
    slots,
    fn: frame.fn,
    module: frame.module,
    via: [],
    doubt,
  });
}

/** What a sink makes of a value: a log the value as a text, a stream what an object of a class gives one by one. */
function givenTo(frame: Frame, m: CallModel, v: Value): Value {
  if (m.sink === "log") return shown(v);
  if (m.sink === "shell") return withSaved(frame, v);
  const given = m.sink === "stream-response" && v.types.some((t) => t.k === "inst" && isIterable(frame, t.cls));
  if (!given) return v;
  const each = iterate(frame, v);
  // What is known to be yielded where is not given away where the object is handed over as well.
  const placed = deepLabels(each).find((l) => l.at)?.kind;
  return listOf([placed ? mapLabels(each, (l) => (l.kind === placed && !l.at ? undefined : l)) : each]);
}

const isIterable = (frame: Frame, cls: ClassDef): boolean =>
  !!(frame.program.classes.method(cls, "__iter__") ?? frame.program.classes.method(cls, "__aiter__"));

function emitCall(frame: Frame, q: string, m: CallModel, args: Args, x: CallExpr): void {
  const setting = m.setting;
  if (setting) {
    const a = setting.arg && argument(frame, args, setting.arg);
    const asked = frame.debugAsked && setting.rule === "debug-enabled";
    const kw = x.kw.find((k) => a && frame.loc(k.x) === a.loc);
    const bad = a && (a.value.c === setting.bad || (setting.bad === true && kw && isOnByDefault(frame, kw.x, a.value)));
    if (!asked && (setting.arg ? bad : true)) {
      frame.emit({
        kind: "setting",
        loc: kw ? frame.loc(kw) : (a?.loc ?? frame.loc(x)),
        q,
        model: m,
        slots: a ? [{ slot: "value", value: a.value, loc: a.loc }] : [],
        fn: frame.fn,
        module: frame.module,
        via: [],
        doubt: 0,
        data: {
          rule: setting.rule,
          name: q,
          form: "call",
          literal: !!kw && kw.x.k === "const",
          level: setting.level ?? "",
        },
      });
    }
  }
  // Told so, the library refuses to make the tool.
  const refused =
    setting?.arg !== undefined && setting.bad === true && argument(frame, args, setting.arg)?.value.c === false;
  const isHarmless = (): boolean =>
    isApproved(frame.module, x) || (frame.fn !== undefined && isOnlyRun(frame.fn.ir.body, x));
  const danger = refused || (m.danger && isHarmless()) ? undefined : m.danger;
  if (m.credentials || danger || m.llm?.setup) {
    const slots: Slot[] = [];
    // A raw client may be for anything; only a model's says how the model is reached.
    if (m.llm?.setup && !/^(httpx|aiohttp)\./.test(q)) slots.push(...transport(frame, m, args));
    for (const s of m.credentials ?? []) {
      const a = argument(frame, args, [s]);
      if (!a) continue;
      slots.push({ slot: String(s), value: a.value, loc: a.loc });
      // A name and a password: `auth=("neo4j", "...")`.
      const password = a.value.items?.length === 2 ? a.value.items[1] : undefined;
      if (password) slots.push({ slot: "password", value: password, loc: a.loc });
      // A whole set of them: the dictionary of a service account.
      for (const [key, value] of a.value.fields ?? [])
        if (isSecretName(key)) slots.push({ slot: key, value, loc: a.loc });
    }
    if (slots.length || danger)
      frame.emit({
        kind: "call",
        loc: frame.loc(x),
        q,
        model: m,
        slots,
        fn: frame.fn,
        module: frame.module,
        via: [],
        doubt: 0,
        data: { danger: danger ?? "" },
      });
  }
}

/** Keys that a call without an SDK sends to a model. */
function emitKeys(frame: Frame, q: string, model: CallModel, slots: Slot[], x: CallExpr): void {
  const loc = frame.loc(x);
  if (slots.length)
    frame.emit({ kind: "call", loc, q, model, slots, fn: frame.fn, module: frame.module, via: [], doubt: 0 });
}
