/** Takes a sensitive field out of a prompt's text, with the words that introduce it. */
import type { Edit } from "../finding.js";
import type { FStringExpr, FStringHole } from "../ir.js";
import type { Case, Draft } from "./context.js";
import type { Node } from "./nodes.js";

/** One literal of an f-string or of several that stand side by side: what is between its quotes. */
interface Literal {
  /** With prefix and quotes. */
  s: number;
  e: number;
  from: number;
  to: number;
}

const NL = String.raw`(?:\\n|\r\n|\n|\r)`;
const WORDS = String.raw`(?:(?:the|their|his|her|its|user's|users'|customer's|patient's|my|your|a|an)\s+)?[\p{L}][\p{L}\p{N}_' -]{0,30}?`;

export function dropField(c: Case): Draft[] {
  const names = Array.isArray(c.hint.names) ? c.hint.names.filter((n): n is string => typeof n === "string") : [];
  const places = [c.finding, ...c.finding.related].filter((p) => p.file === c.file);
  const edits: Edit[] = [];
  for (const [i, p] of places.entries()) {
    const found = holeAt(c, p.start, p.end);
    const edit = found && without(c, found.text, found.hole, names[i] ?? "", edits);
    if (!edit) return [];
    edits.push(edit);
  }
  if (!edits.length) return [];
  const title =
    names.length === 1
      ? `Drop \`${names[0]}\` from the prompt`
      : `Drop ${names.length} sensitive fields from the prompt`;
  return [{ title, effort: "medium", edits }];
}

/** Words that a prompt may use of errors, logs and settings. */
const DEBUG_WORDS =
  "error exception traceback trace stack message detail details log logs debug settings environment config";

/** Takes exception detail, log lines or a secret out of a prompt. */
export function dropPiece(c: Case): Draft[] {
  const places = [c.finding, ...c.finding.related].filter((p) => p.file === c.file);
  const edits: Edit[] = [];
  for (const p of places) {
    const found = holeAt(c, p.start, p.end);
    const words = `${DEBUG_WORDS} ${c.source.slice(p.start, p.end)}`;
    const edit = found && without(c, found.text, found.hole, words, edits);
    if (!edit) return [];
    edits.push(edit);
  }
  return edits.length ? [{ title: "Drop it from the prompt", effort: "medium", edits }] : [];
}

type Text = Node<FStringExpr>;

function holeAt(c: Case, s: number, e: number): { text: Text; hole: FStringHole } | undefined {
  for (let n = c.nodes.covering(s, e); n; n = n.parent) {
    if (n.x.k !== "fstr") continue;
    const base = n.stmt.chunk.base;
    const hole = n.x.parts.find((p): p is FStringHole => typeof p !== "string" && base + p.s <= s && base + p.e >= e);
    return hole && { text: { ...n, x: n.x }, hole };
  }
  return undefined;
}

/** The literals of a text, with the holes jumped over. */
function literalsOf(c: Case, n: Text): Literal[] {
  const { text } = c.source;
  const base = n.stmt.chunk.base;
  const holes = n.x.parts.flatMap((p) => (typeof p === "string" ? [] : [{ s: base + p.s, e: base + p.e }]));
  const out: Literal[] = [];
  let at = n.s;
  while (at < n.e) {
    const open = /^[A-Za-z]{0,2}("""|'''|"|')/.exec(text.slice(at, at + 8));
    if (!open) {
      // White space, comments and line ends between literals.
      if (text[at] === "#") at = c.source.lineEnd(at);
      else at++;
      continue;
    }
    const quote = open[1]!;
    const from = at + open[0].length;
    let i = from;
    while (i < n.e && !text.startsWith(quote, i)) {
      const hole = holes.find((h) => h.s === i);
      i = hole ? hole.e : i + (text[i] === "\\" ? 2 : 1);
    }
    out.push({ s: at, e: i + quote.length, from, to: i });
    at = i + quote.length;
  }
  return out;
}

/** The edit that takes one hole out; undefined where the rest would not read as a sentence. */
function without(c: Case, n: Text, hole: FStringHole, field: string, others: readonly Edit[]): Edit | undefined {
  const src = c.source;
  const base = n.stmt.chunk.base;
  const s = base + hole.s;
  const e = base + hole.e;
  const literals = literalsOf(c, n);
  const own = literals.find((l) => l.from <= s && l.to >= e);
  if (!own) return undefined;
  const holes = n.x.parts.flatMap((p) => (typeof p === "string" ? [] : [{ s: base + p.s, e: base + p.e }]));
  // What an earlier edit took is no longer there.
  const left = Math.max(
    own.from,
    ...holes.filter((h) => h.e <= s).map((h) => h.e),
    ...others.filter((o) => o.end <= s).map((o) => o.end),
  );
  const right = Math.min(own.to, ...holes.filter((h) => h.s >= e).map((h) => h.s));
  const before = src.slice(left, s);
  const after = src.slice(e, right);
  const startsText = left === own.from;
  const endsText = right === own.to;
  const cutting = cut(before, after, startsText, endsText, field);
  if (!cutting) return undefined;
  const from = s - cutting.before;
  const to = e + cutting.after;
  // A literal with nothing left in it goes whole, with its line.
  if (from === own.from && to === own.to && literals.length > 1 && cutting.put === "") return src.remove(own.s, own.e);
  return src.edit(from, to, cutting.put);
}

interface Cut {
  /** Code units before and behind the hole that go with it. */
  before: number;
  after: number;
  /** What is put there instead. */
  put: string;
}

function cut(before: string, after: string, startsText: boolean, endsText: boolean, field: string): Cut | undefined {
  // A line of its own: `Email: {x}`.
  const line = new RegExp(`(?:^|${NL})([ \\t]*(?:[-*•][ \\t]*)?(?:${WORDS})?[ \\t]*(?:[:=-]+[ \\t]*)?)$`, "u").exec(
    before,
  );
  const lineEnd = new RegExp(`^[ \\t.,;]*(${NL}|$)`).exec(after);
  const atStart = line && (line.index > 0 || !/^(?:\^|)$/.test("x") || startsText || /^(\\n|\r|\n)/.test(line[0]));
  if (line && lineEnd && atStart && (startsText || line[0] !== line[1])) {
    const whole = line[0] === line[1];
    const ends = lineEnd[1] !== "";
    if (labelled(line[1]!) && (ends || endsText)) {
      // Either line end goes, so that the lines around come together.
      if (ends) return { before: line[1]!.length, after: lineEnd[0].length, put: "" };
      return whole ? undefined : { before: line[0].length, after: lineEnd[0].length, put: "" };
    }
  }
  // One of a list: `, email: {x}`, `; email {x}`.
  const item = new RegExp(`[,;][ \\t]*(?:and[ \\t]+)?(${WORDS})[ \\t]*(?:[:=]|is|of)?[ \\t]*$`, "u").exec(before);
  if (item && names(item[1]!, field) && /^\s*(?:[,;.)\]!?]|$|\\n|\s+and\b)/.test(after))
    return { before: item[0].length, after: 0, put: "" };
  // First of a list: `Name: {a}, ...` at the start of the text or behind a colon.
  const first = new RegExp(`(?:^|[:.(]\\s+|${NL})(${WORDS}[ \\t]*[:=][ \\t]*)$`, "u").exec(before);
  const comma = /^[,;]\s+/.exec(after);
  if (first && comma && names(first[1]!, field) && (startsText || first[0] !== first[1]))
    return { before: first[1]!.length, after: comma[0].length, put: "" };
  // In brackets: ` (email: {x})`, ` <{x}>`.
  const bracket = new RegExp(`[ \\t]*([(\\[<])(?:(${WORDS})[ \\t]*[:=]?[ \\t]*)?$`, "u").exec(before);
  if (bracket && (bracket[2] === undefined || names(bracket[2], field)) && /^[)\]>]/.test(after))
    return { before: bracket[0].length, after: 1, put: "" };
  // A phrase: ` with email {x}`, ` and the phone number {x}`.
  const phrase = new RegExp(
    `[ \\t]+(with|and|at|whose|having|has|under)[ \\t]+(${WORDS})(?:[ \\t]+(?:is|of|address|number))?[ \\t]*[:=]?[ \\t]*$`,
    "u",
  ).exec(before);
  if (!phrase || !names(phrase[2]!, field)) return undefined;
  const next = /^([ \t]*,)?[ \t]+and[ \t]+/.exec(after);
  if (phrase[1] !== "and" && next) return { before: phrase[0].length, after: next[0].length, put: ` ${phrase[1]} ` };
  return /^\s*(?:[,;.)\]!?]|$|\\n|and\b)/.test(after) ? { before: phrase[0].length, after: 0, put: "" } : undefined;
}

/** A line's head that is a label, or nothing. */
const labelled = (head: string): boolean => head.trim() === "" || /[:=-]\s*$/.test(head);

/** Whether words name the field: they share a word with it, as whole or as its beginning. */
function names(words: string, field: string): boolean {
  const own = field
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const said = words
    .toLowerCase()
    .replace(/e-mail/g, "email")
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  return (
    said.length <= 4 &&
    said.some((w) =>
      own.some((o) => o !== "" && (w === o || (w.length > 2 && o.startsWith(w)) || (o.length > 2 && w.startsWith(o)))),
    )
  );
}
