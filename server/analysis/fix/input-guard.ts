/** Refuses input that is missing or too long before it reaches a model. */
import type { Edit } from "../finding.js";
import type { Expr } from "../ir.js";
import type { Case, Draft } from "./context.js";
import { isTaken } from "./module-edits.js";
import { dotted, functionOf, type Scope, type Statement } from "./nodes.js";
import { pyString } from "./source.js";

/** Longest input that the guard lets through, in characters. */
const LONGEST = 4000;

export function inputGuard(c: Case): Draft[] {
  const fields = Array.isArray(c.hint.fields) ? c.hint.fields.filter((f): f is string => typeof f === "string") : [];
  const scope = c.nodes.scopes.find((s) => s.fn && covers(c, s));
  if (!scope?.fn || fields.length > 3) return [];
  const answer = refusal(c, scope);
  if (!answer) return [];
  const subjects = (fields.length ? fields : [undefined]).map((f) => subject(c, scope, f));
  const edits: Edit[] = [...answer.edits];
  for (const [i, s] of subjects.entries()) {
    if (!s) return [];
    const name = fields[i] ?? s.text;
    const say = pyString(`${name.split(".").at(-1)} must be a text of 1 to ${LONGEST} characters`, c.source.quote);
    const { eol, unit } = c.source;
    const lines = [
      `if not isinstance(${s.text}, str) or not ${s.text}.strip() or len(${s.text}) > ${LONGEST}:`,
      `${unit}${answer.text(say)}`,
    ];
    edits.push(
      s.before
        ? c.source.insert(s.at, `${lines.join(eol + s.indent)}${eol}${s.indent}`)
        : c.source.insert(s.at, lines.map((l) => eol + s.indent + l).join("")),
    );
  }
  return [{ title: "Refuse what is missing or too long", effort: "low", edits }];
}

/** The innermost function around the finding, or the one whose parameter it is. */
function covers(c: Case, s: Scope): boolean {
  const { start, end } = c.finding;
  const def = s.def;
  if (!def || !s.fn || def.s > start || def.e < end) return false;
  return !c.nodes.scopes.some(
    (o) => o !== s && o.fn && o.def && o.def.s >= def.s && o.def.s <= start && o.def.e >= end && o.def.s > def.s,
  );
}

interface Subject {
  /** What is asked about. */
  text: string;
  at: number;
  /** Whether the guard stands in front of `at`, else behind the line. */
  before: boolean;
  indent: string;
}

/** What holds the input: a variable that it is read into, or a parameter and its field. */
function subject(c: Case, scope: Scope, field: string | undefined): Subject | undefined {
  const { start, end } = c.finding;
  const param = scope.fn!.params.find((p) => scope.fn!.chunk.base + p.s === start);
  if (param) {
    const body = scope.body;
    const first = body[0]?.st.k === "expr" && body[0].st.x.k === "const" && body.length > 1 ? body[1] : body[0];
    if (!first || !c.source.startsLine(first.s)) return undefined;
    const text = field ? `${param.name}.${field}` : param.name;
    return { text, at: first.s, before: true, indent: c.source.indentAt(first.s) };
  }
  const source = c.nodes.statementAt(start, end);
  const found = c.nodes.statements.filter((s) => functionOf(s) === scope && reads(s, field, source));
  const [only] = found;
  if (!only || found.length > 1 || only.st.k !== "assign") return undefined;
  const target = only.st.targets[0];
  if (target?.k !== "name" || only.st.targets.length > 1) return undefined;
  // A second statement on the line would run before the guard.
  if (!c.source.startsLine(only.s) || /^\s*;/.test(c.source.slice(only.e, c.source.lineEnd(only.e)))) return undefined;
  return { text: target.id, at: c.source.lineEnd(only.e), before: false, indent: c.source.indentAt(only.s) };
}

/** `text = data["text"]`, `text = request.json.get("text", "").strip()`. */
function reads(s: Statement, field: string | undefined, source: Statement | undefined): boolean {
  if (s.st.k !== "assign" || !s.st.v) return false;
  const key = keyOf(s.st.v);
  if (field === undefined) return s === source && key === undefined && !isWhole(s.st.v);
  if (key !== field) return false;
  const base = rootOf(s.st.v);
  if (s === source) return true;
  const st = source?.st;
  return st?.k === "assign" && st.targets.some((t) => t.k === "name" && t.id === base);
}

/** A body that is parsed: no text, but what texts are read from. */
const isWhole = (x: Expr): boolean =>
  /(get_json|json|data|loads|POST|GET|form|args)$/.test(x.k === "call" ? (dotted(x.f) ?? "") : (dotted(x) ?? ""));

/** The key that a read ends with. */
function keyOf(x: Expr): string | undefined {
  if (x.k === "sub") return x.i.k === "const" ? String(x.i.v) : undefined;
  if (x.k === "bool" && x.op === "or") return keyOf(x.xs[0]!);
  if (x.k !== "call" || x.f.k !== "attr") return undefined;
  if (x.f.a === "get") return x.args[0]?.k === "const" ? String(x.args[0].v) : undefined;
  return /^(strip|lower)$/.test(x.f.a) ? keyOf(x.f.o) : undefined;
}

/** The variable that a read begins with. */
function rootOf(x: Expr): string | undefined {
  if (x.k === "name") return x.id;
  if (x.k === "sub" || x.k === "attr") return rootOf(x.o);
  if (x.k === "bool") return rootOf(x.xs[0]!);
  if (x.k === "call") return rootOf(x.f);
  return undefined;
}

interface Refusal {
  text(say: string): string;
  edits: Edit[];
}

/** How the route's framework answers 400; undefined where the function is no route of a known one. */
function refusal(c: Case, scope: Scope): Refusal | undefined {
  const fn = scope.fn!;
  const key = pyString("error", c.source.quote);
  const has = (name: string) =>
    c.nodes.module.body.some((s) => s.st.k === "from" && s.st.names.some((n) => n.name === name && n.as === undefined));
  const from = (root: RegExp) =>
    c.nodes.module.body.find((s) => s.st.k === "from" && !s.st.level && root.test(s.st.module));
  const routed = fn.decorators.some((d) =>
    /\.(route|get|post|put|patch|delete|api_route)$/.test(dotted(d.k === "call" ? d.f : d) ?? ""),
  );
  const method = scope.parent?.kind === "class" && /^(get|post|put|patch|delete)$/.test(fn.name);
  const request = fn.params[method ? 1 : 0]?.name === "request";
  if (request && has("Response") && from(/^rest_framework/))
    return { text: (say) => `return Response({${key}: ${say}}, status=400)`, edits: [] };
  if (request && has("JsonResponse"))
    return { text: (say) => `return JsonResponse({${key}: ${say}}, status=400)`, edits: [] };
  if (from(/^fastapi(\.|$)/) && routed) {
    const edits: Edit[] = [];
    if (!has("HTTPException")) {
      const line = c.nodes.module.body.find((s) => s.st.k === "from" && s.st.module === "fastapi" && !s.st.level);
      const last = line?.st.k === "from" ? line.st.names.at(-1) : undefined;
      if (!line || !last || last.name === "*" || isTaken(c, "HTTPException")) return undefined;
      edits.push(c.source.insert(line.chunk.base + last.e, ", HTTPException"));
    }
    return { text: (say) => `raise HTTPException(status_code=400, detail=${say})`, edits };
  }
  if (from(/^(flask|quart)(\.|$)/) && (routed || method))
    return {
      text: (say) => (has("jsonify") ? `return jsonify({${key}: ${say}}), 400` : `return {${key}: ${say}}, 400`),
      edits: [],
    };
  return undefined;
}
