/** The source files that are mutated. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

/**
 * Python files of a folder by path below `/p`, sorted.
 * @param limit most characters a file may have
 */
export function seedsIn(folder: string, limit = 60_000): Map<string, string> {
  const out = new Map<string, string>();
  const walk = (dir: string, prefix: string): void => {
    for (const name of readdirSync(dir).sort()) {
      const full = path.join(dir, name);
      const info = statSync(full, { throwIfNoEntry: false });
      if (info?.isDirectory()) {
        if (!/^(\.|node_modules|venv)/.test(name)) walk(full, `${prefix}/${name}`);
      } else if (info?.isFile() && name.endsWith(".py") && info.size <= limit) {
        out.set(`${prefix}/${name}`, readFileSync(full, "utf8"));
      }
    }
  };
  walk(folder, "/p");
  return out;
}
