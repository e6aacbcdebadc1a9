/** What counts for which file: models, rules and sensitive names, which the nearest settings file may add to. */
import type { CheckSettings } from "./engine-api.js";
import type { Lexicon } from "./flow/lexicon.js";
import type { ModelFile } from "./names/model-schema.js";
import { compileModels, type Models } from "./names/models.js";
import { compileOwn, mentions, type PlacedRule } from "./names/own-models.js";
import type { OwnRule } from "./names/own-rule-schema.js";
import { lexiconFor } from "./names/words.js";
import { engineRule, placeRules } from "./own-rules.js";
import type { Rule } from "./rule.js";

export interface KnowledgeOptions {
  rules: readonly Rule[];
  /** What is built in. */
  models: readonly ModelFile[];
  settings(file: string): CheckSettings;
  /** Models of the settings file that counts for a file: the same object for every file that it counts for. */
  ownModels?(file: string): readonly ModelFile[];
  /** Rules of that settings file, likewise. */
  ownRules?(file: string): readonly OwnRule[];
}

/** A lexicon, and the files for which it counts. */
export interface Words {
  lexicon: Lexicon;
  /** Undefined where it counts for every file. */
  counts: ((file: string) => boolean) | undefined;
}

export interface Knowledge {
  /** Models where no file is in question: the union of what settings files say. */
  readonly models: Models;
  /** Models that count in a file; undefined where `models` counts in all. */
  readonly modelsIn: ((file: string) => Models) | undefined;
  /** Every rule, the settings files' own included. */
  readonly rules: readonly Rule[];
  /** Whether a rule counts for findings in a file. */
  counts(rule: Rule, file: string): boolean;
  readonly words: readonly Words[];
  /** Whether a text names something that a settings file speaks of. */
  readonly mentions: ((text: string) => boolean) | undefined;
  /** Rules that do not run, and why. */
  readonly notes: readonly { file: string; reason: string }[];
}

const NONE: readonly never[] = [];
const compilations = new WeakMap<readonly ModelFile[], Models>();

/** The built-in models are compiled once, however many engines are made of them. */
function compiled(files: readonly ModelFile[]): Models {
  let models = compilations.get(files);
  if (!models) {
    models = compileModels(files);
    compilations.set(files, models);
  }
  return models;
}

/** @param files every file of the project: they say which settings files there are */
export function knowledgeOf(options: KnowledgeOptions, files: readonly string[]): Knowledge {
  const modelSets = new Map<readonly ModelFile[], string>();
  const ruleSets = new Map<readonly OwnRule[], string>();
  const vocabularies = new Map<string, readonly string[]>();
  let last: CheckSettings | undefined;
  const learn = (settings: CheckSettings) => {
    // Files of one folder share their settings.
    if (settings !== last) vocabularies.set(vocabularyOf(settings), settings.sensitiveFields);
    last = settings;
  };
  for (const file of files) {
    const models = options.ownModels?.(file) ?? NONE;
    if (models.length && !modelSets.has(models)) modelSets.set(models, file);
    const rules = options.ownRules?.(file) ?? NONE;
    if (rules.length && !ruleSets.has(rules)) ruleSets.set(rules, file);
    learn(options.settings(file));
  }
  if (!vocabularies.size) learn(options.settings(""));

  const allRules = [...ruleSets.keys()].flat();
  const { placed, left } = placeRules(allRules);
  const own = new Map<Rule, OwnRule>();
  for (const one of placed) own.set(engineRule(one), one.rule);
  const built = modelsOf(options, [...modelSets.keys()], placed, files);
  return {
    ...built,
    rules: own.size ? [...options.rules, ...own.keys()] : options.rules,
    counts: (rule, file) => {
      const source = own.get(rule);
      return !source || (options.ownRules?.(file) ?? NONE).includes(source);
    },
    words: [...vocabularies].map(([text, names]) => ({
      lexicon: lexiconFor(names),
      counts: vocabularies.size > 1 ? (file) => vocabularyOf(options.settings(file)) === text : undefined,
    })),
    mentions: mentions(allRules, [...modelSets.keys()].flat()),
    notes: left.map((rule) => ({
      file: [...ruleSets].find(([list]) => list.includes(rule))?.[1] ?? "",
      reason: `the own rule \`${rule.id}\` does not run: there are more different lists of sanitisers than can be told apart`,
    })),
  };
}

const vocabularyOf = (settings: CheckSettings): string => JSON.stringify(settings.sensitiveFields);

/** What calls do is for each settings file to say; what a type is called and extends holds for the whole project. */
function modelsOf(
  options: KnowledgeOptions,
  sets: readonly (readonly ModelFile[])[],
  rules: readonly PlacedRule[],
  files: readonly string[],
): Pick<Knowledge, "models" | "modelsIn"> {
  if (!sets.length && !rules.length) return { models: compiled(options.models), modelsIn: undefined };
  const all = compileModels([...options.models, ...sets.flat()], compileOwn(rules, sets.flat()));
  if (sets.length === 0 || (sets.length === 1 && files.every((file) => options.ownModels?.(file) === sets[0])))
    return { models: all, modelsIn: undefined };
  const byOwn = new Map<readonly ModelFile[], Models>();
  const modelsIn = (file: string): Models => {
    const own = options.ownModels?.(file) ?? NONE;
    const key = own.length ? own : NONE;
    let models = byOwn.get(key);
    if (!models) {
      const typesOfOthers = sets.filter((set) => set !== own).flatMap((set) => set.map(onlyTypes));
      models = compileModels([...options.models, ...typesOfOthers, ...key], compileOwn(rules, key));
      byOwn.set(key, models);
    }
    return models;
  };
  return { models: all, modelsIn };
}

const onlyTypes = ({ name, modules, types }: ModelFile): ModelFile => ({ name, modules, types });
