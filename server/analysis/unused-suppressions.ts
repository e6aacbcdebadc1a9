/** Comments that suppress nothing: findings of a rule of their own, since they would hide the next mistake. */
import type { Finding, Level } from "./finding.js";
import type { ModuleIR } from "./ir.js";
import { findSuppression, type Suppression } from "./suppression.js";

/** The rule under which they are reported. */
export const UNUSED_SUPPRESSION = "unused-suppression";

export interface UnusedInput {
  file: string;
  text: string;
  ir: ModuleIR;
  /** After every finding of the file was matched against them. */
  suppressions: readonly Suppression[];
  /** Ids of all rules, the user's own included. */
  known: ReadonlySet<string>;
  level: Level;
}

interface Unused {
  start: number;
  end: number;
  message: string;
  /** What the fix takes away, and what it puts there. */
  edit: { start: number; end: number; text: string };
}

/** Findings without fingerprints, by position. */
export function unusedSuppressions(input: UnusedInput): Finding[] {
  const { file, text, ir, suppressions, level } = input;
  // A comment may only speak of findings of this rule where it names it.
  const naming = suppressions.filter((s) => s.rules.includes(UNUSED_SUPPRESSION));
  const found: Finding[] = [];
  const report = (one: Unused, naming: readonly Suppression[]) => {
    const place = { file, start: one.start, end: one.end };
    const hit = findSuppression(naming, text, ir, UNUSED_SUPPRESSION, one.start, one.end);
    found.push({
      ...place,
      rule: UNUSED_SUPPRESSION,
      level,
      message: one.message,
      confidence: "high",
      path: [{ ...place, message: "nothing is suppressed here" }],
      related: [],
      fixes: [{ kind: "drop-comment", ...one.edit }],
      fingerprint: "",
      ...(hit ? { suppressed: { reason: hit.reason } } : {}),
    });
  };
  // The rule's own name last: whether it is used shows while the others are reported. It cannot excuse itself.
  for (const s of suppressions) for (const one of unusedIn(s, input, false)) report(one, naming);
  for (const s of naming) {
    const others = naming.filter((other) => other !== s);
    for (const one of unusedIn(s, input, true)) report(one, others);
  }
  return found.sort((a, b) => a.start - b.start);
}

function unusedIn(s: Suppression, { text, known }: UnusedInput, own: boolean): Unused[] {
  const what = s.file ? "file" : "comment";
  if (s.rules.length === 0) {
    if (own || s.used.size > 0) return [];
    const message = s.file
      ? "There is nothing in this file that this comment suppresses."
      : "There is nothing here that this comment suppresses.";
    return [{ ...trimmed(s, text), message, edit: dropComment(s, text) }];
  }
  const unused = s.rules.filter((rule) => !s.used.has(rule) && (rule === UNUSED_SUPPRESSION) === own);
  if (unused.length === 0) return [];
  const where = what === "file" ? "in this file" : "here";
  const say = (rule: string) =>
    known.has(rule)
      ? `There is no finding of \`${rule}\` ${where} that this comment could suppress.`
      : `There is no rule \`${rule}\`, so this comment suppresses nothing of it.`;
  if (unused.length === s.rules.length) {
    const message =
      unused.length === 1
        ? say(unused[0]!)
        : `There is no finding of ${unused.map((rule) => `\`${rule}\``).join(", ")} ${where} that this comment could suppress.`;
    return [{ ...trimmed(s, text), message, edit: dropComment(s, text) }];
  }
  return unused.map((rule) => ({ ...placeOfId(s, text, rule), message: say(rule), edit: dropId(s, text, rule) }));
}

/** The comment without what stands behind it. */
function trimmed(s: Suppression, text: string): { start: number; end: number } {
  const { start, end } = extent(s, text);
  return { start, end: start + text.slice(start, end).trimEnd().length };
}

/** The comment up to another one on the same line (`# spillcheck: ignore[x]  # noqa`). */
function extent(s: Suppression, text: string): { start: number; end: number } {
  const { s: start, e: end } = s.comment;
  const next = text.slice(start + 1, end).search(/\s#/);
  return { start, end: next < 0 ? end : start + 2 + next };
}

/** The whole line where the comment stands alone, else the comment and the space before it. */
function dropComment(s: Suppression, text: string): Unused["edit"] {
  const { start, end } = extent(s, text);
  if (end < s.comment.e) return { start, end, text: "" };
  const line = text.lastIndexOf("\n", start - 1) + 1;
  const before = text.slice(line, start);
  if (before.replace(/^\ufeff/, "").trim() !== "") return { start: line + before.trimEnd().length, end, text: "" };
  const begin = line + (before.startsWith("\ufeff") ? 1 : 0);
  const after = /^[ \t]*(?:\r\n|\n|\r)?/.exec(text.slice(end))?.[0].length ?? 0;
  return { start: begin, end: end + after, text: "" };
}

/** Where the list of ids stands. */
function listOf(s: Suppression, text: string): { start: number; ids: string } {
  const comment = text.slice(s.comment.s, s.comment.e);
  const open = comment.indexOf("[");
  return { start: s.comment.s + open + 1, ids: comment.slice(open + 1, comment.indexOf("]", open)) };
}

function placeOfId(s: Suppression, text: string, rule: string): { start: number; end: number } {
  const { start, ids } = listOf(s, text);
  let at = start;
  for (const part of ids.split(",")) {
    if (part.trim() === rule) {
      const begin = at + part.length - part.trimStart().length;
      return { start: begin, end: begin + rule.length };
    }
    at += part.length + 1;
  }
  return { start, end: start + ids.length };
}

function dropId(s: Suppression, text: string, rule: string): Unused["edit"] {
  const { start, ids } = listOf(s, text);
  const left = ids
    .split(",")
    .map((part) => part.trim())
    .filter((id) => id && id !== rule);
  return { start, end: start + ids.length, text: left.join(", ") };
}
