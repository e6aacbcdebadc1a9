/** What is wrong in settings files, said on standard error. */
import type { Configs } from "../../project/configs.js";
import { relative } from "../../project/paths.js";
import { say } from "../terminal.js";
import type { Context } from "./context.js";

/** @returns false when a settings file is so broken that the result would not be what its author asked for */
export function reportConfigProblems(context: Context, configs: Configs): boolean {
  for (const problem of configs.problems()) {
    say(
      context,
      `${relative(problem.file, context.cwd)}:${problem.from.line}:${problem.from.column}: ${problem.message}`,
    );
  }
  return !configs.files().some((file) => file.broken);
}
