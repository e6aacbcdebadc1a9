/** Findings and fixes as a user meets them, with the extension in its development folder. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { extensionFolder, repository } from "./launch.js";
import { windowForTests } from "./window.js";

const opened = windowForTests({ extension: extensionFolder });
const onDisk = (name: string) => readFileSync(path.join(opened.editor.folder, name), "utf8");
const original = readFileSync(path.join(repository, "test", "editor", "workspace", "app.py"), "utf8");

/** Opens app.py as it was at the start, whatever a test before did to it. */
async function openApp(): Promise<void> {
  await opened.bench.run("View: Revert and Close Editor");
  writeFileSync(path.join(opened.editor.folder, "app.py"), original);
  await opened.bench.openFile("app.py");
  await errorsUnderlined(ERRORS);
}

/** Errors that app.py has. */
const ERRORS = 3;

/** Waits until this many errors are underlined: while findings are brought up to date there may be none. */
async function errorsUnderlined(count: number): Promise<void> {
  await expect.poll(() => opened.bench.squiggles("error").count()).toBe(count);
}

/** The line of a text in app.py, from 1. */
const lineOf = (text: string) => original.slice(0, original.indexOf(text)).split("\n").length;

describe("a Python file", () => {
  it("gets its findings underlined and listed in the Problems view", async () => {
    await openApp();
    await opened.bench.run("Problems: Focus on Problems View");
    await opened.bench.picture("findings-light");
    // The list holds only the rows in sight.
    await opened.bench.run("View: Toggle Maximized Panel");
    const problems = await opened.bench.problems("debug-enabled");
    for (const rule of ["sensitive-field-in-prompt", "missing-projection", "raw-llm-output", "user-input-in-prompt"]) {
      expect(problems.filter((text) => text.includes(rule))).toHaveLength(1);
    }
    await opened.bench.run("View: Toggle Panel Visibility");
  });

  it("shows the way of the data on hovering", async () => {
    await openApp();
    await opened.bench.goToLine(lineOf("find_one"), 20);
    const hover = await opened.bench.hover();
    expect(hover).toContain("missing-projection");
    expect(hover).toContain("a record is read from");
    await opened.bench.picture("hover");
  });

  it("offers fixes in the lightbulb menu, the suppressing comment last", async () => {
    await openApp();
    await opened.bench.goToLine(lineOf("debug=True"), 14);
    await opened.bench.lightbulb();
    const titles = await opened.bench.quickFixes();
    await opened.bench.picture("lightbulb");
    expect(titles.length).toBeGreaterThan(1);
    expect(titles.at(-1)).toBe("Ignore debug-enabled here with a comment");
    await opened.editor.page.keyboard.press("Escape");
  });

  it("reads right after a fix, and the squiggle is gone", async () => {
    await openApp();
    await opened.bench.goToLine(lineOf("debug=True"), 15);
    const [title] = await opened.bench.quickFixes();
    await opened.bench.chooseFix(title ?? "");
    await opened.bench.save();
    await errorsUnderlined(ERRORS - 1);
    expect(onDisk("app.py")).toBe(original.replace("debug=True", "debug=False"));
  });

  it("asks the database for the fields in use after the projection fix", async () => {
    await openApp();
    await opened.bench.goToLine(lineOf("find_one"), 20);
    const titles = await opened.bench.quickFixes();
    await opened.bench.chooseFix(titles[0] ?? "");
    await opened.bench.save();
    const line = onDisk("app.py")
      .split("\n")
      .find((text) => text.includes("find_one"));
    await opened.bench.picture("fixed");
    expect(line).toMatch(/find_one\(.*\{.*"name": 1.*"email": 1.*\}\)/);
  });

  it("is quiet where a comment says so", async () => {
    await openApp();
    await opened.bench.goToLine(lineOf("debug=True"), 15);
    await opened.bench.quickFixes();
    await opened.bench.chooseFix("Ignore debug-enabled");
    await opened.bench.save();
    await errorsUnderlined(ERRORS - 1);
    expect(onDisk("app.py")).toContain("    app.run(debug=True)  # spillcheck: ignore[debug-enabled]\n");
  });
});

describe("commands", () => {
  it("are all in the palette", async () => {
    const titles = await opened.bench.commands("SpillCheck:");
    const manifest = JSON.parse(readFileSync(path.join(repository, "package.json"), "utf8"));
    const promised = manifest.contributes.commands.map((one: { title: string }) => `SpillCheck: ${one.title}`);
    expect([...titles].sort()).toEqual([...promised].sort());
  });

  it("check the whole workspace and say what came of it", async () => {
    await opened.bench.run("SpillCheck: Check Workspace");
    const message = await opened.bench.notification("finding");
    expect(await message.textContent()).toMatch(/SpillCheck: \d+ findings in 2 files of 3\./);
    await message.getByRole("button", { name: "Show Problems" }).click();
    expect((await opened.bench.problems("jobs.py")).join("\n")).toContain("jobs.py");
    await opened.bench.picture("workspace");
    await opened.bench.run("View: Toggle Panel Visibility");
  });

  it("open a rule's page without a network", async () => {
    await opened.bench.run("SpillCheck: Open Rule Page");
    await opened.bench.pick("missing-projection", "projection");
    const page = await opened.bench.webview("h1");
    await expect.poll(() => page.locator("h1").first().textContent()).toContain("missing-projection");
    await opened.bench.picture("rule-page");
    await opened.bench.run("View: Close Editor");
  });
});

describe("settings", () => {
  it("that are wrong turn the status and stop nothing", async () => {
    await openApp();
    opened.editor.configure({ "spillcheck.preset": "lax" });
    await opened.bench.status("spillcheck.preset").waitFor();
    await opened.bench.picture("wrong-setting");
    await errorsUnderlined(ERRORS);
    opened.editor.configure({});
    await opened.bench.status("Ready.").waitFor();
  });
});

describe("themes", () => {
  const themes = [
    ["dark", "Default Dark Modern", ".vs-dark"],
    ["high-contrast", "Default High Contrast", ".hc-black"],
    ["high-contrast-light", "Default High Contrast Light", ".hc-light"],
    ["light", "Default Light Modern", ".vs"],
  ] as const;
  for (const [name, theme, mark] of themes) {
    it(`show findings in ${name}`, async () => {
      await openApp();
      opened.editor.configure({ "workbench.colorTheme": theme });
      await opened.editor.page.locator(`.monaco-workbench${mark}`).waitFor();
      await opened.bench.goToLine(lineOf("debug=True"), 15);
      await opened.bench.quickFixes();
      await opened.bench.picture(`editor-${name}`);
      await errorsUnderlined(ERRORS);
      await opened.editor.page.keyboard.press("Escape");
    });
  }
});
