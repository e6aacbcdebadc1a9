/**
 * Global set-up of the tests: builds `dist/` once, so that the tests that spawn the command line or the language server
 * meet the bundle that users get. `SPILLCHECK_SKIP_BUILD=1` uses the bundle that is there. Where the build
 * fails, the old bundle is taken away, so that no test passes on it, and the tests that need none still run.
 */
import { build } from "../esbuild.mjs";

export async function setup() {
  if (process.env.SPILLCHECK_SKIP_BUILD === "1") return;
  try {
    await build({ quiet: true });
  } catch (error) {
    console.error(`${error.message}; the tests that start it will fail too.`);
  }
}
