/** A file that is being edited: its trees, its chunks, its form. */
import type { Parser, Tree } from "web-tree-sitter";
import type { TextChange } from "../engine-api.js";
import type { ModuleIR } from "../ir.js";
import { type ChunkDiff, Chunks } from "./chunks.js";
import type { Grammar } from "./grammar.js";
import type { OpenModule } from "./index.js";
import { difference, grow, type Hull } from "./positions.js";
import { editTree, parseAgain, parseText, type Source, sourceFor } from "./source.js";

/** What is left to say of a text that could not be parsed at all. */
export function unreadable(file: string, text: string): ModuleIR {
  return { file, body: [], comments: [], errors: [{ s: 0, e: text.length }], truncated: true };
}

export class TreeSitterModule implements OpenModule {
  /** Of the file's own text. */
  private tree: Tree | null;
  /** What the present form was lowered from. */
  private source: Source | undefined;
  private chunks: Chunks | undefined;
  private form: ModuleIR;
  private current: string;
  private freed = false;

  constructor(
    private readonly parser: Parser,
    private readonly grammar: Grammar,
    private readonly file: string,
    text: string,
    known?: ModuleIR,
  ) {
    this.current = text;
    this.tree = parseText(parser, text, null);
    this.form = unreadable(file, text);
    this.relower(undefined, known);
  }

  get ir(): ModuleIR {
    return this.form;
  }

  get text(): string {
    return this.current;
  }

  change(changes: readonly TextChange[]): ChunkDiff {
    if (this.freed) throw new Error(`${this.file} was closed: it takes no more changes.`);
    let text = this.current;
    let hull: Hull | undefined;
    for (const change of changes) {
      const start = Math.max(0, Math.min(change.start, text.length));
      const oldEnd = Math.max(start, Math.min(change.end, text.length));
      const replaced: Hull = { start, oldEnd, newEnd: start + change.text.length };
      const next = text.slice(0, start) + change.text + text.slice(oldEnd);
      if (this.tree !== null) editTree(this.tree, text, next, replaced);
      hull = grow(hull, replaced);
      text = next;
    }
    if (hull === undefined) return { changed: [], removed: [] };
    this.current = text;
    const old = this.tree;
    this.tree = null;
    try {
      this.tree = parseAgain(this.parser, text, old);
    } finally {
      old?.delete();
    }
    return this.relower(hull);
  }

  changeBack(changes: readonly TextChange[], known: ModuleIR): ChunkDiff {
    const diff = this.change(changes);
    const chunks = this.source && Chunks.adopt(this.file, this.source, this.grammar, known);
    if (chunks) {
      this.chunks = chunks;
      this.form = known;
    }
    return diff;
  }

  free(): void {
    this.freed = true;
    this.release();
  }

  private release(): void {
    this.tree?.delete();
    this.tree = null;
    this.source?.tree.delete();
    this.source = undefined;
    this.chunks = undefined;
  }

  /** Lowers the present text; `hull` is what a change replaced in the file's own text. */
  private relower(hull: Hull | undefined, known?: ModuleIR): ChunkDiff {
    const { tree, source: last } = this;
    const body = this.form.body;
    if (tree === null) {
      this.release();
      this.form = unreadable(this.file, this.current);
      return { changed: [], removed: body };
    }
    let source: Source | undefined;
    try {
      source = sourceFor(this.parser, this.current, tree, last);
      // Where a mended text is lowered, now or before, the two texts can differ far from the change, too.
      const own = source.blanked === null && (last === undefined || last.blanked === null);
      const differs = own || last === undefined ? hull : difference(last.text, source.text);
      this.chunks = Chunks.of(this.file, source, this.grammar, this.chunks, differs, known);
    } catch (error) {
      source?.tree.delete();
      this.release();
      throw error;
    }
    last?.tree.delete();
    this.source = source;
    this.form = this.chunks.ir;
    return this.chunks.diff;
  }
}
