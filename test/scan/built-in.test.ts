import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { z } from "zod";
import { checkBuiltIn } from "../../server/scan/built-in.js";
import { type BuiltIn, readBuiltIn } from "../../server/scan/data.js";
import { secretsFile } from "../../server/scan/detect/secrets.js";
import { catalogueFile } from "../../server/scan/findings.js";
import { probeFiles } from "../../server/scan/probes/schema.js";
import { weightsFile } from "../../server/scan/score.js";

const files: readonly BuiltIn<z.ZodType>[] = [secretsFile, catalogueFile, weightsFile, ...probeFiles];
const textOf = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");

describe("the built-in data", () => {
  it.each(files)("is the same in a bundle: $name", (file) => {
    const text = textOf(file.name);
    const bundled = JSON.stringify(checkBuiltIn(parse(text), `C:/checkout/${file.name}`));
    expect(bundled.startsWith('{"checked":')).toBe(true);
    expect(readBuiltIn(bundled, file)).toEqual(readBuiltIn(text, file));
  });

  it("does not get into a bundle when it is not as its schema says", () => {
    const weights: unknown = { ...parse(textOf(weightsFile.name)), repeat: "often" };
    expect(() => checkBuiltIn(weights, `/checkout/${weightsFile.name}`)).toThrow(
      /^rules\/scan\/weights\.yaml: repeat: /,
    );
  });

  it("is left as it is where the scan does not read it", () => {
    expect(checkBuiltIn({ any: 1 }, "/checkout/rules/scan/remediation.yaml")).toEqual({ any: 1 });
  });
});
