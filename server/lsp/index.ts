/** The door of the language server. */
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { startLanguageServer } from "./server.js";
import type { Services } from "./services.js";

/** Arguments by which a client names the channel. */
const channels = ["--stdio", "--node-ipc", "--pipe", "--socket"];

/**
 * Serves one client over the channel that the process's arguments name; over standard input and output when they name
 * none. Ends the process when the client ends it or goes away.
 */
export function serve(services: Services): void {
  const named = process.argv.some((argument) => channels.some((channel) => argument.startsWith(channel)));
  const connection = named
    ? createConnection(ProposedFeatures.all)
    : createConnection(ProposedFeatures.all, process.stdin, process.stdout);
  startLanguageServer(connection, services);
}
