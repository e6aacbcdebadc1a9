/** Puts the engine together for the doors: parser, models and rules. */
import path from "node:path";
import { ruleSet } from "../../rules/index.js";
import { modelTexts } from "../../rules/models/index.js";
import { createEngine, createPart, type EngineOptions } from "../analysis/engine.js";
import type { Engine } from "../analysis/engine-api.js";
import type { Finding } from "../analysis/finding.js";
import { parseModels } from "../analysis/names/load-models.js";
import type { ModelFile } from "../analysis/names/model-schema.js";
import type { Part } from "../analysis/part.js";
import { allSettingsFileFindings, withSettingsFiles } from "../analysis/settings-files.js";
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

async function optionsFor(input: EngineInput): Promise<EngineOptions> {
  models ??= parseModels(modelTexts);
  return {
    syntax: await loadSyntax(),
    host: input.host,
    rules: ruleSet,
    models,
    ownModels: input.models,
    ownRules: input.rules,
    settings: input.settings,
    root: input.root,
  };
}

/** @param input the project's texts and settings */
export async function openEngine(input: EngineInput): Promise<Engine> {
  return withSettingsFiles(createEngine(await optionsFor(input)), input);
}

/**
 * An engine for one of several parts of a project.
 * @param open texts that stand in for those of the host
 * @returns with it, what is found outside of Python: by the first part for all
 */
export async function openPart(
  input: EngineInput,
  part: number,
  parts: number,
  open: readonly (readonly [file: string, text: string])[],
): Promise<{ part: Part; further(): Finding[] }> {
  const texts = new Map(open);
  const host = { files: input.host.files, read: (file: string) => texts.get(file) ?? input.host.read(file) };
  const python = open.filter(([file]) => file.endsWith(".py"));
  return {
    part: createPart(await optionsFor(input), part, parts, python),
    further: () => (part === 0 ? allSettingsFileFindings({ ...input, host }) : []),
  };
}
