import { beforeAll, describe, expect, it } from "vitest";
import type { Syntax } from "../../server/analysis/syntax/index.js";
import { testSyntax } from "../support/engine.js";
import { engineOver, faults } from "./lib/engines.js";
import { hostilePrograms } from "./lib/hostile.js";

let syntax: Syntax;
beforeAll(async () => {
  syntax = await testSyntax();
});

const programs = hostilePrograms(200);

describe("programs that nobody writes by hand", () => {
  it.each([...programs.keys()])("are read to the end: %s", (name) => {
    const texts = programs.get(name) ?? new Map<string, string>();
    const engine = engineOver(syntax, texts);
    const findings = engine.allFindings();
    expect(faults(findings, texts)).toEqual([]);
    for (const note of engine.notes()) expect(note.reason).toMatch(/^[\w`].{10,}/);
    engine.dispose();
  });

  it.each([
    ["a chain of calls", /deeper than \d+ functions|through \d+ calls/],
    ["everybody calls everybody", /holds too many values/],
    ["functions in a function that call each other in loops", /called too often to be followed/],
    ["objects that grow in every branch", /only the outer ones are followed/],
    ["a deep hierarchy", /more than \d+ base classes/],
    ["deep calls through deep calls", /nested too deeply/],
    ["a long chain of elif", /nested too deeply/],
  ])("say which bound was hit: %s", (name, words) => {
    const engine = engineOver(syntax, hostilePrograms(1000).get(name) ?? new Map());
    engine.allFindings();
    expect(
      engine
        .notes()
        .map((n) => n.reason)
        .join("\n"),
    ).toMatch(words);
    engine.dispose();
  });
});
