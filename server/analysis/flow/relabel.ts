/** Other labels on a value that is handed to a function: as its caller's, with the step that hands it over. */
import type { ClassDef } from "../names/definitions.js";
import { effort } from "./effort.js";
import type { Label } from "./labels.js";
import { MAX_DEPTH, mapArray, mapParts, type Value } from "./value.js";

/** Most fields of an object that is followed inside another one of its class, as in a list whose elements are linked. */
const MAX_NESTED = 8;

/**
 * Maps the labels of a value, and those of its members and pieces, to a small depth. A large object inside another one of
 * its class is a former state of it (`app.users = Users(app)`): that one stays as it is.
 */
export function relabel(
  v: Value,
  f: (l: Label) => Label | undefined,
  done = new Map<Value, Value>(),
  depth = 0,
  inside: readonly ClassDef[] = [],
): Value {
  const hit = done.get(v);
  if (hit) return hit;
  effort.steps++;
  const labels = mapArray(v.labels, f);
  let within = inside;
  const deep = depth < MAX_DEPTH;
  if (deep && v.fields) {
    const cls = classOf(v);
    const times = cls ? inside.filter((c) => c === cls).length : 0;
    if (times > 1 || (times && v.fields.size > MAX_NESTED)) return v;
    if (cls) within = [...inside, cls];
  }
  const out = mapParts(v, labels, deep ? (x) => relabel(x, f, done, depth + 1, within) : undefined);
  done.set(v, out);
  return out;
}

/** The project's class that a value is an instance of. */
function classOf(v: Value): ClassDef | undefined {
  for (const t of v.types) if (t.k === "inst") return t.cls;
  return undefined;
}
