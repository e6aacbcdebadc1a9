/** The command line, put together: parses arguments, runs a command, gives an exit code. */
import { Command, CommanderError } from "commander";
import { toolVersion } from "../../analysis/version.js";
import { UsageError } from "../../project/errors.js";
import { say } from "../terminal.js";
import { checkCommand } from "./check.js";
import { compareCommand } from "./compare.js";
import { completionCommand } from "./completion.js";
import { type Context, exit } from "./context.js";
import { historyCommand } from "./history.js";
import { initCommand } from "./init.js";
import { laterCommands } from "./later.js";
import { lspCommand } from "./lsp.js";
import { monitorCommand } from "./monitor.js";
import { reportCommand } from "./report.js";
import { explainCommand, rulesCommand } from "./rules.js";
import { scanCommand } from "./scan.js";
import { testCommand } from "./test.js";

/**
 * Runs one command.
 * @param args what follows the program's name
 * @returns the exit code; no error gets out
 */
export async function runProgram(args: readonly string[], context: Context): Promise<number> {
  let code: number = exit.ok;
  const done = (result: number): void => {
    code = result;
  };
  const program = new Command("spillcheck")
    .description("Find where a Python web app leaks data to, through or out of a language model.")
    .version(toolVersion, "-V, --version", "print the version")
    .helpCommand(false)
    .showSuggestionAfterError()
    .addHelpText(
      "after",
      `
Examples:
  $ spillcheck check app/
  $ spillcheck scan http://127.0.0.1:5000/chat
  $ spillcheck explain missing-projection

Each command has its own --help.`,
    );
  const commands = [
    checkCommand(context, done),
    scanCommand(context, done),
    historyCommand(context, done),
    compareCommand(context, done),
    reportCommand(context, done),
    monitorCommand(context, done),
    rulesCommand(context, done),
    explainCommand(context, done),
    testCommand(context, done),
    initCommand(context, done),
    completionCommand(context, () => program, done),
    lspCommand(),
    ...laterCommands(),
  ];
  for (const command of commands) program.addCommand(command);
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      outputError: (text, write) => write(`spillcheck: ${oneSentence(text)}\n`),
    });
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    return failed(error, context);
  }
}

/** The parser's own messages: without its prefix, on one line. */
function oneSentence(text: string): string {
  return text
    .replace(/^error: /, "")
    .trim()
    .replace(/\s*\n\s*/g, " ");
}

function failed(error: unknown, context: Context): number {
  // The parser has written its message already; help and version end here as well, with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit.ok : exit.error;
  if (error instanceof UsageError) {
    say(context, error.message);
    return exit.error;
  }
  const text = error instanceof Error ? error.message : String(error);
  say(context, `an internal error ended the run: ${text.split("\n")[0] ?? ""}`);
  if (context.env.SPILLCHECK_DEBUG && error instanceof Error) context.stderr.write(`${error.stack}\n`);
  return exit.error;
}
