/** Every shape of flow times every rule about flows: the marked line is found, and nothing when the source is harmless. */
import { describe, expect, it } from "vitest";
import { expected, found } from "../rules/markers.js";
import { KNOWN_MISSES } from "./known-misses.js";
import { program } from "./program.js";
import { cells, directionsOf } from "./rules.js";
import { shapes } from "./shapes.js";

const seen = new Set<string>();

for (const cell of cells) {
  describe(cell.rule, () => {
    for (const shape of shapes) {
      for (const d of directionsOf(cell)) {
        const key = `${cell.rule} / ${shape.name} / ${d}`;
        const shapeKey = `${shape.name} / ${d}`;
        seen.add(shapeKey).add(key);
        const missed = KNOWN_MISSES[shapeKey] !== undefined || KNOWN_MISSES[key] !== undefined;
        const of = async (files: Record<string, string>): Promise<string[]> =>
          (await found({ name: key, files }, cell.rule)).filter((f) => f.includes(` ${cell.rule}(`));
        const lines = (marks: readonly string[]): string[] => marks.map((m) => m.replace(/\(\w+\)$/, ""));
        const leak = program(cell, shape, d);

        it(`${shape.name}, ${d}${missed ? " (a known miss)" : ""}`, async () => {
          const marks = lines(expected({ name: key, files: leak }));
          expect(marks.length).toBe(1);
          const got = lines(await of(leak));
          if (missed) expect(got).not.toEqual(marks);
          else expect(got).toEqual(marks);
          expect(await of(program(cell, shape, d, true))).toEqual([]);
        });
      }
    }
  });
}

it("every known miss is in the matrix of the matrix", () => {
  expect(Object.keys(KNOWN_MISSES).filter((k) => !seen.has(k))).toEqual([]);
});
