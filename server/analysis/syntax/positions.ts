/** Offsets to rows and columns, as an incremental parse wants them. */
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

/** The one stretch in which two texts differ. */
export function difference(before: string, after: string): { start: number; oldEnd: number; newEnd: number } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let same = 0;
  while (
    same < shorter - start &&
    before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)
  ) {
    same++;
  }
  return { start, oldEnd: before.length - same, newEnd: after.length - same };
}
