/** Names for parts of other objects: what is done to `row` of `for row in rows` is done to `rows`. */
import type { Expr } from "../ir.js";

/** Gives the same elements as what it is handed, one by one. */
const SAME_ELEMENTS = /^(?:list|tuple|iter|reversed|sorted|set|tqdm|trange|progress|track)$/;

/** The names that a `for` loop binds to elements of what it goes through, each with the place of the element. */
export function loopParts(target: Expr, iter: Expr): [string, Expr][] {
  const to = target.k === "tuple" || target.k === "list" ? target.xs : undefined;
  if (iter.k === "call") {
    const [first] = iter.args;
    if (iter.f.k === "attr" && !iter.args.length) {
      if (iter.f.a === "values") return loopParts(target, iter.f.o);
      if (iter.f.a === "items" && to?.[1]) return loopParts(to[1], iter.f.o);
    }
    const name = iter.f.k === "name" ? iter.f.id : iter.f.k === "attr" ? iter.f.a : "";
    if (!first) return [];
    if (name === "enumerate") return to?.[1] ? loopParts(to[1], first) : [];
    if (name === "zip") return to ? to.flatMap((t, i) => (iter.args[i] ? loopParts(t, iter.args[i]) : [])) : [];
    return SAME_ELEMENTS.test(name) ? loopParts(target, first) : [];
  }
  if (target.k !== "name" || !placeOf(iter)) return [];
  const { s, e } = iter;
  return [[target.id, { k: "sub", o: iter, i: { k: "slice", parts: [], s, e }, s, e }]];
}

/** The place of the part that an expression stands for: `rows[0]`, `self.queue`, `data.get("meta")`. */
export function partOf(x: Expr): Expr | undefined {
  if (x.k === "name") return undefined;
  if (x.k === "call" && x.f.k === "attr" && /^(?:get|setdefault)$/.test(x.f.a) && x.args[0])
    return placeOf({ k: "sub", o: x.f.o, i: x.args[0], s: x.s, e: x.e });
  return placeOf(x);
}

function placeOf(x: Expr): Expr | undefined {
  let root = x;
  while (root.k === "attr" || (root.k === "sub" && root.i.k !== "slice")) root = root.o;
  return root.k === "name" ? x : undefined;
}
