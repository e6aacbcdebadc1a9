/** Fixtures of fixes: where they are, and what the fixes of one rule make of a text. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { CheckSettings, Engine } from "../../server/analysis/engine-api.js";
import type { Finding, Fix } from "../../server/analysis/finding.js";
import { applyEdits } from "../../server/project/fix.js";
import { createTestEngine, testPath } from "../support/engine.js";

const folder = path.join(import.meta.dirname, "fixtures");

/** Folder of fixtures to the rule whose fixes it shows. */
export const RULE_OF: Readonly<Record<string, string>> = {
  "debug-off": "debug-enabled",
  "drop-field": "sensitive-field-in-prompt",
  "generic-error": "exception-detail-returned",
  "messages-array": "user-input-in-prompt",
  completion: "user-input-in-prompt",
  "projection-django": "missing-projection",
  "projection-dynamo": "missing-projection",
  "projection-mongo": "missing-projection",
  "projection-sql": "missing-projection",
  "redact-output": "raw-llm-output",
};

export interface Fixture {
  kind: string;
  name: string;
  rule: string;
  before: string;
  /** Undefined where no fix may be offered (`none-...`). */
  after: string | undefined;
}

/** Every fixture; `x.py` is the text before, `x.fixed.py` the text after. */
export function fixtures(): Fixture[] {
  const out: Fixture[] = [];
  for (const [kind, rule] of Object.entries(RULE_OF)) {
    for (const file of readdirSync(path.join(folder, kind)).sort()) {
      const name = /^(.+?)(?<!\.fixed)\.py$/.exec(file)?.[1];
      if (name === undefined) continue;
      const read = (n: string) => readFileSync(path.join(folder, kind, n), "utf8");
      out.push({
        kind,
        name,
        rule,
        before: read(file),
        after: name.startsWith("none-") ? undefined : read(`${name}.fixed.py`),
      });
    }
  }
  return out;
}

/** The file that a fixture stands in for: its name says nothing of development or tests. */
export const FILE = testPath("shop/views.py");

/** The findings of a rule in a text, with the fixes that are offered for each. */
export async function offered(
  text: string,
  rule: string,
  settings: Partial<CheckSettings> = {},
): Promise<{ finding: Finding; fixes: Fix[] }[]> {
  const engine = await createTestEngine({ [FILE]: text }, settings);
  try {
    return of(engine, rule).map((finding) => ({ finding, fixes: engine.fixes(finding) }));
  } finally {
    engine.dispose();
  }
}

const of = (engine: Engine, rule: string): Finding[] => engine.findings(FILE).filter((f) => f.rule === rule);

/** Applies the first fix of the first finding that has one, until none is left. */
export async function mended(text: string, rule: string, settings: Partial<CheckSettings> = {}): Promise<string> {
  let now = text;
  for (let round = 0; round < 12; round++) {
    const fix = (await offered(now, rule, settings)).find((o) => o.fixes.length)?.fixes[0];
    if (!fix) return now;
    now = applyEdits(now, fix.edits);
  }
  throw new Error("fixes are offered without end");
}
