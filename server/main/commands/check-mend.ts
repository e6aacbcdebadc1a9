/** `check --fix`: applies quick fixes, or shows what they would change. */
import type { Engine } from "../../analysis/engine-api.js";
import { applyFixes, unifiedDiff } from "../../project/fix.js";
import { writeFile } from "../../project/output.js";
import { relative } from "../../project/paths.js";
import { readSource } from "../../project/read.js";
import { plural } from "../../report/check-report.js";
import { say } from "../terminal.js";
import type { Context } from "./context.js";

export interface Mending {
  engine: Engine;
  asked: readonly string[];
  text(file: string): string;
  progress(done: number, total: number): void;
}

/**
 * Applies the fixes and writes the files, or only works out the difference.
 * @returns the new texts by file, and with `dryRun` the unified diff
 */
export function mend(context: Context, run: Mending, dryRun: boolean): { changed: Map<string, string>; diff?: string } {
  const fixed = applyFixes({ ...run, refuse: notWritable });
  for (const [file, reason] of fixed.refused) {
    say(context, `${relative(file, context.cwd)} is not mended: ${reason}.`);
  }
  const files = plural(fixed.changed.size, "file");
  const fixes = fixed.applied === 1 ? "1 fix" : `${fixed.applied} fixes`;
  const changed = new Map([...fixed.changed].map(([file, { after }]) => [file, after]));
  if (dryRun) {
    say(context, `${fixes} in ${files}; nothing is written.`);
    return { changed, diff: unifiedDiff(fixed.changed, context.cwd) };
  }
  for (const [file, text] of changed) writeFile(file, text);
  if (fixed.applied > 0) say(context, `${fixes} applied in ${files}.`);
  return { changed };
}

function notWritable(file: string): string | undefined {
  const read = readSource(file);
  if ("reason" in read) return read.reason;
  return read.encoding === "utf-8"
    ? undefined
    : `it is written in ${read.encoding}, and fixes are only written as UTF-8`;
}
