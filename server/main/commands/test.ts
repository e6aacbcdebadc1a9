/** `spillcheck test`: a user's own models and rules against files that say by comments what is found in them. */
import { Command, Option } from "commander";
import { LineIndex } from "../../analysis/lines.js";
import { ownRuleMeta } from "../../analysis/own-rules.js";
import { toolName, toolVersion } from "../../analysis/version.js";
import { runCheck } from "../../project/check.js";
import { collect } from "../../project/collect.js";
import { Configs } from "../../project/configs.js";
import { UsageError } from "../../project/errors.js";
import { createFileHost } from "../../project/host.js";
import { type Comparison, compareWithMarkers, readMarkers } from "../../project/markers.js";
import { absolute, kindOf, relative, repositoryRoot } from "../../project/paths.js";
import { similar } from "../../project/similar.js";
import { plural } from "../../report/check-report.js";
import { say } from "../terminal.js";
import { reportConfigProblems } from "./config-problems.js";
import { type Context, exit } from "./context.js";

interface TestOptions {
  format: "text" | "json";
  config?: string;
  preset?: "recommended" | "strict";
  rule?: string[];
}

interface FileResult extends Comparison {
  /** Relative to the working directory where it lies in it. */
  path: string;
  expected: number;
}

const many = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

export function testCommand(context: Context, done: (code: number) => void): Command {
  return new Command("test")
    .summary("try your own models and rules against marked examples")
    .description(
      "Check the Python files of a folder and compare what is found with the `# expect: rule-id` comments in them. The models and rules of the nearest .spillcheck.yaml count; its include and exclude patterns do not.",
    )
    .argument("<dir>", "folder with the examples")
    .addOption(new Option("--format <format>", "form of the result").choices(["text", "json"]).default("text"))
    .option("--config <file>", "settings file to use instead of the nearest .spillcheck.yaml")
    .addOption(new Option("--preset <preset>", "which rules run").choices(["recommended", "strict"]))
    .option("--rule <id>", "compare only the findings of this rule (repeatable)", many)
    .addHelpText(
      "after",
      `
A comment at the end of the line where a finding begins says what is expected there:

  send(load_customer(key))  # expect: customer-to-partner
  send(load_customer(key))  # expect: customer-to-partner(error), missing-projection
  send(pseudonymise(load_customer(key)))

With a level the finding has to have it. What has no comment must have no finding.

Exit code: 0 everything as expected, 1 something missed or unexpected, 2 usage or internal error.

Examples:
  $ spillcheck test tests/spillcheck
  $ spillcheck test tests/spillcheck --rule customer-to-partner
  $ spillcheck test examples --config .spillcheck.yaml --format json`,
    )
    .action(async (dir: string, options: TestOptions) => done(await test(context, dir, options)));
}

/** @returns the exit code */
async function test(context: Context, dir: string, options: TestOptions): Promise<number> {
  const { cwd } = context;
  const folder = absolute(dir, cwd);
  if (kindOf(folder) !== "folder") {
    throw new UsageError(kindOf(folder) ? `"${dir}" is no folder.` : `There is no folder "${dir}".`);
  }
  const configs = new Configs({
    ruleIds: context.rules.map((rule) => rule.id),
    flags: { preset: options.preset },
    explicit: options.config === undefined ? undefined : absolute(options.config, cwd),
  });
  const collected = collect([folder], { cwd, configs, everything: true });
  const asked = collected.asked.filter((file) => file.endsWith(".py"));
  if (asked.length === 0) throw new UsageError(`There are no Python files in "${dir}".`);
  for (const file of asked) configs.forFile(file);
  if (!reportConfigProblems(context, configs)) return exit.error;

  const host = createFileHost(collected.all);
  const known = new Set([...context.rules, ...configs.ownRules().map(ownRuleMeta)].map((rule) => rule.id));
  for (const id of options.rule ?? []) if (!known.has(id)) throw new UsageError(noRule(id, known));
  const counts = (id: string) => options.rule === undefined || options.rule.includes(id);

  const engine = await context.openEngine({
    host,
    root: repositoryRoot(folder),
    settings: (file) => configs.forFile(file),
    models: (file) => configs.modelsFor(file),
    rules: (file) => configs.rulesFor(file),
  });
  try {
    const outcome = runCheck(engine, { asked, all: collected.all });
    const results: FileResult[] = [];
    for (const file of asked) {
      const text = host.read(file);
      const path = relative(file, cwd);
      if (text === undefined) throw new UsageError(`${path} cannot be read: ${host.unreadable()[0]?.reason ?? "?"}.`);
      const { markers, bad } = readMarkers(text);
      for (const one of bad)
        throw new UsageError(`${path}:${one.line}:${one.column}: "${one.text}" is no rule id with a level.`);
      for (const one of markers)
        if (!known.has(one.rule)) throw new UsageError(`${path}:${one.line}:${one.column}: ${noRule(one.rule, known)}`);
      const lines = new LineIndex(text);
      const found = outcome.findings
        .filter((f) => f.file === file && !f.suppressed && counts(f.rule))
        .map(({ rule, level, message, start }) => ({ rule, level, message, ...lines.position(start) }));
      const wanted = markers.filter((one) => counts(one.rule));
      results.push({ path, expected: wanted.length, ...compareWithMarkers(wanted, found) });
    }
    for (const note of outcome.notes) say(context, `${relative(note.file, cwd)}: ${note.reason}.`);
    if (results.every((one) => one.expected === 0))
      say(context, "no `# expect:` comments were found; every finding is unexpected.");
    context.stdout.write(options.format === "json" ? asJson(results) : asText(results));
    return results.every(asExpected) ? exit.ok : exit.findings;
  } finally {
    engine.dispose();
  }
}

function noRule(id: string, known: ReadonlySet<string>): string {
  const near = similar(id, [...known]);
  return `There is no rule "${id}"${near === undefined ? "; `spillcheck rules` lists them." : `; did you mean ${near}?`}`;
}

const asExpected = (one: FileResult): boolean => one.missed.length + one.unexpected.length + one.levels.length === 0;

function asText(results: readonly FileResult[]): string {
  const lines: { line: number; column: number; text: string }[][] = results.map((one) => {
    const out = [
      ...one.missed.map((m) => ({
        ...m,
        text: `${one.path}:${m.line}:${m.column}: missed: ${m.rule}${m.level ? `(${m.level})` : ""} is expected here and was not found`,
      })),
      ...one.levels.map(({ marker, found }) => ({
        ...marker,
        text: `${one.path}:${marker.line}:${marker.column}: level: ${marker.rule} is expected as ${marker.level} and was found as ${found.level}`,
      })),
      ...one.unexpected.map((f) => ({
        ...f,
        text: `${one.path}:${f.line}:${f.column}: unexpected: ${f.rule}(${f.level}): ${f.message}`,
      })),
    ];
    return out.sort((a, b) => a.line - b.line || a.column - b.column);
  });
  const sum = (count: (one: FileResult) => number) => results.reduce((n, one) => n + count(one), 0);
  const counts = [
    `${plural(
      sum((one) => one.matched),
      "finding",
    )} as expected`,
    `${sum((one) => one.missed.length)} missed`,
    `${sum((one) => one.unexpected.length)} unexpected`,
  ];
  const levels = sum((one) => one.levels.length);
  if (levels > 0) counts.push(`${levels} at another level`);
  return [
    ...lines.flat().map((one) => one.text),
    `${counts.join(", ")} in ${plural(results.length, "file")}.`,
    "",
  ].join("\n");
}

function asJson(results: readonly FileResult[]): string {
  const files = results.map((one) => ({
    path: one.path,
    passed: asExpected(one),
    matched: one.matched,
    missed: one.missed,
    unexpected: one.unexpected,
    levels: one.levels.map(({ marker, found }) => ({ ...marker, found: found.level })),
  }));
  const passed = results.every(asExpected);
  return `${JSON.stringify({ tool: { name: toolName, version: toolVersion }, passed, files }, null, 2)}\n`;
}
