/** The extension from its own folder, as a user meets it. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { type Editor, repository, startEditor } from "./launch.js";
import { Workbench } from "./workbench.js";

let editor: Editor;
let bench: Workbench;

beforeAll(async () => {
  editor = await startEditor({ extension: process.env.SPILLCHECK_EXTENSION ?? repository });
  bench = new Workbench(editor.page);
});
afterAll(() => editor?.close());

describe("the editor", () => {
  it("underlines findings once a Python file is open", async () => {
    onTestFailed(() => bench.picture("failed"));
    await bench.openFile("app.py");
    await bench.squiggles("error").first().waitFor();
    await bench.picture("x");
    expect(await bench.squiggles("error").count()).toBeGreaterThan(0);
    expect(await bench.commands("SpillCheck:")).toContain("SpillCheck: Check Workspace");
    await bench.goToLine(30, 15);
    console.log(await bench.quickFixes());
    await bench.picture("y");
    await bench.chooseFix("Switch debug off");
    await bench.run("SpillCheck: Open Rule Page");
    await bench.picture("z");
    console.log(readFileSync(path.join(editor.folder, "app.py"), "utf8").length);
  });
});
