/** Keeps the journal of a running scan, so that it can go on after a crash. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import type { JournalStore } from "../scan/index.js";

/**
 * A journal in a file.
 * @param file absolute path; its folder is made
 * @param resume false: an old journal there is dropped
 */
export function openScanJournal(file: string, resume: boolean): JournalStore {
  mkdirSync(path.dirname(file), { recursive: true });
  if (!resume) rmSync(file, { force: true });
  return {
    read: () =>
      existsSync(file)
        ? readFileSync(file, "utf8")
            .split("\n")
            .filter((line) => line !== "")
        : [],
    append: (line) => appendFileSync(file, `${line}\n`, { mode: 0o600 }),
    done: () => rmSync(file, { force: true }),
  };
}
