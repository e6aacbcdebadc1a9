/** Tools of the app's own that are handed to a model, and what a model can do with them. */
import type { Expr } from "../ir.js";
import { lastNameOf } from "../last-name.js";
import type { FunctionDef } from "../names/definitions.js";
import type { CallModel, EntryModel } from "../names/model-schema.js";
import { type Args, argument } from "./arguments.js";
import { wordsOf } from "./body-words.js";
import type { Frame } from "./frame.js";
import { bit, type Loc } from "./labels.js";
import type { FlowEvent, Summary } from "./summary.js";
import { formsOf, mapLabels, someLabel, type TypeRef, type Value } from "./value.js";

type Danger = NonNullable<CallModel["danger"]>;

/** Methods that a library calls of a class of tools. */
const RUNS = ["_run", "forward", "run", "_arun"];
/** Somebody is asked before the tool acts. */
const ASKS = /^(?:input|interrupt|prompt_user|ask_(?:human|user)\w*|confirm\w*|\w*approv\w*)$/i;

/** Reports the dangerous ones among the tools that a call hands to a model. @param spec where they stand among its arguments */
export function noteOwnTools(frame: Frame, spec: readonly (number | string)[], args: Args): void {
  const a = argument(frame, args, spec);
  if (!a || [...args.kw.keys()].some((k) => /^(?:interrupt_\w+|human_in_the_loop)$/.test(k))) return;
  const node = [...args.x.args, ...args.x.kw.map((k) => k.x)].find((n) => frame.loc(n) === a.loc);
  const places = node?.k === "list" || node?.k === "tuple" ? node.xs : [];
  const { items, elem } = a.value;
  for (const [i, tool] of (items ?? []).entries()) {
    const place = places[i];
    noteTool(frame, tool, place ? frame.loc(place) : a.loc);
  }
  if (elem) noteTool(frame, elem, a.loc);
}

/** Names of mappings that hold tools for a model to choose from. */
const OF_TOOLS = /(?:^|_)(?:tools?|functions?|tool_?(?:map|registry|handlers?|functions?)|function_?map)(?:_|$)/i;

/**
 * The functions that a model chooses from where the app calls them itself: `TOOLS[block.name](**block.input)`. What they give
 * is what a tool gives.
 * @param mapping what they are looked up in, as it is written
 */
export function noteChosenTools(frame: Frame, mapping: Expr, key: Value, chosen: Value): void {
  if (key.c !== undefined || !chosen.types.some((t) => t.k === "fn")) return;
  const named = OF_TOOLS.test(lastNameOf(mapping)) && key.labels.some((l) => l.kind === "param");
  if (!named && !key.labels.some((l) => l.kind === "llm" || l.kind === "llm-object")) return;
  const { registered } = frame.program;
  for (const t of chosen.types)
    if (t.k === "fn" && !t.fn.nested && !t.fn.ir.decorators.length && !registered.get(t.fn.key))
      registered.set(t.fn.key, { model: CHOSEN, doubt: 0 });
}

const CHOSEN: EntryModel = { kind: "tool" };

/** What a function gives that reports as a tool what it gives: wherever that is handed on as the tool's result, it is known. */
export const toldByTool = (s: Summary, fn: FunctionDef, v: Value): Value =>
  s.events.some((e) => e.kind === "llm" && e.data?.tool && e.fn === fn && !e.via.length)
    ? mapLabels(v, (l) => (l.kind === "param" ? l : { ...l, told: true }))
    : v;

/** The function that a call makes a tool of: `Tool(name="run", func=run_command)`. */
export function noteRegisteredTool(frame: Frame, entry: EntryModel, type: TypeRef, at: Loc): void {
  if (entry.kind === "tool") noteType(frame, type, at);
}

/** A function that its decorator hands to an agent: `@agent.tool`. */
export function noteDecoratedTool(frame: Frame, fn: FunctionDef, events: readonly FlowEvent[]): void {
  for (const d of fn.ir.decorators) {
    const callee = d.k === "call" ? d.f : d;
    if (callee.k === "attr" && /^tool(?:_plain)?$/.test(callee.a)) emit(frame, fn, powerOf(fn, events), frame.loc(d));
  }
}

function noteTool(frame: Frame, v: Value, at: Loc): void {
  for (const t of v.types) noteType(frame, t, at);
}

function noteType(frame: Frame, t: TypeRef, at: Loc): void {
  const { program } = frame;
  if (t.k === "fn") {
    if (!t.fn.nested) emit(frame, t.fn, powerOf(t.fn, program.summary(t.fn, classOf(t)).events), at);
    return;
  }
  if (t.k !== "inst") return;
  for (const name of RUNS) {
    const method = program.classes.method(t.cls, name);
    if (method) emit(frame, method, powerOf(method, program.summary(method, t.cls).events), at);
  }
}

const classOf = (t: Extract<TypeRef, { k: "fn" }>) => {
  const self = t.self?.types.find((y) => y.k === "inst");
  return self?.k === "inst" ? self.cls : undefined;
};

function emit(frame: Frame, fn: FunctionDef, danger: Danger | undefined, at: Loc): void {
  if (!danger) return;
  const q = fn.cls && RUNS.includes(fn.name) ? fn.cls.name : fn.name;
  frame.emit({
    kind: "call",
    loc: at,
    q,
    slots: [],
    fn: frame.fn,
    module: frame.module,
    via: [],
    doubt: 0,
    data: { danger, tool: q },
  });
}

/** What a model can do with a function whose arguments it chooses; undefined where these are looked at, or a human is asked. */
function powerOf(fn: FunctionDef, events: Summary["events"]): Danger | undefined {
  for (const word of wordsOf(fn.ir.body).calls) if (ASKS.test(word)) return undefined;
  if (fn.ir.decorators.some((d) => d.k === "call" && d.kw.some((k) => /^(?:needs|requires)_approval$/.test(k.n ?? ""))))
    return undefined;
  for (const e of events) {
    const danger = dangerOf(e);
    if (danger && e.slots.some((s) => isChosenByCaller(s.value, danger))) return danger;
  }
  return undefined;
}

const REMOVES = /(?:^|\.)(?:remove|unlink|rmdir|rmtree|removedirs|write_text|write_bytes)$/;

function dangerOf(e: FlowEvent): Danger | undefined {
  if (e.kind !== "sink") return undefined;
  switch (e.sink) {
    case "shell":
      return "shell";
    case "code-exec":
    case "deserialise":
      return "code";
    case "sql":
      return "sql";
    case "outgoing-url":
      return "http";
    case "file-path":
      return REMOVES.test(e.q) ? "file" : undefined;
    default:
      return undefined;
  }
}

/** Of a parameter that nothing was checked of; of an address its beginning, which says whom it reaches. */
function isChosenByCaller(v: Value, danger: Danger): boolean {
  const parts = danger === "http" ? (formsOf(v)?.map((f) => f.pieces[0]) ?? [{ v }]) : [{ v }];
  return parts.some(
    (p) =>
      p !== undefined &&
      typeof p !== "string" &&
      someLabel(p.v, (l) => l.kind === "param" && (l.cleared & bit("llm")) === 0 && (l.cleared & bit("user")) === 0),
  );
}
