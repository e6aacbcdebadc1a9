/**
 * What a field's name says about its content. The words come from `rules/lexicon.yaml`; a name is split into words whatever
 * its spelling (snake, camel, kebab, capitals), so that `num_uncertainty` holds no `cert` and `userEmail` an `email`.
 */
import { parse } from "yaml";
import { z } from "zod";
import text from "../../../rules/lexicon.yaml";

export const sensitiveCategories = [
  "contact",
  "government-id",
  "financial",
  "health",
  "credential",
  "personal",
  "operational",
  "free-text",
] as const;
export type SensitiveCategory = (typeof sensitiveCategories)[number];

/** A sensitive name: what kind of data it is, and the phrase in the name that says so. */
export interface SensitiveName {
  category: SensitiveCategory;
  word: string;
}

const category = z.enum(sensitiveCategories);
const rows = z.array(z.array(z.string())).transform((lists) => lists.flat());
const lexiconFile = z.strictObject({
  phrases: z.partialRecord(category, rows),
  alone: z.partialRecord(category, z.array(z.string())),
  exceptions: rows,
  blockers: rows,
  category_blockers: z.partialRecord(category, z.array(z.string())),
  prefixes: rows,
  owners: rows,
  neutral: z.array(z.string()),
});

interface Entry {
  /** `undefined` for an exception: the phrase is harmless. */
  category: SensitiveCategory | undefined;
  phrase: string;
  alone: boolean;
}

interface Match {
  start: number;
  end: number;
  entry: Entry;
}

const LONGEST_PHRASE = 5;
/** Names longer than this are no field names. */
const LONGEST_NAME = 120;

// The bundle carries it as JSON, which is quicker to read.
const data = lexiconFile.parse(text.startsWith("{") ? JSON.parse(text) : parse(text));
const entries = new Map<string, Entry>();
const blockers = new Set(data.blockers);
const categoryBlockers = new Map(Object.entries(data.category_blockers).map(([k, v]) => [k, new Set(v)]));
const prefixes = new Set(data.prefixes);
const owners = new Set(data.owners);
const neutral = new Set(data.neutral);

function add(phrase: string, entry: Entry): void {
  entries.set(phrase, entry);
  // `dateofbirth`, `APIKEY`: the same words with nothing between them.
  const glued = phrase.replaceAll(" ", "");
  if (glued !== phrase && !entries.has(glued)) entries.set(glued, entry);
}

for (const [kind, phrases] of Object.entries(data.phrases)) {
  for (const phrase of phrases) add(phrase, { category: category.parse(kind), phrase, alone: false });
}
for (const [kind, phrases] of Object.entries(data.alone)) {
  for (const phrase of phrases) add(phrase, { category: category.parse(kind), phrase, alone: true });
}
for (const phrase of data.exceptions) add(phrase, { category: undefined, phrase, alone: false });

const letters = /\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lo}+|\d+/gu;

/**
 * The words of a name in lower case without accents: `billingAddress2` gives `billing`, `address`, `2`.
 */
export function nameWords(name: string): string[] {
  const found = name.normalize("NFC").match(letters) ?? [];
  return found.map((word) => word.toLowerCase().replaceAll("ß", "ss").normalize("NFD").replace(/\p{M}/gu, ""));
}

function singular(word: string): string | undefined {
  if (word.length < 4 || !word.endsWith("s") || word.endsWith("ss")) return undefined;
  if (word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  if (word.endsWith("sses") || word.endsWith("xes")) return word.slice(0, -2);
  return word.slice(0, -1);
}

/** `useremail`: an owner's name and a phrase with nothing between them. */
function gluedOwner(word: string): Entry | undefined {
  for (let cut = 2; cut <= word.length - 3; cut++) {
    if (!owners.has(word.slice(0, cut))) continue;
    const entry = entries.get(word.slice(cut));
    if (entry?.category && !entry.alone) return entry;
  }
  return undefined;
}

function entryAt(words: readonly string[], start: number, length: number): Entry | undefined {
  const phrase = length === 1 ? words[start]! : words.slice(start, start + length).join(" ");
  const exact = entries.get(phrase);
  if (exact) return exact;
  const last = singular(words[start + length - 1]!);
  if (last !== undefined) {
    const before = length === 1 ? "" : `${words.slice(start, start + length - 1).join(" ")} `;
    const one = entries.get(before + last);
    if (one) return one;
  }
  return length === 1 ? gluedOwner(phrase) : undefined;
}

function matches(words: readonly string[]): Match[] {
  const found: Match[] = [];
  let at = 0;
  while (at < words.length) {
    let length = Math.min(LONGEST_PHRASE, words.length - at);
    let entry: Entry | undefined;
    for (; length > 0; length--) {
      entry = entryAt(words, at, length);
      if (entry) break;
    }
    if (entry) found.push({ start: at, end: at + length, entry });
    at += entry ? length : 1;
  }
  return found;
}

function blocked(words: readonly string[], match: Match): boolean {
  const own = categoryBlockers.get(match.entry.category ?? "");
  for (let i = match.end; i < words.length; i++) {
    const word = words[i]!;
    if (blockers.has(word) || own?.has(word)) return true;
  }
  if (!match.entry.alone) return false;
  return words.some(
    (word, i) => (i < match.start || i >= match.end) && !owners.has(word) && !neutral.has(word) && !/^\d+$/.test(word),
  );
}

function look(name: string): SensitiveName | undefined {
  if (name.length > LONGEST_NAME) return undefined;
  const words = nameWords(name);
  if (words.length === 0 || (words.length > 1 && prefixes.has(words[0]!))) return undefined;
  for (const match of matches(words)) {
    const kind = match.entry.category;
    if (kind && !blocked(words, match)) return { category: kind, word: match.entry.phrase };
  }
  return undefined;
}

const MEMO_LIMIT = 20_000;
const memo = new Map<string, SensitiveName | undefined>();

/**
 * Whether a field of this name holds personal data, a credential or an operational secret.
 *
 * @param name one name as the code spells it (`user_email`, `billingAddress`), not a path
 * @returns the category and the phrase in the name that says so; `undefined` for harmless names and all ids
 */
export function sensitiveField(name: string): SensitiveName | undefined {
  const known = memo.get(name);
  if (known !== undefined || memo.has(name)) return known;
  const result = look(name);
  if (memo.size >= MEMO_LIMIT) memo.clear();
  memo.set(name, result);
  return result;
}

/**
 * The same with further names that a user lists. A listed name counts in every spelling, alone and inside compound
 * names; ids count when they are listed.
 *
 * @param extra names as a settings file lists them
 */
export function sensitiveFields(extra: readonly string[]): (name: string) => SensitiveName | undefined {
  const listed = extra.map((name) => nameWords(name)).filter((words) => words.length > 0);
  if (listed.length === 0) return sensitiveField;
  const own = new Map<string, SensitiveName | undefined>();
  return (name) => {
    if (own.has(name)) return own.get(name);
    const words = nameWords(name);
    const hit = listed.find((phrase) => holds(words, phrase));
    const result: SensitiveName | undefined = hit
      ? { category: "personal", word: hit.join(" ") }
      : sensitiveField(name);
    if (own.size >= MEMO_LIMIT) own.clear();
    own.set(name, result);
    return result;
  };
}

function holds(words: readonly string[], phrase: readonly string[]): boolean {
  for (let at = 0; at + phrase.length <= words.length; at++) {
    if (!phrase.every((word, i) => words[at + i] === word)) continue;
    const rest = words.slice(at + phrase.length);
    if (!rest.some((word) => blockers.has(word))) return true;
  }
  return false;
}
