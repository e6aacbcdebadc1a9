/** Offsets to lines and columns. Line ends as Python, LSP and SARIF have them: `\n`, `\r\n` and `\r`. */

/** A place in a text as people count: line and column from 1, columns in UTF-16 code units. */
export interface Position {
  line: number;
  column: number;
}

const byteOrderMark = 0xfeff;

/** Line starts of one text. A byte order mark at its beginning takes no column. */
export class LineIndex {
  readonly #starts: number[] = [0];
  readonly #length: number;
  readonly #bom: number;

  constructor(text: string) {
    this.#length = text.length;
    this.#bom = text.charCodeAt(0) === byteOrderMark ? 1 : 0;
    const lineEnd = /\r\n|\n|\r/g;
    while (lineEnd.exec(text)) this.#starts.push(lineEnd.lastIndex);
  }

  /** Number of lines; a text that ends in a line end has an empty last one. */
  get count(): number {
    return this.#starts.length;
  }

  /** @param offset UTF-16 offset; clamped to the text. */
  position(offset: number): Position {
    const at = Math.max(0, Math.min(offset, this.#length));
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    const column = at - (this.#starts[low] ?? 0) - (low === 0 ? this.#bom : 0);
    return { line: low + 1, column: Math.max(0, column) + 1 };
  }

  /** Offset at which a line (from 1) begins; the text's length for lines beyond the last. */
  lineStart(line: number): number {
    return this.#starts[line - 1] ?? this.#length;
  }
}
