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
