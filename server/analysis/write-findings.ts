/** From what the rules reported of a file to its findings: settings, suppressions, fingerprints. */
import type { Drawn } from "./candidate.js";
import type { CheckSettings } from "./engine-api.js";
import type { Finding } from "./finding.js";
import { fingerprintsOf } from "./fingerprint.js";
import type { ModuleIR } from "./ir.js";
import type { Knowledge } from "./knowledge.js";
import { findSuppression, suppressionsOf } from "./suppression.js";
import { UNUSED_SUPPRESSION, unusedSuppressions } from "./unused-suppressions.js";

export interface FileToWrite {
  file: string;
  text: string;
  /** Undefined where the file cannot be read. */
  ir: ModuleIR | undefined;
  settings: CheckSettings;
  /** Everything was looked at: a comment that suppresses nothing has no use. */
  complete: boolean;
  /** Folder that fingerprints are relative to. */
  root: string;
}

/** The findings of a file, by position. @param candidates each cause once */
export function writeFindings(about: FileToWrite, candidates: readonly Drawn[], knowledge: Knowledge): Finding[] {
  const { file, text, ir, settings } = about;
  const suppressions = ir ? suppressionsOf(ir) : [];
  const out: Finding[] = [];
  for (const d of candidates) {
    const { start, end } = d;
    const rule = knowledge.rules[d.rule];
    if (!rule || !knowledge.counts(rule, file)) continue;
    // A comment for a rule that is switched off at present is no unused one.
    const suppression = ir && findSuppression(suppressions, text, ir, rule.meta.id, start, end);
    const override = settings.levels[rule.meta.id];
    if (override === "off") continue;
    const level = override ?? d.level;
    if (
      settings.preset === "recommended" &&
      override === undefined &&
      (rule.meta.preset === "strict" || level === "hint")
    )
      continue;
    const finding = asFinding(d, rule.meta.id, level);
    out.push(suppression ? { ...finding, suppressed: { reason: suppression.reason } } : finding);
  }
  const level = settings.levels[UNUSED_SUPPRESSION] ?? "hint";
  if (suppressions.length && ir && !ir.errors.length && !ir.truncated && about.complete && level !== "off") {
    const known = new Set(knowledge.rules.map((rule) => rule.meta.id));
    out.push(...unusedSuppressions({ file, text, ir, suppressions, known, level }));
  }
  out.sort((a, b) => a.start - b.start || a.end - b.end || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0));
  const known = fingerprintsOf(out, text, about.root);
  return out.map((finding, i) => withFingerprint(finding, known[i] ?? ""));
}

/** The findings that were made of candidates: what did not move stays the same object from keystroke to keystroke. */
const written = new WeakMap<Drawn, Finding>();

function asFinding(d: Drawn, rule: string, level: Finding["level"]): Finding {
  const before = written.get(d);
  if (before?.level === level && before.rule === rule) return before;
  const finding: Finding = {
    file: d.file,
    start: d.start,
    end: d.end,
    rule,
    level,
    message: d.message,
    confidence: d.doubt === 0 ? "high" : d.doubt === 1 ? "medium" : "low",
    path: d.path,
    related: d.related,
    fixes: d.fixes,
    fingerprint: "",
  };
  written.set(d, finding);
  return finding;
}

/** A finding that was handed out before is not touched any more. */
function withFingerprint(finding: Finding, fingerprint: string): Finding {
  if (finding.fingerprint === fingerprint) return finding;
  if (finding.fingerprint) return { ...finding, fingerprint };
  finding.fingerprint = fingerprint;
  return finding;
}
