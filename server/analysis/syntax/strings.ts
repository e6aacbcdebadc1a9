/** String literals: prefixes, escapes, f-strings, implicit concatenation. */
import type { Node } from "web-tree-sitter";
import type { ConstExpr, Expr, FStringExpr, FStringHole } from "../ir.js";
import type { ExprHandler } from "./grammar.js";
import type { Lowerer } from "./lowerer.js";

/** What the characters before and around a literal's text say. */
interface Quoting {
  raw: boolean;
  bytes: boolean;
  /** `f` or `t`. */
  format: boolean;
  /** Where the text begins and ends. */
  start: number;
  end: number;
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\n": "",
};

/** Resolves the escapes of a literal that is not raw. `\N{...}` and unknown escapes stay as they stand. */
export function resolveEscapes(text: string, bytes: boolean): string {
  let at = text.indexOf("\\");
  if (at < 0) return text;
  let out = "";
  let from = 0;
  while (at >= 0) {
    out += text.slice(from, at);
    const next = text[at + 1] ?? "";
    const simple = Object.hasOwn(SIMPLE_ESCAPES, next) ? SIMPLE_ESCAPES[next] : undefined;
    if (simple !== undefined) {
      out += simple;
      from = at + 2;
    } else if (next === "\r") {
      from = text[at + 2] === "\n" ? at + 3 : at + 2;
    } else {
      const [value, length] = numericEscape(text, at, bytes);
      out += value;
      from = at + length;
    }
    at = text.indexOf("\\", from);
  }
  return out + text.slice(from);
}

/** `\x41`, `\101`, `\u0041`, `\U00000041`; anything else gives the backslash itself. */
function numericEscape(text: string, at: number, bytes: boolean): [string, number] {
  const next = text[at + 1] ?? "";
  if (next >= "0" && next <= "7") {
    let end = at + 2;
    while (end < at + 4 && text[end] !== undefined && text[end]! >= "0" && text[end]! <= "7") end++;
    return [String.fromCharCode(Number.parseInt(text.slice(at + 1, end), 8)), end - at];
  }
  const digits = next === "x" ? 2 : bytes ? 0 : next === "u" ? 4 : next === "U" ? 8 : 0;
  const hex = text.slice(at + 2, at + 2 + digits);
  if (digits > 0 && hex.length === digits && /^[0-9a-fA-F]+$/.test(hex)) {
    const code = Number.parseInt(hex, 16);
    if (code <= 0x10ffff) return [String.fromCodePoint(code), digits + 2];
  }
  return ["\\", 1];
}

/** Reads prefix and quotes of the literal that stands at [start, end) of the text. */
function quoting(text: string, start: number, end: number): Quoting {
  let raw = false;
  let bytes = false;
  let format = false;
  let at = start;
  for (; at < end; at++) {
    const c = text.charCodeAt(at) | 32;
    if (c === 114) raw = true;
    else if (c === 98) bytes = true;
    else if (c === 102 || c === 116) format = true;
    else if (c !== 117) break;
  }
  const quote = text[at] ?? "";
  const width = text.startsWith(quote.repeat(3), at) && end - at >= 6 ? 3 : 1;
  const from = Math.min(at + width, end);
  const closed = end - width >= from && text.startsWith(quote.repeat(width), end - width);
  return { raw, bytes, format, start: from, end: closed ? end - width : end };
}

/** A text of a literal as the program sees it. */
function decode(text: string, q: Quoting): string {
  const lines = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
  return q.raw ? lines : resolveEscapes(lines, q.bytes);
}

/** Appends a constant text, merged with a constant text before it. */
function pushText(parts: (string | FStringHole)[], text: string): void {
  if (text === "") return;
  const last = parts.length - 1;
  const before = parts[last];
  if (typeof before === "string") parts[last] = before + text;
  else parts.push(text);
}

/** Reads one `{...}`: the hole itself, then the holes of its format specification, which move values into the text too. */
function interpolation(lo: Lowerer, node: Node, end: number, parts: (string | FStringHole)[]): void {
  const { grammar } = lo;
  let hole: FStringHole | undefined;
  let spec: Node | undefined;
  for (const child of node.namedChildren) {
    const type = child.typeId;
    if (lo.isExtra(type)) continue;
    if (type === grammar.typeConversion) {
      if (hole !== undefined) hole.conv = lo.text[child.startIndex + 1] ?? "";
    } else if (type === grammar.formatSpecifier) {
      spec = child;
    } else {
      const x = lo.exprOfType(child, type);
      if (hole === undefined) {
        hole = { x, s: node.startIndex - lo.base, e: end - lo.base };
        const after = child.endIndex;
        // The debug form `{x=}` writes its own source text, too.
        const equals = /^\s*=\s*(?=[!:}])/.exec(lo.text.slice(after, end));
        if (equals !== null) pushText(parts, lo.text.slice(node.startIndex + 1, after) + equals[0]);
        parts.push(hole);
      }
    }
  }
  if (spec === undefined || hole === undefined) return;
  hole.spec = lo.text.slice(spec.startIndex + 1, spec.endIndex);
  for (const child of spec.namedChildren) {
    if (child.typeId === grammar.formatExpression) interpolation(lo, child, child.endIndex, parts);
  }
}

/** Reads one literal (not a concatenation) into parts. */
function literalParts(lo: Lowerer, node: Node, q: Quoting, parts: (string | FStringHole)[]): void {
  const { text, grammar } = lo;
  if (!q.format) {
    pushText(parts, decode(text.slice(q.start, q.end), q));
    return;
  }
  let at = q.start;
  const constant = (end: number): void => {
    if (end > at)
      pushText(
        parts,
        decode(text.slice(at, end), q).replace(/\{\{|\}\}/g, (m) => m[0] ?? ""),
      );
  };
  for (const child of node.namedChildren) {
    if (child.typeId !== grammar.interpolation) continue;
    constant(child.startIndex);
    const end = child.endIndex;
    interpolation(lo, child, end, parts);
    at = end;
  }
  constant(q.end);
}

function string(lo: Lowerer, node: Node): Expr {
  const start = node.startIndex;
  const end = node.endIndex;
  const q = quoting(lo.text, start, end);
  const s = start - lo.base;
  const e = end - lo.base;
  if (!q.format) return { k: "const", t: q.bytes ? "bytes" : "str", v: decode(lo.text.slice(q.start, q.end), q), s, e };
  const parts: (string | FStringHole)[] = [];
  literalParts(lo, node, q, parts);
  return { k: "fstr", parts, s, e };
}

function concatenated(lo: Lowerer, node: Node): ConstExpr | FStringExpr {
  const parts: (string | FStringHole)[] = [];
  let bytes = false;
  let format = false;
  for (const child of node.namedChildren) {
    if (child.typeId !== lo.grammar.string) continue;
    const q = quoting(lo.text, child.startIndex, child.endIndex);
    bytes ||= q.bytes;
    format ||= q.format;
    literalParts(lo, child, q, parts);
  }
  const s = node.startIndex - lo.base;
  const e = node.endIndex - lo.base;
  if (format) return { k: "fstr", parts, s, e };
  const first = parts[0];
  return { k: "const", t: bytes ? "bytes" : "str", v: typeof first === "string" ? first : "", s, e };
}

export const STRING_EXPRESSIONS: Readonly<Record<string, ExprHandler>> = { string, concatenated_string: concatenated };
