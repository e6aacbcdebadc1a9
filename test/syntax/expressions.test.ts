import { beforeAll, describe, expect, it } from "vitest";
import type { Syntax } from "../../server/analysis/syntax/index.js";
import { loadSyntaxForTests } from "./load.js";
import { printIR } from "./print-ir.js";
import { spanFaults } from "./walk-ir.js";

let syntax: Syntax;
beforeAll(async () => {
  syntax = await loadSyntaxForTests();
});

/** Lowers one text that must be free of errors, with every span where it belongs. */
function lowered(text: string): string {
  const ir = syntax.lower("m.py", text);
  expect(ir.errors).toEqual([]);
  expect(ir.truncated).toBe(false);
  expect(spanFaults(ir, text)).toEqual([]);
  return printIR(ir);
}

describe("expressions", () => {
  const cases: [source: string, form: string][] = [
    ["x", "x"],
    ["None, True, False, ...", "tuple(None, True, False, ...)"],
    ["1_000", "1000"],
    ["0xFF + 0b11 + 0o17", "((255 + 3) + 15)"],
    ["017L", "15"],
    ["1.5e3", "float(1500)"],
    ["2j", "float(2)"],
    ["a.b.c", "a.b.c"],
    ["a . b", "a.b"],
    ["a[b]", "a[b]"],
    ["a[b, c]", "a[tuple(b, c)]"],
    ["a[b,]", "a[tuple(b)]"],
    ["a[1:2]", "a[slice(1 2)]"],
    ["a[:]", "a[slice(_ _)]"],
    ["a[:b]", "a[slice(_ b)]"],
    ["a[b:]", "a[slice(b _)]"],
    ["a[::-1]", "a[slice(_ _ (- 1))]"],
    ["a[1:2, ...]", "a[tuple(slice(1 2), ...)]"],
    ["f()", "f()"],
    ["f(a, *b, c=d, **e)", "f(a, *b, c=d, **e)"],
    ["f(x for x in y)", "f(gencomp(x for x in y))"],
    ["f(  # why\n  a,  # b\n)", "f(a)"],
    ["f(print=a, match=b, type=c)", "f(print=a, match=b, type=c)"],
    ["a + b - c", "((a + b) - c)"],
    ["a + (b - c)", "(a + (b - c))"],
    ["a ** b ** c", "(a ** (b ** c))"],
    ["a // b << c >> d & e | f @ g", "(((((a // b) << c) >> d) & e) | (f @ g))"],
    ["a ^ b", "(a ^ b)"],
    ["(a  # why +\n + b)", "(a + b)"],
    ["a \\\n + b", "(a + b)"],
    ["-a, +b, ~c, not d", "tuple((- a), (+ b), (~ c), (not d))"],
    ["a and b and c", "(a and b and c)"],
    ["a or b and c or d", "(a or (b and c) or d)"],
    ["(a or b) or c", "((a or b) or c)"],
    ["(a and\n # and so\n b)", "(a and b)"],
    ["a < b <= c != d", "(a < b <= c != d)"],
    ["a is not b, a not in b, a in b", "tuple((a is not b), (a not in b), (a in b))"],
    ["(a is\n not b)", "(a is not b)"],
    ["a if b else c if d else e", "cond(b ? a : cond(d ? c : e))"],
    ["()", "tuple()"],
    ["(a,)", "tuple(a)"],
    ["a,", "tuple(a)"],
    ["(((a)))", "a"],
    ["[a, *b]", "list(a, *b)"],
    ["{a, b}", "set(a, b)"],
    ["{}", "dict()"],
    ['{"a": b, **c}', 'dict("a": b, **c)'],
    ["[x for x in y if z]", "listcomp(x for x in y if z)"],
    ["{x for a, b in c, d for x in a}", "setcomp(x for tuple(a, b) in tuple(c, d) for x in a)"],
    ["{k: v for k, v in m}", "dictcomp(k: v for tuple(k, v) in m)"],
    ["(x async for x in y)", "gencomp(x async for x in y)"],
    ["lambda: 0", "lambda(: 0)"],
    ["lambda a, /, b=1, *c, d, **e: a", "lambda(/a, b = 1, *c, !d, **e: a)"],
    ["[lambda x: y for y in z]", "listcomp(lambda(x: y) for y in z)"],
    ["await f(x)", "await(f(x))"],
    ["(a := b)", "(a := b)"],
    ["f(a := b)", "f((a := b))"],
    ["print(x)", "print(x)"],
    ["match(x)", "match(x)"],
    ["ü.naïve", "ü.naïve"],
  ];
  it.each(cases)("%j", (source, form) => {
    expect(lowered(`${source}\n`)).toBe(form);
  });

  it("keeps the inner span of a bracketed expression", () => {
    const text = "x = ((a))\n";
    const [stmt] = syntax.lower("m.py", text).body;
    if (stmt?.k !== "assign" || stmt.v === null) throw new Error("no assignment");
    expect([stmt.v.s, stmt.v.e]).toEqual([6, 7]);
  });

  it("gives a call the place of its bracket, a keyword the span of both sides", () => {
    const text = "f (a, b = c)\n";
    const [stmt] = syntax.lower("m.py", text).body;
    if (stmt?.k !== "expr" || stmt.x.k !== "call") throw new Error("no call");
    expect(stmt.x.ps).toBe(2);
    const kw = stmt.x.kw[0];
    expect(text.slice(kw?.s, kw?.e)).toBe("b = c");
  });
});

describe("strings", () => {
  const cases: [source: string, form: string][] = [
    ["'a'", '"a"'],
    ['"""a\nb"""', '"a\\nb"'],
    ["''", '""'],
    ["''''''", '""'],
    [String.raw`'a\n\t\\\'\x41\101\u00e9\U0001F600\q'`, '"a\\n\\t\\\\\'AAé😀\\\\q"'],
    [String.raw`'\N{BULLET}'`, String.raw`"\\N{BULLET}"`],
    ["'a\\\nb'", '"ab"'],
    [String.raw`r'a\n'`, String.raw`"a\\n"`],
    [String.raw`R"\d{1}"`, String.raw`"\\d{1}"`],
    [String.raw`b'\x41\u0041'`, String.raw`b"A\\u0041"`],
    [String.raw`rb'\x41'`, String.raw`b"\\x41"`],
    ["u'a'", '"a"'],
    ["'a' \"b\" 'c'", '"abc"'],
    ["('a'  # one\n 'b')", '"ab"'],
    ["b'a' b'b'", 'b"ab"'],
    ["'a{b}'", '"a{b}"'],
    ["f'a'", 'f("a")'],
    ["f''", "f()"],
    ["f'a{b}c{d.e}'", 'f("a" {b} "c" {d.e})'],
    ["f'{a!r}{b!s:>10}{c:.2f}'", "f({a!r} {b!s:>10} {c:.2f})"],
    ["f'{a:{w}.{p}}'", "f({a:{w}.{p}} {w} {p})"],
    ["f'{{{a}}}'", 'f("{" {a} "}")'],
    ["f'{a=}'", 'f("a=" {a})'],
    ["f'{a = !r}'", 'f("a = " {a!r})'],
    ["f'{a, b}'", "f({tuple(a, b)})"],
    ["f'{d[\"k\"]}'", 'f({d["k"]})'],
    ["f'{f\"{x}\"}'", "f({f({x})})"],
    ["f'{d['k']}'", 'f({d["k"]})'],
    ["f'{(lambda x: x)(y)}'", "f({lambda(x: x)(y)})"],
    ["f'''a\n{\nb\n}'''", 'f("a\\n" {b})'],
    [String.raw`f'\n{a}\x41'`, 'f("\\n" {a} "A")'],
    [String.raw`rf'\n{a}'`, String.raw`f("\\n" {a})`],
    [String.raw`f'\N{DASH}{a}'`, String.raw`f("\\N{DASH}" {a})`],
    ["'a' f'b{c}' 'd{e}' f'f'", 'f("ab" {c} "d{e}f")'],
    ["'%s' % x", '("%s" % x)'],
    ["f'{x:%Y-%m}'", "f({x:%Y-%m})"],
    ["f'{await x}{y if z else w}'", "f({await(x)} {cond(z ? y : w)})"],
  ];
  it.each(cases)("%j", (source, form) => {
    expect(lowered(`${source}\n`)).toBe(form);
  });

  it("reads line ends in strings as Python does", () => {
    expect(lowered("x = '''a\r\nb'''\r\n")).toBe('x := "a\\nb"');
  });

  it("spans a hole with its braces", () => {
    const text = "f'a{ b }c'\n";
    const [stmt] = syntax.lower("m.py", text).body;
    if (stmt?.k !== "expr" || stmt.x.k !== "fstr") throw new Error("no f-string");
    const hole = stmt.x.parts[1];
    if (hole === undefined || typeof hole === "string") throw new Error("no hole");
    expect(text.slice(hole.s, hole.e)).toBe("{ b }");
  });
});
