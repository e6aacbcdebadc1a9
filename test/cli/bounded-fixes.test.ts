import { describe, expect, it } from "vitest";
import type { Finding, Fix } from "../../server/analysis/finding.js";
import { effort } from "../../server/analysis/flow/effort.js";
import { BoundedFixes } from "../../server/main/commands/bounded-fixes.js";

const finding = {} as Finding;
const fix: Fix = { title: "Turn debug mode off", effort: "trivial", edits: [] } as unknown as Fix;

/** An engine in which trying the fixes of a finding takes so many steps. */
const engineOf = (steps: number) => ({
  fixes: () => {
    effort.done += steps;
    return [fix];
  },
});

describe("fixes that are shown beside findings", () => {
  it("are tried while that costs little", () => {
    const fixes = new BoundedFixes(engineOf(10), 1000);
    expect([1, 2, 3].map(() => fixes.of(finding))).toEqual([[fix], [fix], [fix]]);
    expect(fixes.note).toBeUndefined();
  });

  it("are tried no more once that took more than it may, which is said", () => {
    const fixes = new BoundedFixes(engineOf(600), 1000);
    const found = [1, 2, 3, 4].map(() => fixes.of(finding).length);
    expect(found).toEqual([1, 1, 0, 0]);
    expect(fixes.note).toBe(
      "Fixes for 2 more findings were not tried: that would have taken longer than the check. Check fewer files to see them.",
    );
  });

  it("may take as much as was done before, and some", () => {
    effort.done = 5_000_000;
    const fixes = new BoundedFixes(engineOf(3_000_000));
    expect([1, 2, 3, 4].map(() => fixes.of(finding).length)).toEqual([1, 1, 1, 0]);
    expect(fixes.note).toMatch(/^Fixes for one more finding were not tried/);
  });
});
