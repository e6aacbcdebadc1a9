/**
 * Functions whose callers are not in the project: a library's public function, a task, a handler registered by name. Their
 * parameters count as user input when name and use say so; the finding says that no caller was seen.
 */
import type { FunctionDef } from "../names/definitions.js";
import { type Label, unreadRecord } from "./labels.js";
import type { Unit } from "./program.js";
import type { FlowEvent } from "./summary.js";
import { mapLabels, someLabel } from "./value.js";

const USER_TEXT =
  /^(?:user_?)?(?:question|query|message|input|prompt|text|request|utterance|content)$|^(?:question|query|message|prompt|input)_(?:text|content)$|^(?:user|human|customer|client)_(?:text|content|msg|request|response|reply)$/i;

/** Events as an unseen caller would cause them; the same list when nothing depends on one. */
export function asCalledFromOutside(unit: Unit, events: readonly FlowEvent[], called: boolean): readonly FlowEvent[] {
  const { fn } = unit;
  if (!fn || fn.name === "__init__" || unit.summary?.entry || called) return events;
  return events.map((e) => {
    if (e.kind !== "llm" || !e.slots.some((s) => someLabel(s.value, (l) => l.kind === "param"))) return e;
    const slots = e.slots.map((s) => ({
      ...s,
      value: mapLabels(s.value, (l) => ownField(l, unit) ?? outside(l, fn)),
    }));
    return { ...e, slots };
  });
}

/** A method of a table's class is called on a row, whoever calls it: `self.email` is a field of that. */
function ownField(l: Label, { fn, summary }: Unit): Label | undefined {
  if (l.kind !== "param" || l.param !== 0 || !fn?.cls || !summary?.rowFields?.has(l.path[0] ?? "")) return undefined;
  const name = `\`${fn.cls.name}\``;
  return {
    ...l,
    kind: "record",
    key: `row:${l.key}`,
    what: name,
    record: { ...unreadRecord("orm", l.step.loc, name), row: fn.cls },
  };
}

function outside(l: Label, fn: FunctionDef): Label {
  if (l.kind !== "param") return l;
  const param = fn.ir.params[l.param ?? -1]?.name ?? "";
  const field = l.path.filter((p) => !p.startsWith("[")).at(-1);
  const name = field ?? param;
  if (param === "self" && !field) return l;
  if (param === "self" || !USER_TEXT.test(name)) return l;
  return { ...l, kind: "user", unseen: true, doubt: 2, what: `\`${name}\``, key: `unseen:${l.key}` };
}
