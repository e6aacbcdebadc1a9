/** Which columns an SQL text gives. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HOLE, parseSelect } from "../../server/analysis/flow/sql.js";

/** `out<source,source` for each column, in order. */
function columns(sql: string): string {
  const found = parseSelect(sql).columns;
  if (found === undefined) return "unknown";
  if (found === "*") return "*";
  return found
    .map((c) => (c.sources.length === 1 && c.sources[0] === c.out ? c.out : `${c.out}<${c.sources.join(",")}`))
    .join(" ");
}

describe("columns of a select", () => {
  it.each([
    ["SELECT id, name FROM users", "id name"],
    ["select id,name from users where id = %s", "id name"],
    ["SELECT * FROM users", "*"],
    ["SELECT u.* FROM users u", "*"],
    ["SELECT u.id, u.* FROM users u", "*"],
    ["SELECT u.email AS mail FROM users AS u", "mail<email"],
    ["SELECT u.email mail, u.id FROM users u", "mail<email id"],
    ["SELECT DISTINCT email FROM users", "email"],
    ["SELECT ALL email FROM users", "email"],
    ["SELECT DISTINCT ON (country) id, email FROM users", "id email"],
    ["SELECT TOP 10 id, email FROM users", "id email"],
    ["SELECT TOP (5) PERCENT email FROM users", "email"],
    ["SELECT COUNT(*) FROM users", "count<"],
    ["SELECT COUNT(*) AS n FROM users", "n<"],
    ["SELECT count(email) FROM users", "count<"],
    ["SELECT lower(email) FROM users", "lower<email"],
    ["SELECT UPPER(u.email) AS e, id FROM users u", "e<email id"],
    ["SELECT first || ' ' || last AS full_name FROM users", "full_name<first,last"],
    ["SELECT concat(street, ', ', city) addr FROM users", "addr<street,city"],
    ["SELECT CASE WHEN email IS NULL THEN 'no' ELSE phone END AS contact FROM users", "contact<email,phone"],
    ["SELECT CASE WHEN age > 18 THEN 1 ELSE 0 END adult FROM users", "adult<age"],
    ["SELECT COALESCE(nickname, name) FROM users", "coalesce<nickname,name"],
    ["SELECT email::text FROM users", "email"],
    ["SELECT created_at::date AS day FROM users", "day<created_at"],
    ["SELECT CAST(salary AS integer) AS pay FROM staff", "pay<salary"],
    ["SELECT md5(email) AS h FROM users", "h<"],
    ['SELECT "Email", "select" FROM "Users"', "Email select"],
    ["SELECT `email`, `u`.`phone` FROM `users` `u`", "email phone"],
    ["SELECT [email], [u].[full name] FROM [dbo].[users] u", "email full name"],
    ["SELECT public.users.email FROM public.users", "email"],
    ["SELECT id -- the key\n, email /* mail */ FROM users", "id email"],
    ["SELECT id, # mysql\n email FROM users", "id email"],
    ["/* hint */ SELECT id FROM users", "id"],
    ["\n\tSELECT\n\t\tid,\n\t\temail\n\tFROM\n\t\tusers\n", "id email"],
    ["SELECT id FROM users WHERE name = 'a, b FROM c'", "id"],
    ["SELECT id, 'x, y' AS label FROM users", "id label<"],
    ["SELECT 'it''s', id FROM users", "< id"],
    ["SELECT id FROM users; DROP TABLE users", "id"],
    [";SELECT id FROM users", "id"],
    ["SELECT 1", "<"],
    ["SELECT now()", "now<"],
    ["SELECT id FROM users LIMIT 5", "id"],
    ["SELECT a AS limit FROM t", "limit<a"],
    ["SELECT id, (SELECT email FROM contacts c WHERE c.uid = u.id) AS mail FROM users u", "id mail<email"],
    ["SELECT (SELECT count(*) FROM logs) AS n FROM users", "n<"],
    ["SELECT id FROM (SELECT * FROM users) t", "id"],
    ["SELECT * FROM (SELECT id, name FROM users) t", "id name"],
    ["SELECT t.* FROM (SELECT id, email FROM users) AS t", "id email"],
    ["SELECT * FROM (SELECT * FROM users) t", "*"],
    ["WITH r AS (SELECT id, email FROM users) SELECT * FROM r", "id email"],
    ["WITH r AS (SELECT * FROM users) SELECT * FROM r", "*"],
    ["WITH RECURSIVE r (a, b) AS (SELECT id, email FROM users) SELECT * FROM r", "a< b<"],
    ["WITH r AS (SELECT id FROM users), s AS (SELECT email FROM r) SELECT s.* FROM s JOIN r ON true", "email"],
    ["WITH r AS MATERIALIZED (SELECT id FROM users) SELECT * FROM r", "id"],
    ["SELECT * FROM a JOIN b ON a.id = b.id", "*"],
    ["SELECT a.id, b.email FROM a LEFT JOIN b ON a.id = b.id WHERE a.x IN (1, 2)", "id email"],
    ["SELECT a.* FROM (SELECT id FROM u) a, users b", "id"],
    ["SELECT id FROM users UNION SELECT email FROM contacts", "id"],
    ["(SELECT id FROM users)", "id"],
    ["SELECT row_to_json(u) FROM users u", "*"],
    ["SELECT json_agg(u) FROM users u", "*"],
    ["SELECT json_build_object('mail', email) AS doc FROM users", "doc<email"],
    ["SELECT data->>'email' AS mail FROM users", "mail<data"],
    ["SELECT row_number() OVER (PARTITION BY email ORDER BY id) AS n FROM users", "n<email,id"],
    ["SELECT id FROM users WHERE id = $1", "id"],
    ["SELECT id FROM users WHERE id = :id AND n = ?", "id"],
    ["SELECT id FROM users WHERE id = %(id)s", "id"],
    ["SELECT $1 AS x, email FROM users", "x< email"],
    ["SELECT %s AS x", "x<"],
    [`SELECT ${HOLE} FROM users`, "unknown"],
    [`SELECT id, ${HOLE} AS x FROM users`, "id x<"],
    [`SELECT id, ${HOLE} FROM users`, "unknown"],
    [`SELECT *, ${HOLE} FROM users`, "*"],
    [`SELECT id, email FROM ${HOLE}`, "id email"],
    [`SELECT * FROM ${HOLE} WHERE id = ${HOLE}`, "*"],
    [`SELECT id FROM users WHERE name = '${HOLE}'`, "id"],
    ["SELECT EXTRACT(YEAR FROM dob) AS y FROM users", "y<YEAR,dob"],
    ["SELECT u.Email AS Mail FROM Users u", "Mail<Email"],
    ["SELECT naïve, größe FROM t", "naïve größe"],
    ["TABLE users", "*"],
    ["SELECT", "unknown"],
    ["SELECT FROM users", "unknown"],
    ["", "unknown"],
    ["hello world", "unknown"],
    ["EXPLAIN SELECT * FROM users", ""],
    ["SHOW TABLES", ""],
    ["PRAGMA table_info(users)", ""],
    ["SELECT * FROM information_schema.columns WHERE table_name = 'users'", ""],
    ["SELECT name FROM sqlite_master", ""],
    ["SELECT email FROM pg_users", "email"],
    ["INSERT INTO users (email) VALUES (%s) RETURNING id", "id"],
    ["INSERT INTO users (email) VALUES (%s) RETURNING *", "*"],
    ["INSERT INTO users (email) VALUES (%s)", ""],
    ["UPDATE users SET email = %s WHERE id = %s RETURNING id, email AS mail", "id mail<email"],
    ["DELETE FROM users WHERE id = 1", ""],
    ["CREATE TABLE users (id int)", "unknown"],
  ])("%s", (sql, expected) => {
    expect(columns(sql)).toBe(expected);
  });
});

describe("kind and table", () => {
  it.each([
    ["SELECT * FROM users", "select", "users"],
    ["SELECT * FROM public.users u", "select", "users"],
    ['SELECT * FROM "Users"', "select", "Users"],
    ["WITH r AS (SELECT * FROM users) SELECT * FROM r", "select", undefined],
    ["SELECT * FROM (SELECT id FROM users) t", "select", "users"],
    [`SELECT * FROM ${HOLE}`, "select", undefined],
    [`SELECT * FROM app.${HOLE}`, "select", undefined],
    [`SELECT * FROM users_${HOLE} u`, "select", undefined],
    ["INSERT INTO users VALUES (1)", "insert", "users"],
    ["INSERT OR REPLACE INTO users VALUES (1)", "insert", "users"],
    ["update users set x = 1", "update", "users"],
    ["DELETE FROM users", "delete", "users"],
    ["DROP TABLE users", "other", undefined],
    ["WITH d AS (DELETE FROM users RETURNING id) SELECT * FROM d", "select", undefined],
    ["age > 18", "other", undefined],
  ])("%s", (sql, kind, table) => {
    const shape = parseSelect(sql);
    expect(shape.kind).toBe(kind);
    expect(shape.table).toBe(table);
  });

  it("finds the star for a fix", () => {
    const sql = "SELECT u.* FROM users u";
    const star = parseSelect(sql).star;
    expect(star && sql.slice(star.start, star.end)).toBe("u.*");
    expect(parseSelect("SELECT COUNT(*) FROM users").star).toBeUndefined();
  });
});

describe("odd input", () => {
  it("answers deep and long texts", () => {
    expect(parseSelect("(".repeat(50_000)).kind).toBe("other");
    expect(parseSelect("SELECT (".repeat(20_000)).kind).toBe("select");
    expect(parseSelect(";".repeat(100_000)).kind).toBe("other");
    expect(parseSelect(`SELECT ${"a, ".repeat(30_000)}a FROM t`).columns).toHaveLength(30_001);
    expect(parseSelect("[a".repeat(50_000)).kind).toBe("other");
    expect(parseSelect("$a".repeat(50_000)).kind).toBe("other");
    expect(parseSelect("x".repeat(300_000)).kind).toBe("other");
  });

  it("never throws, and answers the same twice", () => {
    const piece = fc.constantFrom(
      ..."SELECT FROM ( ) , * . ; ' \" ` [ ] -- /* */ AS WITH users u JOIN ON :: %s ? :x $1 $$ INSERT INTO UPDATE RETURNING UNION CASE END a".split(
        " ",
      ),
      HOLE,
      "\n",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const sql = pieces.join(" ");
        const shape = parseSelect(sql);
        expect(["select", "insert", "update", "delete", "other"]).toContain(shape.kind);
        expect(parseSelect(sql)).toEqual(shape);
      }),
      { numRuns: 2000 },
    );
  });
});
