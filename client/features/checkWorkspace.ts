/** "SpillCheck: Check Workspace": findings of every file, open or not, in the Problems view. */
import * as vscode from "vscode";
import { CHECK_WORKSPACE, checkWorkspaceResultSchema } from "../../server/lsp/protocol.js";
import { type LanguageServer, RequestFailed } from "../languageServer.js";

function plural(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? "" : "s"}`;
}

export function registerCheckWorkspace(server: LanguageServer): vscode.Disposable {
  return vscode.commands.registerCommand("spillcheck.checkWorkspace", async () => {
    try {
      const result = await server.request(CHECK_WORKSPACE, {}, checkWorkspaceResultSchema);
      if (result.cancelled) return;
      const text =
        result.findings === 0
          ? `SpillCheck found nothing in ${plural(result.checked, "file")}.`
          : `SpillCheck: ${plural(result.findings, "finding")} in ${plural(result.files, "file")} of ${result.checked}.`;
      const choice = await vscode.window.showInformationMessage(
        text,
        ...(result.findings > 0 ? ["Show Problems"] : []),
      );
      if (choice) await vscode.commands.executeCommand("workbench.actions.view.problems");
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      void vscode.window.showErrorMessage(error.message);
    }
  });
}
