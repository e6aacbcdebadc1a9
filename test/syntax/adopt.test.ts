/** A file that is opened with the form that its text already has. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Syntax } from "../../server/analysis/syntax/index.js";
import { mutation } from "../robust/lib/mutate.js";
import { Random } from "../robust/lib/random.js";
import { seedsIn } from "../robust/lib/seeds.js";
import { testSyntax } from "../support/engine.js";

let syntax: Syntax;
beforeAll(async () => {
  syntax = await testSyntax();
});
const seeds = [...seedsIn(new URL("../fixtures/robust", import.meta.url).pathname)];

describe("opened with a known form", () => {
  it("takes over the form of healthy texts as it is", () => {
    for (const [file, text] of seeds) {
      const known = syntax.lower(file, text);
      const open = syntax.open(file, text, known);
      expect(open.ir === known).toBe(known.errors.length === 0 && !known.truncated);
      open.free();
    }
  });

  it("follows edits as one that was lowered anew", () => {
    const r = new Random(42);
    for (const [file, text] of seeds) {
      const open = syntax.open(file, text, syntax.lower(file, text));
      for (let i = 0; i < 12; i++) {
        const before = open.text;
        open.change(mutation(open.text, r));
        expect(open.ir).toEqual(syntax.lower(file, open.text));
        if (i % 3) continue;
        open.change([{ start: 0, end: open.text.length, text: before }]);
        expect(open.ir).toEqual(syntax.lower(file, before));
      }
      open.free();
    }
  });

  it("lowers anew where the form is of another text", () => {
    const known = syntax.lower("/a.py", "x = 1\n\n\ndef f():\n    pass\n");
    const text = "x = 1\n\n\n\ndef f():\n    pass\n";
    const open = syntax.open("/a.py", text, known);
    expect(open.ir).not.toBe(known);
    expect(open.ir).toEqual(syntax.lower("/a.py", text));
    open.free();
  });

  it("lowers broken texts anew", () => {
    const text = "def f(:\n    return\n\n\ny = 2\n";
    const known = syntax.lower("/a.py", text);
    const open = syntax.open("/a.py", text, known);
    expect(open.ir).not.toBe(known);
    expect(open.ir).toEqual(known);
    open.free();
  });
});
