/** Reads a curl command line, as browsers and API tools copy it, into what a scan needs to know. */
import { ScanError } from "../errors.js";
import { isForCommandPrompt, windowsWords } from "./windows-words.js";

export interface FormField {
  name: string;
  value: string;
}

export interface CurlRequest {
  url: string;
  method?: string;
  headers: Record<string, string>;
  body?: string;
  /** The fields of `-F`, which are sent as multipart/form-data. */
  form?: FormField[];
  /** `user:password` of `-u`. */
  user?: string;
  cert?: string;
  key?: string;
  ca?: string;
  insecure: boolean;
}

const wrong = (message: string): ScanError => new ScanError("bad-option", message);

/** Options that take a value and say nothing about the request. */
const ignoredWithValue = new Set([
  "-o",
  "--output",
  "-m",
  "--max-time",
  "--connect-timeout",
  "-w",
  "--write-out",
  "-A",
  "--user-agent",
  "-e",
  "--referer",
  "--retry",
]);

function unclosed(): never {
  throw wrong("The curl command has a quote that is not closed.");
}

/**
 * @param command from the word `curl` (or without it) on; quotes as in a POSIX shell, `$'...'` included, or as for
 *   Windows' command prompt
 * @throws ScanError "bad-option" when a quote is not closed, an option is not known or the URL is missing
 */
export function parseCurl(command: string): CurlRequest {
  // In one line the line breaks behind backslashes are gone, and spaces stand there.
  const words = (
    isForCommandPrompt(command)
      ? (windowsWords(command) ?? unclosed())
      : shellWords(command, (at) => refuseExpansion(command, at))
  ).filter((word) => word.trim() !== "" || word === "");
  const [program = ""] = words;
  if (/^(?:.*[\\/])?curl(?:\.exe)?$/i.test(program)) words.shift();
  else if (/^[A-Za-z][\w-]*$/.test(program) && program !== "localhost")
    throw wrong(`The command begins with ${program}; a command of curl is understood here.`);
  const request: CurlRequest = { url: "", headers: {}, insecure: false };
  const bodies: string[] = [];
  const fields: FormField[] = [];
  let json = false;
  let get = false;
  for (let i = 0; i < words.length; i++) {
    let word = words[i] ?? "";
    // What is done with the answer, and the next command of several.
    if (/^(?:\|\|?|&&?|;)$/.test(word)) break;
    const redirect = /^(?:[012&]?>{1,2}|<)(.*)$/.exec(word);
    if (redirect) {
      if (redirect[1] === "") i++;
      continue;
    }
    // Switches may share a dash with the option that follows them: -sSXPOST.
    const cluster = /^-([sSLivfNgk#]+)([XHdubEFAeomw].*)$/s.exec(word);
    if (cluster) {
      if (cluster[1]?.includes("k")) request.insecure = true;
      word = `-${cluster[2]}`;
    }
    const attached = /^(-[XHdubEFAeomw])(.+)$/.exec(word) ?? /^(--[\w-]+)=(.*)$/s.exec(word);
    let rest: string | undefined;
    if (attached) [, word = "", rest] = attached;
    const value = (): string => {
      if (rest !== undefined) return rest;
      i++;
      const next = words[i];
      if (next === undefined) throw wrong(`The curl command ends after ${word}, which takes a value.`);
      return next;
    };
    switch (word) {
      case "-X":
      case "--request":
        request.method = value();
        break;
      case "-H":
      case "--header": {
        const header = value();
        const at = header.indexOf(":");
        if (at > 0) request.headers[header.slice(0, at).trim()] = header.slice(at + 1).trim();
        break;
      }
      case "--json":
        json = true;
        bodies.push(fromText(value()));
        break;
      case "-d":
      case "--data":
      case "--data-ascii":
      case "--data-binary":
        bodies.push(fromText(value()));
        break;
      case "--data-raw":
        bodies.push(value());
        break;
      case "--data-urlencode":
        bodies.push(urlencoded(value()));
        break;
      case "-u":
      case "--user":
        request.user = value();
        break;
      case "-b":
      case "--cookie":
        request.headers.Cookie = cookies(value());
        break;
      case "-E":
      case "--cert":
        request.cert = value();
        break;
      case "--key":
        request.key = value();
        break;
      case "--cacert":
        request.ca = value();
        break;
      case "-k":
      case "--insecure":
        request.insecure = true;
        break;
      case "-G":
      case "--get":
        get = true;
        break;
      case "--url":
        request.url = value();
        break;
      case "-F":
      case "--form":
      case "--form-string":
        fields.push(formField(value(), word === "--form-string"));
        break;
      default:
        if (ignoredWithValue.has(word)) value();
        else if (!word.startsWith("-") || word === "-") request.url = word;
        // Switches without a value: -s, -S, -L, -i, -v, -f, -N, --compressed and the like.
        else if (
          !/^(-[sSLivfNg#]+|--(silent|show-error|location|include|verbose|fail|no-buffer|compressed|http1\.1|http2|globoff|progress-bar))$/.test(
            word,
          )
        ) {
          throw wrong(`The curl command has the option ${word}, which is not understood here.`);
        }
    }
  }
  if (request.url === "") throw wrong("The curl command names no URL.");
  if (bodies.length > 0) {
    const body = bodies.join(json ? "" : "&");
    if (get) request.url += (request.url.includes("?") ? "&" : "?") + body;
    else request.body = body;
  }
  if (json) request.headers["Content-Type"] ??= "application/json";
  if (fields.length > 0) request.form = fields;
  return request;
}

/** One field of a form of `-F`. @throws ScanError "bad-option" for one that is a file */
function formField(text: string, literally: boolean): FormField {
  const at = text.indexOf("=");
  if (at < 0) throw wrong(`The curl command's form has the field ${text}, which has no value.`);
  const value = text.slice(at + 1);
  if (!literally && /^[@<]/.test(value))
    throw wrong(`The curl command sends the file ${value.slice(1)}; a scan sends only text.`);
  return { name: text.slice(0, at), value: literally ? value : value.replace(/;(?:type|filename|headers)=.*$/s, "") };
}

/** Stands between the fields of a form, and in no prompt. */
const BOUNDARY = "spillcheck-form-5d41402abc4b2a76";

/** A form as curl sends it with `-F` (RFC 7578). */
export function multipart(fields: readonly FormField[]): { body: string; contentType: string } {
  const parts = fields.map(
    ({ name, value }) =>
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name.replace(/"/g, "%22")}"\r\n\r\n${value}\r\n`,
  );
  return {
    body: `${parts.join("")}--${BOUNDARY}--\r\n`,
    contentType: `multipart/form-data; boundary=${BOUNDARY}`,
  };
}

/** What `-b` gives: cookies, or the name of a file when there is no `=` in it. */
function cookies(value: string): string {
  if (!value.includes("="))
    throw wrong(`The curl command reads its cookies from ${value}; put the cookies themselves there.`);
  return value;
}

function fromText(value: string): string {
  if (value.startsWith("@")) {
    throw wrong(`The curl command reads its body from ${value.slice(1)}; put the text itself there.`);
  }
  return value;
}

function urlencoded(value: string): string {
  const at = value.indexOf("=");
  // A placeholder has to stay one.
  const encode = (text: string): string => encodeURIComponent(text).replace(/%7B%7B(\w+)%7D%7D/g, "{{$1}}");
  return at < 0 ? encode(value) : value.slice(0, at + 1) + encode(value.slice(at + 1));
}

/** A variable or a command that the shell would have put in place: `$TOKEN`, `${TOKEN}`, `$(pass token)`. */
const EXPANSION = /\$(?:[A-Za-z_]\w*|[{(][^})]*[})])/y;

/** @throws ScanError "bad-option" when the shell would have put something else in this place */
function refuseExpansion(command: string, at: number): void {
  EXPANSION.lastIndex = at;
  const found = EXPANSION.exec(command);
  if (found) throw wrong(`The curl command holds ${found[0]}, which only your shell knows; put its value there.`);
}

/**
 * Splits as a POSIX shell does, without any expansion (POSIX.1-2017, Shell Command Language, 2.2).
 * @param onDollar told of each place where a shell would look for something to expand
 */
export function shellWords(command: string, onDollar: (at: number) => void = () => {}): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let i = 0;
  while (i < command.length) {
    const c = command[i] ?? "";
    if (/\s/.test(c)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      i++;
    } else if (c === "\\") {
      const next = command[i + 1];
      // A line continued.
      if (next === "\r" && command[i + 2] === "\n") i++;
      else if (next !== "\n") word = (word ?? "") + (next ?? "");
      i += 2;
    } else if (c === "$" && command[i + 1] === "'") {
      const [text, end] = ansiQuoted(command, i + 2) ?? unclosed();
      word = (word ?? "") + text;
      i = end;
    } else if (c === "'") {
      const end = command.indexOf("'", i + 1);
      if (end < 0) unclosed();
      word = (word ?? "") + command.slice(i + 1, end);
      i = end + 1;
    } else if (c === '"') {
      const match = /"((?:[^"\\]|\\[\s\S])*)"/y;
      match.lastIndex = i;
      const found = match.exec(command) ?? unclosed();
      for (const dollar of (found[1] ?? "").matchAll(/(?<=(?:^|[^\\])(?:\\\\)*)\$/g)) onDollar(i + 1 + dollar.index);
      word =
        (word ?? "") + (found[1] ?? "").replace(/\\([$`"\\\n])/g, (_, escaped) => (escaped === "\n" ? "" : escaped));
      i = match.lastIndex;
    } else {
      if (c === "$") onDollar(i);
      word = (word ?? "") + c;
      i++;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

const ansiEscapes: Record<string, string> = { n: "\n", r: "\r", t: "\t", "'": "'", '"': '"', "\\": "\\" };

/** The text of `$'...'` from its first character on, and where it ends. */
function ansiQuoted(command: string, from: number): [string, number] | undefined {
  const match = /((?:[^'\\]|\\[\s\S])*)'/y;
  match.lastIndex = from;
  const found = match.exec(command);
  if (!found) return undefined;
  const text = (found[1] ?? "").replace(/\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[\s\S])/g, (_, code: string) =>
    code.length > 1 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (ansiEscapes[code] ?? `\\${code}`),
  );
  return [text, match.lastIndex];
}
