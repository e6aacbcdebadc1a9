/** Loads the repository's TypeScript into a script: bundled on the fly, data files included. */
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { textLoaders } from "./yaml-text.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * The exports of a piece of TypeScript.
 * @param {string} source its text; imports are relative to the repository's root
 */
export async function loadTypeScript(source) {
  const folder = mkdtempSync(path.join(tmpdir(), "spillcheck-"));
  try {
    const outfile = path.join(folder, "bundle.cjs");
    await build({
      stdin: { contents: source, resolveDir: root, loader: "ts" },
      bundle: true,
      outfile,
      format: "cjs",
      platform: "node",
      mainFields: ["module", "main"],
      loader: textLoaders,
      logLevel: "error",
    });
    return createRequire(import.meta.url)(outfile);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
