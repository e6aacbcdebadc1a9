/** Rows written out as dictionaries, by the names of their fields. */
import type { CompExpr, Expr } from "../ir.js";
import { nameOf } from "./calls.js";
import type { Env } from "./env.js";
import { access, evalExpr } from "./expr.js";
import type { Frame } from "./frame.js";
import type { Label } from "./labels.js";
import { removeField } from "./targets.js";
import { dictOf, labelled, type Value } from "./value.js";

/**
 * `{c.name: getattr(row, c.name) for c in row.__table__.columns if c.name != "email"}`: the row, without the fields that the
 * conditions leave out, or those alone that they name.
 * @param member what one of the values is
 * @returns undefined where the comprehension is something else
 */
export function copiedRow(frame: Frame, env: Env, x: CompExpr, member: Value): Value | undefined {
  const key = nameOf(x.x);
  if (!key || !x.v || nameOf(keyReadBy(x.v)) !== key) return undefined;
  const rows = member.labels.filter(isRow).map(atRow);
  if (!rows.length) return undefined;
  let out = labelled(rows);
  for (const clause of x.clauses) {
    if (clause.t !== "if" || clause.c.k !== "cmp" || clause.c.ops.length !== 1) continue;
    const [op] = clause.c.ops;
    const [tested, given] = clause.c.xs;
    if (!tested || !given || nameOf(tested) !== key) continue;
    const v = evalExpr(frame, env, given);
    const names = (op === "==" || op === "!=" ? [v] : (v.items ?? [])).map((n) => n.c);
    if (!names.length || !names.every((n) => typeof n === "string")) continue;
    if (op === "==" || op === "in") return dictOf(new Map(names.map((n) => [n, access(frame, out, n)])));
    if (op === "!=" || op === "not in") for (const n of names) out = removeField(out, n);
  }
  return out;
}

/** `row[key]`, `getattr(row, key)`, `row.get(key)`: the key. */
function keyReadBy(x: Expr): Expr {
  if (x.k === "sub") return x.i;
  if (x.k === "call" && x.f.k === "name" && x.f.id === "getattr" && x.args[1]) return x.args[1];
  if (x.k === "call" && x.f.k === "attr" && x.f.a === "get" && x.args[0]) return x.args[0];
  return x;
}

/** A row, or some field of one. */
const isRow = (l: Label): boolean =>
  (l.kind === "record" || l.kind === "param") && !l.many && (!l.path.length || l.path.at(-1) === "[]");

const atRow = (l: Label): Label => (l.path.length ? { ...l, path: l.path.slice(0, -1) } : l);
