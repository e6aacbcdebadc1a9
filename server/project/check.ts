/**
 * Runs the analysis over a project. The engine is handed in, so that the same run can go on against a stand-in;
 * check-parts.ts does it with several engines, in threads.
 */
import type { Cancel, CheckSettings, Engine, SourceHost } from "../analysis/engine-api.js";
import type { FileNote, Finding } from "../analysis/finding.js";
import type { ModelFile } from "../analysis/names/model-schema.js";
import type { OwnRule } from "../analysis/names/own-rule-schema.js";

export interface EngineInput {
  host: SourceHost;
  /** Folder that fingerprints are relative to, so that they are the same wherever the project lies. */
  root?: string;
  /** Settings in effect for a file. */
  settings(file: string): CheckSettings;
  /** The user's own models in effect for a file. */
  models(file: string): readonly ModelFile[];
  /** The user's own rules in effect for a file. */
  rules?(file: string): readonly OwnRule[];
}

/** Makes an engine; asynchronous, since the parser has to be loaded. */
export type EngineFactory = (input: EngineInput) => Engine | Promise<Engine>;

export interface CheckRun {
  /** Files whose findings are wanted, sorted. */
  asked: readonly string[];
  /** Everything the engine may look at, sorted. */
  all: readonly string[];
  cancel?: Cancel;
  progress?: (done: number, total: number) => void;
}

export interface CheckOutcome {
  /** By file and position; suppressed ones included and marked. */
  findings: Finding[];
  notes: FileNote[];
  /** Which part of the project was looked at, where that is not all of it; one sentence. */
  overview: string | undefined;
}

/** Findings of the files that were asked for. Blocks until done. */
export function runCheck(engine: Engine, run: CheckRun): CheckOutcome {
  const asked = new Set(run.asked);
  let findings: Finding[];
  // One pass over everything is cheaper than file by file as soon as most of it is wanted.
  if (asked.size * 2 >= run.all.length) {
    findings = engine.allFindings(run.cancel, run.progress).filter((finding) => asked.has(finding.file));
  } else {
    findings = [];
    let done = 0;
    for (const file of run.asked) {
      if (run.cancel?.cancelled) break;
      findings.push(...engine.findings(file, run.cancel));
      done++;
      run.progress?.(done, run.asked.length);
    }
  }
  findings.sort(byPlace);
  const notes = orderedNotes(engine.notes()).filter((note) => asked.has(note.file));
  return { findings, notes, overview: engine.overview() };
}

/** Notes by file and words, each once: the same however many engines made them. */
export function orderedNotes(notes: readonly FileNote[]): FileNote[] {
  const byText = new Map(notes.map((note) => [`${note.file}\n${note.reason}`, note]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, note]) => note);
}

/** By file, position and rule, in code unit order: the same on every machine. */
export function byPlace(a: Finding, b: Finding): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  if (a.start !== b.start) return a.start - b.start;
  if (a.end !== b.end) return a.end - b.end;
  return a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0;
}
