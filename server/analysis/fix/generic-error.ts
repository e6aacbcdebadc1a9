/** Answers with a fixed text and puts the exception into the log. */
import type { Edit } from "../finding.js";
import type { Stmt } from "../ir.js";
import type { Case, Draft } from "./context.js";
import { addImport, imports } from "./module-edits.js";
import { dotted, functionOf, type Node, type Statement, spanIn } from "./nodes.js";
import { pyString } from "./source.js";

const TRACES = /(^|\.)(format_exc|format_exception|format_tb|print_exc|exc_info|format_stack)$/;
const LOGS = /^(exception|error|critical|warning|warn|info|debug|log|capture_exception|print_exc)$/;

/** Statements that answer, or put together what will be answered. */
const ANSWERS = new Set(["return", "raise", "expr", "assign", "aug"]);

/** Where an exception is at hand: a handler of a `try`, or a function that the framework calls with it. */
interface Caught {
  name: string | undefined;
  /** The statement in the handler's own body that the answer is part of. */
  first: Statement;
  body: readonly Statement[];
  /** The handler is a `try`'s, where the logger finds the exception by itself. */
  clause: boolean;
  /** `e` of `except X as e`, and what stands around it. */
  span?: { s: number; e: number } | undefined;
}

export function genericError(c: Case): Draft[] {
  const { start, end } = c.finding;
  const stmt = c.nodes.statementAt(start, end);
  if (!stmt || !ANSWERS.has(stmt.st.k)) return [];
  const caught = caughtAt(stmt);
  if (!caught) return [];
  const src = c.source;
  const leaks = leaksIn(c, stmt, caught);
  if (!leaks.length) return [];
  const generic = clientError(stmt) ? "The request could not be processed." : "An internal error occurred.";
  const edits: Edit[] = leaks.map((n, i) => {
    if (i > 0) return removal(c, n, pyString(generic, src.quote));
    return src.edit(n.s, n.e, pyString(ownWords(n) ?? generic, src.quote));
  });
  if (!logs(c, caught)) edits.push(...logLine(c, caught));
  const unused = caught.clause && caught.name !== undefined && caught.span && !stillUsed(c, caught, leaks);
  if (unused) edits.push(...dropName(c, caught));
  return [{ title: "Return a generic error and log the detail", effort: "low", edits }];
}

/** What the author says of the failure before the exception speaks: `Could not order: {e}`. */
function ownWords(n: Node): string | undefined {
  const x = n.x.k === "bin" && n.x.op === "+" ? n.x.l : n.x;
  const first = x.k === "fstr" ? x.parts[0] : x.k === "const" ? x.v : undefined;
  const m = typeof first === "string" ? /^([A-Z][a-z]+(?: [\w'-]+){1,8})\s*[:(-]\s*$/.exec(first) : null;
  return m ? `${m[1]}.` : undefined;
}

function caughtAt(stmt: Statement): Caught | undefined {
  for (let s: Statement | undefined = stmt; s; s = s.outer) {
    const { outer } = s;
    if (outer?.st.k === "try") {
      const inner = s.st;
      for (const h of outer.st.handlers) {
        if (h.body.includes(inner))
          return { name: h.name ?? undefined, first: s, body: s.block, clause: true, span: spanIn(outer, h) };
      }
    }
  }
  const fn = functionOf(stmt)?.fn;
  if (!fn?.decorators.some((d) => /errorhandler|exception_handler/.test(dotted(d.k === "call" ? d.f : d) ?? "")))
    return undefined;
  const param = fn.params.find((p) => /^(e|ex|exc|err|error|exception)$/.test(p.name)) ?? fn.params.at(-1);
  let first = stmt;
  while (first.outer) first = first.outer;
  return param && { name: param.name, first, body: first.block, clause: false };
}

/** The expressions of a statement that show the exception, the finding's own first. */
function leaksIn(c: Case, stmt: Statement, caught: Caught): Node[] {
  const out: Node[] = [];
  const add = (n: Node) => {
    if (!out.some((o) => o === n || (o.s <= n.s && o.e >= n.e))) out.push(n);
  };
  for (const n of c.nodes.all) {
    if (n.stmt !== stmt || isCause(stmt.st, n)) continue;
    const named = n.x.k === "name" && n.x.id === caught.name && !isHarmless(n);
    const trace = n.x.k === "call" && TRACES.test(dotted(n.x.f) ?? "");
    if (named || trace) add(climb(n));
  }
  const { start, end } = c.finding;
  const own = c.nodes.covering(start, end);
  if (!out.length && own?.stmt === stmt && own.x.k === "name") out.push(own);
  // The text that a client looks at is kept, as a fixed one; what shows the inside is not.
  const shown = out.findIndex((n) => !/trace|stack|debug|detail|type|class/i.test(keyFor(n)));
  if (shown > 0) out.unshift(...out.splice(shown, 1));
  return out;
}

/** Codes that an exception carries say nothing of the inside; nor does a question about its kind. */
function isHarmless(n: Node): boolean {
  const p = n.parent?.x;
  if (p?.k === "attr") return /^(status_code|status|code|errno|returncode|http_status)$/.test(p.a);
  if (p?.k === "call" && p.f.k === "name") {
    const asked = p.args[1];
    if (p.f.id === "getattr") return asked?.k === "const" && /status|code|errno/.test(String(asked.v));
    return p.f.id === "isinstance" || p.f.id === "hasattr";
  }
  return false;
}

/** The key or keyword that an expression is the value of. */
function keyFor(n: Node): string {
  const p = n.parent?.x;
  if (p?.k === "dict") {
    const key = p.items.find((i) => i.v === n.x)?.key;
    return key?.k === "const" ? String(key.v) : "";
  }
  return p?.k === "call" ? (p.kw.find((k) => k.x === n.x)?.n ?? "") : "";
}

/** `raise X(...) from e` keeps the exception for the log. */
function isCause(st: Stmt, n: Node): boolean {
  if (st.k !== "raise" || !st.cause) return false;
  let root = n;
  while (root.parent) root = root.parent;
  return root.x === st.cause;
}

/** From the exception to the whole text that shows it. */
function climb(n: Node): Node {
  let at = n;
  for (let p = n.parent; p; p = p.parent) {
    const { x } = p;
    const text =
      x.k === "fstr" ||
      x.k === "attr" ||
      x.k === "sub" ||
      (x.k === "bin" && (x.op === "+" || x.op === "%")) ||
      x.k === "bool" ||
      x.k === "cond" ||
      (x.k === "tuple" && p.parent?.x.k === "bin") ||
      (x.k === "call" && (x.f === at.x || isTextual(dotted(x.f) ?? (x.f.k === "attr" ? x.f.a : ""))));
    if (!text) break;
    at = p;
  }
  return at;
}

const isTextual = (name: string): boolean =>
  /^(str|repr|format|getattr|type|list|vars|dict)$/.test(name) ||
  /(^|\.)(format|join|format_exc|format_exception|dumps|strip|split)$/.test(name);

/** A second place of the same answer: its item goes where it is one of a dict or a keyword. */
function removal(c: Case, n: Node, text: string): Edit {
  const src = c.source;
  if (n.parent?.x.k === "dict") {
    const items = n.parent.x.items;
    const i = items.findIndex((it) => it.v === n.x);
    const base = n.stmt.chunk.base;
    const before = items[i - 1];
    const next = items[i + 1];
    const me = items[i];
    if (me && before) return src.edit(base + before.e, base + me.e, "");
    if (me && next) return src.edit(base + me.s, base + next.s, "");
  }
  return src.edit(n.s, n.e, text);
}

/** The answer's status says that the request was at fault. */
function clientError(stmt: Statement): boolean {
  const codes: number[] = [];
  const named = namedStatus(stmt);
  if (named !== undefined) return named;
  const look = (n: Node): void => {
    if (n.x.k === "tuple") for (const x of n.x.xs) if (x.k === "const" && typeof x.v === "number") codes.push(x.v);
    if (n.x.k === "call") {
      for (const k of n.x.kw)
        if (/^status(_code)?$/.test(k.n ?? "") && k.x.k === "const" && typeof k.x.v === "number") codes.push(k.x.v);
      for (const a of n.x.args) if (a.k === "const" && typeof a.v === "number") codes.push(a.v);
    }
  };
  for (const n of stmt.exprs) look(n);
  const status = codes.find((v) => v >= 400 && v < 600);
  return status !== undefined && status < 500;
}

/** The same, where the status has a name: `status.HTTP_400_BAD_REQUEST`, `HTTPStatus.NOT_FOUND`. */
function namedStatus(stmt: Statement): boolean | undefined {
  const values = stmt.exprs.flatMap((n) =>
    n.x.k === "tuple" ? n.x.xs : n.x.k === "call" ? [...n.x.args, ...n.x.kw.map((k) => k.x)] : [],
  );
  for (const x of values) {
    const name = dotted(x) ?? "";
    if (/(^|\.)HTTP_[45]\d\d_/.test(name)) return /HTTP_4/.test(name);
    if (/HTTPStatus\.(BAD_REQUEST|NOT_FOUND|FORBIDDEN|UNAUTHORIZED|CONFLICT|UNPROCESSABLE\w*)$/.test(name)) return true;
  }
  return undefined;
}

/** Whether the handler logs already. */
function logs(c: Case, caught: Caught): boolean {
  const from = caught.body[0]!.s;
  return c.nodes.all.some((n) => {
    if (n.s < from || n.e > caught.first.e || n.x.k !== "call") return false;
    const f = n.x.f;
    return f.k === "attr" ? LOGS.test(f.a) : f.k === "name" && LOGS.test(f.id);
  });
}

function logLine(c: Case, caught: Caught): Edit[] {
  const src = c.source;
  const at = caught.first;
  const [logger, edits] = loggerOf(c);
  const fn = functionOf(at)?.name ?? "request";
  const message = pyString(`Unhandled error in ${fn}`, src.quote);
  const call = caught.clause
    ? `${logger}.exception(${message})`
    : `${logger}.error(${message}, exc_info=${caught.name})`;
  const text = src.startsLine(at.s) ? `${call}${src.eol}${src.indentAt(at.s)}` : `${call}; `;
  return [...edits, src.insert(at.s, text)];
}

/** The file's logger, the app's, or one of the logging module. */
function loggerOf(c: Case): [string, Edit[]] {
  for (const s of c.nodes.module.body) {
    if (s.st.k !== "assign" || s.st.v?.k !== "call") continue;
    const made = dotted(s.st.v.f) ?? "";
    const target = s.st.targets[0];
    if (target?.k !== "name") continue;
    if (/(^|\.)(getLogger|get_logger)$/.test(made)) return [target.id, []];
  }
  for (const s of c.nodes.module.body) {
    if (s.st.k === "from" && s.st.names.some((n) => n.name === "current_app" && !n.as))
      return ["current_app.logger", []];
    if (s.st.k !== "assign" || s.st.v?.k !== "call") continue;
    const target = s.st.targets[0];
    if (target?.k === "name" && /(^|\.)Flask$/.test(dotted(s.st.v.f) ?? "")) return [`${target.id}.logger`, []];
  }
  return ["logging.getLogger(__name__)", imports(c, "logging") ? [] : addImport(c, "logging")];
}

function stillUsed(c: Case, caught: Caught, leaks: readonly Node[]): boolean {
  const { s, e } = caught.span!;
  return c.nodes.all.some(
    (n) =>
      n.x.k === "name" &&
      n.x.id === caught.name &&
      n.s >= s &&
      n.e <= e &&
      !leaks.some((l) => l.s <= n.s && l.e >= n.e),
  );
}

/** ` as e`, where nothing uses the name any more. */
function dropName(c: Case, caught: Caught): Edit[] {
  const src = c.source;
  const { s } = caught.span!;
  const head = src.slice(s, caught.body[0]!.s);
  const m = new RegExp(`[ \\t]+as[ \\t]+${caught.name}[ \\t]*(?=:)`).exec(head);
  return m ? [src.edit(s + m.index, s + m.index + m[0].length, "")] : [];
}
