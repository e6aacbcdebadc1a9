import { beforeAll, describe, expect, it } from "vitest";
import type { Expr, Stmt } from "../../server/analysis/ir.js";
import type { Syntax } from "../../server/analysis/syntax/index.js";
import { DEPTH_LIMIT } from "../../server/analysis/syntax/lowerer.js";
import { loadSyntaxForTests } from "./load.js";

let syntax: Syntax;
beforeAll(async () => {
  syntax = await loadSyntaxForTests();
});

const N = 10_000;

/** The value of the one assignment. */
function assigned(body: readonly Stmt[]): Expr {
  const [stmt] = body;
  if (stmt?.k !== "assign" || stmt.v === null) throw new Error("no assignment");
  return stmt.v;
}

/** Deepest nesting of forms in forms, counted without recursion. */
function nesting(root: unknown): number {
  let deepest = 0;
  const open: [unknown, number][] = [[root, 0]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [value, depth] = next;
    if (typeof value !== "object" || value === null) continue;
    const own = "k" in value ? depth + 1 : depth;
    deepest = Math.max(deepest, own);
    for (const inner of Object.values(value)) open.push([inner, own]);
  }
  return deepest;
}

describe("deep nesting", () => {
  const texts: [what: string, text: string][] = [
    ["lists", `x = ${"[".repeat(N)}y${"]".repeat(N)}\n`],
    ["dictionaries", `x = ${"{1: ".repeat(N)}y${"}".repeat(N)}\n`],
    ["attributes", `x = a${".b".repeat(N)}\n`],
    ["calls", `x = a${"()".repeat(N)}\n`],
    ["negations", `x = ${"not ".repeat(N)}y\n`],
    ["lambdas", `x = ${"lambda: ".repeat(N)}y\n`],
    ["conditional expressions", `x = ${"a if b else ".repeat(N)}y\n`],
    ["powers", `x = ${"a ** ".repeat(N)}y\n`],
    ["walruses", `x = ${"(a := ".repeat(N)}b${")".repeat(N)}\n`],
    ["annotations", `x: ${"a[".repeat(N)}b${"]".repeat(N)}\n`],
    ["target tuples", `${"(".repeat(N)}a${",)".repeat(N)} = b\n`],
    ["mixed operators", `x = ${"a - b + ".repeat(N)}c\n`],
    ["elif branches", `if a:\n  b\n${"elif c:\n  d\n".repeat(N)}else:\n  e\n`],
    ["patterns", `match x:\n  case ${"[".repeat(N)}b${"]".repeat(N)}: pass\n`],
    ["blocks", `${Array.from({ length: 600 }, (_, i) => `${" ".repeat(i)}if x:\n`).join("")}${" ".repeat(600)}y\n`],
  ];
  it.each(texts)("of %s is cut at the bound", (_what, text) => {
    const ir = syntax.lower("m.py", text);
    expect(ir.truncated).toBe(true);
    expect(nesting(ir.body)).toBeLessThanOrEqual(2 * DEPTH_LIMIT + 2);
  });

  it("of brackets costs nothing", () => {
    const ir = syntax.lower("m.py", `x = ${"(".repeat(N)}y${")".repeat(N)}\n`);
    expect(ir.truncated).toBe(false);
    expect(assigned(ir.body)).toMatchObject({ k: "name", id: "y" });
  });

  it("of open brackets ends in an error", () => {
    expect(syntax.lower("m.py", `x = ${"(".repeat(N)}\n`).errors.length).toBeGreaterThan(0);
  });

  it("still tells the names below the bound", () => {
    const value = assigned(syntax.lower("m.py", `x = ${"[".repeat(1000)}secret${"]".repeat(1000)}\n`).body);
    expect(JSON.stringify(value)).toContain('"id":"secret"');
  });

  it("leaves what people write alone", () => {
    const text = `x = ${"f(".repeat(150)}y${")".repeat(150)}\nz = a${".b()".repeat(90)}\n`;
    expect(syntax.lower("m.py", text).truncated).toBe(false);
  });
});

describe("long chains", () => {
  it("of additions keep every operand in order, in a shallow tree", () => {
    const words = Array.from({ length: 5000 }, (_, i) => `"w${i}"`);
    const ir = syntax.lower("m.py", `x = ${words.join(" + ")}\n`);
    expect(ir.truncated).toBe(false);
    expect(nesting(ir.body)).toBeLessThan(20);
    const leaves: unknown[] = [];
    const visit = (x: Expr): void => {
      if (x.k === "bin") {
        visit(x.l);
        visit(x.r);
      } else if (x.k === "const") leaves.push(x.v);
    };
    visit(assigned(ir.body));
    expect(leaves).toEqual(words.map((word) => word.slice(1, -1)));
  });

  it("of additions lean left up to the bound", () => {
    const value = assigned(syntax.lower("m.py", `x = ${Array(200).fill("a").join(" + ")}\n`).body);
    expect(nesting(value)).toBe(200);
  });

  it.each(["and", "or", "<", "=="])("of %s are flat", (op) => {
    const ir = syntax.lower("m.py", `x = ${Array(N).fill("a").join(` ${op} `)}\n`);
    const value = assigned(ir.body);
    expect(ir.truncated).toBe(false);
    expect(value.k === "bool" || value.k === "cmp" ? value.xs.length : 0).toBe(N);
  });

  it("of string literals become one text", () => {
    const ir = syntax.lower("m.py", `x = (${'"a"\n'.repeat(N)})\n`);
    expect(assigned(ir.body)).toMatchObject({ k: "const", v: "a".repeat(N) });
  });

  it("of assignments are one statement", () => {
    const [stmt] = syntax.lower("m.py", `${"a = ".repeat(N)}b\n`).body;
    expect(stmt?.k === "assign" ? stmt.targets.length : 0).toBe(N);
  });

  it("of elif keep every branch", () => {
    const ir = syntax.lower(
      "m.py",
      `if a:\n  f0()\n${Array.from({ length: 2000 }, (_, i) => `elif b:\n  f${i + 1}()\n`).join("")}`,
    );
    const found = new Set(JSON.stringify(ir.body).match(/"f\d+"/g));
    expect(found.size).toBe(2001);
  });
});

describe("big files", () => {
  it("are lowered whole", () => {
    const count = 12_000;
    const text = Array.from({ length: count }, (_, i) => `def f${i}(a, b=1):\n    return g(a, f"{b}")\n`).join("");
    const ir = syntax.lower("m.py", text);
    expect(ir.body).toHaveLength(count);
    expect(ir.errors).toEqual([]);
    const last = ir.body.at(-1);
    expect(text.slice(last?.chunk?.base)).toMatch(/^def f11999/);
  });
});
