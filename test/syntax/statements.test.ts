import { beforeAll, describe, expect, it } from "vitest";
import type { Syntax } from "../../server/analysis/syntax/index.js";
import { loadSyntaxForTests } from "./load.js";
import { printIR } from "./print-ir.js";
import { spanFaults } from "./walk-ir.js";

let syntax: Syntax;
beforeAll(async () => {
  syntax = await loadSyntaxForTests();
});

function lowered(text: string): string {
  const ir = syntax.lower("m.py", text);
  expect(ir.errors).toEqual([]);
  expect(ir.truncated).toBe(false);
  expect(spanFaults(ir, text)).toEqual([]);
  return printIR(ir);
}

describe("simple statements", () => {
  const cases: [source: string, form: string][] = [
    ["a = b", "a := b"],
    ["a = b = c, = d", "a = b = tuple(c) := d"],
    ["a, (b, *c) = d", "tuple(a, tuple(b, *c)) := d"],
    ["[a, b] = c", "list(a, b) := c"],
    ["a = *b, c", "a := tuple(*b, c)"],
    ["a: int", "a: int"],
    ["a: dict[str, list[int]] | None = b", "a: (dict[tuple(str, list[int])] | None) := b"],
    ["a: 'T' = b", 'a: "T" := b'],
    ["a.b[c]: int = d", "a.b[c]: int := d"],
    ["a += b", "a += b"],
    ["a //= b", "a //= b"],
    ["a **= b; c >>= d; e |= f; g @= h", "a **= b\nc >>= d\ne |= f\ng @= h"],
    ["a = yield", "a := yield()"],
    ["a; b; c", "a\nb\nc"],
    ["return", "return"],
    ["return a, b", "return tuple(a, b)"],
    ["raise", "raise"],
    ["raise A(b) from c", "raise A(b) from c"],
    ["del a, b[c], (d)", "del a, b[c], d"],
    ["assert a, 'b'", 'assert a "b"'],
    ["pass", "pass"],
    ["break", "break"],
    ["continue", "continue"],
    ["global a, b", "global a, b"],
    ["nonlocal a", "nonlocal a"],
    ["import a", "import a"],
    ["import a.b.c as d, e", "import a.b.c as d, e"],
    ["from a import b", "from a import b"],
    ["from a.b import (c as d,\n  e,)", "from a.b import c as d, e"],
    ["from . import a", "from . import a"],
    ["from ...a.b import *", "from ...a.b import *"],
    ["from . a import b", "from .a import b"],
    ["from __future__ import annotations", "from __future__ import annotations"],
    ["import a . b", "import a.b"],
    ["print x, y", "other x, y"],
    ["print >>f, x", "other f, x"],
    ["exec code in ns", "other code, ns"],
    ["type X = int | str", "other X, (int | str)"],
    ["type(self).x = a", "type(self).x := a"],
    ["type(self).x[a].y = b", "type(self).x[a].y := b"],
    ["type(a).b().c = d", "type(a).b().c := d"],
    ["type (a) . b = c", "type(a).b := c"],
    ["(a) = b", "a := b"],
    ["((a), b) = c", "tuple(a, b) := c"],
    ["(a): int = b", "a: int := b"],
    ["(a,) = b", "tuple(a) := b"],
    ["a[*b] = c", "a[tuple(*b)] := c"],
    ["@ a\ndef f(): pass", "@a\ndef f()\n  pass"],
    ["*a, b = c", "tuple(*a, b) := c"],
    ["yield", "yield()"],
    ["x = yield from y", "x := yield_from(y)"],
  ];
  it.each(cases)("%j", (source, form) => {
    expect(lowered(`${source}\n`)).toBe(form);
  });
});

describe("compound statements", () => {
  const cases: [source: string, form: string][] = [
    ["if a:\n  b\nelif c: d\nelse:\n  e", "if a\n  b\nelse\n  if c\n    d\n  else\n    e"],
    ["if a: b; c", "if a\n  b\n  c"],
    ["if a:  # why\n  # and how\n  b\n# end", "if a\n  b"],
    ["for a, b in c:\n  d\nelse:\n  e", "for tuple(a, b) in c\n  d\nelse\n  e"],
    ["for a in b, c: pass", "for a in tuple(b, c)\n  pass"],
    ["async for a in b: pass", "async for a in b\n  pass"],
    ["while a:\n  b\nelse: c", "while a\n  b\nelse\n  c"],
    ["with a: pass", "with a\n  pass"],
    ["with a as b, c as (d, e): pass", "with a as b, c as tuple(d, e)\n  pass"],
    ["with (open(a) as f, open(b) as g,):\n  pass", "with open(a) as f, open(b) as g\n  pass"],
    ["with (a): pass", "with a\n  pass"],
    ["with (a, b): pass", "with a, b\n  pass"],
    ["with (yield a) as b: pass", "with yield(a) as b\n  pass"],
    ["async with a as b.c: pass", "async with a as b.c\n  pass"],
    [
      "try:\n  a\nexcept A:\n  b\nexcept (B, C) as e:\n  c\nexcept:\n  d\nelse:\n  f\nfinally:\n  g",
      "try\n  a\nexcept A\n  b\nexcept tuple(B, C) as e\n  c\nexcept\n  d\nelse\n  f\nfinally\n  g",
    ],
    ["try:\n  a\nexcept* A as e:\n  b", "try\n  a\nexcept* A as e\n  b"],
    ["try:\n  a\nexcept A, B:\n  b", "try\n  a\nexcept tuple(A, B)\n  b"],
    ["try:\n  a\nfinally:\n  b", "try\n  a\nfinally\n  b"],
    ["if a:\n  import b\nelse:\n  b = None", "if a\n  import b\nelse\n  b := None"],
  ];
  it.each(cases)("%j", (source, form) => {
    expect(lowered(`${source}\n`)).toBe(form);
  });
});

describe("definitions", () => {
  const cases: [source: string, form: string][] = [
    ["def f(): pass", "def f()\n  pass"],
    [
      "def f(a, b: int, /, c=1, d: str = 'x', *, e, g: int = 2, **h: dict) -> list[int]:\n  return a",
      'def f(/a, /b: int, c = 1, d: str = "x", !e, !g: int = 2, **h: dict) -> list[int]\n  return a',
    ],
    ["def f(*args: int, a): pass", "def f(*args: int, !a)\n  pass"],
    ["def f(a,  # one\n  b):\n  pass", "def f(a, b)\n  pass"],
    ["async def f():\n  await a", "async def f()\n  await(a)"],
    ["def f[T: int, *Ts, **P](a: T) -> T: ...", "def f(a: T) -> T\n  ..."],
    ["@a\n@b.c(d)\ndef f():\n  pass", "@a\n@b.c(d)\ndef f()\n  pass"],
    ["def f():\n  yield a", "def* f()\n  yield(a)"],
    ["def f():\n  def g():\n    yield a", "def f()\n  def* g()\n    yield(a)"],
    ["def f():\n  return lambda: (yield)", "def f()\n  return lambda(: yield())"],
    ["class A: pass", "class A()\n  pass"],
    [
      "class A[T](B, c.D, metaclass=M, **k):\n  x: int = 1\n  def f(self): pass",
      "class A(B, c.D, metaclass=M, **k)\n  x: int := 1\n  def f(self)\n    pass",
    ],
    ["@dataclass\nclass A:\n  pass", "@dataclass\nclass A()\n  pass"],
    ["class A:\n  class B:\n    x = 1", "class A()\n  class B()\n    x := 1"],
    ["def f(print, type, match): pass", "def f(print, type, match)\n  pass"],
  ];
  it.each(cases)("%j", (source, form) => {
    expect(lowered(`${source}\n`)).toBe(form);
  });

  it("keeps the first line of a docstring", () => {
    const ir = syntax.lower("m.py", 'def f():\n  """  First.\n\n  Second.\n  """\n\nclass A:\n  r"""Of A."""\n');
    const [fn, cls] = ir.body;
    if (fn?.k !== "def" || cls?.k !== "class") throw new Error("no definitions");
    expect(fn.fn.doc).toBe("First.");
    expect(cls.cls.doc).toBe("Of A.");
  });

  it("spans a decorated definition from its decorator, the function from its `def`", () => {
    const text = "x = 1\n@a\nasync def f():\n  pass\n";
    const stmt = syntax.lower("m.py", text).body[1];
    if (stmt?.k !== "def") throw new Error("no definition");
    const base = stmt.chunk?.base ?? -1;
    expect(base).toBe(6);
    expect(stmt.s).toBe(0);
    expect(text.slice(base + stmt.fn.s)).toMatch(/^async def f/);
    expect(text.slice(base + stmt.fn.ns)).toMatch(/^f\(\)/);
  });
});

describe("match", () => {
  const cases: [pattern: string, form: string][] = [
    ["_", "![]()"],
    ["x", "![x<-]()"],
    ["'a'", '[]("a")'],
    ["'a' | 'b'", '[]("a" "b")'],
    ["'a' | _", '![]("a")'],
    ["None | True | -1 | 2.5", "[](None True (- 1) float(2.5))"],
    ["A.B", "[](A.B)"],
    ["[a, b, *c, d]", "[a<-0 b<-1 c<-* d<-*]()"],
    ["a, b", "[a<-0 b<-1]()"],
    ["a,", "[a<-0]()"],
    ["(a)", "![a<-]()"],
    ["(a,)", "[a<-0]()"],
    ["{'k': v, 'l': {'m': w}, **rest}", "[v<-k w<-l.m rest<-*]()"],
    ["{'role': 'user', 'content': text}", '[text<-content]("user")'],
    ["P(a, x=b, y=Q(z=c))", "[a<-* b<-x c<-y.z]()"],
    ["str(s)", "[s<-]()"],
    ["str() as s", "[s<-]()"],
    ["('a' | 'b') as s", '[s<-]("a" "b")'],
    ["[('a' | 'b') as s, *_]", '[s<-0]("a" "b")'],
  ];
  it.each(cases)("case %j", (pattern, form) => {
    expect(lowered(`match x:\n  case ${pattern}:\n    pass\n`)).toBe(`match x\n  case ${form}\n    pass`);
  });

  it("keeps guards, several subjects and every case", () => {
    expect(lowered("match a, b:\n  case 1, c if c > d:\n    e\n  # so\n  case _:\n    f\n")).toBe(
      "match tuple(a, b)\n  case [c<-1](1) if (c > d)\n    e\n  case ![]()\n    f",
    );
  });
});
