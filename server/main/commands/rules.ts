/** `spillcheck rules` and `spillcheck explain`: what is looked for. */
import { Argument, Command, Option } from "commander";
import { ownRuleMeta } from "../../analysis/own-rules.js";
import { pageOf, type RuleMeta } from "../../analysis/rule-meta.js";
import { toolName, toolVersion } from "../../analysis/version.js";
import { Configs } from "../../project/configs.js";
import { UsageError } from "../../project/errors.js";
import { similar } from "../../project/similar.js";
import { wantsColor } from "../terminal.js";
import { type Context, exit } from "./context.js";

export function rulesCommand(context: Context, done: (code: number) => void): Command {
  return new Command("rules")
    .summary("list the rules")
    .description("List the rules: id, level, preset and what each finds.")
    .addOption(new Option("--format <format>", "form of the list").choices(["text", "json"]).default("text"))
    .addHelpText("after", "\nExamples:\n  $ spillcheck rules\n  $ spillcheck rules --format json")
    .action((options: { format: string }) => {
      const rules = rulesHere(context);
      context.stdout.write(options.format === "json" ? rulesJson(rules) : rulesText(rules));
      done(exit.ok);
    });
}

/** The built-in rules, and those of the settings file that counts in the working directory. */
function rulesHere(context: Context): RuleMeta[] {
  const configs = new Configs({ ruleIds: context.rules.map((rule) => rule.id) });
  const own = configs.near(context.cwd)?.config.rules ?? [];
  return [...context.rules, ...own.map(ownRuleMeta)];
}

function rulesText(rules: readonly RuleMeta[]): string {
  const width = Math.max(0, ...rules.map((rule) => rule.id.length));
  const lines = rules.map((rule) => {
    const preset = rule.preset === "strict" ? " (strict)" : "";
    return `${rule.id.padEnd(width)}  ${rule.level.padEnd(7)}  ${rule.summary}${preset}\n`;
  });
  return lines.join("");
}

function rulesJson(rules: readonly RuleMeta[]): string {
  const list = rules.map((rule) => ({
    id: rule.id,
    group: rule.group,
    level: rule.level,
    preset: rule.preset,
    summary: rule.summary,
    fix: rule.fix ?? null,
    cwe: rule.cwe.map((id) => `CWE-${id}`),
    owasp_llm: [...rule.owaspLlm],
    owasp_api: [...rule.owaspApi],
    compliance: [...rule.compliance],
    security_severity: rule.securitySeverity,
    page: pageOf(rule),
  }));
  return `${JSON.stringify({ tool: { name: toolName, version: toolVersion }, rules: list }, null, 2)}\n`;
}

export function explainCommand(context: Context, done: (code: number) => void): Command {
  return new Command("explain")
    .summary("explain a rule")
    .description("Print a rule's page: what it finds, why it matters, a leaking and a safe example.")
    .addArgument(new Argument("<rule>", "id of the rule"))
    .addHelpText("after", "\nExamples:\n  $ spillcheck explain missing-projection")
    .action((id: string) => {
      const rules = rulesHere(context);
      const rule = rules.find((one) => one.id === id);
      if (!rule) {
        const near = similar(
          id,
          rules.map((one) => one.id),
        );
        const hint = near === undefined ? "`spillcheck rules` lists them" : `did you mean ${near}?`;
        throw new UsageError(`There is no rule "${id}"; ${hint}${hint.endsWith("?") ? "" : "."}`);
      }
      context.stdout.write(page(rule, wantsColor(context.stdout, context.env)));
      done(exit.ok);
    });
}

/** The page as it is written; headings stand out on a terminal. */
function page(rule: RuleMeta, color: boolean): string {
  const text = rule.helpMarkdown.trimEnd();
  const shown = color ? text.replace(/^(#+ .*)$/gm, "\u001b[1m$1\u001b[22m") : text;
  return `${shown}\n\n${pageOf(rule)}\n`;
}
