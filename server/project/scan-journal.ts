/** Keeps the journal of a running scan, so that it can go on after a crash. */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { JournalStore } from "../scan/index.js";
import { ioReason } from "./errors.js";
import { removeIfThere } from "./output.js";

/** Journals hold what an endpoint gave away, so nobody else may read them. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
/** A scan that nobody resumed for so long is not resumed any more, in milliseconds. */
const KEPT_MS = 7 * 24 * 3_600_000;

/** How a journal is opened. */
export interface JournalOptions {
  /** False: an old journal there is dropped. */
  resume: boolean;
  /** Told once, in one sentence, when the journal cannot be written; the scan goes on without it. */
  onFailure?: (sentence: string) => void;
}

/** @param folder what `dataFolder` gives; @param key what `journalKey` gives; @returns the absolute path of the journal */
export function journalFile(folder: string, key: string): string {
  return path.join(folder, "journals", `${key}.jsonl`);
}

/**
 * A journal in a file.
 * @param file absolute path; its folder is made, and journals in it that are older than a week are dropped
 */
export function openScanJournal(file: string, options: JournalOptions): JournalStore {
  let failed = false;
  const attempt = (work: () => void): void => {
    if (failed) return;
    try {
      work();
    } catch (error) {
      failed = true;
      options.onFailure?.(`The journal ${file} cannot be written: ${ioReason(error)}; this scan cannot be resumed.`);
    }
  };
  attempt(() => mkdirSync(path.dirname(file), { recursive: true, mode: FOLDER_MODE }));
  dropOld(path.dirname(file), Date.now() - KEPT_MS);
  if (options.resume) attempt(() => endLastLine(file));
  else removeIfThere(file);
  return {
    read: () => linesOf(file),
    append: (line) => attempt(() => appendFileSync(file, `${line}\n`, { mode: FILE_MODE })),
    done: () => removeIfThere(file),
  };
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "");
  } catch {
    // Nothing was interrupted.
    return [];
  }
}

/** Where the program ended within a line, the next one must not become a part of it. */
function endLastLine(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > 0 && !readFileSync(file, "utf8").endsWith("\n")) appendFileSync(file, "\n");
}

function dropOld(folder: string, before: number): void {
  try {
    for (const name of readdirSync(folder)) {
      const file = path.join(folder, name);
      if (name.endsWith(".jsonl") && statSync(file).mtimeMs < before) removeIfThere(file);
    }
  } catch {
    // A folder that cannot be read has nothing to drop.
  }
}
