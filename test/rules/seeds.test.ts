/** The documents that the product began with: their examples give what the catalogue settled, no more and no less. */
import path from "node:path";
import { describe, expect, it } from "vitest";
import { expected, fixturesIn, found } from "./markers.js";

describe("examples of the founding documents", () => {
  for (const fixture of fixturesIn(path.join(import.meta.dirname, "../fixtures/seeds"))) {
    it(fixture.name, async () => {
      expect(await found(fixture)).toEqual(expected(fixture));
    });
  }
});
