/** What is lowered: a file's own text, or that text without the unfinished statements that broke more than themselves. */
import { Edit, type Node, type Parser, type Tree } from "web-tree-sitter";
import type { Span } from "../ir.js";
import { mend } from "./mend.js";
import { difference, type Hull, positionAt } from "./positions.js";

/** Most syntax errors that a module reports. */
export const ERROR_LIMIT = 20;

/** Errors that are added up to tell which of two parses lost less. */
const DAMAGE_LIMIT = 500;

/** Longest text that is mended, in code units: nobody types in longer ones, and they would be parsed twice. */
const MEND_LENGTH = 1_000_000;

/**
 * Longest broken text that is parsed from its beginning after every change, in code units: what is made of an error depends on
 * the tree that an edit started from, and this takes some milliseconds. Of a longer one it may differ from that of a file opened.
 */
const FROM_SCRATCH = 16_000;

/** A parsed text. Whoever holds it frees the tree. */
export interface Source {
  text: string;
  tree: Tree;
  /** The stretches of the file's own text that are blanked in this one; null where it is the file's own text. */
  blanked: readonly Span[] | null;
}

/** Errors in a subtree, outermost first, at most one more than the limit. Offsets count from `base`. */
export function errorsIn(node: Node, base: number, limit = ERROR_LIMIT): Span[] {
  const out: Span[] = [];
  const open = [node];
  for (let next = open.pop(); next !== undefined && out.length <= limit; next = open.pop()) {
    if (next.isError || next.isMissing) {
      out.push({ s: next.startIndex - base, e: next.endIndex - base });
      continue;
    }
    const children = next.children;
    for (let i = children.length - 1; i >= 0; i--) {
      const child = children[i]!;
      if (child.hasError) open.push(child);
    }
  }
  return out;
}

/** How much of a text is broken: code units in errors, and one for each missing token. */
function extent(spans: readonly Span[]): number {
  return spans.reduce((sum, span) => sum + Math.max(1, span.e - span.s), 0);
}

/** The tree of a text; null where the runtime gives up (out of memory). */
export function parseText(parser: Parser, text: string, old: Tree | null): Tree | null {
  try {
    return parser.parse(text, old);
  } catch {
    parser.reset();
    return null;
  }
}

/**
 * The tree of a text that was changed.
 * @param old the tree of the former text, which was told of the change; stays the caller's
 */
export function parseAgain(parser: Parser, text: string, old: Tree | null): Tree | null {
  const tree = parseText(parser, text, old);
  if (!tree?.rootNode.hasError || old === null || text.length > FROM_SCRATCH) return tree;
  tree.delete();
  return parseText(parser, text, null);
}

/** Tells a tree what was replaced in its text. */
export function editTree(tree: Tree, before: string, after: string, hull: Hull): void {
  tree.edit(
    new Edit({
      startIndex: hull.start,
      oldEndIndex: hull.oldEnd,
      newEndIndex: hull.newEnd,
      startPosition: positionAt(before, hull.start),
      oldEndPosition: positionAt(before, hull.oldEnd),
      newEndPosition: positionAt(after, hull.newEnd),
    }),
  );
}

/**
 * The text that is to be lowered, for a parsed text.
 * @param tree of the file's own text; stays the caller's. The result holds a tree of its own.
 * @param last what was lowered before; its tree stays the caller's, but is edited and of no further use
 */
export function sourceFor(parser: Parser, text: string, tree: Tree, last?: Source): Source {
  const own = (): Source => ({ text, tree: tree.copy(), blanked: null });
  if (!tree.rootNode.hasError || text.length > MEND_LENGTH) return own();
  const errors = errorsIn(tree.rootNode, 0, DAMAGE_LIMIT);
  const mended = mend(text, errors);
  if (mended === null) return own();
  const damage = extent(errors);
  const blanked = extent(mended.spans);
  if (blanked >= damage) return own();
  if (last !== undefined) editTree(last.tree, last.text, mended.text, difference(last.text, mended.text));
  const other = parseAgain(parser, mended.text, last?.tree ?? null);
  if (other === null) return own();
  if (blanked + extent(errorsIn(other.rootNode, 0, DAMAGE_LIMIT)) < damage) {
    return { text: mended.text, tree: other, blanked: mended.spans };
  }
  other.delete();
  return own();
}
