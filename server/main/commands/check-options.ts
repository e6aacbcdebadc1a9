/** Options of `spillcheck check`, as the parser gives them. */
import type { Level } from "../../analysis/finding.js";
import { UsageError } from "../../project/errors.js";
import { formatForFile } from "./save.js";

export const formats = ["text", "json", "sarif", "junit", "markdown", "github"] as const;
export const failLevels = ["hint", "info", "warning", "error", "never"] as const;
export type Format = (typeof formats)[number];

export interface CheckOptions {
  format: Format;
  output?: string;
  save?: string[];
  preset?: "recommended" | "strict";
  config?: string;
  baseline?: string;
  writeBaseline?: string;
  failOn: Level | "never";
  jobs?: number;
  fix?: true;
  dryRun?: true;
  since?: string;
  include?: string[];
  exclude?: string[];
  stdinFilename?: string;
}

/** @throws UsageError when options contradict each other */
export function refuseContradictions(paths: readonly string[], options: CheckOptions): void {
  for (const file of options.save ?? []) formatForFile(file, formats);
  for (const name of ["include", "exclude"] as const) {
    if (options[name]?.some((pattern) => pattern.trim() === "")) throw new UsageError(`--${name} needs a pattern.`);
  }
  if (options.dryRun && !options.fix) throw new UsageError("--dry-run only goes with --fix.");
  if (options.fix && (options.since !== undefined || options.baseline !== undefined)) {
    throw new UsageError("--fix mends everything that it can; leave --since and --baseline out.");
  }
  if (options.writeBaseline !== undefined) {
    const against = (["baseline", "since", "fix", "stdinFilename"] as const).find(
      (name) => options[name] !== undefined,
    );
    if (against === "baseline") throw new UsageError("--write-baseline makes a new baseline; leave --baseline out.");
    if (against) throw new UsageError("--write-baseline takes everything that is found; leave the other options out.");
  }
  if (options.stdinFilename === undefined) return;
  if (paths.length > 0) throw new UsageError("--stdin-filename takes no paths beside it.");
  if (options.fix) throw new UsageError("--fix cannot mend standard input; give the file instead.");
  if (options.since !== undefined)
    throw new UsageError("--since cannot compare standard input; give the file instead.");
}
