/** A client of the language server for tests: speaks the protocol, remembers what it was told, waits for events. */
import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import {
  type ClientCapabilities,
  type CodeAction,
  createProtocolConnection,
  type Diagnostic,
  type DocumentDiagnosticReport,
  type InitializeResult,
  type PublishDiagnosticsParams,
  type Range,
  type Registration,
  StreamMessageReader,
  StreamMessageWriter,
  type TextEdit,
  type WorkspaceEdit,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { STATUS, type Status, statusSchema } from "../../server/lsp/protocol.js";

/** What a modern client can do; tests take away from it. */
export const fullCapabilities: ClientCapabilities = {
  workspace: {
    configuration: true,
    workspaceFolders: true,
    diagnostics: { refreshSupport: true },
    didChangeWatchedFiles: { dynamicRegistration: true },
    workspaceEdit: { documentChanges: true },
  },
  window: { workDoneProgress: true },
  textDocument: {
    diagnostic: { relatedDocumentSupport: true },
    codeAction: {
      resolveSupport: { properties: ["edit"] },
      codeActionLiteralSupport: { codeActionKind: { valueSet: ["quickfix", "source"] } },
      dataSupport: true,
    },
    publishDiagnostics: { relatedInformation: true, codeDescriptionSupport: true },
    hover: { contentFormat: ["markdown"] },
  },
};

export interface StartOptions {
  capabilities?: ClientCapabilities;
  /** URIs of the workspace folders. */
  folders?: string[];
  /** What `workspace/configuration` answers for `spillcheck`. */
  settings?: unknown;
  initializationOptions?: unknown;
}

type Connection = ReturnType<typeof createProtocolConnection>;

/** Longest wait for what a server tells, in milliseconds; how soon it does is not what these tests are about. */
const UNTIL_LIMIT = 90_000;

export class TestClient {
  readonly published: PublishDiagnosticsParams[] = [];
  readonly statuses: Status[] = [];
  readonly logs: { type: number; message: string }[] = [];
  readonly shown: string[] = [];
  readonly progress: { kind: string; title?: string; message?: string }[] = [];
  readonly registrations: Registration[] = [];
  refreshes = 0;
  settings: unknown;
  private readonly documents = new Map<string, TextDocument>();
  private readonly waiting = new Set<() => void>();

  private constructor(
    readonly connection: Connection,
    readonly process: ChildProcess | undefined,
    settings: unknown,
  ) {
    this.settings = settings;
    const heard =
      <T>(take: (params: T) => void) =>
      (params: T) => {
        take(params);
        for (const check of [...this.waiting]) check();
      };
    connection.onNotification(
      "textDocument/publishDiagnostics",
      heard((p: PublishDiagnosticsParams) => this.published.push(p)),
    );
    connection.onNotification(
      STATUS,
      heard((p: unknown) => this.statuses.push(statusSchema.parse(p))),
    );
    connection.onNotification(
      "window/logMessage",
      heard((p: { type: number; message: string }) => this.logs.push(p)),
    );
    connection.onNotification(
      "window/showMessage",
      heard((p: { message: string }) => this.shown.push(p.message)),
    );
    connection.onNotification(
      "$/progress",
      heard((p: { value: { kind: string } }) => this.progress.push(p.value)),
    );
    connection.onRequest("window/workDoneProgress/create", () => null);
    connection.onRequest("workspace/configuration", () => [this.settings]);
    connection.onRequest("client/registerCapability", (p: { registrations: Registration[] }) => {
      heard(() => this.registrations.push(...p.registrations))(undefined);
      return null;
    });
    connection.onRequest("client/unregisterCapability", () => null);
    connection.onRequest("workspace/diagnostic/refresh", () => {
      heard(() => this.refreshes++)(undefined);
      return null;
    });
    connection.listen();
  }

  /** Talks over streams. */
  static over(input: Readable, output: Writable, options: StartOptions = {}, child?: ChildProcess): TestClient {
    const connection = createProtocolConnection(new StreamMessageReader(input), new StreamMessageWriter(output));
    return new TestClient(connection, child, options.settings ?? {});
  }

  /** Starts a server as a process and talks over its standard input and output. */
  static spawn(script: string, options: StartOptions = {}, environment: NodeJS.ProcessEnv = {}): TestClient {
    const child = spawn(process.execPath, [script, "--stdio"], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ...environment },
    });
    return TestClient.over(child.stdout, child.stdin, options, child);
  }

  async initialize(options: StartOptions = {}): Promise<InitializeResult> {
    const folders = options.folders ?? [];
    const result = await this.connection.sendRequest<InitializeResult>("initialize", {
      processId: process.pid,
      rootUri: folders[0] ?? null,
      capabilities: options.capabilities ?? fullCapabilities,
      workspaceFolders: folders.map((uri) => ({ uri, name: uri.slice(uri.lastIndexOf("/") + 1) })),
      initializationOptions: options.initializationOptions,
    });
    await this.connection.sendNotification("initialized", {});
    return result;
  }

  /** Waits until something that the server told makes this true. */
  until<T>(what: string, find: () => T | undefined | false): Promise<T> {
    return new Promise((settle, fail) => {
      const timer = setTimeout(() => {
        this.waiting.delete(check);
        fail(new Error(`Waited in vain for ${what}.`));
      }, UNTIL_LIMIT);
      const check = () => {
        const found = find();
        if (!found) return;
        clearTimeout(timer);
        this.waiting.delete(check);
        settle(found);
      };
      this.waiting.add(check);
      check();
    });
  }

  ready(): Promise<Status> {
    return this.until("the server to be ready", () => this.statuses.find((s) => s.state !== "checking"));
  }

  async open(uri: string, text: string, language = "python"): Promise<void> {
    this.documents.set(uri, TextDocument.create(uri, language, 1, text));
    await this.connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId: language, version: 1, text },
    });
  }

  async close(uri: string): Promise<void> {
    this.documents.delete(uri);
    await this.connection.sendNotification("textDocument/didClose", { textDocument: { uri } });
  }

  text(uri: string): string {
    return this.document(uri).getText();
  }

  /** Edits a document incrementally and tells the server, without waiting for anything. */
  async change(uri: string, edits: readonly TextEdit[]): Promise<void> {
    const document = this.document(uri);
    // From the last to the first, so that each range means the text at its turn.
    const ordered = [...edits].sort((a, b) => document.offsetAt(b.range.start) - document.offsetAt(a.range.start));
    const contentChanges = ordered.map((edit) => ({ range: edit.range, text: edit.newText }));
    const version = document.version + 1;
    TextDocument.update(document, contentChanges, version);
    await this.connection.sendNotification("textDocument/didChange", {
      textDocument: { uri, version },
      contentChanges,
    });
  }

  /** Replaces the first occurrence of a text. */
  async replace(uri: string, from: string, to: string): Promise<void> {
    await this.change(uri, [{ range: this.rangeOf(uri, from), newText: to }]);
  }

  rangeOf(uri: string, text: string): Range {
    const document = this.document(uri);
    const at = document.getText().indexOf(text);
    if (at < 0) throw new Error(`${JSON.stringify(text)} is not in ${uri}.`);
    return { start: document.positionAt(at), end: document.positionAt(at + text.length) };
  }

  pull(uri: string, previousResultId?: string): Promise<DocumentDiagnosticReport> {
    return this.connection.sendRequest("textDocument/diagnostic", {
      textDocument: { uri },
      identifier: "spillcheck",
      previousResultId,
    });
  }

  async items(uri: string): Promise<Diagnostic[]> {
    const report = await this.pull(uri);
    if (report.kind !== "full") throw new Error("A full report was expected.");
    return report.items;
  }

  actions(uri: string, range: Range, diagnostics: Diagnostic[] = [], only?: string[]): Promise<CodeAction[]> {
    return this.connection.sendRequest("textDocument/codeAction", {
      textDocument: { uri },
      range,
      context: { diagnostics, ...(only ? { only } : {}) },
    });
  }

  resolve(action: CodeAction): Promise<CodeAction> {
    return this.connection.sendRequest("codeAction/resolve", action);
  }

  /** Applies an edit to open documents as an editor would, its versions checked. */
  async apply(edit: WorkspaceEdit | undefined): Promise<void> {
    if (!edit) throw new Error("There is no edit to apply.");
    for (const change of edit.documentChanges ?? []) {
      if (!("textDocument" in change)) throw new Error("Only text edits were expected.");
      const document = this.document(change.textDocument.uri);
      if (change.textDocument.version !== document.version) throw new Error("The edit is for another version.");
      await this.change(
        document.uri,
        change.edits.filter((one) => "newText" in one),
      );
    }
    for (const [uri, edits] of Object.entries(edit.changes ?? {})) await this.change(uri, edits);
  }

  /** The newest push for a document. */
  lastPublished(uri: string): PublishDiagnosticsParams | undefined {
    return this.published.filter((params) => params.uri === uri).at(-1);
  }

  /** Ends the session as the protocol says; gives the exit code of a server that is a process. */
  async shutdown(): Promise<number | null> {
    await this.connection.sendRequest("shutdown");
    let code: number | null = null;
    const child = this.process;
    if (child) {
      const exit = new Promise<number | null>((settle) => child.once("exit", settle));
      await this.connection.sendNotification("exit");
      code = await exit;
    }
    this.connection.end();
    this.connection.dispose();
    return code;
  }

  private document(uri: string): TextDocument {
    const document = this.documents.get(uri);
    if (!document) throw new Error(`${uri} is not open.`);
    return document;
  }
}
