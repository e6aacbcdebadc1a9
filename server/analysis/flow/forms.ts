/** What Django's forms and REST framework's serializers hand out once they have checked it. */

import type { Expr } from "../ir.js";
import { lastNameOf } from "../last-name.js";
import type { ClassDef } from "../names/definitions.js";
import type { Loc } from "./labels.js";
import type { Program } from "./program.js";
import { tableOf, takes } from "./serializers.js";
import { pendingLabel, placed } from "./sources.js";
import { EMPTY, labelled, typed, type Value } from "./value.js";

/** Fields that let through nothing that somebody wrote freely. */
const NO_TEXT =
  /^(?:Typed)?(?:Multiple)?(?:Model(?:Multiple)?)?(?:Choice|Int|Integer|Number|Bool|Float|Decimal|Boolean|NullBoolean|Date|Time|DateTime|Duration|UUID|IP\w*|File|Image|\w*RelatedField)(?:Field)?$/;

/** Attributes of a form or serializer that hold the values of its fields after they were checked and converted. */
const CONVERTED = /^(?:validated|cleaned)_data$/;

/** `choices=LEVELS`, and marshmallow's `validate=OneOf([...])`. */
const isChoice = ({ n, x }: { n: string | null; x: Expr }): boolean =>
  n === "choices" || (n === "validate" && x.k === "call" && lastNameOf(x.f) === "OneOf");

/** What an attribute of a form or serializer holds, without the fields that are numbers, dates or choices once converted. */
export function converted(program: Program, cls: ClassDef, name: string, v: Value): Value {
  if (!CONVERTED.test(name)) return v;
  const fields = new Map<string, Value>();
  // A field that the class does not declare itself is made of the column of its table.
  const table = tableOf(program, cls);
  for (const c of [...(table ? program.classes.mro(table).toReversed() : []), ...program.classes.mro(cls).toReversed()])
    for (const [field, a] of c.attributes) {
      if (a.value?.k !== "call") continue;
      if (NO_TEXT.test(lastNameOf(a.value.f)) || a.value.kw.some(isChoice)) fields.set(field, EMPTY);
      else fields.delete(field);
    }
  return fields.size ? { ...v, fields } : v;
}

/** What a serializer gives out that was made of nothing but what was sent: that, checked and converted. */
export const givenBack = (program: Program, cls: ClassDef): Value =>
  converted(program, cls, "validated_data", labelled([pendingLabel("user", `${cls.key}.data`, "data")]));

/** Columns of a table that hold what somebody wrote. */
const TEXT = /^(?:Char|Text|Email|URL|Slug|JSON|Encrypted\w*|Markdown\w*|RichText\w*|CKEditor\w*)Field$/;

/** The row that a form or a serializer makes of what was sent (`form.save()`, `form.instance`): the texts of its fields. */
export function rowSent(program: Program, cls: ClassDef, at?: Loc): Value {
  const table = tableOf(program, cls);
  return table ? rowOfTable(program, table, takes(program, cls), at) : EMPTY;
}

/** A row of the table whose texts were sent, as far as they are taken. */
export function rowOfTable(program: Program, table: ClassDef, isTaken: (name: string) => boolean, at?: Loc): Value {
  const fields = new Map<string, Value>();
  for (const c of program.classes.mro(table))
    for (const [name, a] of c.attributes) {
      if (a.value?.k !== "call" || !TEXT.test(lastNameOf(a.value.f)) || !isTaken(name)) continue;
      if (a.value.kw.some(isChoice)) continue;
      const v = labelled([pendingLabel("user", `${table.key}.${name}`, name)]);
      fields.set(name, at ? placed(v, () => at) : v);
    }
  return { ...typed({ k: "inst", cls: table }), fields };
}
