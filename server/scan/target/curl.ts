import { ScanError } from "../errors.js";
import type { ScanOptionsInput } from "../options.js";
import { COMMON_KEYS, PROMPT, RARE_KEYS } from "./shape.js";

/** Splits a command line as a POSIX shell does: quotes of three kinds, escapes, continued lines. */
export function shellWords(text: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  const source = text.replace(/\\\r?\n/g, " ").replace(/\^\r?\n/g, " ");
  for (let i = 0; i < source.length; i++) {
    const char = source[i] ?? "";
    if (/\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (char === "'") {
      const end = source.indexOf("'", i + 1);
      word = (word ?? "") + source.slice(i + 1, end < 0 ? undefined : end);
      i = end < 0 ? source.length : end;
    } else if (char === "$" && source[i + 1] === "'") {
      const [value, end] = ansiQuoted(source, i + 2);
      word = (word ?? "") + value;
      i = end;
    } else if (char === '"') {
      word ??= "";
      for (i++; i < source.length && source[i] !== '"'; i++) {
        if (source[i] === "\\" && /["\\$`]/.test(source[i + 1] ?? "")) i++;
        word += source[i];
      }
    } else if (char === "\\") {
      i++;
      word = (word ?? "") + (source[i] ?? "");
    } else word = (word ?? "") + char;
  }
  if (word !== null) words.push(word);
  return words;
}

const ANSI: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "\\": "\\", "'": "'", '"': '"' };

function ansiQuoted(source: string, from: number): [string, number] {
  let value = "";
  let i = from;
  for (; i < source.length && source[i] !== "'"; i++) {
    if (source[i] !== "\\") {
      value += source[i];
      continue;
    }
    i++;
    const unicode = /^u([0-9a-fA-F]{4})|^x([0-9a-fA-F]{2})/.exec(source.slice(i, i + 5));
    if (unicode) {
      value += String.fromCharCode(Number.parseInt(unicode[1] ?? unicode[2] ?? "0", 16));
      i += unicode[0].length - 1;
    } else value += ANSI[source[i] ?? ""] ?? source[i] ?? "";
  }
  return [value, i];
}

const WITH_VALUE =
  /^(-[oAeEmwTxCcDKyYz]|--(output|max-time|connect-timeout|proxy|cookie-jar|retry|cacert|cert|key|resolve|write-out|form-string|interface|limit-rate))$/;

interface Parsed {
  url: string;
  method: string | undefined;
  headers: Record<string, string>;
  data: string[];
  json: boolean;
  asQuery: boolean;
  insecure: boolean;
}

function parseWords(words: readonly string[]): Parsed {
  const parsed: Parsed = {
    url: "",
    method: undefined,
    headers: {},
    data: [],
    json: false,
    asQuery: false,
    insecure: false,
  };
  const header = (line: string) => {
    const colon = line.indexOf(":");
    if (colon > 0) parsed.headers[line.slice(0, colon).trim()] = line.slice(colon + 1).trim();
  };
  for (let i = 0; i < words.length; i++) {
    let word = words[i] ?? "";
    let attached: string | null = null;
    if (/^--[a-z-]+=/.test(word)) {
      attached = word.slice(word.indexOf("=") + 1);
      word = word.slice(0, word.indexOf("="));
    } else if (/^-[XHduFbA]./.test(word) && !word.startsWith("--")) {
      attached = word.slice(2);
      word = word.slice(0, 2);
    }
    const value = () => attached ?? words[++i] ?? "";
    if (word === "-X" || word === "--request") parsed.method = value();
    else if (word === "-H" || word === "--header") header(value());
    else if (/^(-d|--data|--data-raw|--data-binary|--data-ascii)$/.test(word)) parsed.data.push(value());
    else if (word === "--data-urlencode") parsed.data.push(encodePair(value()));
    else if (word === "--json") {
      parsed.data.push(value());
      parsed.json = true;
    } else if (word === "-F" || word === "--form") {
      value();
      throw new ScanError(
        "bad-option",
        "Multipart forms (-F) cannot be scanned; give the request as JSON or as a form with -d.",
      );
    } else if (word === "-u" || word === "--user")
      parsed.headers.Authorization = `Basic ${Buffer.from(value()).toString("base64")}`;
    else if (word === "-b" || word === "--cookie") parsed.headers.Cookie = value();
    else if (word === "-A" || word === "--user-agent") value();
    else if (word === "-G" || word === "--get") parsed.asQuery = true;
    else if (word === "-k" || word === "--insecure") parsed.insecure = true;
    else if (word === "--url") parsed.url = value();
    else if (WITH_VALUE.test(word)) value();
    else if (!word.startsWith("-") && parsed.url === "") parsed.url = word;
  }
  return parsed;
}

function encodePair(text: string): string {
  const equals = text.indexOf("=");
  return equals < 0
    ? encodeURIComponent(text)
    : `${text.slice(0, equals)}=${encodeURIComponent(text.slice(equals + 1))}`;
}

const KEYS: readonly string[] = [...COMMON_KEYS, ...RARE_KEYS];

/** Puts the placeholder where the prompt stands, or null when no place looks like it. */
export function markPrompt(body: string): string | null {
  if (body.includes(PROMPT)) return body;
  try {
    const document: unknown = JSON.parse(body);
    const marked = markJson(document);
    return marked === null ? null : JSON.stringify(marked);
  } catch {
    for (const key of KEYS) {
      const pattern = new RegExp(`(^|&)(${key})=[^&]*`);
      if (pattern.test(body)) return body.replace(pattern, `$1$2=${PROMPT}`);
    }
    return null;
  }
}

function markJson(document: unknown): unknown {
  if (Array.isArray(document)) {
    const last = document.length - 1;
    const marked = last >= 0 ? markJson(document[last]) : null;
    return marked === null ? null : [...document.slice(0, last), marked];
  }
  if (document === null || typeof document !== "object") return null;
  const entries = Object.entries(document);
  for (const key of KEYS) {
    const index = entries.findIndex(([name, value]) => name === key && typeof value === "string");
    if (index >= 0) return Object.fromEntries(entries.map(([name, value], i) => [name, i === index ? PROMPT : value]));
  }
  for (const [name, value] of entries) {
    const marked = markJson(value);
    if (marked !== null) return { ...document, [name]: marked };
  }
  const texts = entries.filter(([, value]) => typeof value === "string");
  const only = texts.length === 1 ? texts[0]?.[0] : undefined;
  return only ? { ...document, [only]: PROMPT } : null;
}

/**
 * Reads a pasted curl command as scan options: URL, method, headers, credentials and the body with the prompt's place
 * marked (`{{prompt}}` if it is written there, else the field that is named like a prompt).
 * @throws ScanError "bad-option"
 */
export function parseCurl(command: string): ScanOptionsInput {
  const words = shellWords(command.trim());
  if (!/(^|\/|\\)curl(\.exe)?$/.test(words[0] ?? ""))
    throw new ScanError("bad-option", "A curl command begins with the word curl.");
  const parsed = parseWords(words.slice(1));
  if (parsed.url === "") throw new ScanError("bad-option", "The curl command has no URL.");
  const joined = parsed.data.length > 0 ? parsed.data.join("&") : null;
  const options: ScanOptionsInput = { url: parsed.url, headers: parsed.headers, tls: { insecure: parsed.insecure } };
  if (parsed.method) options.method = parsed.method;
  if (joined !== null && parsed.asQuery) {
    const marked = markPrompt(joined) ?? joined;
    options.url += `${parsed.url.includes("?") ? "&" : "?"}${marked}`;
    options.method ??= "GET";
    return options;
  }
  if (joined !== null) {
    if (joined.startsWith("@"))
      throw new ScanError("bad-option", "The curl command takes its body from a file; paste the body itself.");
    const marked = markPrompt(joined);
    if (marked === null)
      throw new ScanError(
        "bad-option",
        "No field of the curl command's body looks like the prompt; write {{prompt}} in its place.",
      );
    options.bodyTemplate = marked;
    options.method ??= "POST";
    if (parsed.json) options.headers = { "Content-Type": "application/json", ...parsed.headers };
    return options;
  }
  const query = parsed.url.indexOf("?");
  const marked = query >= 0 ? markPrompt(parsed.url.slice(query + 1)) : null;
  if (marked !== null) options.url = `${parsed.url.slice(0, query)}?${marked}`;
  return options;
}
