/** Rows written out as dictionaries, by the names of their fields. */
import type { CompExpr, Expr, Stmt } from "../ir.js";
import { blocksOf, rootName } from "../names/definitions.js";
import { someNode } from "./body-words.js";
import { nameOf } from "./calls.js";
import type { Env } from "./env.js";
import { access, evalExpr } from "./expr.js";
import type { Frame } from "./frame.js";
import { ANY_VALUE, type Label } from "./labels.js";
import { mentions } from "./mentions.js";
import { removeField, updateAt } from "./targets.js";
import { dictOf, labelled, type Value, withLabels } from "./value.js";

/**
 * `{c.name: getattr(row, c.name) for c in row.__table__.columns if c.name != "email"}`: the row, without the fields that the
 * conditions leave out, or those alone that they name.
 * @param member what one of the values is
 * @returns undefined where the comprehension is something else
 */
export function copiedRow(frame: Frame, env: Env, x: CompExpr, member: Value): Value | undefined {
  const pair = pairOfNames(x) ?? pairByPosition(x);
  const key = nameOf(x.x) ?? (pair ? "" : undefined);
  if (key === undefined || !x.v || (!pair && nameOf(keyReadBy(x.v)) !== key)) return undefined;
  const rows = member.labels.filter(isRow).map(atRow);
  if (!rows.length) return undefined;
  let out = labelled(rows);
  for (const clause of x.clauses) {
    // What other conditions leave of the keys cannot be said: such pairs are no whole row.
    if (pair && clause.t === "if" && mentions(clause.c, pair) && !namesTested(frame, env, clause.c, key))
      return undefined;
    if (clause.t !== "if" || clause.c.k !== "cmp" || clause.c.ops.length !== 1) continue;
    const [op] = clause.c.ops;
    const names = namesTested(frame, env, clause.c, key);
    if (!names) continue;
    if (op === "==" || op === "in") return dictOf(new Map(names.map((n) => [n, access(frame, out, n)])));
    if (op === "!=" || op === "not in") for (const n of names) out = removeField(out, n);
  }
  return out;
}

/** `key != "email"`, `key in ("id", "name")`: the names; undefined where the condition asks something else. */
function namesTested(frame: Frame, env: Env, c: Expr, key: string): string[] | undefined {
  if (c.k !== "cmp" || c.ops.length !== 1) return undefined;
  const [tested, given] = c.xs;
  if (!tested || !given || nameOf(tested) !== key) return undefined;
  const v = evalExpr(frame, env, given);
  const names = (c.ops[0] === "==" || c.ops[0] === "!=" ? [v] : (v.items ?? [])).map((n) => n.c);
  return names.length && names.every((n) => typeof n === "string") ? names : undefined;
}

/** `{name: value for name, value in zip(columns, row)}`, `... in row.items()`: the names that the key is made of. */
function pairOfNames(x: CompExpr): ReadonlySet<string> | undefined {
  const root = rootName(x.x);
  for (const c of x.clauses) {
    if (c.t !== "for" || c.target.k !== "tuple" || c.iter.k !== "call") continue;
    const [first, second] = c.target.xs;
    if (first?.k !== "name" || first.id !== root || second?.k !== "name" || !x.v) continue;
    if (mentions(x.v, new Set([second.id]))) return new Set([first.id]);
  }
  return undefined;
}

/**
 * `{columns[i]: row[i] for i in range(n)}`, `{column: row[i] for i, column in enumerate(columns)}`, `{columns[i]: value for i,
 * value in enumerate(row)}`: the names that the key is made of.
 */
function pairByPosition(x: CompExpr): ReadonlySet<string> | undefined {
  for (const c of x.clauses) {
    if (c.t !== "for" || !x.v) continue;
    const bound = boundNames(c.target);
    const inKey = bound.filter((n) => mentions(x.x, new Set([n])));
    const counted = x.x.k === "sub" && x.x.i.k === "name" && inKey.includes(x.x.i.id);
    const value = x.v;
    const read = bound.some(
      (n) => readsAt(value, n) || (counted && !inKey.includes(n) && mentions(value, new Set([n]))),
    );
    if (inKey.length && read) return new Set(inKey);
  }
  return undefined;
}

/** Whether a value is made of what stands at a position: `row[i]`, `str(row[i])`, `row[i] or ""`. */
const readsAt = (x: Expr, index: string): boolean =>
  someNode(x, (n) => "k" in n && n.k === "sub" && "i" in n && mentions([n.i], new Set([index])));

/** `[str(cell) for cell in row]`: every cell as it is. */
export function copiesCells(x: CompExpr): boolean {
  const [c] = x.clauses;
  if (x.clauses.length !== 1 || c?.t !== "for" || c.target.k !== "name") return false;
  let cell = x.x.k === "cond" ? x.x.a : x.x;
  if (cell.k === "call" && cell.f.k === "name" && /^(?:str|repr)$/.test(cell.f.id) && cell.args[0]) [cell] = cell.args;
  return cell.k === "name" && cell.id === c.target.id;
}

/** The row, of the label of its cells. */
export const rowOfCell = (l: Label): Label[] => (isCell(l.path.at(-1)) && isRow(l) ? [atRow(l)] : []);

const isCell = (key: string | undefined): boolean => key === "[]" || key === ANY_VALUE;

type ForStmt = Extract<Stmt, { k: "for" }>;

/** `for name, value in zip(columns, row): d[name] = value`: what is written so holds the row as a whole. */
export function noteCopies(frame: Frame, env: Env, s: ForStmt): void {
  const bound = new Set(boundNames(s.target));
  for (const { o, i } of writtenByKey(s.body)) {
    if (!mentions(i, bound) || asksAbout(s.body, new Set([...bound].filter((n) => mentions(i, new Set([n]))))))
      continue;
    updateAt(frame, env, o, (v) => {
      const rows = v.elem?.labels.flatMap(rowOfCell) ?? [];
      return rows.length ? withLabels(v, rows) : v;
    });
  }
}

function boundNames(x: Expr): string[] {
  if (x.k === "name") return [x.id];
  return x.k === "tuple" || x.k === "list" ? x.xs.flatMap(boundNames) : [];
}

function writtenByKey(body: readonly Stmt[]): { o: Expr; i: Expr }[] {
  return body.flatMap((s) => {
    if (s.k === "for" || s.k === "def" || s.k === "class") return [];
    if (s.k === "assign")
      return s.targets.flatMap((t) => (t.k === "sub" && t.i.k !== "slice" ? [{ o: t.o, i: t.i }] : []));
    return blocksOf(s).flatMap(writtenByKey);
  });
}

/** Whether something in a loop depends on a name. */
const asksAbout = (body: readonly Stmt[], names: ReadonlySet<string>): boolean =>
  body.some(
    (s) => ((s.k === "if" || s.k === "while") && mentions(s.c, names)) || blocksOf(s).some((b) => asksAbout(b, names)),
  );

/** `row[key]`, `getattr(row, key)`, `row.get(key)`: the key. */
function keyReadBy(x: Expr): Expr {
  if (x.k === "sub") return x.i;
  if (x.k === "call" && x.f.k === "name" && x.f.id === "getattr" && x.args[1]) return x.args[1];
  if (x.k === "call" && x.f.k === "attr" && x.f.a === "get" && x.args[0]) return x.args[0];
  return x;
}

/** A row, or some field of one. */
const isRow = (l: Label): boolean =>
  (l.kind === "record" || l.kind === "param") && !l.many && (!l.path.length || isCell(l.path.at(-1)));

const atRow = (l: Label): Label => (l.path.length ? { ...l, path: l.path.slice(0, -1) } : l);
