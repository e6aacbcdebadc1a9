import { readFile } from "node:fs/promises";

/** File endings that are bundled as text: data (`.yaml`) and rule pages (`.md`). */
export const TEXT_ENDINGS = [".yaml", ".md"];

/** esbuild's `loader` entries for them. */
export const textLoaders = Object.fromEntries(TEXT_ENDINGS.map((ending) => [ending, "text"]));

/** The same for vite and vitest: `import text from "./a.yaml"` gives the file's text. */
export function yamlText() {
  return {
    name: "spillcheck-text",
    enforce: "pre",
    async load(id) {
      const path = id.split("?")[0];
      if (!TEXT_ENDINGS.some((ending) => path.endsWith(ending))) return null;
      return `export default ${JSON.stringify(await readFile(path, "utf8"))};`;
    },
  };
}
