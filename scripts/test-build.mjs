/**
 * Global set-up of the tests: builds `dist/` once, so that the tests that spawn the command line or the language server
 * meet the bundle that users get. `SPILLCHECK_SKIP_BUILD=1` uses the bundle that is there. A build that fails takes the
 * old bundle away, so that no test passes on it, and leaves the tests that need none running.
 */
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "../esbuild.mjs";

export async function setup() {
  if (process.env.SPILLCHECK_SKIP_BUILD === "1") return;
  try {
    await build({ quiet: true });
  } catch {
    console.error("The build failed, so the tests that start a bundle will fail too.");
    await rm(fileURLToPath(new URL("../dist", import.meta.url)), { recursive: true, force: true });
  }
}
