/** `match` statements: each pattern is reduced to what it binds, from where in the subject, and which values it allows. */
import type { Node } from "web-tree-sitter";
import type { Expr, Pattern, Stmt } from "../ir.js";
import type { Lowerer } from "./lowerer.js";
import { DEPTH_LIMIT } from "./lowerer.js";

type Case = Extract<Stmt, { k: "match" }>["cases"][number];

/** A step that cannot be named. */
const ANY = "*";

/** Text that a key pattern stands for. */
function keyStep(lo: Lowerer, key: Node): string {
  const x = lo.expr(key);
  return x.k === "const" && (x.t === "str" || x.t === "int") ? String(x.v) : ANY;
}

/** Patterns in order; behind a star a position is not known. */
function positions(lo: Lowerer, nodes: readonly Node[], path: readonly string[], into: Pattern, known: boolean): void {
  let exact = known;
  nodes.forEach((node, i) => {
    if (lo.text[node.startIndex] === "*") exact = false;
    read(lo, node, [...path, exact ? String(i) : ANY], into);
  });
}

/** Reads one pattern node. Gives true where it matches whatever comes. */
function read(lo: Lowerer, node: Node, path: readonly string[], into: Pattern): boolean {
  if (lo.depth >= DEPTH_LIMIT) {
    lo.truncated = true;
    return false;
  }
  lo.depth++;
  const irrefutable = readType(lo, node, path, into);
  lo.depth--;
  return irrefutable;
}

function readType(lo: Lowerer, node: Node, path: readonly string[], into: Pattern): boolean {
  const kids = lo.kids(node);
  const [first, second] = kids;
  switch (node.type) {
    case "case_pattern": {
      const text = lo.textOf(node);
      // `_` alone has no node of its own.
      if (first === undefined) return text === "_";
      return read(lo, first, path, into);
    }
    case "as_pattern": {
      const irrefutable = first !== undefined && read(lo, first, path, into);
      if (second !== undefined) into.binds.push({ name: lo.textOf(second), path: [...path] });
      return irrefutable;
    }
    case "dotted_name":
      if (kids.length > 1) {
        into.values.push(lo.expr(node));
        return false;
      }
      if (lo.textOf(node) !== "_") into.binds.push({ name: lo.textOf(node), path: [...path] });
      return true;
    case "splat_pattern":
      if (first !== undefined && lo.textOf(first) !== "_") into.binds.push({ name: lo.textOf(first), path: [...path] });
      return false;
    case "union_pattern": {
      let irrefutable = false;
      for (const kid of kids) irrefutable = read(lo, kid, path, into) || irrefutable;
      // `case "a" | _`: the wildcard has no node of its own.
      return irrefutable || /\|\s*_$/.test(lo.textOf(node));
    }
    case "tuple_pattern":
      // `(a)` is a group and no sequence.
      if (kids.length === 1 && first !== undefined && !lo.text.slice(first.endIndex, node.endIndex).includes(",")) {
        if (lo.text[first.startIndex] !== "*") return read(lo, first, path, into);
      }
      positions(lo, kids, path, into, true);
      return false;
    case "list_pattern":
      positions(lo, kids, path, into, true);
      return false;
    case "dict_pattern":
      dict(lo, kids, path, into);
      return false;
    case "class_pattern":
      classPattern(lo, kids, path, into);
      return false;
    case "keyword_pattern":
      if (first !== undefined && second !== undefined) read(lo, second, [...path, lo.textOf(first)], into);
      return false;
    default:
      into.values.push(signed(lo, node));
      return false;
  }
}

/** Whether a pattern matches nothing but values that it names. */
function isFixed(lo: Lowerer, node: Node): boolean {
  const kids = lo.kids(node);
  switch (node.type) {
    case "case_pattern":
    case "as_pattern":
      return kids[0] !== undefined && isFixed(lo, kids[0]);
    case "union_pattern":
      return kids.every((kid) => isFixed(lo, kid)) && !/\|\s*_$/.test(lo.textOf(node));
    case "dotted_name":
      return kids.length > 1;
    case "splat_pattern":
    case "tuple_pattern":
    case "list_pattern":
    case "dict_pattern":
    case "class_pattern":
    case "keyword_pattern":
      return false;
    default:
      return true;
  }
}

/** A value; the sign of a negative number stands before its node. */
function signed(lo: Lowerer, node: Node): Expr {
  const x = lo.expr(node);
  const sign =
    x.k === "const" && typeof x.v === "number" ? /-\s*$/.exec(lo.text.slice(0, node.startIndex).slice(-8)) : null;
  if (sign === null) return x;
  return { k: "un", op: "-", x, s: x.s - sign[0].length, e: x.e };
}

/** Keys and values come one after the other; a value is always wrapped in a case pattern, a key never. */
function dict(lo: Lowerer, kids: readonly Node[], path: readonly string[], into: Pattern): void {
  let step = ANY;
  for (const kid of kids) {
    const type = kid.typeId;
    if (type === lo.grammar.casePattern) read(lo, kid, [...path, step], into);
    else if (lo.text[kid.startIndex] === "*") read(lo, kid, [...path, ANY], into);
    else step = keyStep(lo, kid);
  }
}

function classPattern(lo: Lowerer, kids: readonly Node[], path: readonly string[], into: Pattern): void {
  // `str(x)` and the like bind the subject itself.
  const name = kids[0] === undefined ? "" : lo.textOf(kids[0]);
  const builtin = /^(bool|bytearray|bytes|dict|float|frozenset|int|list|set|str|tuple)$/.test(name);
  for (let i = 1; i < kids.length; i++) {
    const kid = kids[i]!;
    const keyword = lo.kids(kid)[0]?.type === "keyword_pattern";
    read(lo, kid, keyword || builtin ? path : [...path, ANY], into);
  }
}

/** The patterns of one `case`, several of which stand for a sequence. */
function casePatterns(lo: Lowerer, nodes: readonly Node[], comma: boolean): Pattern {
  const first = nodes[0];
  const last = nodes.at(-1);
  const s = (first?.startIndex ?? lo.base) - lo.base;
  const result: Pattern = {
    binds: [],
    values: [],
    fixed: false,
    irrefutable: false,
    s,
    e: (last?.endIndex ?? lo.base) - lo.base,
  };
  if (first === undefined) return result;
  if (nodes.length > 1 || comma) positions(lo, nodes, [], result, true);
  else {
    result.irrefutable = read(lo, first, [], result);
    result.fixed = isFixed(lo, first);
  }
  return result;
}

function lowerCase(lo: Lowerer, node: Node): Case {
  const { grammar } = lo;
  const patterns: Node[] = [];
  let guard: Expr | null = null;
  let body: Stmt[] = [];
  for (const child of lo.kids(node)) {
    const type = child.typeId;
    if (type === grammar.casePattern) patterns.push(child);
    else if (type === grammar.ifClause) {
      const [c] = lo.kids(child, 1);
      if (c !== undefined) guard = lo.expr(c);
    } else if (type === grammar.block) body = lo.block(child);
  }
  const last = patterns.at(-1);
  const comma = last !== undefined && /^\s*,/.test(lo.text.slice(last.endIndex, last.endIndex + 16));
  const pattern = casePatterns(lo, patterns, comma);
  return { pattern, guard, body, s: node.startIndex - lo.base, e: node.endIndex - lo.base };
}

export function matchStatement(lo: Lowerer, node: Node, out: Stmt[]): void {
  const { grammar } = lo;
  const subjects: Expr[] = [];
  const cases: Case[] = [];
  for (const child of lo.kids(node)) {
    const type = child.typeId;
    if (type !== grammar.block) {
      subjects.push(lo.exprOfType(child, type));
      continue;
    }
    for (const clause of child.namedChildren) {
      if (clause.typeId === grammar.caseClause) cases.push(lowerCase(lo, clause));
    }
  }
  const s = node.startIndex - lo.base;
  const first = subjects[0];
  const x: Expr =
    first !== undefined && subjects.length === 1
      ? first
      : { k: "tuple", xs: subjects, s: first?.s ?? s, e: subjects.at(-1)?.e ?? s };
  out.push({ k: "match", x, cases, s, e: node.endIndex - lo.base });
}
