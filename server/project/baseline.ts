/** Baselines: an earlier result, whose findings are not reported again. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Finding } from "../analysis/finding.js";
import { fingerprintName } from "../analysis/version.js";
import { ioReason, UsageError } from "./errors.js";

const jsonResult = z.object({ findings: z.array(z.object({ rule: z.string(), fingerprint: z.string() })) });
const sarifResult = z.object({
  runs: z.array(
    z.object({
      results: z
        .array(
          z.object({
            ruleId: z.string().optional(),
            partialFingerprints: z.record(z.string(), z.string()).optional(),
          }),
        )
        .optional(),
    }),
  ),
});

/** Known findings: how many of each rule and fingerprint. */
export type Baseline = ReadonlyMap<string, number>;

/**
 * @param file JSON or SARIF, as `check --format json|sarif` writes it
 * @throws UsageError when the file cannot be read or holds neither
 */
export function readBaseline(file: string): Baseline {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`The baseline ${file} cannot be read: ${ioReason(error)}.`);
  }
  let data: unknown;
  try {
    data = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    throw new UsageError(`The baseline ${file} is not JSON; make one with check --format json --output FILE.`);
  }
  const known = new Map<string, number>();
  const add = (rule: string, fingerprint: string): void => {
    const key = `${rule} ${fingerprint}`;
    known.set(key, (known.get(key) ?? 0) + 1);
  };
  const json = jsonResult.safeParse(data);
  if (json.success) {
    for (const { rule, fingerprint } of json.data.findings) add(rule, fingerprint);
    return known;
  }
  const sarif = sarifResult.safeParse(data);
  if (!sarif.success) {
    throw new UsageError(`The baseline ${file} is neither a JSON nor a SARIF result of spillcheck check.`);
  }
  for (const run of sarif.data.runs) {
    for (const result of run.results ?? []) {
      const fingerprint = result.partialFingerprints?.[fingerprintName];
      if (result.ruleId !== undefined && fingerprint !== undefined) add(result.ruleId, fingerprint);
    }
  }
  return known;
}

/**
 * Splits findings into new ones and known ones. A fingerprint that the baseline holds n times covers n findings, so a copy
 * of an old mistake is new.
 */
export function applyBaseline(
  findings: readonly Finding[],
  baseline: Baseline,
): { fresh: Finding[]; known: Finding[] } {
  const left = new Map(baseline);
  const fresh: Finding[] = [];
  const known: Finding[] = [];
  for (const finding of findings) {
    const key = `${finding.rule} ${finding.fingerprint}`;
    const count = left.get(key) ?? 0;
    if (count > 0) {
      left.set(key, count - 1);
      known.push(finding);
    } else fresh.push(finding);
  }
  return { fresh, known };
}
