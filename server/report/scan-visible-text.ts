/**
 * Makes text that an endpoint answered safe to look at: characters that steer a terminal, reverse the reading direction
 * or take no room are named instead of obeyed. Used by every format and by the page.
 */

/** A stretch of text as it is, or one hidden character with its name. */
export interface TextPiece {
  text: string;
  /** "U+202E right-to-left override" for a hidden character; absent for plain text. */
  hidden?: string;
}

/** Controls, format characters, lone surrogates, private use, line separators; tab and line feed are plain. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/gu;

/** Escape sequences of terminals: CSI, OSC with either end, and the two-character ones (ECMA-48). */
const TERMINAL_SEQUENCE =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|\u009d)[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]/g;

const NAMES: Readonly<Record<number, string>> = {
  0: "null",
  7: "bell",
  8: "backspace",
  13: "carriage return",
  27: "escape",
  127: "delete",
  173: "soft hyphen",
  1564: "Arabic letter mark",
  8203: "zero-width space",
  8204: "zero-width non-joiner",
  8205: "zero-width joiner",
  8206: "left-to-right mark",
  8207: "right-to-left mark",
  8232: "line separator",
  8233: "paragraph separator",
  8234: "left-to-right embedding",
  8235: "right-to-left embedding",
  8236: "pop directional formatting",
  8237: "left-to-right override",
  8238: "right-to-left override",
  8288: "word joiner",
  8294: "left-to-right isolate",
  8295: "right-to-left isolate",
  8296: "first strong isolate",
  8297: "pop directional isolate",
  65279: "byte order mark",
};

/** `U+202E` and, where it is known, the character's name. */
function nameOf(code: number): string {
  const point = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  if (code >= 0xe0020 && code < 0xe007f) return `${point} tag ${String.fromCharCode(code - 0xe0000)}`;
  const name = NAMES[code] ?? (code < 0x20 || (code >= 0x7f && code < 0xa0) ? "control" : "");
  return name ? `${point} ${name}` : point;
}

/** A joiner inside an emoji and the number signs of Arabic script are part of ordinary text. */
function isOrdinary(text: string, at: number, code: number): boolean {
  if (code === 0x0a || code === 0x09 || (code >= 0x600 && code <= 0x605) || code === 0x6dd) return true;
  return (
    code === 0x200d &&
    /(?:\p{Extended_Pictographic}|\ufe0f|[\u{1f3fb}-\u{1f3ff}])$/u.test(text.slice(Math.max(0, at - 2), at))
  );
}

/** Splits text into plain stretches and hidden characters, in order; a CR LF pair counts as a line feed. */
export function visiblePieces(text: string): TextPiece[] {
  const source = text.replaceAll("\r\n", "\n");
  const pieces: TextPiece[] = [];
  let from = 0;
  for (const match of source.matchAll(HIDDEN)) {
    const code = match[0].codePointAt(0) ?? 0;
    if (isOrdinary(source, match.index, code)) continue;
    if (match.index > from) pieces.push({ text: source.slice(from, match.index) });
    pieces.push({ text: match[0], hidden: nameOf(code) });
    from = match.index + match[0].length;
  }
  if (from < source.length) pieces.push({ text: source.slice(from) });
  return pieces;
}

/** The text with each hidden character written as `<U+202E>`. */
export function visibleText(text: string): string {
  return visiblePieces(text)
    .map((piece) => (piece.hidden ? `<${piece.hidden.split(" ", 1)[0]}>` : piece.text))
    .join("");
}

/** The text for a terminal: escape sequences taken out, what is hidden besides written as `<U+202E>`. */
export function terminalText(text: string): string {
  return visibleText(text.replace(TERMINAL_SEQUENCE, ""));
}

/**
 * A value as JSON, indented, in which the characters that steer a terminal or hide are escaped: whoever reads it as JSON gets
 * what was there, and whoever prints it is steered by nothing.
 */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(
    /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The first `limit` UTF-16 units, never half a surrogate pair, with how much is left out. */
export function excerpt(text: string, limit: number): { text: string; left: number } {
  if (text.length <= limit) return { text, left: 0 };
  const code = text.charCodeAt(limit - 1);
  const end = code >= 0xd800 && code < 0xdc00 ? limit - 1 : limit;
  return { text: text.slice(0, end), left: text.length - end };
}
