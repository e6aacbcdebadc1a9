/** The models, compiled for look-up by qualified name. */
import type {
  AttributeModel,
  CallModel,
  EntryModel,
  LabelKind,
  MarkModel,
  ModelFile,
  SettingModel,
  TypeModel,
} from "./model-schema.js";
import type { OwnKnowledge } from "./own-models.js";

export interface DuckCall {
  segments: readonly string[];
  model: CallModel;
}

export interface Models {
  /** The one name of a type that has several. */
  canonical(q: string): string;
  /** `canonical` of a member of `q`. */
  member(q: string, name: string): string;
  /** What calling `q` does; inherited from the types that its prefix extends. */
  calls(q: string): readonly CallModel[];
  /** Calls that match by their last segments when the receiver's type is unknown. */
  ducks(last: string): readonly DuckCall[];
  attribute(q: string): AttributeModel | undefined;
  type(q: string): TypeModel | undefined;
  /** The label of an access path on a value of the type; `prefix` when a longer path has one. */
  pathLabel(type: string, path: readonly string[]): LabelKind | "prefix" | undefined;
  /** Decorator models by qualified name, else by last segment where the model allows. */
  decorators(q: string | undefined, last: string): readonly EntryModel[];
  registrations(q: string): readonly EntryModel[];
  subclasses(q: string): readonly EntryModel[];
  /** Attributes that match on a capitalised name whose definition is not visible. */
  duckAttributes(last: string): readonly { segments: readonly string[]; model: AttributeModel }[];
  readonly settings: readonly SettingModel[];
  /** Last names of all settings. */
  readonly settingNames: ReadonlySet<string>;
  readonly marks: readonly MarkModel[];
  /** Entries recognised by the shape of a function. */
  readonly shapes: readonly EntryModel[];
  /** Whether the type, or one that it extends, is `base`. */
  isA(q: string, base: string): boolean;
  /** Import roots that some model speaks of. */
  readonly roots: ReadonlySet<string>;
  /** All names that `q` goes by: its own, and those of the types that its beginning is or extends. */
  names(q: string): readonly string[];
  /** What settings files say; absent where they say nothing. */
  readonly own?: OwnKnowledge | undefined;
}

const NONE: readonly never[] = [];
/** Most names of which it is kept what they mean. */
const MAX_KNOWN = 50_000;

/**
 * Compiles model files; later files (the user's) come first in each look-up.
 * @param own what settings files say
 */
export function compileModels(files: readonly ModelFile[], own?: OwnKnowledge): Models {
  const aliases = new Map<string, string>();
  const types = new Map<string, TypeModel>();
  const calls = new Map<string, CallModel[]>();
  const patterns = new Map<string, { segments: string[]; model: CallModel }[]>();
  const ducks = new Map<string, DuckCall[]>();
  const attributes = new Map<string, AttributeModel>();
  const duckAttributes = new Map<string, { segments: readonly string[]; model: AttributeModel }[]>();
  const settings: SettingModel[] = [];
  const marks: MarkModel[] = [];
  const shapes: EntryModel[] = [];
  const decorators = new Map<string, EntryModel[]>();
  const duckDecorators = new Map<string, EntryModel[]>();
  const registrations = new Map<string, EntryModel[]>();
  const subclasses = new Map<string, EntryModel[]>();
  const roots = new Set<string>();
  const matches = (pattern: readonly string[], q: readonly string[]) =>
    pattern.length === q.length && pattern.every((p, i) => p === "*" || p === q[i]);
  const put = <K, V>(m: Map<K, V[]>, k: K, v: V) => {
    const list = m.get(k);
    if (list) list.unshift(v);
    else m.set(k, [v]);
  };
  for (const f of files) {
    for (const r of f.modules) roots.add(r.split(".")[0]!);
    for (const [q, t] of Object.entries(f.types ?? {})) {
      types.set(q, types.has(q) ? mergeType(types.get(q)!, t) : t);
      for (const a of t.aliases ?? []) aliases.set(a, q);
    }
  }
  for (const f of files) {
    for (const c of f.calls ?? []) {
      for (const q of c.call ?? []) {
        const segments = q.split(".");
        if (segments.includes("*")) put(patterns, segments.at(-1)!, { segments, model: c });
        else put(calls, q, c);
      }
      for (const d of c.duck ?? []) {
        const segments = d.split(".");
        put(ducks, segments.at(-1)!, { segments, model: c });
      }
    }
    for (const a of f.attributes ?? []) {
      for (const q of a.attr ?? []) attributes.set(q, a);
      for (const d of a.duck ?? []) {
        const segments = d.split(".");
        put(duckAttributes, segments.at(-1)!, { segments, model: a });
      }
    }
    for (const s of f.settings ?? []) settings.push(s);
    for (const m of f.marks ?? []) marks.push(m);
    for (const e of f.entries ?? []) {
      if (e.shape) shapes.push(e);
      for (const d of e.decorator ?? []) {
        put(decorators, d, e);
        if (e.duck) put(duckDecorators, d.split(".").at(-1)!, e);
      }
      for (const c of e.registers?.call ?? []) put(registrations, c, e);
      for (const c of e.subclass?.of ?? []) put(subclasses, c, e);
    }
  }

  const wild = (map: Map<string, unknown>) =>
    [...map.keys()].filter((k) => k.includes("*")).map((k) => ({ key: k, segments: k.split(".") }));
  const wildAliases = wild(aliases);
  const wildTypes = wild(types);
  const wildAttributes = wild(attributes);
  const aliasOf = (q: string, segments: readonly string[]): string | undefined => {
    const exact = aliases.get(q);
    if (exact) return exact;
    const hit = wildAliases.find((w) => matches(w.segments, segments));
    return hit && aliases.get(hit.key);
  };

  const typeAt = (q: string, segments: readonly string[]): TypeModel | undefined => {
    const exact = types.get(q);
    if (exact || !wildTypes.length) return exact;
    const hit = wildTypes.find((w) => matches(w.segments, segments));
    return hit && types.get(hit.key);
  };

  /** First parts of all names that the models speak of: most names of a project begin otherwise. */
  const heads = new Set<string>();
  for (const m of [aliases, types, calls, attributes, decorators, registrations, subclasses])
    for (const q of m.keys()) heads.add(q.slice(0, q.includes(".") ? q.indexOf(".") : q.length));
  for (const list of patterns.values()) for (const x of list) heads.add(x.segments[0]!);
  const isForeign = (q: string): boolean => {
    const dot = q.indexOf(".");
    return !heads.has(dot < 0 ? q : q.slice(0, dot)) && !heads.has("*");
  };

  /** `q` itself, then with each prefix replaced by the type that it extends. */
  const chains = new Map<string, readonly string[]>();
  const chain = (q: string): readonly string[] => {
    let out = chains.get(q);
    if (!out) {
      out = isForeign(q) ? [q] : linked(q);
      if (chains.size > MAX_KNOWN) chains.clear();
      chains.set(q, out);
    }
    return out;
  };
  const linked = (q: string): string[] => {
    const out = [q];
    for (let n = 0; n < out.length && out.length < 24; n++) {
      const parts = out[n]!.split(".");
      for (let i = parts.length; i > 0; i--) {
        const prefix = parts.slice(0, i).join(".");
        const head = parts.slice(0, i);
        const alias = aliasOf(prefix, head);
        const base = typeAt(prefix, head)?.extends;
        for (const p of [alias, base]) {
          if (!p) continue;
          const next = [p, ...parts.slice(i)].join(".");
          if (!out.includes(next)) out.push(next);
        }
      }
    }
    return out;
  };
  const memo = <T>(f: (q: string) => T) => {
    // In boxes, so that one look tells what is known, nothing included.
    const cache = new Map<string, { v: T }>();
    const foreign = { v: f("") };
    return (q: string): T => {
      let hit = cache.get(q);
      if (!hit) {
        hit = isForeign(q) ? foreign : { v: f(q) };
        if (cache.size > MAX_KNOWN) cache.clear();
        cache.set(q, hit);
      }
      return hit.v;
    };
  };
  const findCalls = memo((q: string): readonly CallModel[] => {
    for (const name of chain(q)) {
      const exact = calls.get(name);
      if (exact) return exact;
      const segments = name.split(".");
      const hits = [...(patterns.get(segments.at(-1)!) ?? NONE), ...(patterns.get("*") ?? NONE)].filter((p) =>
        matches(p.segments, segments),
      );
      if (hits.length) return hits.map((h) => h.model);
    }
    return NONE;
  });
  const through = <T>(map: Map<string, T>, wilds: readonly { key: string; segments: string[] }[] = []) =>
    memo((q: string): T | undefined => {
      for (const name of chain(q)) {
        const hit = map.get(name);
        if (hit) return hit;
        if (!wilds.length) continue;
        const segments = name.split(".");
        const w = wilds.find((x) => matches(x.segments, segments));
        if (w) return map.get(w.key);
      }
      return undefined;
    });
  const canonicals = memo((q: string): string | undefined => aliasOf(q, q.split(".")));
  const canonical = (q: string): string => canonicals(q) ?? q;
  // The same text for the same member: put together anew, it would have to be hashed for each of the questions that follow.
  const memberNames = new Map<string, Map<string, string>>();
  const member = (q: string, name: string): string => {
    let own = memberNames.get(q);
    if (!own) {
      if (memberNames.size > MAX_KNOWN) memberNames.clear();
      own = new Map();
      memberNames.set(q, own);
    }
    let out = own.get(name);
    if (out === undefined) {
      out = canonical(`${q}.${name}`);
      own.set(name, out);
    }
    return out;
  };
  const findAttribute = through(attributes, wildAttributes);
  /** With what it has of the types that it extends; what it says itself comes first. */
  const findType = memo((q: string): TypeModel | undefined => {
    let out: TypeModel | undefined;
    for (const name of chain(q)) {
      const base = typeAt(name, name.split("."));
      if (base)
        out = out ? { ...out, paths: { ...base.paths, ...out.paths }, types: { ...base.types, ...out.types } } : base;
    }
    return out;
  });
  const findDecorators = through(decorators);
  const findRegistrations = through(registrations);
  const findSubclasses = through(subclasses);

  const labels = new Map<string, Map<string, LabelKind | "prefix" | undefined>>();
  const findLabel = (type: string, joined: string): LabelKind | "prefix" | undefined => {
    let prefix = false;
    const have = joined.split(".");
    for (const name of chain(type)) {
      const paths = typeAt(name, name.split("."))?.paths;
      if (!paths) continue;
      const exact = paths[joined];
      if (exact) return exact;
      for (const p of Object.keys(paths)) {
        const want = p.split(".");
        const n = Math.min(want.length, have.length);
        let same = true;
        for (let i = 0; i < n && same; i++) {
          const [w, h] = [want[i]!, have[i]!];
          same = w === "*" || w === h || (i === n - 1 && (w.startsWith(`${h}[`) || h.startsWith(`${w}[`)));
        }
        if (!same) continue;
        // Below a labelled path everything has its label: `usage.total_tokens`.
        if (want.length < have.length || (want.length === have.length && joined.length >= p.length)) return paths[p];
        prefix = true;
      }
    }
    return prefix ? "prefix" : undefined;
  };

  return {
    roots,
    own,
    names: chain,
    settings,
    settingNames: new Set(
      settings.flatMap((s) => [
        ...(s.attr ?? []).map((a) => a.slice(a.lastIndexOf(".") + 1)),
        ...(s.key?.name ?? []),
        ...(s.variable ?? []),
        ...(s.env ?? []),
      ]),
    ),
    marks,
    shapes,
    duckAttributes: (last) => duckAttributes.get(last) ?? NONE,
    canonical,
    member,
    calls: findCalls,
    ducks: (last) => ducks.get(last) ?? NONE,
    attribute: findAttribute,
    type: findType,
    pathLabel(type, path) {
      const joined = joinPath(path);
      const known = labels.get(type) ?? new Map<string, LabelKind | "prefix" | undefined>();
      if (!known.size) labels.set(type, known);
      if (!known.has(joined)) known.set(joined, findLabel(type, joined));
      return known.get(joined);
    },
    decorators(q, last) {
      const exact = q ? findDecorators(q) : undefined;
      return exact ?? duckDecorators.get(last) ?? NONE;
    },
    registrations: (q) => findRegistrations(q) ?? NONE,
    subclasses: (q) => findSubclasses(q) ?? NONE,
    isA: (q, base) => chain(q).includes(base),
  };
}

/** `["choices", "[0]", "message"]` as `choices[].message`. */
export function joinPath(path: readonly string[]): string {
  let out = "";
  for (const p of path) {
    if (p.startsWith("[")) out += "[]";
    else out += out ? `.${p}` : p;
  }
  return out;
}

function mergeType(a: TypeModel, b: TypeModel): TypeModel {
  return {
    aliases: [...(a.aliases ?? []), ...(b.aliases ?? [])],
    extends: b.extends ?? a.extends,
    paths: { ...a.paths, ...b.paths },
    types: { ...a.types, ...b.types },
  };
}
