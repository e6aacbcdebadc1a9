/** Folders with files for one test. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

/** Makes a folder that is removed when the test ends. @returns its absolute path */
export function folderWith(files: Record<string, string | Uint8Array>): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "spillcheck-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, contents] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, contents);
  }
  return folder;
}

export function textOf(folder: string, name: string): string {
  return readFileSync(path.join(folder, name), "utf8");
}
