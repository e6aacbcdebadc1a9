export interface Word {
  text: string;
  start: number;
  end: number;
}

/** Words in lower case, accents and look-alikes folded by the caller where needed. */
export function words(text: string): Word[] {
  const out: Word[] = [];
  for (const match of text.matchAll(/[\p{L}\p{N}][\p{L}\p{N}'’_-]*/gu))
    out.push({
      text: match[0].toLowerCase().replace(/[’]/g, "'"),
      start: match.index,
      end: match.index + match[0].length,
    });
  return out;
}

/** Runs of `size` words, joined by spaces. */
export function shingles(list: readonly Word[], size: number): string[] {
  const out: string[] = [];
  for (let i = 0; i + size <= list.length; i++)
    out.push(
      list
        .slice(i, i + size)
        .map((word) => word.text)
        .join(" "),
    );
  return out;
}

export function shingleSet(texts: readonly string[], size: number): Set<string> {
  const set = new Set<string>();
  for (const text of texts) for (const shingle of shingles(words(text), size)) set.add(shingle);
  return set;
}

export interface Run {
  start: number;
  end: number;
  words: number;
}

/** The stretches of `text` whose shingles are in `wanted` and not in `unless`; overlapping shingles make one stretch. */
export function sharedRuns(
  text: string,
  wanted: ReadonlySet<string>,
  unless: ReadonlySet<string>,
  size: number,
): Run[] {
  const list = words(text);
  const runs: { from: number; to: number }[] = [];
  shingles(list, size).forEach((shingle, i) => {
    if (!wanted.has(shingle) || unless.has(shingle)) return;
    const last = runs.at(-1);
    if (last && i <= last.to + 1) last.to = i + size - 1;
    else runs.push({ from: i, to: i + size - 1 });
  });
  return runs.map(({ from, to }) => ({ start: list[from]?.start ?? 0, end: list[to]?.end ?? 0, words: to - from + 1 }));
}

/** How much of a text is looked at, in characters. */
const LONGEST = 40_000;
const GRAM = 24;
/** This many letters in a row are five or six words. */
const TELLING = 30;
const UNBROKEN = /[\p{L}\p{N}'’.,;:!?"“”()-]{40,}/gu;

function letters(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
}

/**
 * Stretches of text without spaces that stand in one of the prompts when its spaces are left out as well.
 * @param unless texts that prove nothing: what was asked, what is said anyway
 * @returns the longest such stretch, or null
 */
export function sharedWithoutSpaces(
  text: string,
  prompts: readonly string[],
  unless: readonly string[],
): string | null {
  const unbroken = text.slice(0, LONGEST).match(UNBROKEN);
  if (!unbroken) return null;
  const grams = (list: readonly string[]) =>
    new Set(
      list
        .map(letters)
        .flatMap((each) => Array.from({ length: each.length - GRAM + 1 }, (_, i) => each.slice(i, i + GRAM))),
    );
  const wanted = grams(prompts);
  const other = grams(unless);
  let best = "";
  for (const stretch of unbroken.map(letters)) {
    let from = -1;
    for (let i = 0; i + GRAM <= stretch.length + 1; i++) {
      const gram = stretch.slice(i, i + GRAM);
      const shared = gram.length === GRAM && wanted.has(gram) && !other.has(gram);
      if (shared && from < 0) from = i;
      if (shared || from < 0) continue;
      const found = stretch.slice(from, i - 1 + GRAM);
      if (found.length > best.length) best = found;
      from = -1;
    }
  }
  return best.length >= TELLING ? best : null;
}
