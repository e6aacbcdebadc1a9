/** Hands values to a query as parameters instead of writing them into its text. */
import { isCall, unpacks } from "./arguments.js";
import type { Case, Draft } from "./context.js";
import { bound, follows, functionOf, type Node } from "./nodes.js";
import { movable } from "./prompt-site.js";
import { type Hole, type Part, partsOf, render } from "./text-parts.js";

/** Drivers by their names, and the placeholder that they take. */
const STYLES: readonly [RegExp, string][] = [
  [/^(sqlite3|aiosqlite)$/, "?"],
  [/^(psycopg|psycopg2|MySQLdb|pymysql|mysql|django)$/, "%s"],
];

/** The placeholder of the one driver that the file imports. */
function styleOf(c: Case): string | undefined {
  const roots = c.nodes.statements.flatMap(({ st }) =>
    st.k === "import" ? st.names.map((n) => n.name) : st.k === "from" && !st.level ? [st.module] : [],
  );
  const drivers = STYLES.filter(([driver]) => roots.some((r) => driver.test(r.split(".")[0]!)));
  return drivers.length === 1 ? drivers[0]![1] : undefined;
}

export function sqlParameters(c: Case): Draft[] {
  const sink = c.finding.path.at(-1);
  const call = sink?.file === c.file ? c.nodes.at(sink.start, sink.end).find(isCall) : undefined;
  const style = styleOf(c);
  const first = call?.x.args[0];
  if (!call || !style || !first || call.x.args.length !== 1 || call.x.kw.length || unpacks(call)) return [];
  const given = c.nodes.node(first);
  const text = given && textOf(c, given);
  const parts = text && partsOf(c, text);
  if (!given || !text || !parts) return [];
  const made = parameterised(parts, style);
  if (!made) return [];
  if (text !== given && !movable(c, made.holes, text.stmt, given)) return [];
  const { source } = c;
  const written = render(source, made.parts, {
    indent: source.indentAt(text.s) + source.unit,
    column: source.column(text.s),
    triple: /^[A-Za-z]{0,2}("""|''')/.test(source.slice(text.s, text.e)),
  });
  if (written === undefined) return [];
  const values = made.values.map((v) => v(source.quote));
  const tuple = `(${values.join(", ")}${values.length === 1 ? "," : ""})`;
  return [
    {
      title: "Pass the values as parameters",
      effort: "low",
      edits: [source.edit(text.s, text.e, written), source.insert(given.e, `, ${tuple}`)],
    },
  ];
}

/** The text itself, or the one that the variable is assigned, in the same function and before. */
function textOf(c: Case, n: Node): Node | undefined {
  if (n.x.k !== "name") return n;
  const { id } = n.x;
  const scope = functionOf(n.stmt);
  const writes = c.nodes.statements.filter((s) => functionOf(s) === scope && bound(s.st).includes(id));
  const [only] = writes;
  if (!only || writes.length > 1 || only.st.k !== "assign" || only.st.targets.length !== 1 || !only.st.v)
    return undefined;
  // Read once: nothing else needs the text as it was.
  const reads = c.nodes.all.filter(
    (m) => m.x.k === "name" && m.x.id === id && functionOf(m.stmt) === scope && m.stmt !== only,
  );
  return reads.length === 1 && follows(only, n.stmt) ? c.nodes.node(only.st.v) : undefined;
}

interface Parameterised {
  parts: Part[];
  holes: Hole[];
  /** Source of each value, for the quotes of the file. */
  values: ((quote: "'" | '"') => string)[];
}

/** Where values stand in SQL: behind a comparison, in a list, behind `limit`. Names of tables and columns take none. */
const BEFORE = /(?:=|<>|!=|<|>|\bi?like|\blimit|\boffset|\bvalues\s*\(|\bin\s*\(|,|\bbetween|\band)\s*$/i;

function parameterised(parts: readonly Part[], style: string): Parameterised | undefined {
  const out: Part[] = [];
  const values: Parameterised["values"] = [];
  const holes: Hole[] = [];
  for (let i = 0; i < parts.length; i++) {
    const p = parts[i]!;
    if (typeof p === "string") {
      out.push(p);
      continue;
    }
    if (p.conv || p.spec) return undefined;
    let before = out.at(-1);
    const after = parts[i + 1];
    if (typeof before !== "string") return undefined;
    let value = (_quote: "'" | '"'): string => p.src;
    const open = /(["'])(%?)$/.exec(before);
    if (open) {
      const close = typeof after === "string" ? new RegExp(`^(%?)${open[1]}`).exec(after) : null;
      if (!close || typeof after !== "string") return undefined;
      before = before.slice(0, -open[0].length);
      out[out.length - 1] = before;
      out.push(style, after.slice(close[0].length));
      const [head, tail] = [open[2]!, close[1]!];
      if (head || tail) {
        // A pattern is put together in the value.
        value = (quote) =>
          p.src.includes(quote)
            ? `${quote}${head}${quote} + str(${p.src}) + ${quote}${tail}${quote}`
            : `f${quote}${head}{${p.src}}${tail}${quote}`;
      }
      i++;
    } else out.push(style);
    // The columns of a select and of an order are parted by commas as well.
    if (
      !BEFORE.test(before) ||
      /\b(select|order\s+by|group\s+by|from|join|into|update|table)\s[^=<>()]*$/i.test(before)
    )
      return undefined;
    holes.push(p);
    values.push(value);
  }
  // A percent sign that is none of a placeholder would have to be doubled.
  const constant = out.filter((p): p is string => typeof p === "string" && p !== style).join("");
  if (!values.length || (style === "%s" && constant.includes("%"))) return undefined;
  return { parts: out, holes, values };
}
