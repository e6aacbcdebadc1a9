import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { ModuleIR } from "../../server/analysis/ir.js";
import type { Syntax } from "../../server/analysis/syntax/index.js";
import { mend } from "../../server/analysis/syntax/mend.js";
import { loadSyntaxForTests } from "./load.js";
import { printIR } from "./print-ir.js";
import { SAMPLE } from "./sample.js";
import { spanFaults, spannedNodes } from "./walk-ir.js";

let syntax: Syntax;
beforeAll(async () => {
  syntax = await loadSyntaxForTests();
});

/** Names of the functions in a form. */
function functions(ir: ModuleIR): string[] {
  return spannedNodes(ir).flatMap(({ k, node }) => {
    if (k !== "def" || typeof node.fn !== "object" || node.fn === null || !("name" in node.fn)) return [];
    return [String(node.fn.name)];
  });
}

describe("syntax errors", () => {
  const all = ["__init__", "size", "find", "ask", "ask_route"];
  const typed = [
    "x = foo(",
    "x = foo(a, ",
    "x = [",
    "x = {'a': ",
    'x = f"{',
    'x = "abc',
    'x = foo("',
    "if x",
    "if x == ",
    "for a in",
    "x =",
    "print(x",
    "return (",
    "with open(x) as",
    "lambda",
    "user.",
    "'''",
  ];
  it.each(typed)("a line %j in a function costs no other function", (line) => {
    const text = SAMPLE.replace("    data = request", `    ${line}\n    data = request`);
    const ir = syntax.lower("m.py", text);
    expect(functions(ir)).toEqual(expect.arrayContaining(all));
  });

  it.each(typed)("a line %j in a method costs no other method", (line) => {
    const text = SAMPLE.replace("        self.limit = limit", `        self.limit = limit\n        ${line}`);
    const ir = syntax.lower("m.py", text);
    expect(functions(ir)).toEqual(expect.arrayContaining(all.filter((name) => name !== "__init__")));
  });

  it("keeps the statements around an unfinished call", () => {
    const ir = syntax.lower("m.py", "a = 1\nx = foo(a, b\ny = 3\nz = bar(y)\n");
    expect(printIR(ir)).toBe("a := 1\npass\ny := 3\nz := bar(y)");
    expect(ir.errors).toEqual([{ s: 6, e: 18 }]);
  });

  it("keeps the block below an unfinished head", () => {
    const ir = syntax.lower("m.py", "def f(a, b\n    x = a\n    return x\n\ndef g(): pass\n");
    expect(printIR(ir)).toBe("if 1\n  x := a\n  return x\ndef g()\n  pass");
    expect(ir.errors).toHaveLength(1);
  });

  it("puts expressions that have no place in the form before their statement", () => {
    const ir = syntax.lower("m.py", "f(a b)\n");
    expect(printIR(ir)).toContain("b");
    expect(ir.errors.length).toBeGreaterThan(0);
  });

  it("loses only the statement that the grammar does not know", () => {
    const ir = syntax.lower("m.py", "a = 1\nclass A[T = int]:\n  x = 1\n  def f(self): return 1\nb = 2\n");
    expect(printIR(ir)).toMatch(/^a := 1\n/);
    expect(printIR(ir)).toMatch(/\nb := 2$/);
    expect(functions(ir)).toEqual(["f"]);
  });

  it("reads a template string as it reads an f-string", () => {
    expect(printIR(syntax.lower("m.py", 't"a {b}"\nc = 1\n'))).toBe('f("a " {b})\nc := 1');
  });

  it("notes a missing bracket as an error", () => {
    const ir = syntax.lower("m.py", "def f(:\n  x = 1\n\ny = 2\n");
    expect(ir.errors.length).toBeGreaterThan(0);
    expect(printIR(ir)).toContain("y := 2");
  });

  it("reports at most 20 errors, and says that there are more", () => {
    const ir = syntax.lower("m.py", "f(a b)\n".repeat(30));
    expect(ir.errors).toHaveLength(20);
    expect(ir.truncated).toBe(true);
    expect(ir.errors.map((e) => e.s)).toEqual(ir.errors.map((e) => e.s).sort((a, b) => a - b));
  });

  it("gives the spans of errors in the file, also behind an edit above them", () => {
    const text = "x = 1\ndef f():\n  g(a b)\n";
    const open = syntax.open("m.py", text);
    const [error] = open.ir.errors;
    open.change([{ start: 0, end: 0, text: "# more\n" }]);
    expect(open.ir.errors).toEqual([{ s: (error?.s ?? 0) + 7, e: (error?.e ?? 0) + 7 }]);
    open.free();
  });
});

/** Mends with every place under suspicion. */
function mendAll(text: string): ReturnType<typeof mend> {
  return mend(text, [{ s: 0, e: text.length }]);
}

describe("mending", () => {
  it("leaves healthy code alone", () => {
    expect(mendAll(SAMPLE)).toBeNull();
    expect(mendAll("x = (\n1,\n2)\ny = '''a\nb'''\nz = \"a\\\nb\"\nfrom a import *\nw = a + \\\n  b\n")).toBeNull();
    expect(mendAll("x = [\n  a\n  for a in b\n  if a\n]\nf(\n  a=1,\n  **b,\n)\n")).toBeNull();
  });

  it("leaves statements alone that the parser could read", () => {
    const text = "x = foo(\nreturn 1\ny = bar(\nreturn 2\n";
    expect(mend(text, [])).toBeNull();
    expect(mend(text, [{ s: 22, e: 24 }])?.spans).toEqual([{ s: 18, e: 26 }]);
  });

  it("blanks what never ends and keeps every offset", () => {
    const text = "def f():\r\n    x = foo(\r\n        '😀',\r\n    return 1\r\n";
    const mended = mendAll(text);
    expect(mended?.text).toBe("def f():\r\n    pass    \r\n             \r\n    return 1\r\n");
    expect(mended?.spans).toEqual([{ s: 14, e: 37 }]);
  });

  it("keeps length and line ends, whatever the text", () => {
    const piece = fc.constantFrom(
      "x = (",
      "'",
      '"""',
      "\n",
      "    ",
      "def f(",
      "\r\n",
      "a",
      "#",
      "\\",
      "]",
      "😀",
      "return ",
      "if b:",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join("");
        const mended = mendAll(text);
        if (mended === null) return;
        expect(mended.text.length).toBe(text.length);
        expect(mended.text.replace(/[^\n\r]/g, " ")).toBe(text.replace(/[^\n\r]/g, " "));
        let at = 0;
        for (const { s, e } of mended.spans) {
          expect(mended.text.slice(at, s)).toBe(text.slice(at, s));
          at = e;
        }
        expect(mended.text.slice(at)).toBe(text.slice(at));
      }),
    );
  });
});

describe("texts that are no Python", () => {
  it("gives a form for anything", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
        const ir = syntax.lower("m.py", text);
        expect(ir.errors.length).toBeLessThanOrEqual(20);
        expect(spanFaults(ir, text)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("gives a form for bytes read as text", () => {
    let seed = 42;
    let text = "";
    for (let i = 0; i < 20_000; i++) {
      seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
      text += String.fromCharCode((seed >> 16) & 255);
    }
    const ir = syntax.lower("m.py", text);
    expect(ir.errors.length).toBeGreaterThan(0);
    expect(ir.truncated).toBe(true);
  });

  it.each(["", "\n", "   ", "\0", "\0\0x = 1\n", "\uFEFF", "# only a comment", "\ud800"])(
    "gives a form for %j",
    (text) => {
      const ir = syntax.lower("m.py", text);
      expect(spanFaults(ir, text)).toEqual([]);
      expect(ir.file).toBe("m.py");
    },
  );
});
