/** Patterns of `.gitignore` files and of the settings `exclude` and `include`, which are written the same way. */
import ignore, { type Ignore } from "ignore";
import { isInside, relative } from "./paths.js";

// As git does by default on these systems.
const ignorecase = process.platform === "win32" || process.platform === "darwin";

/** Patterns and the folder that they are relative to. */
export class PatternSet {
  readonly #rules: Ignore;

  /**
   * @param base absolute folder
   * @param patterns lines of a `.gitignore`, or the items of a list
   */
  constructor(
    readonly base: string,
    patterns: string | readonly string[],
  ) {
    this.#rules = ignore({ ignorecase, allowRelativePaths: false });
    this.#rules.add(patterns);
  }

  /** What the patterns say of a path; undefined when they say nothing. A folder's path has to be named as such. */
  decide(path: string, folder: boolean): "ignored" | "kept" | undefined {
    if (path === this.base || !isInside(path, this.base)) return undefined;
    const name = relative(path, this.base);
    if (!ignore.isPathValid(name)) return undefined;
    const result = this.#rules.test(folder ? `${name}/` : name);
    if (result.ignored) return "ignored";
    return result.unignored ? "kept" : undefined;
  }

  matches(path: string, folder = false): boolean {
    return this.decide(path, folder) === "ignored";
  }
}

/** Several sets, the deepest last; the deepest that says anything decides, as git has it. */
export function isIgnored(sets: readonly PatternSet[], path: string, folder: boolean): boolean {
  for (let i = sets.length - 1; i >= 0; i--) {
    const said = sets[i]?.decide(path, folder);
    if (said !== undefined) return said === "ignored";
  }
  return false;
}
