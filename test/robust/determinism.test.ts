import { beforeAll, describe, expect, it } from "vitest";
import type { Syntax } from "../../server/analysis/syntax/index.js";
import { testSyntax } from "../support/engine.js";
import { engineOver, printed } from "./lib/engines.js";
import { mutated } from "./lib/mutate.js";
import { Random } from "./lib/random.js";
import { seedsIn } from "./lib/seeds.js";

let syntax: Syntax;
beforeAll(async () => {
  syntax = await testSyntax();
});
const seeds = seedsIn(new URL("../fixtures/robust", import.meta.url).pathname);

function shuffled(r: Random): (files: string[]) => string[] {
  return (files) =>
    files
      .map((f) => ({ f, at: r.next() }))
      .sort((a, b) => a.at - b.at)
      .map(({ f }) => f);
}

function all(texts: ReadonlyMap<string, string>, order?: (files: string[]) => string[]): string[] {
  const engine = engineOver(syntax, texts, order);
  const out = printed(engine.allFindings());
  engine.dispose();
  return out;
}

describe("the same input gives the same findings in the same order", () => {
  it("twice in one process", () => {
    const findings = all(seeds);
    expect(findings.length).toBeGreaterThan(15);
    expect(all(seeds)).toEqual(findings);
  });

  it("whatever order the files are named in", () => {
    const r = new Random(5);
    for (let i = 0; i < 6; i++) {
      const texts = new Map([...seeds].map(([file, text]) => [file, i ? mutated(text, r, 1) : text]));
      expect(all(texts, shuffled(r))).toEqual(all(texts));
    }
  });

  it("whichever file is asked about first", () => {
    const wanted = all(seeds);
    for (const file of seeds.keys()) {
      const engine = engineOver(syntax, seeds);
      const own = printed(engine.findings(file));
      expect(own).toEqual(wanted.filter((line) => line.startsWith(`${file} | `)));
      engine.dispose();
    }
  });
});
