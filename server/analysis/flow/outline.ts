/** What of a module others see besides its functions' results. */
import type { ClassIR, FunctionIR } from "../ir.js";
import type { FunctionDef, ModuleDef } from "../names/definitions.js";

/**
 * What others may have seen of a module besides its functions' summaries: its statements, headers, and who writes what.
 */
export function outlineOf(mod: ModuleDef): unknown[] {
  const out: unknown[] = [];
  for (const s of mod.ir.body) {
    if (s.k === "def") out.push(headerOf(s.fn));
    else if (s.k === "class") {
      out.push(classHead(s.cls));
      for (const b of s.cls.body) out.push(b.k === "def" ? headerOf(b.fn) : b);
      // What follows is no member of it.
      out.push("");
    } else out.push(s);
  }
  for (const c of mod.classes) out.push(writersText(c.writers));
  out.push(writersText(mod.writers), writersText(mod.callers));
  return out;
}

/** Texts of heads, kept while a definition stays the same. */
const heads = new WeakMap<FunctionIR | ClassIR, string>();

/** What others may rely on of a function besides its result, as a text. */
export const headerOf = (fn: FunctionIR): string =>
  headText(fn, () => `${fn.name}(${fn.params.map((p) => p.kind + p.name).join()})${exprTexts(fn.decorators)}`);

/** The same of a class. */
export const classHead = (cls: ClassIR): string =>
  headText(
    cls,
    () => `class ${cls.name}(${exprTexts(cls.bases)}${exprTexts(cls.keywords)})${exprTexts(cls.decorators)}`,
  );

function headText(node: FunctionIR | ClassIR, make: () => string): string {
  let text = heads.get(node);
  if (text === undefined) {
    text = make();
    heads.set(node, text);
  }
  return text;
}

/** Expressions without their positions. */
const exprTexts = (xs: readonly object[]): string =>
  xs.length
    ? JSON.stringify(xs, (key, v: unknown) => (key === "s" || key === "e" || key === "chunk" ? undefined : v))
    : "";

const writersText = (m: ReadonlyMap<string, ReadonlySet<FunctionDef>>): string =>
  [...m].map(([name, fns]) => `${name}:${[...fns].map((f) => f.key).join()}`).join(";");

/** A text that differs when functions or classes have other heads: what others may rely on besides values. */
export function headersOf(mod: ModuleDef): string {
  const classes = mod.classes.map((c) => {
    const attributes = [...c.attributes.keys()].join();
    const methods = [...c.methods].map(([name, m]) => `${name}=${m.key}${m.binding}`).join();
    return `${c.key}${classHead(c.ir)}{${attributes};${methods};${[...c.inner.keys()].join()};${writersText(c.writers)}}`;
  });
  return [
    ...mod.functions.map((f) => f.key + headerOf(f.ir)),
    ...classes,
    writersText(mod.writers),
    writersText(mod.callers),
  ].join("\n");
}

/**
 * What the attributes of a module's classes are given and declared as. A form stays the same object while its text does: a
 * text that only moved within its statement is another one, for its place is told, too.
 */
export const attributesOf = (mod: ModuleDef): unknown[] =>
  mod.classes.flatMap((c) => [...c.attributes].flatMap(([name, a]) => [`${c.key}.${name}`, a.annotation, a.value]));
