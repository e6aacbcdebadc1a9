/**
 * Python texts in, intermediate form out. The only importer of web-tree-sitter: no tree leaves this folder.
 *
 * Reads no files. Whoever starts it hands over the two WebAssembly modules (`web-tree-sitter.wasm` and
 * `tree-sitter-python.wasm`) as bytes.
 */
import { Edit, Language, Parser, type Tree } from "web-tree-sitter";
import type { TextChange } from "../engine-api.js";
import type { ModuleIR, Span, Stmt } from "../ir.js";
import { type ChunkDiff, Chunks, errorsIn, type Hull, type Source } from "./chunks.js";
import { DEFINITION_EXPRESSIONS, DEFINITION_STATEMENTS } from "./definitions.js";
import { EXPRESSIONS } from "./expressions.js";
import { Grammar } from "./grammar.js";
import { mend } from "./mend.js";
import { difference, positionAt } from "./positions.js";
import { STATEMENTS } from "./statements.js";
import { STRING_EXPRESSIONS } from "./strings.js";

/** The WebAssembly modules, as bytes. */
export interface SyntaxLoader {
  /** `web-tree-sitter.wasm`. */
  runtimeWasm: Uint8Array;
  /** `tree-sitter-python.wasm`. */
  grammarWasm: Uint8Array;
}

/** A file that is being edited; holds its tree until `free`. */
export interface OpenModule {
  /** The form of the present text. A new object after each change; unchanged statements stay the same objects. */
  readonly ir: ModuleIR;
  readonly text: string;
  /**
   * Applies changes in order, each against the text that the former gave, and lowers again what they touched.
   * @returns the statements that have chunks of their own (top-level ones and those of top-level classes' bodies) that
   *   came and that went. A class one of whose methods changed is itself a new statement; its other methods stay.
   */
  change(changes: readonly TextChange[]): ChunkDiff;
  /** Frees the tree. The form stays usable. */
  free(): void;
}

/** Parses and lowers. */
export interface Syntax {
  /** Parses and lowers once; frees the tree. Never throws for a text, whatever is in it. */
  lower(file: string, text: string): ModuleIR;
  /** For a file that will be edited: keeps the tree for incremental parsing. */
  open(file: string, text: string): OpenModule;
  /** Frees the parser. */
  dispose(): void;
}

let runtime: Promise<void> | undefined;

/** Starts the parser. The runtime is started once for the process, whatever is handed over later. */
export async function createSyntax(loader: SyntaxLoader): Promise<Syntax> {
  runtime ??= Parser.init({ wasmBinary: loader.runtimeWasm });
  await runtime;
  const language = await Language.load(loader.grammarWasm);
  const grammar = new Grammar(
    language,
    { ...EXPRESSIONS, ...STRING_EXPRESSIONS, ...DEFINITION_EXPRESSIONS },
    { ...STATEMENTS, ...DEFINITION_STATEMENTS },
  );
  const parser = new Parser();
  parser.setLanguage(language);
  return new TreeSitterSyntax(parser, grammar);
}

/** Errors that are added up to tell which of two parses lost less. */
const DAMAGE_LIMIT = 500;

/** How much of a text is broken: code units in errors, and one for each missing token. */
function extent(spans: readonly Span[]): number {
  return spans.reduce((sum, span) => sum + Math.max(1, span.e - span.s), 0);
}

class TreeSitterSyntax implements Syntax {
  constructor(
    private readonly parser: Parser,
    private readonly grammar: Grammar,
  ) {}

  lower(file: string, text: string): ModuleIR {
    const tree = this.parse(text, null);
    if (tree === null) return unreadable(file, text);
    try {
      return this.chunksOf(file, text, tree).ir;
    } finally {
      tree.delete();
    }
  }

  /**
   * Lowers a parsed text. Where an unfinished statement broke more than itself, the text without it is lowered.
   * @param tree stays the caller's
   * @param before the state before a change, and `hull` what the change replaced in the file's text
   */
  chunksOf(file: string, text: string, tree: Tree, before?: Chunks, hull?: Hull): Chunks {
    const mended = tree.rootNode.hasError ? this.mended(text, tree) : null;
    const source: Source = mended ?? { text, tree, blanked: null };
    try {
      const differs = before !== undefined && (before.mended || mended !== null);
      return Chunks.of(file, source, this.grammar, before, differs ? difference(before.text, source.text) : hull);
    } finally {
      mended?.tree.delete();
    }
  }

  /** The mended text and its tree, if less of it is lost that way than to the parser's own recovery. */
  private mended(text: string, tree: Tree): Source | null {
    const better = mend(text);
    if (better === null) return null;
    const own = this.parse(better.text, null);
    if (own === null) return null;
    const lost = extent(better.spans) + extent(errorsIn(own.rootNode, 0, DAMAGE_LIMIT));
    if (lost < extent(errorsIn(tree.rootNode, 0, DAMAGE_LIMIT)))
      return { text: better.text, tree: own, blanked: better.spans };
    own.delete();
    return null;
  }

  open(file: string, text: string): OpenModule {
    return new TreeSitterModule(this, file, text);
  }

  dispose(): void {
    this.parser.delete();
  }

  /** The tree of a text; null where the runtime gives up (out of memory). */
  parse(text: string, old: Tree | null): Tree | null {
    try {
      return this.parser.parse(text, old);
    } catch {
      this.parser.reset();
      return null;
    }
  }
}

/** What is left to say of a text that could not be parsed at all. */
function unreadable(file: string, text: string): ModuleIR {
  return { file, body: [], comments: [], errors: [{ s: 0, e: text.length }], truncated: true };
}

class TreeSitterModule implements OpenModule {
  private tree: Tree | null;
  private chunks: Chunks | undefined;
  private form: ModuleIR;
  private current: string;

  constructor(
    private readonly syntax: TreeSitterSyntax,
    private readonly file: string,
    text: string,
  ) {
    this.current = text;
    this.tree = syntax.parse(text, null);
    this.form = unreadable(file, text);
    this.relower(undefined);
  }

  get ir(): ModuleIR {
    return this.form;
  }

  get text(): string {
    return this.current;
  }

  change(changes: readonly TextChange[]): ChunkDiff {
    let text = this.current;
    let hull: Hull | undefined;
    for (const change of changes) {
      const start = Math.max(0, Math.min(change.start, text.length));
      const end = Math.max(start, Math.min(change.end, text.length));
      const next = text.slice(0, start) + change.text + text.slice(end);
      const newEnd = start + change.text.length;
      this.tree?.edit(
        new Edit({
          startIndex: start,
          oldEndIndex: end,
          newEndIndex: newEnd,
          startPosition: positionAt(text, start),
          oldEndPosition: positionAt(text, end),
          newEndPosition: positionAt(next, newEnd),
        }),
      );
      hull = grow(hull, start, end, newEnd);
      text = next;
    }
    if (hull === undefined) return { changed: [], removed: [] };
    this.current = text;
    const old = this.tree;
    try {
      this.tree = this.syntax.parse(text, old);
    } finally {
      old?.delete();
    }
    return this.relower(hull);
  }

  free(): void {
    this.tree?.delete();
    this.tree = null;
    this.chunks = undefined;
  }

  private relower(hull: Hull | undefined): ChunkDiff {
    const before: Stmt[] = this.chunks === undefined ? this.form.body : [];
    if (this.tree === null) {
      const removed = this.form.body;
      this.chunks = undefined;
      this.form = unreadable(this.file, this.current);
      return { changed: [], removed };
    }
    try {
      this.chunks = this.syntax.chunksOf(this.file, this.current, this.tree, this.chunks, hull);
    } catch (error) {
      this.free();
      throw error;
    }
    this.form = this.chunks.ir;
    return { changed: this.chunks.diff.changed, removed: [...before, ...this.chunks.diff.removed] };
  }
}

/** Widens the replaced stretch by a change: its offsets are those of the text that the stretch's `newEnd` is in. */
function grow(hull: Hull | undefined, start: number, end: number, newEnd: number): Hull {
  if (hull === undefined) return { start, oldEnd: end, newEnd };
  const beyond = Math.max(0, end - hull.newEnd);
  return {
    start: Math.min(hull.start, start),
    oldEnd: hull.oldEnd + beyond,
    newEnd: hull.newEnd + beyond + newEnd - end,
  };
}
