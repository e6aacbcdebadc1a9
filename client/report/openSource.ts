/** Opens a source line that a report names. */
import * as vscode from "vscode";

/**
 * @param name an absolute URI, an absolute path, or a path relative to a workspace folder
 * @param line 1-based
 */
export async function openSource(name: string, line: number): Promise<void> {
  const uri = await find(name);
  if (!uri) {
    void vscode.window.showWarningMessage(`${name} is not in this workspace.`);
    return;
  }
  const position = new vscode.Position(Math.max(0, line - 1), 0);
  const selection = new vscode.Range(position, position);
  await vscode.window.showTextDocument(uri, { selection, viewColumn: vscode.ViewColumn.One });
}

/** Only what lies in the workspace: a report's texts come from outside, and could name any file. */
async function find(name: string): Promise<vscode.Uri | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const absolute = /^[a-z][a-z0-9+.-]+:\/\//i.test(name) ? vscode.Uri.parse(name) : undefined;
  const candidates = absolute
    ? [absolute]
    : name.startsWith("/") || /^[A-Za-z]:[\\/]/.test(name)
      ? [vscode.Uri.file(name)]
      : folders.map((folder) => vscode.Uri.joinPath(folder.uri, name));
  for (const uri of candidates) {
    if (!vscode.workspace.getWorkspaceFolder(uri)) continue;
    const found = await vscode.workspace.fs.stat(uri).then(
      () => true,
      () => false,
    );
    if (found) return uri;
  }
  return undefined;
}
