/** A summary as text, to see whether it changed. */
import type { FunctionIR } from "../ir.js";
import type { FunctionDef } from "../names/definitions.js";
import { openEvents } from "./apply.js";
import type { ModuleState } from "./function.js";
import type { Label, RecordInfo, Step } from "./labels.js";
import { CONTEXT_SLOT } from "./run-context.js";
import type { FlowEvent, Summary } from "./summary.js";
import { deepLabels, EMPTY, type Piece, type TypeRef, type Value } from "./value.js";

/** What a value looks like as text; a value met again is only named. */
function valueTexts(): (v: Value) => string {
  const seen = new Map<Value, number>();
  const value = (v: Value, depth: number): string => {
    if (v === EMPTY) return "-";
    const id = seen.get(v);
    if (id !== undefined) return `@${id}`;
    if (depth > 6) return "…";
    seen.set(v, seen.size);
    let out = v.labels.map(labelText).join(",");
    out += `|${v.types.map((t) => typeText(t) + closed(t, depth)).join(",")}`;
    if (v.c !== undefined) out += `=${JSON.stringify(v.c)}`;
    if (v.fields) out += `{${[...v.fields].map(([k, x]) => `${k}:${value(x, depth + 1)}`).join(",")}}`;
    if (v.items) out += `[${v.items.map((x) => value(x, depth + 1)).join(",")}]`;
    if (v.elem) out += `*${value(v.elem, depth + 1)}`;
    if (v.str)
      out += v.str
        .map((f) => `"${f.pieces.map((p) => (typeof p === "string" ? p : pieceText(p, value, depth))).join("")}"`)
        .join(";");
    for (const t of v.test ?? [])
      out += `?${t.labels.map(labelText).join()}${t.mask}${t.weak}${t.unsafe}${t.only ?? ""}${t.failed ?? ""}${t.speaks ? `${t.speaks.is}${t.speaks.roles.join()}${t.speaks.of.map(labelText).join()}` : ""}`;
    return out;
  };
  // A function that is given back: its text, what it closed over, and what it is bound to.
  const closed = (t: TypeRef, depth: number): string => {
    if (t.k !== "fn" || depth >= 4) return "";
    let out = "";
    if (t.env)
      out += `#${formNumber(t.form ?? t.fn.ir)}(${[...t.env.vars].map(([k, x]) => `${k}:${value(x, depth + 1)}`).join(",")})`;
    if (t.self) out += `&${value(t.self, depth + 1)}`;
    if (t.args) out += `(${t.args.map((x) => value(x, depth + 1)).join(",")})`;
    if (t.kwargs) out += `(${[...t.kwargs].map(([k, x]) => `${k}=${value(x, depth + 1)}`).join(",")})`;
    return out;
  };
  return (v) => value(v, 0);
}

const formNumbers = new WeakMap<FunctionIR, number>();
let forms = 0;

/** A number for a function's form; a form whose text did not change is the same one. */
function formNumber(ir: FunctionIR): number {
  let n = formNumbers.get(ir);
  if (n === undefined) {
    n = forms++;
    formNumbers.set(ir, n);
  }
  return n;
}

const pieceText = (p: Exclude<Piece, string>, value: (v: Value, depth: number) => string, depth: number): string =>
  `<${p.loc.id} ${p.name ?? ""} ${value(p.v, depth + 1)}${p.joined ? `+${p.joined.by}${value(p.joined.list, depth + 1)}` : ""}${p.template ? `t${p.style ?? ""}` : ""}${p.fills === undefined ? "" : `f${p.fills}`}${p.listed ? "l" : ""}>`;

/**
 * A text that differs when a summary differs in anything that callers see. Positions do not count: places move by
 * themselves.
 * @param header the function as it was when the summary was made
 */
export function shapeOf(s: Summary, fn: FunctionDef | undefined, header: FunctionIR | undefined = fn?.ir): string {
  const value = valueTexts();
  const parts = [value(s.ret)];
  if (header) parts.push(header.params.map((p) => p.kind + p.name).join());
  // Callers look at what depends on their arguments; of the rest it only counts whether there is something of its kind.
  const { events, cut } = openEvents(s);
  for (const { event } of events) parts.push(eventText(event, value));
  parts.push(`${cut} ${[...new Set(s.events.map((e) => `${e.kind}${e.sink ?? ""}`))].sort().join()}`);
  // What runs are given is looked up by the functions of their agent, wherever it comes from.
  for (const e of s.events)
    for (const x of e.kind === "llm" ? e.slots : [])
      if (x.slot === CONTEXT_SLOT) parts.push(`run@${x.loc.id}:${value(x.value)}`);
  for (const [i, v] of s.writes) parts.push(`w${i}${value(v)}`);
  for (const [n, v] of s.globals) parts.push(`g${n}${value(v)}`);
  for (const [n, v] of s.stores) parts.push(`s${n}${value(v)}`);
  for (const [i, a] of s.defaults) parts.push(`d${i}@${a.loc.id}${value(a.value)}`);
  if (s.rowFields) parts.push(`r${[...s.rowFields].join("+")}`);
  if (s.entry) parts.push("entry");
  for (const g of s.guards) parts.push(`c${g.param}${g.path.join(".")}${g.mask}${g.weak}${g.unsafeWhen}`);
  if (s.stub) parts.push("stub");
  return parts.join("\n");
}

/** The same for the names of a module. */
export function moduleShape(state: ModuleState): string {
  const value = valueTexts();
  const parts: string[] = [state.imports];
  for (const [name, v] of state.own.vars) parts.push(`${name} ${value(v)}`);
  // What was asked for of the imports is asked for again, so that the texts compare.
  for (const [name, v] of state.asked) parts.push(`import ${name} ${v ? value(v) : ""}`);
  return parts.join("\n");
}

function eventText(e: FlowEvent, value: (v: Value) => string): string {
  const slots = e.slots.map((x) => `${x.slot}@${x.loc.id}:${value(x.value)}`).join(",");
  const via = e.via.map((v) => v.id).join(">");
  const data = e.data ? JSON.stringify(e.data) : "";
  return `${e.kind}${e.sink ?? ""}${e.loc.id}${e.q}(${slots})${via}/${e.handed?.id ?? ""}/${e.doubt}${data}`;
}

function typeText(t: TypeRef): string {
  if (t.k === "ext") return t.cls ? `${t.q}<${t.cls.key}` : t.q;
  if (t.k === "fn") return t.fn.key;
  if (t.k === "module") return t.mod.file;
  return `${t.k}:${t.cls.key}`;
}

const labelTexts = new WeakMap<Label, string>();

function labelText(l: Label): string {
  let out = labelTexts.get(l);
  if (out === undefined) {
    const flags = `${l.many ? "m" : ""}${l.parsed ? "p" : ""}${l.shallow ? "s" : ""}${l.unseen ? "u" : ""}${l.address ? "a" : ""}${l.caller ? "c" : ""}${l.told ? "t" : ""}${l.own ?? ""}${l.entity ?? ""}${l.doubt}`;
    const record = l.record ? recordText(l.record) : "";
    out = `${l.kind}${l.key}/${l.path.join(".")}/${l.cleared}/${l.weak}${flags}${l.type ?? ""}${record}${l.what}^${stepText(l.step)}${l.at?.id ?? ""}`;
    labelTexts.set(l, out);
  }
  return out;
}

const stepTexts = new WeakMap<Step, string>();

/** A short text for a whole path: steps share their beginnings. */
function stepText(step: Step): string {
  const open: Step[] = [];
  let text = "";
  for (let s: Step | undefined = step; s; s = s.prev) {
    const known = stepTexts.get(s);
    if (known !== undefined) {
      text = known;
      break;
    }
    open.push(s);
  }
  for (let s = open.pop(); s; s = open.pop()) {
    text = digest(`${text}|${s.loc.id}|${s.msg}`);
    stepTexts.set(s, text);
  }
  return text;
}

/** Two FNV-1a hashes side by side (Fowler, Noll, Vo; public domain): enough to tell texts apart, not for secrets. */
function digest(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 0x01000193);
    b = Math.imul(b ^ c, 0x85ebca6b);
  }
  return (a >>> 0).toString(36) + (b >>> 0).toString(36);
}

/** What a query can return: callers of a function that hands its record on depend on it. */
function recordText(r: RecordInfo): string {
  const chosen = [...(r.by?.value.fields ?? [])].map(([k, v]) => `${k}${deepLabels(v).map(labelText).join()}`);
  const by = r.by ? `<${chosen.join()}@${r.by.loc.id}` : "";
  const text = r.text ? `<${deepLabels(r.text.value).map(labelText).join()}${r.text.narrowable ? "n" : ""}` : "";
  return `:${r.columns ? r.columns.join("+") : "*"}-${[...r.excluded].join("-")}(${r.known?.join("+") ?? ""};${r.plain?.join("+") ?? ""})${r.call.id}${r.leavesOut ? "l" : ""}${r.fetchesAll ? "f" : ""}${r.narrowable ? "n" : ""}${r.name}${r.store}${r.fix ?? ""}${r.row?.key ?? ""}${by}${text}`;
}
