/** What the text of a query says of the records that it gives, also where a helper is handed the text. */
import type { Loc, RecordInfo } from "./labels.js";
import { parseSelect } from "./sql.js";
import { formsOf, someLabel, type Value } from "./value.js";

/** What is read, in words. */
export function describeRead(r: RecordInfo): string {
  if (r.columns) return `${r.columns.length ? list(r.columns) : "nothing"} is read from ${r.name}`;
  if (r.excluded.size) return `a record is read from ${r.name}, without ${list([...r.excluded])}`;
  return `a record is read from ${r.name} with every field`;
}

const list = (xs: readonly string[]) =>
  xs.length > 6 ? `${xs.slice(0, 6).map(tick).join(", ")} …` : xs.map(tick).join(", ");
const tick = (s: string) => `\`${s}\``;

/** The SQL text with `\uFFFC` for every dynamic part; undefined when it is not known at all. */
export function sqlText(v: Value): string | undefined {
  const form = formsOf(v)?.[0];
  if (!form) return undefined;
  return form.pieces.map((p) => (typeof p === "string" ? p : "\uFFFC")).join("");
}

/**
 * A record whose query a helper was handed, once it is known what it was handed.
 * @param text the query's text as the caller gives it
 * @param loc where the caller gives it: there it can be mended
 */
export function recordOfText(record: RecordInfo, text: Value, loc: Loc): RecordInfo {
  const { text: former, ...rest } = record;
  if (!former) return record;
  if (someLabel(text, (l) => l.kind === "param")) return { ...rest, text: { ...former, value: text } };
  const parsed = parseSelect(sqlText(text) ?? "");
  if (!parsed.columns) return rest;
  const name = parsed.table ? `table \`${parsed.table}\`` : record.name;
  // The mending of a query looks for its text in the call that runs it.
  if (parsed.columns === "*") return { ...rest, name, loc, fix: undefined, narrowable: former.narrowable };
  return { ...rest, name, columns: parsed.columns.map((c) => c.out) };
}
