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

/** Writing without spaces: what is taken for one stretch, and how much of it in a row tells. */
interface Script {
  stretch: RegExp;
  letter: RegExp;
  gram: number;
  /** What a stretch says, in the measure of `telling`. */
  weigh: (bare: string) => number;
  telling: number;
}
const SCRIPTS: readonly Script[] = [
  // Letters with the spaces left out: thirty are five or six words.
  {
    stretch: /[\p{L}\p{N}'’.,;:!?"“”()-]{40,}/gu,
    letter: /[^\p{L}\p{N}]+/gu,
    gram: 24,
    weigh: (bare) => bare.length,
    telling: 30,
  },
  // Scripts that have none: a sign is a syllable or a word.
  {
    stretch:
      /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{P}ー]{12,}/gu,
    letter: /[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}ー]+/gu,
    gram: 10,
    // A Chinese character says as much as two signs for syllables.
    weigh: (bare) => [...bare].reduce((sum, sign) => sum + (/\p{Script=Han}/u.test(sign) ? 1 : 0.55), 0),
    telling: 12,
  },
];

function gramsOf(texts: readonly string[], { letter, gram }: Script): Set<string> {
  const out = new Set<string>();
  for (const text of texts) {
    const bare = text.toLowerCase().replace(letter, "");
    for (let i = 0; i + gram <= bare.length; i++) out.add(bare.slice(i, i + gram));
  }
  return out;
}

/**
 * Stretches of text without spaces that stand in one of the prompts, with its spaces left out as well: words run together,
 * and languages that are written so.
 * @param unless texts that prove nothing: what was asked, what is said anyway
 * @returns the longest such stretch, or null
 */
export function sharedWithoutSpaces(
  whole: string,
  prompts: readonly string[],
  unless: readonly string[],
): string | null {
  const text = whole.slice(0, LONGEST);
  let best = "";
  for (const script of SCRIPTS) {
    const stretches = text.match(script.stretch);
    if (!stretches) continue;
    const wanted = gramsOf(prompts, script);
    if (wanted.size === 0) continue;
    const other = gramsOf(unless, script);
    for (const stretch of stretches) {
      const bare = stretch.toLowerCase().replace(script.letter, "");
      let from = -1;
      for (let i = 0; i + script.gram <= bare.length + 1; i++) {
        const gram = bare.slice(i, i + script.gram);
        const shared = gram.length === script.gram && wanted.has(gram) && !other.has(gram);
        if (shared && from < 0) from = i;
        if (shared || from < 0) continue;
        const found = bare.slice(from, i - 1 + script.gram);
        if (found.length > best.length && script.weigh(found) >= script.telling) best = found;
        from = -1;
      }
    }
  }
  return best === "" ? null : best;
}
