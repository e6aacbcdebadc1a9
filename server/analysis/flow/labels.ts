/**
 * Labels: what a value holds, where it came from and what was done to it on the way.
 *
 * A label is immutable. Its `key` is the identity of its origin, stable between analyses of unchanged code.
 */
import type { Chunk } from "../ir.js";
import type { ClassDef } from "../names/definitions.js";
import type { LabelKind } from "../names/model-schema.js";
import { labelKinds } from "../names/model-schema.js";
import { sameList } from "../same-list.js";
import { samePlace } from "./places.js";
import type { Value } from "./value.js";

/**
 * A place in the code. Mutable on purpose: when a function is analysed again and nothing but positions changed, its
 * places are moved and every summary that mentions them stays valid.
 */
export interface Loc {
  chunk: Chunk;
  s: number;
  e: number;
  /** Function and ordinal; stable while the function's shape is. */
  id: string;
}

/** One step of a path, newest last. */
export interface Step {
  loc: Loc;
  msg: string;
  prev: Step | undefined;
}

/** `own` is what a user's own rule calls a source; the label says whose. */
export type Kind = LabelKind | "own" | "param";

const bits = new Map<string, number>([...labelKinds, "own", "param"].map((k, i) => [k, 1 << i]));
/** The bit of a label kind in a mask. */
export const bit = (kind: string): number => bits.get(kind) ?? 0;
export const ALL_KINDS = (1 << bits.size) - 1;
/** How many sets of sanitisers users' own rules may have: the bits of a mask that no kind takes. */
export const MAX_OWN_SETS = 28 - bits.size;
/** What a browser would run was taken out. */
export const ESCAPED = 1 << 28;
/** Presence, type or length was asked about. */
export const CHECKED = 1 << 29;
/** That it belongs to the caller was asked about. */
export const OWNED = 1 << 30;
/** The bit that says that a value passed a sanitiser of the n-th set, whatever it holds. */
export const ownBit = (n: number): number => 1 << (bits.size + n);
const OWN_BITS = ~(ALL_KINDS | ESCAPED | CHECKED | OWNED);
/** What of a mask speaks of users' own sanitisers. */
export const ownPart = (mask: number): number => mask & OWN_BITS;
/** The mask of several kinds; `all` is every kind. */
export function maskOf(kinds: "all" | readonly string[]): number {
  return kinds === "all" ? ALL_KINDS : kinds.reduce((m, k) => m | bit(k), 0);
}

/** What a query can return. Shared by every label of one query. */
export interface RecordInfo {
  store: string;
  loc: Loc;
  /** Names the query in words: `db.users`, `User.objects`, `SELECT ... FROM users`. */
  name: string;
  /** Output names in order, when the query names its fields. */
  columns: readonly string[] | undefined;
  /** The query fetches every field, although only the columns are given out. */
  fetchesAll?: boolean;
  /** Fields left out by an excluding projection or removed later. */
  excluded: ReadonlySet<string>;
  /** The query itself leaves some of them out. */
  leavesOut?: boolean;
  /** Fields known from a class body (ORM), whether or not the query projects. */
  known: readonly string[] | undefined;
  /** The project's class whose instances the rows are: its methods and properties are theirs. */
  row?: ClassDef;
  /** Those of them that hold a plain value: no relations, managers or options of the class. */
  plain?: readonly string[];
  narrowable: boolean;
  fix: string | undefined;
  /** The query's call, for the fix: text places of its parts. */
  call: Loc;
  /** The query's text where a helper is handed it, and whether such a query can be asked for less. */
  text?: { readonly value: Value; readonly narrowable: boolean };
  /** What a conversation was chosen by: `id`, and `owner` where the query says whose it must be; and where. */
  by?: { readonly value: Value; readonly loc: Loc };
}

/** What is known of a record of which no query was read: the kind of its store, where it stands, and what it is called in words. */
export const unreadRecord = (store: string, loc: Loc, name: string): RecordInfo => ({
  store,
  loc,
  name,
  columns: undefined,
  excluded: new Set(),
  known: undefined,
  narrowable: false,
  fix: undefined,
  call: loc,
});

export interface Label {
  readonly kind: Kind;
  readonly key: string;
  readonly step: Step;
  /** Path of fields read since the origin; `[]` for "some element". */
  readonly path: readonly string[];
  /** Strongly cleared kinds: only on parameters, whose real labels are not known yet. */
  readonly cleared: number;
  /** Kinds that passed a weak filter. */
  readonly weak: number;
  /** 0 high, 1 medium, 2 low. */
  readonly doubt: 0 | 1 | 2;
  /** Parameter index (`kind: "param"`). */
  readonly param?: number;
  readonly record?: RecordInfo;
  /** A list or cursor of records; the next element or index gives one. */
  readonly many?: boolean;
  /** The provider type that the path is relative to (`llm-object`). */
  readonly type?: string;
  /** In words: "the request body", "`message`". */
  readonly what: string;
  /** No caller was seen; what the name of the parameter says is all there is. */
  readonly unseen?: boolean;
  /** Part of the request's address, which every access log holds. */
  readonly address?: boolean;
  /** Of a row: that of the user who is logged in. */
  readonly caller?: boolean;
  /** Of the value as a whole; its fields do not have it. */
  readonly shallow?: boolean;
  /** Where the function that made it gave it away. */
  readonly at?: Loc;
  /** The own rule whose source it is (`kind: "own"`). */
  readonly own?: string;
  /** What the key of a stored text calls what is stored: `user` of `user:{id}` (`kind: "stored"`). */
  readonly entity?: string;
  /** A tool gave it, whose own function says so: what goes to the model as its result is known already. */
  readonly told?: true;
  /** Text parsed from model output or the like: `json`. */
  readonly parsed?: boolean;
}

/** Most labels a value keeps; more of one kind, given away at one place, say nothing new. */
const MAX_LABELS = 12;
const MAX_KINDS = 24;
const MAX_PATH = 8;

/** A parameter's field in one word: `0.user.question`. */
export const placeOf = (l: Label): string => [l.param, ...l.path].join(".");

export const NO_LABELS: readonly Label[] = [];

/** Union by key, path and where they were given away; the first (oldest) wins, cleared masks are intersected. */
export function unionLabels(a: readonly Label[], b: readonly Label[]): readonly Label[] {
  if (a === b || b.length === 0) return a;
  if (a.length === 0) return b;
  let out: Label[] | undefined;
  for (const l of b) {
    const list = out ?? a;
    const i = list.findIndex(
      (x) => x.key === l.key && sameList(x.path, l.path) && x.many === l.many && givenAwayTogether(x, l),
    );
    if (i < 0) {
      if (
        list.length >= MAX_LABELS &&
        (list.length >= MAX_KINDS || list.some((x) => saysAsMuch(x, l) && givenAwayTogether(x, l)))
      )
        continue;
      out ??= a.slice();
      out.push(l);
    } else {
      const x = list[i]!;
      if (x.cleared === l.cleared && x.weak === l.weak) continue;
      out ??= a.slice();
      out[i] = { ...x, cleared: x.cleared & l.cleared, weak: x.weak & l.weak };
    }
  }
  return out ?? a;
}

/** Of one kind; a field of a parsed answer may hold a number, and does not stand for a whole answer. */
const saysAsMuch = (a: Label, b: Label): boolean => a.kind === b.kind && !(isParsedField(a) && !isParsedField(b));
const isParsedField = (l: Label): boolean => l.kind === "llm" && l.parsed === true && l.path.length > 0;

const givenAwayTogether = (a: Label, b: Label): boolean => a.at === b.at || (!!a.at && !!b.at && samePlace(a.at, b.at));

/** The key of a path for the value under some key of a mapping: what `mapping.items()` and `mapping.values()` give. */
export const ANY_VALUE = "[*]";

/** The label as seen through one more field; undefined when the projection says that the field cannot be there. */
export function extendLabel(l: Label, key: string): Label | undefined {
  if (l.shallow) return undefined;
  switch (l.kind) {
    case "record": {
      const r = l.record;
      if (!r) return l;
      if (l.many && (key === "[]" || /^\[-?\d+\]$/.test(key))) return { ...l, many: false };
      let field = key;
      const index = /^\[(-?\d+)\]$/.exec(key);
      if (index && l.path.length === 0) {
        const i = Number(index[1]);
        const named = r.columns?.at(i);
        if (r.columns && named === undefined) return undefined;
        field = named ?? key;
      }
      if (field !== "[]" && !index) {
        if (l.path.length === 0 && r.excluded.has(field)) return undefined;
        if (r.columns && !holdsField(r.columns, l.path, field)) return undefined;
      }
      return { ...l, many: false, path: pushPath(l.path, field) };
    }
    case "param":
    case "user":
    case "meta":
    case "llm-object":
    case "stored":
      return { ...l, path: pushPath(l.path, key) };
    case "exception":
      return /^(code|status_code|status|errno|returncode)$/.test(key) ? undefined : l;
    case "llm":
      // A message that is text all told: what it cost is not.
      if (/^(?:usage|response)_metadata$/.test(key)) return undefined;
      return l.parsed ? { ...l, path: pushPath(l.path, key) } : l;
    default:
      return l;
  }
}

/** Whether named columns leave a field of a row, or of what it embeds: `buyer.email` leaves `row["buyer"]["email"]`. */
function holdsField(columns: readonly string[], path: readonly string[], field: string): boolean {
  const below = path.filter((p) => !p.startsWith("["));
  // `row["buyer__email"]`, as Django calls it.
  const name = below.length ? [...below, field].join(".") : field.replaceAll("__", ".");
  const says = (c: string): boolean => c === name || c.startsWith(`${name}.`) || name.startsWith(`${c}.`);
  return columns.some((c) => says(c) || (!below.length && c === field));
}

function pushPath(path: readonly string[], key: string): readonly string[] {
  return path.length >= MAX_PATH ? path : [...path, key];
}

/** Adds a step unless it stands where the last one stands. */
export function addStep(step: Step, loc: Loc, msg: string): Step {
  if (samePlace(step.loc, loc)) return step;
  return { loc, msg, prev: step };
}

/** How many steps lead to one. */
function lengthOf(step: Step): number {
  let n = 0;
  for (let s: Step | undefined = step; s; s = s.prev) n++;
  return n;
}

/** The steps from source to sink. */
export function stepsOf(step: Step): Step[] {
  const out: Step[] = [];
  for (let s: Step | undefined = step; s && out.length < 40; s = s.prev) out.push(s);
  return out.reverse();
}

/** Puts the steps of `tail` (oldest first, without its origin) behind `head`. */
export function rebase(head: Step, tail: Step): Step {
  if (!tail.prev) return head;
  const steps = stepsOf(tail).slice(1);
  let out = head;
  let n = lengthOf(head);
  for (const s of steps) {
    if (n++ >= 30) break;
    out = addStep(out, s.loc, s.msg);
  }
  return out;
}
