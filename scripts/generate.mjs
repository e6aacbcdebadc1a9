/**
 * Writes what is made from one source: the rules' pages and tables, the settings, the JSON Schemas.
 *
 *   node scripts/generate.mjs            writes
 *   node scripts/generate.mjs --check    fails when something is stale, and says what
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { modelsIndex } from "./generate-models.mjs";
import { packageWithSettings } from "./generate-settings.mjs";
import { loadTypeScript } from "./load-typescript.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

const { rules, guides, schemas, rulePageUrl } = await loadTypeScript(`
  import { z } from "zod";
  import { rules } from "./rules/index.js";
  import { rulePageUrl } from "./server/analysis/rule-meta.js";
  import { modelFile } from "./server/analysis/names/model-schema.js";
  import { publishedConfigSchema } from "./server/project/config-schema.js";
  import { checkResultSchema } from "./server/report/check-json.js";
  import { allGuides } from "./server/report/scan-guides.js";
  import { alertSchema } from "./server/scan/monitor/alert.js";
  import { probeFileSchema } from "./server/scan/probes/schema.js";
  import { scanResultSchema } from "./server/scan/result.js";
  export { rules, rulePageUrl };
  export const guides = allGuides();
  export const schemas = {
    "spillcheck-config": [publishedConfigSchema(rules), "Settings of SpillCheck (.spillcheck.yaml)"],
    "spillcheck-model": [z.toJSONSchema(modelFile, { io: "input" }), "What an SDK, framework or store does, for SpillCheck"],
    "spillcheck-check": [z.toJSONSchema(checkResultSchema), "Result of spillcheck check --format json"],
    "spillcheck-alert": [z.toJSONSchema(alertSchema), "What spillcheck monitor sends to a web hook"],
    "spillcheck-probes": [z.toJSONSchema(probeFileSchema, { io: "input" }), "Probes of one's own for spillcheck scan"],
    "spillcheck-scan": [z.toJSONSchema(scanResultSchema), "Result of spillcheck scan --format json"],
  };
`);

/** Path to contents, for every generated file. */
const wanted = new Map();
const generatedNote = "<!-- Made by npm run generate; do not edit. -->";

const index = modelsIndex();
wanted.set(path.relative(root, index.file), index.text);

for (const [name, [schema, title]] of Object.entries(schemas)) {
  const { $schema, ...rest } = schema;
  const $id = `${rulePageUrl("x").replace(/\/blob\/.*/, "")}/raw/main/docs/schema/${name}.schema.json`;
  wanted.set(`docs/schema/${name}.schema.json`, `${JSON.stringify({ $schema, $id, title, ...rest }, null, 2)}\n`);
}

const groups = {
  prompt: "Into the prompt",
  output: "Out of the model",
  errors: "Errors, logs, settings",
  endpoint: "The endpoint",
  comments: "Comments",
};

/** Facts of a rule as a table under its page. */
function facts(rule) {
  const rows = [
    ["Level", `${rule.level}${rule.preset === "strict" ? " (only in the preset `strict`)" : ""}`],
    ["Quick fix", rule.fix ?? "none"],
    ["CWE", rule.cwe.map((id) => `[CWE-${id}](https://cwe.mitre.org/data/definitions/${id}.html)`).join(", ")],
    ["OWASP Top 10 for LLM applications (2025)", rule.owaspLlm.join(", ")],
    ["OWASP API Security Top 10 (2023)", rule.owaspApi.join(", ")],
    ["Compliance", rule.compliance.join(", ")],
  ].filter(([, value]) => value !== "");
  return ["## Facts", "", "| | |", "| --- | --- |", ...rows.map(([name, value]) => `| ${name} | ${value} |`), ""];
}

/** How to silence a rule where its finding is meant. */
function silence(rule) {
  return [
    "## When it is meant",
    "",
    "A comment on the line, or on the line above, suppresses one finding and says why:",
    "",
    "```python",
    `value = call()  # spillcheck: ignore[${rule.id}] reason`,
    "```",
    "",
    "The level of the whole rule is a line in `.spillcheck.yaml`:",
    "",
    "```yaml",
    "levels:",
    `  ${rule.id}: off`,
    "```",
    "",
  ];
}

for (const rule of rules) {
  const page = [generatedNote, "", rule.helpMarkdown.trim(), "", ...facts(rule), ...silence(rule)];
  wanted.set(`docs/rules/${rule.id}.md`, page.join("\n"));
}

function code(title, language, text) {
  return text ? [`## ${title}`, "", `\`\`\`${language}`, text.trimEnd(), "```", ""] : [];
}

for (const [id, guide] of Object.entries(guides)) {
  const page = [
    generatedNote,
    "",
    `# scan/${id}`,
    "",
    guide.why.trim(),
    "",
    "## How to mend it",
    "",
    guide.fix.trim(),
    "",
    ...code("Flask", "python", guide.flask),
    ...code("Django", "python", guide.django),
    ...code("nginx", "nginx", guide.nginx),
  ];
  wanted.set(`docs/rules/scan-${id}.md`, page.join("\n"));
}

/** One table for each group of rules. @param link address of a rule's page */
function rulesTables(link, heading) {
  return Object.entries(groups).flatMap(([group, title]) => {
    const members = rules.filter((rule) => rule.group === group);
    if (members.length === 0) return [];
    const rows = members.map((rule) => {
      const preset = rule.preset === "strict" ? " (strict)" : "";
      return `| [${rule.id}](${link(rule.id)}) | ${rule.level}${preset} | ${rule.summary} | ${rule.fix ?? ""} |`;
    });
    return [
      `${heading} ${title}`,
      "",
      "| Rule | Level | What leaks to whom | Quick fix |",
      "| --- | --- | --- | --- |",
      ...rows,
      "",
    ];
  });
}

wanted.set(
  "docs/rules/README.md",
  [
    generatedNote,
    "",
    "# Rules",
    "",
    ...rulesTables((id) => `${id}.md`, "##"),
    "## Findings of the live scan",
    "",
    ...Object.keys(guides).map((id) => `- [scan/${id}](scan-${id}.md)`),
    "",
  ].join("\n"),
);

const manifest = await packageWithSettings();
wanted.set("package.json", manifest);

/** A default in a table: short ones as code, lists and groups by what they are. */
function shownDefault(value) {
  return value === undefined ? "" : `\`${JSON.stringify(value)}\``;
}

const { properties } = JSON.parse(manifest).contributes.configuration;
const settingRows = Object.entries(properties).map(([name, setting]) => {
  const text = (setting.markdownDescription ?? setting.description ?? "").replaceAll("\n", " ").replaceAll("|", "\\|");
  return `| \`${name}\` | ${shownDefault(setting.default)} | ${text} |`;
});

/** Puts lines between the markers of a section. */
function withSection(text, name, lines) {
  const [begin, end] = [`<!-- begin ${name} (npm run generate) -->`, `<!-- end ${name} -->`];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`README.md lacks the markers of the section "${name}".`);
  return `${text.slice(0, from + begin.length)}\n\n${lines.join("\n").trim()}\n\n${text.slice(to)}`;
}

let readme = readFileSync(path.join(root, "README.md"), "utf8");
readme = withSection(
  readme,
  "rules",
  rulesTables((id) => `docs/rules/${id}.md`, "###"),
);
readme = withSection(readme, "settings", [
  "| Setting | Default | What it does |",
  "| --- | --- | --- |",
  ...settingRows,
]);
wanted.set("README.md", readme);

const check = process.argv.includes("--check");
const stale = [];
for (const [file, contents] of wanted) {
  const full = path.join(root, file);
  let before;
  try {
    before = readFileSync(full, "utf8");
  } catch {
    before = undefined;
  }
  // The manifest's layout is the formatter's; only what it says counts.
  const same =
    file === "package.json" && before !== undefined
      ? JSON.stringify(JSON.parse(before)) === JSON.stringify(JSON.parse(contents))
      : before === contents;
  if (same) continue;
  stale.push(file);
  if (check) continue;
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, contents);
}
for (const folder of ["docs/rules", "docs/schema"]) {
  let names = [];
  try {
    names = readdirSync(path.join(root, folder));
  } catch {
    // Not there yet.
  }
  for (const name of names) {
    const file = `${folder}/${name}`;
    if (wanted.has(file)) continue;
    stale.push(file);
    if (!check) rmSync(path.join(root, file));
  }
}
for (const file of stale) console.log(check ? `stale: ${file}` : `wrote ${file}`);
if (check && stale.length > 0) {
  console.error("Run npm run generate and commit what it writes.");
  process.exitCode = 1;
}
