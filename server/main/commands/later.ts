/** Commands whose names are settled and whose contents are not in this version. */
import { Command } from "commander";
import { UsageError } from "../../project/errors.js";

const planned: readonly (readonly [name: string, summary: string])[] = [
  ["mcp", "serve coding assistants (Model Context Protocol)"],
];

export function laterCommands(): Command[] {
  return planned.map(([name, summary]) =>
    new Command(name)
      .summary(`${summary} (not in this version)`)
      .description(`This command will ${summary}; it is not in this version.`)
      .argument("[arguments...]")
      .allowUnknownOption()
      .action(() => {
        throw new UsageError(`The command "${name}" is not in this version.`);
      }),
  );
}
