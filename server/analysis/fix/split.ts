/** Takes a prompt apart: what the app says goes to the system message, what the user says to a message of its own. */
import type { Expr } from "../ir.js";
import { type Hole, merge, type Part, trim } from "./text-parts.js";

export interface Split {
  system: Part[];
  user: Part[];
}

/** Words that name a part of a conversation or a form and are no instruction. */
const LABEL_WORDS = new Set(
  (
    "user users customer client human student patient caller visitor guest person member candidate applicant the a an my your their his her this current new latest last next " +
    "question questions query message messages input inputs text texts request prompt content contents document doc email mail letter review comment comments feedback article post " +
    "note notes code data topic subject title name description details bio story transcript conversation chat history context ticket issue problem symptoms order complaint search term " +
    "terms keyword keywords language lang style tone format goal task says said asks asked wrote q u x body reply answer statement sentence paragraph entry file resume cv preferences " +
    "interests ingredients location city country destination job role position company product"
  ).split(" "),
);

/** Words before a colon that announce the model's turn. */
const ANSWER = /(?:^|\n|(?<=[.!?)\]}"']\s)|(?<=[.!?]))[ \t]*(?:[A-Z][\w'-]*)(?: [\w'-]+){0,2}[ \t]*[:>][ \t]*$/;

const DELIMITERS: readonly (readonly [RegExp, RegExp])[] = [
  [/"""\s*$/, /^\s*"""/],
  [/'''\s*$/, /^\s*'''/],
  [/```\w*\s*$/, /^\s*```/],
  [/<<<\s*$/, /^\s*>>>/],
  [/<(?:user_)?(\w+)>\s*$/, /^\s*<\/\w+>/],
  [/"$/, /^"/],
  [/'$/, /^'/],
  [/`$/, /^`/],
  [/\[$/, /^\]/],
  [/\($/, /^\)/],
  [/“$/, /^”/],
  [/\n-{3,}\s*$/, /^\s*-{3,}/],
  [/\n#{3,}\s*$/, /^\s*#{3,}/],
];

interface Taken {
  hole: Hole;
  /** The label in front of it, without the colon. */
  label: string;
}

/**
 * @param parts the text
 * @param isUser whether a hole holds what a user wrote
 * @returns undefined where nothing would be left for the system message
 */
export function split(parts: readonly Part[], isUser: (h: Hole) => boolean): Split | undefined {
  const out: Part[] = [...parts];
  const taken: Taken[] = [];
  for (let i = 0; i < out.length; i++) {
    const p = out[i]!;
    if (typeof p === "string" || !isUser(p)) continue;
    if (typeof out[i - 1] !== "string") out.splice(i++, 0, "");
    if (typeof out[i + 1] !== "string") out.splice(i + 1, 0, "");
    const last = !out.slice(i + 2).some((q) => typeof q === "object" || q.trim() !== "");
    const [before, label, after, put] = cut(String(out[i - 1]), p, String(out[i + 1]), last);
    taken.push({ hole: p, label });
    out[i - 1] = before;
    out[i] = put;
    out[i + 1] = after;
  }
  if (!taken.length) return undefined;
  const system = tidy(merge(out));
  if (!system.some((p) => typeof p === "object" || /\p{L}/u.test(p))) return undefined;
  return { system, user: userText(taken) };
}

/** Text before the hole, its label, text behind it, and what stands in its place. */
function cut(prefix: string, h: Hole, suffix: string, last: boolean): [string, string, string, string] {
  let before = prefix;
  let after = suffix;
  for (const [open, close] of DELIMITERS) {
    if (!open.test(before) || !close.test(after)) continue;
    before = before.replace(open, "");
    after = after.replace(close, "");
    break;
  }
  const lineHead = before.slice(before.lastIndexOf("\n") + 1);
  const found = labelAtEnd(lineHead);
  const lineEnd = after.search(/\n|$/);
  const lineRest = after.slice(0, lineEnd);
  const alone = /^[\s.,;]*$/.test(lineRest) || (last && ANSWER.test(`.${after}`) && after.slice(lineEnd).trim() === "");
  if (found && alone) {
    // A line, or the end of one, that is only the user's: it goes whole.
    const rest = last ? dropAnswer(after) : after.slice(lineEnd);
    return [before.slice(0, before.length - found.length), found.label, rest, ""];
  }
  if (lineHead.trim() === "" && alone) return [before, "", last ? dropAnswer(after) : after.slice(lineEnd), ""];
  if (last && /[:\n]\s*$/.test(before) && dropAnswer(after).trim() === "")
    return [before.replace(/\s*:\s*$/, "."), "", "", ""];
  if (last && dropAnswer(after).trim() === "" && /[.!?]\s*$/.test(before)) return [before, "", "", ""];
  const noun = nounOf(h.x);
  const article = /(^|\s)(?:a|an|the|this|that|these|those|their|your|my|our|its|his|her)\s+$/i.exec(before);
  if (article) before = before.slice(0, before.length - article[0].length) + article[1];
  const start = /(^|[.!?\n]\s*)$/.test(before);
  return [before, "", last ? dropAnswer(after) : after, `${start ? "The" : "the"} user's ${noun}`];
}

/** A short label such as `Question:` at the end of a line's text. */
function labelAtEnd(text: string): { label: string; length: number } | undefined {
  const m = /(?:^|(?<=[.!?;,:)\]]\s))\s*[*_#-]*\s*([\p{L}][\p{L}\p{N} _'’-]{0,40}?)[*_]*\s*(?::|=|->|>)[*_]*\s*$/u.exec(
    text,
  );
  if (!m) return undefined;
  const words = m[1]!
    .toLowerCase()
    .replace(/['’]s?\b/g, "")
    .split(/[\s_-]+/)
    .filter(Boolean);
  return words.length <= 4 && words.every((w) => LABEL_WORDS.has(w))
    ? { label: m[1]!.trim(), length: m[0].length }
    : undefined;
}

/** The text without a last line such as `Answer:`, which only a completion model needs. */
function dropAnswer(text: string): string {
  return text.replace(ANSWER, "");
}

/** What a value is, in a word or two, after its name. */
export function nounOf(x: Expr): string {
  const name = nameOf(x);
  const words = (name ?? "")
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter(
      (w) => w && !/^(user|users|raw|clean|safe|the|my|req|request|form|args|json|param|params|val|value|str)$/.test(w),
    );
  const noun = words.join(" ");
  if (noun.length < 3 || /^(input|msg|inp|query string|payload)$/.test(noun)) return "message";
  return noun === "lang" ? "language" : noun;
}

function nameOf(x: Expr): string | undefined {
  switch (x.k) {
    case "name":
      return x.id;
    case "attr":
      return x.a;
    case "sub":
      return x.i.k === "const" && typeof x.i.v === "string" ? x.i.v : nameOf(x.o);
    case "call": {
      const a = x.args[0];
      if (x.f.k === "attr" && /^(get|getlist|pop)$/.test(x.f.a) && a?.k === "const" && typeof a.v === "string")
        return a.v;
      return x.f.k === "attr" ? nameOf(x.f.o) : a && nameOf(a);
    }
    case "await":
      return nameOf(x.x);
    case "bool":
      return nameOf(x.xs[0]!);
    default:
      return undefined;
  }
}

function userText(taken: readonly Taken[]): Part[] {
  const different = taken.filter((t, i) => taken.findIndex((o) => o.hole.src === t.hole.src) === i);
  if (different.length === 1) return [different[0]!.hole];
  const out: Part[] = [];
  for (const [i, t] of different.entries()) {
    const noun = t.label || nounOf(t.hole.x);
    out.push(`${i ? "\n" : ""}${noun[0]!.toUpperCase()}${noun.slice(1)}: `, t.hole);
  }
  return merge(out);
}

/** Closes the gaps that the user's parts left. */
function tidy(parts: Part[]): Part[] {
  const out = parts.map((p) => (typeof p === "string" ? p.replace(/[ \t]+\n/g, "\n").replace(/\n{3,}/g, "\n\n") : p));
  const last = out.at(-1);
  // What announced the answer of a completion has nothing behind it any more.
  if (typeof last === "string" && out.length > 1)
    out[out.length - 1] = dropAnswer(last.trimEnd()).replace(/(?:\n\s*[-=#*_]{3,}\s*)+$/, "");
  return trim(merge(out));
}
