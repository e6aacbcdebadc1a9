/** `spillcheck init`: a settings file to start from. */
import { Command } from "commander";
import { configFileName } from "../../project/config-schema.js";
import { configTemplate } from "../../project/config-template.js";
import { UsageError } from "../../project/errors.js";
import { writeFile } from "../../project/output.js";
import { join, kindOf } from "../../project/paths.js";
import { say } from "../terminal.js";
import { type Context, exit } from "./context.js";

export function initCommand(context: Context, done: (code: number) => void): Command {
  return new Command("init")
    .summary(`write a commented ${configFileName}`)
    .description(`Write a ${configFileName} with every setting explained into the working directory.`)
    .option("--force", "replace the file that is there")
    .addHelpText("after", "\nExamples:\n  $ spillcheck init")
    .action((options: { force?: true }) => {
      const file = join(context.cwd, configFileName);
      if (kindOf(file) !== undefined && !options.force) {
        throw new UsageError(`${configFileName} is there already; --force replaces it.`);
      }
      writeFile(file, configTemplate);
      say(context, `wrote ${configFileName}.`);
      done(exit.ok);
    });
}
