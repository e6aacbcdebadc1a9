/**
 * Which columns an SQL text gives: a tokenizer and a walk over the top level of the statement, no grammar. Texts come from
 * source code and may be cut off, hold placeholders of every driver, or have holes where the program joins something in.
 * Linear in the length of the text; never throws.
 */

import { HOLE, type Token, tokenize } from "./sql-tokens.js";

export { HOLE };

/** One column of a result. */
export interface SqlColumn {
  /** The name in the row; empty for an expression without a name. */
  out: string;
  /** The columns that the value is made of, without their tables; `*` for all of a table. */
  sources: string[];
}

export type SqlKind = "select" | "insert" | "update" | "delete" | "other";

export interface SqlShape {
  kind: SqlKind;
  /** `*` when every column comes (`SELECT *`, `u.*`, a whole row), `undefined` when it cannot be told. */
  columns: SqlColumn[] | "*" | undefined;
  /** The first table that is read or written, without its schema; absent when it is only known at run time. */
  table?: string;
  /** Where the statement's star stands in the text, for a fix. */
  star?: { start: number; end: number };
}

/** Longer texts are no statements that someone wrote out. */
const LONGEST = 200_000;
const DEEPEST = 40;

const CLAUSES = new Set([
  ..."FROM WHERE GROUP HAVING ORDER LIMIT OFFSET FETCH FOR UNION INTERSECT EXCEPT MINUS WINDOW QUALIFY INTO RETURNING".split(
    " ",
  ),
]);
/** Words that stand in an expression and are neither a column nor an alias. */
const NOISE = new Set(
  (
    "AND OR NOT NULL IS IN LIKE ILIKE BETWEEN CASE WHEN THEN ELSE END TRUE FALSE DISTINCT ALL AS OVER PARTITION BY ORDER ASC DESC ROWS RANGE " +
    "PRECEDING FOLLOWING UNBOUNDED CURRENT ROW INTERVAL DATE TIME TIMESTAMP COLLATE CAST ESCAPE EXISTS SELECT FROM WHERE FILTER WITHIN GROUP " +
    "AT ZONE CURRENT_DATE CURRENT_TIMESTAMP CURRENT_USER INT INTEGER BIGINT TEXT VARCHAR CHAR NUMERIC DECIMAL FLOAT DOUBLE PRECISION BOOLEAN SIGNED UNSIGNED SEPARATOR USING FOR"
  ).split(" "),
);
const OF_ITSELF = new Set("EXPLAIN SHOW PRAGMA DESCRIBE DESC".split(" "));
/** Schemas and tables that hold the database's own description. */
const CATALOGS =
  /^(?:information_schema|pg_catalog|pg_(?:class|tables|views|attribute|indexes|namespace|stat\w*)|sqlite_(?:master|schema)|performance_schema)$/i;
const WHOLE_ROW = new Set(["ROW_TO_JSON", "TO_JSON", "TO_JSONB", "JSON_AGG", "JSONB_AGG"]);
/** Their result says nothing of the values that they take. */
const COUNTING = new Set([
  "COUNT",
  "ROW_NUMBER",
  "RANK",
  "DENSE_RANK",
  "EXISTS",
  "MD5",
  "SHA1",
  "SHA2",
  "SHA256",
  "LENGTH",
  "CHAR_LENGTH",
  "OCTET_LENGTH",
  "BOOL_OR",
  "BOOL_AND",
  "GROUPING",
]);

const isName = (token: Token | undefined): token is Token => token?.kind === "word" || token?.kind === "quoted";

/** Whether an expression can end here, so that a name after it is an alias. */
function endsOperand(token: Token): boolean {
  if (token.kind === "word") return !NOISE.has(token.up) || token.up === "END" || token.up === "NULL";
  return token.text === ")" || token.kind !== "symbol";
}

/** Ends of brackets: for each opening index the index after its closing one. */
function brackets(tokens: readonly Token[]): Map<number, number> {
  const ends = new Map<number, number>();
  const open: number[] = [];
  tokens.forEach((token, i) => {
    if (token.text === "(" && token.kind === "symbol") open.push(i);
    else if (token.text === ")" && token.kind === "symbol") {
      const from = open.pop();
      if (from !== undefined) ends.set(from, i + 1);
    }
  });
  for (const from of open) ends.set(from, tokens.length);
  return ends;
}

class Reader {
  readonly tokens: readonly Token[];
  private readonly ends: Map<number, number>;
  /** Columns of the statement's named subqueries (`WITH recent AS (...)`, `FROM (...) r`). */
  private readonly named = new Map<string, SqlColumn[] | "*" | undefined>();

  constructor(sql: string) {
    this.tokens = tokenize(sql);
    this.ends = brackets(this.tokens);
  }

  /** The index after the token at `i`, a bracketed stretch counting as one. */
  private after(i: number): number {
    return this.ends.get(i) ?? i + 1;
  }

  /** Reads the statement that begins at `from` and ends before `to`. */
  statement(from: number, to: number, depth: number): SqlShape {
    let at = from;
    if (depth > DEEPEST) return { kind: "other", columns: undefined };
    while (at < to && this.tokens[at]!.text === "(" && this.after(at) >= to) {
      at++;
      to--;
    }
    const first = this.tokens[at];
    if (!first || at >= to) return { kind: "other", columns: undefined };
    // What the database says of itself holds no rows of anybody.
    if (OF_ITSELF.has(first.up)) return { kind: "other", columns: [] };
    if (first.up === "WITH") at = this.commonTables(at + 1, to, depth);
    const verb = this.tokens[at]?.up;
    if (at >= to || verb === undefined) return { kind: "other", columns: undefined };
    if (verb === "(" && this.after(at) <= to) return this.statement(at + 1, this.after(at) - 1, depth + 1);
    if (verb === "SELECT") return this.select(at + 1, to, depth);
    if (verb === "TABLE" && isName(this.tokens[at + 1])) {
      return { kind: "select", columns: "*", table: this.tokens[at + 1]!.text };
    }
    if (verb === "INSERT" || verb === "REPLACE" || verb === "UPSERT") return this.written("insert", at, to, depth);
    if (verb === "UPDATE") return this.written("update", at, to, depth);
    if (verb === "DELETE") return this.written("delete", at, to, depth);
    return { kind: "other", columns: undefined };
  }

  private commonTables(from: number, to: number, depth: number): number {
    let at = from;
    if (this.tokens[at]?.up === "RECURSIVE") at++;
    while (at < to && isName(this.tokens[at])) {
      const name = this.tokens[at]!.text.toLowerCase();
      at++;
      let given: SqlColumn[] | undefined;
      if (this.tokens[at]?.text === "(") {
        given = this.list(at + 1, this.after(at) - 1).map(([s]) => ({ out: this.tokens[s]?.text ?? "", sources: [] }));
        at = this.after(at);
      }
      while (at < to && this.tokens[at]!.text !== "(") {
        if (this.tokens[at]!.up === "SELECT") return at;
        at++;
      }
      if (at >= to) return to;
      const inner = this.statement(at + 1, this.after(at) - 1, depth + 1);
      this.named.set(name, given ?? inner.columns);
      at = this.after(at);
      if (this.tokens[at]?.text !== ",") return at;
      at++;
    }
    return at;
  }

  /** `INSERT`, `UPDATE`, `DELETE`: the columns are those of `RETURNING`. */
  private written(kind: SqlKind, from: number, to: number, depth: number): SqlShape {
    let at = from;
    let table: string | undefined;
    let returning = -1;
    while (at < to) {
      const up = this.tokens[at]!.up;
      if (table === undefined && (up === "INTO" || up === "UPDATE" || up === "FROM")) {
        let name = at + 1;
        if (this.tokens[name]?.up === "ONLY" || this.tokens[name]?.up === "OR") name++;
        table = this.tableName(name, to)?.name;
      }
      if (up === "RETURNING") returning = at + 1;
      at = this.after(at);
    }
    const shape: SqlShape = { kind, columns: [] };
    if (returning >= 0) this.columns(this.list(returning, to), new Map(), depth, shape);
    if (table !== undefined) shape.table = table;
    return shape;
  }

  private select(from: number, to: number, depth: number): SqlShape {
    let start = from;
    const word = (): string | undefined => this.tokens[start]?.up;
    if (word() === "DISTINCT" || word() === "ALL") start++;
    if (word() === "ON" && this.tokens[start + 1]?.text === "(") start = this.after(start + 1);
    if (word() === "TOP") {
      start = this.tokens[start + 1]?.text === "(" ? this.after(start + 1) : start + 2;
      if (word() === "PERCENT") start++;
    }
    let end = start;
    while (end < to && !(this.tokens[end]!.kind === "word" && CLAUSES.has(this.tokens[end]!.up) && !this.isAlias(end)))
      end = this.after(end);
    end = Math.min(end, to);
    const shape: SqlShape = { kind: "select", columns: [] };
    const tables = new Map<string, SqlColumn[] | "*" | undefined>();
    let at = end;
    while (
      at < to &&
      this.tokens[at]!.up !== "FROM" &&
      !["UNION", "INTERSECT", "EXCEPT", "MINUS"].includes(this.tokens[at]!.up)
    ) {
      at = this.after(at);
    }
    if (this.tokens[at]?.up === "FROM" && at < to) this.tables(at + 1, to, depth, tables, shape);
    if (this.asksCatalog(at + 1, to)) return { ...shape, columns: [] };
    this.columns(this.list(start, end), tables, depth, shape);
    return shape;
  }

  /** Whether the first table after `FROM` is one of the database's own description. */
  private asksCatalog(from: number, to: number): boolean {
    return from < to && isName(this.tokens[from]) && CATALOGS.test(this.tokens[from]!.text);
  }

  /** `SELECT a AS limit`: a clause word after `AS` is a name. */
  private isAlias(i: number): boolean {
    return this.tokens[i - 1]?.up === "AS" || this.tokens[i - 1]?.text === ".";
  }

  private tableName(from: number, to: number): { name: string | undefined; end: number } | undefined {
    let at = from;
    let name: string | undefined;
    while (at < to) {
      const token = this.tokens[at]!;
      if (token.kind === "hole") name = undefined;
      else if (isName(token)) name = token.text;
      else return undefined;
      at++;
      if (this.tokens[at]?.text !== ".") {
        // `users_⟨hole⟩`: only a part of the name is known.
        if (this.tokens[at]?.kind === "hole" && this.tokens[at]!.start === this.tokens[at - 1]!.end) {
          name = undefined;
          at++;
        }
        return { name, end: at };
      }
      at++;
    }
    return { name, end: at };
  }

  private tables(
    from: number,
    to: number,
    depth: number,
    tables: Map<string, SqlColumn[] | "*" | undefined>,
    shape: SqlShape,
  ): void {
    let at = from;
    let expected = true;
    while (at < to) {
      const token = this.tokens[at]!;
      if (token.kind === "word" && CLAUSES.has(token.up) && token.up !== "FOR") return;
      if (token.text === "," || token.up === "JOIN" || token.up === "APPLY") {
        expected = true;
        at++;
        continue;
      }
      if (!expected || ["LATERAL", "ONLY"].includes(token.up)) {
        at = this.after(at);
        continue;
      }
      expected = false;
      let columns: SqlColumn[] | "*" | undefined = "*";
      let name: string | undefined;
      if (token.text === "(") {
        const end = this.after(at);
        const inner = this.statement(at + 1, end - 1, depth + 1);
        if (inner.kind === "other" && this.tokens[at + 1]?.up !== "VALUES")
          this.tables(at + 1, end - 1, depth + 1, tables, shape);
        columns = inner.columns;
        if (shape.table === undefined && inner.table !== undefined) shape.table = inner.table;
        at = end;
      } else {
        const found = this.tableName(at, to);
        if (!found) {
          at = this.after(at);
          continue;
        }
        name = found.name;
        at = found.end;
        const known = name === undefined ? undefined : name.toLowerCase();
        if (known !== undefined && this.named.has(known)) columns = this.named.get(known);
        else if (shape.table === undefined && name !== undefined) shape.table = name;
      }
      if (this.tokens[at]?.up === "AS") at++;
      const alias = this.tokens[at];
      if (
        at < to &&
        isName(alias) &&
        !(alias.kind === "word" && JOIN_WORDS.has(alias.up)) &&
        !(alias.kind === "word" && CLAUSES.has(alias.up))
      ) {
        tables.set(alias.text.toLowerCase(), columns);
        at++;
      }
      if (name !== undefined) tables.set(name.toLowerCase(), columns);
      else if (columns !== "*") tables.set(`(${tables.size})`, columns);
    }
  }

  /** Splits a stretch at its top-level commas. */
  private list(from: number, to: number): [number, number][] {
    const parts: [number, number][] = [];
    let start = from;
    let at = from;
    while (at < to) {
      if (this.tokens[at]!.text === "," && this.tokens[at]!.kind === "symbol") {
        parts.push([start, at]);
        start = at + 1;
      }
      at = this.after(at);
    }
    if (start < to) parts.push([start, to]);
    return parts;
  }

  private columns(
    parts: [number, number][],
    tables: Map<string, SqlColumn[] | "*" | undefined>,
    depth: number,
    shape: SqlShape,
  ): void {
    const columns: SqlColumn[] = [];
    let all: "*" | "unknown" | undefined;
    for (const [from, to] of parts) {
      const last = this.tokens[to - 1];
      if (last?.text === "*" && (to - from === 1 || this.tokens[to - 2]?.text === ".")) {
        shape.star ??= { start: this.tokens[from]!.start, end: last.end };
        const wanted =
          to - from === 1
            ? [...new Set(tables.values())]
            : [tables.get(this.tokens[to - 3]?.text.toLowerCase() ?? "") ?? "*"];
        if (wanted.length === 0 || wanted.includes("*")) all = "*";
        else if (wanted.includes(undefined)) all ??= "unknown";
        else for (const list of wanted) if (Array.isArray(list)) columns.push(...list);
        continue;
      }
      const column = this.column(from, to, tables, depth);
      if (column === "*") all = "*";
      else if (column === undefined) all ??= "unknown";
      else columns.push(column);
    }
    shape.columns = all === "*" ? "*" : all === "unknown" || columns.length === 0 ? undefined : columns;
  }

  private column(
    from: number,
    to: number,
    tables: Map<string, SqlColumn[] | "*" | undefined>,
    depth: number,
  ): SqlColumn | "*" | undefined {
    let end = to;
    let out: string | undefined;
    const last = this.tokens[to - 1];
    const before = this.tokens[to - 2];
    if (to - from >= 2 && (last?.kind === "string" || isName(last)) && before !== undefined) {
      const afterAs = before.up === "AS" && before.kind === "word";
      const bare = isName(last) && !(last.kind === "word" && NOISE.has(last.up)) && endsOperand(before);
      if (afterAs || bare) {
        out = last!.kind === "string" ? last!.text.slice(1, -1) : last!.text;
        end = afterAs ? to - 2 : to - 1;
      }
    }
    if (this.tokens.slice(from, to).some((t) => t.kind === "hole") && out === undefined) return undefined;
    const sources = new Set<string>();
    const whole = this.sources(from, end, tables, depth, sources);
    if (whole) return "*";
    if (out === undefined) out = this.ownName(from, end);
    return { out, sources: [...sources] };
  }

  /** The name that a column has when none is given: its own, or that of the function that makes it. */
  private ownName(from: number, end: number): string {
    let stop = end;
    for (let i = from; i < end; i = this.after(i)) {
      if (this.tokens[i]!.text === "::") {
        stop = i;
        break;
      }
    }
    const last = this.tokens[stop - 1];
    if (isName(last) && (stop - from === 1 || this.tokens[stop - 2]?.text === ".")) return last.text;
    const first = this.tokens[from];
    if (isName(first) && this.tokens[from + 1]?.text === "(" && this.after(from + 1) === stop)
      return first.text.toLowerCase();
    return "";
  }

  /** Collects the columns that an expression reads; true when it takes a whole row. */
  private sources(
    from: number,
    to: number,
    tables: Map<string, SqlColumn[] | "*" | undefined>,
    depth: number,
    into: Set<string>,
  ): boolean {
    for (let i = from; i < to; i++) {
      const token = this.tokens[i]!;
      if (token.text === "(" && this.tokens[i + 1]?.up === "SELECT") {
        const inner = this.statement(i + 1, this.after(i) - 1, depth + 1);
        if (inner.columns === "*") return true;
        for (const column of inner.columns ?? []) for (const source of column.sources) into.add(source);
        i = this.after(i) - 1;
        continue;
      }
      if (!isName(token)) continue;
      const next = this.tokens[i + 1];
      if (next?.text === "(" && i + 1 < to && token.kind === "word") {
        if (COUNTING.has(token.up)) {
          i = this.after(i + 1) - 1;
          continue;
        }
        const argument = this.tokens[i + 2];
        if (
          WHOLE_ROW.has(token.up) &&
          isName(argument) &&
          tables.has(argument.text.toLowerCase()) &&
          this.after(i + 1) === i + 4
        ) {
          return true;
        }
        continue;
      }
      if (this.tokens[i - 1]?.text === "::") continue;
      if (next?.text === "." && i + 1 < to) continue;
      if (token.kind === "word" && NOISE.has(token.up)) continue;
      into.add(token.text);
    }
    return false;
  }
}

const JOIN_WORDS = new Set(
  "JOIN INNER LEFT RIGHT FULL CROSS OUTER NATURAL ON USING LATERAL AS SET VALUES TABLESAMPLE WITH".split(" "),
);

const MEMO_LIMIT = 2_000;
const memo = new Map<string, SqlShape>();

/**
 * What a statement reads or writes, and the columns of its result.
 *
 * @param sql the text; {@link HOLE} stands where something unknown is joined in. Of several statements the first counts.
 */
export function parseSelect(sql: string): SqlShape {
  const known = memo.get(sql);
  if (known) return known;
  const shape = sql.length > LONGEST ? other() : read(sql);
  if (memo.size >= MEMO_LIMIT) memo.clear();
  memo.set(sql, shape);
  return shape;
}

function other(): SqlShape {
  return { kind: "other", columns: undefined };
}

function read(sql: string): SqlShape {
  const reader = new Reader(sql);
  const ends = (token: Token): boolean => token.kind === "symbol" && token.text === ";";
  const start = reader.tokens.findIndex((token) => !ends(token));
  if (start < 0) return other();
  let end = start;
  while (end < reader.tokens.length && !ends(reader.tokens[end]!)) end++;
  return reader.statement(start, end, 0);
}
