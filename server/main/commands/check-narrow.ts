/** What of the findings is reported: those on changed lines, those that a baseline does not know. */
import type { Finding } from "../../analysis/finding.js";
import { LineIndex } from "../../analysis/lines.js";
import { applyBaseline, readBaseline } from "../../project/baseline.js";
import type { Configs } from "../../project/configs.js";
import { absolute, join, real } from "../../project/paths.js";
import { changesSince, touches } from "../../project/since.js";
import type { CheckOptions } from "./check-options.js";
import type { Context } from "./context.js";

/**
 * @param text text of a file as it was checked
 * @returns the findings to report, and how many the baseline took away
 * @throws UsageError when git cannot tell what changed, or the baseline cannot be read
 */
export function narrow(
  context: Context,
  options: CheckOptions,
  configs: Configs,
  all: readonly Finding[],
  text: (file: string) => string,
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
  if (baseline === undefined) return { findings, known: 0 };
  // What the source suppresses is neither new nor known.
  const open = findings.filter((finding) => !finding.suppressed);
  const { fresh, known } = applyBaseline(open, readBaseline(baseline));
  const kept = new Set(fresh);
  return { findings: findings.filter((finding) => finding.suppressed || kept.has(finding)), known: known.length };
}
