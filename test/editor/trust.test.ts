/** A workspace that the user does not trust: findings and fixes work, its own endpoints are not offered. */
import { describe, expect, it } from "vitest";
import { extensionFolder } from "./launch.js";
import { windowForTests } from "./window.js";

const opened = windowForTests(
  {
    extension: extensionFolder,
    trust: true,
    settings: {
      "security.workspace.trust.startupPrompt": "never",
      "spillcheck.endpoints": [{ name: "planted", url: "http://192.0.2.66/chat" }],
    },
  },
  async ({ editor }) => {
    const prompt = editor.page.locator(".monaco-dialog-box", { hasText: "trust" });
    const restricted = editor.page.locator('[id="status.workspaceTrust"]');
    await prompt.or(restricted).first().waitFor();
    if (await prompt.isVisible()) await prompt.getByRole("button", { name: /^No/ }).click();
    await restricted.waitFor();
  },
);

describe("in a workspace without trust", () => {
  it("findings are there", async () => {
    await opened.bench.openFile("app.py");
    await opened.bench.squiggles("error").first().waitFor();
    await opened.bench.picture("restricted");
  });

  it("endpoints that the workspace names are not offered", async () => {
    await opened.bench.run("SpillCheck: Scan Endpoint");
    await opened.bench.rows().filter({ hasText: "Type an address" }).waitFor();
    expect(await opened.bench.rows().filter({ hasText: "planted" }).count()).toBe(0);
  });
});
