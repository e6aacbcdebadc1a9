/** Putting a callee's summary into its caller: parameter labels are replaced by what the arguments hold. */
import { functionOf, isOpen, noteResult, resultAt } from "./callbacks.js";
import { effort, uncounted } from "./effort.js";
import { addStep, bit, type Label, type Loc, rebase, type Step, unionLabels } from "./labels.js";
import { describeRead, recordOfText } from "./query-text.js";
import { answerRaw } from "./raw-calls.js";
import { isReduced, reduced } from "./reduced.js";
import { relabel } from "./relabel.js";
import { readAt } from "./saved-files.js";
import { placed } from "./sources.js";
import { isUnknownText, UNKNOWN_TEXT } from "./strings.js";
import type { FlowEvent, Summary } from "./summary.js";
import { fillOpen, fillText, TEMPLATE_SLOT } from "./templates.js";
import {
  CONTENT,
  chosenFrom,
  type DynamicPiece,
  deepLabels,
  EMPTY,
  field,
  fieldsOver,
  formsOf,
  join,
  mapArray,
  mapLabels,
  mapMap,
  noteChoice,
  onceEach,
  type Piece,
  type StrForm,
  someLabel,
  type Value,
  withItem,
  withItems,
} from "./value.js";

export interface Argument {
  value: Value;
  loc: Loc;
  /** Of `*args`: the list that the value is an element of. */
  list?: Value;
  /** Of `**kwargs`: where each of them is given. */
  named?: ReadonlyMap<string, Loc>;
  /** Handed to a function that the caller itself was handed: it does not know whom it calls, and mends nothing for it. */
  passedOn?: true;
}

export interface Binding {
  /** Arguments by parameter index. */
  args: ReadonlyMap<number, Argument>;
  /** Name of the function called, for the path in words. */
  name: string;
  /** Names of the parameters. */
  params: readonly string[];
  /** Follows one key of an access path on a value. */
  access(v: Value, key: string): Value;
  /** Calls the function that an event of the callee was handed; undefined where it is not known. */
  call?(e: FlowEvent): Value | undefined;
  /** What such calls gave. */
  results?: Map<string, Value>;
  /** What parameter labels came to, each once. */
  actuals?: Map<Label, Value>;
  /** Keys that were followed on values, each once: many labels of a summary share their path. */
  followed?: Map<Value, Map<string, Value>>;
  /** How paths go on into the callee, by the last step there and the last one here. */
  steps?: Map<Step, { arg: Argument; known: Map<Step, Step> }>;
  /** Only labels of the arguments are asked for. */
  reduced?: true;
}

/** Whether a value speaks of the parameters of the function it was made in. */
export const isSymbolic = (v: Value): boolean => someLabel(v, (l) => l.kind === "param");

/** The value as the caller sees it. */
export function substitute(v: Value, b: Binding, cache = new Map<Value, Value>(), depth = 0): Value {
  if (v === EMPTY) return v;
  // Deeper parts lose what they say of the callee's parameters: it would be taken for the caller's.
  if (depth > 8) return mapLabels(v, (l) => (l.kind === "param" ? undefined : l));
  const hit = cache.get(v);
  if (hit) return hit;
  effort.steps++;
  let labels: readonly Label[] = v.labels;
  let merged: Value | undefined;
  if (v.labels.some((l) => l.kind === "param")) {
    labels = v.labels.filter((l) => l.kind !== "param");
    for (const l of v.labels) {
      if (l.kind !== "param") continue;
      const actual = actualOf(l, b);
      if (actual !== EMPTY) merged = merged ? join(merged, actual) : actual;
    }
  }
  if (labels.some((l) => l.record?.by || l.record?.text)) labels = mapArray(labels, (l) => rebound(l, b, cache, depth));
  const fields = v.fields && mapMap(v.fields, (x) => substitute(x, b, cache, depth + 1));
  const items = v.items && mapArray(v.items, (x) => substitute(x, b, cache, depth + 1));
  const elem = v.elem && substitute(v.elem, b, cache, depth + 1);
  const str = v.str && substituteForms(v.str, b, cache, depth);
  const same =
    labels === v.labels && fields === v.fields && items === v.items && elem === v.elem && str === v.str && !merged;
  let out: Value = same ? v : { ...v, labels, fields, items, elem, str };
  if (!same && !fields && (items || elem)) out = toldApart(out);
  if (str && str !== v.str) {
    // The labels of a text are those of its pieces; parameters among them now have their real ones.
    let all = labels;
    for (const f of str) for (const p of f.pieces) if (typeof p !== "string") all = unionLabels(all, deepLabels(p.v));
    out = { ...out, labels: all };
    merged = undefined;
  }
  if (merged) out = isBlank(out) ? merged : overlay(merged, out);
  cache.set(v, out);
  return out;
}

/** A list with the messages themselves where it has some element of a list of them. */
function toldApart(v: Value): Value {
  const among = v.elem && chosenFrom(v.elem);
  if (!among && !v.items?.some(chosenFrom)) return v;
  let out: Value = { ...v, items: undefined, elem: among ? undefined : v.elem };
  for (const i of v.items ?? []) out = withItem(out, i);
  return among ? withItems(out, among) : out;
}

/** A record whose query was given parameters of the callee. */
function rebound(l: Label, b: Binding, cache: Map<Value, Value>, depth: number): Label {
  let out = l;
  const by = l.record?.by;
  const value = by && substitute(by.value, b, cache, depth + 1);
  if (l.record && by && value && value !== by.value)
    out = { ...l, record: { ...l.record, by: { value, loc: by.loc } } };
  const { record } = out;
  const text = record?.text && substitute(record.text.value, b, cache, depth + 1);
  if (!record?.text || !text || text === record.text.value) return out;
  const handed = deepLabels(record.text.value).find((x) => x.kind === "param");
  const now = recordOfText(record, text, b.args.get(handed?.param ?? -1)?.loc ?? record.loc);
  return { ...out, record: now, what: now.name, step: { ...out.step, msg: describeRead(now) } };
}

const isBlank = (v: Value) => !v.labels.length && !v.fields && !v.items && !v.elem && !v.str && !v.types.length;

/** What the callee put on top of an argument: its fields win over the argument's. */
function overlay(under: Value, over: Value): Value {
  let out = join(under, over);
  // Elements put behind those that the argument had.
  if (under.items && over.items) {
    const more = over.items.filter((i) => !under.items!.includes(i));
    out = { ...out, items: [...under.items, ...more].slice(0, 32) };
  }
  if (!over.fields) return out;
  const fields = new Map(fieldsOver(under, over.fields, out.fields));
  for (const [k, v] of over.fields) {
    // What the class is known to hold there, without what its methods were handed, is not put there by this one. Removed
    // fields are the empty value itself.
    const known = v !== EMPTY && isBlank(v) && v.c === undefined ? under.fields?.get(k) : undefined;
    if (known) fields.set(k, join(known, v));
  }
  return { ...out, fields, c: undefined };
}

function actualOf(l: Label, b: Binding): Value {
  b.actuals ??= new Map();
  let out = b.actuals.get(l);
  if (!out) {
    out = findActual(l, b);
    b.actuals.set(l, out);
  }
  return out;
}

function follow(b: Binding, v: Value, key: string): Value {
  b.followed ??= new Map();
  let keys = b.followed.get(v);
  if (!keys) {
    keys = new Map();
    b.followed.set(v, keys);
  }
  let out = keys.get(key);
  if (!out) {
    out = b.access(v, key);
    keys.set(key, out);
  }
  return out;
}

/** How a path goes on into the callee, by its last step: many labels have the same one. */
function stepsInto(b: Binding, l: Label, arg: Argument): (step: Step) => Step {
  b.steps ??= new Map();
  let ways = b.steps.get(l.step);
  if (ways?.arg !== arg) {
    ways = { arg, known: new Map() };
    b.steps.set(l.step, ways);
  }
  const { known } = ways;
  const words = `passed to \`${b.name}\` as \`${b.params[l.param ?? 0] ?? "?"}\``;
  return (step) => {
    let out = known.get(step);
    if (!out) {
      out = rebase(addStep(step, arg.loc, words), l.step);
      known.set(step, out);
    }
    return out;
  };
}

function findActual(l: Label, b: Binding): Value {
  const arg = b.args.get(l.param ?? -1);
  if (!arg) return EMPTY;
  let v = arg.value;
  for (const key of l.path) v = resultAt(b, v, key) ?? readAt(v, key) ?? follow(b, v, key);
  if (v === EMPTY) return v;
  const among = chosenFrom(v);
  v = placed(b.reduced ? reduced(v) : v, () => l.step.loc);
  const head = stepsInto(b, l, arg);
  const renewed = onceEach((x) => {
    if (x.kind !== "param" && l.cleared & bit(x.kind)) return undefined;
    return {
      ...x,
      step: head(x.step),
      cleared: x.kind === "param" ? x.cleared | l.cleared : x.cleared,
      weak: x.weak | l.weak,
      parsed: x.parsed || l.parsed,
      // A stream that is handed on is mended where it ends up.
      at: x.kind === "exception" ? x.at : l.at,
      doubt: Math.max(x.doubt, l.doubt) as 0 | 1 | 2,
    };
  });
  const out = relabel(v, renewed);
  if (among && !b.reduced)
    noteChoice(
      out,
      relabel(
        placed(among, () => l.step.loc),
        renewed,
      ),
    );
  return out;
}

/** A text may be in as many ways more as there are templates that it is made of. */
function substituteForms(
  forms: readonly StrForm[],
  b: Binding,
  cache: Map<Value, Value>,
  depth: number,
): readonly StrForm[] {
  if (!forms.some((f) => f.pieces.some((p) => typeof p !== "string" && p.style)))
    return mapArray(forms, (f) => substituteForm(f, b, cache, depth));
  return forms.flatMap((f) => putIn(f, b, cache, depth));
}

/** Puts what belongs to a template into it, in each way that it may be, where the caller knows it. */
function putIn(form: StrForm, b: Binding, cache: Map<Value, Value>, depth: number): readonly StrForm[] {
  const at = form.pieces.findIndex((p) => typeof p !== "string" && p.style !== undefined);
  const template = form.pieces[at];
  if (!template || typeof template === "string") return [substituteForm(form, b, cache, depth)];
  const known = substitute(template.v, b, cache, depth + 1);
  // What was handed over may be a message, which is what it says.
  const text = known.fields?.get("content") ?? known.fields?.get("#template") ?? known;
  if (known === template.v || !formsOf(text)) return [substituteForm(form, b, cache, depth)];
  const given = new Map<string, { v: Value; value: Value; loc: Loc }>();
  let end = at + 1;
  for (let p = form.pieces[end]; p && typeof p !== "string" && p.fills !== undefined; p = form.pieces[++end])
    given.set(p.fills, { v: p.v, value: substitute(p.v, b, cache, depth + 1), loc: p.loc });
  const get = (name: string) => {
    const own = given.get(name);
    const from = own ?? given.get("**");
    if (!from) return undefined;
    return { value: own?.value ?? field(from.value, name), loc: handedAt(from.v, b, name) ?? from.loc };
  };
  const filled = formsOf(fillText(text, template.style ?? "", template.loc, get)) ?? [];
  const part = (pieces: readonly Piece[]) => ({ pieces, loc: form.loc });
  const head = substituteForm(part(form.pieces.slice(0, at)), b, cache, depth);
  const tails = putIn(part(form.pieces.slice(end)), b, cache, depth);
  return filled.flatMap((f) => tails.map((tail) => part([...head.pieces, ...f.pieces, ...tail.pieces])));
}

/** Pieces that turn out to be constants become part of the text. */
function substituteForm(form: StrForm, b: Binding, cache: Map<Value, Value>, depth: number): StrForm {
  let out: Piece[] | undefined;
  // Who hands the template over says what goes into it, too: that is where the two meet.
  const meets = form.pieces.some((p) => isTemplate(p) && substitute(p.v, b, cache, depth + 1) !== p.v);
  for (let i = 0; i < form.pieces.length; i++) {
    const p = form.pieces[i]!;
    const v = typeof p === "string" ? undefined : substitute(p.v, b, cache, depth + 1);
    if (typeof p === "string" || v === p.v || !v) {
      out?.push(p);
      continue;
    }
    out ??= form.pieces.slice(0, i);
    const list = p.joined && substitute(p.joined.list, b, cache, depth + 1);
    if (list?.items && !list.elem) {
      out.push(...inARow(list.items, p.joined!.by, p.loc));
      continue;
    }
    // A constant melts into the text; a text of its own stays one piece, so that it is known what was joined where.
    if (typeof v.c === "string" && !v.labels.length) out.push(v.c);
    else if (p.template && isUnknownText(v)) out.push(UNKNOWN_TEXT);
    else if (typeof v.c === "number") out.push(String(v.c));
    else
      out.push({
        ...p,
        v,
        loc: (meets && handedAt(p.v, b)) || p.loc,
        joined: list && p.joined && { list, by: p.joined.by },
      });
  }
  if (!out) return form;
  const merged: Piece[] = [];
  for (const p of out) {
    const last = merged.at(-1);
    if (typeof p === "string" && typeof last === "string") merged[merged.length - 1] = last + p;
    else merged.push(p);
  }
  return { pieces: merged, loc: form.loc };
}

/** A template that callers hand over; one in a file, of which they only say where it is, is known by nobody. */
const isTemplate = (p: Piece): p is DynamicPiece =>
  typeof p !== "string" &&
  p.template === true &&
  p.v.labels.some((l) => l.kind === "param" && !l.path.includes(CONTENT));

/** Where a value that is a parameter of the callee is handed to it. */
function handedAt(v: Value, b: Binding, name?: string): Loc | undefined {
  const own = v.labels.find((l) => l.kind === "param");
  const arg = own && b.args.get(own.param ?? -1);
  return arg?.named?.get(own?.path[0] ?? name ?? "") ?? arg?.loc;
}

/** The pieces of a list that is put together. */
function inARow(items: readonly Value[], by: string, loc: Loc): Piece[] {
  return items.flatMap((v, n): Piece[] => [
    ...(n ? [by] : []),
    typeof v.c === "string" || typeof v.c === "number" ? String(v.c) : { v, loc, listed: true },
  ]);
}

/** Most calls through which a value is followed to where it goes in. */
export const MAX_VIA = 8;
/** The same for log lines: nearly every function has some, and a value handed on so far is logged on purpose. */
const MAX_LOG_VIA = 3;
/** And for those that write down what somebody asked, which larger apps hand through more hands. */
const MAX_ASKED_VIA = 6;

/** And for calls of what a parameter holds: who hands a function over is near, and most of these calls nobody answers. */
const MAX_HANDED_VIA = 3;

/** What people ask, by the names of parameters and of what is read from them. */
const ASKED = /^`?(?:body|messages?|prompts?|questions?|query|chat_history|history|conversation)`?$/;
const isAsked = (e: FlowEvent): boolean =>
  e.slots.some((s) =>
    someLabel(s.value, (l) => l.kind === "param" && (ASKED.test(l.what) || l.path.some((key) => ASKED.test(key)))),
  );

const mostVia = (e: FlowEvent): number =>
  e.sink === "log" ? (isAsked(e) ? MAX_ASKED_VIA : MAX_LOG_VIA) : e.kind === "handed" ? MAX_HANDED_VIA : MAX_VIA;

/** What of a function's events depends on its parameters: all that its callers have to look at. */
export function openEvents(s: Summary): OpenEvents {
  let out = opened.get(s);
  if (!out) {
    let cut = false;
    const all = s.events.flatMap((e) => {
      const open = uncounted(() => openEvent(e));
      if (open && e.via.length >= mostVia(e)) {
        cut ||= e.sink !== "log" && e.kind !== "handed";
        return [];
      }
      return open ? [open] : [];
    });
    // What a model is told counts before what is logged.
    const events =
      all.length <= MAX_OPEN ? all : all.toSorted((a, b) => weight(b.event) - weight(a.event)).slice(0, MAX_OPEN);
    out = { events, cut };
    opened.set(s, out);
  }
  return out;
}

interface OpenEvents {
  /** With the parameters that they depend on. */
  events: readonly { event: FlowEvent; params: ReadonlySet<number> }[];
  /** Some were followed through so many calls that they end here. */
  cut: boolean;
}

const opened = new WeakMap<Summary, OpenEvents>();
/** Most events of one function that its callers look at; code that people write stays below. */
const MAX_OPEN = 120;

const weight = (e: FlowEvent): number =>
  e.kind === "llm" || e.kind === "handed" || e.kind === "raw"
    ? 3
    : e.sink === "log"
      ? 0
      : e.sink === "response"
        ? 2
        : 1;

/** The event without what the function put in itself, which was reported there; undefined when nothing is left. */
function openEvent(e: FlowEvent): { event: FlowEvent; params: Set<number> } | undefined {
  const params = new Set<number>();
  if (e.kind === "raw") {
    for (const s of e.slots) for (const l of deepLabels(s.value)) if (l.param !== undefined) params.add(l.param);
    return params.size ? { event: e, params } : undefined;
  }
  if (e.kind === "handed") {
    // What goes into the call is reported by whoever knows what is called.
    for (const l of functionOf(e).labels) if (l.param !== undefined) params.add(l.param);
    return params.size ? { event: e, params } : undefined;
  }
  const slots = e.slots.map((s) => {
    const value = mapLabels(isReduced(e.sink) ? reduced(s.value) : s.value, (l) =>
      l.kind === "param" ? l : undefined,
    );
    someLabel(value, (l) => {
      if (l.param !== undefined) params.add(l.param);
      return false;
    });
    return value === s.value ? s : { ...s, value };
  });
  return params.size ? { event: { ...e, slots }, params } : undefined;
}

/** What a function's summary comes to for the arguments of one call. */
export interface Applied {
  events: readonly FlowEvent[];
  ret: Value;
  writes: ReadonlyMap<number, Value>;
  /** What depends on the arguments of what it puts into names of modules. */
  stores: ReadonlyMap<string, Value>;
  cut: boolean;
}

/** Puts a summary into the call at `at`. */
export function applySummary(s: Summary, b: Binding, at: Loc): Applied {
  const cache = new Map<Value, Value>();
  const live = new Map<number, boolean>();
  const isLive = (param: number): boolean => {
    let out = live.get(param);
    if (out === undefined) {
      const arg = b.args.get(param)?.value;
      out = !!arg && someLabel(arg, () => true);
      live.set(param, out);
    }
    return out;
  };
  const { events, cut } = openEvents(s);
  const up: FlowEvent[] = [];
  // What a callback gives may be part of everything else.
  for (const { event } of events) {
    if (event.kind !== "handed") continue;
    const out = substituteEvent(event, b, at, cache);
    const result = b.call?.(out);
    if (result) noteResult(b, event, result);
    else if (isOpen(out)) up.push(out);
  }
  for (const { event } of events) {
    if (event.kind !== "raw") continue;
    const out = answerRaw(b, event, substituteEvent(event, b, at, cache));
    if (out) up.push(out);
  }
  b.followed ??= new Map();
  b.steps ??= new Map();
  const labelsOnly: Binding = { ...b, actuals: new Map(), reduced: true };
  const ofLabels = new Map<Value, Value>();
  for (const { event, params } of events) {
    if (event.kind === "handed" || event.kind === "raw") continue;
    // Constants say something to a model; elsewhere only labels count.
    if (event.kind === "sink" && ![...params].some(isLive)) continue;
    const asked = askedFor(event, b);
    if (!asked) continue;
    const out = isReduced(event.sink)
      ? substituteEvent(asked, labelsOnly, at, ofLabels)
      : substituteEvent(asked, b, at, cache);
    const counts = (v: Value): boolean => (event.kind === "sink" ? someLabel(v, () => true) : v !== EMPTY);
    if (out.slots.some((x) => counts(x.value))) up.push(out);
  }
  return {
    events: up,
    ret: substitute(s.ret, b, cache),
    writes: s.writes.size ? new Map([...s.writes].map(([i, w]) => [i, substitute(w, b, cache)])) : s.writes,
    stores: s.stores.size
      ? new Map([...s.stores].flatMap(([key, v]) => (isSymbolic(v) ? [[key, substitute(v, b, cache)]] : [])))
      : s.stores,
    cut,
  };
}

/**
 * An event of a branch that a switch opens, such as `if debug:`, as far as the call sets it: with the caller's own switch where
 * that is handed on; undefined where the switch stays off.
 */
function askedFor(e: FlowEvent, b: Binding): FlowEvent | undefined {
  const onlyIf = e.data?.onlyIf;
  if (typeof onlyIf !== "number") return e;
  const value = b.args.get(onlyIf)?.value;
  if (!value || value.c === false || value.c === null) return undefined;
  const own = value.labels.find((l) => l.kind === "param" && !l.path.length);
  return { ...e, data: { ...e.data, onlyIf: own?.param ?? "set" } };
}

/** Calls that push something to the client by the way. */
const PUSHES = /(?:^|\.)(?:emit|send\w*|put|publish)$/;

/**
 * The parameter that the value is, or that a stream of it hands on bit by bit and nothing else. Of several that were put
 * together, or into a dictionary, the one that brings an error or model text.
 */
function handedWhole(e: FlowEvent, v: Value, b: Binding): Label | undefined {
  if (v.labels.length || !v.elem) {
    // What is pushed by the way is put together there; a helper that makes the answer is handed it.
    if (!v.labels.length && v.fields && PUSHES.test(e.q)) return undefined;
    if (!v.labels.length && v.fields)
      return deepLabels(v).find((l) => l.kind === "param" && !l.path.length && bringsOutput(l, b));
    const all = v.labels.filter((l) => l.kind === "param");
    return (all.length > 1 ? all.find((l) => bringsOutput(l, b)) : undefined) ?? all[0];
  }
  const whole = (l: Label) => l.kind === "param" && l.path.every((key) => key === "[]");
  return v.elem.labels.every(whole) ? v.elem.labels[0] : undefined;
}

const bringsOutput = (l: Label, b: Binding): boolean => someLabel(b.args.get(l.param ?? -1)?.value ?? EMPTY, isOutput);

const isOutput = (l: Label): boolean => l.kind === "exception" || l.kind === "llm" || l.kind === "llm-object";

/** An open event as it happens when called from `at`. */
function substituteEvent(e: FlowEvent, b: Binding, at: Loc, cache: Map<Value, Value>): FlowEvent {
  let handed: Loc | undefined = e.handed;
  let brought = false;
  let variables: Loc | undefined;
  const slots = e.slots.map((s) => {
    // Where a value is handed in whole (or streamed bit by bit), that argument is where a mend would be made.
    const whole = handedWhole(e, s.value, b);
    const arg = whole && b.args.get(whole.param ?? -1);
    // A switch that is set beside a text brings nothing.
    const brings = arg && (e.kind !== "sink" || arg.value.c === undefined || typeof arg.value.c === "string");
    const given = !brings || arg.passedOn ? undefined : arg.loc;
    if (given && s.slot !== TEMPLATE_SLOT && !brought) {
      handed = given;
      brought = !!whole && bringsOutput(whole, b);
    }
    if (given && s.slot === "variables") variables = given;
    const value = substitute(s.value, b, cache);
    // Whom a helper sends it with is not known yet; where it was given the text is.
    const loc = e.kind === "handed" && given && whole && bringsOutput(whole, b) ? given : s.loc;
    return value === s.value && loc === s.loc ? s : { ...s, value, loc };
  });
  return { ...e, slots: fillOpen(slots, variables), handed, via: [at, ...e.via] };
}
