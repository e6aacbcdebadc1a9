/** What Django's forms and REST framework's serializers hand out once they have checked it. */

import { lastNameOf } from "../last-name.js";
import type { ClassDef } from "../names/definitions.js";
import type { Program } from "./program.js";
import { pendingLabel } from "./sources.js";
import { EMPTY, labelled, type Value } from "./value.js";

/** Fields that let through nothing that somebody wrote freely. */
const NO_TEXT =
  /^(?:Typed)?(?:Multiple)?(?:Model(?:Multiple)?)?(?:Choice|Integer|Float|Decimal|Boolean|NullBoolean|Date|Time|DateTime|Duration|UUID|IP\w*|File|Image|\w*RelatedField)(?:Field)?$/;

/**
 * The attributes that hold checked input, such as `form.cleaned_data`: user input, but for the fields that are numbers, dates or
 * choices.
 * @param as what the code calls it
 * @returns EMPTY where the class is no form or serializer, or the attribute another one
 */
export function checkedInput(program: Program, cls: ClassDef, name: string, as = name): Value {
  const q = program.classes
    .libraryBases(cls)
    .find((base) => program.models.type(program.models.canonical(base))?.paths?.[name] === "user");
  if (!q) return EMPTY;
  const fields = new Map<string, Value>();
  for (const c of program.classes.mro(cls))
    for (const [field, a] of c.attributes)
      if (a.value?.k === "call" && NO_TEXT.test(lastNameOf(a.value.f))) fields.set(field, EMPTY);
  return { ...labelled([pendingLabel("user", `${q}.${as}`, as)]), ...(fields.size ? { fields } : {}) };
}
