/** Keeps what a function hands on from growing without end: values hold values, and every call multiplies them. */
import { allowance } from "./effort.js";
import type { Piece, Value } from "./value.js";
import { deepLabels, EMPTY } from "./value.js";

/** Most values inside one that a function hands on; code that people write stays far below. */
const MAX_SIZE = 120;
/** The same for an argument: what a function works with may be larger than what it hands on. */
const MAX_ARGUMENT = 400;

/** How many values there are inside, those that are shared once; counts no further than the limit. */
function sizeOf(v: Value, limit: number): number {
  const seen = new Set<Value>([v]);
  for (const x of seen) {
    if (seen.size > limit) break;
    for (const y of partsOf(x)) seen.add(y);
  }
  return seen.size;
}

function* partsOf(v: Value): Generator<Value> {
  if (v.fields) yield* v.fields.values();
  if (v.items) yield* v.items;
  if (v.elem) yield v.elem;
  for (const form of v.str ?? []) for (const p of form.pieces) if (typeof p !== "string") yield p.v;
}

const hasParts = (v: Value): boolean => !!(v.fields || v.items || v.elem || v.str);

/**
 * The same value with its innermost parts reduced to what they hold.
 * @param cut told when something was left out
 */
export function compact(v: Value, cut: () => void, limit = MAX_SIZE): Value {
  if (!hasParts(v)) return v;
  if (sizeOf(v, limit) <= limit) return v;
  cut();
  for (let depth = 3; depth > 0; depth--) {
    const out = shallow(v, depth, new Map());
    if (sizeOf(out, limit) <= limit) return out;
  }
  return flat(v);
}

/** Arguments as they were handed over: the same one comes to the same. */
const handed = new WeakMap<Value, Value>();

/**
 * An argument whose innermost parts are reduced, where it is too large: who calls functions again and again with what
 * they gave, as a graph does, would else hand over more each time; a caller that has cost too much already hands over less.
 * @param cut told when something was left out
 */
export function compactArgument(v: Value, cut: () => void): Value {
  if (!hasParts(v)) return v;
  const limit = allowance();
  if (limit !== undefined) return compact(v, cut, limit);
  let out = handed.get(v);
  if (!out) {
    out = compact(v, () => {}, MAX_ARGUMENT);
    handed.set(v, out);
  }
  if (out !== v) cut();
  return out;
}

/** A value that a function works with, reduced where the function has cost too much already. */
export function kept(v: Value): Value {
  const limit = allowance();
  return limit === undefined ? v : compact(v, () => {}, limit);
}

const flat = (v: Value): Value => {
  const labels = deepLabels(v);
  return labels.length || v.types.length || v.c !== undefined ? { labels, types: v.types, c: v.c } : EMPTY;
};

function shallow(v: Value, depth: number, done: Map<Value, Value>): Value {
  if (!hasParts(v)) return v;
  if (!depth) return flat(v);
  const hit = done.get(v);
  if (hit) return hit;
  // What is met again at another depth has the form that it had first.
  const inner = (x: Value) => shallow(x, depth - 1, done);
  const piece = (p: Piece): Piece => (typeof p === "string" ? p : { ...p, v: inner(p.v) });
  const out: Value = {
    ...v,
    fields: v.fields && new Map([...v.fields].map(([k, x]) => [k, inner(x)])),
    items: v.items?.map(inner),
    elem: v.elem && inner(v.elem),
    str: v.str?.map((f) => ({ ...f, pieces: f.pieces.map(piece) })),
  };
  done.set(v, out);
  return out;
}
