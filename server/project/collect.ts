/** Turns the paths of a command line, or the folders of a workspace, into the files to check and those to look at. */
import type { Configs } from "./configs.js";
import { byPath, type DiscoverOptions, discover, type FoundFile, type Skipped } from "./discover.js";
import { UsageError } from "./errors.js";
import { kindOfName } from "./kinds.js";
import { absolute, isInside, kindOf, parent, projectRoot } from "./paths.js";
import { PatternSet } from "./patterns.js";

export interface CollectOptions {
  /** Absolute path of the working directory. */
  cwd: string;
  configs: Configs;
  /** Patterns written as in a .gitignore file, relative to the working directory. */
  include?: readonly string[];
  exclude?: readonly string[];
  /** What settings files exclude, or leave out of their includes, is asked for too. */
  everything?: boolean;
}

export interface Collected {
  /** Files whose findings are wanted: absolute paths, sorted. */
  asked: string[];
  /** Files that the analysis may look at, those included: absolute paths, sorted. */
  all: string[];
  /** What was asked for and left out. */
  skipped: Skipped[];
}

/**
 * @param paths files and folders; a file that is named is checked whatever the ignore rules say
 * @throws UsageError when a path does not exist
 */
export function collect(paths: readonly string[], options: CollectOptions): Collected {
  const { cwd, configs } = options;
  const walk: DiscoverOptions = {
    settings: options.everything ? undefined : (folder) => configs.patterns(folder),
    exclude: options.exclude?.length ? new PatternSet(cwd, options.exclude) : undefined,
    include: options.include?.length ? new PatternSet(cwd, options.include) : undefined,
  };
  const asked = new Set<string>();
  const all = new Set<string>();
  const skipped = new Map<string, string>();
  const roots = new Set<string>();

  const takeFolder = (folder: string): FoundFile[] => {
    const found = discover(folder, walk);
    for (const { path, reason } of found.skipped) skipped.set(path, reason);
    for (const file of found.files) all.add(file.path);
    return found.files;
  };

  for (const name of paths) {
    const path = absolute(name, cwd);
    const kind = kindOf(path);
    if (kind === undefined) throw new UsageError(`There is no file or folder "${name}".`);
    if (kind === "other") throw new UsageError(`"${name}" is neither a file nor a folder.`);
    if (kind === "folder") {
      for (const file of takeFolder(path)) if (file.kind !== "template") asked.add(file.path);
      roots.add(projectRoot(path));
    } else if (!isCheckable(path)) {
      skipped.set(path, "it is no Python file and no settings file that is checked");
    } else {
      asked.add(path);
      all.add(path);
      roots.add(projectRoot(parent(path)));
    }
  }
  // What lies around is looked at, so that imports lead somewhere; patterns from flags only say what to report.
  const around: DiscoverOptions = { settings: (folder) => ({ exclude: configs.patterns(folder).exclude }) };
  for (const root of outermost(roots)) {
    if (paths.some((name) => absolute(name, cwd) === root) && !walk.include && !walk.exclude) continue;
    for (const file of discover(root, around).files) all.add(file.path);
  }
  return {
    asked: [...asked].sort(),
    all: [...all].sort(),
    skipped: [...skipped].map(([path, reason]) => ({ path, reason })).sort(byPath),
  };
}

/** Whether findings can stand in a file of this name: a template is only looked at for the sake of others. */
export function isCheckable(path: string): boolean {
  const kind = kindOfName(path.slice(path.lastIndexOf("/") + 1));
  return kind !== undefined && kind !== "template";
}

/** Folders that lie in none of the others. */
export function outermost(folders: Iterable<string>): string[] {
  const sorted = [...new Set(folders)].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const kept: string[] = [];
  for (const folder of sorted) if (!kept.some((other) => isInside(folder, other))) kept.push(folder);
  return kept.sort();
}

/** The files of workspace folders: everything is both looked at and checked. @param roots absolute folders */
export function collectRoots(roots: readonly string[], configs: Configs, exclude: readonly string[] = []): Collected {
  const skipped: Skipped[] = [];
  const all = new Set<string>();
  const asked = new Set<string>();
  for (const root of outermost(roots)) {
    const found = discover(root, {
      settings: (folder) => configs.patterns(folder),
      exclude: exclude.length > 0 ? new PatternSet(root, exclude) : undefined,
    });
    skipped.push(...found.skipped);
    for (const file of found.files) {
      all.add(file.path);
      if (file.kind !== "template") asked.add(file.path);
    }
  }
  return { asked: [...asked].sort(), all: [...all].sort(), skipped };
}
