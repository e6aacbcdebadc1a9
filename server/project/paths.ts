/** Paths as the project names them: absolute, with forward slashes. */
import { realpathSync, type Stats, statSync } from "node:fs";
import { homedir } from "node:os";
import nodePath from "node:path";

/** Absolute path with forward slashes. */
export function absolute(path: string, cwd: string): string {
  return toSlashes(nodePath.resolve(cwd, path));
}

export function toSlashes(path: string): string {
  return nodePath.sep === "\\" ? path.replaceAll("\\", "/") : path;
}

/** The folder that holds `path`; a root is its own. */
export function parent(path: string): string {
  return toSlashes(nodePath.dirname(path));
}

export function join(folder: string, name: string): string {
  return folder.endsWith("/") ? folder + name : `${folder}/${name}`;
}

/** True for the folder itself and everything below it. */
export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

/** `path` relative to `folder`, with forward slashes; starts with `../` where it lies outside. */
export function relative(path: string, folder: string): string {
  return toSlashes(nodePath.relative(folder, path));
}

/** The folders from `start` up to the root of the file system, nearest first. */
export function* ancestors(start: string): Generator<string> {
  let at = start;
  for (;;) {
    yield at;
    const next = parent(at);
    if (next === at) return;
    at = next;
  }
}

/** `file`, `folder`, or undefined when there is nothing (a broken link, a loop of links, a folder that may not be entered). */
export function kindOf(path: string): "file" | "folder" | "other" | undefined {
  let stat: Stats | undefined;
  try {
    stat = statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
  if (!stat) return undefined;
  if (stat.isFile()) return "file";
  return stat.isDirectory() ? "folder" : "other";
}

/** The path without symbolic links, or the path itself where that cannot be told. */
export function real(path: string): string {
  try {
    return toSlashes(realpathSync.native(path));
  } catch {
    return path;
  }
}

/** What makes a folder the top of a project. */
const rootMarkers = [".spillcheck.yaml", ".git", "pyproject.toml", "setup.py", "setup.cfg", "manage.py"];

/**
 * The project that a path belongs to: the nearest folder above it (itself included) that holds a marker. Where none does,
 * or only the home folder (a repository of dot files there is no project), the folder that was asked for.
 * @param folder absolute
 */
export function projectRoot(folder: string): string {
  const home = toSlashes(homedir());
  for (const at of ancestors(folder)) {
    if (at === home || parent(at) === at) return folder;
    if (rootMarkers.some((marker) => kindOf(join(at, marker)) !== undefined)) return at;
  }
  return folder;
}

/** The top of the repository that a path lies in, else of its project: the same for every path in it. @param folder absolute */
export function repositoryRoot(folder: string): string {
  for (const at of ancestors(folder)) if (kindOf(join(at, ".git")) !== undefined) return at;
  return projectRoot(folder);
}
