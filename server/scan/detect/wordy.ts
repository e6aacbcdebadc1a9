/** The pairs of letters that make up 96% of English text: a first letter with all that follow it. */
const FOLLOWERS: ReadonlyMap<string, string> = new Map(
  (
    "abcdfgiklmnprstuy baelouy caehklortuw dadeijors eabcdeflmnpqrstvwxy faefiloru geginosu haeiot iacdefglmnorstvx " +
    "jaes kes lacdeilmostuy madeilmop nacdegilopstvy obcdefgiklmnoprstuvw paeilmoprstuy qu radegiklmnorstuvy " +
    "sacehikopstuwy taehioprstuy uegilmnprst vaei waehinor xcpt yaost"
  )
    .split(" ")
    .map((row) => [row[0] ?? "", row.slice(1)]),
);

/**
 * Which part of a text's pairs of letters are pairs that English is full of: about 0.95 in words and in names made of
 * words, about 0.35 in what was drawn by chance.
 * @returns the share, from 0 to 1, and the number of pairs it rests on; a small letter before a capital makes no pair
 */
export function englishPairs(text: string): { share: number; pairs: number } {
  let pairs = 0;
  let common = 0;
  for (let i = 1; i < text.length; i++) {
    const first = text[i - 1] ?? "";
    const second = text[i] ?? "";
    if (!/[A-Za-z]/.test(first) || !/[A-Za-z]/.test(second) || (first > "Z" && second <= "Z")) continue;
    pairs++;
    if (FOLLOWERS.get(first.toLowerCase())?.includes(second.toLowerCase())) common++;
  }
  return { share: pairs === 0 ? 0 : common / pairs, pairs };
}

/** True for words and names put together of words, with numbers or without. */
export function readsLikeWords(text: string): boolean {
  const { share, pairs } = englishPairs(text);
  return pairs >= 6 && share >= 0.75;
}

/** From so many pairs on, chance and words are further from each other. */
const MANY_PAIRS = 14;

/** True for long texts of letters that no language has. */
export function readsLikeChance(text: string): boolean {
  const { share, pairs } = englishPairs(text);
  return pairs >= 8 && share < (pairs >= MANY_PAIRS ? 0.62 : 0.5);
}
