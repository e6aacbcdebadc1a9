/** The one face that the engine shows to every door (language server, command line, tests, fixes). */
import type { FileNote, Finding, Fix, Level } from "./finding.js";

/** How the engine gets at texts. Injected, so that the analysis itself reads nothing. All calls are synchronous. */
export interface SourceHost {
  /** Every file of the project that may be looked at, as absolute paths with forward slashes, sorted. Python files, and the
   * settings files that a rule reads (`.env`, `.flaskenv`, `Dockerfile`, compose files), and text templates. */
  files(): readonly string[];
  /** Text of a file (BOM kept), or undefined when it cannot be read. */
  read(file: string): string | undefined;
}

/** What the user decided, for one file (the nearest `.spillcheck.yaml` may differ from folder to folder). */
export interface CheckSettings {
  preset: "recommended" | "strict";
  /** Rule id to level, or `off`. */
  levels: Readonly<Record<string, Level | "off">>;
  /** Further sensitive field names. */
  sensitiveFields: readonly string[];
  /** A chat model that a completion-only model name is exchanged for. */
  chatModel: string;
}

export interface Cancel {
  readonly cancelled: boolean;
}

export interface TextChange {
  /** Offsets in the text before this change. */
  start: number;
  end: number;
  text: string;
}

export interface Engine {
  /** Opens a file for editing: its text now comes from here and not from the host. */
  open(file: string, text: string): void;
  /** Applies changes, in order, each against the text that the former gave. */
  change(file: string, changes: readonly TextChange[]): void;
  /** Ends editing; the host's text counts again. */
  close(file: string): void;
  /** A file that is not open changed, appeared or went, or the host's file list did. */
  refresh(files: readonly string[]): void;
  /** Findings that stand in one file, in order of position; suppressed ones included and marked. */
  findings(file: string, cancel?: Cancel): Finding[];
  /** Whether the whole project as it is now was looked at: `findings` answers without much work. */
  isSettled(): boolean;
  /** Works towards that until it is done or cancelled; what was done is kept. */
  advance(cancel: Cancel): void;
  /** Findings of a file as far as it and what it imports tell: soon there in a large project, and not the last word. */
  firstFindings(file: string): Finding[];
  /** Findings of the whole project, by file and position. */
  allFindings(cancel?: Cancel, progress?: (done: number, total: number) => void): Finding[];
  /** Files that could not be looked at whole, and why. */
  notes(): FileNote[];
  /** In one sentence which part of a project was looked at, where that is not all of it (see `Scope`). */
  overview(): string | undefined;
  /** Files whose findings may have changed since this was last called (after change/refresh). */
  dirty(): string[];
  /** Fixes for a finding; each verified by re-parsing and re-analysing. */
  fixes(finding: Finding): Fix[];
  dispose(): void;
}

/** An engine that can be asked what another text would come to. */
export interface TrialEngine extends Engine {
  /**
   * Findings of an open file if it had another text, as far as they come from what stands in it or what something stands
   * in it of now. Nothing that the engine knows is another afterwards.
   * @param most steps of analysis after which it is given up
   * @returns undefined where it was given up
   */
  tried(file: string, text: string, most?: number): Finding[] | undefined;
}
