/** `spillcheck check`: files in, findings out. */

import { Command, InvalidArgumentError, Option } from "commander";
import type { Engine } from "../../analysis/engine-api.js";
import type { Finding, Fix } from "../../analysis/finding.js";
import { ownRuleMeta } from "../../analysis/own-rules.js";
import { type CheckOutcome, type EngineInput, runCheck } from "../../project/check.js";
import { type Collected, collect, isCheckable } from "../../project/collect.js";
import { Configs } from "../../project/configs.js";
import { decodeSource } from "../../project/decode.js";
import type { Skipped } from "../../project/discover.js";
import { UsageError } from "../../project/errors.js";
import { createFileHost } from "../../project/host.js";
import { absolute, join, kindOf, parent, repositoryRoot } from "../../project/paths.js";
import { readSource } from "../../project/read.js";
import { atLeast, makeCheckReport } from "../../report/check-report.js";
import { Progress, say } from "../terminal.js";
import { BoundedFixes } from "./bounded-fixes.js";
import { mend } from "./check-mend.js";
import { narrow } from "./check-narrow.js";
import { type CheckOptions, failLevels, formats, refuseContradictions } from "./check-options.js";
import { emit, saveBaseline, showsFixes, writeReport } from "./check-output.js";
import { checkInThreads, threadsFor } from "./check-threads.js";
import { reportConfigProblems } from "./config-problems.js";
import { type Context, exit } from "./context.js";

function jobs(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 256) {
    throw new InvalidArgumentError("It must be a whole number from 1 to 256.");
  }
  return count;
}

const many = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

export function checkCommand(context: Context, done: (code: number) => void): Command {
  return new Command("check")
    .summary("check files and folders")
    .description("Check Python files for data that leaks to, through or out of a language model.")
    .argument("[paths...]", "files and folders; the working directory when none is given")
    .addOption(new Option("--format <format>", "form of the result").choices(formats).default("text"))
    .option("--output <file>", "write the result to a file instead of standard output")
    .option("--save <file>", "also write the result to a file, in the form that its ending names (repeatable)", many)
    .addOption(new Option("--preset <preset>", "which rules run").choices(["recommended", "strict"]))
    .option("--config <file>", "settings file to use instead of the nearest .spillcheck.yaml")
    .option("--baseline <file>", "earlier JSON or SARIF result; only what is new is reported")
    .option("--write-baseline <file>", "write all that is found to a file for --baseline, and end with 0")
    .addOption(
      new Option("--fail-on <level>", "lowest level that makes the exit code 1").choices(failLevels).default("error"),
    )
    .option("--jobs <number>", "number of threads (default: 1, up to 4 for a large project)", jobs)
    .option("--fix", "apply the quick fixes, then report what is left")
    .option("--dry-run", "with --fix: show the changes as a unified diff, write nothing")
    .option("--since <git-ref>", "report only findings on lines changed since a commit")
    .option("--include <glob>", "check only files that match, as in a .gitignore file (repeatable)", many)
    .option("--exclude <glob>", "leave out what matches, as in a .gitignore file (repeatable)", many)
    .option("--stdin-filename <path>", "check standard input as the text of this file")
    .addHelpText(
      "after",
      `
Exit code: 0 nothing at or above the level of --fail-on, 1 findings, 2 usage or internal error.

Examples:
  $ spillcheck check
  $ spillcheck check app/ --format sarif --output findings.sarif
  $ spillcheck check --fix --dry-run
  $ spillcheck check --since origin/main --fail-on warning
  $ spillcheck check --write-baseline known.json
  $ spillcheck check --baseline known.json`,
    )
    .action(async (paths: string[], options: CheckOptions) => done(await check(context, paths, options)));
}

/** @returns the exit code */
async function check(context: Context, paths: readonly string[], options: CheckOptions): Promise<number> {
  refuseContradictions(paths, options);
  const { cwd } = context;
  const configs = new Configs({
    ruleIds: context.rules.map((rule) => rule.id),
    flags: { preset: options.preset },
    explicit: options.config === undefined ? undefined : absolute(options.config, cwd),
  });
  const standardInput = options.stdinFilename === undefined ? undefined : absolute(options.stdinFilename, cwd);
  const collected =
    standardInput === undefined
      ? collect(paths.length > 0 ? paths : ["."], { cwd, configs, include: options.include, exclude: options.exclude })
      : aroundStandardInput(standardInput, cwd, configs);
  for (const file of collected.asked) configs.forFile(file);
  if (!reportConfigProblems(context, configs)) return exit.error;
  if (collected.asked.length === 0 && collected.skipped.length === 0) say(context, "no Python files were found here.");

  const host = createFileHost(collected.all);
  const root = repositoryRoot(parent(collected.asked[0] ?? join(cwd, "x")));
  const input: EngineInput = {
    host,
    root,
    settings: (file) => configs.forFile(file),
    models: (file) => configs.modelsFor(file),
    rules: (file) => configs.rulesFor(file),
  };
  const texts = new Texts();
  const open: [string, string][] = [];
  if (standardInput !== undefined) {
    const decoded = decodeSource(context.readInput());
    if ("reason" in decoded) throw new UsageError(`Standard input cannot be checked: ${decoded.reason}.`);
    texts.set(standardInput, decoded.text);
    open.push([standardInput, decoded.text]);
  }
  let engine: Engine | undefined;
  const opened = async (): Promise<Engine> => {
    if (engine) return engine;
    engine = await context.openEngine(input);
    for (const [file, text] of open) engine.open(file, text);
    return engine;
  };
  try {
    const text = (file: string): string => texts.of(file);
    const bar = new Progress(context, "checking");
    const progress = (n: number, total: number): void => bar.update(n, total);
    let outcome: CheckOutcome & { unreadable: Skipped[] };
    try {
      if (options.fix) {
        const run = { engine: await opened(), asked: collected.asked, text, progress };
        const mended = mend(context, run, options.dryRun === true);
        if (mended.diff !== undefined) {
          emit(context, options, mended.diff);
          return exit.ok;
        }
        for (const [file, after] of mended.changed) texts.set(file, after);
      }
      const threads = threadsFor(context, options, collected.all);
      if (threads > 1) {
        outcome = await checkInThreads(
          context,
          { engine: input, open },
          { ...collected, progress },
          threads,
          options.jobs === undefined,
        );
      } else {
        outcome = { ...runCheck(await opened(), { ...collected, progress }), unreadable: host.unreadable() };
      }
    } finally {
      bar.end();
    }

    if (outcome.overview) say(context, `${outcome.overview}.`);
    const { findings, known } = narrow(context, options, configs, outcome.findings, text, root);
    const unreadable = outcome.unreadable.filter(({ path }) => collected.asked.includes(path));
    const mendable = (finding: Finding) => finding.fixes.length > 0 && !finding.suppressed;
    // After a check in threads there is an engine only if fixes are to be shown.
    const fixer = showsFixes(options) && findings.some(mendable) ? await opened() : undefined;
    // What an engine that was only made for the fixes has to look at first is no part of trying them.
    fixer?.advance({ cancelled: false });
    const bounded = fixer && new BoundedFixes(fixer);
    const fixes = (finding: Finding): readonly Fix[] => (bounded && mendable(finding) ? bounded.of(finding) : []);
    const report = makeCheckReport({
      cwd,
      findings,
      text,
      fixes,
      checked: collected.asked.length - unreadable.length,
      skipped: [...collected.skipped, ...unreadable].map(({ path, reason }) => ({ file: path, reason })),
      partial: outcome.notes.filter((note) => !unreadable.some(({ path }) => path === note.file)),
      baselined: known,
    });
    if (bounded?.note) say(context, bounded.note);
    if (options.writeBaseline !== undefined) saveBaseline(context, report, options.writeBaseline);
    if (options.writeBaseline === undefined || options.output !== undefined || options.save !== undefined) {
      const rules = [...context.rules, ...configs.ownRules().map(ownRuleMeta)];
      writeReport({ ...context, rules }, report, options);
    }
    if (options.writeBaseline !== undefined) return exit.ok;
    const { failOn } = options;
    const fails = failOn !== "never" && findings.some((f) => !f.suppressed && atLeast(f.level, failOn));
    return fails ? exit.findings : exit.ok;
  } finally {
    engine?.dispose();
  }
}

/** Texts of files as they are checked, each read once. */
class Texts {
  readonly #known = new Map<string, string>();

  of(file: string): string {
    let text = this.#known.get(file);
    if (text === undefined) {
      const read = readSource(file);
      text = "text" in read ? read.text : "";
      this.#known.set(file, text);
    }
    return text;
  }

  set(file: string, text: string): void {
    this.#known.set(file, text);
  }
}

/** The file that standard input stands in for need not exist; what lies around it is looked at. */
function aroundStandardInput(file: string, cwd: string, configs: Configs): Collected {
  const folder = file.slice(0, file.lastIndexOf("/")) || "/";
  if (!isCheckable(file))
    throw new UsageError("--stdin-filename must name a Python file, or a settings file that is checked.");
  const around = kindOf(folder) === "folder" ? collect([folder], { cwd, configs }).all : [];
  return { asked: [file], all: [...new Set([...around, file])].sort(), skipped: [] };
}
