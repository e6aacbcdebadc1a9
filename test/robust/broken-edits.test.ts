/** What is made of a broken text does not depend on the edits that led to it. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Syntax } from "../../server/analysis/syntax/index.js";
import { testSyntax } from "../support/engine.js";
import { applyChanges, mutation } from "./lib/mutate.js";
import { Random } from "./lib/random.js";
import { seedsIn } from "./lib/seeds.js";

let syntax: Syntax;
beforeAll(async () => {
  syntax = await testSyntax();
});
const seeds = [...seedsIn(new URL("../fixtures/robust", import.meta.url).pathname)];

const formOf = (ir: { body: unknown; errors: unknown }): string => JSON.stringify([ir.body, ir.errors]);

/** A sequence of edits to one file. @returns how many of its texts were broken */
function edited(n: number, steps: number): number {
  let broken = 0;
  const r = new Random(n);
  const [file, seed] = r.pick(seeds);
  const open = syntax.open(file, seed);
  for (let i = 0; i < steps; i++) {
    const changes = mutation(open.text, r);
    const wanted = applyChanges(open.text, changes);
    open.change(changes);
    expect(open.text).toBe(wanted);
    if (open.ir.errors.length) broken++;
    expect(formOf(open.ir), `${file}, sequence ${n}, step ${i}`).toBe(formOf(syntax.lower(file, open.text)));
  }
  open.free();
  return broken;
}

describe("a broken text of usual length has the form of the same text when it is opened", () => {
  it("after any edits", () => {
    let broken = 0;
    for (let n = 0; n < 60; n++) broken += edited(n, 12);
    expect(broken).toBeGreaterThan(100);
  });

  // In each of these the parser made something else of an error when it started from the former tree.
  it.each([543, 1084, 1934, 1985])("after sequence %i", (n) => {
    expect(edited(n, 25)).toBeGreaterThan(0);
  });
});
