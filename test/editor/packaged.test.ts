/** The packaged .vsix, installed as a user installs it: what the development folder has and the package lacks shows here. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Frame } from "playwright-core";
import { describe, expect, it } from "vitest";
import { repository } from "./launch.js";
import { windowForTests } from "./window.js";

let vsix: string | undefined;
const opened = windowForTests(() => {
  if (vsix === undefined) {
    const script = path.join(repository, "scripts", "package.mjs");
    const output = execFileSync(process.execPath, [script], { encoding: "utf8" });
    vsix = /^(.*\.vsix): /m.exec(output)?.[1];
    if (!vsix) throw new Error(`The package was not made:\n${output}`);
  }
  return { vsix };
});

/** The report of the lab, which is scanned where a test before did not: in the window of a second try. */
async function labReport(): Promise<Frame> {
  const tab = opened.editor.page.locator(".tabs-container .tab", { hasText: "Scan: 127.0.0.1" });
  if ((await tab.count()) === 0) await opened.bench.run("SpillCheck: Start Lab and Scan It");
  return opened.bench.webview("spillcheck-report h1");
}

describe("the packaged extension", () => {
  it("finds, and fixes", async () => {
    await opened.bench.openFile("jobs.py");
    await opened.bench.squiggles("error").first().waitFor();
    const before = readFileSync(path.join(opened.editor.folder, "jobs.py"), "utf8");
    const line = before.slice(0, before.indexOf("debug=True")).split("\n").length;
    await opened.bench.goToLine(line, 28);
    const [title] = await opened.bench.quickFixes();
    await opened.bench.chooseFix(title ?? "");
    await opened.bench.squiggles("error").first().waitFor({ state: "detached" });
    await opened.bench.save();
    const after = readFileSync(path.join(opened.editor.folder, "jobs.py"), "utf8");
    expect(after).toBe(before.replace("debug=True", "debug=False"));
  });

  it("scans the lab and shows the report", async () => {
    const frame = await labReport();
    await frame.locator(".finding", { hasText: "system-prompt-leak" }).first().waitFor();
    await frame.locator(".grade").waitFor();
    await opened.bench.picture("packaged-report");
  });

  it("saves the report as a file that stands alone", async () => {
    const frame = await labReport();
    await frame.locator("vscode-button", { hasText: "HTML" }).first().click();
    await expect.poll(() => opened.bench.quickInput().inputValue()).toContain("spillcheck-report-");
    const file = path.join(opened.editor.folder, "report.html");
    await opened.bench.quickInput().fill(file);
    await opened.editor.page.keyboard.press("Enter");
    await frame.getByText("Saved as report.html.").first().waitFor();
    const html = readFileSync(file, "utf8");
    expect(html).toContain("<spillcheck-report>");
    expect(html).toContain("system-prompt-leak");
  });
});
