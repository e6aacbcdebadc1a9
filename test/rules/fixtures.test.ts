/** Every rule on every fixture: what is marked is found, what is not marked is not found. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { rules } from "../../rules/index.js";
import { mendedCase } from "../fix/cases.js";
import { expected, fixturesIn, found } from "./markers.js";

const root = path.join(import.meta.dirname, "../fixtures/rules");
const ruleRoot = path.join(import.meta.dirname, "../../rules");
/** Narrows a run by hand: `FIXTURES=raw-llm npx vitest run test/rules`. */
const wanted = process.env.FIXTURES ?? "";

for (const rule of readdirSync(root).filter((r) => r.includes(wanted))) {
  describe(rule, () => {
    for (const fixture of fixturesIn(path.join(root, rule))) {
      it(fixture.name, async () => {
        expect(await found(fixture, rule)).toEqual(expected(fixture));
      });
    }
  });
}

describe("examples on the rules' pages", () => {
  for (const { id } of rules.filter((r) => r.id.includes(wanted))) {
    for (const fixture of fixturesIn(path.join(ruleRoot, id)).filter((f) => !f.name.endsWith(".fixed.py"))) {
      it(`${id}/${fixture.name}`, async () => {
        const marks = expected(fixture);
        expect(await found(fixture, id)).toEqual(marks);
        // A leaking example shows its rule, a safe one shows nothing of it.
        expect(marks.some((m) => m.includes(` ${id}(`))).toBe(fixture.name.startsWith("leaks"));
      });
    }
  }
});

/** A leaking example with the quick fixes of its rule applied, without the markers. */
async function mended(rule: string, name: string): Promise<string> {
  const text = readFileSync(path.join(ruleRoot, rule, name), "utf8").replace(/[ ]*# expect:.*$/gm, "");
  return mendedCase({ rule, name, before: text, after: undefined, others: {} });
}

const withFix = rules.filter((r) => r.id.includes(wanted) && existsSync(path.join(ruleRoot, r.id, "leaks.fixed.py")));

describe.runIf(withFix.length)("mended examples on the rules' pages", () => {
  it.each(withFix)("$id", async ({ id }) => {
    const text = readFileSync(path.join(ruleRoot, id, "leaks.fixed.py"), "utf8");
    expect(await mended(id, "leaks.py")).toBe(text);
    const left = await found({ name: "leaks.fixed.py", files: { "shop/views.py": text } }, id);
    expect(left.filter((f) => f.includes(` ${id}(`))).toEqual([]);
  });
});

describe("every rule", () => {
  for (const { id } of rules.filter((r) => r.id.includes(wanted))) {
    it(`${id} has leaking and clean examples and at least eight leaking fixtures`, () => {
      expect(existsSync(path.join(ruleRoot, id, "leaks.py"))).toBe(true);
      expect(existsSync(path.join(ruleRoot, id, "safe.py"))).toBe(true);
      const folder = path.join(root, id);
      const marks = existsSync(folder) ? fixturesIn(folder).flatMap((f) => expected(f)) : [];
      expect(marks.filter((m) => m.includes(` ${id}(`)).length).toBeGreaterThanOrEqual(8);
      const cases = existsSync(folder) ? fixturesIn(folder).flatMap(nearMisses) : [];
      expect(cases.length).toBeGreaterThanOrEqual(8);
    });
  }
});

/** Functions and files of the near misses: `near_miss*` files hold one case for each route, function or setting. */
function nearMisses(f: { name: string; files: Record<string, string> }): string[] {
  if (!/near/.test(f.name)) return [];
  return Object.values(f.files).flatMap((t) => t.match(/^# case\b.*$/gm) ?? []);
}
