/**
 * Tests inside the extension host: what other extensions and the editor itself see of SpillCheck through the API. Bundled
 * to one CommonJS module by `host.test.ts`, which reads the results.
 */

import { strict as assert } from "node:assert";
import { writeFileSync } from "node:fs";
import * as vscode from "vscode";

const tests: { name: string; work: () => Promise<void> }[] = [];
const check = (name: string, work: () => Promise<void>) => tests.push({ name, work });

const extension = () => {
  const found = vscode.extensions.getExtension("spillcheck.spillcheck");
  assert.ok(found, "the extension is installed");
  return found;
};
const inFolder = (name: string) => {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, "a folder is open");
  return vscode.Uri.joinPath(folder.uri, name);
};
const ours = (uri: vscode.Uri) => vscode.languages.getDiagnostics(uri).filter((one) => one.source === "SpillCheck");
const codeOf = (one: vscode.Diagnostic) => (typeof one.code === "object" ? String(one.code.value) : String(one.code));

/** Waits until the diagnostics of a file are as wanted. */
function diagnostics(
  uri: vscode.Uri,
  what: string,
  wanted: (found: vscode.Diagnostic[]) => boolean,
): Promise<vscode.Diagnostic[]> {
  return new Promise((settle, fail) => {
    const look = () => {
      const found = ours(uri);
      if (!wanted(found)) return;
      clearTimeout(timer);
      listener.dispose();
      settle(found);
    };
    const listener = vscode.languages.onDidChangeDiagnostics(look);
    const timer = setTimeout(() => {
      listener.dispose();
      fail(new Error(`Waited in vain for ${what}; there is: ${ours(uri).map(codeOf).join(", ") || "nothing"}.`));
    }, 60_000);
    look();
  });
}

async function show(name: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(inFolder(name)));
}

/** A new file with this content, open in an editor. */
async function write(name: string, content: string | Uint8Array): Promise<vscode.TextEditor> {
  await vscode.workspace.fs.writeFile(inFolder(name), typeof content === "string" ? Buffer.from(content) : content);
  return show(name);
}

const leaking = "from flask import Flask\n\napp = Flask(__name__)\napp.run(debug=True)\n";

check("is not active before a Python file is open", async () => {
  assert.equal(extension().isActive, false);
});

check("becomes active with the first Python file and reports its findings", async () => {
  const editor = await show("app.py");
  const found = await diagnostics(editor.document.uri, "findings in app.py", (all) => all.length > 0);
  assert.equal(extension().isActive, true);
  const debug = found.find((one) => codeOf(one) === "debug-enabled");
  assert.ok(debug, `debug-enabled is among ${found.map(codeOf)}`);
  assert.equal(debug.severity, vscode.DiagnosticSeverity.Error);
  assert.ok(typeof debug.code === "object" && debug.code.target.path.endsWith("debug-enabled.md"));
  const flow = found.find((one) => codeOf(one) === "user-input-in-prompt");
  assert.ok(flow, `user-input-in-prompt is among ${found.map(codeOf)}`);
  assert.ok((flow.relatedInformation?.length ?? 0) > 1, "its path is told");
});

check("has every command of its package", async () => {
  const there = await vscode.commands.getCommands(true);
  const promised: { command: string }[] = extension().packageJSON.contributes.commands;
  assert.ok(promised.length >= 9);
  assert.deepEqual(
    promised.filter(({ command }) => !there.includes(command)),
    [],
  );
});

check("offers a fix, and the text after it is right", async () => {
  const editor = await write("fixing.py", leaking);
  const { document } = editor;
  const [finding] = await diagnostics(document.uri, "the finding", (all) => all.length === 1);
  assert.ok(finding);
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    "vscode.executeCodeActionProvider",
    document.uri,
    finding.range,
    vscode.CodeActionKind.QuickFix.value,
    5,
  );
  const [first] = actions;
  assert.ok(first?.isPreferred, `the first of ${actions.map((one) => one.title)} is preferred`);
  assert.match(actions.at(-1)?.title ?? "", /^Ignore debug-enabled/);
  assert.ok(first.edit, "it was resolved");
  assert.ok(await vscode.workspace.applyEdit(first.edit));
  assert.equal(document.getText(), leaking.replace("debug=True", "debug=False"));
  await diagnostics(document.uri, "no finding", (all) => all.length === 0);
  await document.save();
});

check("fixes all on saving where the settings say so", async () => {
  const editor = await write("saving.py", `${leaking}app.debug = True\n`);
  const { document } = editor;
  const before = await diagnostics(document.uri, "two findings", (all) => all.length === 2);
  const settings = vscode.workspace.getConfiguration("editor", document.uri);
  const onSave = { "source.fixAll.spillcheck": "always" };
  await settings.update("codeActionsOnSave", onSave, vscode.ConfigurationTarget.Workspace);
  await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), "import os\n"));
  // The server has the new text, and has tried the fixes once: saving does not wait long for anybody.
  const lines = before.map((one) => one.range.start.line + 1).sort();
  await diagnostics(document.uri, "moved findings", (all) => {
    const now = all.map((one) => one.range.start.line).sort();
    return now.length === lines.length && now.every((line, i) => line === lines[i]);
  });
  const whole = new vscode.Range(0, 0, document.lineCount, 0);
  await vscode.commands.executeCommand(
    "vscode.executeCodeActionProvider",
    document.uri,
    whole,
    "source.fixAll.spillcheck",
    1,
  );
  await document.save();
  assert.equal(document.getText(), `import os\n${leaking.replace("debug=True", "debug=False")}app.debug = False\n`);
  await settings.update("codeActionsOnSave", undefined, vscode.ConfigurationTarget.Workspace);
});

check("explains a finding on hovering", async () => {
  const editor = await show("app.py");
  const [finding] = await diagnostics(editor.document.uri, "findings", (all) => all.length > 0);
  assert.ok(finding);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    "vscode.executeHoverProvider",
    editor.document.uri,
    finding.range.start,
  );
  const text = hovers
    .flatMap((hover) => hover.contents.map((one) => (typeof one === "string" ? one : one.value)))
    .join("\n");
  assert.ok(text.includes(codeOf(finding)), text);
});

check("follows typing, character by character", async () => {
  const editor = await write("typing.py", "from flask import Flask\n\napp = Flask(__name__)\n");
  const { document } = editor;
  for (const char of "app.run(debug=True)") {
    const end = document.lineAt(document.lineCount - 1).range.end;
    await editor.edit((edit) => edit.insert(end, char), { undoStopBefore: false, undoStopAfter: false });
  }
  await diagnostics(document.uri, "the finding", (all) => all.length === 1);
  await editor.edit((edit) => edit.delete(document.lineAt(document.lineCount - 1).range));
  await diagnostics(document.uri, "no finding", (all) => all.length === 0);
  await document.save();
});

check("checks the whole workspace and keeps up with files that change on disk", async () => {
  await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  const jobs = inFolder("jobs.py");
  assert.deepEqual(ours(jobs), []);
  // The command waits for its message to be closed: it is not waited for here.
  void vscode.commands.executeCommand("spillcheck.checkWorkspace");
  const [finding] = await diagnostics(jobs, "the finding of a file that is not open", (all) => all.length === 1);
  assert.equal(finding && codeOf(finding), "debug-enabled");
  const text = Buffer.from(await vscode.workspace.fs.readFile(jobs)).toString();
  await vscode.workspace.fs.writeFile(jobs, Buffer.from(text.replace("debug=True", "debug=False")));
  await diagnostics(jobs, "no finding after the change", (all) => all.length === 0);
  await vscode.workspace.fs.writeFile(jobs, Buffer.from(text));
  await diagnostics(jobs, "the finding again", (all) => all.length === 1);
  await show("jobs.py");
  await diagnostics(jobs, "one finding, not two, once it is open", (all) => all.length === 1);
});

check("says what is wrong in .spillcheck.yaml, at the key, and lets the rest count", async () => {
  const yaml = inFolder(".spillcheck.yaml");
  await vscode.workspace.fs.writeFile(yaml, Buffer.from("levels:\n  debug-enabled: off\nlevel: {}\n"));
  const [problem] = await diagnostics(yaml, "the problem", (all) => all.length === 1);
  assert.equal(problem?.range.start.line, 2);
  await diagnostics(inFolder("jobs.py"), "the level to count", (all) => all.length === 0);
  await vscode.workspace.fs.delete(yaml);
  await diagnostics(inFolder("jobs.py"), "the level to be gone", (all) => all.length === 1);
  await diagnostics(yaml, "the problem to be gone", (all) => all.length === 0);
});

check("goes by the editor's settings", async () => {
  const editor = await show("jobs.py");
  const settings = vscode.workspace.getConfiguration("spillcheck");
  await settings.update("rules", { "debug-enabled": "hint" }, vscode.ConfigurationTarget.Workspace);
  const hint = (all: vscode.Diagnostic[]) => all[0]?.severity === vscode.DiagnosticSeverity.Hint;
  await diagnostics(editor.document.uri, "a hint", hint);
  await settings.update("enable", false, vscode.ConfigurationTarget.Workspace);
  await diagnostics(editor.document.uri, "nothing", (all) => all.length === 0);
  await settings.update("enable", undefined, vscode.ConfigurationTarget.Workspace);
  await settings.update("rules", undefined, vscode.ConfigurationTarget.Workspace);
  await diagnostics(editor.document.uri, "the error", (all) => all[0]?.severity === vscode.DiagnosticSeverity.Error);
});

check("bears files that are empty, not UTF-8, broken and huge", async () => {
  await write("empty.py", "");
  await write("latin.py", Buffer.from("# caf\xe9\nx = '\xff'\n", "latin1"));
  await write("broken.py", `def (:\n  [[[\n${leaking}`);
  await write("huge.py", `${"value = {'key': 'some text of no concern'}\n".repeat(120_000)}`);
  const editor = await write("after.py", leaking);
  await diagnostics(editor.document.uri, "the findings of the file after those", (all) => all.length === 1);
});

check("comes back after the server was restarted", async () => {
  const editor = await show("app.py");
  await diagnostics(editor.document.uri, "findings", (all) => all.length > 0);
  await vscode.commands.executeCommand("spillcheck.restartServer");
  await diagnostics(editor.document.uri, "findings again", (all) => all.length > 0);
});

/** Called by the editor. */
export async function run(): Promise<void> {
  const results: { name: string; error?: string }[] = [];
  const file = process.env.SPILLCHECK_HOST_RESULTS;
  if (!file) throw new Error("SPILLCHECK_HOST_RESULTS names no file.");
  for (const { name, work } of tests) {
    try {
      await work();
      results.push({ name });
    } catch (error) {
      results.push({ name, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
    // Each time, so that a run that hangs still tells how far it came.
    writeFileSync(file, JSON.stringify({ total: tests.length, results }));
  }
}
