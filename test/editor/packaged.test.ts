/** The packaged .vsix, installed as a user installs it: what the development folder has and the package lacks shows here. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { type Editor, repository, startEditor } from "./launch.js";
import { Workbench } from "./workbench.js";

let editor: Editor;
let bench: Workbench;

beforeAll(async () => {
  const output = execFileSync(process.execPath, [path.join(repository, "scripts", "package.mjs")], {
    encoding: "utf8",
  });
  const vsix = /^(.*\.vsix): /m.exec(output)?.[1];
  if (!vsix) throw new Error(`The package was not made:\n${output}`);
  editor = await startEditor({ vsix });
  bench = new Workbench(editor.page);
});
afterAll(() => editor?.close());
const pictureOnFailure = () =>
  onTestFailed(({ task }) => bench.picture(`failed-packaged-${task.name.replace(/\W+/g, "-")}`));

describe("the packaged extension", () => {
  it("finds, and fixes", async () => {
    pictureOnFailure();
    await bench.openFile("jobs.py");
    await bench.squiggles("error").first().waitFor();
    const before = readFileSync(path.join(editor.folder, "jobs.py"), "utf8");
    const line = before.slice(0, before.indexOf("debug=True")).split("\n").length;
    await bench.goToLine(line, 28);
    const [title] = await bench.quickFixes();
    await bench.chooseFix(title ?? "");
    await bench.squiggles("error").first().waitFor({ state: "detached" });
    await bench.save();
    const after = readFileSync(path.join(editor.folder, "jobs.py"), "utf8");
    expect(after).toBe(before.replace("debug=True", "debug=False"));
  });

  it("scans the lab and shows the report", async () => {
    pictureOnFailure();
    await bench.run("SpillCheck: Start Lab and Scan It");
    const frame = await bench.webview("spillcheck-report h1");
    await frame.locator(".finding", { hasText: "system-prompt-leak" }).first().waitFor();
    await frame.locator(".grade").waitFor();
    await bench.picture("packaged-report");
  });

  it("saves the report as a file that stands alone", async () => {
    pictureOnFailure();
    const frame = await bench.webview("spillcheck-report h1");
    await frame.locator("vscode-button", { hasText: "HTML" }).first().click();
    await expect.poll(() => bench.quickInput().inputValue()).toContain("spillcheck-report-");
    const file = path.join(editor.folder, "report.html");
    await bench.quickInput().fill(file);
    await editor.page.keyboard.press("Enter");
    await frame.getByText("Saved as report.html.").first().waitFor();
    const html = readFileSync(file, "utf8");
    expect(html).toContain("<spillcheck-report>");
    expect(html).toContain("system-prompt-leak");
  });
});
