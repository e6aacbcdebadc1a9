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

const CODES = /(?<!\d)\d{2,3}(?:[ ,;.:\n-]{1,3}\d{2,3}){3,}(?!\d)/g;
const BINARY = /(?<![01])[01]{7,8}(?:[ ,\n]{0,2}[01]{7,8}){3,}(?![01])/g;
const DOTS = /[.\-·−–_]{1,5}(?:[ /|\n]{1,3}[.\-·−–_]{1,5}){3,}/g;
const SPELLED =
  /\b(?:alfa|alpha|bravo|charlie|delta|echo|foxtrot|golf|hotel|india|juliett?|kilo|lima|mike|november|oscar|papa|quebec|romeo|sierra|tango|uniform|victor|whiskey|x-?ray|yankee|zulu)\b/gi;
const ESCAPED = /(?:%[0-9a-f]{2}|&#x?[0-9a-f]{1,6};|\\u\{?[0-9a-f]{2,6}\}?|\\x[0-9a-f]{2})/gi;
const QUOTED_LETTER = /["'`“‘]([\p{L}\p{N}\p{S}])["'`”’]/gu;

function fromCode(code: number): string {
  return (code >= 32 && code < 127) || (code >= 160 && code <= 0x10ffff) ? String.fromCodePoint(code) : "";
}

function unescaped(text: string): string {
  return text.replace(ESCAPED, (one) => {
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
  const plain = unescaped(text);
  if (plain !== text) out.push({ how: "escapes", text: plain });
  return out;
}
