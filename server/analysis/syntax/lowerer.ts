/** The state of one lowering, and the ways from a node to its form. What each node type means stands in the tables. */
import type { Node } from "web-tree-sitter";
import type { Chunk, Expr, NameExpr, Stmt } from "../ir.js";
import { ERROR_TYPE, type Grammar } from "./grammar.js";

/**
 * Deepest nesting of the intermediate form that one construct may add to another. Whoever reads the form may recurse.
 * CPython itself gives up at 100 indents and 200 brackets.
 */
export const DEPTH_LIMIT = 400;

/** How many names are still picked out of what lies below the bound. */
const GATHER_LIMIT = 64;

export class Lowerer {
  readonly grammar: Grammar;
  readonly text: string;
  /** The chunk that is being lowered; offsets are relative to `base`. */
  chunk: Chunk;
  base = 0;
  depth = 0;
  truncated = false;
  /** The function that is being lowered has a `yield` of its own. */
  sawYield = false;
  /** Expressions found in ERROR nodes where the form has no place for them; the statement puts them before itself. */
  strays: Expr[] = [];

  constructor(grammar: Grammar, text: string, file: string) {
    this.grammar = grammar;
    this.text = text;
    this.chunk = { file, base: 0 };
  }

  /** Starts a chunk at an offset of the file. */
  enter(chunk: Chunk): void {
    this.chunk = chunk;
    this.base = chunk.base;
  }

  /** Lowers an expression of whatever type. */
  expr(node: Node): Expr {
    return this.exprOfType(node, node.typeId);
  }

  /** Like `expr`, where the caller has read the type already. */
  exprOfType(node: Node, type: number): Expr {
    if (this.depth >= DEPTH_LIMIT) return this.tooDeep(node);
    this.depth++;
    const handler = this.grammar.expressions[type];
    const result = handler === undefined ? this.unknown(node) : handler(this, node);
    this.depth--;
    return result;
  }

  /** Lowers a list of expressions, leaving out comments. */
  exprs(nodes: readonly Node[], from = 0): Expr[] {
    const out: Expr[] = [];
    for (let i = from; i < nodes.length; i++) {
      const node = nodes[i]!;
      const type = node.typeId;
      if (this.isExtra(type)) continue;
      out.push(this.exprOfType(node, type));
    }
    return out;
  }

  isExtra(type: number): boolean {
    return type === this.grammar.comment || type === this.grammar.lineContinuation;
  }

  /**
   * Named children that the grammar put there: no comments, and what stands in ERROR nodes goes to the strays.
   * `expected` is the number of children when there are neither; then nothing is looked at.
   */
  kids(node: Node, expected = -1): Node[] {
    const all = node.namedChildren;
    if (all.length === expected) return all;
    const out: Node[] = [];
    for (const child of all) {
      const type = child.typeId;
      if (this.isExtra(type)) continue;
      if (type === ERROR_TYPE) this.strays.push(this.exprOfType(child, type));
      else out.push(child);
    }
    return out;
  }

  /** A node that is not understood: its children still count. */
  unknown(node: Node): Expr {
    const out: Expr[] = [];
    this.scattered(node, out);
    return { k: "unknown", xs: out, s: node.startIndex - this.base, e: node.endIndex - this.base };
  }

  /** Expressions among the children of a node that is not understood, and of statements in them. */
  scattered(node: Node, out: Expr[]): void {
    if (this.depth >= DEPTH_LIMIT) {
      out.push(this.tooDeep(node));
      return;
    }
    this.depth++;
    for (const child of node.namedChildren) {
      const type = child.typeId;
      if (this.isExtra(type)) continue;
      if (this.grammar.expressions[type] !== undefined) out.push(this.exprOfType(child, type));
      else this.scattered(child, out);
    }
    this.depth--;
  }

  /** Nesting beyond the bound: no form, only the first names in it. Works without recursion. */
  tooDeep(node: Node): Expr {
    this.truncated = true;
    const names: NameExpr[] = [];
    const open = [node];
    for (let next = open.pop(); next !== undefined && names.length < GATHER_LIMIT; next = open.pop()) {
      if (next.typeId === this.grammar.identifier) {
        const e = next.endIndex;
        names.push({
          k: "name",
          id: this.text.slice(next.startIndex, e),
          s: next.startIndex - this.base,
          e: e - this.base,
        });
        continue;
      }
      const children = next.namedChildren;
      for (let i = children.length - 1; i >= 0; i--) open.push(children[i]!);
    }
    return { k: "unknown", xs: names, s: node.startIndex - this.base, e: node.endIndex - this.base };
  }

  /** Lowers one statement; several where an ERROR node holds several. */
  stmt(node: Node, out: Stmt[]): void {
    const type = node.typeId;
    if (this.isExtra(type)) return;
    if (this.depth >= DEPTH_LIMIT) {
      const x = this.tooDeep(node);
      out.push({ k: "other", xs: [x], s: x.s, e: x.e });
      return;
    }
    this.depth++;
    const handler = this.grammar.statements[type];
    const at = out.length;
    // Those found in the head of a compound statement are not for its body.
    const outer = this.strays;
    if (outer.length > 0) this.strays = [];
    if (handler !== undefined) handler(this, node, out);
    else if (this.grammar.expressions[type] !== undefined) {
      const x = this.exprOfType(node, type);
      out.push({ k: "other", xs: [x], s: x.s, e: x.e });
    } else this.recovered(node, out);
    if (this.strays.length > 0) this.placeStrays(node, out, at);
    this.strays = outer;
    this.depth--;
  }

  /** Puts expressions out of ERROR nodes into a statement of their own. */
  placeStrays(node: Node, out: Stmt[], at: number): void {
    if (this.strays.length === 0) return;
    const xs = this.strays.splice(0);
    out.splice(at, 0, { k: "other", xs, s: node.startIndex - this.base, e: node.endIndex - this.base });
  }

  /** Statements and expressions that stand in an ERROR node. */
  private recovered(node: Node, out: Stmt[]): void {
    for (const child of node.namedChildren) this.stmt(child, out);
  }

  /** Lowers the statements of a block. */
  block(node: Node): Stmt[] {
    const out: Stmt[] = [];
    for (const child of node.namedChildren) this.stmt(child, out);
    return out;
  }

  /** Text of a node. */
  textOf(node: Node): string {
    return this.text.slice(node.startIndex, node.endIndex);
  }
}
