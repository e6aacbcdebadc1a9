/** Edits of a call's arguments that keep to the way the call is laid out. */
import type { Edit } from "../finding.js";
import type { CallExpr, Keyword } from "../ir.js";
import type { Node } from "./nodes.js";
import { pyString, type Source, WIDTH } from "./source.js";

export type CallNode = Node<CallExpr>;

export function isCall(n: Node | undefined): n is CallNode {
  return n?.x.k === "call";
}

/** An argument in the file, with its keyword. */
interface Placed {
  s: number;
  e: number;
}

export const baseOf = (n: Node): number => n.stmt.chunk.base;

export function keyword(n: CallNode, ...names: string[]): Keyword | undefined {
  return n.x.kw.find((k) => k.n !== null && names.includes(k.n));
}

/** Whether arguments are unpacked into the call, so that it cannot be said what it gets. */
export const unpacks = (n: CallNode): boolean =>
  n.x.args.some((a) => a.k === "star") || n.x.kw.some((k) => k.n === null);

function placed(n: CallNode): Placed[] {
  const base = baseOf(n);
  return [...n.x.args, ...n.x.kw].map((a) => ({ s: base + a.s, e: base + a.e })).sort((a, b) => a.s - b.s);
}

/** Appends arguments behind the last one, on lines of their own where the call has that layout. */
export function addArguments(src: Source, n: CallNode, texts: readonly string[]): Edit[] {
  const close = n.e - 1;
  const args = placed(n);
  const open = baseOf(n) + n.x.ps;
  if (!args.length) return [src.edit(open + 1, close, texts.join(", "))];
  const last = args.at(-1)!;
  // What stands between the last argument and the bracket: brackets around the argument, a comma, comments.
  const tail = src.slice(last.e, close);
  const code = tail.replace(/#[^\r\n]*/g, (m) => " ".repeat(m.length));
  const comma = code.lastIndexOf(",");
  const paren = code.lastIndexOf(")");
  const at = last.e + Math.max(comma, paren) + 1;
  const ownLine = src.startsLine(last.s) && src.lineStart(close) > last.e;
  const firstOnLine = args.find((a) => src.startsLine(a.s));
  if (ownLine || (firstOnLine && src.lineStart(close) > last.e)) {
    const indent = src.indentAt((firstOnLine ?? last).s);
    if (comma >= 0) {
      // Behind the comma, and behind a comment that belongs to the line.
      const end = src.lineEnd(at);
      return [src.insert(Math.min(end, close), texts.map((t) => `${src.eol}${indent}${t},`).join(""))];
    }
    return [src.insert(at, texts.map((t) => `,${src.eol}${indent}${t}`).join(""))];
  }
  const aligned =
    firstOnLine ?? (src.lineStart(last.s) > open ? args.find((a) => src.lineStart(a.s) > open) : undefined);
  if (aligned) {
    const indent = src.indentAt(aligned.s);
    return [src.insert(at, texts.map((t, i) => `${i === 0 && comma >= 0 ? "" : ","}${src.eol}${indent}${t}`).join(""))];
  }
  const text = texts.join(", ");
  const line = src.lineEnd(n.e) - src.lineStart(open);
  const oneLine = src.lineStart(open) === src.lineStart(close) && paren < 0;
  if (oneLine && line <= WIDTH && line + text.length + 2 > WIDTH) {
    // Too long for its line now: an argument a line.
    const outer = src.indentAt(open);
    const inner = outer + src.unit;
    const gaps = args
      .slice(1)
      .map((a, i) => src.edit(args[i]!.e, a.s, `${src.slice(args[i]!.e, a.s).trimEnd()}${src.eol}${inner}`));
    const end = `${texts.map((t) => `,${src.eol}${inner}${t}`).join("")},${src.eol}${outer}`;
    return [src.edit(open + 1, args[0]!.s, `${src.eol}${inner}`), ...gaps, src.edit(last.e, close, end)];
  }
  return [src.insert(at, comma >= 0 ? ` ${text}` : `, ${text}`)];
}

/** Takes arguments out, with their commas and, where they have them to themselves, their lines. */
export function removeArguments(src: Source, n: CallNode, args: readonly Keyword[]): Edit[] {
  const base = baseOf(n);
  const all = placed(n);
  const gone = (i: number) => args.some((k) => base + k.s === all[i]?.s);
  const edits: Edit[] = [];
  for (let i = 0; i < all.length; i++) {
    if (!gone(i)) continue;
    let j = i;
    while (gone(j + 1)) j++;
    const me = all[i]!;
    const next = all[j + 1];
    if (!next) edits.push(src.edit(all[i - 1]?.e ?? me.s, all[j]!.e, ""));
    else if (src.startsLine(me.s) && src.startsLine(next.s))
      edits.push(src.edit(src.lineStart(me.s), src.lineStart(next.s), ""));
    else edits.push(src.edit(me.s, next.s, ""));
    i = j;
  }
  return edits;
}

/** Puts an argument in front of another one, in the same layout. */
export function insertBefore(src: Source, n: CallNode, other: Keyword, text: string): Edit {
  const at = baseOf(n) + other.s;
  return src.insert(at, src.startsLine(at) ? `${text},${src.eol}${src.indentAt(at)}` : `${text}, `);
}

/** A message as a dict. */
export function messageDict(quote: "'" | '"', role: string, text: string): string {
  return `{${pyString("role", quote)}: ${pyString(role, quote)}, ${pyString("content", quote)}: ${text}}`;
}

/** A list literal of given items: on one line where it fits, else one item a line. */
export function listLiteral(src: Source, items: readonly string[], indent: string, column: number, rest = 0): string {
  const one = `[${items.join(", ")}]`;
  if (!/[\r\n]/.test(one) && column + one.length + rest <= WIDTH) return one;
  const inner = indent + src.unit;
  return `[${src.eol}${items.map((i) => `${inner}${i},${src.eol}`).join("")}${indent}]`;
}
