/** Ways of breaking Python text, each as a change that an editor could have sent. */
import type { TextChange } from "../../../server/analysis/engine-api.js";
import type { Random } from "./random.js";

interface Span {
  s: number;
  e: number;
}

const TOKEN =
  /[\p{L}_][\p{L}\p{N}_]*|\d[\w.]*|"""|'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[ \t]+|\r\n|\*\*|\/\/|->|:=|[=!<>+*-]=|[\s\S]/gu;

function tokensOf(text: string): Span[] {
  const out: Span[] = [];
  for (const m of text.matchAll(TOKEN)) out.push({ s: m.index, e: m.index + m[0].length });
  return out;
}

function linesOf(text: string): Span[] {
  const out: Span[] = [];
  let s = 0;
  for (const m of text.matchAll(/\r\n|\n|\r/g)) {
    out.push({ s, e: m.index + m[0].length });
    s = m.index + m[0].length;
  }
  if (s < text.length || !out.length) out.push({ s, e: text.length });
  return out;
}

/** What people leave behind, and what nobody writes. */
const SCRAPS = [
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  '"',
  "'",
  '"""',
  "'''",
  ":",
  ",",
  "\\",
  "\\\n",
  "#",
  "@",
  "=",
  ":=",
  "*",
  "**",
  ";",
  "...",
  'f"{',
  "f'''{x!r:>{",
  '}"',
  "lambda: ",
  "yield ",
  "await ",
  "return ",
  "async ",
  "match x:\n",
  "case ",
  "del ",
  "global g\n",
  "class A(A): pass\n",
  "def f(",
  "from . import *\n",
  "import ",
  "try:\n",
  "except:\n",
  "finally:\n",
  "else:\n",
  "elif x:\n",
  "if x: ",
  "for x in x: ",
  "while True:\n    ",
  "with x as x: ",
  "not ",
  "1_0.0e-5j",
  "0x",
  "\t",
  "    ",
  "\r",
  "\r\n",
  "\n\n\n",
  "\f",
  "\u0000",
  "\ufeff",
  "\ud83d",
  "\ude00",
  "😀",
  "é",
  "\u2028",
  "\u0301",
  "print x\n",
  "exec 'x'\n",
  "`x`",
  "<>",
  "$",
  "?",
  "!",
  "<<<<<<< HEAD\n",
  "=======\n",
  ">>>>>>> other\n",
  "%s",
  "{0}",
  "request.json",
  "self.x = self\n",
  "x = x + x\n",
  "x[x] = x\n",
];

type Mutation = (text: string, r: Random) => TextChange[];

const replace = (start: number, end: number, text: string): TextChange[] => [{ start, end, text }];

function swapped(text: string, a: Span, b: Span): TextChange[] {
  const [x, y] = a.s <= b.s ? [a, b] : [b, a];
  if (x.e > y.s) return [];
  return replace(x.s, y.e, text.slice(y.s, y.e) + text.slice(x.e, y.s) + text.slice(x.s, x.e));
}

const MUTATIONS: readonly Mutation[] = [
  function deleteTokens(text, r) {
    const tokens = tokensOf(text);
    if (!tokens.length) return [];
    const i = r.below(tokens.length);
    const j = Math.min(tokens.length - 1, i + r.below(4));
    return replace(tokens[i]!.s, tokens[j]!.e, "");
  },
  function doubleToken(text, r) {
    const tokens = tokensOf(text);
    if (!tokens.length) return [];
    const t = r.pick(tokens);
    return replace(t.e, t.e, text.slice(t.s, t.e));
  },
  function swapTokens(text, r) {
    const tokens = tokensOf(text);
    return tokens.length > 1 ? swapped(text, r.pick(tokens), r.pick(tokens)) : [];
  },
  function copyToken(text, r) {
    const tokens = tokensOf(text);
    if (!tokens.length) return [];
    const [from, to] = [r.pick(tokens), r.pick(tokens)];
    return replace(to.s, to.e, text.slice(from.s, from.e));
  },
  function deleteLines(text, r) {
    const lines = linesOf(text);
    const i = r.below(lines.length);
    const j = Math.min(lines.length - 1, i + r.below(5));
    return replace(lines[i]!.s, lines[j]!.e, "");
  },
  function doubleLines(text, r) {
    const lines = linesOf(text);
    const i = r.below(lines.length);
    const j = Math.min(lines.length - 1, i + r.below(8));
    return replace(lines[j]!.e, lines[j]!.e, text.slice(lines[i]!.s, lines[j]!.e));
  },
  function swapLines(text, r) {
    const lines = linesOf(text);
    return swapped(text, r.pick(lines), r.pick(lines));
  },
  function indent(text, r) {
    const line = r.pick(linesOf(text));
    return replace(line.s, line.s, r.pick([" ", "    ", "\t", "        "]));
  },
  function dedent(text, r) {
    const line = r.pick(linesOf(text));
    const blank = /^[ \t]*/.exec(text.slice(line.s, line.e))?.[0].length ?? 0;
    return replace(line.s, line.s + r.below(blank + 1), "");
  },
  function truncate(text, r) {
    return replace(r.below(text.length + 1), text.length, "");
  },
  function beginLater(text, r) {
    return replace(0, r.below(Math.min(text.length, 400) + 1), "");
  },
  function insertScrap(text, r) {
    const at = r.below(text.length + 1);
    return replace(at, at, r.pick(SCRAPS));
  },
  function insertScrapAtToken(text, r) {
    const tokens = tokensOf(text);
    const at = tokens.length ? r.pick(tokens).s : 0;
    return replace(at, at, r.pick(SCRAPS));
  },
  function randomCharacters(text, r) {
    const at = r.below(text.length + 1);
    const end = Math.min(text.length, at + r.below(6));
    let out = "";
    for (let n = 1 + r.below(12); n > 0; n--) out += String.fromCharCode(r.below(r.chance(0.5) ? 128 : 65536));
    return replace(at, end, out);
  },
  function syntaxStorm(text, r) {
    const out: TextChange[] = [];
    let length = text.length;
    for (let n = 3 + r.below(20); n > 0; n--) {
      const at = r.below(length + 1);
      const scrap = r.pick(SCRAPS);
      out.push({ start: at, end: at, text: scrap });
      length += scrap.length;
    }
    return out;
  },
  function otherLineEnds(text, r) {
    const from = r.below(text.length + 1);
    const to = Math.min(text.length, from + 2000);
    return replace(
      from,
      to,
      text.slice(from, to).replace(/\r\n|\n/g, () => r.pick(["\n", "\r\n", "\r"])),
    );
  },
  function tabs(text, r) {
    const from = r.below(text.length + 1);
    const to = Math.min(text.length, from + 1000);
    return replace(from, to, text.slice(from, to).replaceAll("    ", "\t"));
  },
  function nest(text, r) {
    const tokens = tokensOf(text).filter((t) => /^\w/.test(text.slice(t.s, t.e)));
    if (!tokens.length) return [];
    const t = r.pick(tokens);
    const n = 1 + r.below(r.chance(0.1) ? 400 : 12);
    const [open, close] = r.pick([
      ["(", ")"],
      ["[", "]"],
      ["f(", ")"],
      ["{'a': ", "}"],
      ["not ", ""],
      ["str(", ")"],
      ["", ".x"],
      ["", "[0]"],
      ["", " + x"],
      ["f'{", "}'"],
      ["[x for x in ", "]"],
      ["lambda: ", ""],
      ["", "()"],
      ["x if x else ", ""],
      ["(yield ", ")"],
    ] as const);
    return [
      { start: t.e, end: t.e, text: close.repeat(n) },
      { start: t.s, end: t.s, text: open.repeat(n) },
    ];
  },
  function hugeLiteral(text, r) {
    const strings = tokensOf(text).filter((t) => /^["'\d]/.test(text.slice(t.s, t.s + 1)) && t.e - t.s > 1);
    if (!strings.length) return [];
    const t = r.pick(strings);
    const n = 1 + r.below(r.chance(0.1) ? 3000 : 100);
    const item = r.pick(['"a", ', "1, ", "x, ", '{"k": x}, ', "f'{x}', "]);
    return replace(t.s, t.e, r.chance(0.5) ? `[${item.repeat(n)}]` : `"${"%s {x} ".repeat(n)}"`);
  },
  function rename(text, r) {
    const names = tokensOf(text).filter((t) => /^[\p{L}_]/u.test(text.slice(t.s, t.s + 2)));
    if (!names.length) return [];
    const from = r.pick(names);
    const to = r.pick(names);
    const old = text.slice(from.s, from.e);
    const next = text.slice(to.s, to.e);
    return names
      .filter((t) => text.slice(t.s, t.e) === old)
      .slice(0, 30)
      .reverse()
      .map((t) => ({ start: t.s, end: t.e, text: next }));
  },
];

/** Some changes, in order, each against the text that the former gave. */
export function mutation(text: string, r: Random): TextChange[] {
  return r.pick(MUTATIONS)(text, r);
}

/** What becomes of a text. */
export function applyChanges(text: string, changes: readonly TextChange[]): string {
  return changes.reduce((t, c) => t.slice(0, c.start) + c.text + t.slice(c.end), text);
}

/** The text after some mutations. */
export function mutated(text: string, r: Random, count: number): string {
  let out = text;
  for (let i = 0; i < count; i++) out = applyChanges(out, mutation(out, r));
  return out.length > 300_000 ? out.slice(0, 300_000) : out;
}
