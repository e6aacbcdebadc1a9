/** Puts a dict of named fields in place of a whole row of a model class. */
import { lastNameOf } from "../last-name.js";
import type { Case, Draft } from "./context.js";
import { isTaken } from "./module-edits.js";
import type { Node } from "./nodes.js";

/** Methods that make plain data of a row. */
const DUMPS = new Set("model_dump to_dict dict as_dict to_json json model_dump_json serialize".split(" "));

/** The fix for a record in a prompt: `{"title": task.title}` for `task`. The hint names the fields. */
export function allowlistFields(c: Case): Draft[] {
  const fields = String(c.hint.fields ?? "")
    .split(",")
    .filter(Boolean);
  const found = c.nodes.at(c.finding.start, c.finding.end)[0];
  const place = found && fields.length ? rowIn(c, found) : undefined;
  if (!place) return [];
  const row = place.row.x.k === "name" ? place.row.x.id : c.source.slice(place.row.s, place.row.e);
  const written = c.hint.many === true ? listOf(row, fields, c) : dictOf(row, fields, c.source.quote);
  const title = "Put only the fields that say nothing of a person into the prompt";
  if (!withinText(place.whole))
    return [{ title, effort: "low", edits: [c.source.edit(place.whole.s, place.whole.e, written)] }];
  // Inside a formatted text quotes and braces would have to be others.
  const { stmt } = place.whole;
  const name = `${/\w+$/.exec(row)?.[0] ?? "row"}_fields`;
  const moved = isMovable(place.row) && c.source.startsLine(stmt.s) && !isTaken(c, name);
  if (!moved) return [];
  const line = `${name} = ${written}${c.source.eol}${c.source.indentAt(stmt.s)}`;
  return [
    {
      title,
      effort: "low",
      edits: [c.source.insert(stmt.s, line), c.source.edit(place.whole.s, place.whole.e, name)],
    },
  ];
}

const dictOf = (row: string, fields: readonly string[], quote: string): string =>
  `{${fields.map((f) => `${quote}${f}${quote}: ${row}.${f}`).join(", ")}}`;

function listOf(rows: string, fields: readonly string[], c: Case): string {
  const one = rows === "row" ? "item" : "row";
  return `[${dictOf(one, fields, c.source.quote)} for ${one} in ${rows}]`;
}

/** The variable that holds the row, and what of the expression goes with it: `user`, `user.to_dict()`, `vars(user)`. */
function rowIn(c: Case, n: Node): { row: Node; whole: Node } | undefined {
  const { x } = n;
  const node = (y: Node["x"] | undefined) => (y && (y.k === "name" || isDotted(y)) ? c.nodes.node(y) : undefined);
  if (x.k === "name" || isDotted(x)) {
    if (x.k === "attr" && x.a === "__dict__") {
      const row = node(x.o);
      return row && { row, whole: n };
    }
    return { row: n, whole: n };
  }
  if (x.k !== "call") return undefined;
  if (x.f.k === "attr" && DUMPS.has(x.f.a)) {
    const row = node(x.f.o);
    return row && { row, whole: n };
  }
  const last = lastNameOf(x.f);
  const row = node(x.args[0]);
  if (!row) return undefined;
  if (/^(?:dict|vars|model_to_dict|asdict)$/.test(last)) return { row, whole: n };
  return /^(?:str|repr|dumps)$/.test(last) ? { row, whole: row } : undefined;
}

/** `self.user`, `g.account`: names and attributes only. */
const isDotted = (x: Node["x"]): boolean => x.k === "attr" && (x.o.k === "name" || isDotted(x.o));

function withinText(n: Node): boolean {
  for (let p = n.parent; p; p = p.parent) if (p.x.k === "fstr") return true;
  return false;
}

/** Whether what stands before the statement sees the same variable: it is none of a comprehension or a lambda. */
function isMovable(n: Node): boolean {
  for (let p = n.parent; p; p = p.parent) if (p.x.k === "comp" || p.x.k === "lambda") return false;
  return !["if", "while", "for", "with", "match"].includes(n.stmt.st.k);
}
