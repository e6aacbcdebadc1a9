/** `spillcheck lsp`: the language server, for editors other than VS Code. */
import { createRequire } from "node:module";
import path from "node:path";
import { Command } from "commander";

export function lspCommand(): Command {
  return new Command("lsp")
    .summary("start the language server")
    .description("Start the language server on standard input and output (LSP 3.17).")
    .requiredOption("--stdio", "speak over standard input and output")
    .addHelpText("after", "\nExamples:\n  $ spillcheck lsp --stdio")
    .action(() => {
      // A bundle of its own, which lies beside this one; it starts serving as it is loaded.
      createRequire(__filename)(path.join(__dirname, "server.js"));
      // It lives until the client ends the session.
      return new Promise<never>(() => {});
    });
}
