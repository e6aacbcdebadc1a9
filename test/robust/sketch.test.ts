/** A sketch that follows edits says what one made anew says, and keeps what did not change. */
import { describe, expect, it } from "vitest";
import { resketch, type SketchedText, sketch } from "../../server/analysis/names/sketch.js";
import { semantic } from "./lib/edits.js";
import { applyChanges, mutation } from "./lib/mutate.js";
import { Random } from "./lib/random.js";
import { seedsIn } from "./lib/seeds.js";

/** Ends of definitions inside functions mean nothing. */
const seen = ({ text, sketch: { defs, imports }, starts, ends, importsAt }: SketchedText) => ({
  text,
  defs,
  imports,
  starts,
  ends: ends.filter((_, i) => !defs[i]!.local),
  importsAt,
});

/** Makes a change; the new text, and how many definitions of it are still the same objects. */
function follow(before: SketchedText, text: string): SketchedText {
  const now = resketch(before, text);
  expect(seen(now)).toEqual(seen(sketch(text)));
  return now;
}

const seeds = [...seedsIn("test/fixtures")].map(([, text]) => text);

describe("a sketch follows edits", () => {
  it("whatever is done to the text", () => {
    const r = new Random(20261129);
    for (let n = 0; n < 60; n++) {
      let known = sketch(r.pick(seeds));
      for (let i = 0; i < 25; i++) {
        const changes = i % 2 ? mutation(known.text, r) : semantic(known.text, r);
        known = follow(known, applyChanges(known.text, changes));
      }
    }
  });

  it("where a decorator stands inside the function before", () => {
    const text = "def a(x):\n    work(x)\n    @app.errorhandler(404)\ndef b(e):\n    return e\n";
    const mended = follow(sketch(text), text.replace("@app.errorhandler", "@bp.route"));
    expect(mended.sketch.defs.map((d) => d.decorators)).toEqual([[], [], []]);
  });

  it("where a bracket before a function is open", () => {
    const text = '@app.get("/\nz")\ndef answer(x):\n    work(x)\n';
    expect(sketch(text).sketch.defs).toHaveLength(2);
    const mended = follow(sketch(text), text.replace("(x):", "薳"));
    expect(mended.sketch.defs).toHaveLength(1);
  });

  it("character by character", () => {
    const r = new Random(7);
    for (let n = 0; n < 40; n++) {
      let known = sketch(r.pick(seeds));
      const at = r.below(known.text.length);
      const typed = r.pick([
        "\n    def inner(x):\n        return x\n",
        "'''",
        "(",
        "import os\n",
        " # note",
        "\nclass A:\n    def f(self): pass\n",
        "\nx = 1\n",
        "\npass\n",
        "self.a.append(b)",
        'f"{a.b(c)}"',
      ]);
      for (let i = 0; i < typed.length; i++)
        known = follow(known, known.text.slice(0, at + i) + typed[i] + known.text.slice(at + i));
      for (let i = typed.length; i > 0; i--)
        known = follow(known, known.text.slice(0, at + i - 1) + known.text.slice(at + i));
    }
  });
});

describe("what an edit does not touch stays the same object", () => {
  const text = `import os


class A:
    def first(self):
        return self.second(os)

    def second(self, x):
        def inner():
            return x
        return inner


def third(a):
    return A().first(a)


def fourth():
    import sys
    return sys
`;
  const before = sketch(text);

  it("the whole sketch, where no word came or went", () => {
    for (const place of ["self.second(os)", "return inner\n", "return x\n", "third(a):\n", "return sys"]) {
      const at = text.indexOf(place) + place.trimEnd().length;
      const now = follow(before, `${text.slice(0, at)} # note${text.slice(at)}`);
      expect(now.sketch).toBe(before.sketch);
    }
  });

  it("all other definitions, where one got a word", () => {
    const now = follow(before, text.replace("return inner\n", "return inner or other\n"));
    const changed = now.sketch.defs.filter((d, i) => d !== before.sketch.defs[i]);
    expect(changed.map((d) => d.qualname)).toEqual(["A.second"]);
    expect(follow(now, text).sketch.defs.map((d) => d.qualname)).toEqual(before.sketch.defs.map((d) => d.qualname));
  });

  it("nothing, where definitions or imports came or went", () => {
    for (const [from, to] of [
      ["def inner", "def outer"],
      ["import sys", "import re"],
      ["def third", "def sixth"],
      ["    return A()", "return A()"],
      ["A().first(a)", "A().first(a"],
    ] as const)
      follow(before, text.replace(from, to));
  });
});
