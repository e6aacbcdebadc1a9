/** The state of one language server: what is open, which project, which settings, and the findings of one file. */
import type { CancellationToken, Connection, Diagnostic } from "vscode-languageserver";
import type { TextChange } from "../analysis/engine-api.js";
import type { Edit, Finding, Fix } from "../analysis/finding.js";
import { diagnosticOf, problemDiagnostic } from "./diagnostics.js";
import { Documents } from "./documents.js";
import { STATUS, type Status } from "./protocol.js";
import type { Project, Services } from "./services.js";
import { defaultEditorSettings, type EditorSettings } from "./settings.js";
import { isOnDisk } from "./uris.js";

/** What the client said it can do, as far as it matters here. */
export interface ClientAbilities {
  pullDiagnostics: boolean;
  refreshDiagnostics: boolean;
  resolveEdits: boolean;
  versionedEdits: boolean;
  configuration: boolean;
  watchFiles: boolean;
  workspaceFolders: boolean;
  progress: boolean;
  /** Shows the related places of a diagnostic; a hover then need not repeat them. */
  relatedInformation: boolean;
}

/** Page of the settings file's keys. */
const SETTINGS_PAGE = "settings";

/** Files from which on a project's first look is taken in slices. */
const LARGE = 200;
/** Length of a slice in milliseconds; a single large file may take longer. */
const SLICE = 20;
/** How long a first look waits for the editor to ask for an open file's findings, in milliseconds. */
const FIRST_QUESTION = 300;

export class Session {
  readonly documents: Documents;
  settings: EditorSettings = defaultEditorSettings;
  roots: string[] = [];
  trusted = true;
  /** One sentence for each editor setting that was wrong. */
  settingsProblems: string[] = [];
  private current: Project | undefined;
  private readonly fixCache = new Map<string, Fix[]>();
  private lastStatus = "";
  private failures = 0;

  constructor(
    readonly connection: Connection,
    readonly services: Services,
    readonly abilities: ClientAbilities,
  ) {
    this.documents = new Documents((file) => (isOnDisk(file) ? this.current?.read(file) : undefined));
  }

  /** The project, once it was read. */
  get project(): Project | undefined {
    return this.current;
  }

  /** Puts another project in place and hands it the open documents. */
  adopt(project: Project): void {
    this.current?.dispose();
    this.current = project;
    this.documents.forget();
    this.touch();
    for (const file of this.documents.openFiles()) this.openInEngine(file);
  }

  /** Ends the project. */
  dispose(): void {
    this.current?.dispose();
    this.current = undefined;
  }

  /** Tells the engine that an open document's text comes from the editor. */
  openInEngine(file: string): void {
    const document = this.documents.get(file);
    if (!document || !this.current || this.current.isSettingsFile(file)) return;
    this.touch();
    this.current.engine.open(file, document.getText());
  }

  /** Hands an edit of an open document to the engine. */
  changeInEngine(file: string, changes: readonly TextChange[]): void {
    if (!this.current || this.current.isSettingsFile(file)) return;
    this.touch();
    this.current.engine.change(file, changes);
  }

  closeInEngine(file: string): void {
    if (!this.current || this.current.isSettingsFile(file)) return;
    this.touch();
    this.current.engine.close(file);
  }

  /** Forgets what was worked out for the texts as they were. */
  touch(): void {
    this.fixCache.clear();
  }

  /** Findings of a file that count: not suppressed, and none while checking is switched off. */
  findings(file: string, token?: CancellationToken): Finding[] {
    const project = this.current;
    if (!project || !this.settings.enable || project.isSettingsFile(file)) return [];
    const cancel = {
      get cancelled() {
        return token?.isCancellationRequested ?? false;
      },
    };
    const found = this.isPreliminary() ? project.engine.firstFindings(file) : project.engine.findings(file, cancel);
    return found.filter((finding) => !finding.suppressed);
  }

  /** A large project is being looked at for the first time: until that is done, a file and what it imports have to do. */
  isPreliminary(): boolean {
    return this.firstLook && !this.current?.engine.isSettled();
  }

  private firstLook = false;

  /**
   * Looks at a large project in slices, so that edits and questions get in between.
   * @param goesOn false when the project is not the present one any more
   */
  async settle(goesOn: () => boolean): Promise<void> {
    const engine = this.current?.engine;
    if (!engine || !this.isLarge()) return;
    this.firstLook = true;
    await this.firstAnswer();
    while (goesOn() && !engine.isSettled()) {
      const end = Date.now() + SLICE;
      engine.advance({
        get cancelled() {
          return Date.now() > end;
        },
      });
      await new Promise<void>((next) => setImmediate(next));
    }
    if (goesOn()) this.firstLook = false;
  }

  private answered = () => {};

  /** Until the editor had an answer, or asked nothing for a while. */
  private firstAnswer(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, FIRST_QUESTION);
      this.answered = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private isLarge(): boolean {
    return (this.current?.checkable().length ?? 0) > LARGE;
  }

  /** Everything that is to be said of a file. */
  diagnostics(file: string, token?: CancellationToken): Diagnostic[] {
    const document = this.documents.document(file);
    if (!this.current || !document) return [];
    if (this.current.isSettingsFile(file)) {
      const page = this.services.rulePage(SETTINGS_PAGE);
      return this.current.problems(file, document.getText()).map((p) => problemDiagnostic(p, document, page));
    }
    const found = this.findings(file, token).map((finding) =>
      diagnosticOf(finding, document, this.documents, this.services.rulePage),
    );
    this.answered();
    return found;
  }

  /** Fixes of a finding; each was verified by the engine. */
  fixes(finding: Finding): Fix[] {
    const key = `${finding.file}\n${finding.start}\n${finding.fingerprint}`;
    const known = this.fixCache.get(key);
    if (known) return known;
    // A fix is verified against the whole project.
    if (this.isPreliminary()) return [];
    const fixes = this.current?.engine.fixes(finding) ?? [];
    this.fixCache.set(key, fixes);
    return fixes;
  }

  /**
   * Runs something while the engine believes that an open document was edited, and takes the edits back afterwards.
   *
   * @param work gets a function that makes further edits; offsets mean the text as it is at that moment
   */
  whatIf<T>(file: string, work: (edit: (edits: readonly Edit[]) => void) => T): T {
    const document = this.documents.get(file);
    const engine = this.current?.engine;
    if (!document || !engine) throw new Error(`${file} is not open.`);
    let text = document.getText();
    const undo: TextChange[] = [];
    const edit = (edits: readonly Edit[]) => {
      // From the last to the first, so that no edit moves another.
      const ordered = [...edits].sort((a, b) => b.start - a.start || b.end - a.end);
      for (const one of ordered) {
        undo.unshift({ start: one.start, end: one.start + one.text.length, text: text.slice(one.start, one.end) });
        text = text.slice(0, one.start) + one.text + text.slice(one.end);
      }
      engine.change(file, ordered);
    };
    try {
      return work(edit);
    } finally {
      if (undo.length > 0) engine.change(file, undo);
    }
  }

  /** Tells the client how the server is; the same is not told twice. */
  report(status: Status): void {
    const text = JSON.stringify(status);
    if (text === this.lastStatus) return;
    this.lastStatus = text;
    void this.connection.sendNotification(STATUS, status);
  }

  /** Tells that work is done: ready, or what is not right. */
  reportReady(): void {
    const notes = this.current?.engine.notes() ?? [];
    const overview = this.current?.engine.overview();
    const details = [
      ...this.settingsProblems,
      ...(overview ? [`${overview}.`] : []),
      ...notes.map((note) => `${note.file}: ${note.reason}`),
    ];
    const [problem] = this.settingsProblems;
    if (problem) this.report({ state: "warning", message: problem, details });
    else if (!this.settings.enable) this.report({ state: "ready", message: "Checking is switched off.", details });
    else this.report({ state: "ready", message: "Ready.", details });
  }

  /**
   * Runs a handler so that nothing it throws reaches the user as more than one log line and the status item.
   *
   * @param what names the work for the log
   * @param otherwise the answer when it failed
   */
  async guard<T>(what: string, otherwise: T, work: () => T | Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Error && "code" in error && typeof error.code === "number") throw error;
      this.fail(what, error);
      return otherwise;
    }
  }

  /** Logs a failure in one line and turns the status item. */
  fail(what: string, error: unknown): void {
    this.failures++;
    const message = error instanceof Error ? error.message : String(error);
    const [where = ""] =
      error instanceof Error ? (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line)) : [];
    this.connection.console.error(`${what} failed: ${message.split("\n")[0]}${where ? ` (${where.trim()})` : ""}`);
    this.report({
      state: "error",
      message: `${what} failed; the output channel says why.`,
      details: [`${this.failures} failure${this.failures === 1 ? "" : "s"} since the start.`],
    });
  }
}
