/** Instances of project classes, and the values of their properties. */
import type { CallExpr } from "../ir.js";
import type { ClassDef, FunctionDef } from "../names/definitions.js";
import { applySummary, isSymbolic, substitute } from "./apply.js";
import type { Args } from "./arguments.js";
import { bindArguments, bindDefaults, paramNames } from "./calls.js";
import { noteChecked } from "./checks.js";
import { holdsNoText } from "./classes.js";
import { nesting } from "./effort.js";
import type { Env } from "./env.js";
import { access } from "./expr.js";
import { givenBack } from "./forms.js";
import type { Frame } from "./frame.js";
import type { Label, Loc } from "./labels.js";
import { callLibrary } from "./library.js";
import { namesGivenOut, rowsGivenOut, SERIALIZER } from "./serializers.js";
import {
  deepLabels,
  EMPTY,
  field,
  join,
  labelled,
  mapLabels,
  type TypeRef,
  typed,
  type Value,
  withField,
} from "./value.js";

/** Makes an instance: what `__init__` puts on `self`, or the fields of a data class. */
export function instantiate(frame: Frame, env: Env, cls: ClassDef, args: Args, x: CallExpr): Value {
  const { program } = frame;
  const base: Value = typed({ k: "inst", cls });
  const at = frame.loc(x);
  const init = program.classes.method(cls, "__init__");
  if (init) {
    const t: Extract<TypeRef, { k: "fn" }> = { k: "fn", fn: init, self: base };
    const bound = bindArguments(frame, init, t, args, at);
    const s = program.summary(init, cls);
    bindDefaults(bound, s);
    const applied = frame.applied(x, s, bound, () =>
      applySummary(
        s,
        { args: bound, name: cls.name, params: paramNames(init), access: (v, k) => access(frame, v, k) },
        at,
      ),
    );
    for (const e of applied.events) frame.emit(e);
    // An error of the app's own that keeps its text itself: the framework answers with it all the same.
    if (!s.events.some((e) => e.sink === "response"))
      for (const q of program.classes.libraryBases(cls).filter((b) => /(Exception|Error)$/.test(b)))
        callLibrary(frame, env, { k: "ext", q, cls }, args, x, undefined, cls.name);
    const w = applied.writes.get(0);
    return w?.fields ? { ...base, fields: w.fields } : base;
  }
  const libraries = program.classes.libraryBases(cls);
  // A schema: what does not fit is refused, what fits has the declared types.
  const schema = program.classes.isSchema(cls);
  if (libraries.some((q) => program.models.isA(q, SERIALIZER))) return serializer(frame, env, cls, args, x, libraries);
  const fields = new Map<string, Value>();
  const names = program.classes
    .mro(cls)
    .toReversed()
    .flatMap((c) => [...c.attributes.keys()]);
  args.pos.forEach((a, i) => {
    const n = names[i];
    if (n) fields.set(n, a.value);
  });
  for (const [k, v] of givenByName(names, args)) fields.set(k, v);
  for (const t of libraries.slice(0, 3)) callLibrary(frame, env, { k: "ext", q: t, cls }, args, x, undefined, cls.name);
  if (schema)
    for (const a of [...args.pos, ...args.kw.values(), ...(args.dstar ? [args.dstar] : [])])
      noteChecked(frame, a.value, true);
  return { ...base, fields: schema ? checkedFields(frame, cls, fields) : fields };
}

/** What is given by name to a class of which a library makes the instances: the fields that the class declares. */
export function namedFields(frame: Frame, cls: ClassDef, args: Args): ReadonlyMap<string, Value> {
  const { classes } = frame.program;
  const declared = classes.declared(cls);
  const fields = new Map([...givenByName([...declared.keys()], args)].filter(([k]) => declared.has(k)));
  return classes.isSchema(cls) ? checkedFields(frame, cls, fields) : fields;
}

function givenByName(names: readonly string[], args: Args): ReadonlyMap<string, Value> {
  const out = new Map([...args.kw].map(([k, a]) => [k, a.value]));
  if (args.dstar) for (const n of names) if (!out.has(n)) out.set(n, field(args.dstar.value, n));
  return out;
}

/** A serializer: what a model wrote into the object that it was made with is in what it gives out. */
function serializer(
  frame: Frame,
  env: Env,
  cls: ClassDef,
  args: Args,
  x: CallExpr,
  libraries: readonly string[],
): Value {
  const { program } = frame;
  for (const q of libraries.slice(0, 3)) callLibrary(frame, env, { k: "ext", q, cls }, args, x, undefined, cls.name);
  const sent = args.kw.get("data")?.value;
  const given = (args.pos[0] ?? args.kw.get("instance"))?.value ?? sent;
  const base = typed({ k: "inst", cls });
  const at = frame.loc(x);
  if (!given) return base;
  // Made of nothing but what was sent: that is what it gives out.
  if (given === sent && sent.labels.some((l) => l.kind === "user"))
    return withField(base, "data", givenBack(program, cls));
  const names = namesGivenOut(program, cls);
  let written = EMPTY;
  for (const row of [given, ...(given.elem ? [given.elem] : []), ...(given.items ?? [])])
    for (const [name, v] of row.fields ?? []) {
      const labels = !names || names.has(name) ? deepLabels(v).filter((l) => l.kind === "llm") : [];
      if (labels.length) written = withField(written, name, join(written.fields?.get(name) ?? EMPTY, labelled(labels)));
    }
  const rows = given === sent ? EMPTY : rowsGivenOut(program, cls, given, at);
  if (written === EMPTY && rows === EMPTY) return base;
  const data = rows === EMPTY ? program.classes.attribute(cls, "data", base) : rows;
  return withField(base, "data", join(data, written));
}

/** What a schema lets through: parsed answers that fit it, and whatever a number or a choice can hold. */
function checkedFields(frame: Frame, cls: ClassDef, fields: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  const declared = frame.program.classes.declared(cls);
  const out = new Map<string, Value>();
  for (const [name, v] of fields) {
    const annotation = declared.get(name)?.annotation;
    const short = !!annotation && holdsNoText(annotation);
    const gone = (l: Label) => (l.kind === "llm" && (short || l.parsed)) || (l.kind === "user" && short);
    out.set(
      name,
      mapLabels(v, (l) => (gone(l) ? undefined : l)),
    );
  }
  return out;
}

/** A property: its getter's result. */
export function callProperty(frame: Frame, fn: FunctionDef, cls: ClassDef, self: Value): Value {
  const s = frame.program.summary(fn, cls);
  if (!isSymbolic(s.ret)) return s.ret;
  const loc = self.labels[0]?.step.loc ?? { chunk: frame.chunk, s: 0, e: 0, id: `${frame.key}:self` };
  // A property may be written in terms of others, and those of itself.
  const within = nesting;
  if (!within.properties) within.propertiesRead = 0;
  if (within.properties >= MAX_PROPERTIES || within.propertiesRead++ >= MAX_READ) {
    if (within.propertiesRead >= MAX_READ) frame.program.bound("properties are written in terms of too many others");
    return EMPTY;
  }
  within.properties++;
  try {
    return getterResult(frame, fn, self, s.ret, loc);
  } finally {
    within.properties--;
  }
}

/** Most properties that are followed inside each other, and that are read for the sake of one. */
const MAX_PROPERTIES = 3;
const MAX_READ = 12;

function getterResult(frame: Frame, fn: FunctionDef, self: Value, ret: Value, loc: Loc): Value {
  return substitute(ret, {
    args: new Map([[0, { value: self, loc }]]),
    name: fn.name,
    params: ["self"],
    access: (v, k) => access(frame, v, k),
  });
}
