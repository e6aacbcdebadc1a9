import path from "node:path";
import { defineConfig } from "vitest/config";

const root = path.resolve(__dirname, "../..");

/** The suite in the real editor: one window at a time, in the order of the names. */
export default defineConfig({
  root,
  test: {
    include: ["test/editor/**/*.test.ts"],
    testTimeout: 90_000,
    hookTimeout: 600_000,
    fileParallelism: false,
    pool: "forks",
    reporters: ["default", ["json", { outputFile: "out/test-results/editor.json" }], "./test/editor/closingLine.ts"],
  },
});
