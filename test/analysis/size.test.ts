import { describe, expect, it } from "vitest";
import type { Label } from "../../server/analysis/flow/labels.js";
import { compactArgument } from "../../server/analysis/flow/size.js";
import {
  constant,
  deepLabels,
  dictOf,
  labelled,
  listOf,
  NOWHERE,
  type Value,
} from "../../server/analysis/flow/value.js";

const answer: Label = {
  kind: "llm",
  key: "answer",
  step: { loc: NOWHERE, msg: "the model answers", prev: undefined },
  path: [],
  cleared: 0,
  weak: 0,
  doubt: 0,
  what: "the answer",
};

/** Dictionaries in dictionaries, so many at each level. */
const nested = (width: number, depth: number): Value =>
  depth === 0
    ? labelled([answer])
    : dictOf(new Map(Array.from({ length: width }, (_, i) => [`key_${i}`, nested(width, depth - 1)])));

describe("an argument", () => {
  it("of the size that people write stays as it is", () => {
    const value = listOf([nested(6, 3), constant("text")]);
    let cuts = 0;
    expect(compactArgument(value, () => cuts++)).toBe(value);
    expect(cuts).toBe(0);
  });

  it("that is larger is reduced to what it holds, and says so each time", () => {
    const value = nested(9, 4);
    let cuts = 0;
    const once = compactArgument(value, () => cuts++);
    const again = compactArgument(value, () => cuts++);
    expect(again).toBe(once);
    expect(once).not.toBe(value);
    expect(cuts).toBe(2);
    expect([...(once.fields?.keys() ?? [])]).toContain("key_8");
    expect(deepLabels(once).map((l) => l.key)).toEqual(["answer"]);
  });
});
