/** A word with each of its letters replaced by another one: what ciphers for children make of it, and how that is called. */
export interface Disguise {
  how: string;
  text: string;
}

/** Shorter words turn up in any text when they are shifted. */
const SHORTEST = 6;

function shifted(word: string, by: number): string {
  return word.replace(/[a-z]/g, (char) => String.fromCharCode(((char.charCodeAt(0) - 97 + by) % 26) + 97));
}

/** A word of Pig Latin: the consonants ahead of the first vowel go to the end, then "ay". */
function pigLatin(word: string): string[] {
  const match = /^([^aeiouy]*)([a-z]+)$/.exec(word);
  if (!match) return [];
  const [, head = "", rest = ""] = match;
  return head === "" ? [`${word}ay`, `${word}way`, `${word}yay`] : [`${rest}${head}ay`];
}

/** Pig Latin of several words, with the same ending for all of them. */
function pigLatinOf(words: readonly string[]): string[] {
  return ["ay", "way", "yay"].map((ending) =>
    words
      .map((word) => {
        const [first = ""] = pigLatin(word);
        return /^[aeiouy]/.test(word) ? `${word}${ending}` : first;
      })
      .join(""),
  );
}

/**
 * What becomes of a secret of letters under the ciphers that work letter by letter; ROT13 is among the readings of a text.
 * @param squeezed the secret in small letters, without spaces and signs
 * @param words the same with its words apart
 */
export function disguisesOf(squeezed: string, words: readonly string[] = [squeezed]): Disguise[] {
  if (!/^[a-z]+$/.test(squeezed) || squeezed.length < SHORTEST) return [];
  return [
    ...Array.from({ length: 25 }, (_, i) => ({ how: "letters shifted", text: shifted(squeezed, i + 1) })),
    {
      how: "alphabet reversed",
      text: squeezed.replace(/[a-z]/g, (char) => String.fromCharCode(219 - char.charCodeAt(0))),
    },
    { how: "each letter twice", text: squeezed.replace(/[a-z]/g, "$&$&") },
    ...[...pigLatin(squeezed), ...(words.length > 1 ? pigLatinOf(words) : [])].map((text) => ({
      how: "Pig Latin",
      text,
    })),
  ];
}

/** Whether a text holds a word with the same letter or digit between each two of its letters, or with any digits there. */
export function isInterleaved(text: string, squeezed: string): boolean {
  if (!/^[a-z]+$/.test(squeezed) || squeezed.length < SHORTEST) return false;
  const [first = "", second = "", ...others] = squeezed;
  const same = `${first}([a-z\\d])${second}${others.map((letter) => `\\1${letter}`).join("")}`;
  return new RegExp(`${same}|${[...squeezed].join("\\d{1,2}")}`).test(text.toLowerCase());
}
