/** Words found in one pass, against looking for each by itself. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WordsWithin } from "../../server/analysis/words-within.js";

const found = (groups: readonly (readonly string[])[], text: string): number =>
  groups.reduce((mask, words, n) => (words.some((word) => text.includes(word)) ? mask | (1 << n) : mask), 0);

describe("words within a text", () => {
  it("finds words inside and at the end of others", () => {
    const groups = [["she"], ["he"], ["hers"], ["his"], ["us"]];
    const words = new WordsWithin(groups);
    expect(words.of("ushers")).toBe(0b10111);
    expect(words.of("this")).toBe(0b01000);
    expect(words.of("")).toBe(0);
  });

  it("takes characters beyond ASCII for none of a word", () => {
    const words = new WordsWithin([["ab"], ["é".normalize("NFD").slice(0, 1)]]);
    expect(words.of("aéb a\u{1F600}b \ud800ab")).toBe(0b01);
    expect(words.of("é")).toBe(0);
  });

  it("stops where it knows enough", () => {
    const words = new WordsWithin([["first"], ["second"]]);
    expect(words.of("first second", 0b01)).toBe(0b01);
    expect(words.of("first second", 0b10)).toBe(0b11);
  });

  it("says when there are too many groups", () => {
    expect(() => new WordsWithin(Array.from({ length: 32 }, () => ["x"]))).toThrow(RangeError);
  });

  it("agrees with looking for each word by itself", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "_", "("), minLength: 1, maxLength: 5 });
    const groups = fc.array(fc.array(word, { maxLength: 4 }), { minLength: 1, maxLength: 31 });
    const text = fc.string({ unit: fc.constantFrom("a", "b", "_", "(", "é", "\u{1F600}"), maxLength: 60 });
    fc.assert(
      fc.property(groups, text, (g, t) => {
        expect(new WordsWithin(g).of(t)).toBe(found(g, t));
      }),
    );
  });
});
