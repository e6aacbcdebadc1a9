/** Fixes as text before and after, with the cases in which none may be offered. */
import { describe, expect, test } from "vitest";
import { createTestEngine, testSyntax } from "../support/engine.js";
import { FILE, fixtures, mended, offered, RULE_OF } from "./apply.js";

const all = fixtures();

describe.each(Object.keys(RULE_OF))("%s", (kind) => {
  const cases = all.filter((f) => f.kind === kind);

  test("has ten cases or more, with some in which no fix is offered", () => {
    expect(cases.length).toBeGreaterThanOrEqual(10);
    expect(cases.some((c) => c.after === undefined)).toBe(true);
  });

  test.each(cases.filter((c) => c.after !== undefined))("$name", async ({ before, after, rule }) => {
    expect(await mended(before, rule)).toBe(after);
  });

  test.each(cases.filter((c) => c.after === undefined))(
    "$name: there is a finding, and no fix for it",
    async ({ before, rule, name }) => {
      const found = await offered(before, rule);
      if (!/none-from-environment/.test(name)) expect(found.length).toBeGreaterThan(0);
      expect(found.flatMap((f) => f.fixes.map((x) => x.title))).toEqual([]);
    },
  );
});

describe("every fix", () => {
  test.each(all)("$kind/$name: each one that is offered parses, and takes a finding away", async ({ before }) => {
    const syntax = await testSyntax();
    const engine = await createTestEngine({ [FILE]: before });
    const findings = engine.findings(FILE);
    const errors = syntax.lower(FILE, before).errors.length;
    for (const finding of findings) {
      for (const fix of engine.fixes(finding)) {
        expect(fix.title).toMatch(/^[A-Z][^.]*$/);
        engine.open(FILE, before);
        for (const edit of [...fix.edits].sort((a, b) => b.start - a.start || b.end - a.end))
          engine.change(FILE, [edit]);
        const after = engine.findings(FILE);
        expect(after.length).toBeLessThan(findings.length);
        engine.close(FILE);
        const text = fix.edits.length;
        expect(text).toBeGreaterThan(0);
      }
    }
    expect(syntax.lower(FILE, before).errors.length).toBe(errors);
    engine.dispose();
  });
});
