/** Turns debug mode off where its value is written. */
import type { Edit } from "../finding.js";
import type { ConstExpr, Expr } from "../ir.js";
import { lastNameOf } from "../last-name.js";
import type { Case, Draft } from "./context.js";
import { childrenOf, isInside, type Node, type Statement } from "./nodes.js";

const TITLE = "Turn debug mode off";

/** Each value that means "on", and its counterpart, as text. */
const OFF: Record<string, string> = {
  "1": "0",
  True: "False",
  true: "false",
  TRUE: "FALSE",
  on: "off",
  yes: "no",
  development: "production",
};

/** A draft for each place that the value may come from, nearest first. */
export function debugOff(c: Case): Draft[] {
  const { finding, file } = c;
  if (!file.endsWith(".py")) return textual(c);
  const edits: Edit[] = [];
  for (const x of valuesAt(c)) collect(c, x, edits, 0);
  return edits.length
    ? [{ title: finding.message.includes("development setting") ? `${TITLE} here` : TITLE, effort: "low", edits }]
    : [];
}

/** The values of the setting: what stands in the finding's span, or is assigned in the statement whose target it is. */
function valuesAt(c: Case): Node[] {
  const { start, end } = c.finding;
  const { nodes } = c;
  for (const n of nodes.all) {
    if (n.x.k !== "call" || n.s > start || n.e < end) continue;
    for (const k of n.x.kw) {
      const base = n.stmt.chunk.base;
      if (base + k.s === start && base + k.e === end) return only(nodes.node(k.x));
    }
  }
  const stmt = nodes.statementAt(start, end);
  if (!stmt) return [];
  if (stmt.st.k === "assign" && stmt.st.v && stmt.s <= start) {
    const v = nodes.node(stmt.st.v);
    const inside = nodes.at(start, end).filter((n) => within(n, v));
    return inside.length ? inside.slice(0, 1) : only(v);
  }
  const exact = nodes.at(start, end)[0];
  if (exact) return [exact];
  // An item of a dict: the span runs from the key to the value.
  const inner = nodes.all.filter((n) => n.s >= start && n.e === end);
  return inner.slice(0, 1);
}

const only = (n: Node | undefined): Node[] => (n ? [n] : []);

function within(n: Node, outer: Node | undefined): boolean {
  for (let p: Node | undefined = n; p; p = p.parent) if (p === outer) return true;
  return false;
}

function collect(c: Case, n: Node, edits: Edit[], depth: number): void {
  const { x } = n;
  if (depth > 3) return;
  if (x.k === "const") {
    const text = falsy(c, x, n);
    if (text !== undefined) push(edits, c.source.edit(n.s, n.e, text));
  } else if (x.k === "name") {
    for (const v of assigned(c, x.id, n.stmt)) collect(c, v, edits, depth + 1);
  } else if (x.k === "call") {
    const called = lastNameOf(x.f);
    const base = x.f.k === "attr" ? x.f.o : undefined;
    if (
      /^(getenv|get|config|bool|env)$/.test(called) &&
      (called !== "get" || (base && /environ|env|config/i.test(lastNameOf(base))))
    ) {
      const inner = x.args[1] ?? x.kw.find((k) => k.n === "default")?.x;
      const node = inner && c.nodes.node(inner);
      if (node) collect(c, node, edits, depth + 1);
    }
    if (/^(bool|int|str|strtobool|lower|strip)$/.test(called)) {
      const inner = base ?? x.args[0];
      const node = inner && c.nodes.node(inner);
      if (node) collect(c, node, edits, depth + 1);
    }
    // dict(debug=True), and the setting itself where the finding is a whole call.
    for (const k of x.kw) if (/debug/i.test(k.n ?? "")) descend(c, k.x, edits, depth);
  } else if (x.k === "dict") {
    for (const i of x.items) if (i.key?.k === "const" && /debug/i.test(String(i.key.v))) descend(c, i.v, edits, depth);
  } else if (x.k === "cmp" && x.xs.length === 2) {
    const node = c.nodes.node(x.xs[0]!);
    if (node && x.xs[0]!.k === "call") collect(c, node, edits, depth + 1);
    else for (const y of childrenOf(x)) if (y.k === "call") descend(c, y, edits, depth);
  } else if (x.k === "bool" && x.op === "or") {
    for (const y of x.xs) if (y.k === "const") descend(c, y, edits, depth);
  } else if (x.k === "cond") {
    descend(c, x.a, edits, depth);
    descend(c, x.b, edits, depth);
  }
}

function descend(c: Case, x: Expr, edits: Edit[], depth: number): void {
  const n = c.nodes.node(x);
  if (n) collect(c, n, edits, depth + 1);
}

function push(edits: Edit[], edit: Edit): void {
  if (!edits.some((e) => e.start === edit.start)) edits.push(edit);
}

/** What is assigned to a name in the function of a statement, or in the module. */
function assigned(c: Case, name: string, at: Statement): Node[] {
  const of = (scopeOf: (s: Statement) => boolean) =>
    c.nodes.statements.flatMap((s) => {
      if (s.st.k !== "assign" || !s.st.v || !scopeOf(s)) return [];
      if (!s.st.targets.some((t) => t.k === "name" && t.id === name)) return [];
      return only(c.nodes.node(s.st.v));
    });
  const local = of((s) => s.scope === at.scope);
  if (local.length) return local;
  const around = of((s) => s.scope !== at.scope && s.scope.kind === "function" && isInside(at.scope, s.scope));
  return around.length ? around : of((s) => s.scope.kind === "module");
}

function falsy(c: Case, x: ConstExpr, n: Node): string | undefined {
  if (x.v === true) return "False";
  if (x.v === 1) return "0";
  if (typeof x.v !== "string") return undefined;
  const off = OFF[x.v];
  if (off === undefined) return undefined;
  // Only what is between the quotes changes.
  const literal = c.source.slice(n.s, n.e);
  return literal.includes(x.v) ? literal.replace(x.v, off) : undefined;
}

/** `.env`, Dockerfile, compose files: `FLASK_DEBUG=1`, `DEBUG: "true"`. */
function textual(c: Case): Draft[] {
  const { start, end } = c.finding;
  const line = c.source.slice(start, c.source.lineEnd(end));
  const m = /([=:\s]\s*["']?)(1|true|True|TRUE|on|yes|development)(?=["'\s#]|$)/.exec(line);
  if (!m) return [];
  const at = start + m.index + m[1]!.length;
  return [{ title: TITLE, effort: "low", edits: [c.source.edit(at, at + m[2]!.length, OFF[m[2]!]!)] }];
}
