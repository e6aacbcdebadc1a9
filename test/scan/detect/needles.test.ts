import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesAt, matchesIn, Needles, windows } from "../../../server/scan/detect/needles.js";

const needle = fc.string({ unit: fc.constantFrom("a", "b", "B", "-", "1"), minLength: 1, maxLength: 4 });
const text = fc.string({ unit: fc.constantFrom("a", "A", "b", "B", "-", "1", "é", "\n"), maxLength: 60 });

/** Every place of a needle, letter case aside, the slow way. */
function placesOf(where: string, what: string): number[] {
  const found: number[] = [];
  const lower = where.toLowerCase();
  for (let at = lower.indexOf(what.toLowerCase()); at >= 0; at = lower.indexOf(what.toLowerCase(), at + 1))
    found.push(at);
  return found;
}

describe("the automaton", () => {
  it("finds what a search for each needle finds", () => {
    fc.assert(
      fc.property(fc.array(fc.array(needle, { maxLength: 3 }), { maxLength: 5 }), text, (groups, where) => {
        const places = new Needles(groups).find(where);
        groups.forEach((needles, i) => {
          const wanted = [...new Set(needles.map((each) => each.toLowerCase()))].flatMap((each) =>
            placesOf(where, each),
          );
          expect([...(places[i] ?? [])].sort((a, b) => a - b)).toEqual(wanted.sort((a, b) => a - b));
        });
      }),
    );
  });
});

describe("groups of the same needles", () => {
  it("have the same places", () => {
    const places = new Needles([["sk-"], ["SK"], ["SK-"], []]).find("ask-sk-");
    expect(places).toEqual([[1, 4], [1, 4], [1, 4], []]);
  });
});

describe("windows", () => {
  it("cover every place with what is around it, in order and apart from each other", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(200), { maxLength: 20 }),
        fc.nat(20),
        fc.integer({ min: 1, max: 20 }),
        (unsorted, before, after) => {
          const places = [...unsorted].sort((a, b) => a - b);
          const list = windows(places, 201, before, after);
          for (const at of places)
            expect(
              list.some(({ start, end }) => start <= Math.max(0, at - before) && end >= Math.min(201, at + after)),
            ).toBe(true);
          for (let i = 1; i < list.length; i++) expect(list[i]?.start).toBeGreaterThan(list[i - 1]?.end ?? 0);
        },
      ),
    );
  });

  it("give matches with their place in the whole text, and none that is cut off", () => {
    const where = `${"x".repeat(30)} key-12345 ${"y".repeat(30)}`;
    const found = [...matchesIn(where, /\w+-\d+/g, windows([31], where.length, 5, 20))];
    expect(found.map(({ match, index }) => [match[0], index])).toEqual([["key-12345", 31]]);
    expect([...matchesIn(where, /x+/g, windows([31], where.length, 5, 20))]).toEqual([]);
  });
});

describe("matches at places", () => {
  it("begin there, and are not looked for again inside of a match", () => {
    const found = [...matchesAt("key-key-1 key-2", /key-[\w-]+/y, [0, 4, 10])];
    expect(found.map(({ match }) => match[0])).toEqual(["key-key-1", "key-2"]);
    expect([...matchesAt("a key-1", /key-\d/y, [0, 1])]).toEqual([]);
  });
});
