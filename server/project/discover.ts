/** Finds the files of a project: a walk that keeps to `.gitignore` files, settings and the default excludes. */
import { type Dirent, readdirSync, readFileSync } from "node:fs";
import { ioReason } from "./errors.js";
import { type FileKind, isSkippedFolder, isSkippedName, kindOfName } from "./kinds.js";
import { ancestors, isInside, join, kindOf, parent, real } from "./paths.js";
import { isIgnored, PatternSet } from "./patterns.js";

export interface FoundFile {
  path: string;
  kind: FileKind;
}

export interface Skipped {
  path: string;
  reason: string;
}

export interface Discovery {
  /** Sorted by path, each file once. */
  files: FoundFile[];
  /** Folders that could not be read. */
  skipped: Skipped[];
}

/** Patterns that the settings give for what lies in a folder: the nearest settings file's, not merged with those above. */
export type FolderPatterns = (folder: string) => { exclude?: PatternSet; include?: PatternSet };

export interface DiscoverOptions {
  /** Further patterns, from flags. */
  exclude?: PatternSet;
  include?: PatternSet;
  settings?: FolderPatterns;
  /** False to look also at what git ignores. Default true. */
  gitignore?: boolean;
}

/**
 * Walks one folder. Links to folders are not followed (what they lead to inside the project is found under its own name,
 * and loops cannot arise); links to files are, unless they lead back into the folder.
 * @param folder absolute
 */
export function discover(folder: string, options: DiscoverOptions = {}): Discovery {
  const files: FoundFile[] = [];
  const skipped: Skipped[] = [];
  const realFolder = real(folder);

  const wanted = (path: string): boolean => {
    const near = options.settings?.(parent(path)) ?? {};
    const includes = [options.include, near.include].filter((set) => set !== undefined);
    return includes.every((set) => set.matches(path));
  };

  const isLeftOut = (path: string, isFolder: boolean, gitRules: readonly PatternSet[]): boolean => {
    if (options.exclude?.matches(path, isFolder)) return true;
    if (options.settings?.(parent(path)).exclude?.matches(path, isFolder)) return true;
    return isIgnored(gitRules, path, isFolder);
  };

  const addFile = (path: string, name: string, gitRules: readonly PatternSet[]): void => {
    const kind = kindOfName(name);
    if (kind === undefined || isLeftOut(path, false, gitRules)) return;
    if (kind !== "template" && !wanted(path)) return;
    files.push({ path, kind });
  };

  // A stack of its own instead of recursion: folders may be nested deeper than the call stack.
  const pending: { path: string; gitRules: readonly PatternSet[]; top: boolean }[] = [
    { path: folder, gitRules: options.gitignore === false ? [] : rulesAbove(folder), top: true },
  ];
  for (let next = pending.pop(); next; next = pending.pop()) {
    let entries: Dirent[];
    try {
      entries = readdirSync(next.path, { withFileTypes: true });
    } catch (error) {
      skipped.push({ path: next.path, reason: `the folder cannot be read: ${ioReason(error)}` });
      continue;
    }
    const names = new Set(entries.map((entry) => entry.name));
    const own = nameOf(next.path);
    if (!next.top && isSkippedFolder(own, (entry) => names.has(entry))) continue;
    let { gitRules } = next;
    if (options.gitignore !== false && names.has(".gitignore")) gitRules = [...gitRules, ...readRules(next.path)];
    for (const entry of entries) {
      const path = join(next.path, entry.name);
      if (entry.isDirectory()) {
        if (!isSkippedName(entry.name) && !isLeftOut(path, true, gitRules))
          pending.push({ path, gitRules, top: false });
      } else if (entry.isFile()) {
        addFile(path, entry.name, gitRules);
      } else if (entry.isSymbolicLink() && kindOfName(entry.name) !== undefined) {
        if (kindOf(path) === "file" && !isInside(real(path), realFolder)) addFile(path, entry.name, gitRules);
      }
    }
  }
  files.sort(byPath);
  return { files, skipped: skipped.sort(byPath) };
}

/** Code unit order, which no locale changes. */
export function byPath(a: { path: string }, b: { path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The `.gitignore` files above a folder, up to the top of its repository, the topmost first. */
function rulesAbove(folder: string): PatternSet[] {
  const folders = [...ancestors(folder)];
  const top = folders.findIndex((at) => kindOf(join(at, ".git")) !== undefined);
  if (top < 0) return [];
  const sets: PatternSet[] = [];
  for (const at of folders.slice(0, top + 1).reverse()) {
    if (at === folders[top]) sets.push(...readRules(at, ".git/info/exclude"));
    if (at !== folder) sets.push(...readRules(at));
  }
  return sets;
}

/** None where the file is not there or cannot be read: git then goes on without it as well. */
function readRules(folder: string, name = ".gitignore"): PatternSet[] {
  try {
    return [new PatternSet(folder, readFileSync(join(folder, name), "utf8"))];
  } catch {
    return [];
  }
}
