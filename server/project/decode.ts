/** Bytes of a source file to text, the way Python reads it (PEP 263), or the reason why not. */
import { TextDecoder } from "node:util";

/** Larger files are data that ends in `.py`; see `docs/decisions.md`. In bytes. */
export const maxFileBytes = 5 * 1024 * 1024;

export type Decoded = { text: string; encoding: string } | { reason: string };

/** Python's names of encodings where they are not also labels of the WHATWG Encoding standard. */
const pythonNames: Record<string, string> = {
  latin: "iso-8859-1",
  "latin-1": "iso-8859-1",
  l1: "iso-8859-1",
  "8859": "iso-8859-1",
  cp819: "iso-8859-1",
  ascii: "iso-8859-1",
  "us-ascii": "iso-8859-1",
  "mac-roman": "macintosh",
  "mac-cyrillic": "x-mac-cyrillic",
  "gb18030-2000": "gb18030",
  cp936: "gbk",
  cp949: "euc-kr",
  cp950: "big5",
  cp932: "shift_jis",
  sjis: "shift_jis",
  "utf-8-sig": "utf-8",
  u8: "utf-8",
  utf: "utf-8",
};

const cookie = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/;
const blankOrComment = /^[ \t\f]*(?:#.*)?$/;

/** The encoding that a PEP 263 comment in one of the first two lines declares. */
export function declaredEncoding(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 1024)).toString("latin1");
  const [first = "", second = ""] = head.replace(/^\u00ef\u00bb\u00bf/, "").split(/\r\n|\n|\r/, 2);
  const found = cookie.exec(first) ?? (blankOrComment.test(first) ? cookie.exec(second) : null);
  return found?.[1];
}

/** Label for `TextDecoder`. */
function decoderLabel(name: string): string {
  const plain = name.toLowerCase().replaceAll("_", "-");
  const known = pythonNames[plain];
  if (known !== undefined) return known;
  const codePage = /^(?:cp|windows-?)(\d{3,4})$/.exec(plain);
  if (codePage) return codePage[1] === "866" ? "ibm866" : `windows-${codePage[1]}`;
  const iso = /^iso-?8859-(\d+)(?:-e)?$/.exec(plain);
  return iso ? `iso-8859-${iso[1]}` : plain;
}

/**
 * @param bytes the file's contents, whole
 * @returns the text, a byte order mark kept as its first character; or one sentence that says why there is none
 */
export function decodeSource(bytes: Uint8Array): Decoded {
  if (bytes.byteLength > maxFileBytes) {
    const megabytes = (bytes.byteLength / 1024 / 1024).toFixed(1);
    return { reason: `it is ${megabytes} MB large, above the limit of ${maxFileBytes / 1024 / 1024} MB` };
  }
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (utf16) return { reason: "it is UTF-16 text, which Python does not read as source; save it as UTF-8" };
  if (bytes.includes(0)) return { reason: "it is binary (it holds a NUL byte)" };

  const declared = declaredEncoding(bytes);
  const label = declared === undefined ? "utf-8" : decoderLabel(declared);
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(label, { fatal: true, ignoreBOM: true });
  } catch {
    return { reason: `it declares the encoding "${declared}", which is not known` };
  }
  try {
    return { text: decoder.decode(bytes), encoding: decoder.encoding };
  } catch {
    return {
      reason:
        declared === undefined
          ? "it is not UTF-8 and declares no other encoding; save it as UTF-8 or add a coding comment"
          : `it is not valid ${declared}, the encoding that it declares`,
    };
  }
}
