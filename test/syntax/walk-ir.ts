/** Walks a form whole, with the chunk that each span counts from. */
import type { Chunk, ModuleIR } from "../../server/analysis/ir.js";

/** A node with a span, by its bare properties. */
export interface Spanned {
  readonly k?: string;
  readonly node: Readonly<Record<string, unknown>>;
  readonly s: number;
  readonly e: number;
  readonly chunk: Chunk;
  /** Span of the nearest node around it in the same chunk. */
  readonly around: { s: number; e: number } | null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isChunk(value: unknown): value is Chunk {
  return isRecord(value) && typeof value.file === "string" && typeof value.base === "number";
}

/** Every node that has a span, outer ones first. */
export function spannedNodes(ir: ModuleIR): Spanned[] {
  const out: Spanned[] = [];
  const visit = (value: unknown, chunk: Chunk | null, around: { s: number; e: number } | null): void => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item, chunk, around);
      return;
    }
    if (!isRecord(value)) return;
    let own = chunk;
    let outer = around;
    const { s, e, k } = value;
    if (typeof k === "string" && isChunk(value.chunk)) {
      own = value.chunk;
      outer = null;
    }
    if (typeof s === "number" && typeof e === "number" && own !== null) {
      out.push({ ...(typeof k === "string" ? { k } : {}), node: value, s, e, chunk: own, around: outer });
      outer = { s, e };
    }
    for (const [key, inner] of Object.entries(value)) {
      // A function's span begins at its `def`; its decorators stand before that.
      if (key !== "chunk") visit(inner, own, key === "decorators" ? null : outer);
    }
  };
  visit(ir.body, null, null);
  return out;
}

/** What is wrong with the spans of a form; empty when each stands where its text does. */
export function spanFaults(ir: ModuleIR, text: string): string[] {
  const faults: string[] = [];
  for (const { k, node, s, e, chunk, around } of spannedNodes(ir)) {
    const source = text.slice(chunk.base + s, chunk.base + e);
    const where = `${k ?? "?"} at ${chunk.base}+${s}..${e} ${JSON.stringify(source.slice(0, 40))}`;
    if (s < 0 || e < s || chunk.base + e > text.length) faults.push(`outside the text: ${where}`);
    if (around !== null && (s < around.s || e > around.e)) faults.push(`outside its parent: ${where}`);
    // What stands in an error may have been read from a text in which the broken statement was exchanged.
    const at = chunk.base + s;
    if (ir.errors.some((error) => error.s <= at && at < error.e)) continue;
    if (k === "name" && source !== node.id) faults.push(`not its name: ${where}`);
    if (k === "attr") {
      const as = node.as;
      if (typeof as !== "number" || text.slice(chunk.base + as, chunk.base + e) !== node.a)
        faults.push(`not its attribute: ${where}`);
    }
    if (k === "call") {
      const ps = node.ps;
      if (typeof ps !== "number" || text[chunk.base + ps] !== "(") faults.push(`no bracket: ${where}`);
    }
    const ns = node.ns;
    const name = node.name;
    if (typeof ns === "number" && typeof name === "string" && name !== "<lambda>") {
      if (!text.startsWith(name, chunk.base + ns)) faults.push(`not its name: ${where}`);
    }
  }
  return faults;
}
