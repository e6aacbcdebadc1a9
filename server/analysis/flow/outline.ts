/** What of a module others see besides its functions' results. */
import type { FunctionIR } from "../ir.js";
import type { FunctionDef, ModuleDef } from "../names/definitions.js";
import { nameOf } from "./calls.js";

/**
 * What others may have seen of a module besides its functions' summaries: its statements, headers, and who writes what.
 */
export function outlineOf(mod: ModuleDef): unknown[] {
  const out: unknown[] = [];
  for (const s of mod.ir.body) {
    if (s.k === "def") out.push(headerOf(s.fn));
    else if (s.k === "class") {
      out.push(s.cls.name);
      for (const b of s.cls.body) out.push(b.k === "def" ? headerOf(b.fn) : b);
    } else out.push(s);
  }
  for (const c of mod.classes) out.push(writersText(c.writers));
  out.push(writersText(mod.writers));
  return out;
}

const headerOf = (fn: FunctionIR): string =>
  `${fn.name}(${fn.params.map((p) => p.kind + p.name).join()})@${fn.decorators.map(nameOf).join()}`;

const writersText = (m: ReadonlyMap<string, ReadonlySet<FunctionDef>>): string =>
  [...m].map(([name, fns]) => `${name}:${[...fns].map((f) => f.key).join()}`).join(";");

/** The same statements (by identity) and headers. */
export const sameOutline = (a: readonly unknown[], b: readonly unknown[]) =>
  a.length === b.length && a.every((x, i) => x === b[i]);
