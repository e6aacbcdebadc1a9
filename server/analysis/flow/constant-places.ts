/** Where a constant text stands in the code: what it is used for is known from the flow, and the mend is made here. */
import type { Chunk } from "../ir.js";
import type { ModuleDef } from "../names/definitions.js";
import type { Loc } from "./labels.js";
import type { Program } from "./program.js";

/**
 * The first constant that holds a text, in the module itself, else in one of the program's others.
 *
 * @param text a credential or an address, long enough to be no accident
 */
export function constantWith(program: Program, text: string, near: ModuleDef): Loc | undefined {
  const own = inModule(near, text);
  if (own) return own;
  for (const file of program.host.files()) {
    if (file === near.file || !file.endsWith(".py") || !program.host.text(file)?.includes(text)) continue;
    const mod = program.module(file);
    const found = mod && inModule(mod, text);
    if (found) return found;
  }
  return undefined;
}

const CONSTANT = "constant@";

/** Whether a place is that of a constant that was looked for. */
export const isConstant = (at: Loc): boolean => at.id.startsWith(CONSTANT);

const inModule = (mod: ModuleDef, text: string): Loc | undefined =>
  find(mod.ir.body, text, { file: mod.file, base: 0 }, 0);

function find(node: unknown, text: string, chunk: Chunk, depth: number): Loc | undefined {
  if (depth > 200 || typeof node !== "object" || node === null) return undefined;
  if (Array.isArray(node)) {
    for (const n of node) {
      const found = find(n, text, chunk, depth + 1);
      if (found) return found;
    }
    return undefined;
  }
  const here = chunkOf(node) ?? chunk;
  if (holds(node, text) && "s" in node && "e" in node && typeof node.s === "number" && typeof node.e === "number")
    return { chunk: here, s: node.s, e: node.e, id: `${CONSTANT}${here.file}:${text}` };
  for (const [key, v] of Object.entries(node)) {
    if (key === "chunk") continue;
    const found = find(v, text, here, depth + 1);
    if (found) return found;
  }
  return undefined;
}

function chunkOf(node: object): Chunk | undefined {
  if (!("chunk" in node)) return undefined;
  const { chunk } = node;
  return typeof chunk === "object" && chunk !== null && "file" in chunk && "base" in chunk
    ? (chunk as Chunk)
    : undefined;
}

function holds(node: object, text: string): boolean {
  if ("k" in node && node.k === "const" && "v" in node) return typeof node.v === "string" && node.v.includes(text);
  if ("k" in node && node.k === "fstr" && "parts" in node && Array.isArray(node.parts))
    return node.parts.some((p: unknown) => typeof p === "string" && p.includes(text));
  return false;
}
