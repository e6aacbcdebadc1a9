/** Statements other than definitions and `match`. */
import type { Node } from "web-tree-sitter";
import type { Expr, ImportName, Stmt } from "../ir.js";
import type { StmtHandler } from "./grammar.js";
import { DEPTH_LIMIT, type Lowerer } from "./lowerer.js";
import { matchStatement } from "./patterns.js";

type TryStmt = Extract<Stmt, { k: "try" }>;
type WithStmt = Extract<Stmt, { k: "with" }>;

/** `x`, `x, y`, `x,`, an assignment or a `yield`. */
function expressionStatement(lo: Lowerer, node: Node, out: Stmt[]): void {
  const { grammar } = lo;
  const kids = lo.kids(node, 1);
  const first = kids[0];
  if (first === undefined) return;
  const s = node.startIndex - lo.base;
  const end = node.endIndex;
  const type = first.typeId;
  if (type === grammar.assignment) assignment(lo, first, out);
  else if (type === grammar.augmentedAssignment) augmented(lo, first, out);
  else if (kids.length > 1 || lo.text.charCodeAt(end - 1) === 44 /* , */) {
    out.push({ k: "expr", x: { k: "tuple", xs: lo.exprs(kids), s, e: end - lo.base }, s, e: end - lo.base });
  } else out.push({ k: "expr", x: lo.exprOfType(first, type), s, e: end - lo.base });
}

/** `a = b = v` is nested to the right in the tree and one statement here. */
function assignment(lo: Lowerer, node: Node, out: Stmt[]): void {
  const { grammar } = lo;
  const s = node.startIndex - lo.base;
  const e = node.endIndex - lo.base;
  const targets: Expr[] = [];
  let ann: Expr | undefined;
  let value: Expr | null = null;
  let next: Node | undefined = node;
  while (next !== undefined) {
    const kids = lo.kids(next, 2);
    next = undefined;
    const target = kids[0];
    if (target === undefined) break;
    targets.push(lo.expr(target));
    for (let i = 1; i < kids.length; i++) {
      const kid = kids[i]!;
      const type = kid.typeId;
      if (type === grammar.type) ann = lo.exprOfType(kid, type);
      else if (type === grammar.assignment) next = kid;
      else if (type === grammar.augmentedAssignment) {
        // Not Python; what is assigned still counts.
        const nested: Stmt[] = [];
        augmented(lo, kid, nested);
        const only = nested[0];
        if (only?.k === "aug") value = only.v;
        out.push(...nested);
      } else value = lo.exprOfType(kid, type);
    }
  }
  if (ann === undefined) out.push({ k: "assign", targets, v: value, s, e });
  else out.push({ k: "assign", targets, v: value, ann, s, e });
}

function augmented(lo: Lowerer, node: Node, out: Stmt[]): void {
  const [left, right] = lo.kids(node, 2);
  if (left === undefined || right === undefined) return;
  const between = lo.text.slice(left.endIndex, right.startIndex);
  const op = /([-+*/%@&|^<>]+)=/.exec(between)?.[1] ?? "";
  const s = node.startIndex - lo.base;
  out.push({ k: "aug", target: lo.expr(left), op, v: lo.expr(right), s, e: node.endIndex - lo.base });
}

function returnStatement(lo: Lowerer, node: Node, out: Stmt[]): void {
  const [x] = lo.kids(node, 1);
  const s = node.startIndex - lo.base;
  out.push({ k: "return", x: x === undefined ? null : lo.expr(x), s, e: node.endIndex - lo.base });
}

function raiseStatement(lo: Lowerer, node: Node, out: Stmt[]): void {
  const [x, cause] = lo.exprs(lo.kids(node));
  out.push({
    k: "raise",
    x: x ?? null,
    cause: cause ?? null,
    s: node.startIndex - lo.base,
    e: node.endIndex - lo.base,
  });
}

function deleteStatement(lo: Lowerer, node: Node, out: Stmt[]): void {
  const xs = lo.exprs(lo.kids(node)).flatMap((x) => (x.k === "tuple" || x.k === "list" ? x.xs : [x]));
  out.push({ k: "del", xs, s: node.startIndex - lo.base, e: node.endIndex - lo.base });
}

function assertStatement(lo: Lowerer, node: Node, out: Stmt[]): void {
  const [c, msg] = lo.exprs(lo.kids(node));
  if (c === undefined) return;
  out.push({ k: "assert", c, msg: msg ?? null, s: node.startIndex - lo.base, e: node.endIndex - lo.base });
}

function word(k: "pass" | "break" | "continue"): StmtHandler {
  return (lo, node, out) => {
    out.push({ k, s: node.startIndex - lo.base, e: node.endIndex - lo.base });
  };
}

function declaration(k: "global" | "nonlocal"): StmtHandler {
  return (lo, node, out) => {
    const names = lo.kids(node).map((n) => lo.textOf(n));
    out.push({ k, names, s: node.startIndex - lo.base, e: node.endIndex - lo.base });
  };
}

/** `print x`, `exec x`, `type X = y`: nothing is bound that matters, the expressions count. */
function otherStatement(lo: Lowerer, node: Node, out: Stmt[]): void {
  out.push({ k: "other", xs: lo.exprs(lo.kids(node)), s: node.startIndex - lo.base, e: node.endIndex - lo.base });
}

/** `type X = y`; but `type(x).a = y`, which the grammar takes for the same, is an assignment. */
function typeAlias(lo: Lowerer, node: Node, out: Stmt[]): void {
  const [left, right] = lo.kids(node, 2);
  if (left === undefined || right === undefined || lo.text[left.startIndex] !== "(") {
    otherStatement(lo, node, out);
    return;
  }
  const s = node.startIndex - lo.base;
  const open = left.startIndex - lo.base;
  const f: Expr = { k: "name", id: "type", s, e: s + "type".length };
  const target = calledFirst(lo, lo.expr(left), f, open);
  out.push({ k: "assign", targets: [target], v: lo.expr(right), s, e: node.endIndex - lo.base });
}

/** Puts a call around what stands first in a chain: `(x).a` becomes `type(x).a`. */
function calledFirst(lo: Lowerer, x: Expr, f: Expr, open: number): Expr {
  if (x.k === "attr" || x.k === "sub") return { ...x, o: calledFirst(lo, x.o, f, open), s: f.s };
  if (x.k === "call") return { ...x, f: calledFirst(lo, x.f, f, open), s: f.s };
  const close = lo.text.indexOf(")", x.e - (x.k === "tuple" ? 1 : 0) + lo.base);
  return { k: "call", f, args: x.k === "tuple" ? x.xs : [x], kw: [], ps: open, s: f.s, e: close + 1 - lo.base };
}

/** A dotted name as text; blanks and line continuations between its parts go. */
function dotted(lo: Lowerer, node: Node): string {
  const text = lo.textOf(node);
  return /[\s\\]/.test(text) ? text.replace(/[\s\\]/g, "") : text;
}

function importedName(lo: Lowerer, node: Node, type: number): ImportName | undefined {
  const { grammar } = lo;
  const s = node.startIndex - lo.base;
  const e = node.endIndex - lo.base;
  if (type === grammar.aliasedImport) {
    const [name, as] = lo.kids(node, 2);
    if (name === undefined) return undefined;
    return as === undefined ? { name: dotted(lo, name), s, e } : { name: dotted(lo, name), as: lo.textOf(as), s, e };
  }
  if (type === grammar.wildcardImport) return { name: "*", s, e };
  if (type === grammar.dottedName || type === grammar.identifier) return { name: dotted(lo, node), s, e };
  return undefined;
}

function importedNames(lo: Lowerer, nodes: readonly Node[], from: number): ImportName[] {
  const names: ImportName[] = [];
  for (let i = from; i < nodes.length; i++) {
    const node = nodes[i]!;
    const name = importedName(lo, node, node.typeId);
    if (name !== undefined) names.push(name);
  }
  return names;
}

function importStatement(lo: Lowerer, node: Node, out: Stmt[]): void {
  const names = importedNames(lo, lo.kids(node), 0);
  out.push({ k: "import", names, s: node.startIndex - lo.base, e: node.endIndex - lo.base });
}

function fromStatement(lo: Lowerer, node: Node, out: Stmt[]): void {
  const kids = lo.kids(node);
  const source = kids[0];
  if (source === undefined) return;
  let module = dotted(lo, source);
  let level = 0;
  while (module[level] === ".") level++;
  module = module.slice(level);
  const names = importedNames(lo, kids, 1);
  out.push({ k: "from", module, level, names, s: node.startIndex - lo.base, e: node.endIndex - lo.base });
}

function futureStatement(lo: Lowerer, node: Node, out: Stmt[]): void {
  const names = importedNames(lo, lo.kids(node), 0);
  const s = node.startIndex - lo.base;
  out.push({ k: "from", module: "__future__", level: 0, names, s, e: node.endIndex - lo.base });
}

/** The parts of a compound statement: expressions before the block, the blocks, the clauses behind. */
interface Parts {
  heads: Node[];
  body: Stmt[];
  clauses: { node: Node; type: number }[];
}

function partsOf(lo: Lowerer, node: Node): Parts {
  const { grammar } = lo;
  const parts: Parts = { heads: [], body: [], clauses: [] };
  for (const kid of lo.kids(node)) {
    const type = kid.typeId;
    if (type === grammar.block) {
      const body = lo.block(kid);
      if (parts.body.length === 0) parts.body = body;
      else parts.body.push(...body);
    } else if (
      type === grammar.elifClause ||
      type === grammar.elseClause ||
      type === grammar.exceptClause ||
      type === grammar.finallyClause
    ) {
      parts.clauses.push({ node: kid, type });
    } else parts.heads.push(kid);
  }
  return parts;
}

/** Stands where broken code has nothing. */
function absent(lo: Lowerer, node: Node): Expr {
  const s = node.startIndex - lo.base;
  return { k: "unknown", xs: [], s, e: s };
}

function head(lo: Lowerer, parts: Parts, node: Node): Expr {
  const first = parts.heads[0];
  return first === undefined ? absent(lo, node) : lo.expr(first);
}

/**
 * `elif` nests in `orelse`. A chain longer than the bound goes on as `if` statements side by side in the last `orelse`:
 * all its branches are still seen, only that they exclude one another is not.
 */
function ifStatement(lo: Lowerer, node: Node, out: Stmt[]): void {
  const e = node.endIndex - lo.base;
  const parts = partsOf(lo, node);
  const depth = lo.depth;
  let into: Stmt[] = [];
  out.push({ k: "if", c: head(lo, parts, node), body: parts.body, orelse: into, s: node.startIndex - lo.base, e });
  for (const clause of parts.clauses) {
    const own = partsOf(lo, clause.node);
    if (clause.type !== lo.grammar.elifClause) {
      into.push(...own.body);
      continue;
    }
    const orelse: Stmt[] = [];
    const s = clause.node.startIndex - lo.base;
    into.push({ k: "if", c: head(lo, own, clause.node), body: own.body, orelse, s, e });
    if (lo.depth < DEPTH_LIMIT - 50) {
      lo.depth++;
      into = orelse;
    } else lo.truncated = true;
  }
  lo.depth = depth;
}

function elseBody(lo: Lowerer, parts: Parts): Stmt[] {
  const out: Stmt[] = [];
  for (const clause of parts.clauses) out.push(...partsOf(lo, clause.node).body);
  return out;
}

function forStatement(lo: Lowerer, node: Node, out: Stmt[]): void {
  const parts = partsOf(lo, node);
  const [target, iter] = parts.heads;
  out.push({
    k: "for",
    target: target === undefined ? absent(lo, node) : lo.expr(target),
    iter: iter === undefined ? absent(lo, node) : lo.expr(iter),
    body: parts.body,
    orelse: elseBody(lo, parts),
    async: lo.text.startsWith("async", node.startIndex),
    s: node.startIndex - lo.base,
    e: node.endIndex - lo.base,
  });
}

function whileStatement(lo: Lowerer, node: Node, out: Stmt[]): void {
  const parts = partsOf(lo, node);
  const s = node.startIndex - lo.base;
  const c = head(lo, parts, node);
  out.push({ k: "while", c, body: parts.body, orelse: elseBody(lo, parts), s, e: node.endIndex - lo.base });
}

function withItem(lo: Lowerer, node: Node, items: WithStmt["items"]): void {
  const type = node.typeId;
  if (type === lo.grammar.withItem) {
    for (const kid of lo.kids(node, 1)) withItem(lo, kid, items);
  } else if (type === lo.grammar.asPattern) {
    const [x, target] = lo.kids(node, 2);
    if (x !== undefined) items.push({ x: lo.expr(x), target: target === undefined ? null : lo.expr(target) });
  } else if (type === lo.grammar.parenthesizedExpression) {
    for (const kid of lo.kids(node, 1)) withItem(lo, kid, items);
  } else items.push({ x: lo.exprOfType(node, type), target: null });
}

function withStatement(lo: Lowerer, node: Node, out: Stmt[]): void {
  const items: WithStmt["items"] = [];
  const parts = partsOf(lo, node);
  for (const clause of parts.heads) {
    for (const item of lo.kids(clause)) withItem(lo, item, items);
  }
  const async = lo.text.startsWith("async", node.startIndex);
  out.push({ k: "with", items, body: parts.body, async, s: node.startIndex - lo.base, e: node.endIndex - lo.base });
}

function handler(lo: Lowerer, node: Node): TryStmt["handlers"][number] {
  const parts = partsOf(lo, node);
  const s = node.startIndex;
  const [first, second] = parts.heads;
  const star = first !== undefined && lo.text.slice(s + "except".length, first.startIndex).includes("*");
  let type: Expr | null = null;
  let name: string | null = null;
  if (first !== undefined && second === undefined && first.typeId === lo.grammar.asPattern) {
    const [x, target] = lo.kids(first, 2);
    type = x === undefined ? null : lo.expr(x);
    name = target === undefined ? null : lo.textOf(target);
  } else if (first !== undefined && second !== undefined) {
    if (/^\s*as\b/.test(lo.text.slice(first.endIndex, second.startIndex))) {
      type = lo.expr(first);
      name = lo.textOf(second);
    } else {
      const xs = lo.exprs(parts.heads);
      type = { k: "tuple", xs, s: xs[0]!.s, e: xs.at(-1)!.e };
    }
  } else if (first !== undefined) type = lo.expr(first);
  return { type, name, body: parts.body, star, s: s - lo.base, e: node.endIndex - lo.base };
}

function tryStatement(lo: Lowerer, node: Node, out: Stmt[]): void {
  const { grammar } = lo;
  const parts = partsOf(lo, node);
  const s = node.startIndex - lo.base;
  const result: TryStmt = {
    k: "try",
    body: parts.body,
    handlers: [],
    orelse: [],
    final: [],
    s,
    e: node.endIndex - lo.base,
  };
  for (const clause of parts.clauses) {
    if (clause.type === grammar.exceptClause) result.handlers.push(handler(lo, clause.node));
    else if (clause.type === grammar.elseClause) result.orelse.push(...partsOf(lo, clause.node).body);
    else if (clause.type === grammar.finallyClause) result.final.push(...partsOf(lo, clause.node).body);
  }
  out.push(result);
}

/** A block that stands where the grammar has none (in an ERROR node): its statements count. */
function looseBlock(lo: Lowerer, node: Node, out: Stmt[]): void {
  out.push(...lo.block(node));
}

export const STATEMENTS: Readonly<Record<string, StmtHandler>> = {
  expression_statement: expressionStatement,
  assignment,
  augmented_assignment: augmented,
  return_statement: returnStatement,
  raise_statement: raiseStatement,
  delete_statement: deleteStatement,
  assert_statement: assertStatement,
  pass_statement: word("pass"),
  break_statement: word("break"),
  continue_statement: word("continue"),
  global_statement: declaration("global"),
  nonlocal_statement: declaration("nonlocal"),
  import_statement: importStatement,
  import_from_statement: fromStatement,
  future_import_statement: futureStatement,
  print_statement: otherStatement,
  exec_statement: otherStatement,
  type_alias_statement: typeAlias,
  if_statement: ifStatement,
  for_statement: forStatement,
  while_statement: whileStatement,
  with_statement: withStatement,
  try_statement: tryStatement,
  match_statement: matchStatement,
  block: looseBlock,
};
