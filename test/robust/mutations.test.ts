import { beforeAll, describe, expect, it } from "vitest";
import type { Syntax } from "../../server/analysis/syntax/index.js";
import { testSyntax } from "../support/engine.js";
import { brokenFile, brokenProject, editedProject } from "./lib/cases.js";
import { seedsIn } from "./lib/seeds.js";

let syntax: Syntax;
beforeAll(async () => {
  syntax = await testSyntax();
});
const seeds = seedsIn(new URL("../fixtures/robust", import.meta.url).pathname);

describe("mutated files", () => {
  it.each([0, 1, 2, 3, 4, 5])("give well-formed findings, part %i", (part) => {
    let findings = 0;
    const faults: string[] = [];
    for (let n = part * 300; n < part * 300 + 300; n++) {
      const out = brokenFile(syntax, seeds, n);
      findings += out.findings;
      faults.push(...out.faults);
    }
    expect(faults).toEqual([]);
    expect(findings).toBeGreaterThan(100);
  });

  it("do not upset the rest of their project", () => {
    const faults: string[] = [];
    for (let n = 0; n < 25; n++) faults.push(...brokenProject(syntax, seeds, n).faults);
    expect(faults).toEqual([]);
  });
});

describe("edits over several files", () => {
  it.each([0, 1, 2])("leave the findings of a fresh engine, part %i", (part) => {
    const faults: string[] = [];
    let findings = 0;
    for (let n = part * 3; n < part * 3 + 3; n++) {
      const out = editedProject(syntax, seeds, n, 25, 4);
      faults.push(...out.faults);
      findings += out.findings;
    }
    expect(faults).toEqual([]);
    expect(findings).toBeGreaterThan(50);
  });

  // Middleware that a settings file lists; an import that goes; a file that comes back while others change; a function that
  // goes with the handler it registered; a name of hundreds of characters; a file that is open and gone from the disk; a function
  // that no longer registers its handler; a model call in a function that a route reaches; a method
  // that only a broken text hides, in a file that ceases to matter; a call that moves in a function
  // whose result was the same at every level.
  it.each([14, 129, 99, 884, 1269, 308, 10314, 11994, 22859, 51124])(
    "leave the findings of a fresh engine where they once did not, case %i",
    (n) => {
      const out = editedProject(syntax, seeds, n, 25);
      expect(out.faults).toEqual([]);
      expect(out.findings).toBeGreaterThan(50);
    },
  );
});
