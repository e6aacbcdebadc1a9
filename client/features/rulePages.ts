/** "SpillCheck: Open Rule Page": the pages come with the extension and open as Markdown previews, also without a network. */
import * as vscode from "vscode";
import { RULE_PAGE, RULES, rulePageSchema, rulesSchema } from "../../server/lsp/protocol.js";
import { type LanguageServer, RequestFailed } from "../languageServer.js";

const SCHEME = "spillcheck-rule";

export function registerRulePages(server: LanguageServer): vscode.Disposable {
  const provider: vscode.TextDocumentContentProvider = {
    async provideTextDocumentContent(uri) {
      const id = uri.path.replace(/^\//, "").replace(/\.md$/, "");
      return (await server.request(RULE_PAGE, { id }, rulePageSchema)).markdown;
    },
  };
  const pick = async () => {
    const rules = await server.request(RULES, {}, rulesSchema);
    const items = rules.map((rule) => ({ label: rule.id, description: rule.level, detail: rule.summary }));
    const options = { title: "SpillCheck: Open Rule Page", placeHolder: "Rule", matchOnDetail: true };
    return (await vscode.window.showQuickPick(items, options))?.label;
  };
  const open = async (asked?: unknown) => {
    try {
      const id = typeof asked === "string" ? asked : await pick();
      if (!id) return;
      const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${id}.md` });
      // Asked for first: a rule without a page is said in a message and not in an empty preview.
      const { url } = await server.request(RULE_PAGE, { id }, rulePageSchema);
      try {
        await vscode.commands.executeCommand("markdown.showPreview", uri);
      } catch {
        await vscode.env.openExternal(vscode.Uri.parse(url));
      }
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      void vscode.window.showErrorMessage(error.message);
    }
  };
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, provider),
    vscode.commands.registerCommand("spillcheck.openRulePage", open),
  );
}
