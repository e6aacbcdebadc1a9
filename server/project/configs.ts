/** Settings in effect for each file: flag, then the nearest `.spillcheck.yaml`, then the editor's settings, then defaults. */
import { readFileSync } from "node:fs";
import type { CheckSettings } from "../analysis/engine-api.js";
import type { Level } from "../analysis/finding.js";
import type { ModelFile } from "../analysis/names/model-schema.js";
import type { OwnRule } from "../analysis/names/own-rule-schema.js";
import { type ConfigProblem, type ParsedConfig, parseConfig } from "./config-parse.js";
import { type Config, configFileName } from "./config-schema.js";
import { ioReason, UsageError } from "./errors.js";
import { ancestors, join, parent } from "./paths.js";
import { PatternSet } from "./patterns.js";

/** Settings from one place: flags, or the editor. Absent ones are left to the next place. */
export interface PartialSettings {
  preset?: CheckSettings["preset"];
  levels?: Readonly<Record<string, Level | "off">>;
  sensitiveFields?: readonly string[];
  chatModel?: string;
  exclude?: readonly string[];
}

export interface ConfigFile {
  /** Absolute path. */
  file: string;
  /** Its folder; patterns and paths in it are relative to this. */
  folder: string;
  config: Config;
  problems: ConfigProblem[];
  broken: boolean;
  exclude?: PatternSet;
  include?: PatternSet;
}

export interface ConfigsOptions {
  ruleIds: readonly string[];
  flags?: PartialSettings;
  editor?: PartialSettings;
  /** A settings file that counts for every file, whatever lies nearer (`--config`). Absolute path. */
  explicit?: string;
  defaultChatModel?: string;
}

const none: readonly never[] = [];

/** A chat model that every account can use, where a completion-only one has to go. */
const fallbackChatModel = "gpt-4o-mini";

/** Finds, reads and remembers settings files. */
export class Configs {
  readonly #options: ConfigsOptions;
  readonly #byFolder = new Map<string, ConfigFile | undefined>();
  readonly #parsed = new Map<string, ConfigFile | undefined>();
  /** Texts that stand in for what is on disk: a settings file that is open in an editor. */
  readonly #texts = new Map<string, string>();
  readonly #settings = new Map<ConfigFile | undefined, CheckSettings>();
  #editor: PartialSettings;

  /** @throws UsageError when the file given as `explicit` cannot be read */
  constructor(options: ConfigsOptions) {
    this.#options = options;
    this.#editor = options.editor ?? {};
    if (options.explicit !== undefined) this.#parsed.set(options.explicit, this.#readExplicit(options.explicit));
  }

  /** The settings file in effect for what lies in a folder, or undefined. @param folder absolute */
  near(folder: string): ConfigFile | undefined {
    if (this.#options.explicit !== undefined) return this.#parsed.get(this.#options.explicit);
    if (this.#byFolder.has(folder)) return this.#byFolder.get(folder);
    const passed: string[] = [];
    let found: ConfigFile | undefined;
    for (const at of ancestors(folder)) {
      if (this.#byFolder.has(at)) {
        found = this.#byFolder.get(at);
        break;
      }
      passed.push(at);
      found = this.#load(join(at, configFileName));
      if (found) break;
    }
    for (const at of passed) this.#byFolder.set(at, found);
    return found;
  }

  /** What counts for one file. @param file absolute */
  forFile(file: string): CheckSettings {
    const near = this.near(parent(file));
    const known = this.#settings.get(near);
    if (known) return known;
    const flags = this.#options.flags ?? {};
    const editor = this.#editor;
    const config = near?.config ?? {};
    const settings: CheckSettings = {
      preset: flags.preset ?? config.preset ?? editor.preset ?? "recommended",
      levels: flags.levels ?? definedLevels(config.levels) ?? editor.levels ?? {},
      sensitiveFields: flags.sensitiveFields ?? config.sensitive_fields ?? editor.sensitiveFields ?? [],
      chatModel: flags.chatModel ?? config.chat_model ?? editor.chatModel ?? fallbackChatModel,
    };
    this.#settings.set(near, settings);
    return settings;
  }

  /** The user's own models in effect for a file. */
  modelsFor(file: string): readonly ModelFile[] {
    return this.near(parent(file))?.config.models ?? none;
  }

  /** The user's own rules in effect for a file. */
  rulesFor(file: string): readonly OwnRule[] {
    return this.near(parent(file))?.config.rules ?? none;
  }

  /** Every own rule of the settings files met so far, each id once. */
  ownRules(): OwnRule[] {
    const byId = new Map(this.files().flatMap(({ config }) => (config.rules ?? []).map((rule) => [rule.id, rule])));
    return [...byId.values()];
  }

  /** Exclude and include patterns for what lies in a folder. Editor settings count where no settings file says anything. */
  patterns(folder: string): { exclude?: PatternSet; include?: PatternSet } {
    const near = this.near(folder);
    return { exclude: near?.exclude, include: near?.include };
  }

  /** Settings files met so far, by path. */
  files(): ConfigFile[] {
    const met = [...this.#parsed.values()].filter((file) => file !== undefined);
    return met.sort((a, b) => (a.file < b.file ? -1 : 1));
  }

  /** Problems of every settings file met so far, by file and place. */
  problems(): ConfigProblem[] {
    return this.files().flatMap((file) => [...file.problems].sort((a, b) => a.start - b.start));
  }

  /** A settings file is open in an editor and holds this text (undefined: closed again). Forgets what was derived. */
  override(file: string, text: string | undefined): void {
    if (text === undefined) this.#texts.delete(file);
    else this.#texts.set(file, text);
    this.refresh();
  }

  /** Settings files changed, came or went, or the editor's settings did. Forgets what was read. */
  refresh(editor?: PartialSettings): void {
    if (editor) this.#editor = editor;
    this.#byFolder.clear();
    this.#parsed.clear();
    this.#settings.clear();
    const { explicit } = this.#options;
    if (explicit !== undefined) this.#parsed.set(explicit, this.#readExplicit(explicit));
  }

  #load(file: string): ConfigFile | undefined {
    if (this.#parsed.has(file)) return this.#parsed.get(file);
    const config = this.#read(file);
    this.#parsed.set(file, config);
    return config;
  }

  #read(file: string): ConfigFile | undefined {
    let text = this.#texts.get(file);
    if (text === undefined) {
      try {
        text = readFileSync(file, "utf8");
      } catch (error) {
        if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
          return undefined;
        return brokenFile(file, `The settings file cannot be read: ${ioReason(error)}.`);
      }
    }
    return withPatterns(file, parseConfig(text, file, this.#options.ruleIds));
  }

  #readExplicit(file: string): ConfigFile {
    let text: string;
    try {
      text = readFileSync(file, "utf8");
    } catch (error) {
      throw new UsageError(`The settings file ${file} cannot be read: ${ioReason(error)}.`);
    }
    return withPatterns(file, parseConfig(text, file, this.#options.ruleIds));
  }
}

function withPatterns(file: string, parsed: ParsedConfig): ConfigFile {
  const folder = parent(file);
  const { exclude, include } = parsed.config;
  return {
    file,
    folder,
    ...parsed,
    exclude: exclude ? new PatternSet(folder, exclude) : undefined,
    include: include ? new PatternSet(folder, include) : undefined,
  };
}

function brokenFile(file: string, message: string): ConfigFile {
  const at = { line: 1, column: 1 };
  const problem: ConfigProblem = { file, message, start: 0, end: 0, from: at, to: at };
  return { file, folder: parent(file), config: {}, problems: [problem], broken: true };
}

function definedLevels(levels: Config["levels"]): Record<string, Level | "off"> | undefined {
  if (!levels) return undefined;
  const entries = Object.entries(levels).flatMap(([rule, level]) =>
    level === undefined ? [] : [[rule, level] as const],
  );
  return Object.fromEntries(entries);
}
