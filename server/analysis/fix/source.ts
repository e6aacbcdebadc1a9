/** A file's text as a fix sees it: its style, and edits that keep to it. */
import type { Edit } from "../finding.js";

/** Longest line that a fix writes on purpose, in columns. */
export const WIDTH = 100;

/** The manners of a file: what new lines have to look like. */
export class Source {
  /** Line end: that of the first line. */
  readonly eol: "\n" | "\r\n" | "\r";
  /** One step of indentation. */
  readonly unit: string;
  /** The quote that plain strings mostly use. */
  readonly quote: "'" | '"';

  constructor(
    readonly file: string,
    readonly text: string,
  ) {
    const end = /\r\n|\n|\r/.exec(text)?.[0];
    this.eol = end === "\r\n" || end === "\r" ? end : "\n";
    this.unit = indentUnit(text);
    const single = text.match(/(?<![\w'\\])'[^'"\r\n]*'(?!')/g)?.length ?? 0;
    const double = text.match(/(?<![\w"\\])"[^'"\r\n]*"(?!")/g)?.length ?? 0;
    this.quote = single > double ? "'" : '"';
  }

  /** Start of the line that holds an offset. */
  lineStart(at: number): number {
    let i = at;
    while (i > 0 && this.text[i - 1] !== "\n" && this.text[i - 1] !== "\r") i--;
    return i === 0 && this.text.charCodeAt(0) === 0xfeff ? 1 : i;
  }

  /** End of the line that holds an offset, before its line end. */
  lineEnd(at: number): number {
    let i = at;
    while (i < this.text.length && this.text[i] !== "\n" && this.text[i] !== "\r") i++;
    return i;
  }

  /** White space at the start of the line that holds an offset. */
  indentAt(at: number): string {
    return /^[ \t]*/.exec(this.text.slice(this.lineStart(at), at))?.[0] ?? "";
  }

  /** Whether only white space stands before an offset on its line. */
  startsLine(at: number): boolean {
    return this.text.slice(this.lineStart(at), at).trim() === "";
  }

  /** Column of an offset. */
  column(at: number): number {
    return at - this.lineStart(at);
  }

  slice(s: number, e: number): string {
    return this.text.slice(s, e);
  }

  edit(start: number, end: number, text: string): Edit {
    return { file: this.file, start, end, text };
  }

  insert(at: number, text: string): Edit {
    return this.edit(at, at, text);
  }

  /**
   * Removes what stands between two offsets; with it the whole line where nothing else is on it.
   * A comment behind it stays.
   */
  remove(start: number, end: number): Edit {
    const s = this.lineStart(start);
    const e = this.lineEnd(end);
    if (this.text.slice(s, start).trim() === "" && this.text.slice(end, e).trim() === "") {
      const next = this.text.startsWith("\r\n", e) ? e + 2 : Math.min(e + 1, this.text.length);
      return this.edit(s, next, "");
    }
    // `a = 1; b = 2`: the separator goes with its statement.
    const rest = /^[ \t]*;[ \t]*/.exec(this.text.slice(end, e));
    if (rest) return this.edit(start, end + rest[0].length, "");
    const comment = /^[ \t]*(?=#)/.exec(this.text.slice(end, e));
    return this.edit(start, end + (comment?.[0].length ?? 0), "");
  }
}

/** The text with the edits made; they must not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const ordered = edits.map((edit, i) => ({ edit, i })).sort((a, b) => a.edit.start - b.edit.start || a.i - b.i);
  let out = "";
  let at = 0;
  for (const { edit } of ordered) {
    out += text.slice(at, edit.start) + edit.text;
    at = Math.max(at, edit.end);
  }
  return out + text.slice(at);
}

/** Whether two of the edits touch the same text. */
export function overlapping(edits: readonly Edit[]): boolean {
  const ordered = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  return ordered.some((e, i) => i > 0 && ordered[i - 1]!.end > e.start);
}

function indentUnit(text: string): string {
  if (/^\t+\S/m.test(text)) return "\t";
  // The smallest step from one line to the next is what the author's editor inserts.
  let last = 0;
  const steps = new Map<number, number>();
  for (const m of text.matchAll(/^( *)\S/gm)) {
    const n = m[1]!.length;
    if (n > last) steps.set(n - last, (steps.get(n - last) ?? 0) + 1);
    last = n;
  }
  const best = [...steps].filter(([n]) => n >= 2 && n <= 8).sort((a, b) => b[1] - a[1] || a[0] - b[0])[0];
  return " ".repeat(best?.[0] ?? 4);
}

/** Escapes a text for a plain Python string literal in the given quotes. */
export function escapePython(text: string, quote: string, fstring = false): string {
  let out = "";
  for (const ch of text) {
    const code = ch.codePointAt(0)!;
    if (ch === "\\") out += "\\\\";
    else if (quote.length === 1 && ch === quote) out += `\\${ch}`;
    else if (ch === "\n") out += quote.length === 3 ? "\n" : "\\n";
    else if (ch === "\r") out += "\\r";
    else if (ch === "\t") out += "\\t";
    else if (code < 0x20 || code === 0x7f || (code >= 0xd800 && code <= 0xdfff))
      out += `\\x${code.toString(16).padStart(2, "0")}`;
    else if (fstring && (ch === "{" || ch === "}")) out += ch + ch;
    else out += ch;
  }
  if (quote.length === 3) {
    out = out.replaceAll(quote, `\\${quote[0]}${quote.slice(1)}`);
    if (out.endsWith(quote[0]!)) out = `${out.slice(0, -1)}\\${quote[0]}`;
  }
  return out;
}

/** A plain Python string literal. */
export function pyString(text: string, quote: "'" | '"'): string {
  const other = quote === '"' ? "'" : '"';
  const q = text.includes(quote) && !text.includes(other) ? other : quote;
  return q + escapePython(text, q) + q;
}
