/** Starts the language server and registers the features. */
import * as vscode from "vscode";
import { registerCheckWorkspace } from "./features/checkWorkspace.js";
import { Consents } from "./features/consent.js";
import { registerRulePages } from "./features/rulePages.js";
import { registerScan } from "./features/scanEndpoint.js";
import { Secrets } from "./features/secrets.js";
import { registerServerCommands } from "./features/serverCommands.js";
import { registerStatus } from "./features/status.js";
import { LanguageServer } from "./languageServer.js";
import { ReportPanels } from "./report/panel.js";
import { ScanStore } from "./report/store.js";

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel("SpillCheck", { log: true });
  const server = new LanguageServer(context, log);
  const store = new ScanStore(context.globalStorageUri, log);
  const secrets = new Secrets(context.secrets, context.globalState);
  const consents = new Consents(context.globalState);
  const panels = new ReportPanels(context.extensionUri, server, store, log);
  context.subscriptions.push(
    log,
    server,
    panels,
    registerStatus(server),
    registerServerCommands(server, log),
    registerRulePages(server),
    registerCheckWorkspace(server),
    registerScan({ server, store, secrets, consents, panels, recent: context.globalState }),
  );
  await server.start();
}
