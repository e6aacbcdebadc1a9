import { describe, expect, it } from "vitest";
import { parseConfig } from "../../server/project/config-parse.js";
import { configTemplate } from "../../server/project/config-template.js";
import { Configs } from "../../server/project/configs.js";
import { folderWith } from "../support/folder.js";

const ruleIds = ["debug-enabled", "missing-projection", "raw-llm-output"];

/** Problems as the text they stand at and the message. */
function problems(text: string): [string, string][] {
  return parseConfig(text, "/p/.spillcheck.yaml", ruleIds).problems.map((p) => [text.slice(p.start, p.end), p.message]);
}

describe("parseConfig", () => {
  it("reads a right file", () => {
    const text =
      "preset: strict\nlevels:\n  debug-enabled: off\nexclude: [tests/]\nsensitive_fields:\n  - loyalty_number\n";
    expect(parseConfig(text, "f", ruleIds)).toEqual({
      config: {
        preset: "strict",
        levels: { "debug-enabled": "off" },
        exclude: ["tests/"],
        sensitive_fields: ["loyalty_number"],
      },
      problems: [],
      broken: false,
    });
  });

  it.each([
    ["exlude: [a]\n", "exlude", "There is no setting `exlude`; did you mean `exclude`?"],
    ["preset: strikt\n", "strikt", '`preset` must be recommended or strict, not "strikt"; did you mean strict?'],
    [
      "levels:\n  debug-enabld: error\n",
      "debug-enabld",
      "There is no rule `debug-enabld` in `levels`; did you mean `debug-enabled`?",
    ],
    [
      "levels:\n  debug-enabled: fatal\n",
      "fatal",
      '`levels.debug-enabled` must be hint, info, warning, error or off, not "fatal".',
    ],
    ["scan:\n  depht: deep\n", "depht", "There is no setting `depht` in `scan`; did you mean `depth`?"],
    [
      "models:\n  - { name: a, modules: [a], cals: [] }\n",
      "cals",
      "There is no setting `cals` in `models[1]`; did you mean `calls`?",
    ],
    ["exclude: 3\n", "3", "`exclude` must be a list, not 3."],
    ["exclude:\n  - a\n  - 7\n", "7", "`exclude[2]` must be a text, not 7."],
    ["scan:\n  auth: token\n", "token", "`scan.auth` must be bearer, basic:USER, api-key:HEADER or cookie:NAME."],
    ["scan:\n  max_requests: 0\n", "0", "`scan.max_requests` must be at least 1, not 0."],
    ["models:\n  - modules: [x]\n", "modules: [x]", "`models[1].name` is missing."],
    ["preset:\n", "preset", "`preset` must be recommended or strict, not nothing."],
  ])("says what is wrong, at its place: %j", (text, at, message) => {
    expect(problems(text)).toEqual([[at, message]]);
  });

  it("keeps what is right when something else is wrong", () => {
    const text = "preset: strikt\nchat_model: m\nlevels:\n  debug-enabled: off\n  nope: error\nexclude: [1, a, 2, b]\n";
    const { config, problems: found } = parseConfig(text, "f", ruleIds);
    expect(config).toEqual({ chat_model: "m", levels: { "debug-enabled": "off" }, exclude: ["a", "b"] });
    expect(found).toHaveLength(4);
  });

  it("keeps the models that are right", () => {
    const text =
      "models:\n  - name: a\n    modules: [a]\n    calls: [{ call: a.f, source: usr }]\n  - name: b\n    modules: [b]\n    calls: [{ call: b.f, source: user }]\n";
    const { config, problems: found } = parseConfig(text, "f", ruleIds);
    expect(found.map((p) => text.slice(p.start, p.end))).toEqual(["usr"]);
    expect(config.models?.map((model) => model.name)).toContain("b");
  });

  it("marks what is no YAML, with the place", () => {
    const text = "preset: [\nx: }\n";
    const parsed = parseConfig(text, "f", ruleIds);
    expect(parsed.broken).toBe(true);
    expect(parsed.problems[0]?.message).toMatch(/^The file is not valid YAML: .*\.$/);
    expect(parsed.problems[0]?.from.line).toBeGreaterThan(0);
  });

  it("takes a list, a text and an alias bomb for what they are", () => {
    expect(parseConfig("- a\n", "f", ruleIds).broken).toBe(true);
    expect(parseConfig("just words\n", "f", ruleIds).broken).toBe(true);
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\n${"bcdefgh"
      .split("")
      .map((c, i) => `${c}: &${c} [${Array(10).fill(`*${"abcdefg"[i]}`).join(",")}]`)
      .join("\n")}\n`;
    expect(parseConfig(bomb, "f", ruleIds)).toMatchObject({ broken: true });
  });

  it("takes an empty file and one of comments as no settings", () => {
    expect(parseConfig("", "f", ruleIds)).toEqual({ config: {}, problems: [], broken: false });
    expect(parseConfig("# nothing\n", "f", ruleIds)).toEqual({ config: {}, problems: [], broken: false });
  });

  it("reports a key that stands twice and reads the rest", () => {
    const parsed = parseConfig("chat_model: a\nchat_model: b\npreset: strict\n", "f", ruleIds);
    expect(parsed.problems).toHaveLength(1);
    expect(parsed.config.preset).toBe("strict");
  });

  it("finds nothing wrong in the file that init writes, commented or not", () => {
    const all = configTemplate.replace(/^# (?=[a-z_]+:| {2})/gm, "");
    for (const text of [configTemplate, all]) {
      expect(parseConfig(text, "f", [...ruleIds]).problems).toEqual([]);
    }
    expect(Object.keys(parseConfig(all, "f", ruleIds).config)).toEqual(
      expect.arrayContaining(["levels", "models", "scan"]),
    );
  });
});

describe("Configs", () => {
  it("takes flag before file before editor before default, and the nearest file alone", () => {
    const folder = folderWith({
      ".spillcheck.yaml": "preset: strict\nchat_model: far\nsensitive_fields: [far]\n",
      "near/.spillcheck.yaml": "chat_model: near\n",
    });
    const editor = { chatModel: "editor", sensitiveFields: ["editor"] };
    const configs = new Configs({ ruleIds, editor, flags: { preset: "recommended" } });
    expect(configs.forFile(`${folder}/near/deep/x.py`)).toEqual({
      preset: "recommended",
      levels: {},
      sensitiveFields: ["editor"],
      chatModel: "near",
    });
    expect(configs.forFile(`${folder}/x.py`)).toMatchObject({ chatModel: "far", sensitiveFields: ["far"] });
    expect(new Configs({ ruleIds }).forFile(`${folder}/x.py`).preset).toBe("strict");
  });

  it("reads a settings file that is open in an editor from there", () => {
    const folder = folderWith({ ".spillcheck.yaml": "preset: strict\n" });
    const configs = new Configs({ ruleIds });
    configs.override(`${folder}/.spillcheck.yaml`, "preset: wrong\n");
    expect(configs.forFile(`${folder}/x.py`).preset).toBe("recommended");
    expect(configs.problems()).toHaveLength(1);
    configs.override(`${folder}/.spillcheck.yaml`, undefined);
    expect(configs.forFile(`${folder}/x.py`).preset).toBe("strict");
  });
});
