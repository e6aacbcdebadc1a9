/**
 * Brings findings to the client. A client that pulls asks for each document that it shows; one that does not gets them
 * pushed. Files that are not open are pushed to either: settings files always, others once the user asked to check the
 * workspace. Nothing polls: when findings of another file change, the client is told to ask again.
 */
import {
  type CancellationToken,
  type DocumentDiagnosticReport,
  DocumentDiagnosticReportKind,
  LSPErrorCodes,
  ResponseError,
} from "vscode-languageserver";
import { resultIdOf } from "./diagnostics.js";
import type { CheckWorkspaceResult } from "./protocol.js";
import type { Session } from "./session.js";

/** Lets messages that wait (edits, cancellations) be read first. */
export function turn(): Promise<void> {
  return new Promise((settle) => setImmediate(settle));
}

/** Pause after the last keystroke before findings are pushed to a client that cannot pull, in milliseconds. */
const PUSH_PAUSE = 150;

export class Feed {
  /** Whether files that are not open are reported too. */
  private wholeWorkspace = false;
  /** Result ids of what a pulling client has, by open file. */
  private readonly pulled = new Map<string, string>();
  /** Result id and version of what was pushed, by file. */
  private readonly pushed = new Map<string, string>();
  /** Open files edited since the client last had their findings; it will ask by itself. */
  private readonly awaited = new Set<string>();
  private pushTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly session: Session,
    /** Settles when the project was read. */
    private readonly ready: () => Promise<void>,
  ) {}

  /** Answers a pull. */
  async pull(uri: string, previous: string | undefined, token: CancellationToken): Promise<DocumentDiagnosticReport> {
    await this.ready();
    await turn();
    if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, "Cancelled.");
    const file = this.session.documents.fileOf(uri);
    this.awaited.delete(file);
    if (!this.session.documents.isOpen(file)) return { kind: DocumentDiagnosticReportKind.Full, items: [] };
    const items = this.session.diagnostics(file, token);
    if (token.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, "Cancelled.");
    const resultId = resultIdOf(items);
    this.pulled.set(file, resultId);
    void turn().then(() => this.settle());
    if (previous === resultId) return { kind: DocumentDiagnosticReportKind.Unchanged, resultId };
    return { kind: DocumentDiagnosticReportKind.Full, resultId, items };
  }

  opened(file: string): void {
    // What was pushed while it was closed would stand beside what the client pulls.
    if (this.session.abilities.pullDiagnostics) this.clear(file);
    else void this.ready().then(() => this.pushSoon(0));
    this.awaited.add(file);
  }

  changed(file: string): void {
    this.awaited.add(file);
    if (!this.session.abilities.pullDiagnostics) this.pushSoon(PUSH_PAUSE);
  }

  closed(file: string): void {
    this.pulled.delete(file);
    this.awaited.delete(file);
    void this.ready().then(() => this.pushClosed(file));
  }

  /** After files, settings or the project changed: everything shown is brought up to date. */
  refreshAll(): void {
    const { session } = this;
    void session.guard("Checking", undefined, () => {
      session.project?.engine.dirty();
      for (const file of session.project?.settingsFiles() ?? []) this.pushClosed(file);
      for (const file of [...this.pushed.keys()]) if (!session.documents.isOpen(file)) this.pushClosed(file);
      if (session.abilities.pullDiagnostics) this.askToPull();
      else for (const file of session.documents.openFiles()) this.push(file);
    });
  }

  /**
   * Brings what hangs on changed files up to date. Which files those are is not told by the change alone (data flows on
   * into others), so everything that is shown is looked at again; the engine has the findings ready.
   */
  settle(): void {
    const { session } = this;
    void session.guard("Checking", undefined, () => {
      const dirty = session.project?.engine.dirty() ?? [];
      if (dirty.length > 0) this.reviewShown(dirty);
      session.reportReady();
    });
  }

  private reviewShown(dirty: readonly string[]): void {
    const { session } = this;
    const listed = this.wholeWorkspace ? (session.project?.checkable() ?? []) : [];
    for (const file of new Set([...dirty, ...this.pushed.keys(), ...listed])) {
      if (!session.documents.isOpen(file)) this.pushClosed(file);
    }
    let again = false;
    for (const file of session.documents.openFiles()) {
      if (!session.abilities.pullDiagnostics) this.push(file);
      else if (!this.awaited.has(file) && this.pulled.has(file)) {
        again ||= resultIdOf(session.diagnostics(file)) !== this.pulled.get(file);
      }
    }
    if (again) this.askToPull();
  }

  /**
   * Checks every file, one at a time, so that edits and a cancellation get in between; findings of files that are not
   * open are pushed, now and after later changes.
   */
  async checkWorkspace(
    token: CancellationToken,
    progress: (done: number, total: number) => void,
    files: readonly string[],
  ): Promise<CheckWorkspaceResult> {
    await this.ready();
    this.wholeWorkspace = true;
    const result = { findings: 0, files: 0, checked: 0, cancelled: false };
    for (const file of files) {
      await turn();
      if (token.isCancellationRequested) {
        result.cancelled = true;
        break;
      }
      const count = this.session.documents.isOpen(file) ? this.session.findings(file).length : this.pushClosed(file);
      result.findings += count;
      result.files += count > 0 ? 1 : 0;
      result.checked++;
      progress(result.checked, files.length);
    }
    this.session.reportReady();
    return result;
  }

  dispose(): void {
    clearTimeout(this.pushTimer);
  }

  private askToPull(): void {
    if (this.session.abilities.refreshDiagnostics) {
      // A client that goes away meanwhile answers nothing.
      this.session.connection.languages.diagnostics.refresh().catch(() => undefined);
    }
  }

  private pushSoon(pause: number): void {
    clearTimeout(this.pushTimer);
    this.pushTimer = setTimeout(() => {
      const files = new Set([...this.awaited].filter((file) => this.session.documents.isOpen(file)));
      this.awaited.clear();
      void this.session.guard("Checking", undefined, () => {
        for (const file of files) this.push(file);
        this.settle();
      });
    }, pause);
  }

  /** Pushes what is to be said of a file, unless the client has it; returns how much that is. */
  private push(file: string): number {
    const items = this.session.diagnostics(file);
    const version = this.session.documents.get(file)?.version;
    const tag = `${resultIdOf(items)} ${version ?? "closed"}`;
    const nothingNew = this.pushed.get(file) === tag || (items.length === 0 && !this.pushed.has(file) && !version);
    if (!nothingNew) {
      const uri = this.session.documents.uri(file);
      void this.session.connection.sendDiagnostics({ uri, version, diagnostics: items });
    }
    if (items.length === 0 && version === undefined) this.pushed.delete(file);
    else this.pushed.set(file, tag);
    return items.length;
  }

  private pushClosed(file: string): number {
    if (this.session.documents.isOpen(file)) return 0;
    const wanted = this.wholeWorkspace || this.session.project?.isSettingsFile(file);
    if (wanted) return this.push(file);
    this.clear(file);
    return 0;
  }

  private clear(file: string): void {
    const shown = this.pushed.delete(file);
    const pushes = !this.session.abilities.pullDiagnostics;
    if (shown || pushes) {
      void this.session.connection.sendDiagnostics({ uri: this.session.documents.uri(file), diagnostics: [] });
    }
  }
}
