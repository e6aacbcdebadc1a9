/** Runs the tests of `host/` inside the extension host and tells each one's result. */
import path from "node:path";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { extensionFolder, repository, runInExtensionHost } from "./launch.js";

const module = path.join(repository, "out", "editor", "host.js");
await build({
  entryPoints: [path.join(repository, "test", "editor", "host", "index.ts")],
  outfile: module,
  bundle: true,
  platform: "node",
  format: "cjs",
  external: ["vscode"],
  logLevel: "warning",
});
const { total, results } = await runInExtensionHost(module, extensionFolder);

describe("in the extension host, SpillCheck", () => {
  it("was tested to the end", () => {
    expect(total).toBeGreaterThan(0);
    expect(results).toHaveLength(total);
  });
  for (const { name, error } of results) {
    it(name, () => {
      expect(error ?? "").toBe("");
    });
  }
});
