/** Parts of a check over texts in memory; what they say to each other is copied, as it is between threads. */
import { createPart } from "../../../server/analysis/engine.js";
import type { Syntax } from "../../../server/analysis/syntax/index.js";
import type { RemotePart } from "../../../server/project/check-parts.js";
import { optionsOver } from "./engines.js";

/** @param texts by absolute path */
export function partsOver(syntax: Syntax, texts: ReadonlyMap<string, string>, count: number): RemotePart[] {
  return Array.from({ length: count }, (_, i) => {
    const part = createPart(optionsOver(syntax, texts), i, count);
    return {
      scope: async () => structuredClone(part.scope()),
      modules: async (scope, alone) => structuredClone(part.modules(structuredClone(scope), alone)),
      functions: async (registered) => structuredClone(part.functions(structuredClone(registered))),
      judge: async (all) => structuredClone(part.judge(structuredClone(all))),
      leave: async () => part.dispose(),
      async write(files, chosen) {
        const findings = structuredClone(part.write(files, structuredClone(chosen)));
        const notes = part.notes();
        const overview = part.overview();
        part.dispose();
        return { findings, notes, overview, unreadable: [] };
      },
    };
  });
}
