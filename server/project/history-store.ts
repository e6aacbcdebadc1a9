/** The per-user folder for what the program keeps, and the files of the scan history in it. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import type { HistoryFiles } from "../scan/history/files.js";
import { ioReason, UsageError } from "./errors.js";
import { removeIfThere } from "./output.js";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The folder for data of this user: `SPILLCHECK_DATA_DIR`, else what the platform has for it: `$XDG_DATA_HOME/spillcheck`
 * or `~/.local/share/spillcheck` (XDG Base Directory Specification; a relative value there does not count),
 * `~/Library/Application Support/SpillCheck` on macOS, `%LOCALAPPDATA%\SpillCheck` on Windows.
 * @returns an absolute path in the platform's own form; the folder need not exist
 */
export function dataFolder(
  env: Environment,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const own = env.SPILLCHECK_DATA_DIR;
  if (own) return path.resolve(own);
  if (platform === "win32")
    return path.win32.join(env.LOCALAPPDATA || path.win32.join(home, "AppData", "Local"), "SpillCheck");
  if (platform === "darwin") return path.posix.join(home, "Library", "Application Support", "SpillCheck");
  const xdg = env.XDG_DATA_HOME;
  const base = xdg && path.posix.isAbsolute(xdg) ? xdg : path.posix.join(home, ".local", "share");
  return path.posix.join(base, "spillcheck");
}

// Kept scans hold excerpts of what an endpoint gave away, so nobody else may read them.
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** The history's files below a data folder. */
export class HistoryStore implements HistoryFiles {
  /** Absolute path of the folder with the endpoints' folders. */
  readonly root: string;

  /** @param folder what `dataFolder` gives */
  constructor(folder: string) {
    this.root = path.join(folder, "scans");
  }

  folders(): string[] {
    return this.#entries(this.root, "folder");
  }

  names(folder: string): string[] {
    return this.#entries(path.join(this.root, folder), "file");
  }

  read(folder: string, name: string): string | undefined {
    try {
      return readFileSync(path.join(this.root, folder, name), "utf8");
    } catch {
      return undefined;
    }
  }

  write(folder: string, name: string, text: string): void {
    const file = path.join(this.root, folder, name);
    const temporary = `${file}.${process.pid}.tmp`;
    try {
      mkdirSync(path.dirname(file), { recursive: true, mode: FOLDER_MODE });
      writeFileSync(temporary, text, { mode: FILE_MODE });
      renameSync(temporary, file);
    } catch (error) {
      removeIfThere(temporary);
      throw new UsageError(
        `The scan history in ${this.root} cannot be written: ${ioReason(error)}; choose another folder with SPILLCHECK_DATA_DIR.`,
      );
    }
  }

  remove(folder: string, name: string): void {
    removeIfThere(path.join(this.root, folder, name));
    try {
      rmdirSync(path.join(this.root, folder));
    } catch {
      // Other scans are left in it.
    }
  }

  #entries(folder: string, kind: "file" | "folder"): string[] {
    try {
      return readdirSync(folder, { withFileTypes: true })
        .filter((entry) => (kind === "file" ? entry.isFile() : entry.isDirectory()))
        .map((entry) => entry.name)
        .sort();
    } catch {
      return [];
    }
  }
}
