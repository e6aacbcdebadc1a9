import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { TextChange } from "../../server/analysis/engine-api.js";
import type { Chunk, ModuleIR, Stmt } from "../../server/analysis/ir.js";
import type { Syntax } from "../../server/analysis/syntax/index.js";
import { loadSyntaxForTests } from "./load.js";
import { printIR } from "./print-ir.js";
import { SAMPLE } from "./sample.js";
import { spanFaults } from "./walk-ir.js";

let syntax: Syntax;
beforeAll(async () => {
  syntax = await loadSyntaxForTests();
});

/** Statements that have chunks of their own. */
function owners(ir: ModuleIR): Stmt[] {
  const out: Stmt[] = [];
  for (const stmt of ir.body) {
    out.push(stmt);
    if (stmt.k === "class") out.push(...stmt.cls.body);
  }
  return out;
}

function chunkOf(stmt: Stmt | undefined): Chunk {
  if (stmt?.chunk === undefined) throw new Error("no chunk");
  return stmt.chunk;
}

/** One change that replaces the first occurrence of a text. */
function replace(text: string, from: string, to: string): TextChange {
  const start = text.indexOf(from);
  if (start < 0) throw new Error(`no ${from}`);
  return { start, end: start + from.length, text: to };
}

describe("chunks", () => {
  it("gives every top-level statement and every statement of a top-level class a chunk of its own", () => {
    const ir = syntax.lower("m.py", SAMPLE);
    const chunks = owners(ir).map(chunkOf);
    expect(new Set(chunks).size).toBe(chunks.length);
    expect(new Set(chunks.map((c) => c.base)).size).toBe(chunks.length);
    expect(chunks.every((c) => c.file === "m.py")).toBe(true);
    for (const stmt of owners(ir)) expect(stmt.s).toBe(0);
  });

  it("tells functions and classes the chunk that their offsets count from", () => {
    const ir = syntax.lower("m.py", SAMPLE);
    for (const stmt of owners(ir)) {
      if (stmt.k === "def") expect(stmt.fn.chunk).toBe(stmt.chunk);
      if (stmt.k === "class") expect(stmt.cls.chunk).toBe(stmt.chunk);
    }
  });

  it("begins a decorated method's chunk at the decorator", () => {
    const ir = syntax.lower("m.py", SAMPLE);
    const size = owners(ir).find((s) => s.k === "def" && s.fn.name === "size");
    expect(SAMPLE.slice(chunkOf(size).base)).toMatch(/^@property\n/);
  });

  it("does not split a class inside another statement", () => {
    const ir = syntax.lower("m.py", "if a:\n  class A:\n    def f(self): pass\n");
    const [branch] = ir.body;
    if (branch?.k !== "if" || branch.body[0]?.k !== "class") throw new Error("no class");
    expect(branch.body[0].chunk).toBeUndefined();
    expect(branch.body[0].cls.chunk).toBe(branch.chunk);
    expect(branch.body[0].cls.body[0]?.chunk).toBeUndefined();
  });

  it("gives equal texts distinct chunks", () => {
    const [a, b] = syntax.lower("m.py", "x = 1\nx = 1\n").body;
    expect(chunkOf(a)).not.toBe(chunkOf(b));
    expect([chunkOf(a).base, chunkOf(b).base]).toEqual([0, 6]);
  });
});

describe("changes", () => {
  it("keeps every statement but the one that was edited, and moves what follows", () => {
    const open = syntax.open("m.py", SAMPLE);
    const before = owners(open.ir);
    const run = before.at(-1);
    const base = chunkOf(run).base;
    const diff = open.change([replace(SAMPLE, 'model="gpt-4o"', 'model="gpt-4o-mini"')]);
    const after = owners(open.ir);
    expect(diff.changed.map((s) => (s.k === "def" ? s.fn.name : s.k))).toEqual(["ask"]);
    expect(diff.removed.map((s) => (s.k === "def" ? s.fn.name : s.k))).toEqual(["ask"]);
    expect(after.filter((s) => !before.includes(s))).toEqual(diff.changed);
    expect(before.filter((s) => !after.includes(s))).toEqual(diff.removed);
    expect(after.at(-1)).toBe(run);
    expect(chunkOf(run).base).toBe(base + "-mini".length);
    open.free();
  });

  it("keeps the other methods of a class, and makes the class itself new", () => {
    const open = syntax.open("m.py", SAMPLE);
    const before = owners(open.ir);
    const diff = open.change([replace(SAMPLE, "return len(self.db)", "return len(self.db) + 1")]);
    const titles = (stmts: readonly Stmt[]): string[] =>
      stmts.map((s) => (s.k === "def" ? s.fn.name : s.k === "class" ? s.cls.name : s.k)).sort();
    expect(titles(diff.changed)).toEqual(["Store", "size"]);
    expect(titles(diff.removed)).toEqual(["Store", "size"]);
    const after = owners(open.ir);
    for (const name of ["__init__", "find", "ask", "ask_route"]) {
      const kept = after.find((s) => s.k === "def" && s.fn.name === name);
      expect(kept).toBeDefined();
      expect(before).toContain(kept);
    }
    open.free();
  });

  it("keeps a statement that moved", () => {
    const text = "def f():\n  return 1\n\ndef g():\n  return 2\n";
    const open = syntax.open("m.py", text);
    const [f, g] = open.ir.body;
    const diff = open.change([
      { start: 0, end: text.length, text: "def g():\n  return 2\n\n\ndef f():\n  return 1\n" },
    ]);
    expect(diff).toEqual({ changed: [], removed: [] });
    expect(open.ir.body[0]).toBe(g);
    expect(open.ir.body[1]).toBe(f);
    expect([chunkOf(g).base, chunkOf(f).base]).toEqual([0, 22]);
    open.free();
  });

  it("tells twins apart when one of them goes", () => {
    const text = "x = 1\nx = 1\n";
    const open = syntax.open("m.py", text);
    const [a] = open.ir.body;
    const diff = open.change([{ start: 6, end: 11, text: "y = 2" }]);
    expect(diff.removed).toHaveLength(1);
    expect(open.ir.body[0]).toBe(a);
    expect(printIR(open.ir)).toBe("x := 1\ny := 2");
    open.free();
  });

  it("applies several changes in order, each against the text that the former gave", () => {
    const open = syntax.open("m.py", "a = 1\nb = 2\n");
    open.change([
      { start: 0, end: 1, text: "long" },
      { start: 9, end: 10, text: "c" },
      { start: 0, end: 0, text: "z = 0\n" },
    ]);
    expect(open.text).toBe("z = 0\nlong = 1\nc = 2\n");
    expect(printIR(open.ir)).toBe("z := 0\nlong := 1\nc := 2");
    open.free();
  });

  it("changes nothing where nothing is changed", () => {
    const open = syntax.open("m.py", SAMPLE);
    const before = owners(open.ir);
    expect(open.change([])).toEqual({ changed: [], removed: [] });
    expect(open.change([{ start: 5, end: 5, text: "" }])).toEqual({ changed: [], removed: [] });
    expect(owners(open.ir).every((s, i) => s === before[i])).toBe(true);
    open.free();
  });

  it("keeps the form after it is freed", () => {
    const open = syntax.open("m.py", SAMPLE);
    const printed = printIR(open.ir);
    open.free();
    open.free();
    expect(printIR(open.ir)).toBe(printed);
  });

  it("finds again what an unfinished line hid", () => {
    const open = syntax.open("m.py", SAMPLE);
    const fresh = printIR(open.ir);
    const at = SAMPLE.indexOf("        return None");
    for (const typed of ["        x = ask(", "a, f'{", "        return [x"]) {
      const end = open.text.length - (SAMPLE.length - at);
      open.change([{ start: end, end, text: typed }]);
    }
    open.change([{ start: at, end: open.text.length - (SAMPLE.length - at), text: "" }]);
    expect(open.text).toBe(SAMPLE);
    expect(printIR(open.ir)).toBe(fresh);
    expect(open.ir.errors).toEqual([]);
    open.free();
  });
});

/** An edit as numbers, so that it shrinks: where it begins and ends, as shares of the text, and what it puts there. */
const SNIPPETS = [
  "",
  "x",
  " ",
  "\n",
  "\r\n",
  "(",
  ")",
  "[",
  "}",
  '"',
  "'''",
  "#",
  ":",
  ",",
  "=",
  "😀",
  "\t",
  "\\",
  "def f():\n    return 1\n",
  "    def g(self):\n        pass\n",
  "@route\n",
  "class A:\n    x = 1\n",
  "if a:\n",
  "else:\n",
  "f'{a}'",
  "f'{",
  "import os\n",
  "x = 1\n",
  "return ",
  "async ",
  "# spillcheck: ignore\n",
];

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.oneof(fc.constant(0), fc.nat({ max: 12 }), fc.nat({ max: 400 })),
  snippet: fc.oneof(
    fc.constantFrom(...SNIPPETS),
    fc.record({ from: fc.nat({ max: SAMPLE.length }), length: fc.nat({ max: 300 }) }),
  ),
});

describe("incremental and fresh", () => {
  it("give the same form, whatever is edited", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(edit, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 6 }),
        (batches) => {
          const open = syntax.open("m.py", SAMPLE);
          try {
            for (const batch of batches) {
              let text = open.text;
              const changes = batch.map(({ at, length, snippet }): TextChange => {
                const start = Math.floor(at * text.length);
                const end = Math.min(text.length, start + length);
                const put =
                  typeof snippet === "string" ? snippet : SAMPLE.slice(snippet.from, snippet.from + snippet.length);
                text = text.slice(0, start) + put + text.slice(end);
                return { start, end, text: put };
              });
              const before = new Set(owners(open.ir));
              const diff = open.change(changes);
              const after = new Set(owners(open.ir));
              expect(open.text).toBe(text);
              expect(open.ir).toEqual(syntax.lower("m.py", text));
              expect(spanFaults(open.ir, text)).toEqual([]);
              // What came and what went is told in full.
              expect(new Set(diff.changed)).toEqual(new Set([...after].filter((s) => !before.has(s))));
              expect(new Set(diff.removed)).toEqual(new Set([...before].filter((s) => !after.has(s))));
              const chunks = [...after].map(chunkOf);
              expect(new Set(chunks.map((c) => c.base)).size).toBeLessThanOrEqual(new Set(chunks).size);
            }
          } finally {
            open.free();
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
