/** The project room as the language server wants it: files, settings files and the engine of the workspace folders. */
import type { Engine } from "../analysis/engine-api.js";
import type { Project, ProjectInput, SettingsProblem } from "../lsp/services.js";
import type { EngineFactory } from "../project/check.js";
import { type Collected, collectRoots } from "../project/collect.js";
import { parseConfig } from "../project/config-parse.js";
import { configFileName } from "../project/config-schema.js";
import { Configs } from "../project/configs.js";
import { createFileHost, type FileHost } from "../project/host.js";

export interface WorkspaceParts {
  ruleIds: readonly string[];
  openEngine: EngineFactory;
}

const none: readonly never[] = [];

/** Reads the workspace folders. With none, single open files are all there is. */
export async function openWorkspace(input: ProjectInput, parts: WorkspaceParts): Promise<Project> {
  const { settings } = input;
  const configs = new Configs({
    ruleIds: parts.ruleIds,
    editor: {
      preset: settings.preset,
      levels: settings.rules,
      sensitiveFields: settings.sensitiveFields,
      chatModel: settings.chatModel,
    },
  });
  const collect = () => collectRoots(input.roots, configs, settings.exclude);
  const collected = collect();
  const host = createFileHost(collected.all);
  const engine = await parts.openEngine({
    host,
    settings: (file) => configs.forFile(file),
    // Models can make any call a sanitiser: a workspace that is not trusted has no say in that.
    models: (file) => (input.trusted ? configs.modelsFor(file) : none),
    rules: (file) => configs.rulesFor(file),
  });
  // Settings files are met as folders are asked for; one in a folder without Python should be met too.
  for (const folder of input.roots) configs.near(folder);
  for (const file of collected.asked) configs.forFile(file);
  return new Workspace(engine, host, configs, collected, collect, parts.ruleIds);
}

class Workspace implements Project {
  private known: Set<string>;

  constructor(
    readonly engine: Engine,
    private readonly host: FileHost,
    private readonly configs: Configs,
    private collected: Collected,
    private readonly collect: () => Collected,
    private readonly ruleIds: readonly string[],
  ) {
    this.known = new Set(collected.all);
  }

  read(file: string): string | undefined {
    return this.host.read(file);
  }

  checkable(): readonly string[] {
    return this.collected.asked;
  }

  changed(files: readonly string[]): void {
    // Only an unknown file, or a known one that is gone, changes the lists.
    if (files.some((file) => !this.known.has(file) || this.host.read(file) === undefined)) {
      this.collected = this.collect();
      this.known = new Set(this.collected.all);
      this.host.setFiles(this.collected.all);
    }
    this.engine.refresh(files);
  }

  isSettingsFile(file: string): boolean {
    return file === configFileName || file.endsWith(`/${configFileName}`);
  }

  settingsFiles(): readonly string[] {
    return this.configs.files().map((config) => config.file);
  }

  problems(file: string, text: string): SettingsProblem[] {
    return parseConfig(text, file, this.ruleIds).problems.map(({ start, end, message }) => {
      return { file, start, end, message, level: "warning" };
    });
  }

  dispose(): void {
    this.engine.dispose();
  }
}
