/** What of the findings is reported: those on changed lines, those that a baseline does not know. */
import { fileURLToPath } from "node:url";
import type { Finding } from "../../analysis/finding.js";
import { LineIndex } from "../../analysis/lines.js";
import { applyBaseline, readBaseline } from "../../project/baseline.js";
import type { Configs } from "../../project/configs.js";
import { absolute, join, kindOf, real, toSlashes } from "../../project/paths.js";
import { changesSince, touches } from "../../project/since.js";
import type { CheckOptions } from "./check-options.js";
import type { Context } from "./context.js";

/**
 * @param text text of a file as it was checked
 * @param root folder that fingerprints are relative to
 * @returns the findings to report, and how many the baseline took away
 * @throws UsageError when git cannot tell what changed, or the baseline cannot be read
 */
export function narrow(
  context: Context,
  options: CheckOptions,
  configs: Configs,
  all: readonly Finding[],
  text: (file: string) => string,
  root: string,
): { findings: Finding[]; known: number } {
  let findings = [...all];
  if (options.since !== undefined) {
    const changes = changesSince(options.since, context.cwd);
    const indexes = new Map<string, LineIndex>();
    const lines = (file: string): LineIndex => {
      const index = indexes.get(file) ?? new LineIndex(text(file));
      indexes.set(file, index);
      return index;
    };
    findings = findings.filter((finding) => touches(finding, changes, lines, real));
  }
  const near = configs.near(context.cwd);
  const baseline =
    options.baseline !== undefined
      ? absolute(options.baseline, context.cwd)
      : near?.config.baseline === undefined
        ? undefined
        : join(near.folder, near.config.baseline);
  // A new baseline holds everything, what the old one knew included.
  if (baseline === undefined || options.writeBaseline !== undefined) return { findings, known: 0 };
  // What the source suppresses is neither new nor known.
  const open = findings.filter((finding) => !finding.suppressed);
  const { fresh, known } = applyBaseline(open, readBaseline(baseline), {
    root,
    text,
    fileOf: (uri) => fileOfUri(uri, context.cwd),
    exists: (file) => kindOf(file) !== undefined,
  });
  const kept = new Set(fresh);
  return { findings: findings.filter((finding) => finding.suppressed || kept.has(finding)), known: known.length };
}

/** The file that a result's address means. */
function fileOfUri(uri: string, cwd: string): string | undefined {
  try {
    return uri.startsWith("file:") ? toSlashes(fileURLToPath(uri)) : absolute(decodeURIComponent(uri), cwd);
  } catch {
    return undefined;
  }
}
