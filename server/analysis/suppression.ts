/** `# spillcheck: ignore[rule-id] reason` comments. */
import type { Comment, ModuleIR, Stmt } from "./ir.js";
import { blocksOf } from "./names/definitions.js";

export interface Suppression {
  comment: Comment;
  /** Rule ids; empty for every rule. */
  rules: readonly string[];
  reason: string;
  /** The whole file. */
  file: boolean;
  /** Rules whose findings it suppressed. */
  used: Set<string>;
}

/** Whether a text may hold such a comment. */
export const maySpeak = (text: string): boolean => /spillcheck\s*:/i.test(text);

const FORM = /^\s*spillcheck:\s*(ignore(?:-file)?)\s*(?:\[([^\]]*)\])?\s*[:-]?\s*(.*)$/i;

/** Reads the comments of a module. A comment alone in the first lines with `ignore-file` speaks for the file. */
export function suppressionsOf(ir: ModuleIR): Suppression[] {
  const out: Suppression[] = [];
  for (const c of ir.comments) {
    const m = FORM.exec(c.text);
    if (!m) continue;
    const rules = (m[2] ?? "")
      .split(",")
      .map((r) => r.trim())
      .filter(Boolean);
    out.push({
      comment: c,
      rules,
      reason: (m[3] ?? "").trim(),
      file: m[1]!.toLowerCase() === "ignore-file",
      used: new Set(),
    });
  }
  return out;
}

/**
 * The suppression that covers a finding (each that does is marked as used): at the end of its line, alone on the line above, or on any line of the statement
 * (or of the statement's header, for one with a body).
 */
export function findSuppression(
  list: readonly Suppression[],
  text: string,
  ir: ModuleIR,
  rule: string,
  start: number,
  end: number,
): Suppression | undefined {
  if (!list.length) return undefined;
  const span = statementAt(ir, start) ?? { s: start, e: end };
  const from = lineStart(text, span.s);
  const to = lineEnd(text, Math.max(span.e, end));
  const hits = list.filter((s) => {
    if (s.rules.length && !s.rules.includes(rule)) return false;
    if (s.file) return true;
    if (s.comment.s >= from && s.comment.s < to) return true;
    // Alone on a line above, other comment lines in between allowed.
    const line = text.slice(lineStart(text, s.comment.s), s.comment.s);
    if (line.trim() !== "" || s.comment.s > from) return false;
    const between = text.slice(lineEnd(text, s.comment.e), from);
    return between
      .split("\n")
      .every((l, i, all) => l.trim().startsWith("#") || (l.trim() === "" && (i === 0 || i === all.length - 1)));
  });
  for (const hit of hits) hit.used.add(rule);
  return hits[0];
}

const lineStart = (t: string, at: number) => t.lastIndexOf("\n", at - 1) + 1;
const lineEnd = (t: string, at: number) => {
  const i = t.indexOf("\n", at);
  return i < 0 ? t.length : i;
};

/** Offsets of the innermost statement, or of its header when it has a body. */
function statementAt(ir: ModuleIR, at: number): { s: number; e: number } | undefined {
  let found: { s: number; e: number } | undefined;
  const walk = (stmts: readonly Stmt[], base: number): void => {
    for (const st of stmts) {
      const b = st.chunk?.base ?? base;
      if (at < b + st.s || at >= b + st.e) continue;
      const blocks = st.k === "def" ? [st.fn.body] : st.k === "class" ? [st.cls.body] : blocksOf(st);
      const first = blocks.flat()[0];
      found = first ? { s: b + st.s, e: (first.chunk?.base ?? b) + first.s - 1 } : { s: b + st.s, e: b + st.e };
      if (first && at >= found.e) found = { s: at, e: at + 1 };
      for (const block of blocks) walk(block, b);
    }
  };
  walk(ir.body, 0);
  return found;
}
