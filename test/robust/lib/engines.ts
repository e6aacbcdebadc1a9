/** Engines over texts in memory that can change, and what must hold of their findings. */
import { ruleSet } from "../../../rules/index.js";
import { modelTexts } from "../../../rules/models/index.js";
import { createEngine, type EngineOptions } from "../../../server/analysis/engine.js";
import type { CheckSettings, Engine } from "../../../server/analysis/engine-api.js";
import type { Finding } from "../../../server/analysis/finding.js";
import { parseModels } from "../../../server/analysis/names/load-models.js";
import type { Syntax } from "../../../server/analysis/syntax/index.js";

const models = parseModels(modelTexts);
const settings: CheckSettings = { preset: "strict", levels: {}, sensitiveFields: [], chatModel: "gpt-4o-mini" };

/**
 * @param texts by absolute path; read whenever the engine asks, so that it may change in between
 * @param order puts the list of files into another order than the sorted one
 */
export function engineOver(
  syntax: Syntax,
  texts: ReadonlyMap<string, string>,
  order: (files: string[]) => string[] = (files) => files,
): Engine {
  return createEngine(optionsOver(syntax, texts, order));
}

/** What `engineOver` makes its engine of. */
export function optionsOver(
  syntax: Syntax,
  texts: ReadonlyMap<string, string>,
  order: (files: string[]) => string[] = (files) => files,
): EngineOptions {
  return {
    syntax,
    host: { files: () => order([...texts.keys()].sort()), read: (file) => texts.get(file) },
    rules: ruleSet,
    models,
    settings: () => settings,
    root: "/p",
  };
}

/** Findings as text, one a line, with everything that a user can see of them. */
export function printed(findings: readonly Finding[]): string[] {
  return findings.map((f) =>
    [
      f.file,
      f.start,
      f.end,
      f.rule,
      f.level,
      f.confidence,
      f.message,
      f.path.map((p) => `${p.file}:${p.start}-${p.end} ${p.message}`).join(" > "),
      f.related.map((p) => `${p.file}:${p.start}-${p.end} ${p.message}`).join(" & "),
      f.fingerprint,
      f.suppressed?.reason ?? "",
    ].join(" | "),
  );
}

/** What is wrong with the form of findings: places outside of their file, paths without steps, and the like. */
export function faults(findings: readonly Finding[], texts: ReadonlyMap<string, string>): string[] {
  const out: string[] = [];
  const keys = new Set<string>();
  for (const f of findings) {
    const say = (what: string) => out.push(`${f.rule} at ${f.file}:${f.start}-${f.end}: ${what}`);
    const places = [f, ...f.path, ...f.related];
    for (const p of places) {
      const text = texts.get(p.file);
      if (text === undefined) say(`a place in the unknown file "${p.file}"`);
      else if (!(p.start >= 0 && p.start <= p.end && p.end <= text.length)) say(`a place outside: ${p.start}-${p.end}`);
      else if (splitsPair(text, p.start) || splitsPair(text, p.end)) say(`a place within a surrogate pair: ${p.start}`);
    }
    if (!f.path.length) say("no path");
    if (f.path.length > 60) say(`a path of ${f.path.length} steps`);
    for (const p of places.slice(1)) if (!("message" in p) || !p.message) say("a step without words");
    if (!f.message || f.message.length > 600) say(`a message of ${f.message.length} characters`);
    if (!f.fingerprint) say("no fingerprint");
    if (keys.has(f.fingerprint)) say("a fingerprint that another finding has, too");
    keys.add(f.fingerprint);
  }
  return out;
}

function splitsPair(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  const behind = text.charCodeAt(at);
  return before >= 0xd800 && before < 0xdc00 && behind >= 0xdc00 && behind < 0xe000;
}

/** The first lines that only one of two lists has; empty when they are the same, order included. */
export function differences(fresh: readonly string[], incremental: readonly string[]): string[] {
  if (fresh.length === incremental.length && fresh.every((line, i) => line === incremental[i])) return [];
  const [a, b] = [new Set(fresh), new Set(incremental)];
  const out = [
    ...fresh.filter((line) => !b.has(line)).map((line) => `fresh only: ${line}`),
    ...incremental.filter((line) => !a.has(line)).map((line) => `incremental only: ${line}`),
  ];
  return out.length ? out.slice(0, 6) : ["the same findings in another order"];
}
