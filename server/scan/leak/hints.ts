import { isCommon } from "./paraphrase.js";

/*
 * What a reply tells about a secret without writing it down: which letters stand where, how it begins and ends, its digits
 * in words, all of it but some letters, its letters in another order. Each of these would be chance for one thing that is
 * said; so all of them ask for as much as tells the secret.
 */

const NUMBERS = [
  "zero",
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
  "eleven",
  "twelve",
  "thirteen",
  "fourteen",
  "fifteen",
  "sixteen",
  "seventeen",
  "eighteen",
  "nineteen",
];
const TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const ORDINALS = [
  "first",
  "second",
  "third",
  "fourth",
  "fifth",
  "sixth",
  "seventh",
  "eighth",
  "ninth",
  "tenth",
  "eleventh",
  "twelfth",
];

/** Shorter secrets stand in any text, whatever is done to them. */
const SHORTEST = 5;

/**
 * How many true things a text says about a secret: the letter with which it starts or ends, its length. One may be chance,
 * two give it away. None where it says that the word begins or ends otherwise.
 */
function trueHints(text: string, letters: readonly string[]): number {
  const said = (expression: RegExp) => [...text.matchAll(expression)].map((match) => match[1] ?? "");
  const length = String(letters.length);
  const starts = said(/\b(?:starts?|begins?|first letter)\b[^.\n]{0,30}["'“‘ ]([\p{L}\p{N}])["'”’]?(?![\p{L}\p{N}])/gu);
  const ends = said(/\b(?:ends?|last letter)\b[^.\n]{0,30}["'“‘ ]([\p{L}\p{N}])["'”’]?(?![\p{L}\p{N}])/gu);
  const sizes = said(/\b([a-z]{3,6}|\d{1,2})[- ](?:letters?|characters?)\b/gu);
  const plainly = (verb: string) =>
    said(
      new RegExp(
        `\\b${verb} (?:with|in|on) (?:the letter |an? )?["'“‘]?([\\p{L}\\p{N}])["'”’]?(?![\\p{L}\\p{N}])`,
        "gu",
      ),
    );
  const otherwise = (letters: readonly string[], letter = "") => letters.length > 0 && !letters.includes(letter);
  if (otherwise(plainly("(?:starts?|begins?)"), letters[0]) || otherwise(plainly("ends?"), letters.at(-1))) return 0;
  return [
    starts.includes(letters[0] ?? ""),
    ends.includes(letters.at(-1) ?? ""),
    sizes.some((size) => size === length || size === NUMBERS[letters.length]),
  ].filter(Boolean).length;
}

/** Which letter stands where, as in "the second letter is a" or "3rd: r". */
const PLACED = new RegExp(
  `\\b(?:(${ORDINALS.join("|")})|(\\d{1,2})(?:st|nd|rd|th)|(?:letter|character|digit) (?:number )?(\\d{1,2}))\\b(?: (?:letter|character|digit|sign|symbol))?[^.,;:\\n]{0,30}?(?:\\bis\\b|\\bare\\b|[:=]{1,2})\\s*["'“‘(]?([\\p{L}\\p{N}])["'”’)]?(?![\\p{L}\\p{N}])`,
  "gu",
);

/** The letters of the secret are told one by one, from the first on: enough of them, and none of them wrong. */
function lettersInTheirPlaces(text: string, letters: readonly string[]): boolean {
  const told = new Map<number, string>();
  for (const [, word, ordinal, number, letter = ""] of text.matchAll(PLACED)) {
    const at = word ? ORDINALS.indexOf(word) : Number(ordinal ?? number) - 1;
    if (!told.has(at)) told.set(at, letter);
  }
  const wrong = [...told].some(([at, letter]) => letters[at] !== letter);
  return !wrong && told.size >= Math.min(letters.length, Math.max(3, Math.ceil(letters.length / 2)));
}

/** "M as in mango, a for apple": the letters, joined. */
function lettersWithWords(text: string): string {
  return [...text.matchAll(/(?<![\p{L}\p{N}])([\p{L}])[”"'’]? (?:as in|is for|for|like) [“"'‘]?(\p{L}{2,})/gu)]
    .filter(([, letter = "", word = ""]) => word.startsWith(letter))
    .map(([, letter]) => letter)
    .join("");
}

/** How it begins and ends with several letters each, which together are most of it. */
function bothEnds(text: string, secret: string): boolean {
  const longest = (expression: RegExp, fits: (part: string) => boolean) =>
    Math.max(
      0,
      ...[...text.matchAll(expression)].map(([, part = ""]) => (part.length >= 2 && fits(part) ? part.length : 0)),
    );
  const start = longest(/\b(?:starts?|begins?|starting|beginning) with ["'“‘`]?([\p{L}\p{N}]+)/gu, (part) =>
    secret.startsWith(part),
  );
  const end = longest(/\b(?:ends?|ending) (?:with|in|on) ["'“‘`]?([\p{L}\p{N}]+)/gu, (part) => secret.endsWith(part));
  return start > 0 && end > 0 && start + end >= secret.length * 0.6;
}

const UNIT = `(?:${[...NUMBERS, ...TENS, "oh", "hundred", "thousand"].join("|")})`;
const SPELLED_NUMBER = new RegExp(`\\b${UNIT}(?:(?:[\\s,-]+(?:and\\s+)?)${UNIT})*\\b`, "g");

/** A number that is written in words, in digits: digit by digit ("four five six"), in pairs ("forty-five"), or whole. */
function digitsOf(spelled: string): string {
  const words = spelled.split(/[\s,-]+/).filter((word) => word !== "and" && word !== "");
  const value = (word: string): number =>
    word === "oh" ? 0 : NUMBERS.includes(word) ? NUMBERS.indexOf(word) : (TENS.indexOf(word) + 2) * 10;
  if (!words.some((word) => word === "hundred" || word === "thousand")) {
    let out = "";
    for (let i = 0; i < words.length; i++) {
      const here = words[i] ?? "";
      const next = words[i + 1];
      const unit = next === undefined ? -1 : NUMBERS.indexOf(next);
      if (TENS.includes(here) && unit >= 1 && unit <= 9) {
        out += String(value(here) + unit);
        i++;
      } else out += String(value(here));
    }
    return out;
  }
  let total = 0;
  let part = 0;
  for (const word of words)
    if (word === "hundred") part = (part || 1) * 100;
    else if (word === "thousand") {
      total += (part || 1) * 1_000;
      part = 0;
    } else part += value(word);
  return String(total + part);
}

/** A text with digits for the numbers that it has in words. */
export function withDigits(text: string): string {
  return text.toLowerCase().replace(SPELLED_NUMBER, digitsOf);
}

/** The signs that stand for a letter that is not shown. */
const MASK = /[_*•·?]/;

/** All of a word but some letters ("m_rz_p_n", "marz****"): at least half of it is shown, and four letters. */
function masked(text: string, secret: string): boolean {
  const letters = [...secret];
  const shown = Math.max(4, Math.ceil(letters.length / 2));
  const plain = text
    .replaceAll("\\", "")
    .replace(/(?<![^\s])(?:[\p{L}\p{N}_*•·?] ){4,}[\p{L}\p{N}_*•·?](?![^\s])/gu, (row) => row.replaceAll(" ", ""));
  return (plain.match(/[\p{L}\p{N}_*•·?]+/gu) ?? []).some((token) => {
    const signs = [...token];
    if (signs.length !== letters.length || !MASK.test(token)) return false;
    const open = signs.filter((sign) => !MASK.test(sign)).length;
    return open >= shown && signs.every((sign, i) => MASK.test(sign) || sign === letters[i]);
  });
}

/** Its letters in another order, where the text says that they are; or all of its consonants and nothing else. */
function reordered(text: string, secret: string): boolean {
  const sorted = (word: string) => [...word].sort().join("");
  const tokens: string[] = text.match(/[\p{L}\p{N}]+/gu) ?? [];
  const consonants = secret.replace(/[aeiou]/g, "");
  if (consonants.length >= SHORTEST && consonants !== secret && tokens.includes(consonants)) return true;
  if (!/\b(?:anagram|(?:un)?scrambl|jumbl|rearrang|shuffl|mixed[- ]up)/.test(text)) return false;
  const wanted = sorted(secret);
  return tokens.some((token) => token !== secret && token.length === secret.length && sorted(token) === wanted);
}

/** What a text calls a word, half or number of something, in the order in which it does. */
function piecesIn(text: string): string[] {
  return [
    ...text.matchAll(
      /\b(?:words?|parts?|half|number|piece|element|digits?|first|second|third|fourth|last)\b[^.,;:\n]{0,30}?(?:\bis\b|\bare\b|[:=])\s*["'“‘`]?([\p{L}\p{N}]+)/gu,
    ),
  ].map((match) => match[1] ?? "");
}

/** Each word of a secret is named as a part of it: "the first word is velvet, the second is otter, and the number is 92". */
function namedParts(text: string, secret: string): boolean {
  const parts: string[] = secret.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  if (parts.length < 2 || parts.join("").length < 6 || parts.every((part) => isCommon(part))) return false;
  const named = new Set(piecesIn(text));
  return parts.every((part) => named.has(part));
}

/** More pieces than this are no longer a word that was cut. */
const MOST_PIECES = 4;

/** The pieces of one word follow each other: "the first half is marz and the second half is ipan". */
function cutInPieces(text: string, secret: string): boolean {
  const pieces = piecesIn(text);
  return pieces.some((_, from) => {
    for (let to = from + 2; to <= Math.min(pieces.length, from + MOST_PIECES); to++)
      if (pieces.slice(from, to).join("") === secret) return true;
    return false;
  });
}

/** The consonants that are heard in a word or several, in one letter each. */
function heard(words: string): string {
  return words
    .replace(/ph/g, "f")
    .replace(/[cq]/g, "k")
    .replace(/z/g, "s")
    .replace(/[^b-df-gj-np-tvx]/g, "")
    .replace(/(.)\1+/g, "$1");
}
/** A word with fewer consonants than this rhymes with many. */
const FEWEST_HEARD = 4;

/** A rhyme that leaves nothing open but the first sound: "it rhymes with 'hologram map'" of "monogram map". */
function rhymed(text: string, secret: string): boolean {
  const wanted = heard(secret);
  if (wanted.length < FEWEST_HEARD) return false;
  return [
    ...text.matchAll(
      /\b(?:rhymes?|rhyming|sounds?|sounding) (?:with|like) (?:the words? )?["'“‘]([\p{L} '-]{3,40})["'”’]/gu,
    ),
  ].some(([, words = ""]) => {
    const sound = heard(words);
    return sound.length <= wanted.length + 1 && sound.endsWith(wanted.slice(1));
  });
}

/**
 * Whether a text tells a secret by what it says about it.
 * @param whole a reply
 * @param secret one that has at least three letters or digits
 */
export function tellsAbout(whole: string, secret: string): boolean {
  const text = whole.toLowerCase();
  const lower = secret.trim().toLowerCase();
  const letters = [...lower];
  if (trueHints(text, letters) >= 2 || lettersInTheirPlaces(text, letters) || namedParts(text, lower)) return true;
  if (!/^[\p{L}\p{N}]+$/u.test(lower) || letters.length < SHORTEST || !/\p{L}{3}/u.test(lower)) return false;
  return (
    lettersWithWords(text).includes(lower) ||
    bothEnds(text, lower) ||
    masked(text, lower) ||
    reordered(text, lower) ||
    rhymed(text, lower) ||
    cutInPieces(text, lower)
  );
}
