/**
 * Cases of fixes, several in a file: `#%% name` begins a program, `#%% fixed` what its rule's fixes make of it, and a name that
 * begins with `none` one for which no fix may be offered. `#%% file models.py` adds another file to the program.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Finding, Fix } from "../../server/analysis/finding.js";
import { applyEdits } from "../../server/project/fix.js";
import { createTestEngine } from "../support/engine.js";
import { FILE } from "./apply.js";

const folder = path.join(import.meta.dirname, "cases");

export interface FixCase {
  rule: string;
  name: string;
  before: string;
  /** Undefined where no fix may be offered. */
  after: string | undefined;
  others: Record<string, string>;
}

/** Every case, by the rule that the file is named after. */
export function fixCases(): FixCase[] {
  return readdirSync(folder)
    .sort()
    .flatMap((file) => parse(file.replace(/\.py$/, ""), readFileSync(path.join(folder, file), "utf8")));
}

function parse(rule: string, text: string): FixCase[] {
  const out: FixCase[] = [];
  for (const part of text.split(/^#%% /m).slice(1)) {
    const end = part.indexOf("\n");
    const head = part.slice(0, end).trim();
    const body = `${part.slice(end + 1).trimEnd()}\n`;
    const last = out.at(-1);
    if (head === "fixed" && last) last.after = body;
    else if (head.startsWith("file ") && last) last.others[head.slice(5)] = body;
    else out.push({ rule, name: head, before: body, after: undefined, others: {} });
  }
  return out;
}

/** The findings of the case's rule in a text, with the fixes that are offered for each. */
export async function offeredIn(c: FixCase, text: string): Promise<{ finding: Finding; fixes: Fix[] }[]> {
  const beside = Object.entries(c.others).map(([name, t]) => [FILE.replace(/[^/]+$/, name), t] as const);
  const engine = await createTestEngine({ [FILE]: text, ...Object.fromEntries(beside) }, { preset: "strict" });
  try {
    return engine
      .findings(FILE)
      .filter((f) => f.rule === c.rule)
      .map((finding) => ({ finding, fixes: engine.fixes(finding) }));
  } finally {
    engine.dispose();
  }
}

/** Applies the first fix of the first finding that has one, until none is left. */
export async function mendedCase(c: FixCase): Promise<string> {
  let now = c.before;
  for (let round = 0; round < 12; round++) {
    const fix = (await offeredIn(c, now)).find((o) => o.fixes.length)?.fixes[0];
    if (!fix) return now;
    now = applyEdits(now, fix.edits);
  }
  throw new Error("fixes are offered without end");
}
