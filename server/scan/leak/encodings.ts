/** Further ways in which a text is spelled: as numbers, signals or code words for letters, or escapes. */

const MORSE: Readonly<Record<string, string>> = Object.fromEntries(
  ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --.. ----- .---- ..--- ...-- ....- ..... -.... --... ---.. ----."
    .split(" ")
    .map((code, i) => [code, "abcdefghijklmnopqrstuvwxyz0123456789"[i] ?? ""]),
);
const NATO: Readonly<Record<string, string>> = Object.fromEntries(
  "alfa alpha bravo charlie delta echo foxtrot golf hotel india juliett juliet kilo lima mike november oscar papa quebec romeo sierra tango uniform victor whiskey xray yankee zulu"
    .split(" ")
    .map((word) => [word, word[0] ?? ""]),
);

const LATIN = "abcdefghijklmnopqrstuvwxyz";
const signsFor = (signs: string): Readonly<Record<string, string>> =>
  Object.fromEntries([...signs].map((sign, i) => [sign, LATIN[i] ?? ""]));
const BRAILLE = signsFor("⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠅⠇⠍⠝⠕⠏⠟⠗⠎⠞⠥⠧⠺⠭⠽⠵");
/** Letters that stand on their heads; some of them are others the right way up. */
const TURNED = signsFor("ɐqɔpǝɟƃɥᴉɾʞlɯuodbɹsʇnʌʍxʎz");
const ONLY_TURNED = /[ɐɔǝɟƃɥᴉɾʞɯɹʇʌʍʎ]/g;

const OCTAL = /(?<![\w])(?:\\?0?[01]?[0-7]{2}[ ,\n]{0,2}){4,}/g;
const ALPHABET = /(?<!\d)(?:[1-9]|1\d|2[0-6])(?:[ ,;.:\n/-]{1,3}(?:[1-9]|1\d|2[0-6])){4,}(?!\d)/g;
const CODES = /(?<!\d)\d{2,3}(?:(?:[ ,;.:\n-]{1,3}|\) ?[+.&] ?chr\()\d{2,3}){3,}(?!\d)/gi;
const BINARY = /(?<![01])[01]{7,8}(?:[ ,\n]{0,2}[01]{7,8}){3,}(?![01])/g;
const DOTS = /[.\-·−–_]{1,5}(?:[ /|\n]{1,3}[.\-·−–_]{1,5}){3,}/g;
const SPELLED =
  /\b(?:alfa|alpha|bravo|charlie|delta|echo|foxtrot|golf|hotel|india|juliett?|kilo|lima|mike|november|oscar|papa|quebec|romeo|sierra|tango|uniform|victor|whiskey|x-?ray|yankee|zulu)\b/gi;
const ESCAPED = /(?:%[0-9a-f]{2}|\\[01][0-7]{2}|&#x?[0-9a-f]{1,6};|\\u\{?[0-9a-f]{2,6}\}?|\\x[0-9a-f]{2})/gi;
const QUOTED_LETTER = /["'`“‘]([\p{L}\p{N}\p{S}])["'`”’]/gu;
const QUOTED_PART = /["'`“‘]([^\s"'`“”‘’]{2,12})["'`”’]/g;

function fromCode(code: number): string {
  return (code >= 32 && code < 127) || (code >= 160 && code <= 0x10ffff) ? String.fromCodePoint(code) : "";
}

function unescaped(text: string): string {
  return text.replace(ESCAPED, (one) => {
    if (/^\\[01]/.test(one)) return fromCode(Number.parseInt(one.slice(1), 8)) || one;
    const digits = one.replace(/[^0-9a-fx]/gi, "").replace(/^u?x?/i, "");
    return fromCode(Number.parseInt(digits, one.startsWith("&#") && !/x/i.test(one) ? 10 : 16)) || one;
  });
}

/** The readings of a text that these ways give, each with its name; only those of which something is in the text. */
export function spelledReadings(text: string): { how: string; text: string }[] {
  const out: { how: string; text: string }[] = [];
  const add = (how: string, parts: readonly string[]): void => {
    const joined = parts.filter((part) => part.length >= 3).join("\n");
    if (joined !== "") out.push({ how, text: joined });
  };
  add(
    "character codes",
    [...text.matchAll(CODES)].map((match) =>
      (match[0].match(/\d+/g) ?? []).map((code) => fromCode(Number(code))).join(""),
    ),
  );
  add(
    "numbers of the alphabet",
    [...text.matchAll(ALPHABET)].map((match) =>
      (match[0].match(/\d+/g) ?? []).map((number) => String.fromCharCode(96 + Number(number))).join(""),
    ),
  );
  add(
    "octal",
    [...text.matchAll(OCTAL)].map((match) =>
      (match[0].match(/\d+/g) ?? []).map((code) => fromCode(Number.parseInt(code, 8))).join(""),
    ),
  );
  add(
    "binary",
    [...text.matchAll(BINARY)].map((match) =>
      (match[0].match(/[01]{7,8}/g) ?? []).map((code) => fromCode(Number.parseInt(code, 2))).join(""),
    ),
  );
  add(
    "Morse code",
    [...text.matchAll(DOTS)].map((match) =>
      match[0]
        .replace(/[·]/g, ".")
        .replace(/[−–_]/g, "-")
        .split(/[ /|\n]+/)
        .map((code) => MORSE[code] ?? "")
        .join(""),
    ),
  );
  const words = [...text.matchAll(SPELLED)];
  if (words.length >= 4)
    add("spelling alphabet", [words.map((match) => NATO[match[0].toLowerCase().replace("-", "")] ?? "").join("")]);
  const letters = [...text.matchAll(QUOTED_LETTER)];
  if (letters.length >= 3) add("quoted letters", [letters.map((match) => match[1] ?? "").join("")]);
  const braille = text.match(/[\u2800-\u283f ]{4,}/g) ?? [];
  add(
    "Braille",
    braille.map((row) => [...row].map((sign) => BRAILLE[sign] ?? " ").join("")).filter((row) => row.trim() !== ""),
  );
  if ((text.match(ONLY_TURNED) ?? []).length >= 2)
    out.push({
      how: "upside down",
      text: [...text]
        .reverse()
        .map((sign) => TURNED[sign] ?? sign)
        .join(""),
    });
  const plain = unescaped(text);
  if (plain !== text) out.push({ how: "escapes", text: plain });
  return out;
}

/** How much of a text is looked at for pieces, in characters. */
const LONGEST_PIECED = 40_000;
/** Longest line, in words, of which the last word may be all that it tells. */
const SHORT_LINE = 8;

/**
 * What several short lines, or turns of a conversation, tell in parts: their last words joined, and all of their words
 * behind the introduction that they share ("Next: ...").
 */
function lineEnds(text: string): { how: string; text: string }[] {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim().split(/\s+/))
    .filter((words) => words[0] !== "");
  if (lines.length < 2 || lines.length > 400) return [];
  const out: { how: string; text: string }[] = [];
  const short = lines.filter((words) => words.length <= SHORT_LINE);
  if (short.length === lines.length)
    out.push({
      how: "last words of the lines",
      text: short.map((words) => (words.at(-1) ?? "").replace(/[^\p{L}\p{N}]+/gu, "")).join(""),
    });
  let shared = 0;
  while (shared < 6 && lines.every((words) => words.length > shared + 1 && words[shared] === lines[0]?.[shared]))
    shared++;
  if (shared > 0)
    out.push({ how: "lines joined", text: lines.map((words) => words.slice(shared).join(" ")).join(" ") });
  return out;
}

/**
 * What the parts of a text say when they are put together: words in quotation marks, the ends of lines. For secrets that are
 * not in the request only: two halves that the request asks to join would join here by themselves.
 */
export function piecedReadings(whole: string): { how: string; text: string }[] {
  const text = whole.slice(0, LONGEST_PIECED);
  const parts = [...text.matchAll(QUOTED_PART)];
  return [
    ...lineEnds(text),
    ...(parts.length >= 2 ? [{ how: "quoted parts", text: parts.map((match) => match[1] ?? "").join("") }] : []),
  ];
}
