/** Edits of the engine put together, and as edits of the protocol. */
import type { TextDocumentEdit, TextEdit, WorkspaceEdit } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { TextChange } from "../analysis/engine-api.js";
import type { Edit } from "../analysis/finding.js";
import { rangeOf } from "./positions.js";

type Piece = { from: number; to: number } | { text: string };

function lengthOf(piece: Piece): number {
  return "text" in piece ? piece.text.length : piece.to - piece.from;
}

function cut(piece: Piece, from: number, to: number): Piece {
  if ("text" in piece) return { text: piece.text.slice(from, to) };
  return { from: piece.from + from, to: piece.from + to };
}

/**
 * A text that is edited several times over and remembers which of its parts are still the original's, so that all the
 * edits together can be told as edits of the original.
 */
export class EditedText {
  private pieces: Piece[];

  constructor(private readonly original: string) {
    this.pieces = [{ from: 0, to: original.length }];
  }

  /** The text as it is now. */
  get text(): string {
    return this.pieces
      .map((piece) => ("text" in piece ? piece.text : this.original.slice(piece.from, piece.to)))
      .join("");
  }

  /** Applies edits whose offsets all mean the text as it is now; they must not overlap. */
  apply(edits: readonly TextChange[]): void {
    for (const edit of [...edits].sort((a, b) => b.start - a.start || b.end - a.end)) {
      const from = this.splitAt(edit.start);
      const to = this.splitAt(edit.end);
      this.pieces.splice(from, to - from, ...(edit.text === "" ? [] : [{ text: edit.text }]));
    }
  }

  /** Makes a border between pieces at an offset of the text as it is now; returns the index of the piece behind it. */
  private splitAt(offset: number): number {
    let at = 0;
    for (const [index, piece] of this.pieces.entries()) {
      if (at >= offset) return index;
      const length = lengthOf(piece);
      if (offset < at + length) {
        this.pieces.splice(index, 1, cut(piece, 0, offset - at), cut(piece, offset - at, length));
        return index + 1;
      }
      at += length;
    }
    return this.pieces.length;
  }

  /** All edits since the start, as edits of the original, in order. */
  changes(): TextChange[] {
    const changes: TextChange[] = [];
    let at = 0;
    let text = "";
    for (const piece of [...this.pieces, { from: this.original.length, to: this.original.length }]) {
      if ("text" in piece) {
        text += piece.text;
        continue;
      }
      if (text !== "" || piece.from > at) changes.push({ start: at, end: piece.from, text });
      at = piece.to;
      text = "";
    }
    return changes;
  }
}

/** Whether two edits of one file would disturb each other. */
export function overlap(a: Edit, b: Edit): boolean {
  if (a.file !== b.file) return false;
  if (a.start === a.end && b.start === b.end) return a.start === b.start;
  return a.start < b.end && b.start < a.end;
}

/**
 * A workspace edit from edits of the engine.
 *
 * @param documents text, URI and version (null when not open) of each file that is edited
 * @param versioned whether the client takes versions; without them an edit that comes late would hit the wrong place
 */
export function workspaceEdit(
  edits: readonly Edit[],
  documents: (file: string) => { document: TextDocument; uri: string; version: number | null } | undefined,
  versioned: boolean,
): WorkspaceEdit | undefined {
  const byFile = new Map<string, Edit[]>();
  for (const edit of edits) byFile.set(edit.file, [...(byFile.get(edit.file) ?? []), edit]);
  const parts: TextDocumentEdit[] = [];
  for (const [file, ofFile] of byFile) {
    const place = documents(file);
    if (!place) return undefined;
    const textEdits: TextEdit[] = ofFile.map((edit) => ({
      range: rangeOf(place.document, edit.start, edit.end),
      newText: edit.text,
    }));
    parts.push({ textDocument: { uri: place.uri, version: place.version }, edits: textEdits });
  }
  if (versioned) return { documentChanges: parts };
  return {
    changes: Object.fromEntries(parts.map((part) => [part.textDocument.uri, part.edits.filter((e) => "newText" in e)])),
  };
}
