/**
 * Keeps one unfinished line from hiding the rest of a file.
 *
 * A bracket or a quote that is not closed makes the parser read everything behind it as one broken expression. People
 * type such lines all the time. By its indentation Python code shows where the next statement begins all the same: this
 * finds the statements that never end and blanks them, leaving every offset as it was.
 */
import type { Span } from "../ir.js";

/** A text with its broken statements blanked; just as long as it was. */
export interface Mended {
  text: string;
  /** The statements that were blanked. */
  spans: Span[];
}

/** Most statements that are blanked in one file; a file with more of them is no Python. */
const MEND_LIMIT = 50;

/** Words that begin a statement and never stand first on a line within brackets. */
const STATEMENT_WORD =
  /(?:def|class|return|import|while|try|with|raise|del|global|nonlocal|assert|pass|break|continue|except|finally|elif)\b|async\s+def\b|from\s+[\w.]+\s+import\b/y;
/** A whole `if`, `for` or `else` line. */
const CLAUSE_LINE = /(?:if|for|else|match|case|async\s+(?:for|with))\b[^\n]*:[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/y;
/** What a statement can begin with besides words: a decorator, a name, a string. */
const STATEMENT_START = /[@\p{L}_"']/uy;
/** An assignment as one writes it outside brackets. */
const ASSIGNMENT = /[\p{L}_][\p{L}\p{N}_.]*[ \t]+=[ \t][^\n]*[^,\s][ \t]*(?:\r?\n|$)/uy;
/** What no statement ends with. (`*` can: `from a import *`.) */
const DANGLING = ".=+-/%|&^<";
const COMPOUND = /(?:async\s+)?(?:def|class|if|for|while|with|elif|else|try|except|finally)\b/y;

function matches(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

/** Reads a text by lines, as far as brackets and quotes go. */
class Scanner {
  private at = 0;
  private depth = 0;
  /** Where the statement begins that is being read, and how far it is indented. */
  private start = 0;
  private indent = 0;
  private bad = false;
  readonly spans: (Span & { compound: boolean })[] = [];

  constructor(private readonly text: string) {}

  run(): void {
    const { text } = this;
    while (this.at < text.length && this.spans.length < MEND_LIMIT) {
      this.lineStart();
      this.line();
    }
    if (this.depth > 0 || this.bad) this.close(text.length, 0);
  }

  /** At the first character of a line: decides whether the statement goes on. */
  private lineStart(): void {
    const { text } = this;
    const from = this.at;
    let at = from;
    while (text[at] === " " || text[at] === "\t" || text[at] === "\f") at++;
    this.at = at;
    const c = text[at];
    if (c === undefined || c === "\n" || c === "\r" || c === "#") return;
    const indent = at - from;
    if (this.depth > 0) {
      if (!this.beginsStatement(at, indent)) return;
      this.close(from, indent);
    } else if (this.bad) this.close(from, indent);
    this.start = at;
    this.indent = indent;
  }

  /** Within open brackets: does a statement begin here all the same? */
  private beginsStatement(at: number, indent: number): boolean {
    const { text } = this;
    if (matches(STATEMENT_WORD, text, at)) return true;
    // Below an unfinished head stands a block; elsewhere such a line is an argument.
    if (indent > this.indent) return matches(COMPOUND, text, this.start) && matches(ASSIGNMENT, text, at);
    return matches(CLAUSE_LINE, text, at) || (matches(STATEMENT_START, text, at) && !this.operatorWord(at));
  }

  /** `and`, `for` and the like go on with an expression. */
  private operatorWord(at: number): boolean {
    return /^(?:and|or|not|in|is|if|else|for|async|await|lambda|None|True|False)\b/.test(this.text.slice(at, at + 8));
  }

  /** Notes the statement that ends before `end` as broken. */
  private close(end: number, nextIndent: number): void {
    const { text } = this;
    let e = Math.max(this.start, end);
    while (e > this.start && /\s/.test(text[e - 1] ?? "")) e--;
    if (e > this.start) {
      const compound = nextIndent > this.indent && matches(COMPOUND, text, this.start);
      this.spans.push({ s: this.start, e, compound });
    }
    this.depth = 0;
    this.bad = false;
    this.start = end;
  }

  /** Reads to behind the end of the line. */
  private line(): void {
    const { text } = this;
    let dangling = false;
    while (this.at < text.length) {
      const c = text[this.at++];
      if (c === "\n") {
        if (this.depth === 0 && dangling) this.bad = true;
        return;
      }
      if (c !== undefined && c !== " " && c !== "\t" && c !== "\r" && c !== "#") {
        dangling = DANGLING.includes(c) && !text.startsWith("...", this.at - 3);
      }
      if (c === "#") this.at = endOfLine(text, this.at);
      else if (c === "\\") this.at += text[this.at] === "\r" ? 2 : 1;
      else if (c === "(" || c === "[" || c === "{") this.depth++;
      else if (c === ")" || c === "]" || c === "}") this.depth = Math.max(0, this.depth - 1);
      else if (c === '"' || c === "'") this.string(c);
    }
  }

  /** Behind an opening quote. */
  private string(quote: string): void {
    const { text } = this;
    if (text.startsWith(quote + quote, this.at)) {
      const end = text.indexOf(quote.repeat(3), this.at + 2);
      if (end >= 0) {
        this.at = end + 3;
        return;
      }
      this.bad = true;
      this.at = endOfLine(text, this.at);
      return;
    }
    while (this.at < text.length) {
      const c = text[this.at];
      if (c === quote) {
        this.at++;
        return;
      }
      if (c === "\n" || c === "\r") break;
      this.at += c === "\\" ? (text[this.at + 1] === "\r" ? 3 : 2) : 1;
    }
    this.bad = true;
  }
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

/**
 * Blanks the statements of a text that never end.
 * @param errors where the parser found the text broken; statements that it could read stay, however they look
 * @returns null where every statement ends
 */
export function mend(text: string, errors: readonly Span[]): Mended | null {
  const scanner = new Scanner(text);
  scanner.run();
  const spans = scanner.spans.filter(({ s, e }) => errors.some((error) => error.s <= e && error.e >= s));
  if (spans.length === 0) return null;
  let out = "";
  let at = 0;
  for (const { s, e, compound } of spans) {
    // The block that holds the statement must not be empty, and a block that follows needs a head.
    const stand = compound ? "if 1:" : "pass";
    const blank = text.slice(s, e).replace(/[^\r\n]/g, " ");
    const line = /^ */.exec(blank)?.[0].length ?? 0;
    out += text.slice(at, s) + (line < stand.length ? blank : stand + blank.slice(stand.length));
    at = e;
  }
  return { text: out + text.slice(at), spans: spans.map(({ s, e }) => ({ s, e })) };
}
