/**
 * What a serializer of Django REST framework or a schema of marshmallow gives out: the fields that its `Meta` lists, or that it
 * declares, without those that are only written.
 */
import type { Expr } from "../ir.js";
import type { ClassDef } from "../names/definitions.js";
import { addStep, type Label, type Loc, type RecordInfo } from "./labels.js";
import type { Program } from "./program.js";
import { knownFields } from "./records.js";
import { EMPTY, labelled, mapLabels, someLabel, type Value } from "./value.js";

export const SERIALIZER = "rest_framework.serializers.Serializer";

/** The record that a serializer's attribute is, with what is known of its fields. */
export function asGivenOut(program: Program, cls: ClassDef, v: Value): Value {
  if (!v.labels.some((l) => l.record)) return v;
  if (!program.classes.libraryBases(cls).some((q) => program.models.isA(q, SERIALIZER))) return v;
  const fields = fieldsOf(program, cls);
  return mapLabels(v, (l) => (l.record ? { ...l, record: { ...l.record, ...fields } } : l));
}

/**
 * What a serializer that was made with rows gives out of them: the rows as their query read them, with the fields that it lists.
 * @param at where it was made
 */
export function rowsGivenOut(program: Program, cls: ClassDef, given: Value, at: Loc): Value {
  const all = [...given.labels, ...(given.elem?.labels ?? []), ...(given.items ?? []).flatMap((v) => v.labels)];
  const rows = all.filter((l) => l.record && l.kind === "record" && !l.path.length);
  if (!rows.length) return EMPTY;
  const { columns, excluded, known } = fieldsOf(program, cls);
  const harmless = excluded.size > 0 && known?.every((f) => excluded.has(f) || !program.lexicon.sensitive(f));
  return labelled(
    rows.map((l): Label => {
      const row = l.record!;
      const record: RecordInfo = {
        ...row,
        columns: columns ?? row.columns,
        excluded: new Set([...row.excluded, ...excluded]),
        known: columns ? undefined : (known ?? row.known),
        ...(harmless ? { leavesOut: true } : {}),
      };
      return { ...l, record, step: addStep(l.step, at, `\`${cls.name}\` gives it out`) };
    }),
  );
}

/** What a schema of marshmallow dumps of rows: the rows with the fields that it has. */
export function asDumped(program: Program, cls: ClassDef, v: Value): Value {
  const isRow = (l: Label) => l.record !== undefined && l.kind === "record" && !l.path.length;
  if (!someLabel(v, isRow)) return v;
  const fields = fieldsOf(program, cls);
  const declared = [...program.classes.declared(cls).keys()];
  // Only an automatic schema has the columns of its table without naming them.
  const isAuto = program.classes.libraryBases(cls).some((q) => /Auto\w*$/.test(q));
  const columns = fields.columns ?? (isAuto || !declared.length ? undefined : declared);
  const { excluded, known } = fields;
  const harmless = !columns && !!known?.every((f) => excluded.has(f) || !program.lexicon.sensitive(f));
  const given = { columns, excluded, known: columns ? undefined : known, ...(harmless ? { leavesOut: true } : {}) };
  return mapLabels(v, (l) => {
    if (!l.record || !isRow(l)) return l;
    const record: RecordInfo = {
      ...l.record,
      ...given,
      columns: columns ?? l.record.columns,
      ...(l.record.columns ? {} : { fetchesAll: true }),
    };
    return { ...l, record };
  });
}

type Mark = "read_only" | "write_only" | "load_only";

/** Names of a serializer's fields: those that its `Meta` lists, or those that it declares; undefined for all. */
export function namesGivenOut(program: Program, cls: ClassDef): ReadonlySet<string> | undefined {
  const { columns } = fieldsOf(program, cls);
  return columns && new Set(columns);
}

/** Names of the fields that a serializer or a form takes: not those that are only read; undefined for all others. */
export function takes(program: Program, cls: ClassDef): (name: string) => boolean {
  const metas = program.classes.mro(cls).flatMap((c) => c.inner.get("Meta") ?? []);
  const option = (name: string): Expr | undefined =>
    metas.map((m) => m.attributes.get(name)?.value ?? undefined).find((v) => v !== undefined);
  const listed = textsOf(option("fields"));
  const left = new Set([
    ...(textsOf(option("exclude")) ?? []),
    ...(textsOf(option("read_only_fields")) ?? []),
    ...marked(option("extra_kwargs"), "read_only"),
    ...[...program.classes.declared(cls)].flatMap(([name, a]) =>
      a.value && isMarked(a.value, "read_only") ? [name] : [],
    ),
  ]);
  return (name) => (!listed || listed.includes(name)) && !left.has(name);
}

/** The table of a serializer or a form of rows, as its `Meta` says. */
export function tableOf(program: Program, cls: ClassDef): ClassDef | undefined {
  for (const c of program.classes.mro(cls)) {
    const meta = c.inner.get("Meta");
    for (const t of meta ? program.classes.attribute(meta, "model", undefined).types : [])
      if (t.k === "class") return t.cls;
  }
  return undefined;
}

function fieldsOf(program: Program, cls: ClassDef): Pick<RecordInfo, "columns" | "excluded" | "known"> {
  const lineage = program.classes.mro(cls);
  const metas = lineage.flatMap((c) => c.inner.get("Meta") ?? []);
  const option = (name: string): Expr | undefined =>
    metas.map((m) => m.attributes.get(name)?.value ?? undefined).find((v) => v !== undefined);
  const declared = program.classes.declared(cls);
  const hidden = new Set([
    ...marked(option("extra_kwargs"), "write_only"),
    ...[...declared].flatMap(([name, a]) =>
      a.value && (isMarked(a.value, "write_only") || isMarked(a.value, "load_only")) ? [name] : [],
    ),
    ...(textsOf(option("load_only")) ?? []),
    ...(textsOf(option("exclude")) ?? []),
  ]);
  const listed = textsOf(option("fields"));
  if (listed) return { columns: listed.filter((n) => !hidden.has(n)), excluded: new Set(), known: undefined };
  if (!metas.length && declared.size)
    return { columns: [...declared.keys()].filter((n) => !hidden.has(n)), excluded: new Set(), known: undefined };
  const ofModel = modelFields(program, metas);
  return { columns: undefined, excluded: hidden, known: ofModel && [...declared.keys(), ...ofModel] };
}

/** Fields of the model class that `Meta` names; undefined where they are not all seen. */
function modelFields(program: Program, metas: readonly ClassDef[]): readonly string[] | undefined {
  for (const meta of metas)
    for (const t of program.classes.attribute(meta, "model", undefined).types)
      if (t.k === "class") return knownFields(program, t.cls);
  return undefined;
}

/** `["id", "name"]` as texts; undefined for everything else, such as `"__all__"`. */
function textsOf(x: Expr | undefined): readonly string[] | undefined {
  if (x?.k !== "list" && x?.k !== "tuple") return undefined;
  const texts = x.xs.flatMap((n) => (n.k === "const" && typeof n.v === "string" ? [n.v] : []));
  return texts.length === x.xs.length && texts.length ? texts : undefined;
}

/** `CharField(write_only=True)`. */
const isMarked = (x: Expr, mark: Mark): boolean =>
  x.k === "call" && x.kw.some((k) => k.n === mark && k.x.k === "const" && k.x.v === true);

/** `{"password": {"write_only": True}}`: the names. */
function marked(x: Expr | undefined, mark: Mark): readonly string[] {
  if (x?.k !== "dict") return [];
  return x.items.flatMap(({ key, v }) =>
    key?.k === "const" &&
    typeof key.v === "string" &&
    v.k === "dict" &&
    v.items.some((o) => o.key?.k === "const" && o.key.v === mark && o.v.k === "const" && o.v.v === true)
      ? [key.v]
      : [],
  );
}
