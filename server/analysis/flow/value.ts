/** Abstract values: labels on access paths, types, constants and the pieces of strings. Immutable. */
import type { FunctionIR } from "../ir.js";
import type { ClassDef, FunctionDef, ModuleDef } from "../names/definitions.js";
import { hashOf } from "../names/sketch.js";
import { effort, uncounted } from "./effort.js";
import type { Env } from "./env.js";
import type { Refinement } from "./frame.js";
import { extendLabel, type Label, type Loc, NO_LABELS, unionLabels } from "./labels.js";
import { samePlace } from "./places.js";

/** What a value may be, as far as calls on it are concerned. */
export type TypeRef =
  /** A library's object, function, class or instance, by qualified name. `cls` is the project class that inherits it. */
  | { k: "ext"; q: string; cls?: ClassDef }
  | {
      k: "fn";
      fn: FunctionDef;
      self?: Value;
      args?: readonly Value[];
      kwargs?: ReadonlyMap<string, Value>;
      /** What it closed over, and its form at that time: the definition is brought up to date. */
      env?: Env;
      form?: FunctionIR;
    }
  | { k: "class"; cls: ClassDef }
  | { k: "inst"; cls: ClassDef }
  | { k: "module"; mod: ModuleDef };

/** A constant piece, or a dynamic one with the place where it was put in. */
export type Piece = string | DynamicPiece;
export interface DynamicPiece {
  v: Value;
  loc: Loc;
  name?: string | undefined;
  /** The elements of a list that is not known yet, put together. */
  joined?: Joined | undefined;
  /** A template that callers know: what nobody can read of it is words all the same. */
  template?: boolean | undefined;
  /** Of a template: how its placeholders are written. */
  style?: string | undefined;
  /**
   * What goes into the template before it: the name of its placeholder, or `**` of a dictionary with what all of them stand for.
   * Once callers know the template it is put where it belongs.
   */
  fills?: string | undefined;
  /** An element of a list that a helper was handed and puts together. */
  listed?: boolean;
}
/** `by.join(list)`. */
export interface Joined {
  list: Value;
  by: string;
}
/** One way in which a text is put together. */
export interface StrForm {
  readonly pieces: readonly Piece[];
  readonly loc: Loc;
}

export interface Value {
  readonly labels: readonly Label[];
  readonly types: readonly TypeRef[];
  /** Known keys and attributes. */
  readonly fields?: ReadonlyMap<string, Value> | undefined;
  /** Elements in order, for lists and tuples. */
  readonly items?: readonly Value[] | undefined;
  /** Any element or key that is not known by name. */
  readonly elem?: Value | undefined;
  /** A constant: text, number, boolean, null. */
  readonly c?: string | number | boolean | null | undefined;
  readonly str?: readonly StrForm[] | undefined;
  /** The value is the outcome of a check: what its truth says about labels. */
  readonly test?: readonly Refinement[] | undefined;
}

const NO_TYPES: readonly TypeRef[] = [];
export const EMPTY: Value = { labels: NO_LABELS, types: NO_TYPES };
const OPEN: Value = { labels: NO_LABELS, types: NO_TYPES, c: true };
const MAX_TYPES = 6;
const MAX_FIELDS = 48;
const MAX_ITEMS = 16;
const MAX_FORMS = 4;
const MAX_PIECES = 60;
/** Deeper parts of a value stay as they are. */
export const MAX_DEPTH = 6;

export const constant = (c: string | number | boolean | null): Value => ({ labels: NO_LABELS, types: NO_TYPES, c });
export const ext = (q: string): Value => ({ labels: NO_LABELS, types: [{ k: "ext", q }] });
export const typed = (t: TypeRef): Value => ({ labels: NO_LABELS, types: [t] });
export const labelled = (labels: readonly Label[]): Value => (labels.length ? { labels, types: NO_TYPES } : EMPTY);
export const listOf = (items: readonly Value[]): Value =>
  items.length <= MAX_ITEMS
    ? { labels: NO_LABELS, types: NO_TYPES, items }
    : { labels: NO_LABELS, types: NO_TYPES, items: items.slice(0, MAX_ITEMS), elem: joinAll(items.slice(MAX_ITEMS)) };
export const dictOf = (fields: ReadonlyMap<string, Value>, elem?: Value): Value => ({
  labels: NO_LABELS,
  types: NO_TYPES,
  fields,
  elem,
});

/** The same type reference twice? */
export function sameType(a: TypeRef, b: TypeRef): boolean {
  if (a === b) return true;
  if (a.k !== b.k) return false;
  if (a.k === "ext" && b.k === "ext") return a.q === b.q && a.cls === b.cls;
  if (a.k === "fn" && b.k === "fn") return a.fn === b.fn && a.self === b.self && a.args === b.args;
  if (a.k === "module" && b.k === "module") return a.mod === b.mod;
  return (a as { cls: ClassDef }).cls === (b as { cls: ClassDef }).cls;
}

function unionTypes(a: readonly TypeRef[], b: readonly TypeRef[]): readonly TypeRef[] {
  if (a === b || !b.length) return a;
  if (!a.length) return b;
  let out: TypeRef[] | undefined;
  for (const t of b) {
    const list = out ?? a;
    if (list.length >= MAX_TYPES || list.some((x) => sameType(x, t))) continue;
    out ??= a.slice();
    out.push(t);
  }
  return out ?? a;
}

/** Most values that are joined inside two others; beyond, the first one's parts stay as they are. */
const MAX_JOINS = 4000;
let joins = 0;

/** What either value may hold. Returns `a` itself when `b` adds nothing. */
export function join(a: Value, b: Value, level = 0): Value {
  if (a === b || b === EMPTY) return a;
  if (a === EMPTY) return b;
  effort.steps++;
  if (!level) joins = 0;
  else joins++;
  const depth = joins > MAX_JOINS ? MAX_DEPTH : level;
  const labels = unionLabels(a.labels, b.labels);
  const types = unionTypes(a.types, b.types);
  const fields = depth >= MAX_DEPTH ? a.fields : joinFields(a, b, depth);
  const items = joinItems(a.items, b.items, depth);
  const elem = a.elem && b.elem && depth < MAX_DEPTH ? join(a.elem, b.elem, depth + 1) : (a.elem ?? b.elem);
  const c = a.c === b.c ? a.c : undefined;
  const str = joinForms(a, b);
  const test = a.test === b.test ? a.test : undefined;
  if (
    labels === a.labels &&
    types === a.types &&
    fields === a.fields &&
    items === a.items &&
    elem === a.elem &&
    c === a.c &&
    str === a.str &&
    test === a.test
  )
    return a;
  return { labels, types, fields, items, elem, c, str, test };
}

export const joinAll = (vs: readonly Value[]): Value => vs.reduce((a, b) => join(a, b), EMPTY);

function joinFields(a: Value, b: Value, depth: number): ReadonlyMap<string, Value> | undefined {
  if (a.fields === b.fields) return a.fields;
  let out: Map<string, Value> | undefined;
  const put = (k: string, v: Value) => {
    out ??= new Map(a.fields);
    out.set(k, v);
  };
  for (const [k, v] of b.fields ?? []) {
    const old = (out ?? a.fields)?.get(k);
    const next = old ? join(old, v, depth + 1) : withMember(a, k, v);
    if (!old && isLeftOpen(a, b, k, v)) put(LEFT_OPEN + k, OPEN);
    if (next === old) continue;
    if (!old && ((out ?? a.fields)?.size ?? 0) >= MAX_FIELDS) continue;
    put(k, next);
  }
  if (hasMembers(b) || b.labels.some(isHandedIn))
    for (const [k, v] of a.fields ?? []) {
      if (b.fields?.has(k)) continue;
      if (isLeftOpen(b, a, k, v)) put(LEFT_OPEN + k, OPEN);
      const next = withMember(b, k, v);
      if (next !== v) put(k, next);
    }
  return out ?? a.fields;
}

/** Before the name of a field that was set to something plain on one way only: what the caller put there may still be in it. */
const LEFT_OPEN = "#left-open:";

/**
 * Whether a field was set to something plain on one of two ways, while the object is the caller's.
 * @param other the object without it
 * @param given the object with it
 */
const isLeftOpen = (other: Value, given: Value, key: string, v: Value): boolean =>
  !v.labels.length &&
  !v.fields &&
  !v.items &&
  !key.startsWith("#") &&
  !given.types.some((t) => t.k === "inst") &&
  other.labels.some((l) => isHandedIn(l) && given.labels.includes(l));

/** The fields of an object with what a function put on top of them. @param known the fields as far as they are known besides */
export function fieldsOver(
  under: Value,
  over: ReadonlyMap<string, Value>,
  known = under.fields,
): ReadonlyMap<string, Value> {
  const out = new Map(known ?? []);
  for (const [k, v] of over)
    out.set(k, over.has(LEFT_OPEN + k) && !k.startsWith("#") ? join(field(under, k), v, MAX_DEPTH) : v);
  return out;
}

/** Labels of what was fetched, sent by the caller, or parsed out of a model's answer: its members have them too. */
const OBJECTS = /^(llm-object|record|user)$/;
const isObject = (l: Label): boolean => OBJECTS.test(l.kind) || (l.kind === "llm" && l.parsed === true);
const hasMembers = (v: Value): boolean => v.labels.some(isObject);

/** A field of one value, where the other one may be an object that has a member of the name: `fetch() or {"name": ""}`. */
function withMember(other: Value, key: string, v: Value, depth = 0, among = isObject): Value {
  const added = inherited(other, key).filter(among);
  const labels = unionLabels(v.labels, added);
  if (labels === v.labels) return v;
  if (depth >= MAX_DEPTH || (!v.fields && !v.items)) return join(v, labelled(added), MAX_DEPTH);
  const member = labelled(added);
  const fields = v.fields && new Map([...v.fields].map(([k, x]) => [k, withMember(member, k, x, depth + 1, among)]));
  const items = v.items?.map((x, n) => withMember(member, `[${n}]`, x, depth + 1, among));
  return { ...v, labels, fields, items };
}

const isSent = (l: Label): boolean => l.kind === "user";

/** The fields of a mapping once another one was put over it, of which not all keys are known: `{**defaults, **request.json}`. */
export function putOver(fields: ReadonlyMap<string, Value>, v: Value): ReadonlyMap<string, Value> {
  const elem = v.elem && someLabel(v.elem, isSent) ? v.elem : undefined;
  if (!elem && !hasMembers(v)) return fields;
  let out: Map<string, Value> | undefined;
  for (const [k, old] of fields) {
    if (v.fields?.has(k) || k.startsWith("#")) continue;
    const member = withMember(v, k, old);
    const next = elem ? join(member, elem) : member;
    if (next !== old) out = (out ?? new Map(fields)).set(k, next);
  }
  return out ?? fields;
}

function joinItems(a: readonly Value[] | undefined, b: readonly Value[] | undefined, depth: number) {
  if (!b || a === b) return a;
  if (!a) return b;
  if (depth >= MAX_DEPTH) return a;
  let out: Value[] | undefined;
  // Lists that grew by appending share their beginning; the rest of messages is kept side by side. Elsewhere an element is
  // told by its place: `return text, True` beside `return text, usage, True`.
  const placed = a.length === b.length || (a.length > 0 && a[0] !== b[0] && ![...a, ...b].some(isMessage));
  for (let i = 0; i < b.length; i++) {
    const list: readonly Value[] = out ?? a;
    const v = b[i]!;
    if (i < a.length && list[i] === v) continue;
    if (i < a.length && placed) {
      const j = join(list[i]!, v, depth + 1);
      if (j === list[i]) continue;
      out ??= a.slice();
      out[i] = j;
      continue;
    }
    if (list.includes(v) || list.length >= MAX_ITEMS) continue;
    out ??= a.slice();
    out.push(v);
  }
  return out ?? a;
}

/** A message of a conversation: lists of them grow by what is said. */
export const isMessage = (v: Value): boolean => v.fields?.has("role") ?? false;

function joinForms(a: Value, b: Value): readonly StrForm[] | undefined {
  if (a.str === b.str && a.c === b.c) return a.str;
  const known = formsOf(a) ?? formsOf(b);
  if (!known) return undefined;
  const fa = formsOf(a) ?? dynamicForm(a);
  const fb = formsOf(b) ?? dynamicForm(b);
  if (!fb) return a.str ?? fa;
  if (!fa) return b.str ?? fb;
  let out: StrForm[] | undefined;
  for (const f of fb) {
    const list: readonly StrForm[] = out ?? fa;
    if (list.some((x) => sameForm(x, f))) continue;
    // A text that begins with the other one replaces it: `prompt += more` under a condition.
    const i = list.findIndex((x) => isPrefix(x.pieces, f.pieces));
    if (i < 0 && list.some((x) => isPrefix(f.pieces, x.pieces))) continue;
    out ??= fa.slice();
    if (i >= 0) out[i] = f;
    else if (out.length < MAX_FORMS) out.push(f);
    else makeRoom(out, f);
  }
  return out ?? a.str ?? fa;
}

/** A text that is put together elsewhere goes before a further variant of one that is there, and before a short constant. */
function makeRoom(forms: StrForm[], f: StrForm): void {
  if (forms.some((x) => samePlace(x.loc, f.loc))) return;
  const i = forms.findIndex((x, n) => forms.some((y, k) => k < n && samePlace(x.loc, y.loc)));
  if (i >= 0) {
    forms[i] = f;
    return;
  }
  if (f.pieces.every((p) => typeof p === "string")) return;
  let shortest = -1;
  let length = MAX_SAID;
  forms.forEach(({ pieces: [only, ...rest] }, n) => {
    if (typeof only !== "string" || rest.length || only.length >= length) return;
    shortest = n;
    length = only.length;
  });
  if (shortest >= 0) forms[shortest] = f;
}

/** Constants that are longer may be prompts. */
const MAX_SAID = 160;

/** A value that is no known text, seen as a text of one piece. */
function dynamicForm(v: Value): readonly StrForm[] | undefined {
  const first = v.labels[0];
  if (!first || v.fields || v.items) return undefined;
  return [{ pieces: [{ v, loc: first.step.loc }], loc: first.step.loc }];
}

/** A text that stands where its source does: it is one of several values, and no text was put together of it yet. */
const isUnplaced = (f: StrForm): f is StrForm & { pieces: readonly [DynamicPiece] } => {
  const [piece, more] = f.pieces;
  return !more && typeof piece === "object" && piece.loc === f.loc && piece.name === undefined;
};

function samePiece(a: Piece | undefined, b: Piece | undefined): boolean {
  if (typeof a === "string" || typeof b === "string" || !a || !b) return a === b;
  return samePlace(a.loc, b.loc);
}
const sameForm = (a: StrForm, b: StrForm) =>
  a === b || (a.pieces.length === b.pieces.length && a.pieces.every((p, i) => samePiece(p, b.pieces[i])));
const isPrefix = (short: readonly Piece[], long: readonly Piece[]) =>
  short.length < long.length && short.every((p, i) => samePiece(p, long[i]));

/** The ways in which a text is put together; a constant has one; undefined for what is no known text. */
export function formsOf(v: Value): readonly StrForm[] | undefined {
  if (v.str) return v.str;
  if (typeof v.c === "string") return [{ pieces: [v.c], loc: NOWHERE }];
  return undefined;
}

/** The place of values that stand nowhere in the code. */
export const NOWHERE: Loc = { chunk: { file: "", base: 0 }, s: 0, e: 0, id: "" };

/** A part of a text being joined; `name` is what the code calls it. */
export interface Part {
  v: Value;
  loc: Loc;
  name?: string | undefined;
  /** A text of its own inside the other: kept as one piece, so that it is known what was joined where. */
  nested?: boolean;
  joined?: Joined;
  template?: boolean;
  style?: string | undefined;
  fills?: string | undefined;
}

/** A path at which something was written: not only the text that it is. */
const isWritten = (v: Value): boolean => v.fields?.has(CONTENT) ?? false;

/** Joins texts in order; `at` is where they are joined and `locs` where each part stands. */
export function concat(parts: readonly Part[], at: Loc): Value {
  const isFixed = ({ v }: Part) =>
    v.c !== undefined && v.c !== null && typeof v.c !== "boolean" && !v.labels.length && !isWritten(v);
  if (parts.every(isFixed)) {
    return { ...constant(parts.map((p) => String(p.v.c)).join("")), str: undefined };
  }
  let forms: Piece[][] = [[]];
  let labels: readonly Label[] = NO_LABELS;
  for (const p of parts) {
    labels = unionLabels(labels, p.v.labels);
    // A variable of the environment with a default may be something else.
    const own = !isWritten(p.v) && (p.v.str || !p.v.labels.length) ? formsOf(p.v) : undefined;
    const dynamic = p.nested && p.v.str?.some((f) => f.pieces.some((x) => typeof x !== "string"));
    const options: readonly (readonly Piece[])[] = dynamic
      ? [[{ v: p.v, loc: p.loc, name: p.name }]]
      : p.fills !== undefined
        ? [[dynamicPiece(p)]]
        : own?.length
          ? own.map((f) => (isUnplaced(f) ? [{ ...f.pieces[0]!, loc: p.loc, name: p.name }] : f.pieces))
          : typeof p.v.c === "number"
            ? [[String(p.v.c)]]
            : [[dynamicPiece(p)]];
    const next: Piece[][] = [];
    for (const head of forms) for (const o of options) if (next.length < MAX_FORMS) next.push(appendPieces(head, o));
    forms = next;
  }
  return { labels, types: [{ k: "ext", q: "builtins.str" }], str: forms.map((pieces) => ({ pieces, loc: at })) };
}

const dynamicPiece = (p: Part): DynamicPiece => ({
  v: p.v,
  loc: p.loc,
  name: p.name,
  ...(p.joined ? { joined: p.joined } : {}),
  ...(p.template ? { template: true } : {}),
  ...(p.style ? { style: p.style } : {}),
  ...(p.fills !== undefined ? { fills: p.fills } : {}),
});

function appendPieces(head: readonly Piece[], tail: readonly Piece[]): Piece[] {
  const out = head.slice();
  for (const p of tail) {
    const last = out[out.length - 1];
    if (typeof p === "string" && typeof last === "string") {
      if (last.length < 20_000) out[out.length - 1] = last + p;
    } else if (out.length < MAX_PIECES) out.push(p);
  }
  return out;
}

/**
 * A new value whose labels (everywhere inside) went through `f`; undefined drops the label. Values share parts, so each
 * part is mapped once.
 */
export function mapLabels(v: Value, f: (l: Label) => Label | undefined): Value {
  return mapDeep(v, v.fields || v.items || v.elem || v.str ? onceEach(f) : f, new Map(), 0);
}

/** `mapLabels` for many values: what they share is mapped once. */
export function mapsLabels(f: (l: Label) => Label | undefined): (v: Value) => Value {
  const once = onceEach(f);
  const done = new Map<Value, Value>();
  return (v) => mapDeep(v, once, done, 0);
}

/** The bit of each origin, by the label's key; so many are kept that the keys of a large project fit. */
const bitsOfKeys = new Map<string, number>();
const MAX_KEYS = 100_000;

function bitOf(key: string): number {
  let out = bitsOfKeys.get(key);
  if (out === undefined) {
    const hash = hashOf(key, 0, key.length);
    out = 1 << ((hash ^ (hash >>> 15)) & 31);
    if (bitsOfKeys.size > MAX_KEYS) bitsOfKeys.clear();
    bitsOfKeys.set(key, out);
  }
  return out;
}

/** The origins of labels as a set of bits; different ones may have the same bit (B. Bloom, Space/time trade-offs, 1970). */
export function originsOf(labels: readonly Label[]): number {
  let out = 0;
  for (const { key } of labels) out |= bitOf(key);
  return out;
}

const origins = new WeakMap<Value, number>();

/** The origins of all labels anywhere inside, as `originsOf` has them. The pieces of a text have none that it has not. */
export function originsIn(v: Value): number {
  if (!v.fields && !v.items && !v.elem) return originsOf(v.labels);
  let out = origins.get(v);
  if (out === undefined) {
    out = originsOf(v.labels);
    if (v.fields) for (const x of v.fields.values()) out |= originsIn(x);
    if (v.items) for (const x of v.items) out |= originsIn(x);
    if (v.elem) out |= originsIn(v.elem);
    origins.set(v, out);
  }
  return out;
}

/** A function of labels that is asked once for each: what is inside a value has the same ones again and again. */
export function onceEach(f: (l: Label) => Label | undefined): (l: Label) => Label | undefined {
  const known = new Map<Label, Label | undefined>();
  return (l) => {
    let out = known.get(l);
    if (out === undefined && !known.has(l)) {
      out = f(l);
      known.set(l, out);
    }
    return out;
  };
}

function mapDeep(v: Value, f: (l: Label) => Label | undefined, done: Map<Value, Value>, depth: number): Value {
  if (v === EMPTY) return v;
  const hit = done.get(v);
  if (hit) return hit;
  effort.steps++;
  const labels = mapArray(v.labels, f);
  const out = mapParts(v, labels, depth < MAX_DEPTH ? (x) => mapDeep(x, f, done, depth + 1) : undefined);
  done.set(v, out);
  return out;
}

/** A value with other labels, and its parts mapped unless they stay; the same object when nothing changed. */
export function mapParts(v: Value, labels: readonly Label[], inner: ((v: Value) => Value) | undefined): Value {
  if (!inner) return labels === v.labels ? v : { ...v, labels };
  const fields = v.fields && mapMap(v.fields, inner);
  const items = v.items && mapArray(v.items, inner);
  const elem = v.elem && inner(v.elem);
  // A text has the labels of its pieces: without labels there is nothing to map in them.
  const str = v.str && v.labels.length ? mapArray(v.str, (form) => mapForm(form, inner)) : v.str;
  const same = labels === v.labels && fields === v.fields && items === v.items && elem === v.elem && str === v.str;
  return same ? v : { ...v, labels, fields, items, elem, str };
}

/** A text whose pieces went through `f`; the same object when nothing changed. */
export function mapForm(form: StrForm, f: (v: Value) => Value): StrForm {
  const pieces = mapArray(form.pieces, (p) => {
    if (typeof p === "string") return p;
    const v = f(p.v);
    if (v === p.v) return p;
    return p.joined ? { ...p, v, joined: { ...p.joined, list: f(p.joined.list) } } : { ...p, v };
  });
  return pieces === form.pieces ? form : { pieces, loc: form.loc };
}

/** A list mapped, the same object when nothing changed; undefined drops an element. */
export function mapArray<T>(xs: readonly T[], f: (x: T) => T | undefined): readonly T[] {
  let out: T[] | undefined;
  for (let i = 0; i < xs.length; i++) {
    const y = f(xs[i]!);
    if (out) {
      if (y !== undefined) out.push(y);
    } else if (y !== xs[i]) {
      out = xs.slice(0, i);
      if (y !== undefined) out.push(y);
    }
  }
  return out ?? xs;
}

/** A map with its values mapped, the same object when nothing changed. */
export function mapMap(m: ReadonlyMap<string, Value>, f: (v: Value) => Value): ReadonlyMap<string, Value> {
  let out: Map<string, Value> | undefined;
  for (const [k, v] of m) {
    const w = f(v);
    if (w === v) continue;
    out ??= new Map(m);
    out.set(k, w);
  }
  return out ?? m;
}

/** Every label anywhere inside: what a serialised value would show. */
export function deepLabels(v: Value): readonly Label[] {
  let out: readonly Label[] = NO_LABELS;
  someValue(
    v,
    (x) => {
      out = unionLabels(out, x.labels);
      return false;
    },
    HIDDEN,
  );
  return out;
}

/** The field of a path or an open file that holds what was written there: none of what the value itself shows. */
export const CONTENT = "#content";
/** The field of what may be an exception in place of a result: only a text shows it. */
export const RAISED = "#raised";
/** The field of a task's handle that holds what the task will give: the handle itself shows an id. */
export const OUTCOME = "#outcome";
/** The field of a dictionary whose keys say more than names: `{pool.submit(ask, text): text for text in texts}`. */
const KEYS = "#keys";
const HIDDEN: ReadonlySet<string> = new Set([CONTENT, RAISED, OUTCOME, KEYS]);

/** A dictionary with a key that is an answer, or is going to be one. */
export function withKey(v: Value, key: Value): Value {
  if (!key.labels.some((l) => l.kind === "llm" || l.kind === "llm-object")) return v;
  return withField(v, KEYS, join(v.fields?.get(KEYS) ?? EMPTY, key));
}

/** Keys that are answers. */
export const keysOf = (v: Value): Value | undefined => v.fields?.get(KEYS);

/** What a dictionary holds under its keys. */
export function unkeyed(v: Value): Value {
  if (!v.fields?.has(KEYS)) return v;
  const fields = new Map(v.fields);
  fields.delete(KEYS);
  return { ...v, fields: fields.size ? fields : undefined };
}

/** Whether any label satisfies `p`, without building the union. The pieces of a text have no labels that it has not. */
export function someLabel(v: Value, p: (l: Label) => boolean): boolean {
  return someValue(v, (x) => x.labels.some(p));
}

/** Whether a value or one inside satisfies `p`. Values share parts: each is looked at once, or again when less deep. */
function someValue(v: Value, p: (v: Value) => boolean, skipped?: ReadonlySet<string>): boolean {
  if (p(v)) return true;
  if (!v.fields && !v.items && !v.elem) return false;
  const seen = new Map<Value, number>();
  const inside = (x: Value, depth: number): boolean => {
    if (x === EMPTY) return false;
    const before = seen.get(x);
    if (before !== undefined && before <= depth) return false;
    if (before === undefined && p(x)) return true;
    seen.set(x, depth);
    return parts(x, depth);
  };
  const parts = (x: Value, depth: number): boolean => {
    if (depth >= MAX_DEPTH) return false;
    if (x.fields) for (const [k, y] of x.fields) if (!skipped?.has(k) && inside(y, depth + 1)) return true;
    if (x.items) for (const y of x.items) if (inside(y, depth + 1)) return true;
    return !!x.elem && inside(x.elem, depth + 1);
  };
  return parts(v, 0);
}

/** The labels that a field of `v` inherits from `v` itself. */
export function inherited(v: Value, key: string): readonly Label[] {
  return v.labels.length ? mapArray(v.labels, (l) => extendLabel(l, key)) : NO_LABELS;
}

/** A key or attribute by name. Types of library attributes are the caller's business. */
export function field(v: Value, key: string): Value {
  const known = v.fields?.get(key);
  if (known) return known;
  const own = labelled(inherited(v, key));
  return v.elem ? join(v.elem, own) : own;
}

/** An element by position. */
export function item(v: Value, index: number): Value {
  const known = v.items?.at(index);
  if (known && !v.elem) return known;
  const own = labelled(inherited(v, `[${index}]`));
  return joinAll([own, ...(known ? [known] : []), ...(v.elem ? [v.elem] : [])]);
}

/** What known elements hold, where those that came with the list hold more: `list(messages)` with one put in front. */
function besideUnknown(known: Value, own: Value): Value {
  if (!known.fields || !own.labels.length) return known;
  const fields = new Map([...known.fields].map(([k, x]) => [k, withMember(own, k, x, 0, isHandedIn)]));
  return { ...known, fields };
}

const isHandedIn = (l: Label): boolean => l.kind === "param";

/** What `element` gave for lists whose elements are known: loops and calls ask for the same again and again. */
const elements = new WeakMap<Value, Value>();

/** Lists of messages by what `element` gave for them. */
const choices = new WeakMap<Value, Value>();

/** Some element: what a loop over the value gives. @param labels what an element inherits, where that is not as usual */
export function element(v: Value, labels?: readonly Label[]): Value {
  const mixed = v.items && (v.items.length > 1 || (v.items.length > 0 && (v.labels.length > 0 || !!v.elem)));
  if (labels || !mixed) return anyElement(v, labels ?? inherited(v, "[]"));
  let out = elements.get(v);
  if (!out) {
    out = uncounted(() => anyElement(v, inherited(v, "[]")));
    elements.set(v, out);
    if (v.items!.some(isMessage)) noteChoice(out, v);
  }
  return out;
}

/**
 * The list of messages of which a value is some element and nothing else: a list that such an element is put into holds each of
 * them, so that it stays known what the system says and what the user does.
 */
export const chosenFrom = (v: Value): Value | undefined => choices.get(v);

/** Notes that a value is some element of a list of messages: the same as one that `element` gave, seen from elsewhere. */
export function noteChoice(v: Value, list: Value): void {
  if (!list.items?.includes(v)) choices.set(v, list);
}

function anyElement(v: Value, labels: readonly Label[]): Value {
  const own = labelled(labels);
  const all = besideUnknown(v.items ? joinAll(v.items) : EMPTY, own);
  return joinAll([own, all, ...(v.elem ? [v.elem] : [])]);
}

/** A copy with one field set (`undefined` value removes what is known and what is inherited). */
export function withField(v: Value, key: string, x: Value): Value {
  const fields = new Map(v.fields ?? []);
  if (!fields.has(key) && fields.size >= MAX_FIELDS) return { ...v, elem: v.elem ? join(v.elem, x) : x };
  fields.set(key, x);
  fields.delete(LEFT_OPEN + key);
  return { ...v, fields, c: undefined };
}

/** A copy with one more element at the end. */
export function withItem(v: Value, x: Value): Value {
  const list = choices.get(x);
  if (list) return withItems(v, list);
  const items = v.items ?? [];
  if (items.length >= MAX_ITEMS || items.includes(x))
    return items.includes(x) ? v : { ...v, elem: v.elem ? join(v.elem, x) : x };
  return { ...v, items: [...items, x], c: undefined };
}

/** What a list may hold besides its known elements. */
export function unlisted(list: Value): Value | undefined {
  const own = inherited(list, "[]");
  if (!own.length) return list.elem;
  return list.elem ? join(list.elem, labelled(own)) : labelled(own);
}

/** A copy with the elements of another list at the end, each once. */
export function withItems(v: Value, list: Value): Value {
  let out = v;
  for (const i of list.items ?? []) out = withItem(out, i);
  const rest = unlisted(list);
  return rest ? { ...out, elem: out.elem ? join(out.elem, rest) : rest } : out;
}

/** A copy with more labels. */
export function withLabels(v: Value, labels: readonly Label[]): Value {
  const all = unionLabels(v.labels, labels);
  return all === v.labels ? v : { ...v, labels: all };
}

/** Plain data of a value: only labels, as the result of an operation that keeps what is in it but not its shape. */
export function flatten(v: Value): Value {
  return labelled(deepLabels(v));
}

/** One list behind the other. */
export function unionItems(a: Value, b: Value): Value {
  const items = [...(a.items ?? []), ...(b.items ?? [])];
  const list = listOf(items);
  const elems = [a.elem, b.elem, list.elem].filter((v): v is Value => v !== undefined);
  const out: Value = { ...list, elem: elems.length ? joinAll(elems) : undefined, types: unionTypes(a.types, b.types) };
  return withLabels(out, unionLabels(a.labels, b.labels));
}
