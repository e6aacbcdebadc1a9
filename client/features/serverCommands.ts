/** Commands about the language server itself. */
import * as vscode from "vscode";
import type { LanguageServer } from "../languageServer.js";

export function registerServerCommands(server: LanguageServer, log: vscode.LogOutputChannel): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand("spillcheck.restartServer", () => server.restart()),
    vscode.commands.registerCommand("spillcheck.showOutput", () => log.show(true)),
    // What a workspace's own settings may do hangs on the trust, and the server is told at its start.
    vscode.workspace.onDidGrantWorkspaceTrust(() => server.restart()),
  );
}
