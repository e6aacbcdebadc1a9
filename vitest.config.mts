import { defineConfig } from "vitest/config";
import { yamlText } from "./scripts/yaml-text.mjs";

export default defineConfig({
  plugins: [yamlText()],
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/editor/**", "test/fixtures/**", "node_modules/**"],
    // Tests wait for events; this only ends a test that hangs.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    pool: "forks",
    maxWorkers: 2,
    globalSetup: ["scripts/test-build.mjs"],
  },
});
