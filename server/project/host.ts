/** The engine's way to the texts of a project on disk. */
import type { SourceHost } from "../analysis/engine-api.js";
import type { Skipped } from "./discover.js";
import { readSource } from "./read.js";

export interface FileHost extends SourceHost {
  /** Files that were asked for and could not be read, by path. */
  unreadable(): Skipped[];
  /** Encoding that a file was read with; undefined when it was not read. */
  encoding(file: string): string | undefined;
  /** The list of files changed. @param files absolute paths, sorted */
  setFiles(files: readonly string[]): void;
}

/** @param files absolute paths, sorted */
export function createFileHost(files: readonly string[]): FileHost {
  let listed = files;
  const reasons = new Map<string, string>();
  const encodings = new Map<string, string>();
  return {
    files: () => listed,
    read(file) {
      const result = readSource(file);
      if ("reason" in result) {
        reasons.set(file, result.reason);
        return undefined;
      }
      reasons.delete(file);
      encodings.set(file, result.encoding);
      return result.text;
    },
    unreadable: () =>
      [...reasons].map(([path, reason]) => ({ path, reason })).sort((a, b) => (a.path < b.path ? -1 : 1)),
    encoding: (file) => encodings.get(file),
    setFiles(next) {
      listed = next;
    },
  };
}
