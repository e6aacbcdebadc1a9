/**
 * What is saved to a file and read again: `out.write(await upload.read())`, then `PdfReader(path)`. The content hangs on the path
 * and on the open file as a field of its own, so that a path in a log or a prompt is still only a path.
 */
import type { CallExpr, Expr } from "../ir.js";
import { lastNameOf } from "../last-name.js";
import type { Args } from "./arguments.js";
import type { Env } from "./env.js";
import type { Frame } from "./frame.js";
import type { Label } from "./labels.js";
import { updateAt } from "./targets.js";
import { CONTENT, EMPTY, flatten, join, labelled, type Value, withField } from "./value.js";

/** What was written to the file that a value names or has open. */
export const contentOf = (v: Value | undefined): Value | undefined => v?.fields?.get(CONTENT);

const KEPT = new Set<Label["kind"]>(["user", "stored", "llm", "record", "param"]);

function withContent(v: Value, content: Value): Value {
  const labels = flatten(content).labels.filter((l) => KEPT.has(l.kind));
  return labels.length ? withField(v, CONTENT, join(contentOf(v) ?? EMPTY, labelled(labels))) : v;
}

/** An open file, as opposed to text in memory that has a `write` too. */
export const isFile = (v: Value): boolean => v.types.some((t) => t.k === "ext" && FILES.test(t.q));
const FILES = /^io\.File$|^tempfile\.\w*TemporaryFile(?:\(\))?$/;

/** What is in the file that a row's column names: whoever uploaded it wrote it. Undefined for other columns. */
export function uploaded(frame: Frame, column: Value): Value | undefined {
  const { models } = frame.program;
  if (!column.types.some((t) => t.k === "ext" && models.isA(t.q, "django.db.models.FileField"))) return undefined;
  const row = column.labels.find((l) => l.kind === "record");
  if (!row) return undefined;
  const name = row.path.at(-1) ?? "file";
  const label: Label = {
    ...row,
    kind: "stored",
    key: `${row.key}.${name}`,
    path: [],
    what: `\`${name}\``,
    record: undefined,
  };
  return labelled([label]);
}

/** Content goes to a file: `f.write(content)`, `open(path, "wb").write(content)`, `upload.save(path)`. @param file its expression */
export function noteSaved(frame: Frame, env: Env, file: Expr, content: Value): void {
  const path = opened(file) ?? file;
  const named = path.k === "const" ? path.v : path.k === "name" ? env.get(path.id)?.c : undefined;
  if (path.k === "name" || path.k === "attr" || path.k === "sub")
    updateAt(frame, env, path, (o) => withContent(o, content));
  if (typeof named !== "string" || named.length < 3) return;
  const kept = contentOf(withContent(EMPTY, content));
  if (kept) frame.saved.set(named, kept);
}

/** `path.write_text(content)`. */
export function noteWrittenText(frame: Frame, env: Env, x: CallExpr, args: Args): void {
  const content = args.pos[0]?.value ?? args.kw.get("data")?.value;
  if (content && x.f.k === "attr" && /^write_(?:text|bytes)$/.test(x.f.a)) noteSaved(frame, env, x.f.o, content);
}

/** A command with what was written to the files that it names: `subprocess.run(["python", "script.py"])`. */
export function withSaved(frame: Frame, command: Value): Value {
  const { c } = command;
  if (typeof c !== "string" || !frame.saved.size) return command;
  const found = [...frame.saved].find(([path]) => c.includes(path));
  return found ? { ...withField(command, CONTENT, found[1]), c } : command;
}

/** What was written to an open file is at its path once it is closed: `with open(path, "wb") as out`. */
export function noteClosed(frame: Frame, env: Env, open: Expr, file: Value | undefined): void {
  const content = contentOf(file);
  const path = content && opened(open);
  if (path) noteSaved(frame, env, path, content);
}

/** The path of a call that opens a file. */
function opened(x: Expr): Expr | undefined {
  const call = x.k === "await" ? x.x : x;
  if (call.k !== "call" || lastNameOf(call.f) !== "open") return undefined;
  // `open(path)`, and `path.open()`.
  return call.args[0] && (call.f.k === "name" || call.args[0].k !== "const")
    ? call.args[0]
    : call.f.k === "attr"
      ? call.f.o
      : undefined;
}

/** What a call adds to its result because it reads a file that was written before; undefined where it reads none. */
export function readBack(
  out: Value,
  callee: Value,
  args: Args,
  recv: Value | undefined,
  name: string,
  x: CallExpr,
): Value {
  const own = contentOf(recv);
  if (own && READ.test(name)) return join(out, own);
  const given = [args.pos[0]?.value, ...PATHS.map((k) => args.kw.get(k)?.value)].map(contentOf).find(Boolean);
  const content = given ?? (name === "open" ? (own ?? openContent(args.pos[0]?.value)) : undefined);
  if (!content) return out;
  if (name === "open") return withField(out, CONTENT, content);
  const foreign = callee.types.every((t) => t.k === "ext" || t.k === "module");
  return foreign && (READERS.test(name) || (/^[A-Z]/.test(name) && x.f.k !== "sub")) ? join(out, content) : out;
}

const PATHS = ["file_path", "path", "filename", "file", "filepath", "input_file", "fp", "stream"];
const READ = /^(?:read|readlines?|read_text|read_bytes|load)$/;
const READERS = /(?:^|_)(?:read|load|loads|parse|partition|extract|convert|transcribe|ocr|process|open)(?:_|$)/;

/** What is in the file at a path that the callers hand in, as far as they know. */
function openContent(path: Value | undefined): Value | undefined {
  const params = (path?.labels ?? []).filter((l) => l.kind === "param");
  return params.length ? labelled(params.map((l) => ({ ...l, path: [...l.path, CONTENT] }))) : undefined;
}

/** What a function that was handed a path makes of it: pages and texts of the file there. Undefined for parts of the path. */
export function readAt(v: Value, key: string): Value | undefined {
  if (key === CONTENT) return join(contentOf(v) ?? EMPTY, openContent(v) ?? EMPTY);
  return OF_PATH.test(key) ? undefined : contentOf(v);
}

const OF_PATH = /^\[|^(?:name|filename|suffix|stem|parent|parents|parts|exists|is_file|stat|close|closed)$/;
