/** Baselines: an earlier result, whose findings are not reported again. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Finding } from "../analysis/finding.js";
import { fileBelow, fingerprintIn } from "../analysis/fingerprint.js";
import { fingerprintName } from "../analysis/version.js";
import { ioReason, UsageError } from "./errors.js";

const jsonResult = z.object({
  findings: z.array(
    z.object({ rule: z.string(), fingerprint: z.string(), location: z.object({ uri: z.string() }).optional() }),
  ),
});
const sarifResult = z.object({
  runs: z.array(
    z.object({
      results: z
        .array(
          z.object({
            ruleId: z.string().optional(),
            partialFingerprints: z.record(z.string(), z.string()).optional(),
            locations: z
              .array(
                z.object({
                  physicalLocation: z
                    .object({ artifactLocation: z.object({ uri: z.string().optional() }).optional() })
                    .optional(),
                }),
              )
              .optional(),
          }),
        )
        .optional(),
    }),
  ),
});

/** Known findings. */
export interface Baseline {
  /** How many of each rule and fingerprint. */
  known: ReadonlyMap<string, number>;
  /** Addresses of the files in which they stood, as the result names them. */
  uris: ReadonlySet<string>;
}

/** What is needed to know findings again in a file that was renamed. */
export interface Renames {
  /** Folder that fingerprints are relative to. */
  root: string;
  /** The file that an address of the baseline means: an absolute path. Undefined when it means none. */
  fileOf(uri: string): string | undefined;
  exists(file: string): boolean;
  text(file: string): string;
}

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
  const uris = new Set<string>();
  const add = (rule: string, fingerprint: string, uri: string | undefined): void => {
    const key = `${rule} ${fingerprint}`;
    known.set(key, (known.get(key) ?? 0) + 1);
    if (uri !== undefined) uris.add(uri);
  };
  const json = jsonResult.safeParse(data);
  if (json.success) {
    for (const { rule, fingerprint, location } of json.data.findings) add(rule, fingerprint, location?.uri);
    return { known, uris };
  }
  const sarif = sarifResult.safeParse(data);
  if (!sarif.success) {
    throw new UsageError(`The baseline ${file} is neither a JSON nor a SARIF result of spillcheck check.`);
  }
  for (const run of sarif.data.runs) {
    for (const result of run.results ?? []) {
      const fingerprint = result.partialFingerprints?.[fingerprintName];
      if (result.ruleId !== undefined && fingerprint !== undefined) {
        add(result.ruleId, fingerprint, result.locations?.[0]?.physicalLocation?.artifactLocation?.uri);
      }
    }
  }
  return { known, uris };
}

/**
 * Splits findings into new ones and known ones. A fingerprint that the baseline holds n times covers n findings, so a copy
 * of an old mistake is new. With `renames`, what stood in a file that is gone is known again where the same code stands in
 * another file.
 */
export function applyBaseline(
  findings: readonly Finding[],
  baseline: Baseline,
  renames?: Renames,
): { fresh: Finding[]; known: Finding[] } {
  const left = new Map(baseline.known);
  const take = (rule: string, fingerprint: string): boolean => {
    const key = `${rule} ${fingerprint}`;
    const count = left.get(key) ?? 0;
    if (count > 0) left.set(key, count - 1);
    return count > 0;
  };
  let fresh = findings.filter((finding) => !take(finding.rule, finding.fingerprint));
  if (renames && fresh.length > 0) {
    const gone = goneFiles(baseline, renames);
    const ordinals = gone.length > 0 ? ordinalsOf(findings, renames) : new Map<Finding, number>();
    fresh = fresh.filter((finding) => {
      const code = renames.text(finding.file).slice(finding.start, finding.end);
      const n = ordinals.get(finding) ?? 0;
      return !gone.some((file) => take(finding.rule, fingerprintIn(file, finding.rule, code, n)));
    });
  }
  const isFresh = new Set(fresh);
  return { fresh, known: findings.filter((finding) => !isFresh.has(finding)) };
}

/** Files of the baseline that are not there any more, as fingerprints name them. */
function goneFiles(baseline: Baseline, { fileOf, exists, root }: Renames): string[] {
  return [...baseline.uris].flatMap((uri) => {
    const file = fileOf(uri);
    return file === undefined || exists(file) ? [] : [fileBelow(file, root)];
  });
}

/** How many equal findings stand before each in its file. */
function ordinalsOf(findings: readonly Finding[], { text }: Renames): Map<Finding, number> {
  const seen = new Map<string, number>();
  const out = new Map<Finding, number>();
  for (const finding of findings) {
    const code = text(finding.file).slice(finding.start, finding.end).replace(/\s+/g, "");
    const key = `${finding.file}\n${finding.rule}\n${code}`;
    const n = seen.get(key) ?? 0;
    seen.set(key, n + 1);
    out.set(finding, n);
  }
  return out;
}
