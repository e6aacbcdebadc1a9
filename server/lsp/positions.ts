/** Offsets of the engine (UTF-16 code units) to positions of the protocol (0-based line and UTF-16 column) and back. */
import type { Position, Range } from "vscode-languageserver";
import { TextDocument, type TextDocumentContentChangeEvent } from "vscode-languageserver-textdocument";
import type { TextChange } from "../analysis/engine-api.js";

/** A range of a document, from offsets. Offsets outside the text are taken as its start or end. */
export function rangeOf(document: TextDocument, start: number, end: number): Range {
  return { start: positionOf(document, start), end: positionOf(document, end) };
}

/** An editor shows no byte order mark and counts no column for it. */
function positionOf(document: TextDocument, offset: number): Position {
  const { line, character } = document.positionAt(offset);
  const mark = line === 0 && document.getText().charCodeAt(0) === 0xfeff ? 1 : 0;
  return { line, character: Math.max(0, character - mark) };
}

/**
 * Applies the changes of one notification to a document.
 *
 * @param document changed in place
 * @param changes as the protocol has them: in order, each against the text that the former gave
 * @returns the same changes with offsets, as the engine takes them
 */
export function applyChanges(
  document: TextDocument,
  changes: readonly TextDocumentContentChangeEvent[],
  version: number,
): TextChange[] {
  return changes.map((change) => {
    const ranged = "range" in change ? change.range : undefined;
    const start = ranged ? document.offsetAt(ranged.start) : 0;
    const end = ranged ? document.offsetAt(ranged.end) : document.getText().length;
    TextDocument.update(document, [change], version);
    return { start: Math.min(start, end), end: Math.max(start, end), text: change.text };
  });
}

/** Whether two ranges touch: share a character, or one lies at an end of the other. */
export function touches(a: Range, b: Range): boolean {
  const before = (x: Range, y: Range) =>
    x.end.line < y.start.line || (x.end.line === y.start.line && x.end.character < y.start.character);
  return !before(a, b) && !before(b, a);
}
