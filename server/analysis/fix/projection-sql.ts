/** `SELECT *` to the columns that are used. */
import type { CallExpr } from "../ir.js";
import type { CallNode } from "./arguments.js";
import type { Case, Draft } from "./context.js";
import { dotted, type Node } from "./nodes.js";
import { list, MAX_FIELDS } from "./projection.js";
import { ListShape, LOST, type Place, RecordShape, type Shape, type Step } from "./shapes.js";
import { Tracker } from "./track.js";

/** Names that mean something else in SQL when they stand bare. */
const RESERVED = new Set(
  (
    "all analyse analyze and any array as asc asymmetric authorization between binary both case cast check collate column constraint create cross current_date " +
    "current_role current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from full grant group " +
    "having ilike in index initially inner intersect into is isnull join key lateral leading left like limit localtime localtimestamp natural not notnull null offset on only " +
    "or order outer overlaps placing primary rank references returning right select session_user similar some symmetric system table then to trailing true union unique user " +
    "using values verbose when where window with"
  ).split(" "),
);
const plain = (name: string): boolean => /^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name);

/** A DB-API cursor on which one query runs. */
class CursorShape extends ListShape {
  private runs = new Set<number>();

  constructor(of: Shape) {
    super(of, "cursor");
  }

  override method(name: string, call: CallExpr, at: Place): Step {
    if (name !== "execute") return super.method(name, call, at);
    // A second query on the same cursor gives other records.
    this.runs.add(at.start);
    return this.runs.size > 1 ? LOST : this;
  }

  override attr(name: string): Step {
    // Code that reads the columns' names from the cursor works by position.
    return name === "description" ? LOST : super.attr(name);
  }
}

export function sqlColumns(c: Case, call: CallNode): Draft[] {
  const star = starIn(c, call);
  if (!star) return [];
  const fields = new Set<string>();
  const row = new RecordShape(fields, "row");
  const method = call.x.f.k === "attr" ? call.x.f.a : "";
  const receiver = call.x.f.k === "attr" ? call.x.f.o : undefined;
  const one = /^(fetchrow|fetch_one|one|get)$/.test(method);
  const cursor = new CursorShape(row);
  const onReceiver = method === "execute" && receiver?.k === "name" && isCursor(c, receiver.id, call);
  const seen = onReceiver
    ? new Tracker(c, new Map()).run(call.stmt, new Map<string, Shape>([[receiver.id, cursor]]))
    : new Tracker(c, new Map([[call.x, one ? row : cursor]])).run(call.stmt);
  if (!seen || !fields.size || fields.size > MAX_FIELDS || ![...fields].every(plain)) return [];
  const columns = [...fields].map((f) => `${star.prefix}${f}`).join(", ");
  return [
    {
      title: `Select only ${list([...fields])}`,
      effort: "low",
      edits: [c.source.edit(star.at, star.at + star.prefix.length + 1, columns)],
    },
  ];
}

/** A cursor keeps its query's records; a connection or session hands them out. */
function isCursor(c: Case, name: string, call: CallNode): boolean {
  if (/^(cur|cursor|c|curs|dict_cursor|\w+_cursor|cursor_\w+)$/i.test(name)) return true;
  return c.nodes.statements.some((s) => {
    if (s.scope !== call.stmt.scope) return false;
    const made = s.st.k === "assign" && s.st.targets.some((t) => t.k === "name" && t.id === name) ? s.st.v : undefined;
    const opened =
      s.st.k === "with" ? s.st.items.find((i) => i.target?.k === "name" && i.target.id === name)?.x : undefined;
    const x = made ?? opened;
    return x?.k === "call" && /(^|\.)cursor$/.test(dotted(x.f) ?? "");
  });
}

/** The one star of the query's text, where the text is written out. */
function starIn(c: Case, call: CallNode): { at: number; prefix: string } | undefined {
  const texts = textsOf(c, call);
  if (texts.length !== 1) return undefined;
  const n = texts[0]!;
  const source = c.source.slice(n.s, n.e);
  const bare = source.replace(/--[^\r\n]*/g, (m) => " ".repeat(m.length));
  if (
    /\bjoin\b|\bunion\b|\bfrom\s+[\w.]+(?:\s+\w+)?\s*,/i.test(bare) ||
    (bare.match(/\bselect\b/gi)?.length ?? 0) !== 1
  )
    return undefined;
  const m = /\bselect\s+(?:all\s+)?((?:[a-z_]\w*\.)?)\*(?=\s)/i.exec(bare);
  if (!m) return undefined;
  return { at: n.s + m.index + m[0].length - 1 - m[1]!.length, prefix: m[1]! };
}

/** Texts in the call's arguments that hold a query; a name stands for the one text assigned to it. */
function textsOf(c: Case, call: CallNode): Node[] {
  const out: Node[] = [];
  const look = (n: Node): void => {
    if (n.x.k === "const" && n.x.t === "str") {
      if (/\bselect\b[\s\S]*\*/i.test(String(n.x.v))) out.push(n);
    } else if (n.x.k === "fstr") {
      if (n.x.parts.some((p) => typeof p === "string" && /\bselect\b[\s\S]*\*/i.test(p))) out.push(n);
    }
  };
  for (const n of c.nodes.all) if (n.s > call.x.ps + call.stmt.chunk.base && n.e <= call.e) look(n);
  if (out.length) return out;
  const first = call.x.args[0] ?? call.x.kw.find((k) => /^(query|sql|operation|statement|text)$/.test(k.n ?? ""))?.x;
  if (first?.k !== "name") return [];
  const assigned = c.nodes.statements.filter(
    (s) => s.st.k === "assign" && s.st.targets.some((t) => t.k === "name" && t.id === first.id),
  );
  const local = assigned.filter((s) => s.scope === call.stmt.scope);
  const from = local.length ? local : assigned.filter((s) => s.scope.kind === "module");
  if (from.length !== 1) return [];
  // A text that other queries use as well has to keep its star.
  const uses = c.nodes.all.filter((n) => n.x.k === "name" && n.x.id === first.id && n.stmt !== from[0]);
  if (uses.length > 1) return [];
  const st = from[0]!.st;
  const v = st.k === "assign" && st.v ? c.nodes.node(st.v) : undefined;
  if (v) look(v);
  return out;
}
