/** What the language server needs of the rest of the house. Injected by the entry point, so that tests can stand in. */
import type { Engine } from "../analysis/engine-api.js";
import type { Level, Place } from "../analysis/finding.js";
import type { RuleMeta } from "../analysis/rule-meta.js";
import type { Lab, LabKind, Ping, ScanHooks, ScanOptionsInput, ScanPlan, ScanResult } from "../scan/index.js";
import type { ScanSecrets, ScanTarget, TargetFiles } from "./protocol.js";
import type { EditorSettings } from "./settings.js";

/** Something wrong in a settings file (`.spillcheck.yaml`), at the key. */
export interface SettingsProblem extends Place {
  message: string;
  level: Level;
}

/** The workspace: its files, settings files and engine. */
export interface Project {
  readonly engine: Engine;
  /** Text of a file as it lies on disk; undefined when it cannot be read as text. */
  read(file: string): string | undefined;
  /** Files in which findings can stand: what "check the workspace" goes through, sorted. */
  checkable(): readonly string[];
  /** Files changed on disk, appeared or went: lists, settings and the engine are brought up to date. */
  changed(files: readonly string[]): void;
  /** Whether a file is a settings file. */
  isSettingsFile(file: string): boolean;
  /** Settings files of the workspace. */
  settingsFiles(): readonly string[];
  /** What is wrong in a settings file that reads so. */
  problems(file: string, text: string): SettingsProblem[];
  dispose(): void;
}

export interface ProjectInput {
  /** Absolute paths of the workspace folders; empty when single files are open. */
  roots: readonly string[];
  settings: EditorSettings;
  /** False in a workspace that the user does not trust. */
  trusted: boolean;
}

/** A target as a client describes it. */
export interface DescribedTarget {
  options: ScanOptionsInput;
  secrets: ScanSecrets;
  files?: TargetFiles;
  /** The settings file that describes it instead. */
  settingsFile?: string;
}

export interface ScanService {
  /** The endpoints that settings files describe. @param files settings files of folders that the user trusts */
  targets(files: readonly string[]): ScanTarget[];
  /**
   * The options of a scan, with what files hold.
   * @param folder where paths that are not absolute begin; undefined where the user trusts no folder
   * @throws ScanError "bad-option" when a file cannot be read, or a setting is wrong
   */
  describe(target: DescribedTarget, folder: string | undefined): Promise<ScanOptionsInput>;
  plan(options: ScanOptionsInput): Promise<ScanPlan>;
  ping(options: ScanOptionsInput, hooks: ScanHooks): Promise<Ping>;
  run(options: ScanOptionsInput, hooks: ScanHooks): Promise<ScanResult>;
  /**
   * Keeps a scan in the user's history.
   * @param folder whose settings say for how long; the default without
   * @returns why it could not be kept, in one sentence
   */
  keep(result: ScanResult, folder: string | undefined): string | undefined;
  lab(kind: LabKind): Promise<Lab>;
}

export interface ReportService {
  /**
   * What the report's page shows; `client/report/protocol.ts` has its form. `previous` and `history` are the client's own
   * scans, for what the user's history does not have.
   */
  data(input: { key: string; result: ScanResult; previous?: ScanResult; history: ScanResult[] }): unknown;
  render(
    format: "html" | "json" | "sarif" | "junit" | "markdown",
    input: { result: ScanResult; previous?: ScanResult },
  ): string;
}

export interface Services {
  version: string;
  /** Key of sealed secrets; undefined when the client made none. */
  channelKey: string | undefined;
  openProject(input: ProjectInput): Promise<Project>;
  /** Every rule, by id. */
  rules(): readonly RuleMeta[];
  /** Markdown of a page: of a rule, or of a live finding's id (with or without `scan/` before it). */
  page(id: string): string | undefined;
  /** Address of a rule's page. */
  rulePage(id: string): string;
  scan: ScanService;
  report: ReportService;
}
