/** Fixes as text before and after, with the cases in which none may be offered. */
import { describe, expect, test } from "vitest";
import { fixCases, mendedCase, offeredIn } from "./cases.js";

const all = fixCases();

describe.each([...new Set(all.map((c) => c.rule))])("%s", (rule) => {
  const cases = all.filter((c) => c.rule === rule);

  test("has cases with a fix and cases in which none is offered", () => {
    expect(cases.filter((c) => c.after !== undefined).length).toBeGreaterThanOrEqual(3);
    expect(cases.filter((c) => c.after === undefined).length).toBeGreaterThanOrEqual(2);
    for (const c of cases) expect(c.name.startsWith("none")).toBe(c.after === undefined);
  });

  test.each(cases.filter((c) => c.after !== undefined))("$name", async (c) => {
    expect(await mendedCase(c)).toBe(c.after);
  });

  test.each(cases.filter((c) => c.after === undefined))("$name: there is a finding, and no fix for it", async (c) => {
    const found = await offeredIn(c, c.before);
    expect(found.length).toBeGreaterThan(0);
    expect(found.flatMap((f) => f.fixes.map((x) => x.title))).toEqual([]);
  });
});
