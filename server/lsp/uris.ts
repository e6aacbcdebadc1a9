/**
 * Names of documents. The protocol names them by URI, the engine by absolute path with forward slashes. A document that
 * lies in no file system of this machine (unsaved, or in a virtual workspace) keeps its URI as its name.
 */
import { fileURLToPath, pathToFileURL } from "node:url";

const windowsDrive = /^([A-Za-z]):/;

/** The engine's name of a document. */
export function fileOf(uri: string): string {
  if (!uri.startsWith("file:")) return uri;
  try {
    const path = fileURLToPath(uri).replaceAll("\\", "/");
    return path.replace(windowsDrive, (_, drive: string) => `${drive.toLowerCase()}:`);
  } catch {
    return uri;
  }
}

/** The URI of a file. */
export function uriOf(file: string): string {
  return isOnDisk(file) ? pathToFileURL(file).href : file;
}

/** Whether a name is a path of this machine and no URI. */
export function isOnDisk(file: string): boolean {
  return file.startsWith("/") || windowsDrive.test(file);
}
