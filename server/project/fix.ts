/** Applies quick fixes to a project, and shows what they would change. */
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import type { Engine } from "../analysis/engine-api.js";
import type { Edit, Finding } from "../analysis/finding.js";
import { isLate } from "../analysis/fix/index.js";
import { relative } from "./paths.js";

export interface FixRun {
  engine: Engine;
  /** Files whose findings are mended. */
  asked: readonly string[];
  /** Text of a file as it is before any fix. */
  text(file: string): string | undefined;
  /** Why a file must not be written, or undefined when it may be. */
  refuse?(file: string): string | undefined;
  progress?: (done: number, total: number) => void;
}

export interface FixOutcome {
  /** New texts of the files that changed, by path, in order. */
  changed: Map<string, { before: string; after: string }>;
  applied: number;
  /** Files with a fix that were left as they are, and why. */
  refused: Map<string, string>;
}

/**
 * Applies fixes one after another, each checked by the engine against the text as it then is, so that two fixes never
 * meet untested. Nothing is written. The engine keeps the mended texts open.
 */
export function applyFixes(run: FixRun): FixOutcome {
  const { engine } = run;
  const changed: FixOutcome["changed"] = new Map();
  const refused: FixOutcome["refused"] = new Map();
  /** Findings, or places of findings, that need no second attempt. */
  const spent = new Set<string>();
  let applied = 0;

  const current = (file: string): string | undefined => changed.get(file)?.after ?? run.text(file);

  const apply = (edits: readonly Edit[]): boolean => {
    const byFile = new Map<string, Edit[]>();
    for (const edit of edits) byFile.set(edit.file, [...(byFile.get(edit.file) ?? []), edit]);
    const next: { file: string; before: string; after: string }[] = [];
    for (const [file, own] of byFile) {
      const reason = run.refuse?.(file);
      if (reason !== undefined) {
        refused.set(file, reason);
        return false;
      }
      const before = current(file);
      if (before === undefined) return false;
      next.push({ file, before, after: applyEdits(before, own) });
    }
    for (const { file, before, after } of next) {
      const known = changed.get(file);
      if (known) engine.change(file, [{ start: 0, end: known.after.length, text: after }]);
      else engine.open(file, after);
      changed.set(file, { before: known?.before ?? before, after });
    }
    return true;
  };

  const open = (file: string): Finding[] => engine.findings(file).filter((f) => !f.suppressed && f.fixes.length > 0);

  const nextFix = (file: string): boolean => {
    const findings = open(file);
    for (const finding of [...findings.filter((f) => !isLate(f)), ...findings.filter(isLate)]) {
      const key = keyOf(finding);
      const place = `${key}\0${finding.start}`;
      if (spent.has(key) || spent.has(place)) continue;
      const fix = engine.fixes(finding)[0];
      if (!fix || !apply(fix.edits)) {
        spent.add(place);
        continue;
      }
      applied++;
      // By rule: when one of two equal findings goes, the other takes its fingerprint over.
      const count = (list: readonly Finding[]): number => list.filter((other) => other.rule === finding.rule).length;
      // A fix that leaves as many findings of its kind as there were would be offered without end.
      if (count(open(file)) >= count(findings)) spent.add(key);
      return true;
    }
    return false;
  };

  for (const [i, file] of run.asked.entries()) {
    while (nextFix(file));
    run.progress?.(i + 1, run.asked.length);
  }
  for (const [file, { before, after }] of changed) if (before === after) changed.delete(file);
  return { changed, applied, refused };
}

/** What a finding is, wherever in the file it stands by now. */
function keyOf(finding: Finding): string {
  return `${finding.file}\0${finding.rule}\0${finding.fingerprint}\0${finding.message}`;
}

/**
 * The text after edits, whose places are all meant in the text before. Of two insertions at one place the first given comes
 * first; edits must not overlap.
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const ordered = edits.map((edit, i) => ({ edit, i })).sort((a, b) => a.edit.start - b.edit.start || a.i - b.i);
  let out = "";
  let at = 0;
  for (const { edit } of ordered) {
    out += text.slice(at, edit.start) + edit.text;
    at = Math.max(at, edit.end);
  }
  return out + text.slice(at);
}

/** The changes as a unified diff with paths relative to the working directory, as `patch -p1` and `git apply` take it. */
export function unifiedDiff(changed: FixOutcome["changed"], cwd: string): string {
  let out = "";
  for (const [file, { before, after }] of changed) {
    const name = relative(file, cwd);
    out += createTwoFilesPatch(`a/${name}`, `b/${name}`, before, after, undefined, undefined, {
      context: 3,
      headerOptions: FILE_HEADERS_ONLY,
    });
  }
  return out;
}
