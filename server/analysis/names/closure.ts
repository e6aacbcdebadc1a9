/** A file and the project's files that it imports, directly or not. */
import type { ModuleResolver } from "./modules.js";
import type { Sketch } from "./sketch.js";

/** Most files of a closure: those nearest to the file come first. */
const MAX_FILES = 60;

/**
 * @param resolver of the project
 * @param sketchOf a file seen without parsing it
 * @returns the files, sorted
 */
export function importClosure(
  file: string,
  resolver: ModuleResolver,
  sketchOf: (file: string) => Sketch | undefined,
): readonly string[] {
  const out = new Set([file]);
  for (const from of out) {
    for (const i of sketchOf(from)?.imports ?? []) {
      const modules = [i.module, ...(i.names ?? []).map((n) => (i.module ? `${i.module}.${n.name}` : n.name))];
      for (const module of modules) {
        const to = resolver.resolve(from, module, i.level);
        if (to?.endsWith(".py") && out.size < MAX_FILES) out.add(to);
      }
    }
  }
  return [...out].sort();
}
