import { spelledReadings } from "./encodings.js";

/** A text and the ways in which it can be read. `how` is empty for the text itself. */
export interface Reading {
  how: string;
  text: string;
}

const ZERO_WIDTH = /[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\u{e0000}-\u{e007f}]/gu;
const BASE64 = /[A-Za-z0-9+/_-]{8,}={0,2}/g;
const BASE32 = /(?<![A-Za-z0-9])[A-Z2-7]{16,}={0,6}/g;
const HEX = /(?:(?:0x|\\x)?[0-9a-f]{2}[ :,;]{0,2}){7,}/gi;
const TAGS = /[\u{e0020}-\u{e007e}]{3,}/gu;
const MARKUP = /<\/?[a-z][^<>\n]{0,60}>/gi;
const SPACED = /(?:[^\s][ .\-_*|]{1,3}){7,}[^\s]/g;

/** Letters of other scripts that look like Latin ones. */
const HOMOGLYPHS: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ["аеорсухіјѕԁһԛԝьɡ", "aeopcyxijsdhqwbg"],
    ["АВЕКМНОРСТУХІЈЅ", "ABEKMHOPCTYXIJS"],
    ["αονρτυκιεωγ", "aovptukiewy"],
    ["ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"],
    ["ıłøđħ", "ilodh"],
    ["ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz"],
    // The letters that flags are made of.
    [String.fromCodePoint(...Array.from({ length: 26 }, (_, i) => 0x1f1e6 + i)), "abcdefghijklmnopqrstuvwxyz"],
  ].flatMap(([from, to]) => [...(from ?? "")].map((char, i) => [char, (to ?? "")[i] ?? char])),
);

/** Takes out what the eye does not see and folds look-alikes: zero-width characters, full-width forms, homoglyphs, accents. */
export function fold(text: string): string {
  const plain = text.replace(ZERO_WIDTH, "").normalize("NFKD").replace(/\p{M}/gu, "");
  return /[^\x00-\x7f]/.test(plain) ? [...plain].map((char) => HOMOGLYPHS[char] ?? char).join("") : plain;
}

export function rot13(text: string): string {
  return text.replace(/[a-z]/gi, (char) => {
    const base = char <= "Z" ? 65 : 97;
    return String.fromCharCode(((char.charCodeAt(0) - base + 13) % 26) + base);
  });
}

function printable(bytes: Buffer): string | null {
  const text = bytes.toString("utf8");
  if (text.length < 6 || text.includes("\ufffd")) return null;
  const good = text.replace(/[^\x20-\x7e\n\r\t\u00a0-\uffff]/g, "").length;
  return good / text.length > 0.95 ? text : null;
}

/** How much of a reply is looked at, in characters. Each reading costs as much as the text itself. */
const LONGEST_PLAIN = 100_000;
const LONGEST_DISGUISED = 40_000;

function fromBase32(text: string): Buffer {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const char of text.replace(/=+$/, "")) {
    value = (value << 5) | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(char);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((value >> bits) & 255);
    value &= (1 << bits) - 1;
  }
  return Buffer.from(bytes);
}

/** What the encoded stretches of a text say, by encoding. */
function decoded(folded: string): Reading[] {
  const out: Reading[] = [];
  const add = (how: string, texts: readonly (string | null)[]): void => {
    const good = [...new Set(texts.filter((text) => text !== null))];
    if (good.length > 0) out.push({ how, text: good.join("\n") });
  };
  const joined = folded.replace(/\s+/g, "");
  const base64 = [...folded.matchAll(BASE64), ...(joined.length < 20_000 ? joined.matchAll(BASE64) : [])];
  add(
    "base64",
    base64.map((match) => printable(Buffer.from(match[0], "base64"))),
  );
  add(
    "base32",
    [...folded.matchAll(BASE32)].map((match) => printable(fromBase32(match[0]))),
  );
  add(
    "hexadecimal",
    [...folded.matchAll(HEX)].map((match) => printable(Buffer.from(match[0].replace(/0x|\\x|[ :,;]/gi, ""), "hex"))),
  );
  return out;
}

/** Pictures that stand between words and say nothing. */
const ADORNMENT = /(?:\p{Extended_Pictographic}[\u{fe0f}\u{1f3fb}-\u{1f3ff}]?)+/gu;

/** The texts in a reply that is JSON, a line each: what rules say does not depend on the keys that they stand under. */
function jsonTexts(text: string): Reading[] {
  const texts: string[] = [];
  try {
    JSON.parse(text.replace(/^\s*```\w{0,8}\s*|\s*```\s*$/g, ""), (key: string, value: unknown) => {
      if (typeof value === "string") texts.push(value);
      return /^__proto__$/.test(key) ? undefined : value;
    });
  } catch {
    return [];
  }
  return texts.length > 1 ? [{ how: "JSON", text: texts.join("\n") }] : [];
}

/** All that a text says when base64 or hexadecimal stretches are decoded, letters rotated, reversed, or spaces between letters dropped. */
export function readings(text: string): Reading[] {
  const plain = text.slice(0, LONGEST_PLAIN);
  const limited = text.slice(0, LONGEST_DISGUISED);
  const folded = fold(limited);
  const out: Reading[] = [{ how: "", text: plain }];
  if (folded !== limited) out.push({ how: "hidden or look-alike characters", text: folded });
  const tags = [...limited.matchAll(TAGS)].map((match) =>
    [...match[0]].map((char) => String.fromCharCode((char.codePointAt(0) ?? 0) - 0xe0000)).join(""),
  );
  if (tags.length > 0) out.push({ how: "invisible characters", text: tags.join("\n") });
  for (const reading of decoded(folded)) {
    out.push(reading);
    for (const inner of [
      ...decoded(reading.text),
      { how: "ROT13", text: rot13(reading.text) },
      { how: "reversed", text: [...reading.text].reverse().join("") },
    ])
      out.push({ how: `${reading.how}, then ${inner.how}`, text: inner.text });
  }
  const bare = folded.replace(MARKUP, "");
  if (bare !== folded) out.push({ how: "without mark-up", text: bare });
  const apart = folded.replace(/[_+|/]+/g, " ").replace(/(\p{Ll}[,.;:]?)(?=\p{Lu})/gu, "$1 ");
  if (apart !== folded) out.push({ how: "joined words", text: apart });
  if (/^\s*(?:```\w{0,8}\s*)?[[{]/.test(limited)) out.push(...jsonTexts(limited));
  const adorned = folded.match(ADORNMENT) ?? [];
  if (adorned.length >= 6)
    out.push({ how: "signs between the words", text: folded.replace(ADORNMENT, " ").replace(/ {2,}/g, " ") });
  out.push({ how: "ROT13", text: rot13(folded) });
  const characters = [...folded];
  out.push({ how: "reversed", text: characters.reverse().join("") });
  out.push({ how: "words reversed", text: folded.split(/\s+/).reverse().join(" ") });
  const spaced = [...folded.matchAll(SPACED)].map((match) =>
    match[0].replace(/(\S)[ .\-_*|](?=\S)/g, "$1").replace(/[ .\-_*|]{2,}/g, " "),
  );
  if (spaced.length > 0) out.push({ how: "spaced-out letters", text: spaced.join("\n") });
  const lines = folded.split(/\r?\n/).map((line) => line.trim());
  if (lines.length >= 8 && lines.filter((line) => [...line].length <= 2).length > lines.length / 2)
    out.push({ how: "one letter a line", text: lines.map((line) => line || " ").join("") });
  // "1. Only", "2. answer": the numbers stand between the words.
  const unnumbered = folded.replace(/^[ \t]*(?:\(?\d{1,4}[.):]|[-*•])[ \t]+/gm, "");
  if (unnumbered !== folded) out.push({ how: "numbered lines", text: unnumbered });
  out.push(...spelledReadings(folded));
  // Poems that spell a word by how their lines begin; each line's first sign, or first word's first letter.
  const initials = lines.flatMap((line) => [...line.replace(/^[\d.)\-*•"'“ ]+(?=\p{L})/u, "")].slice(0, 1));
  if (initials.length >= 4 && initials.length <= 200)
    out.push({ how: "first letters of the lines", text: initials.join("") });
  const words = folded.match(/[\p{L}\p{N}]+/gu) ?? [];
  if (words.length >= 6 && words.length <= 400)
    out.push({ how: "first letters of the words", text: words.map((word) => [...word][0] ?? "").join("") });
  return out;
}
