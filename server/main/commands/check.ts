/** `spillcheck check`: files in, findings out. */
import { Command, InvalidArgumentError, Option } from "commander";
import type { Finding, Fix, Level } from "../../analysis/finding.js";
import { LineIndex } from "../../analysis/lines.js";
import { applyBaseline, readBaseline } from "../../project/baseline.js";
import { type CheckOutcome, runCheck } from "../../project/check.js";
import { type Collected, collect } from "../../project/collect.js";
import { Configs } from "../../project/configs.js";
import { decodeSource } from "../../project/decode.js";
import { UsageError } from "../../project/errors.js";
import { applyFixes, unifiedDiff } from "../../project/fix.js";
import { createFileHost } from "../../project/host.js";
import { writeFile } from "../../project/output.js";
import { absolute, join, kindOf, parent, real, relative, repositoryRoot } from "../../project/paths.js";
import { readSource } from "../../project/read.js";
import { changesSince, touches } from "../../project/since.js";
import { checkGithub } from "../../report/check-github.js";
import { checkJson } from "../../report/check-json.js";
import { checkJunit } from "../../report/check-junit.js";
import { checkMarkdown } from "../../report/check-markdown.js";
import { atLeast, type CheckReport, makeCheckReport, plural } from "../../report/check-report.js";
import { checkSarif } from "../../report/check-sarif.js";
import { checkText } from "../../report/check-text.js";
import { Progress, say, wantsColor } from "../terminal.js";
import { type Context, exit } from "./context.js";
import { formatForFile } from "./save.js";

const formats = ["text", "json", "sarif", "junit", "markdown", "github"] as const;
const failLevels = ["hint", "info", "warning", "error", "never"] as const;

interface CheckOptions {
  format: (typeof formats)[number];
  output?: string;
  save?: string[];
  preset?: "recommended" | "strict";
  config?: string;
  baseline?: string;
  failOn: Level | "never";
  jobs?: number;
  fix?: true;
  dryRun?: true;
  since?: string;
  include?: string[];
  exclude?: string[];
  stdinFilename?: string;
}

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
    .addOption(
      new Option("--fail-on <level>", "lowest level that makes the exit code 1").choices(failLevels).default("error"),
    )
    .option("--jobs <number>", "number of threads", jobs)
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
  $ spillcheck check --format json --output known.json; spillcheck check --baseline known.json`,
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
  const engine = await context.openEngine({
    host,
    root: repositoryRoot(parent(collected.asked[0] ?? join(cwd, "x"))),
    settings: (file) => configs.forFile(file),
    models: (file) => configs.modelsFor(file),
  });
  try {
    const texts = new Map<string, string>();
    const text = (file: string): string => {
      const known = texts.get(file);
      if (known !== undefined) return known;
      const read = readSource(file);
      const found = "text" in read ? read.text : "";
      texts.set(file, found);
      return found;
    };
    if (standardInput !== undefined) {
      const decoded = decodeSource(context.readInput());
      if ("reason" in decoded) throw new UsageError(`Standard input cannot be checked: ${decoded.reason}.`);
      texts.set(standardInput, decoded.text);
      engine.open(standardInput, decoded.text);
    }
    const progress = new Progress(context, "checking");
    let outcome: CheckOutcome;
    const run = { ...collected, progress: (n: number, total: number) => progress.update(n, total) };
    try {
      outcome = runCheck(engine, run);
      if (options.fix) {
        const fixed = applyFixes({
          engine,
          asked: collected.asked,
          text: (file) => text(file),
          refuse: (file) => notWritable(file),
          progress: run.progress,
        });
        for (const [file, reason] of fixed.refused) say(context, `${relative(file, cwd)} is not mended: ${reason}.`);
        if (options.dryRun) {
          progress.end();
          emit(context, options, unifiedDiff(fixed.changed, cwd));
          say(
            context,
            `${plural(fixed.applied, "fix").replace("fixs", "fixes")} in ${plural(fixed.changed.size, "file")}; nothing is written.`,
          );
          return exit.ok;
        }
        for (const [file, { after }] of fixed.changed) {
          writeFile(file, after);
          texts.set(file, after);
        }
        if (fixed.applied > 0) {
          say(
            context,
            `${plural(fixed.applied, "fix").replace("fixs", "fixes")} applied in ${plural(fixed.changed.size, "file")}.`,
          );
          outcome = runCheck(engine, run);
        }
      }
    } finally {
      progress.end();
    }

    const unreadable = host.unreadable().filter(({ path }) => collected.asked.includes(path));
    const { findings, known } = narrow(context, options, configs, outcome.findings, text);
    // Each fix is tried out by the engine, which takes its time, so only where one is shown.
    const shown = [options.format, ...(options.save ?? []).map((file) => formatForFile(file, formats))];
    const withFixes = shown.some((format) => format === "json" || format === "sarif" || format === "markdown");
    const fixes = (finding: Finding): readonly Fix[] =>
      withFixes && finding.fixes.length > 0 && !finding.suppressed ? engine.fixes(finding) : [];
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
    emit(context, options, render(report, options.format, options, context));
    for (const file of options.save ?? []) {
      writeFile(
        absolute(file, cwd),
        render(report, formatForFile(file, formats), { ...options, output: file }, context),
      );
    }
    const { failOn } = options;
    const fails = failOn !== "never" && findings.some((f) => !f.suppressed && atLeast(f.level, failOn));
    return fails ? exit.findings : exit.ok;
  } finally {
    engine.dispose();
  }
}

function refuseContradictions(paths: readonly string[], options: CheckOptions): void {
  for (const file of options.save ?? []) formatForFile(file, formats);
  if (options.dryRun && !options.fix) throw new UsageError("--dry-run only goes with --fix.");
  if (options.stdinFilename === undefined) return;
  if (paths.length > 0) throw new UsageError("--stdin-filename takes no paths beside it.");
  if (options.fix) throw new UsageError("--fix cannot mend standard input; give the file instead.");
  if (options.since !== undefined)
    throw new UsageError("--since cannot compare standard input; give the file instead.");
}

/** The file that standard input stands in for need not exist; what lies around it is looked at. */
function aroundStandardInput(file: string, cwd: string, configs: Configs): Collected {
  const folder = file.slice(0, file.lastIndexOf("/")) || "/";
  const around = kindOf(folder) === "folder" ? collect([folder], { cwd, configs }).all : [];
  return { asked: [file], all: [...new Set([...around, file])].sort(), skipped: [] };
}

/** Baseline and changed lines. */
function narrow(
  context: Context,
  options: CheckOptions,
  configs: Configs,
  all: readonly Finding[],
  text: (file: string) => string,
): { findings: Finding[]; known: number } {
  let findings = [...all];
  if (options.since !== undefined) {
    const changes = changesSince(options.since, context.cwd);
    const indexes = new Map<string, LineIndex>();
    const lines = (file: string): LineIndex => {
      const index = indexes.get(file) ?? new LineIndex(text(file));
      indexes.set(file, index);
      return index;
    };
    findings = findings.filter((finding) => touches(finding, changes, lines, real));
  }
  const near = configs.near(context.cwd);
  const baseline =
    options.baseline !== undefined
      ? absolute(options.baseline, context.cwd)
      : near?.config.baseline === undefined
        ? undefined
        : join(near.folder, near.config.baseline);
  if (baseline === undefined) return { findings, known: 0 };
  // What the source suppresses is neither new nor known.
  const open = findings.filter((finding) => !finding.suppressed);
  const { fresh, known } = applyBaseline(open, readBaseline(baseline));
  const kept = new Set(fresh);
  return { findings: findings.filter((finding) => finding.suppressed || kept.has(finding)), known: known.length };
}

/** @returns false when a settings file is so broken that the result would not be what its author asked for */
function reportConfigProblems(context: Context, configs: Configs): boolean {
  let usable = true;
  for (const problem of configs.problems()) {
    say(
      context,
      `${relative(problem.file, context.cwd)}:${problem.from.line}:${problem.from.column}: ${problem.message}`,
    );
  }
  for (const file of configs.files()) if (file.broken) usable = false;
  return usable;
}

function notWritable(file: string): string | undefined {
  const read = readSource(file);
  if ("reason" in read) return read.reason;
  return read.encoding === "utf-8"
    ? undefined
    : `it is written in ${read.encoding}, and fixes are only written as UTF-8`;
}

function render(report: CheckReport, format: CheckOptions["format"], options: CheckOptions, context: Context): string {
  switch (format) {
    case "json":
      return checkJson(report);
    case "sarif":
      return checkSarif(report, context.rules);
    case "junit":
      return checkJunit(report, options.failOn);
    case "markdown":
      return checkMarkdown(report);
    case "github":
      return checkGithub(report);
    case "text":
      return checkText(report, { color: options.output === undefined && wantsColor(context.stdout, context.env) });
  }
}

function emit(context: Context, options: CheckOptions, text: string): void {
  if (options.output === undefined || options.output === "-") context.stdout.write(text);
  else writeFile(absolute(options.output, context.cwd), text);
}
