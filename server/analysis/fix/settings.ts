/** Fixes of settings and flags: a value that is switched, an address that is encrypted. */
import type { Edit } from "../finding.js";
import type { Case, Draft } from "./context.js";
import type { Node, Statement } from "./nodes.js";

/** The constants of a kind in the finding's span. */
const constantsIn = (c: Case, v: boolean): Node[] =>
  c.nodes.all.filter(
    (n) => n.s >= c.finding.start && n.e <= c.finding.end && n.x.k === "const" && n.x.t === "bool" && n.x.v === v,
  );

/** Where the value of the finding's name is written, once and in this file. */
function assigned(c: Case, v: boolean): Node | undefined {
  const named = c.nodes.at(c.finding.start, c.finding.end).find((n) => n.x.k === "name");
  if (named?.x.k !== "name") return undefined;
  const { id } = named.x;
  const writes = c.nodes.statements.filter(
    (s) => s.st.k === "assign" && s.st.targets.some((t) => t.k === "name" && t.id === id),
  );
  const st = writes.length === 1 ? writes[0]!.st : undefined;
  const value = st?.k === "assign" && st.v ? c.nodes.node(st.v) : undefined;
  return value?.x.k === "const" && value.x.v === v ? value : undefined;
}

function switched(c: Case, from: boolean, title: string): Draft[] {
  const found = constantsIn(c, from);
  const node = found.length === 1 ? found[0] : found.length ? undefined : assigned(c, from);
  return node ? [{ title, effort: "low", edits: [c.source.edit(node.s, node.e, from ? "False" : "True")] }] : [];
}

/** Turns a flag off that lets a model act without limits. */
export const flagOff = (c: Case): Draft[] => switched(c, true, "Turn the dangerous flag off");

/** Has the server's certificate checked. */
export const verifyOn = (c: Case): Draft[] => switched(c, false, "Check the server's certificate");

/** `https://` where `http://` is written. */
export function https(c: Case): Draft[] {
  const places = c.nodes
    .at(c.finding.start, c.finding.end)
    .flatMap((n) => (n.x.k === "name" ? texts(c, n.x.id) : [n]))
    .filter((n) => n.x.k === "const" || n.x.k === "fstr" || n.x.k === "bin");
  const inside = places[0] ?? c.nodes.all.find((n) => n.s >= c.finding.start && n.e <= c.finding.end && isPlain(n));
  const at = inside ? c.source.slice(inside.s, inside.e).search(/http:\/\//i) : -1;
  if (!inside || at < 0) return [];
  const s = inside.s + at;
  return [{ title: "Use https", effort: "low", edits: [c.source.edit(s, s + 7, "https://")] }];
}

const isPlain = (n: Node): boolean => n.x.k === "const" && typeof n.x.v === "string" && /^http:\/\//i.test(n.x.v);

/** The text that a name of the file stands for, where it is written once. */
function texts(c: Case, name: string): Node[] {
  const writes = c.nodes.statements.filter(
    (s) => s.st.k === "assign" && s.st.targets.some((t) => t.k === "name" && t.id === name),
  );
  const st = writes.length === 1 ? writes[0]!.st : undefined;
  const value = st?.k === "assign" && st.v ? c.nodes.node(st.v) : undefined;
  return value ? [value] : [];
}

/** Switches on what a settings module lacks: the value that is off, or a line of its own. */
export function transportSettings(c: Case): Draft[] {
  const names = Array.isArray(c.hint.names) ? c.hint.names.filter((n): n is string => typeof n === "string") : [];
  const title = names.length === 1 ? `Switch \`${names[0]}\` on` : `Switch ${names.length} transport settings on`;
  const off = constantsIn(c, false);
  if (off.length === 1 && names.length === 1)
    return [{ title, effort: "low", edits: [c.source.edit(off[0]!.s, off[0]!.e, "True")] }];
  const stmt = c.nodes.statementAt(c.finding.start, c.finding.end);
  if (stmt?.scope.kind !== "module" || stmt.outer || !names.length) return [];
  const edits: Edit[] = [];
  const lines: string[] = [];
  for (const name of names) {
    const last = c.nodes.module.body.filter((s) => sets(s, name)).at(-1)?.st;
    const value = last?.k === "assign" && last.v ? c.nodes.node(last.v) : undefined;
    if (!value) lines.push(`${name} = True`);
    else if (value.x.k === "const") edits.push(c.source.edit(value.s, value.e, "True"));
    else return [];
  }
  const { eol } = c.source;
  if (lines.length) edits.push(c.source.insert(c.source.lineEnd(stmt.e), lines.map((l) => eol + l).join("")));
  return [{ title, effort: "low", edits }];
}

const sets = (s: Statement, name: string): boolean =>
  s.st.k === "assign" && s.st.targets.some((t) => t.k === "name" && t.id === name);
