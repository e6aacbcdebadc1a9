/** The parser for tests: WebAssembly read from the installed packages. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createSyntax, type Syntax } from "../../server/analysis/syntax/index.js";

const require = createRequire(import.meta.url);

/** Starts the parser with the WebAssembly modules of the installed packages. */
export function loadSyntaxForTests(): Promise<Syntax> {
  return createSyntax({
    runtimeWasm: readFileSync(require.resolve("web-tree-sitter/web-tree-sitter.wasm")),
    grammarWasm: readFileSync(require.resolve("tree-sitter-python/tree-sitter-python.wasm")),
  });
}
