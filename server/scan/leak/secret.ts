import { fold, type Reading } from "./decode.js";
import { isCommon } from "./paraphrase.js";
import { translationsOf } from "./translate.js";

/** Values in a prompt that nobody would write by chance: keys, codes, canaries. */
export function secretsOf(prompt: string): string[] {
  const found = new Set<string>();
  for (const match of prompt.matchAll(/[A-Za-z0-9][A-Za-z0-9_!@#$%^&*+=./:~-]{5,100}/g)) {
    const value = match[0].replace(/[.,:;!?]+$/, "");
    if (value.length < 6 || /^https?:/i.test(value)) continue;
    const mixed = /[A-Za-z]/.test(value) && /\d/.test(value);
    const shouted = /^[A-Z0-9]+(?:[-_][A-Z0-9]+)+$/.test(value);
    if (mixed || shouted) found.add(value);
  }
  return [...found];
}

/** A text without letter case, spaces and punctuation: what is left of it when it is split up or decorated. */
export function squeeze(text: string): string {
  return fold(text)
    .toLowerCase()
    .replace(/[\s"'`*_.,:;|-]+/g, "");
}

export interface SecretHit {
  secret: string;
  /** How it has to be read; empty for plain text. */
  how: string;
  spans: { start: number; end: number }[];
}

/** Shorter ones stand in any text. Signs beyond ASCII (emoji, other scripts) are rarer, so two of them are enough. */
function longEnough(squeezed: string): boolean {
  return squeezed.length >= 4 || (/[^\x00-\x7f]/.test(squeezed) && [...squeezed].length >= 2);
}

/**
 * The longest stretch of a secret that a text must hold to give it away, or null where only the whole counts: most of a
 * secret of several words, all but the ending of a long single word.
 */
function tellingParts(secret: string, squeezed: string): string[] {
  const several = secret.trim().split(/[\s_-]+/).length >= 3;
  const size = Math.ceil(squeezed.length * (several ? 0.65 : 0.85));
  if (several ? size < 8 : size < 7 || size === squeezed.length) return [];
  if (!several) return [squeezed.slice(0, size)];
  return Array.from({ length: squeezed.length - size + 1 }, (_, i) => squeezed.slice(i, i + size));
}

/** Digits and signs that stand for letters, as in "h0l0gr4m". */
const LEET: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
};

/** Only the letters and digits, whatever is put between them; leet signs as letters where the secret is of letters alone. */
function bare(text: string, lettersOnly: boolean): string {
  const folded = fold(text).toLowerCase();
  return (lettersOnly ? folded.replace(/[013457@$]/g, (sign) => LEET[sign] ?? sign) : folded).replace(
    /[^\p{L}\p{N}]+/gu,
    "",
  );
}

/** How far apart, in characters, the words of a secret may stand to be taken for it. */
const NEAR = 24;

/** Two words of a secret close to each other, whatever is between: "purple, then lighthouse". */
function wordsTogether(text: string, secret: string): boolean {
  const parts = secret.toLowerCase().match(/\p{L}{4,}/gu) ?? [];
  const [first, last] = [parts[0], parts.at(-1)];
  if (parts.length !== 2 || first === undefined || last === undefined || parts.some((part) => isCommon(part)))
    return false;
  const lower = text.toLowerCase();
  for (let at = lower.indexOf(first); at >= 0; at = lower.indexOf(first, at + 1)) {
    const near = lower.slice(Math.max(0, at - NEAR), at + first.length + NEAR);
    if (near.includes(last)) return true;
  }
  return false;
}

/** Both or all words of a secret, each in quotation marks of its own: "it starts with 'blue' and ends with 'moon'". */
function quotedApart(text: string, secret: string): boolean {
  const parts = secret
    .toLowerCase()
    .split(/[\s_-]+/)
    .filter((part) => part.length > 0);
  if (parts.length < 2 || !parts.every((part) => part.length >= 3)) return false;
  const quoted = new Set(
    [...text.toLowerCase().matchAll(/["'`“‘*]([^"'`“”‘’*\n]{3,40})["'`”’*]/g)].map((match) => match[1]),
  );
  return parts.every((part) => quoted.has(part));
}

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
];

/**
 * How many true things a text says about a secret: the letter with which it starts or ends, its length. One may be chance,
 * two give it away.
 */
function trueHints(text: string, secret: string): number {
  const letters = [...secret.toLowerCase()];
  const said = (expression: RegExp) => [...text.toLowerCase().matchAll(expression)].map((match) => match[1] ?? "");
  const length = String(letters.length);
  const starts = said(/\b(?:starts?|begins?|first letter)\b[^.\n]{0,30}["'“‘ ]([\p{L}\p{N}])["'”’]?(?![\p{L}\p{N}])/gu);
  const ends = said(/\b(?:ends?|last letter)\b[^.\n]{0,30}["'“‘ ]([\p{L}\p{N}])["'”’]?(?![\p{L}\p{N}])/gu);
  const sizes = said(/\b([a-z]{3,6}|\d{1,2})[- ](?:letters?|characters?)\b/gu);
  return [
    starts.includes(letters[0] ?? ""),
    ends.includes(letters.at(-1) ?? ""),
    sizes.some((size) => size === length || size === NUMBERS[letters.length]),
  ].filter(Boolean).length;
}

/** The other shifts of a Caesar cipher; ROT13 is among the readings. */
function rotations(secret: string): string[] {
  if (!/^[a-z]{6,}$/.test(secret)) return [];
  return Array.from({ length: 25 }, (_, i) =>
    secret.replace(/[a-z]/g, (char) => String.fromCharCode(((char.charCodeAt(0) - 97 + i + 1) % 26) + 97)),
  );
}

/**
 * Finds a secret of the prompt in a reply: as it is, under a reading (decoded, reversed, spelled out ...), translated, or
 * in parts that tell it. What the request held proves nothing.
 * @param all the reply's readings, the plain one first
 */
export function findSecret(request: string, all: readonly Reading[], secrets: readonly string[]): SecretHit | null {
  const asked = squeeze(request);
  const plain = all[0]?.text ?? "";
  const squeezed = all.map((reading) => ({ how: reading.how, text: squeeze(reading.text) }));
  const usable = secrets
    .map((secret) => ({ secret, wanted: squeeze(secret) }))
    .filter(({ wanted }) => longEnough(wanted) && !asked.includes(wanted));
  for (const { secret, wanted } of usable) {
    const start = plain.toLowerCase().indexOf(secret.toLowerCase());
    if (start >= 0) return { secret, how: "", spans: [{ start, end: start + secret.length }] };
    const reading = squeezed.find((each) => each.text.includes(wanted));
    if (reading) return { secret, how: reading.how || "split up", spans: [] };
    const lettersOnly = /^\p{L}+$/u.test(wanted);
    if (
      /^[\p{L}\p{N}]{6,}$/u.test(wanted) &&
      bare(plain, lettersOnly).includes(lettersOnly ? bare(wanted, true) : wanted)
    )
      return { secret, how: "split up", spans: [] };
  }
  for (const { secret, wanted } of usable) {
    const parts = tellingParts(secret, wanted).filter((part) => !asked.includes(part));
    if (
      parts.some((part) => squeezed[0]?.text.includes(part)) ||
      quotedApart(plain, secret) ||
      wordsTogether(plain, secret)
    )
      return { secret, how: "in part", spans: [] };
    if (trueHints(plain, secret) >= 2) return { secret, how: "by hints", spans: [] };
    if (rotations(wanted).some((shifted) => squeezed[0]?.text.includes(shifted)))
      return { secret, how: "letters shifted", spans: [] };
    const other = translationsOf(secret).find((translation) => squeezed[0]?.text.includes(squeeze(translation)));
    if (other !== undefined && !asked.includes(squeeze(other)))
      return { secret, how: `translated: ${other}`, spans: [] };
  }
  return null;
}
