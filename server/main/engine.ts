/** Puts the engine together for the doors: parser, models and rules. */
import path from "node:path";
import { ruleSet } from "../../rules/index.js";
import { modelTexts } from "../../rules/models/index.js";
import { createEngine } from "../analysis/engine.js";
import type { Engine } from "../analysis/engine-api.js";
import { parseModels } from "../analysis/names/load-models.js";
import type { ModelFile } from "../analysis/names/model-schema.js";
import { withSettingsFiles } from "../analysis/settings-files.js";
import { createSyntax, type Syntax } from "../analysis/syntax/index.js";
import type { EngineInput } from "../project/check.js";
import { readBytes } from "../project/read.js";

let syntax: Promise<Syntax> | undefined;
let models: ModelFile[] | undefined;

/** The parser, started once for the process; its WebAssembly files lie beside this bundle. */
function loadSyntax(): Promise<Syntax> {
  syntax ??= createSyntax({
    runtimeWasm: readBytes(path.join(__dirname, "web-tree-sitter.wasm")),
    grammarWasm: readBytes(path.join(__dirname, "tree-sitter-python.wasm")),
  });
  return syntax;
}

/** @param input the project's texts and settings */
export async function openEngine(input: EngineInput): Promise<Engine> {
  models ??= parseModels(modelTexts);
  const engine = createEngine({
    syntax: await loadSyntax(),
    host: input.host,
    rules: ruleSet,
    models,
    ownModels: input.models,
    ownRules: input.rules,
    settings: input.settings,
    root: input.root,
  });
  return withSettingsFiles(engine, input);
}
