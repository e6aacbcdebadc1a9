/**
 * `.yaml` and `.md` files imported as text, the same way in the bundles (esbuild) and in the tests (vite):
 * `import text from "./openai.yaml"`. Who imports parses, and checks against a schema.
 */
import { readFile } from "node:fs/promises";

const textFile = /\.(ya?ml|md)$/;

/** The esbuild side. */
export function textPlugin() {
  return {
    name: "text-files",
    setup(build) {
      build.onLoad({ filter: textFile }, async (args) => ({
        contents: await readFile(args.path, "utf8"),
        loader: "text",
      }));
    },
  };
}

/** The vite (vitest) side. */
export function textVitePlugin() {
  return {
    name: "text-files",
    enforce: "pre",
    async load(id) {
      const file = id.split("?")[0];
      if (!textFile.test(file)) return null;
      return `export default ${JSON.stringify(await readFile(file, "utf8"))};`;
    },
  };
}
