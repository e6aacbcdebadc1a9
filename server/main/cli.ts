/** Entry point of the command line. */
import { isMainThread, type MessagePort, parentPort, workerData } from "node:worker_threads";
import { rules } from "../../rules/index.js";
import { readStandardInput } from "../project/output.js";
import { toSlashes } from "../project/paths.js";
import { runProgram } from "./commands/program.js";
import { isPartWorker } from "./part-messages.js";
import { ThreadPool } from "./threads.js";

async function main(): Promise<void> {
  // A reader that has had enough (`| head`) closes the pipe; that is no error.
  process.stdout.on("error", () => process.exit(process.exitCode ?? 0));
  process.exitCode = await runProgram(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: toSlashes(process.cwd()),
    rules,
    openEngine: async (input) => (await import("./engine.js")).openEngine(input),
    openParts: () => new ThreadPool(__filename),
    readInput: readStandardInput,
  });
}

// The threads of a check run this same file.
async function serve(port: MessagePort): Promise<void> {
  const { servePart } = await import("./part-worker.js");
  servePart(port);
}

if (!isMainThread && parentPort && isPartWorker(workerData)) void serve(parentPort);
else void main();
