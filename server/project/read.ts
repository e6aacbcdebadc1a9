/** Reads source files, and remembers which could not be read and why. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { decodeSource, maxFileBytes } from "./decode.js";
import { ioReason } from "./errors.js";

export type ReadResult = { text: string; encoding: string } | { reason: string };

// Opening a named pipe must not wait for a writer. The flag does not exist on Windows.
const openFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Text of a file, or one sentence that says why there is none. @param path absolute */
export function readSource(path: string): ReadResult {
  let handle: number;
  try {
    handle = openSync(path, openFlags);
  } catch (error) {
    return { reason: `it cannot be read: ${ioReason(error)}` };
  }
  try {
    const stat = fstatSync(handle);
    if (!stat.isFile()) return { reason: "it is no ordinary file" };
    if (stat.size > maxFileBytes) {
      const megabytes = (stat.size / 1024 / 1024).toFixed(1);
      return { reason: `it is ${megabytes} MB large, above the limit of ${maxFileBytes / 1024 / 1024} MB` };
    }
    return decodeSource(readFileSync(handle));
  } catch (error) {
    return { reason: `it cannot be read: ${ioReason(error)}` };
  } finally {
    closeSync(handle);
  }
}

/** Bytes of a file that belongs to the program itself. @throws the system's error when the installation is broken */
export function readBytes(path: string): Uint8Array {
  return readFileSync(path);
}
