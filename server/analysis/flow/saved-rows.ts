/** Rows that forms and serializers make of what was sent. */
import type { CallExpr } from "../ir.js";
import type { ClassDef } from "../names/definitions.js";
import type { Args } from "./arguments.js";
import { stripParams } from "./classes.js";
import type { Env } from "./env.js";
import { rowOfTable, rowSent } from "./forms.js";
import type { Frame } from "./frame.js";
import { namesGivenOut } from "./serializers.js";
import { updateAt } from "./targets.js";
import { deepLabels, EMPTY, join, labelled, type TypeRef, typed, type Value, withField } from "./value.js";

/**
 * `form.save()`, `serializer.save(answer=reply)`: the row, and what the serializer gives out of it from then on.
 *
 * @param recv the form or the serializer
 */
export function rowSaved(
  frame: Frame,
  env: Env,
  cls: ClassDef,
  args: Args,
  x: CallExpr,
  recv: Value | undefined,
): Value {
  const { program } = frame;
  let row = join(rowSent(program, cls, frame.loc(x)), recv?.fields?.get("instance") ?? EMPTY);
  for (const name of ["create", "update"]) {
    const own = program.classes.method(cls, name);
    if (own) row = join(row, { ...stripParams(program.summary(own, cls).ret), labels: [] });
  }
  for (const [name, a] of args.kw) if (name !== "commit") row = withField(row, name, a.value);
  const names = namesGivenOut(program, cls);
  let data = EMPTY;
  for (const [name, v] of row.fields ?? []) {
    const written = !names || names.has(name) ? deepLabels(v).filter((l) => /^(?:llm|exception)$/.test(l.kind)) : [];
    if (written.length) data = withField(data, name, labelled(written));
  }
  if (data !== EMPTY && x.f.k === "attr")
    updateAt(frame, env, x.f.o, (o) => withField(o, "data", join(o.fields?.get("data") ?? EMPTY, data)));
  return row;
}

/** The form or serializer that a class view is handed once it was found valid, of the class that the view names. */
export function checkedForm(frame: Frame, type: string): Value {
  const { classes } = frame.program;
  const cls = frame.fn?.cls;
  const named = (name: string) => (cls ? classes.attribute(cls, name, undefined).types : []);
  const ref = (t: TypeRef): TypeRef[] => (t.k === "class" ? [{ k: "inst", cls: t.cls }] : []);
  const own = named(type.endsWith("Form") ? "form_class" : "serializer_class").flatMap(ref);
  if (own.length) return { labels: [], types: own };
  // A form that the view makes of its table.
  const [table] = named("model").flatMap((t) => (t.k === "class" ? [t.cls] : []));
  const form = typed({ k: "ext", q: type });
  return table
    ? withField(
        form,
        "instance",
        rowOfTable(frame.program, table, () => true),
      )
    : form;
}
