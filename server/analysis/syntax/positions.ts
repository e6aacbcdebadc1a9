/** Offsets to rows and columns, and stretches of change, as an incremental parse wants them. */
import type { Point } from "web-tree-sitter";

/** Row and column (UTF-16 code units) of an offset; only line feeds end a line, as for the parser. */
export function positionAt(text: string, offset: number): Point {
  let row = 0;
  let lineStart = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) {
    row++;
    lineStart = at + 1;
  }
  return { row, column: offset - lineStart };
}

/** What happened to a text, as one replaced stretch. */
export interface Hull {
  start: number;
  /** In the text before. */
  oldEnd: number;
  /** In the text after. */
  newEnd: number;
}

/** Code units that are compared at once. */
const BLOCK = 4096;

/** The one stretch in which two texts differ. */
export function difference(before: string, after: string): Hull {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  // Whole blocks first: the runtime compares them much faster than a loop does.
  while (start + BLOCK <= shorter && before.slice(start, start + BLOCK) === after.slice(start, start + BLOCK))
    start += BLOCK;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  const rest = shorter - start;
  const [b, a] = [before.length, after.length];
  let same = 0;
  while (same + BLOCK <= rest && before.slice(b - same - BLOCK, b - same) === after.slice(a - same - BLOCK, a - same))
    same += BLOCK;
  while (same < rest && before.charCodeAt(b - 1 - same) === after.charCodeAt(a - 1 - same)) same++;
  return { start, oldEnd: before.length - same, newEnd: after.length - same };
}

/** Widens a replaced stretch by a further change, whose offsets count in the text that the stretch's `newEnd` is in. */
export function grow(hull: Hull | undefined, change: Hull): Hull {
  if (hull === undefined) return change;
  const beyond = Math.max(0, change.oldEnd - hull.newEnd);
  return {
    start: Math.min(hull.start, change.start),
    oldEnd: hull.oldEnd + beyond,
    newEnd: hull.newEnd + beyond + change.newEnd - change.oldEnd,
  };
}
