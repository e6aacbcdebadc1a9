/**
 * Ways on which a value travels through a program, each as files. `{value}` is what travels. A shape either carries the value
 * back to the view (`through`: the last line sets `moved`), or hands it to a function that does something with it (`into`: the
 * last function calls `consume`).
 */
export type Direction = "through" | "into";

export interface Shape {
  name: string;
  /** Lines of the view that carry `value` along; in direction `through` they set `moved`. */
  view(direction: Direction): string[];
  imports(direction: Direction): string[];
  /** Further files. `END` stands for what the last function does: gives the value back, or consumes it. */
  files: Readonly<Record<string, string>>;
  /** The view is a coroutine. */
  async?: boolean;
  /** Definitions in the view's own file. */
  local?: string;
}

const END = "END";
const set = (d: Direction, call: string): string[] => [d === "through" ? `moved = ${call}` : call];

/** What the last function does with `v`. */
export const ending = (d: Direction): string => (d === "through" ? "return v" : "consume(v)");

const CONSUME = "from sinks import consume\n\n\n";

export const shapes: readonly Shape[] = [
  {
    name: "same function",
    view: (d) => set(d, d === "through" ? "value" : "consume(value)"),
    imports: () => [],
    files: {},
  },
  {
    name: "helper in the same file",
    view: (d) => set(d, "pass_on(value)"),
    imports: () => [],
    local: `def pass_on(v):\n    ${END}\n`,
    files: {},
  },
  {
    name: "helper in another file",
    view: (d) => set(d, "pass_on(value)"),
    imports: () => ["from helpers import pass_on"],
    files: { "helpers.py": `${CONSUME}def pass_on(v):\n    ${END}\n` },
  },
  {
    name: "two helpers",
    view: (d) => set(d, "outer(value)"),
    imports: () => ["from helpers import outer"],
    files: { "helpers.py": `${CONSUME}def outer(text):\n    return inner(text)\n\n\ndef inner(v):\n    ${END}\n` },
  },
  {
    name: "method of a class",
    view: (d) => set(d, "Carrier().pass_on(value)"),
    imports: () => ["from helpers import Carrier"],
    files: { "helpers.py": `${CONSUME}class Carrier:\n    def pass_on(self, v):\n        ${END}\n` },
  },
  {
    name: "instance attribute",
    view: (d) => ["carrier = Carrier(value)", ...set(d, "carrier.go()")],
    imports: () => ["from helpers import Carrier"],
    files: {
      "helpers.py": `${CONSUME}class Carrier:\n    def __init__(self, held):\n        self.held = held\n\n    def go(self):\n        v = self.held\n        ${END}\n`,
    },
  },
  {
    name: "instance of another module",
    view: (d) => set(d, "carrier.pass_on(value)"),
    imports: () => ["from helpers import carrier"],
    files: {
      "helpers.py": `${CONSUME}class Carrier:\n    def pass_on(self, v):\n        ${END}\n\n\ncarrier = Carrier()\n`,
    },
  },
  {
    name: "decorated function",
    view: (d) => set(d, "pass_on(value)"),
    imports: () => ["from helpers import pass_on"],
    files: {
      "helpers.py": `import functools\n\nfrom sinks import consume\n\n\ndef timed(f):\n    @functools.wraps(f)\n    def wrapper(*args, **kwargs):\n        return f(*args, **kwargs)\n\n    return wrapper\n\n\n@timed\ndef pass_on(v):\n    ${END}\n`,
    },
  },
  {
    name: "coroutine",
    async: true,
    view: (d) => set(d, "await pass_on(value)"),
    imports: () => ["from helpers import pass_on"],
    files: { "helpers.py": `${CONSUME}async def pass_on(v):\n    ${END}\n` },
  },
  {
    name: "generator",
    view: (d) => ["for moved in pieces(value):", d === "through" ? "    break" : "    consume(moved)"],
    imports: () => ["from helpers import pieces"],
    files: { "helpers.py": "def pieces(v):\n    yield v\n" },
  },
  {
    name: "closure",
    view: (d) => set(d, "make(value)()"),
    imports: () => ["from helpers import make"],
    files: { "helpers.py": `${CONSUME}def make(v):\n    def inner():\n        ${END}\n\n    return inner\n` },
  },
  {
    name: "partial",
    view: (d) => set(d, "partial(pass_on, value)()"),
    imports: () => ["from functools import partial", "from helpers import pass_on"],
    files: { "helpers.py": `${CONSUME}def pass_on(v):\n    ${END}\n` },
  },
  {
    name: "callback",
    view: (d) => set(d, "apply(pass_on, value)"),
    imports: () => ["from helpers import apply, pass_on"],
    files: { "helpers.py": `${CONSUME}def apply(f, x):\n    return f(x)\n\n\ndef pass_on(v):\n    ${END}\n` },
  },
  {
    name: "comprehension",
    view: (d) => set(d, d === "through" ? "[v for v in [value]][0]" : "[consume(v) for v in [value]]"),
    imports: () => [],
    files: {},
  },
  {
    name: "dict through a helper",
    view: (d) => set(d, d === "through" ? 'pack(value)["text"]' : 'consume(pack(value)["text"])'),
    imports: () => ["from helpers import pack"],
    files: { "helpers.py": 'def pack(v):\n    return {"text": v, "kind": "note"}\n' },
  },
  {
    name: "re-export by star import",
    view: (d) => set(d, "pass_on(value)"),
    imports: () => ["from lib import pass_on"],
    files: { "lib/__init__.py": "from .impl import *\n", "lib/impl.py": `${CONSUME}def pass_on(v):\n    ${END}\n` },
  },
  {
    name: "inherited method",
    view: (d) => set(d, "Child().pass_on(value)"),
    imports: () => ["from children import Child"],
    files: {
      "base.py": `${CONSUME}class Base:\n    def pass_on(self, v):\n        ${END}\n`,
      "children.py": "from base import Base\n\n\nclass Child(Base):\n    pass\n",
    },
  },
  {
    name: "keyword arguments",
    view: (d) => ['options = {"v": value}', ...set(d, "pass_on(**options)")],
    imports: () => ["from helpers import pass_on"],
    files: { "helpers.py": `${CONSUME}def pass_on(**kwargs):\n    v = kwargs["v"]\n    ${END}\n` },
  },
  {
    name: "data class",
    view: (d) => ["note = Note(text=value)", ...set(d, d === "through" ? "note.text" : "consume(note.text)")],
    imports: () => ["from helpers import Note"],
    files: { "helpers.py": "from dataclasses import dataclass\n\n\n@dataclass\nclass Note:\n    text: str\n" },
  },
  {
    name: "context manager",
    view: (d) => ["with held(value) as moved:", d === "through" ? "    pass" : "    consume(moved)"],
    imports: () => ["from helpers import held"],
    files: {
      "helpers.py": "from contextlib import contextmanager\n\n\n@contextmanager\ndef held(v):\n    yield v\n",
    },
  },
  {
    name: "property",
    view: (d) => set(d, d === "through" ? "Carrier(value).text" : "consume(Carrier(value).text)"),
    imports: () => ["from helpers import Carrier"],
    files: {
      "helpers.py":
        "class Carrier:\n    def __init__(self, held):\n        self.held = held\n\n    @property\n    def text(self):\n        return self.held\n",
    },
  },
];
