/** Records: what a query can return, from how it names its fields. */

import type { Expr } from "../ir.js";
import { lastNameOf } from "../last-name.js";
import type { ClassDef } from "../names/definitions.js";
import type { CallModel, RecordModel } from "../names/model-schema.js";
import { type Args, argument } from "./arguments.js";
import { access } from "./expr.js";
import type { Frame } from "./frame.js";
import type { Label, Loc, RecordInfo } from "./labels.js";
import { postgrestColumns } from "./postgrest.js";
import type { Program } from "./program.js";
import { describeRead, sqlText } from "./query-text.js";
import { parseSelect } from "./sql.js";
import { dictOf, labelled, mapLabels, someLabel, type TypeRef, type Value } from "./value.js";

/** The label of what a query returns. */
export function recordLabel(
  frame: Frame,
  model: RecordModel,
  args: Args | undefined,
  loc: Loc,
  name: string,
  cls: Extract<TypeRef, { k: "ext" }>["cls"],
): Label {
  const p = args && model.projection ? projectionOf(frame, model, args) : undefined;
  const known = cls && knownFields(frame.program, cls);
  const text =
    p?.unclear && model.projection?.style === "sql" ? argument(frame, args!, model.projection.arg!) : undefined;
  const record: RecordInfo = {
    store: model.store,
    loc,
    name,
    columns: p?.columns,
    excluded: new Set(p?.excluded ?? []),
    ...(p?.excluded?.length ? { leavesOut: true } : {}),
    known,
    ...(cls ? { row: cls } : {}),
    ...(cls && known ? { plain: plainFields(frame, cls, known) } : {}),
    narrowable: model.narrowable === true && !p?.unclear,
    fix: model.fix,
    call: loc,
    ...(text && someLabel(text.value, (l) => l.kind === "param")
      ? { text: { value: text.value, narrowable: model.narrowable === true } }
      : {}),
  };
  return {
    kind: "record",
    key: `record@${loc.id}`,
    step: { loc, msg: describeRead(record), prev: undefined },
    path: [],
    cleared: 0,
    weak: 0,
    doubt: 0,
    what: name,
    record,
    many: model.many === true && model.scalar !== true,
  };
}

/** Fields of a model class whose whole ancestry is visible; undefined when a library may add some. */
export function knownFields(program: Program, cls: ClassDef): string[] | undefined {
  const plain = program.classes
    .libraryBases(cls)
    .every((q) => /(^|\.)(Model|Base|DeclarativeBase|Document|TimeStampedModel|object)$/.test(q));
  return plain ? program.classes.mro(cls).flatMap((c) => [...c.attributes.keys()]) : undefined;
}

/** A query of a model class, with the fields that the class names. */
export function withKnown(frame: Frame, v: Value, cls: ClassDef): Value {
  if (!v.labels.some((l) => l.record && !l.record.plain)) return v;
  const known = knownFields(frame.program, cls);
  const plain = known && plainFields(frame, cls, known);
  if (!plain) return v;
  const labels = v.labels.map((l): Label => (l.record ? { ...l, record: { ...l.record, plain } } : l));
  return { ...v, labels };
}

/** Columns and fields of a model class by what they are given: calls and annotations that speak of no other rows. */
function plainFields(frame: Frame, cls: ClassDef, known: readonly string[]): string[] {
  const given = new Map(frame.program.classes.mro(cls).flatMap((c) => [...c.attributes]));
  return known.filter((name) => {
    const value = given.get(name)?.value;
    if (!value) return true;
    const made = value.k === "call" ? lastNameOf(value.f) : "";
    if (!made || /relation|backref|Manager|proxy|Index|Constraint|ForeignKey$|ToMany|OneToOne/i.test(made))
      return false;
    return value.k === "call" && !value.args.some(isForeignKey);
  });
}

/** `Column(ForeignKey("users.id"))`: the id of another row. */
const isForeignKey = (x: Expr): boolean => x.k === "call" && lastNameOf(x.f) === "ForeignKey";

interface Projection {
  columns?: string[] | undefined;
  excluded?: string[];
  /** The query's fields could not be read: nothing is claimed about them. */
  unclear?: boolean;
}

function projectionOf(frame: Frame, model: RecordModel, args: Args): Projection | undefined {
  const p = model.projection!;
  const arg = p.arg && argument(frame, args, p.arg);
  switch (p.style) {
    case "mongo":
      return arg && mongoProjection(arg.value);
    case "dynamo": {
      if (!arg) return undefined;
      if (typeof arg.value.c !== "string") return { unclear: true };
      const names = p.names ? argument(frame, args, [p.names])?.value : undefined;
      return { columns: dynamoNames(arg.value.c, names) };
    }
    case "attributes": {
      if (arg?.value.items) return { columns: texts(arg.value) };
      const left = p.exclude && argument(frame, args, p.exclude);
      return left?.value.items ? { excluded: texts(left.value) } : undefined;
    }
    case "options":
      return loadedBy(args.x.args);
    case "sql": {
      if (!arg) return undefined;
      const text = sqlText(arg.value);
      if (text === undefined) return { unclear: true };
      const parsed = parseSelect(text);
      if (parsed.columns === "*") return undefined;
      if (!parsed.columns) return { unclear: true };
      return { columns: parsed.columns.map((c) => c.out) };
    }
    case "fields": {
      const all = args.pos.map((a) => a.value.c).filter((c): c is string => typeof c === "string");
      const named = [...args.kw.keys()].filter((k) => k !== "flat" && k !== "named");
      if (!all.length && !named.length) return args.star || args.pos.length ? { unclear: true } : undefined;
      return { columns: [...all.map((n) => n.replace(/__/g, ".")), ...named] };
    }
    case "postgrest": {
      if (!args.pos.length && !args.star) return undefined;
      const named = args.pos.map((a) => sqlText(a.value));
      if (args.star || named.some((n) => n === undefined)) return { unclear: true };
      const columns = postgrestColumns(named.join(","));
      return columns === "*" ? undefined : columns ? { columns } : { unclear: true };
    }
    case "columns":
      if (namesNoClass(args)) return { unclear: true };
      return columnProjection(p.arg?.includes("*") ? args.x.args : args.x.args.slice(0, 1));
  }
}

/** A helper that is handed what to ask for: columns in a list, or a class. Its callers say which fields they get. */
function namesNoClass({ x, pos }: Args): boolean {
  const first = pos[0]?.value;
  return (
    x.args.some((a) => a.k === "star") || (!first?.types.length && !!first?.labels.some((l) => l.kind === "param"))
  );
}

/** `options(load_only(User.id), defer("email"))`: what is loaded of a row at once. */
function loadedBy(xs: readonly Expr[]): Projection | undefined {
  const columns: string[] = [];
  const excluded: string[] = [];
  for (const x of xs) {
    if (x.k !== "call") continue;
    const names = x.args.flatMap((a) =>
      a.k === "attr" ? [a.a] : a.k === "const" && typeof a.v === "string" ? [a.v] : [],
    );
    const how = lastNameOf(x.f);
    if (how === "load_only") columns.push(...names);
    else if (how === "defer") excluded.push(...names);
  }
  if (columns.length) return { columns };
  return excluded.length ? { excluded } : undefined;
}

/** `query(User.id, User.email.label("mail"))`; undefined where a whole class is asked for, or something that cannot be read. */
function columnProjection(xs: readonly Expr[]): Projection | undefined {
  const columns: string[] = [];
  for (const x of xs) {
    const labelled = x.k === "call" && x.f.k === "attr" && x.f.a === "label" ? x.args[0] : undefined;
    if (labelled?.k === "const" && typeof labelled.v === "string") columns.push(labelled.v);
    else if (x.k === "attr" && x.o.k === "name" && /^[A-Z]\w*[a-z]/.test(x.o.id)) columns.push(x.a);
    else if (x.k === "call" && x.f.k === "attr" && x.f.o.k === "name" && x.f.o.id === "func") columns.push(x.f.a);
    else return undefined;
  }
  return columns.length ? { columns } : undefined;
}

function texts(v: Value): string[] {
  return (v.items ?? []).map((i) => i.c).filter((c): c is string => typeof c === "string");
}

function mongoProjection(v: Value): Projection | undefined {
  if (v.c === null) return undefined;
  if (v.items) {
    // A list of names, or an aggregation pipeline that ends in `$project`.
    const stages = v.items.filter((i) => i.fields);
    if (!stages.length) return { columns: texts(v) };
    const project = stages.map((s) => s.fields!.get("$project")).filter((s) => s?.fields);
    const last = project.at(-1);
    return last ? mongoProjection(last) : undefined;
  }
  if (!v.fields) return v.labels.length || v.types.length ? { unclear: true } : undefined;
  const included: string[] = [];
  const excluded: string[] = [];
  for (const [k, x] of v.fields) {
    if (x.c === 0 || x.c === false) excluded.push(k);
    else included.push(k);
  }
  if (included.length) return { columns: excluded.includes("_id") ? included : [...included, "_id"] };
  const out = excluded.filter((k) => k !== "_id");
  return out.length || excluded.length ? { excluded } : undefined;
}

function dynamoNames(expression: string, names: Value | undefined): string[] {
  return expression
    .split(",")
    .map((part) =>
      part
        .trim()
        .split(".")[0]!
        .replace(/\[\d+\]$/, ""),
    )
    .filter(Boolean)
    .map((n) => {
      const real = n.startsWith("#") ? names?.fields?.get(n)?.c : undefined;
      return typeof real === "string" ? real : n;
    });
}

/** Key of an access path that stands for a choice of columns. */
const COLUMNS = "<columns>";

/** The rows with just the columns that a key of an access path names; undefined for any other key. */
export function withColumns(v: Value, key: string): Value | undefined {
  if (!key.startsWith(COLUMNS)) return undefined;
  const columns = key.slice(COLUMNS.length).split(",");
  return mapLabels(v, (l) => {
    if (l.kind === "param") return { ...l, path: [...l.path, key] };
    return l.record ? { ...l, record: { ...l.record, columns } } : l;
  });
}

/** `.values("id")`, `.only(...)`, `.defer(...)` on what the receiver holds. */
export function refineRecord(frame: Frame, v: Value, model: RecordModel, args: Args): Value {
  const p = model.projection ? projectionOf(frame, model, args) : undefined;
  const left = model.projection
    ? (p?.excluded ?? [])
    : args.pos.map((a) => a.value.c).filter((c): c is string => typeof c === "string");
  if (model.picks && p?.columns) return dictOf(new Map(p.columns.map((c) => [c, access(frame, v, c)])));
  return {
    ...v,
    labels: v.labels.map((l): Label => {
      // What a method of the app's own manager picks of `self` is said again where it is known whose rows these are.
      if (l.kind === "param" && p?.columns && !p.excluded && !p.unclear)
        return { ...l, path: [...l.path, `${COLUMNS}${p.columns.join()}`] };
      if (l.kind !== "record" || !l.record) return l;
      const record: RecordInfo = {
        ...l.record,
        columns: p && !p.excluded ? p.columns : l.record.columns,
        excluded: left.length ? new Set([...l.record.excluded, ...left]) : l.record.excluded,
        ...(left.length && !model.picks ? { leavesOut: true } : {}),
        narrowable: l.record.narrowable && !p?.unclear,
      };
      return { ...l, record, step: { ...l.step, msg: describeRead(record) } };
    }),
  };
}

/** A query's name in words: its receiver as written, or the table of its SQL. */
export function queryName(frame: Frame, args: Args, model: CallModel, text: string): string {
  const r = model.record!;
  if (r.projection?.style === "sql" && r.projection.arg) {
    const sql = argument(frame, args, r.projection.arg);
    const parsed = sql && parseSelect(sqlText(sql.value) ?? "");
    if (parsed?.table) return `table \`${parsed.table}\``;
  }
  // `select(User)`, `get_object_or_404(Order, pk=pk)`: what is asked for says more than the function.
  if (args.x.f.k === "name") {
    const [first] = args.x.args;
    return first?.k === "name" && /^[A-Z]/.test(first.id) ? `\`${first.id}\`` : "a query";
  }
  return `\`${tableOf(args.x.f) ?? text}\``;
}

/** `supabase.table("profiles").select(...)`, `db.collection("users").document(uid).get()`: what holds the rows. */
function tableOf(f: Expr): string | undefined {
  for (let x = f; x.k === "attr" || x.k === "call"; x = x.k === "attr" ? x.o : x.f) {
    if (x.k !== "call" || !/^(?:table|from_|collection|collection_group)$/.test(lastNameOf(x.f))) continue;
    const [first] = x.args;
    if (first?.k === "const" && typeof first.v === "string") return first.v;
  }
  return undefined;
}

export const recordValue = (l: Label): Value => labelled([l]);
