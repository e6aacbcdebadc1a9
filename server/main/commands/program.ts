/** The command line, put together: parses arguments, runs a command, gives an exit code. */
import { Command, CommanderError } from "commander";
import { toolVersion } from "../../analysis/version.js";
import { UsageError } from "../../project/errors.js";
import { say } from "../terminal.js";
import { type Context, exit } from "./context.js";

interface Made {
  context: Context;
  program: Command;
  done: (code: number) => void;
}

/** Each command by its name. Only what is run is loaded: what one needs takes time and memory that another does without. */
const commands: Readonly<Record<string, (made: Made) => Promise<Command>>> = {
  check: async ({ context, done }) => (await import("./check.js")).checkCommand(context, done),
  scan: async ({ context, done }) => (await import("./scan.js")).scanCommand(context, done),
  history: async ({ context, done }) => (await import("./history.js")).historyCommand(context, done),
  compare: async ({ context, done }) => (await import("./compare.js")).compareCommand(context, done),
  report: async ({ context, done }) => (await import("./report.js")).reportCommand(context, done),
  monitor: async ({ context, done }) => (await import("./monitor.js")).monitorCommand(context, done),
  rules: async ({ context, done }) => (await import("./rules.js")).rulesCommand(context, done),
  explain: async ({ context, done }) => (await import("./rules.js")).explainCommand(context, done),
  test: async ({ context, done }) => (await import("./test.js")).testCommand(context, done),
  init: async ({ context, done }) => (await import("./init.js")).initCommand(context, done),
  completion: async ({ context, program, done }) =>
    (await import("./completion.js")).completionCommand(context, () => program, done),
  lsp: async () => (await import("./lsp.js")).lspCommand(),
};

/** The commands that these arguments need: the one they name, or all, for help, suggestions and completion. */
async function commandsFor(args: readonly string[], made: Made): Promise<Command[]> {
  const name = args[0] ?? "";
  if (name === "-V" || name === "--version") return [];
  const named = Object.hasOwn(commands, name) && name !== "completion" ? commands[name] : undefined;
  if (named) return [await named(made)];
  const all = await Promise.all(Object.values(commands).map((load) => load(made)));
  return [...all, ...(await import("./later.js")).laterCommands()];
}

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
  for (const command of await commandsFor(args, { context, program, done })) program.addCommand(command);
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
