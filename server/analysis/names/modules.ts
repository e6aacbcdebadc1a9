/**
 * Which file an import means. A dotted name is looked for beside the importing file and in each folder above it
 * (nearest first; the inner folders of a package last), in `src/` below those too: that covers flat apps, packages, `src/`
 * layouts, several roots in one workspace and namespace packages alike, without any configuration. A name of several parts
 * that is found nowhere there may still be one file of the same project, which `sys.path` or `PYTHONPATH` leads to.
 */
export interface ModuleResolver {
  /**
   * The file of an absolute or relative import.
   * @param from path of the importing file
   * @param module dotted name without leading dots
   * @param level number of leading dots
   * @returns the module's file, or the folder (ending in `/`) of a namespace package, or undefined for a library
   */
  resolve(from: string, module: string, level: number): string | undefined;
  /** Whether two files belong to one project: several may stand side by side in one folder. */
  areTogether(one: string, other: string): boolean;
}

/**
 * Builds a resolver over a set of Python files (absolute paths, forward slashes).
 * @param isLibrary whether a library goes by a top-level name; inside a package that one is meant, and no neighbour
 */
export function createResolver(
  files: Iterable<string>,
  isLibrary: (name: string) => boolean = () => false,
): ModuleResolver {
  const set = new Set<string>();
  const folders = new Set<string>();
  for (const f of files) {
    if (!f.endsWith(".py") && !f.endsWith(".pyi")) continue;
    set.add(f);
    for (let d = dirname(f); d && !folders.has(d); d = dirname(d)) folders.add(d);
  }
  const at = (folder: string, parts: readonly string[]): string | undefined => {
    if (!parts.length) {
      const init = `${folder}/__init__.py`;
      return set.has(init) ? init : folders.has(folder) ? `${folder}/` : undefined;
    }
    const path = `${folder}/${parts.join("/")}`;
    if (set.has(`${path}/__init__.py`)) return `${path}/__init__.py`;
    if (set.has(`${path}.py`)) return `${path}.py`;
    return folders.has(path) ? `${path}/` : undefined;
  };
  const isPackage = (folder: string): boolean => set.has(`${folder}/__init__.py`);
  /** Modules by the last two parts of their dotted names. */
  let tails: Map<string, string[]> | undefined;
  const tailOf = (path: string) => path.split("/").slice(-2).join("/");
  const elsewhere = (from: string, parts: readonly string[]): string | undefined => {
    if (parts.length < 2) return undefined;
    if (!tails) {
      tails = new Map();
      for (const f of set) {
        const tail = tailOf(f.replace(/(?:\/__init__)?\.pyi?$/, ""));
        tails.set(tail, [...(tails.get(tail) ?? []), f]);
      }
    }
    const path = parts.join("/");
    const ends = [`/${path}.py`, `/${path}/__init__.py`];
    const near = (tails.get(tailOf(path)) ?? [])
      .filter((f) => ends.some((end) => f.endsWith(end)))
      .map((f) => ({ f, shared: sharedFolder(from, f) }))
      .filter(({ shared }) => isOneProject(shared))
      .sort((a, b) => b.shared.length - a.shared.length);
    return near[0] && near[0].shared !== near[1]?.shared ? near[0].f : undefined;
  };
  /** Several projects may stand side by side in one folder: it is all that they share, and has no code of its own. */
  let top: string | undefined;
  const isOneProject = (folder: string): boolean => {
    top ??= [...set].reduce((a, f) => (f.startsWith(`${a}/`) ? a : sharedFolder(f, `${a}/`)), folder);
    return folder !== top || [...set].some((f) => dirname(f) === folder);
  };
  const cache = new Map<string, string | undefined>();
  const together = new Map<string, boolean>();
  return {
    areTogether(one, other) {
      const folder = sharedFolder(one, other);
      let out = together.get(folder);
      if (out === undefined) {
        out = isOneProject(folder);
        together.set(folder, out);
      }
      return out;
    },
    resolve(from, module, level) {
      const dir = dirname(from);
      const key = `${dir}|${level}|${module}`;
      // `import openai` in a file called openai.py means the library; its neighbours mean the file.
      const own = (found: string | undefined) => (level === 0 && found === from ? undefined : found);
      if (cache.has(key)) return own(cache.get(key));
      const parts = module ? module.split(".") : [];
      let found: string | undefined;
      if (level > 0) {
        let base = dir;
        for (let i = 1; i < level; i++) base = dirname(base);
        found = at(base, parts);
      } else {
        let namespace: string | undefined;
        /** The inner folders of a package, which nobody starts in: what stands beside is imported with a dot there. */
        const inner: string[] = [];
        const library = parts.length === 1 && isLibrary(parts[0]!);
        const lookIn = (base: string): boolean => {
          // `from agents import Agent` in `app/agents/desk.py`, where `app` is a package.
          if (library && isPackage(base)) return false;
          for (const root of [base, `${base}/src`]) {
            const hit = at(root, parts);
            // A folder without a module of its own is the last resort: a library may have the same name.
            if (hit && !hit.endsWith("/")) {
              found = hit;
              return true;
            }
            namespace ??= hit;
          }
          return false;
        };
        for (let base = dir; ; base = dirname(base)) {
          if (isPackage(base) && isPackage(dirname(base))) inner.push(base);
          else if (lookIn(base)) break;
          if (!base || !folders.has(base)) break;
        }
        if (!found) inner.some(lookIn);
        found ??= namespace ?? elsewhere(from, parts);
      }
      cache.set(key, found);
      return own(found);
    },
  };
}

/** The innermost folder that two paths have in common. */
function sharedFolder(a: string, b: string): string {
  let folder = dirname(a);
  while (folder && !b.startsWith(`${folder}/`)) folder = dirname(folder);
  return folder;
}

export function dirname(path: string): string {
  const i = path.lastIndexOf("/");
  return i < 0 ? "" : path.slice(0, i);
}
