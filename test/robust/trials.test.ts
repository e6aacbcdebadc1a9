/** What another text would come to is asked in the engine that is in use, as quick fixes do: nothing of it may stay. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Syntax } from "../../server/analysis/syntax/index.js";
import { testSyntax } from "../support/engine.js";
import { triedProject } from "./lib/cases.js";
import { seedsIn } from "./lib/seeds.js";

let syntax: Syntax;
beforeAll(async () => {
  syntax = await testSyntax();
});
const seeds = seedsIn(new URL("../fixtures/robust", import.meta.url).pathname);

describe("texts that are tried", () => {
  it.each([0, 1, 2, 3])("leave the findings of a fresh engine, part %i", (part) => {
    const faults: string[] = [];
    let findings = 0;
    for (let n = part * 2; n < part * 2 + 2; n++) {
      const out = triedProject(syntax, seeds, n, 12);
      faults.push(...out.faults);
      findings += out.findings;
    }
    expect(faults).toEqual([]);
    expect(findings).toBeGreaterThan(50);
  });
});
