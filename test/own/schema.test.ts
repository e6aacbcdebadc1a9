/** The published JSON Schema and the pages agree with what is taken. */
import { readFileSync } from "node:fs";
import path from "node:path";
import Ajv2020 from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { rules } from "../../rules/index.js";
import { parseConfig } from "../../server/project/config-parse.js";
import { configTemplate } from "../../server/project/config-template.js";

const root = path.join(import.meta.dirname, "../..");
const read = (name: string) => readFileSync(path.join(root, name), "utf8");
const manifest = JSON.parse(read("package.json"));
const ruleIds = rules.map((rule) => rule.id);

/** Every setting of the template that `spillcheck init` writes, switched on. */
const everything = configTemplate.replace(/^# ?(?=[a-z_]+:| {2}|- )/gm, "");
const example = /```yaml\n(rules:[\s\S]*?)```/.exec(read("docs/own-rules.md"))?.[1] ?? "";

describe("the JSON Schema of the settings file", () => {
  const [wired] = manifest.contributes.yamlValidation;
  const validate = new Ajv2020({ strict: false, allErrors: true }).compile(JSON.parse(read(wired.url)));
  const accepts = (text: string) => validate(parse(text));

  it("is wired to the file and part of the package", () => {
    expect(wired.fileMatch).toBe(".spillcheck.yaml");
    expect(read(".vscodeignore").split("\n")).toContain(`!${wired.url.replace(/^\.\//, "")}`);
  });

  it.each([
    ["the template with everything on", everything],
    ["the example on the page", example],
    ["levels of own rules", "levels: { raw-llm-output: error, customer-to-partner: off }\n"],
  ])("takes %s, and so does the parser", (_, text) => {
    expect(accepts(text), JSON.stringify(validate.errors)).toBe(true);
    const whole = text.includes("rules:") ? text : text + example;
    expect(parseConfig(whole, ".spillcheck.yaml", ruleIds).problems).toEqual([]);
  });

  it("holds every setting of the template", () => {
    expect(everything).toMatch(/^rules:$/m);
    const keys = Object.keys(parse(everything));
    const schema = JSON.parse(read(wired.url));
    expect(Object.keys(schema.properties).filter((key) => !keys.includes(key))).toEqual(["include"]);
  });

  it.each([
    "presett: strict\n",
    "levels: { raw-llm-output: loud }\n",
    "rules: [{ id: Bad Id, message: x, sources: [{ label: user }], sinks: [{ sink: log }] }]\n",
    "rules: [{ id: a, message: x, sources: [], sinks: [{ sink: log }] }]\n",
    "rules: [{ id: a, message: x, sources: [{ label: usr }], sinks: [{ sink: log }] }]\n",
    "rules: [{ id: a, message: x, sources: [{ label: user }], sinks: [{ sink: log }], sanitizers: [] }]\n",
  ])("refuses %j, and so does the parser", (text) => {
    expect(accepts(text)).toBe(false);
    expect(parseConfig(text, ".spillcheck.yaml", ruleIds).problems).not.toEqual([]);
  });
});
