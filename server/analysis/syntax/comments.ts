/** The comments that speak to SpillCheck. */
import type { Tree } from "web-tree-sitter";
import type { Comment } from "../ir.js";
import type { Grammar } from "./grammar.js";

/**
 * Finds `# spillcheck: ...` comments. Texts without the word cost one search; the tree is asked only whether a hit
 * stands in a comment and not in a string.
 */
export function findComments(tree: Tree, text: string, grammar: Grammar): Comment[] {
  const out: Comment[] = [];
  const pattern = /#[^\S\r\n]*spillcheck\s*:/gi;
  for (let hit = pattern.exec(text); hit !== null; hit = pattern.exec(text)) {
    const node = tree.rootNode.descendantForIndex(hit.index, hit.index + 1);
    if (node === null || node.typeId !== grammar.comment) continue;
    const s = node.startIndex;
    const line = /[\r\n]/.exec(text.slice(s, node.endIndex));
    const e = line === null ? node.endIndex : s + line.index;
    if (out.at(-1)?.s !== s) out.push({ text: text.slice(s + 1, e), s, e });
  }
  return out;
}
