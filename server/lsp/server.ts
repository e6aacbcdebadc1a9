/** The language server: who answers what. */
import {
  CancellationTokenSource,
  CodeActionKind,
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  ErrorCodes,
  type InitializeParams,
  type InitializeResult,
  ResponseError,
  TextDocumentSyncKind,
} from "vscode-languageserver";
import { codeActions, FIX_ALL, resolveCodeAction } from "./codeActions.js";
import { Feed, turn } from "./feed.js";
import { hover } from "./hover.js";
import { CHECK_WORKSPACE, initializationOptionsSchema, RULE_PAGE, RULES, rulePageRequestSchema } from "./protocol.js";
import { registerScanRequests } from "./scanRequests.js";
import type { Services } from "./services.js";
import { type ClientAbilities, Session } from "./session.js";
import { readEditorSettings } from "./settings.js";
import { fileOf } from "./uris.js";

/** Files whose change on disk can change findings: source, settings files, and what rules read besides. */
const WATCHED = [
  "**/*.{py,pyw}",
  "**/.spillcheck.{yaml,yml}",
  "**/{.env,.flaskenv,.env.*,.gitignore}",
  "**/{Dockerfile,Dockerfile.*,*.Dockerfile}",
  "**/*compose*.{yaml,yml}",
  "**/*.{html,txt,jinja,jinja2,j2,prompt,tmpl}",
];

function abilitiesOf({ capabilities }: InitializeParams): ClientAbilities {
  const { textDocument, workspace, window } = capabilities;
  return {
    pullDiagnostics: textDocument?.diagnostic !== undefined,
    refreshDiagnostics: workspace?.diagnostics?.refreshSupport === true,
    resolveEdits: textDocument?.codeAction?.resolveSupport?.properties.includes("edit") === true,
    versionedEdits: workspace?.workspaceEdit?.documentChanges === true,
    configuration: workspace?.configuration === true,
    watchFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    workspaceFolders: workspace?.workspaceFolders === true,
    progress: window?.workDoneProgress === true,
    relatedInformation:
      textDocument?.publishDiagnostics?.relatedInformation === true ||
      textDocument?.diagnostic?.relatedInformation === true,
  };
}

function rootsOf(params: InitializeParams): string[] {
  if (params.workspaceFolders) return params.workspaceFolders.map((folder) => fileOf(folder.uri));
  // What clients of older versions of the protocol send.
  const root = params.rootUri ?? undefined;
  return root ? [fileOf(root)] : [];
}

function capabilitiesOf(abilities: ClientAbilities, version: string): InitializeResult {
  return {
    serverInfo: { name: "SpillCheck", version },
    capabilities: {
      positionEncoding: "utf-16",
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
      ...(abilities.pullDiagnostics
        ? {
            // Findings do hang on other files, but saying so makes a client poll; it is told to ask again instead.
            diagnosticProvider: { identifier: "spillcheck", interFileDependencies: false, workspaceDiagnostics: false },
          }
        : {}),
      codeActionProvider: {
        codeActionKinds: [CodeActionKind.QuickFix, FIX_ALL],
        resolveProvider: abilities.resolveEdits,
      },
      hoverProvider: true,
      workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
    },
  };
}

/**
 * Answers a client on a connection until the client ends it.
 *
 * @param connection not yet listening; this makes it listen
 */
export function startLanguageServer(connection: Connection, services: Services): void {
  let session: Session | undefined;
  let feed: Feed | undefined;
  let announceReady = () => {};
  let ready = new Promise<void>((settle) => {
    announceReady = settle;
  });
  const stopLabs = registerScanRequests(connection, services, {
    folder: () => (session?.trusted ? session.roots[0] : undefined),
    settingsFiles: () => (session?.trusted ? (session.project?.settingsFiles() ?? []) : []),
  });

  connection.onInitialize((params) => {
    const abilities = abilitiesOf(params);
    session = new Session(connection, services, abilities);
    session.roots = rootsOf(params);
    session.trusted = initializationOptionsSchema.safeParse(params.initializationOptions ?? {}).data?.trusted ?? true;
    feed = new Feed(session, () => ready);
    return capabilitiesOf(abilities, services.version);
  });

  const loadSettings = async (of: Session) => {
    const raw: unknown = of.abilities.configuration
      ? await connection.workspace.getConfiguration("spillcheck").catch(() => null)
      : null;
    const { settings, problems } = readEditorSettings(raw ?? {});
    of.settings = settings;
    for (const problem of problems) if (!of.settingsProblems.includes(problem)) connection.console.warn(problem);
    of.settingsProblems = problems;
  };

  /** Reads the project anew, with progress; the last of several that overlap wins. */
  let generation = 0;
  const openProject = async (of: Session, title: string) => {
    const mine = ++generation;
    of.report({ state: "checking", message: title, details: [] });
    const progress = of.abilities.progress ? await connection.window.createWorkDoneProgress() : undefined;
    progress?.begin("SpillCheck", undefined, title, false);
    await of.guard("Reading the project", undefined, async () => {
      const project = await services.openProject({ roots: of.roots, settings: of.settings, trusted: of.trusted });
      if (mine !== generation) return project.dispose();
      of.adopt(project);
      // The open files' findings of a large project are there at once, if not complete.
      void of
        .settle(() => mine === generation)
        .then(() => {
          if (mine === generation) feed?.refreshAll();
        });
      if (of.isPreliminary()) return;
      // The first findings take longest: they are worked out while the progress shows.
      for (const file of of.documents.openFiles()) {
        await turn();
        if (mine === generation) of.findings(file);
      }
    });
    progress?.done();
    if (mine !== generation) return;
    announceReady();
    if (of.project) of.reportReady();
    feed?.refreshAll();
  };

  connection.onInitialized(async () => {
    const of = session;
    if (!of) return;
    if (of.abilities.configuration) {
      void connection.client.register(DidChangeConfigurationNotification.type, { section: "spillcheck" });
    }
    if (of.abilities.watchFiles) {
      void connection.client.register(DidChangeWatchedFilesNotification.type, {
        watchers: WATCHED.map((globPattern) => ({ globPattern })),
      });
    }
    if (of.abilities.workspaceFolders) {
      connection.workspace.onDidChangeWorkspaceFolders((event) => {
        const gone = new Set(event.removed.map((folder) => fileOf(folder.uri)));
        of.roots = [...of.roots.filter((root) => !gone.has(root)), ...event.added.map((folder) => fileOf(folder.uri))];
        void openProject(of, "Reading the workspace folders");
      });
    }
    await loadSettings(of);
    await openProject(of, "Reading the project");
  });

  connection.onDidChangeConfiguration(async () => {
    const of = session;
    if (!of) return;
    const before = JSON.stringify(of.settings);
    await loadSettings(of);
    if (JSON.stringify(of.settings) === before) of.reportReady();
    else await openProject(of, "Taking over the changed settings");
  });

  connection.onDidChangeWatchedFiles(({ changes }) => {
    const of = session;
    if (!of?.project) return;
    const files = changes.map((change) => fileOf(change.uri)).filter((file) => !of.documents.isOpen(file));
    // An open settings file counts when it is saved.
    for (const change of changes) if (of.project.isSettingsFile(fileOf(change.uri))) files.push(fileOf(change.uri));
    if (files.length === 0) return;
    // Levels, excludes and models can change for any file.
    if (files.some((file) => of.project?.isSettingsFile(file))) {
      of.documents.forget();
      return void openProject(of, "Taking over the changed settings file");
    }
    void of.guard("Taking over changed files", undefined, () => {
      of.documents.forget(files);
      of.touch();
      of.project?.changed(files);
      feed?.settle();
    });
  });

  connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version, text } }) => {
    const of = session;
    void of?.guard("Opening a file", undefined, () => {
      const file = of.documents.open(uri, languageId, version, text);
      of.openInEngine(file);
      feed?.opened(file);
    });
  });

  connection.onDidChangeTextDocument(({ textDocument, contentChanges }) => {
    const of = session;
    void of?.guard("Taking over an edit", undefined, () => {
      const file = of.documents.fileOf(textDocument.uri);
      const changes = of.documents.change(file, textDocument.version, contentChanges);
      if (!changes) return;
      of.changeInEngine(file, changes);
      feed?.changed(file);
    });
  });

  connection.onDidCloseTextDocument(({ textDocument }) => {
    const of = session;
    void of?.guard("Closing a file", undefined, () => {
      const file = of.documents.fileOf(textDocument.uri);
      of.documents.close(file);
      of.closeInEngine(file);
      feed?.closed(file);
    });
  });

  connection.languages.diagnostics.on(async ({ textDocument, previousResultId }, token) => {
    const empty = { kind: "full" as const, items: [] };
    const of = session;
    const from = feed;
    if (!of || !from) return empty;
    return of.guard("Checking", empty, () => from.pull(textDocument.uri, previousResultId, token));
  });

  connection.onCodeAction(async (params, token) => {
    await ready;
    await turn();
    const of = session;
    if (!of || token.isCancellationRequested) return [];
    return of.guard("Looking for fixes", [], () => codeActions(of, params));
  });

  connection.onCodeActionResolve(async (action) => {
    const of = session;
    return of ? of.guard("Making a fix", action, () => resolveCodeAction(of, action)) : action;
  });

  connection.onHover(async (params, token) => {
    await ready;
    await turn();
    const of = session;
    if (!of || token.isCancellationRequested) return null;
    return of.guard("Describing a finding", null, () => hover(of, params));
  });

  connection.onRequest(CHECK_WORKSPACE, async (_params: unknown, token) => {
    const none = { findings: 0, files: 0, checked: 0, cancelled: true };
    const of = session;
    if (!of) return none;
    await ready;
    of.report({ state: "checking", message: "Checking the workspace ...", details: [] });
    const progress = of.abilities.progress ? await connection.window.createWorkDoneProgress() : undefined;
    progress?.begin("SpillCheck: checking the workspace", 0, undefined, true);
    // Either the request or the progress shown to the user can be cancelled.
    const source = new CancellationTokenSource();
    token.onCancellationRequested(() => source.cancel());
    progress?.token.onCancellationRequested(() => source.cancel());
    const told = (done: number, total: number) =>
      progress?.report(Math.floor((100 * done) / Math.max(total, 1)), `${done} of ${total} files`);
    const result = await of.guard(
      "Checking the workspace",
      none,
      async () => (await feed?.checkWorkspace(source.token, told, of.project?.checkable() ?? [])) ?? none,
    );
    progress?.done();
    return result;
  });

  connection.onRequest(RULES, () =>
    services.rules().map((rule) => ({ id: rule.id, level: rule.level, summary: rule.summary })),
  );

  connection.onRequest(RULE_PAGE, (params: unknown) => {
    const { id } = rulePageRequestSchema.parse(params);
    const markdown = services.page(id);
    if (markdown === undefined) throw new ResponseError(ErrorCodes.InvalidParams, `There is no rule "${id}".`);
    return { markdown, url: services.rulePage(id) };
  });

  connection.onShutdown(async () => {
    feed?.dispose();
    session?.dispose();
    await stopLabs();
  });
  connection.onExit(() => {
    ready = Promise.resolve();
  });
  connection.listen();
}
