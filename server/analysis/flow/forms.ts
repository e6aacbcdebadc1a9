/** What Django's forms and REST framework's serializers hand out once they have checked it. */

import { lastNameOf } from "../last-name.js";
import type { ClassDef } from "../names/definitions.js";
import type { Program } from "./program.js";
import { pendingLabel } from "./sources.js";
import { EMPTY, labelled, type Value } from "./value.js";

/** Fields that let through nothing that somebody wrote freely. */
const NO_TEXT =
  /^(?:Typed)?(?:Multiple)?(?:Model(?:Multiple)?)?(?:Choice|Integer|Float|Decimal|Boolean|NullBoolean|Date|Time|DateTime|Duration|UUID|IP\w*|File|Image|\w*RelatedField)(?:Field)?$/;

/** Attributes of a form or serializer that hold the values of its fields after they were checked and converted. */
const CONVERTED = /^(?:validated|cleaned)_data$/;

/** What an attribute of a form or serializer holds, without the fields that are numbers, dates or choices once converted. */
export function converted(program: Program, cls: ClassDef, name: string, v: Value): Value {
  if (!CONVERTED.test(name)) return v;
  const fields = new Map<string, Value>();
  for (const c of program.classes.mro(cls))
    for (const [field, a] of c.attributes)
      if (a.value?.k === "call" && NO_TEXT.test(lastNameOf(a.value.f))) fields.set(field, EMPTY);
  return fields.size ? { ...v, fields } : v;
}

/** What a serializer gives out that was made of nothing but what was sent: that, checked and converted. */
export const givenBack = (program: Program, cls: ClassDef): Value =>
  converted(program, cls, "validated_data", labelled([pendingLabel("user", `${cls.key}.data`, "data")]));
