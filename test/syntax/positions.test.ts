import { beforeAll, describe, expect, it } from "vitest";
import type { Syntax } from "../../server/analysis/syntax/index.js";
import { difference, positionAt } from "../../server/analysis/syntax/positions.js";
import { loadSyntaxForTests } from "./load.js";
import { printIR } from "./print-ir.js";
import { SAMPLE } from "./sample.js";
import { spanFaults, spannedNodes } from "./walk-ir.js";

let syntax: Syntax;
beforeAll(async () => {
  syntax = await loadSyntaxForTests();
});

describe("offsets", () => {
  it("count UTF-16 code units", () => {
    const text = 'a = "😀𝒳é"; b = c\n# 😀\nd.é = f("😀", g)\n';
    const ir = syntax.lower("m.py", text);
    expect(spanFaults(ir, text)).toEqual([]);
    expect(printIR(ir)).toBe('a := "😀𝒳é"\nb := c\nd.é := f("😀", g)');
    const c = spannedNodes(ir).find(({ node }) => node.id === "c");
    expect((c?.chunk.base ?? 0) + (c?.s ?? 0)).toBe(text.indexOf("c\n"));
  });

  it("survive a surrogate pair at any place of the parser's buffer", () => {
    const text = `x = "${"a".repeat(5110)}`;
    for (let shift = 0; shift < 12; shift++) {
      const whole = `${text}${"b".repeat(shift)}😀${"c".repeat(20)}"\ny = z\n`;
      const ir = syntax.lower("m.py", whole);
      expect(ir.errors).toEqual([]);
      expect(spanFaults(ir, whole)).toEqual([]);
      expect(ir.body[1]?.chunk?.base).toBe(whole.indexOf("y = z"));
    }
  });

  it("count a byte order mark as one", () => {
    const text = "\uFEFFimport a\nb = c\n";
    const ir = syntax.lower("m.py", text);
    expect(ir.errors).toEqual([]);
    expect(ir.body.map((s) => s.chunk?.base)).toEqual([1, 10]);
    expect(spanFaults(ir, text)).toEqual([]);
  });

  it("are right with CRLF, tabs and form feeds", () => {
    const text = "def f():\r\n\tx = a\r\n\tif x:\r\n\t\treturn b\r\n\f\r\nc = d\r\n";
    const ir = syntax.lower("m.py", text);
    expect(ir.errors).toEqual([]);
    expect(spanFaults(ir, text)).toEqual([]);
    expect(printIR(ir)).toBe("def f()\n  x := a\n  if x\n    return b\nc := d");
  });

  it("are right in the whole sample, with either line end", () => {
    for (const text of [SAMPLE, SAMPLE.replaceAll("\n", "\r\n"), `\uFEFF${SAMPLE}`]) {
      const ir = syntax.lower("m.py", text);
      expect(ir.errors).toEqual([]);
      expect(spanFaults(ir, text)).toEqual([]);
      expect(printIR(ir)).toBe(printIR(syntax.lower("m.py", SAMPLE)));
    }
  });

  it("stay right when an emoji is typed before them", () => {
    const open = syntax.open("m.py", SAMPLE);
    open.change([{ start: SAMPLE.indexOf("You are"), end: SAMPLE.indexOf("You are"), text: "😀" }]);
    expect(spanFaults(open.ir, open.text)).toEqual([]);
    expect(open.ir).toEqual(syntax.lower("m.py", open.text));
    open.free();
  });
});

describe("comments", () => {
  it("are those that speak to SpillCheck", () => {
    const text =
      'x = "# spillcheck: no"\n# other\ny = 1  # spillcheck: ignore[a-b] why\r\n#SPILLCHECK: off\n"""\n# spillcheck: no\n"""\n';
    const { comments } = syntax.lower("m.py", text);
    expect(comments.map((c) => c.text)).toEqual([" spillcheck: ignore[a-b] why", "SPILLCHECK: off"]);
    for (const c of comments) expect(text.slice(c.s, c.e)).toBe(`#${c.text}`);
  });
});

describe("positionAt", () => {
  it("counts rows by line feeds and columns by code units", () => {
    const text = "a😀b\r\n\ncd";
    expect(positionAt(text, 0)).toEqual({ row: 0, column: 0 });
    expect(positionAt(text, 3)).toEqual({ row: 0, column: 3 });
    expect(positionAt(text, 6)).toEqual({ row: 1, column: 0 });
    expect(positionAt(text, 7)).toEqual({ row: 2, column: 0 });
    expect(positionAt(text, text.length)).toEqual({ row: 2, column: 2 });
  });
});

describe("difference", () => {
  it("is the one stretch that differs", () => {
    expect(difference("abcd", "abXYcd")).toEqual({ start: 2, oldEnd: 2, newEnd: 4 });
    expect(difference("abcd", "ad")).toEqual({ start: 1, oldEnd: 3, newEnd: 1 });
    expect(difference("aaa", "aa")).toEqual({ start: 2, oldEnd: 3, newEnd: 2 });
    expect(difference("same", "same")).toEqual({ start: 4, oldEnd: 4, newEnd: 4 });
  });
});
