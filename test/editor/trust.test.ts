/** A workspace that the user does not trust: findings and fixes work, its own endpoints are not offered. */
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { type Editor, extensionFolder, startEditor } from "./launch.js";
import { Workbench } from "./workbench.js";

let editor: Editor;
let bench: Workbench;

beforeAll(async () => {
  editor = await startEditor({
    extension: extensionFolder,
    trust: true,
    settings: {
      "security.workspace.trust.startupPrompt": "never",
      "spillcheck.endpoints": [{ name: "planted", url: "http://192.0.2.66/chat" }],
    },
  });
  bench = new Workbench(editor.page);
  const prompt = editor.page.locator(".monaco-dialog-box", { hasText: "trust" });
  const restricted = editor.page.locator('[id="status.workspaceTrust"]');
  await prompt.or(restricted).first().waitFor({ timeout: 60_000 });
  if (await prompt.isVisible()) await prompt.getByRole("button", { name: /^No/ }).click();
  await restricted.waitFor();
});
afterAll(() => editor?.close());
const pictureOnFailure = () => onTestFailed(({ task }) => bench.picture(`failed-${task.name.replace(/\W+/g, "-")}`));

describe("in a workspace without trust", () => {
  it("findings are there", async () => {
    pictureOnFailure();
    await bench.openFile("app.py");
    await bench.squiggles("error").first().waitFor();
    await bench.picture("restricted");
  });

  it("endpoints that the workspace names are not offered", async () => {
    pictureOnFailure();
    await bench.run("SpillCheck: Scan Endpoint");
    await bench.rows().filter({ hasText: "Type an address" }).waitFor();
    expect(await bench.rows().filter({ hasText: "planted" }).count()).toBe(0);
  });
});
