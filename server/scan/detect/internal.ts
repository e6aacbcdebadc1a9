import type { Hit } from "./hit.js";
import type { Places } from "./needles.js";

/** Groups of needles, in the order in which their places are handed over. */
export const internalNeedles: readonly (readonly string[])[] = [
  ["169.254.169.254", "metadata.google.internal"],
  [".internal", ".local", ".corp", ".lan", ".intranet", ".intra", ".private"],
  ["://"],
];
const MAX_HITS = 60;
/** Longest host name, and longest scheme, that is looked at. */
const LONGEST_HOST = 250;
const LONGEST_SCHEME = 13;

const METADATA = /(?:169\.254\.169\.254|metadata\.google\.internal)[^\s"'<>]{0,120}/iy;
const HOST = /^[a-z0-9][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)*$/i;
const SUFFIX =
  /\.(?:internal|local|corp|lan|intranet|intra|private)(?![a-z0-9-]|\.[a-z0-9])(?::\d{2,5})?(?:\/[^\s"'<>]{0,120})?/iy;
const PRIVATE =
  /:\/\/(?:[^\s:/@"'<>]{1,64}(?::[^\s:/@"'<>]{1,64})?@)?(?:10\.\d{1,3}\.\d{1,3}\.\d{1,3}|192\.168\.\d{1,3}\.\d{1,3}|172\.(?:1[6-9]|2\d|3[01])\.\d{1,3}\.\d{1,3}|localhost|127\.0\.0\.1|[a-z][a-z0-9-]{1,40}):\d{2,5}(?:\/[^\s"'<>]{0,120})?/iy;

/** What documentation puts where a login or a host's name belongs: `postgres://user:password@localhost:5432/mydb`. */
const EXAMPLE =
  /^:\/\/(?:(?:user(?:name)?|db_?user|my_?user|your[_-]?\w{0,20}|admin|root|postgres|me|foo|x{3,})(?::(?:pass(?:w(?:or)?d)?|secret|your[_-]?\w{0,20}|my[_-]?pass(?:word)?|changeme|bar|x{3,}|\*{3,}))@|(?:host(?:name)?|example|your-[\w-]{1,30}):)/i;

function isLetterOrDigit(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

/** Where a word of letters, digits and the given signs that ends at `end` begins. */
function wordStart(text: string, end: number, signs: string, longest: number): number {
  let start = end;
  while (start > 0 && end - start < longest) {
    const code = text.charCodeAt(start - 1);
    if (!isLetterOrDigit(code) && !signs.includes(text[start - 1] ?? " ")) break;
    start--;
  }
  return start;
}

/** Matches a sticky expression at a place. */
function at(text: string, expression: RegExp, place: number): number | null {
  expression.lastIndex = place;
  const match = expression.exec(text);
  return match ? place + match[0].length : null;
}

/** Finds host names and addresses that are of use inside a network only. @param places of `internalNeedles` */
export function findInternal(text: string, places: Places): Hit[] {
  const hits: Hit[] = [];
  const [metadata = [], suffixes = [], urls = []] = places;
  const add = (kind: string, title: string, start: number, end: number): void => {
    hits.push({ group: "internal", kind, title, value: text.slice(start, end), start, end });
  };
  const each = (list: readonly number[], look: (place: number) => number | null): void => {
    let done = 0;
    let count = 0;
    for (const place of list) {
      if (place < done) continue;
      const end = look(place);
      if (end === null) continue;
      done = end;
      if (++count >= MAX_HITS) return;
    }
  };
  each(metadata, (place) => {
    const end = at(text, METADATA, place);
    if (end !== null) add("metadata-address", "Cloud metadata address", place, end);
    return end;
  });
  each(suffixes, (place) => {
    const end = at(text, SUFFIX, place);
    if (end === null) return null;
    const host = wordStart(text, place, ".-", LONGEST_HOST);
    if (!HOST.test(text.slice(host, place))) return null;
    const scheme = text.slice(host - 3, host) === "://" ? wordStart(text, host - 3, "+.-", LONGEST_SCHEME) : host;
    add("internal-host", "Internal host name", scheme, end);
    return end;
  });
  each(urls, (place) => {
    const start = wordStart(text, place, "+.-", LONGEST_SCHEME);
    if (place - start < 2) return null;
    const end = at(text, PRIVATE, place);
    if (end !== null && !EXAMPLE.test(text.slice(place, end)))
      add("private-url", "URL of the internal network", start, end);
    return end;
  });
  return hits;
}
