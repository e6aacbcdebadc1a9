/** SQL text as tokens: enough of every dialect to find a statement's columns. */

/** Stands in a text for a part that is only known at run time. */
export const HOLE = "\uFFFC";

export type TokenKind = "word" | "quoted" | "string" | "number" | "symbol" | "hole" | "param";

export interface Token {
  kind: TokenKind;
  text: string;
  /** Upper case of a word, else the text. */
  up: string;
  start: number;
  end: number;
}

/** SQL Server's names in square brackets are no longer than this. */
const LONGEST_NAME = 130;

const isWordStart = (c: string): boolean => /[\p{L}_]/u.test(c);
const isWordPart = (c: string): boolean => /[\p{L}\p{N}_$#]/u.test(c);
const isDigit = (c: string): boolean => c >= "0" && c <= "9";

/** The tokens of an SQL text, without white space and comments. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const push = (kind: TokenKind, end: number, text = sql.slice(at, end)): void => {
    tokens.push({ kind, text, up: kind === "word" ? text.toUpperCase() : text, start: at, end });
    at = end;
  };
  /** The end of a quoted stretch; a doubled quote stands for itself. */
  const closing = (quote: string, from: number, backslash: boolean): number => {
    let i = from;
    while (i < sql.length) {
      const c = sql[i]!;
      if (backslash && c === "\\") i += 2;
      else if (c !== quote) i++;
      else if (sql[i + 1] === quote) i += 2;
      else return i + 1;
    }
    return sql.length;
  };
  while (at < sql.length) {
    const c = sql[at]!;
    const next = sql[at + 1] ?? "";
    if (c === HOLE) push("hole", at + 1);
    else if (/\s/.test(c)) at++;
    else if ((c === "-" && next === "-") || (c === "#" && next !== ">")) {
      const end = sql.indexOf("\n", at);
      at = end < 0 ? sql.length : end + 1;
    } else if (c === "/" && next === "*") {
      const end = sql.indexOf("*/", at + 2);
      at = end < 0 ? sql.length : end + 2;
    } else if (c === "'") {
      push("string", closing("'", at + 1, false));
    } else if (c === '"' || c === "`") {
      const end = closing(c, at + 1, false);
      push("quoted", end, sql.slice(at + 1, Math.max(at + 1, end - 1)).replaceAll(c + c, c));
    } else if (c === "[" && isWordStart(next) && sql.slice(at, at + LONGEST_NAME).includes("]")) {
      const end = sql.indexOf("]", at) + 1;
      push("quoted", end, sql.slice(at + 1, end - 1));
    } else if (c === "$" && isDigit(next)) push("param", digitsEnd(sql, at + 1));
    else if (c === "$" && (next === "$" || isWordStart(next))) push("string", dollarEnd(sql, at));
    else if (c === "%" && (next === "s" || next === "(")) {
      const end = next === "s" ? at + 2 : Math.max(at + 2, sql.indexOf(")", at) + 2);
      push("param", Math.min(end, sql.length));
    } else if (c === "?") push("param", at + 1);
    else if (c === ":" && next === ":") push("symbol", at + 2);
    else if ((c === ":" || c === "@") && isWordStart(next)) push("param", wordEnd(sql, at + 1));
    else if (isDigit(c)) push("number", wordEnd(sql, at + 1, true));
    else if (isWordStart(c)) push("word", wordEnd(sql, at));
    else push("symbol", at + 1);
  }
  return tokens;
}

function digitsEnd(sql: string, from: number): number {
  let i = from;
  while (i < sql.length && isDigit(sql[i]!)) i++;
  return i;
}

function wordEnd(sql: string, from: number, dot = false): number {
  let i = from;
  while (i < sql.length && (isWordPart(sql[i]!) || (dot && sql[i] === "."))) i++;
  return Math.max(i, from);
}

/** PostgreSQL's `$tag$ ... $tag$`. */
function dollarEnd(sql: string, from: number): number {
  let second = from + 1;
  while (second < sql.length && isWordPart(sql[second]!) && sql[second] !== "$") second++;
  if (sql[second] !== "$") return from + 1;
  const tag = sql.slice(from, second + 1);
  const end = sql.indexOf(tag, second + 1);
  return end < 0 ? sql.length : end + tag.length;
}
