/** Where a prompt's text is put together, and how it gets into the model call. */
import type { Expr } from "../ir.js";
import { type CallNode, isCall } from "./arguments.js";
import type { Case } from "./context.js";
import { bound, follows, functionOf, type Node, type Statement } from "./nodes.js";
import { type Hole, type Part, partsOf } from "./text-parts.js";

/** A message of a list: a dict with `content`, or a pair of role and text. */
export interface Message {
  node: Node;
  role: string;
  /** The expression of its text. */
  content: Node;
  list: Node;
}

export interface PromptSite {
  call: CallNode;
  /** The whole text. */
  text: Node;
  parts: Part[];
  isUser(h: Hole): boolean;
  /** The assignment that the text is the value of, and its variable. */
  variable?: { name: string; assign: Statement; others: number };
  /** What stands in the call or message: the text itself, or its variable. */
  value: Node;
  /** Keyword or position of the argument that is the text. */
  argument?: string | number;
  message?: Message;
}

interface Mark {
  s: number;
  e: number;
}

/** The place of a finding's prompt; undefined where text and call are not in one function, or the text's way is unclear. */
export function promptSite(c: Case): PromptSite | undefined {
  const sink = c.finding.path.at(-1);
  if (!sink || sink.file !== c.file) return undefined;
  const call = c.nodes.at(sink.start, sink.end).find(isCall);
  const scope = call && functionOf(call.stmt);
  if (!call || !scope) return undefined;
  const marks: Mark[] = [
    { s: c.finding.start, e: c.finding.end },
    ...c.finding.related.filter((r) => r.file === c.file).map((r) => ({ s: r.start, e: r.end })),
  ];
  const isUser = (h: Hole): boolean => marks.some((m) => (h.s <= m.s && h.e >= m.e) || (m.s <= h.s && m.e >= h.e));
  let at = c.nodes.covering(c.finding.start, c.finding.end);
  for (let round = 0; round < 4 && at; round++) {
    const text = outermostText(c, at);
    const parts = text && partsOf(c, text);
    if (!text || !parts || functionOf(text.stmt) !== scope) return undefined;
    const direct = slot(c, text, call);
    if (direct) return { call, text, parts, isUser, value: text, ...direct };
    const variable = assignedTo(c, text);
    if (!variable) return undefined;
    const uses = readsOf(c, variable.name, variable.assign);
    const here = uses.filter((n) => slot(c, n, call) !== undefined);
    if (here.length === 1) {
      const value = here[0]!;
      if (!follows(variable.assign, value.stmt)) return undefined;
      return {
        call,
        text,
        parts,
        isUser,
        value,
        variable: { ...variable, others: uses.length - 1 },
        ...slot(c, value, call)!,
      };
    }
    // Part of a longer text.
    if (here.length || uses.length !== 1) return undefined;
    at = uses[0]!;
    marks.push({ s: at.s, e: at.e });
  }
  return undefined;
}

/** The biggest expression around a place that puts a text together. */
function outermostText(c: Case, n: Node): Node | undefined {
  let best: Node | undefined;
  for (let p: Node | undefined = n; p; p = p.parent) {
    if (partsOf(c, p)) best = p;
    else if (best && !isGlue(p)) break;
  }
  return best;
}

/** What may stand between a text and the text it is part of. */
const isGlue = (n: Node): boolean => n.x.k === "attr" || n.x.k === "list" || n.x.k === "tuple" || n.x.k === "call";

/** The variable whose only value a text is. */
export function assignedTo(c: Case, text: Node): { name: string; assign: Statement } | undefined {
  const { stmt } = text;
  if (stmt.st.k !== "assign" || stmt.st.v !== text.x || stmt.st.targets.length !== 1) return undefined;
  const target = stmt.st.targets[0]!;
  if (target.k !== "name") return undefined;
  const writes = c.nodes.statements.filter((s) => s.scope === stmt.scope && bound(s.st).includes(target.id));
  return writes.length === 1 ? { name: target.id, assign: stmt } : undefined;
}

/** Reads of a local variable, nested functions included. */
export function readsOf(c: Case, name: string, assign: Statement): Node[] {
  const scope = functionOf(assign);
  if (!scope) return [];
  return c.nodes.within(scope).filter((n) => n.x.k === "name" && n.x.id === name && n.stmt !== assign);
}

/** How an expression is part of the call: an argument, or the content of a message in an argument. */
function slot(c: Case, n: Node, call: CallNode): Pick<PromptSite, "argument" | "message"> | undefined {
  if (n.parent === call) {
    const argument = argumentOf(call, n.x);
    return argument === undefined ? undefined : { argument };
  }
  const message = messageOf(n);
  if (!message) return undefined;
  const { list } = message;
  if (list.parent === call) return argumentOf(call, list.x) === undefined ? undefined : { message };
  // `messages = [...]`, and then the call.
  const variable = assignedTo(c, list);
  if (!variable || !follows(variable.assign, call.stmt)) return undefined;
  const handed = readsOf(c, variable.name, variable.assign).some((u) => u.parent === call);
  return handed ? { message } : undefined;
}

function argumentOf(call: CallNode, x: Expr): string | number | undefined {
  const i = call.x.args.indexOf(x);
  if (i >= 0) return i;
  return call.x.kw.find((k) => k.x === x)?.n ?? undefined;
}

/** The message that an expression is the content of. */
function messageOf(n: Node): Message | undefined {
  const p = n.parent;
  if (p?.x.k === "dict") {
    const item = p.x.items.find((i) => i.v === n.x);
    const key = item?.key?.k === "const" ? item.key.v : undefined;
    if (key === "text" && p.parent?.x.k === "list" && p.parent.parent?.x.k === "dict") {
      const outer = messageOf(p.parent);
      return outer && { ...outer, content: n };
    }
    if (key !== "content" || p.parent?.x.k !== "list") return undefined;
    const role = p.x.items.find((i) => i.key?.k === "const" && i.key.v === "role")?.v;
    if (role?.k !== "const") return undefined;
    return { node: p, role: String(role.v), content: n, list: p.parent };
  }
  if (p?.x.k === "tuple" && p.x.xs.length === 2 && p.x.xs[1] === n.x && p.parent?.x.k === "list") {
    const role = p.x.xs[0];
    return role?.k === "const" ? { node: p, role: String(role.v), content: n, list: p.parent } : undefined;
  }
  if (
    p?.x.k === "call" &&
    p.parent?.x.k === "list" &&
    (p.x.args[0] === n.x || p.x.kw.some((k) => k.n === "content" && k.x === n.x))
  ) {
    const name = p.x.f.k === "name" ? p.x.f.id : p.x.f.k === "attr" ? p.x.f.a : "";
    const role = /^(System|Human|AI)Message$/.exec(name)?.[1]?.toLowerCase();
    return role ? { node: p, role, content: n, list: p.parent } : undefined;
  }
  return undefined;
}

/** Whether an expression means the same at a later place: none of its names is written in between. */
export function movable(c: Case, holes: readonly Hole[], from: Statement, to: Node): boolean {
  const names = new Set(holes.flatMap((h) => namesOf(h.x)));
  const scope = functionOf(from);
  return !c.nodes.statements.some(
    (s) => functionOf(s) === scope && s.s > from.s && s.s < to.s && bound(s.st).some((n) => names.has(n)),
  );
}

function namesOf(x: Expr): string[] {
  const out: string[] = [];
  const walk = (y: unknown): void => {
    if (Array.isArray(y)) for (const z of y) walk(z);
    else if (typeof y === "object" && y !== null) {
      if ("k" in y && y.k === "name" && "id" in y && typeof y.id === "string") out.push(y.id);
      for (const [key, z] of Object.entries(y)) if (key !== "chunk") walk(z);
    }
  };
  walk(x);
  return out;
}
