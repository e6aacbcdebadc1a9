/** Findings and fixes as a user meets them, with the extension in its development folder. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { type Editor, extensionFolder, repository, startEditor } from "./launch.js";
import { Workbench } from "./workbench.js";

let editor: Editor;
let bench: Workbench;

beforeAll(async () => {
  editor = await startEditor({ extension: extensionFolder });
  bench = new Workbench(editor.page);
});
afterAll(() => editor?.close());
afterEach(() => bench.dismiss());
const onDisk = (name: string) => readFileSync(path.join(editor.folder, name), "utf8");
const original = readFileSync(path.join(repository, "test", "editor", "workspace", "app.py"), "utf8");

/** Opens app.py as it was at the start, whatever a test before did to it. */
async function openApp(): Promise<void> {
  await bench.run("View: Revert and Close Editor");
  writeFileSync(path.join(editor.folder, "app.py"), original);
  await bench.openFile("app.py");
  await bench.squiggles("error").nth(1).waitFor();
}

/** The line of a text in app.py, from 1. */
const lineOf = (text: string) => original.slice(0, original.indexOf(text)).split("\n").length;
const pictureOnFailure = () => onTestFailed(({ task }) => bench.picture(`failed-${task.name.replace(/\W+/g, "-")}`));

describe("a Python file", () => {
  it("gets its findings underlined and listed in the Problems view", async () => {
    pictureOnFailure();
    await openApp();
    await bench.run("Problems: Focus on Problems View");
    await bench.picture("findings-light");
    // The list holds only the rows in sight.
    await bench.run("View: Toggle Maximized Panel");
    const problems = await bench.problems("debug-enabled");
    for (const rule of ["sensitive-field-in-prompt", "missing-projection", "raw-llm-output", "user-input-in-prompt"]) {
      expect(problems.filter((text) => text.includes(rule))).toHaveLength(1);
    }
    await bench.run("View: Toggle Panel Visibility");
  });

  it("shows the way of the data on hovering", async () => {
    pictureOnFailure();
    await openApp();
    await bench.goToLine(lineOf("find_one"), 20);
    const hover = await bench.hover();
    expect(hover).toContain("missing-projection");
    expect(hover).toContain("a record is read from");
    await bench.picture("hover");
  });

  it("offers fixes in the lightbulb menu, the suppressing comment last", async () => {
    pictureOnFailure();
    await openApp();
    await bench.goToLine(lineOf("debug=True"), 15);
    await bench.lightbulb().waitFor();
    const titles = await bench.quickFixes();
    await bench.picture("lightbulb");
    expect(titles.length).toBeGreaterThan(1);
    expect(titles.at(-1)).toBe("Ignore debug-enabled here with a comment");
    await editor.page.keyboard.press("Escape");
  });

  it("reads right after a fix, and the squiggle is gone", async () => {
    pictureOnFailure();
    await openApp();
    const before = await bench.squiggles("error").count();
    await bench.goToLine(lineOf("debug=True"), 15);
    const [title] = await bench.quickFixes();
    await bench.chooseFix(title ?? "");
    await bench
      .squiggles("error")
      .nth(before - 1)
      .waitFor({ state: "detached" });
    await bench.save();
    expect(onDisk("app.py")).toBe(original.replace("debug=True", "debug=False"));
  });

  it("asks the database for the fields in use after the projection fix", async () => {
    pictureOnFailure();
    await openApp();
    await bench.goToLine(lineOf("find_one"), 20);
    const titles = await bench.quickFixes();
    await bench.chooseFix(titles[0] ?? "");
    await bench.save();
    const line = onDisk("app.py")
      .split("\n")
      .find((text) => text.includes("find_one"));
    await bench.picture("fixed");
    expect(line).toMatch(/find_one\(.*\{.*"name": 1.*"email": 1.*\}\)/);
  });

  it("is quiet where a comment says so", async () => {
    pictureOnFailure();
    await openApp();
    const before = await bench.squiggles("error").count();
    await bench.goToLine(lineOf("debug=True"), 15);
    await bench.quickFixes();
    await bench.chooseFix("Ignore debug-enabled");
    await bench
      .squiggles("error")
      .nth(before - 1)
      .waitFor({ state: "detached" });
    await bench.save();
    expect(onDisk("app.py")).toContain("    app.run(debug=True)  # spillcheck: ignore[debug-enabled]\n");
  });
});

describe("commands", () => {
  it("are all in the palette", async () => {
    pictureOnFailure();
    const titles = await bench.commands("SpillCheck:");
    const manifest = JSON.parse(readFileSync(path.join(repository, "package.json"), "utf8"));
    const promised = manifest.contributes.commands.map((one: { title: string }) => `SpillCheck: ${one.title}`);
    expect([...titles].sort()).toEqual([...promised].sort());
  });

  it("check the whole workspace and say what came of it", async () => {
    pictureOnFailure();
    await bench.run("SpillCheck: Check Workspace");
    const message = await bench.notification("finding");
    expect(await message.textContent()).toMatch(/SpillCheck: \d+ findings in 2 files of 3\./);
    await message.getByRole("button", { name: "Show Problems" }).click();
    expect((await bench.problems("jobs.py")).join("\n")).toContain("jobs.py");
    await bench.picture("workspace");
    await bench.run("View: Toggle Panel Visibility");
  });

  it("open a rule's page without a network", async () => {
    pictureOnFailure();
    await bench.run("SpillCheck: Open Rule Page");
    await bench.pick("missing-projection", "projection");
    const page = await bench.webview("h1");
    await expect.poll(() => page.locator("h1").first().textContent()).toContain("missing-projection");
    await bench.picture("rule-page");
    await bench.run("View: Close Editor");
  });
});

describe("settings", () => {
  it("that are wrong turn the status and stop nothing", async () => {
    pictureOnFailure();
    await bench.openFile("app.py");
    editor.configure({ "spillcheck.preset": "lax" });
    await bench.status("spillcheck.preset").waitFor();
    await bench.picture("wrong-setting");
    expect(await bench.squiggles("error").count()).toBeGreaterThan(0);
    editor.configure({});
    await bench.status("Ready.").waitFor();
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
      pictureOnFailure();
      await openApp();
      editor.configure({ "workbench.colorTheme": theme });
      await editor.page.locator(`.monaco-workbench${mark}`).waitFor();
      await bench.goToLine(lineOf("debug=True"), 15);
      await bench.quickFixes();
      await bench.picture(`editor-${name}`);
      expect(await bench.squiggles("error").count()).toBeGreaterThan(0);
      await editor.page.keyboard.press("Escape");
    });
  }
});
