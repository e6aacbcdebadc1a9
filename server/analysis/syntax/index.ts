/**
 * Python texts in, intermediate form out. The only importer of web-tree-sitter: no tree leaves this folder.
 *
 * Reads no files. Whoever starts it hands over the two WebAssembly modules (`web-tree-sitter.wasm` and
 * `tree-sitter-python.wasm`) as bytes.
 */
import { Language, Parser } from "web-tree-sitter";
import type { TextChange } from "../engine-api.js";
import type { ModuleIR } from "../ir.js";
import { type ChunkDiff, Chunks } from "./chunks.js";
import { DEFINITION_EXPRESSIONS, DEFINITION_STATEMENTS } from "./definitions.js";
import { EXPRESSIONS } from "./expressions.js";
import { Grammar } from "./grammar.js";
import { TreeSitterModule, unreadable } from "./open-module.js";
import { parseText, sourceFor } from "./source.js";
import { STATEMENTS } from "./statements.js";
import { STRING_EXPRESSIONS } from "./strings.js";

/** The WebAssembly modules, as bytes. */
export interface SyntaxLoader {
  /** `web-tree-sitter.wasm`. */
  runtimeWasm: Uint8Array;
  /** `tree-sitter-python.wasm`. */
  grammarWasm: Uint8Array;
}

/** The statements that came and went with a change. */
export type StatementDiff = ChunkDiff;

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
  /**
   * Takes changes back.
   * @param known the form of the text that they lead back to, as this module had it: it is the form again, but where the
   *   text is broken
   */
  changeBack(changes: readonly TextChange[], known: ModuleIR): ChunkDiff;
  /** Frees the tree. The form stays usable. */
  free(): void;
}

/** Parses and lowers. */
export interface Syntax {
  /** Parses and lowers once; frees the tree. Never throws for a text, whatever is in it. */
  lower(file: string, text: string): ModuleIR;
  /**
   * For a file that will be edited: keeps the tree for incremental parsing.
   * @param known the form of the same text. The module takes its statements over and moves them with the edits, so nobody
   *   else may do so
   */
  open(file: string, text: string, known?: ModuleIR): OpenModule;
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

class TreeSitterSyntax implements Syntax {
  constructor(
    private readonly parser: Parser,
    private readonly grammar: Grammar,
  ) {}

  lower(file: string, text: string): ModuleIR {
    const tree = parseText(this.parser, text, null);
    if (tree === null) return unreadable(file, text);
    try {
      const source = sourceFor(this.parser, text, tree);
      try {
        return Chunks.of(file, source, this.grammar).ir;
      } finally {
        source.tree.delete();
      }
    } finally {
      tree.delete();
    }
  }

  open(file: string, text: string, known?: ModuleIR): OpenModule {
    return new TreeSitterModule(this.parser, this.grammar, file, text, known);
  }

  dispose(): void {
    this.parser.delete();
  }
}
