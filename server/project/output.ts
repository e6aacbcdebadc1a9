/** Writes files for the commands: results, settings, mended sources. */
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { ioReason, UsageError } from "./errors.js";
import { ancestors, kindOf, parent, real } from "./paths.js";

/**
 * Writes a file in one step: a reader meets the old text or the new one. Keeps the mode of a file that is there, and makes
 * the folder that it lies in.
 * @param path absolute
 * @throws UsageError when it cannot be written
 */
export function writeFile(path: string, contents: string | Uint8Array): void {
  // Through a symbolic link, what it leads to is written and the link stays.
  const target = real(path);
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    // A device or a pipe, `/dev/stdout` for one, has no old text to keep.
    if (kindOf(target) === "other") {
      writeFileSync(target, contents);
      return;
    }
    makeFolder(parent(target));
    const mode = statSync(target, { throwIfNoEntry: false })?.mode;
    writeFileSync(temporary, contents, mode === undefined ? {} : { mode });
    renameSync(temporary, target);
  } catch (error) {
    removeIfThere(temporary);
    throw new UsageError(`${path} cannot be written: ${ioReason(error)}.`);
  }
}

/**
 * Begins a file that grows line by line and that nobody else may read.
 * @param path absolute
 * @returns what adds a line
 * @throws UsageError (from adding, too) when it cannot be written
 */
export function openLines(path: string): (line: string) => void {
  writeFile(path, "");
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      throw new UsageError(`${path} cannot be written: ${ioReason(error)}.`);
    }
  };
  attempt(() => chmodSync(path, 0o600));
  return (line) => attempt(() => appendFileSync(path, `${line}\n`));
}

/** Makes a folder and those above it. One by one: Node's own recursion does not end where a file system takes no folders. */
function makeFolder(folder: string): void {
  const missing: string[] = [];
  for (const at of ancestors(folder)) {
    if (kindOf(at) !== undefined) break;
    missing.push(at);
  }
  for (const at of missing.reverse()) {
    try {
      mkdirSync(at);
    } catch (error) {
      // Somebody else may have made it meanwhile.
      if (kindOf(at) !== "folder") throw error;
    }
  }
}

/** Removes a file; neither its absence nor that of its folder (ENOTDIR, which `force` does not cover) is an error. */
export function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // What hinders the removal has been met before, and is said there.
  }
}

/** Text of a file that a flag names. @throws UsageError when it cannot be read */
export function readTextFile(path: string, what: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`The ${what} ${path} cannot be read: ${ioReason(error)}.`);
  }
}

/** Everything on standard input. */
export function readStandardInput(): Uint8Array {
  try {
    return readFileSync(0);
  } catch (error) {
    throw new UsageError(`Standard input cannot be read: ${ioReason(error)}.`);
  }
}
