/** Expressions other than strings and lambdas. */
import type { Node } from "web-tree-sitter";
import type { CallExpr, CompExpr, DictExpr, Expr, Keyword, SliceExpr } from "../ir.js";
import { ERROR_TYPE, type ExprHandler } from "./grammar.js";
import type { Lowerer } from "./lowerer.js";

/** Longest chain of `a + b + ...` that keeps its left-leaning shape. */
const CHAIN_LIMIT = 200;

function identifier(lo: Lowerer, n: Node): Expr {
  const e = n.endIndex;
  return { k: "name", id: lo.text.slice(n.startIndex, e), s: n.startIndex - lo.base, e: e - lo.base };
}

function constant(t: "bool" | "none" | "ellipsis", v: boolean | null): ExprHandler {
  return (lo, n) => ({ k: "const", t, v, s: n.startIndex - lo.base, e: n.endIndex - lo.base });
}

function integer(lo: Lowerer, n: Node): Expr {
  const e = n.endIndex;
  const text = lo.text.slice(n.startIndex, e).replaceAll("_", "").toLowerCase();
  const octal = /^0[0-7]+l?$/.test(text);
  const digits = text.endsWith("l") ? text.slice(0, -1) : text;
  const complex = digits.endsWith("j");
  const v = octal ? Number.parseInt(digits, 8) : Number(complex ? digits.slice(0, -1) : digits);
  return { k: "const", t: complex ? "float" : "int", v, s: n.startIndex - lo.base, e: e - lo.base };
}

function float(lo: Lowerer, n: Node): Expr {
  const e = n.endIndex;
  const v = Number.parseFloat(lo.text.slice(n.startIndex, e).replaceAll("_", ""));
  return { k: "const", t: "float", v, s: n.startIndex - lo.base, e: e - lo.base };
}

/** The operator that stands between two operands. */
function operatorBetween(lo: Lowerer, start: number, end: number): string {
  const text = lo.text.slice(start, end);
  if (text.includes("#") || text.includes("\\")) {
    return text.replace(/#.*/g, " ").replace(/\\/g, " ").trim().split(/\s+/).join(" ");
  }
  return text.trim();
}

/** A left-leaning chain is walked in a loop, since it can be as long as the file. */
function binary(lo: Lowerer, n: Node): Expr {
  const type = lo.grammar.binaryOperator;
  const rights: { node: Node; op: string; e: number }[] = [];
  let leftmost = n;
  let leftType = type;
  while (leftType === type) {
    const kids = lo.kids(leftmost, 2);
    const [left, right] = kids;
    if (left === undefined || right === undefined) break;
    rights.push({
      node: right,
      op: operatorBetween(lo, left.endIndex, right.startIndex),
      e: leftmost.endIndex - lo.base,
    });
    leftmost = left;
    leftType = left.typeId;
  }
  const s = n.startIndex - lo.base;
  if (leftType === type) return lo.unknown(n);
  const depth = lo.depth;
  lo.depth += Math.min(rights.length, CHAIN_LIMIT) - 1;
  let x = lo.exprOfType(leftmost, leftType);
  rights.reverse();
  if (rights.length > CHAIN_LIMIT) x = longChain(lo, x, rights, s);
  else {
    for (const right of rights) {
      lo.depth = depth;
      x = { k: "bin", op: right.op, l: x, r: lo.expr(right.node), s, e: right.e };
    }
  }
  lo.depth = depth;
  return x;
}

/**
 * A chain beyond the bound. Where every operator is the same associative one, the operands are paired up into a tree
 * of logarithmic depth that has them in the same order, so nothing is lost. Otherwise the operands become one unknown.
 */
function longChain(lo: Lowerer, first: Expr, rights: { node: Node; op: string; e: number }[], s: number): Expr {
  const op = rights[0]?.op ?? "+";
  let level: Expr[] = [first];
  for (const right of rights) level.push(lo.expr(right.node));
  const e = rights.at(-1)?.e ?? first.e;
  if (!["+", "|", "&"].includes(op) || rights.some((right) => right.op !== op)) {
    lo.truncated = true;
    return { k: "unknown", xs: level, s, e };
  }
  while (level.length > 1) {
    const next: Expr[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const l = level[i]!;
      const r = level[i + 1];
      next.push(r === undefined ? l : { k: "bin", op, l, r, s: l.s, e: r.e });
    }
    level = next;
  }
  const whole = level[0]!;
  whole.s = s;
  whole.e = e;
  return whole;
}

/** `a and b and c` is one form with three operands. */
function boolean(lo: Lowerer, n: Node): Expr {
  const type = lo.grammar.booleanOperator;
  const operands: Node[] = [];
  let op: "and" | "or" | undefined;
  let node = n;
  for (;;) {
    const [left, right] = lo.kids(node, 2);
    if (left === undefined || right === undefined) return lo.unknown(n);
    const own = operatorBetween(lo, left.endIndex, right.startIndex) === "or" ? "or" : "and";
    op ??= own;
    if (own !== op) {
      operands.push(node);
      break;
    }
    operands.push(right);
    if (left.typeId !== type) {
      operands.push(left);
      break;
    }
    node = left;
  }
  operands.reverse();
  return { k: "bool", op, xs: lo.exprs(operands), s: n.startIndex - lo.base, e: n.endIndex - lo.base };
}

function comparison(lo: Lowerer, n: Node): Expr {
  const kids = lo.kids(n);
  const ops: string[] = [];
  for (let i = 1; i < kids.length; i++) {
    const op = operatorBetween(lo, kids[i - 1]!.endIndex, kids[i]!.startIndex);
    ops.push(op.includes(" ") ? op.split(/\s+/).join(" ") : op);
  }
  return { k: "cmp", ops, xs: lo.exprs(kids), s: n.startIndex - lo.base, e: n.endIndex - lo.base };
}

function unary(lo: Lowerer, n: Node): Expr {
  const [x] = lo.kids(n, 1);
  if (x === undefined) return lo.unknown(n);
  const op = lo.text.startsWith("not", n.startIndex) ? "not" : (lo.text[n.startIndex] ?? "");
  return { k: "un", op, x: lo.expr(x), s: n.startIndex - lo.base, e: n.endIndex - lo.base };
}

function attribute(lo: Lowerer, n: Node): Expr {
  const [object, name] = lo.kids(n, 2);
  if (object === undefined || name === undefined) return lo.unknown(n);
  const e = n.endIndex;
  return {
    k: "attr",
    o: lo.expr(object),
    a: lo.text.slice(name.startIndex, e),
    as: name.startIndex - lo.base,
    s: n.startIndex - lo.base,
    e: e - lo.base,
  };
}

/** `a.b.c` where the grammar has no attribute nodes (patterns, decorators in broken code). */
export function dottedName(lo: Lowerer, n: Node): Expr {
  const kids = lo.kids(n);
  const s = n.startIndex - lo.base;
  let x: Expr | undefined;
  for (const kid of kids) {
    const e = kid.endIndex;
    const id = lo.text.slice(kid.startIndex, e);
    x =
      x === undefined
        ? { k: "name", id, s, e: e - lo.base }
        : { k: "attr", o: x, a: id, as: kid.startIndex - lo.base, s, e: e - lo.base };
  }
  return x ?? lo.unknown(n);
}

function subscript(lo: Lowerer, n: Node): Expr {
  const kids = lo.kids(n);
  const [object, first] = kids;
  if (object === undefined || first === undefined) return lo.unknown(n);
  const e = n.endIndex - lo.base;
  const o = lo.expr(object);
  const xs = lo.exprs(kids, 1);
  const last = xs.at(-1)!;
  const tuple = xs.length > 1 || last.k === "star" || lo.text.slice(kids.at(-1)!.endIndex, n.endIndex).includes(",");
  const i: Expr = tuple ? { k: "tuple", xs, s: first.startIndex - lo.base, e: last.e } : last;
  return { k: "sub", o, i, s: n.startIndex - lo.base, e };
}

/** The colons are what tells `[a:]` from `[:a]`: this is the one place where unnamed children are read. */
function slice(lo: Lowerer, n: Node): SliceExpr {
  const parts: (Expr | null)[] = [null];
  for (const child of n.children) {
    const type = child.typeId;
    if (lo.isExtra(type)) continue;
    if (lo.grammar.expressions[type] !== undefined || type === ERROR_TYPE) {
      parts[parts.length - 1] = lo.exprOfType(child, type);
    } else parts.push(null);
  }
  return { k: "slice", parts, s: n.startIndex - lo.base, e: n.endIndex - lo.base };
}

/** Reads an argument list, of a call or a class, into positional and keyword arguments. */
export function readArguments(lo: Lowerer, list: Node, args: Expr[], kw: Keyword[]): void {
  const { grammar, base } = lo;
  for (const child of list.namedChildren) {
    const type = child.typeId;
    if (lo.isExtra(type)) continue;
    if (type === grammar.keywordArgument) {
      const [name, value] = lo.kids(child, 2);
      if (name === undefined || value === undefined) args.push(lo.unknown(child));
      else {
        const n = lo.textOf(name);
        kw.push({ n, x: lo.expr(value), s: child.startIndex - base, e: child.endIndex - base });
      }
    } else if (type === grammar.dictionarySplat) {
      const [value] = lo.kids(child, 1);
      if (value !== undefined) {
        kw.push({ n: null, x: lo.expr(value), s: child.startIndex - base, e: child.endIndex - base });
      }
    } else args.push(lo.exprOfType(child, type));
  }
}

function call(lo: Lowerer, n: Node): Expr {
  const [fn, list] = lo.kids(n, 2);
  if (fn === undefined || list === undefined) return lo.unknown(n);
  const args: Expr[] = [];
  const kw: Keyword[] = [];
  const f = lo.expr(fn);
  const type = list.typeId;
  if (type === lo.grammar.argumentList) readArguments(lo, list, args, kw);
  else args.push(lo.exprOfType(list, type));
  const result: CallExpr = {
    k: "call",
    f,
    args,
    kw,
    ps: list.startIndex - lo.base,
    s: n.startIndex - lo.base,
    e: n.endIndex - lo.base,
  };
  return result;
}

function star(lo: Lowerer, n: Node): Expr {
  const [x] = lo.kids(n, 1);
  if (x === undefined) return lo.unknown(n);
  return { k: "star", x: lo.expr(x), s: n.startIndex - lo.base, e: n.endIndex - lo.base };
}

function sequence(k: "tuple" | "list" | "set"): ExprHandler {
  return (lo, n) => ({ k, xs: lo.exprs(n.namedChildren), s: n.startIndex - lo.base, e: n.endIndex - lo.base });
}

/** The grammar calls `(a) = b` a tuple, too. */
function tuplePattern(lo: Lowerer, n: Node): Expr {
  const xs = lo.exprs(n.namedChildren);
  const e = n.endIndex;
  const [only] = xs;
  if (only !== undefined && xs.length === 1 && !/,\s*\)$/.test(lo.text.slice(only.e + lo.base, e))) return only;
  return { k: "tuple", xs, s: n.startIndex - lo.base, e: e - lo.base };
}

function dictionary(lo: Lowerer, n: Node): Expr {
  const items: DictExpr["items"] = [];
  const { grammar, base } = lo;
  for (const child of n.namedChildren) {
    const type = child.typeId;
    if (lo.isExtra(type)) continue;
    const s = child.startIndex - base;
    if (type === grammar.pair) {
      const [key, value] = lo.kids(child, 2);
      if (key !== undefined && value !== undefined) {
        items.push({ key: lo.expr(key), v: lo.expr(value), s, e: child.endIndex - base });
        continue;
      }
    } else if (type === grammar.dictionarySplat) {
      const [value] = lo.kids(child, 1);
      if (value !== undefined) {
        items.push({ key: null, v: lo.expr(value), s, e: child.endIndex - base });
        continue;
      }
    }
    // Only broken code comes here. Its values may be in the dictionary: as `**x` they are.
    items.push({ key: null, v: lo.unknown(child), s, e: child.endIndex - base });
  }
  return { k: "dict", items, s: n.startIndex - base, e: n.endIndex - base };
}

function comprehension(kind: CompExpr["kind"]): ExprHandler {
  return (lo, n) => {
    const { grammar } = lo;
    const s = n.startIndex - lo.base;
    const result: CompExpr = {
      k: "comp",
      kind,
      x: { k: "unknown", xs: [], s, e: s },
      clauses: [],
      s,
      e: n.endIndex - lo.base,
    };
    for (const child of n.namedChildren) {
      const type = child.typeId;
      if (lo.isExtra(type)) continue;
      if (type === grammar.forInClause) {
        const [target, ...iters] = lo.kids(child, 2);
        if (target === undefined || iters.length === 0) continue;
        const xs = lo.exprs(iters);
        const first = xs[0]!;
        const iter: Expr = xs.length === 1 ? first : { k: "tuple", xs, s: first.s, e: xs.at(-1)!.e };
        const async = lo.text.startsWith("async", child.startIndex);
        result.clauses.push({ t: "for", target: lo.expr(target), iter, async });
      } else if (type === grammar.ifClause) {
        const [c] = lo.kids(child, 1);
        if (c !== undefined) result.clauses.push({ t: "if", c: lo.expr(c) });
      } else if (type === grammar.pair) {
        const [key, value] = lo.kids(child, 2);
        if (key !== undefined) result.x = lo.expr(key);
        if (value !== undefined) result.v = lo.expr(value);
      } else result.x = lo.exprOfType(child, type);
    }
    return result;
  };
}

function conditional(lo: Lowerer, n: Node): Expr {
  const [a, c, b] = lo.kids(n, 3);
  if (a === undefined || b === undefined || c === undefined) return lo.unknown(n);
  return { k: "cond", c: lo.expr(c), a: lo.expr(a), b: lo.expr(b), s: n.startIndex - lo.base, e: n.endIndex - lo.base };
}

function awaited(lo: Lowerer, n: Node): Expr {
  const [x] = lo.kids(n, 1);
  if (x === undefined) return lo.unknown(n);
  return { k: "await", x: lo.expr(x), s: n.startIndex - lo.base, e: n.endIndex - lo.base };
}

function yielded(lo: Lowerer, n: Node): Expr {
  lo.sawYield = true;
  const [x] = lo.kids(n, 1);
  const s = n.startIndex;
  const from = x !== undefined && /^yield\s+from\b/.test(lo.text.slice(s, x.startIndex));
  return { k: "yield", x: x === undefined ? null : lo.expr(x), from, s: s - lo.base, e: n.endIndex - lo.base };
}

function walrus(lo: Lowerer, n: Node): Expr {
  const [name, x] = lo.kids(n, 2);
  if (name === undefined || x === undefined) return lo.unknown(n);
  return { k: "walrus", name: lo.textOf(name), x: lo.expr(x), s: n.startIndex - lo.base, e: n.endIndex - lo.base };
}

/** Brackets vanish, however many; the span is that of what they hold. */
function parenthesized(lo: Lowerer, n: Node): Expr {
  const { grammar } = lo;
  let node = n;
  for (;;) {
    const kids = lo.kids(node, 1);
    const inner = kids[0];
    if (inner === undefined || kids.length > 1) return lo.unknown(node);
    const type = inner.typeId;
    if (type !== grammar.parenthesizedExpression) return lo.exprOfType(inner, type);
    node = inner;
  }
}

/** A node around one expression: a type annotation, the target after `as`, `>>f` after `print`. */
function wrapper(lo: Lowerer, n: Node): Expr {
  const [x] = lo.kids(n, 1);
  return x === undefined ? lo.unknown(n) : lo.expr(x);
}

/** `list[int]` in an annotation. */
function genericType(lo: Lowerer, n: Node): Expr {
  const [name, parameters] = lo.kids(n, 2);
  if (name === undefined || parameters === undefined) return lo.unknown(n);
  const xs = lo.exprs(parameters.namedChildren);
  const last = xs.at(-1);
  if (last === undefined) return lo.unknown(n);
  const i: Expr = xs.length === 1 ? last : { k: "tuple", xs, s: xs[0]!.s, e: last.e };
  return { k: "sub", o: lo.expr(name), i, s: n.startIndex - lo.base, e: n.endIndex - lo.base };
}

function unionType(lo: Lowerer, n: Node): Expr {
  const [l, r] = lo.kids(n, 2);
  if (l === undefined || r === undefined) return lo.unknown(n);
  return { k: "bin", op: "|", l: lo.expr(l), r: lo.expr(r), s: n.startIndex - lo.base, e: n.endIndex - lo.base };
}

/** `except A as b` and `with x as y` are read by their statements; elsewhere the alias is only a value. */
function asPattern(lo: Lowerer, n: Node): Expr {
  const kids = lo.kids(n);
  return { k: "unknown", xs: lo.exprs(kids), s: n.startIndex - lo.base, e: n.endIndex - lo.base };
}

export const EXPRESSIONS: Readonly<Record<string, ExprHandler>> = {
  identifier,
  keyword_identifier: identifier,
  true: constant("bool", true),
  false: constant("bool", false),
  none: constant("none", null),
  ellipsis: constant("ellipsis", null),
  integer,
  float,
  binary_operator: binary,
  boolean_operator: boolean,
  comparison_operator: comparison,
  not_operator: unary,
  unary_operator: unary,
  attribute,
  dotted_name: dottedName,
  subscript,
  slice,
  call,
  list_splat: star,
  list_splat_pattern: star,
  dictionary_splat: star,
  dictionary_splat_pattern: star,
  splat_type: star,
  tuple: sequence("tuple"),
  tuple_pattern: tuplePattern,
  expression_list: sequence("tuple"),
  pattern_list: sequence("tuple"),
  list: sequence("list"),
  list_pattern: sequence("list"),
  set: sequence("set"),
  dictionary,
  list_comprehension: comprehension("list"),
  set_comprehension: comprehension("set"),
  dictionary_comprehension: comprehension("dict"),
  generator_expression: comprehension("gen"),
  conditional_expression: conditional,
  await: awaited,
  yield: yielded,
  named_expression: walrus,
  parenthesized_expression: parenthesized,
  parenthesized_list_splat: parenthesized,
  type: wrapper,
  as_pattern_target: wrapper,
  chevron: wrapper,
  generic_type: genericType,
  union_type: unionType,
  member_type: attribute,
  as_pattern: asPattern,
};
