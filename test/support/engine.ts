/** An engine over texts in memory, put together as the doors do it: every model and every rule. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { ruleSet } from "../../rules/index.js";
import { modelTexts } from "../../rules/models/index.js";
import { createEngine, type EngineOptions } from "../../server/analysis/engine.js";
import type { CheckSettings, Engine } from "../../server/analysis/engine-api.js";
import { parseModels } from "../../server/analysis/names/load-models.js";
import type { ModelFile } from "../../server/analysis/names/model-schema.js";
import { withSettingsFiles } from "../../server/analysis/settings-files.js";
import { createSyntax, type Syntax } from "../../server/analysis/syntax/index.js";
import type { EngineFactory } from "../../server/project/check.js";

const require = createRequire(import.meta.url);
let syntax: Promise<Syntax> | undefined;
let models: ModelFile[] | undefined;

/** The parser, started once for the test file's process. */
export function testSyntax(): Promise<Syntax> {
  syntax ??= createSyntax({
    runtimeWasm: readFileSync(require.resolve("web-tree-sitter/web-tree-sitter.wasm")),
    grammarWasm: readFileSync(require.resolve("tree-sitter-python/tree-sitter-python.wasm")),
  });
  return syntax;
}

export const defaultSettings: CheckSettings = {
  preset: "recommended",
  levels: {},
  sensitiveFields: [],
  chatModel: "gpt-4o-mini",
};

/**
 * @param files texts by path; a path that does not begin with `/` is put under `/app`
 * @param settings what differs from the defaults, for all files or file by file
 * @param own what settings files would add
 */
export async function createTestEngine(
  files: Readonly<Record<string, string>>,
  settings: Partial<CheckSettings> | ((file: string) => Partial<CheckSettings>) = {},
  own: Pick<EngineOptions, "ownModels" | "ownRules"> = {},
): Promise<Engine> {
  models ??= parseModels(modelTexts);
  const texts = new Map(Object.entries(files).map(([name, text]) => [testPath(name), text]));
  const all = (file: string) => ({
    ...defaultSettings,
    ...(typeof settings === "function" ? settings(file) : settings),
  });
  return createEngine({
    syntax: await testSyntax(),
    host: { files: () => [...texts.keys()].sort(), read: (file) => texts.get(file) },
    rules: ruleSet,
    models,
    settings: all,
    root: "/app",
    ...own,
  });
}

/** The path under which `createTestEngine` keeps a file. */
export const testPath = (name: string): string => (name.startsWith("/") ? name : `/app/${name}`);

/** What the doors are handed in place of the engine that reads its parser from the bundle's folder. */
export const openTestEngine: EngineFactory = async (input) => {
  models ??= parseModels(modelTexts);
  const { host, settings, root } = input;
  const engine = createEngine({
    syntax: await testSyntax(),
    host,
    rules: ruleSet,
    models,
    settings,
    root,
    ownModels: input.models,
    ownRules: input.rules,
  });
  return withSettingsFiles(engine, input);
};
