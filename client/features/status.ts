/** The language status item: ready, checking, or what is wrong; a click leads to the output. */
import * as vscode from "vscode";
import type { Status } from "../../server/lsp/protocol.js";
import { documentSelector, type LanguageServer } from "../languageServer.js";

const severities: Record<Status["state"], vscode.LanguageStatusSeverity> = {
  ready: vscode.LanguageStatusSeverity.Information,
  checking: vscode.LanguageStatusSeverity.Information,
  warning: vscode.LanguageStatusSeverity.Warning,
  error: vscode.LanguageStatusSeverity.Error,
};

export function registerStatus(server: LanguageServer): vscode.Disposable {
  const item = vscode.languages.createLanguageStatusItem("spillcheck.status", documentSelector);
  item.name = "SpillCheck";
  const show = (status: Status) => {
    item.text = status.state === "checking" ? "SpillCheck" : `$(shield) SpillCheck`;
    item.busy = status.state === "checking";
    item.severity = severities[status.state];
    item.detail = [status.message, ...status.details.filter((line) => line !== status.message)].join("\n");
    item.command =
      status.state === "error"
        ? { command: "spillcheck.restartServer", title: "Restart" }
        : { command: "spillcheck.showOutput", title: "Show Output" };
  };
  show({ state: "checking", message: "Starting ...", details: [] });
  return vscode.Disposable.from(item, server.onStatus(show));
}
