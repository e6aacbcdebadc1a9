/** How large a project is, without reading it. */
import { statSync } from "node:fs";

/** From here on, sharing a project out among threads takes less time than it costs. */
const manyFiles = 400;
const muchText = 3_000_000;

/** Whether the Python files are many, or much text. @param files absolute paths; what cannot be read counts nothing */
export function isLarge(files: readonly string[]): boolean {
  let count = 0;
  let bytes = 0;
  for (const file of files) {
    if (!file.endsWith(".py")) continue;
    bytes += statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (++count >= manyFiles || bytes >= muchText) return true;
  }
  return false;
}
