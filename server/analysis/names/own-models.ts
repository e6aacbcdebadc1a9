/** What projects say of themselves (their models and rules), compiled for look-up by name. */
import type { CallModel, ModelFile } from "./model-schema.js";
import type { OwnRule, OwnSanitiser, OwnSink, OwnSource } from "./own-rule-schema.js";

/** A rule of a settings file with what tells it from others of the same name. */
export interface PlacedRule {
  rule: OwnRule;
  /** Unique among the rules of all settings files. */
  tag: string;
  /** The bit of a mask that says "passed one of its sanitisers"; 0 where it has none. */
  mask: number;
}

/** What one entry of a rule says of a call. */
export type OwnCall = { tag: string; mask: number } & (
  | { role: "source"; entry: OwnSource }
  | { role: "sink"; entry: OwnSink }
  | { role: "sanitiser"; entry: OwnSanitiser }
);

interface Named<T> {
  segments: readonly string[];
  what: T;
}

/** Entries by the last segment of the name that they are for. */
class Index<T> {
  private readonly byLast = new Map<string, Named<T>[]>();

  add(name: string, what: T): void {
    const segments = name.split(".");
    const last = segments.at(-1)!;
    const list = this.byLast.get(last);
    if (list) list.push({ segments, what });
    else this.byLast.set(last, [{ segments, what }]);
  }

  get size(): number {
    return this.byLast.size;
  }

  /** Entries whose whole name it is. */
  exact(segments: readonly string[]): T[] {
    return this.candidates(segments).flatMap((n) =>
      n.segments.length === segments.length && ends(segments, n.segments) ? [n.what] : [],
    );
  }

  /** Entries that the name ends with, with at least so many segments. */
  ending(segments: readonly string[], least: number): T[] {
    return this.candidates(segments).flatMap((n) =>
      n.segments.length >= least && ends(segments, n.segments) ? [n.what] : [],
    );
  }

  lasts(): string[] {
    return [...this.byLast.keys()];
  }

  private candidates(segments: readonly string[]): readonly Named<T>[] {
    const own = this.byLast.get(segments.at(-1) ?? "") ?? [];
    const any = this.byLast.get("*");
    return any ? [...own, ...any] : own;
  }
}

function ends(have: readonly string[], want: readonly string[]): boolean {
  const from = have.length - want.length;
  return from >= 0 && want.every((w, i) => w === "*" || w === have[from + i]);
}

export interface OwnKnowledge {
  /** What rules say of a library's call, by the names that it goes by. */
  calls(names: readonly string[]): readonly OwnCall[];
  /** What rules say of a method whose receiver is not known, by the text of the call. */
  ducks(text: string): readonly OwnCall[];
  /** Rules of which a library's attribute is a source. */
  attributes(names: readonly string[]): readonly string[];
  /** What rules say of the project's function: `segments` are its folders, module and name. */
  project(segments: readonly string[], least: number): readonly OwnCall[];
  /** What the models of settings files say of it. */
  projectModels(segments: readonly string[], least: number): readonly CallModel[];
  readonly hasRules: boolean;
  readonly hasModels: boolean;
}

const NONE: readonly never[] = [];

/**
 * @param rules those of every settings file
 * @param models those of the settings file that counts
 */
export function compileOwn(rules: readonly PlacedRule[], models: readonly ModelFile[]): OwnKnowledge {
  const calls = new Index<OwnCall>();
  const ducks = new Index<OwnCall>();
  const attributes = new Index<string>();
  const modelled = new Index<CallModel>();
  for (const { rule, tag, mask } of rules) {
    const put = (what: OwnCall) => {
      for (const q of what.entry.call ?? []) calls.add(q, what);
      for (const d of what.entry.duck ?? []) ducks.add(d, what);
    };
    for (const entry of rule.sources) {
      put({ role: "source", tag, mask, entry });
      for (const q of entry.attr ?? []) attributes.add(q, tag);
    }
    for (const entry of rule.sinks) put({ role: "sink", tag, mask, entry });
    for (const entry of rule.sanitisers ?? []) put({ role: "sanitiser", tag, mask, entry });
  }
  for (const file of models) for (const c of file.calls ?? []) for (const q of c.call ?? []) modelled.add(q, c);
  const unique = <T>(list: readonly T[]): readonly T[] => (list.length > 1 ? [...new Set(list)] : list);
  return {
    hasRules: rules.length > 0,
    hasModels: modelled.size > 0,
    calls: (names) => (calls.size ? unique(names.flatMap((q) => calls.exact(q.split(".")))) : NONE),
    ducks: (text) => (ducks.size ? unique(ducks.ending(text.split("."), 1)) : NONE),
    attributes: (names) => (attributes.size ? unique(names.flatMap((q) => attributes.exact(q.split(".")))) : NONE),
    project: (segments, least) => (calls.size ? unique(calls.ending(segments, least)) : NONE),
    projectModels: (segments, least) => (modelled.size ? unique(modelled.ending(segments, least)) : NONE),
  };
}

/**
 * A test whether a text names something that the settings files speak of, so that data flows may begin or end there; undefined
 * where they speak of nothing.
 */
export function mentions(
  rules: readonly OwnRule[],
  models: readonly ModelFile[],
): ((text: string) => boolean) | undefined {
  const words = new Set<string>();
  const add = (list: readonly string[] | undefined) => {
    for (const name of list ?? []) {
      const word = name.split(".").findLast((s) => /^\w+$/.test(s));
      if (word) words.add(word);
    }
  };
  for (const rule of rules)
    for (const entry of [...rule.sources, ...rule.sinks]) {
      add(entry.call);
      add(entry.duck);
      if ("attr" in entry) add(entry.attr);
    }
  for (const file of models) {
    for (const c of file.calls ?? []) {
      add(c.call);
      add(c.duck);
    }
    for (const a of file.attributes ?? []) {
      add(a.attr);
      add(a.duck);
    }
    for (const e of file.entries ?? []) {
      add(e.decorator);
      add(e.registers?.call);
      add(e.subclass?.of);
    }
  }
  if (!words.size) return undefined;
  const any = new RegExp(`\\b(?:${[...words].sort().join("|")})\\b`);
  return (text) => any.test(text);
}
