import path from "node:path";
import { defineConfig } from "vitest/config";

const root = path.resolve(__dirname, "../..");

/** The suite in the real editor: one window at a time, in the order of the names. */
export default defineConfig({
  root,
  test: {
    include: ["test/editor/**/*.test.ts"],
    // Longer than a wait inside of a test, so that it is the wait that says what did not come.
    testTimeout: 240_000,
    hookTimeout: 600_000,
    // The last net for what the editor around the extension does by itself; see window.ts for what a second try starts with.
    retry: 1,
    expect: { poll: { timeout: 45_000, interval: 100 } },
    fileParallelism: false,
    pool: "forks",
    reporters: ["default", ["json", { outputFile: "out/test-results/editor.json" }], "./test/editor/closingLine.ts"],
  },
});
