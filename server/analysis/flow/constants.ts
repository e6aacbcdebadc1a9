/** Values known from the text alone: comparisons, and what environment defaults turn into. */
import type { CallExpr, Expr } from "../ir.js";
import type { Refinement } from "./frame.js";
import { flip } from "./guards.js";
import { ALL_KINDS, type Label } from "./labels.js";
import { toldApart } from "./spoken.js";
import { constant, EMPTY, type Value } from "./value.js";

/** A comparison: a constant where both sides are, and what its truth says about what was compared. */
export function evalCompare(x: Extract<Expr, { k: "cmp" }>, vs: readonly Value[]): Value {
  const test = testOf(x, vs);
  const out = vs.length === 2 ? constantCompare(x.ops[0]!, vs[0]!, vs[1]!) : EMPTY;
  return test.length ? { ...out, test } : out;
}

function constantCompare(op: string, l: Value, r: Value): Value {
  if (op === "in" || op === "not in") {
    if (l.c === undefined || !r.items || r.elem || r.items.some((i) => i.c === undefined)) return EMPTY;
    return constant(r.items.some((i) => i.c === l.c) === (op === "in"));
  }
  if (l.c === undefined || r.c === undefined) return EMPTY;
  switch (op) {
    case "==":
    case "is":
      return constant(l.c === r.c);
    case "!=":
    case "is not":
      return constant(l.c !== r.c);
    default:
      return EMPTY;
  }
}

/** `x in ALLOWED`, `x == "a"`: the branch where it holds knows the value. `"key" in text` is a deny-list. */
function testOf(x: Extract<Expr, { k: "cmp" }>, vs: readonly Value[]): Refinement[] {
  if (vs.length !== 2) return [];
  const [l, r] = [vs[0]!, vs[1]!];
  const op = x.ops[0]!;
  return [...answersOf(op, l, r), ...whoSpeaks(op, l, r), ...knownBy(x, op, l, r)];
}

/** `pattern.search(text) is not None`, `is_safe(text) == False`, `count(text) > 0`: the answer that is compared says it. */
function answersOf(op: string, l: Value, r: Value): Refinement[] {
  if (!l.test?.length || (r.c !== null && typeof r.c !== "boolean" && r.c !== 0)) return [];
  const differs = op === "is not" || op === "!=" || (op === ">" && r.c === 0);
  if (!differs && op !== "is" && op !== "==") return [];
  // What differs from nothing, or is true, says yes.
  const yes = differs !== (r.c === true);
  return yes ? [...l.test] : l.test.map(flip);
}

/** `message["role"] == "system"`, `role in ("system", "developer")`. */
function whoSpeaks(op: string, l: Value, r: Value): Refinement[] {
  if (op === "==" || op === "!=")
    return typeof l.c === "string" ? toldApart(r, [l], op === "==") : toldApart(l, [r], op === "==");
  if (op === "in" || op === "not in") return r.items && !r.elem ? toldApart(l, r.items, op === "in") : [];
  return [];
}

function knownBy(x: Extract<Expr, { k: "cmp" }>, op: string, l: Value, r: Value): Refinement[] {
  const membership = op === "in" || op === "not in";
  if (membership && l.labels.length) {
    const allowlist =
      (r.items?.length && r.items.every((i) => i.c !== undefined) && !r.elem) ||
      (r.fields?.size && !r.labels.length) ||
      (x.xs[1]!.k === "name" && /^[A-Z][A-Z0-9_]+$/.test(x.xs[1]!.id) && !r.labels.length) ||
      (x.xs[1]!.k === "attr" && /^(allowed|valid|supported|ALLOWED|VALID|SUPPORTED)/.test(x.xs[1]!.a));
    const labels = ofKind(x.xs[0]!, l.labels);
    return allowlist && labels.length ? known(x.xs[0]!, labels, op === "in" ? "else" : "then") : [];
  }
  if (membership && r.labels.length && typeof l.c === "string" && !r.fields)
    return [{ labels: r.labels, mask: ALL_KINDS, weak: true, unsafe: op === "in" ? "then" : "else" }];
  if (membership && r.labels.length && l.types.length === 0 && !l.labels.length && !r.fields && l.c === undefined)
    return [{ labels: r.labels, mask: ALL_KINDS, weak: true, unsafe: op === "in" ? "then" : "else" }];
  if ((op === "==" || op === "!=") && (l.c !== undefined || r.c !== undefined)) {
    const dynamic = l.c !== undefined ? r : l;
    const constant = l.c !== undefined ? l.c : r.c;
    const asked = x.xs[l.c !== undefined ? 1 : 0]!;
    const labels = ofKind(asked, dynamic.labels);
    if (labels.length && constant !== "" && typeof constant === "string")
      return known(asked, labels, op === "==" ? "else" : "then");
  }
  return [];
}

/** Of which kind a part of an answer is (`block.type == "text"`, `event["event"] in STREAMED`) says nothing of the text in it. */
const ofKind = (asked: Expr, labels: readonly Label[]): readonly Label[] =>
  KIND.test(keyOf(asked)) ? labels.filter((l) => l.kind !== "llm") : labels;

const KIND = /^(?:type|role|kind|object|event|status|(?:stream_)?mode|event_type|(?:finish|stop|done|end)_?reason)$/i;

/** The attribute or key that an expression reads: `type` of `block.type`, `event["type"]`, `event.get("type")`, `getattr(block, "type")`. */
function keyOf(x: Expr): string {
  if (x.k === "attr") return x.a;
  const key = x.k === "sub" ? x.i : x.k === "call" ? askedFor(x) : undefined;
  return key?.k === "const" && typeof key.v === "string" ? key.v : "";
}

function askedFor({ f, args }: CallExpr): Expr | undefined {
  if (f.k === "attr") return f.a === "get" ? args[0] : undefined;
  return f.k === "name" && f.id === "getattr" ? args[1] : undefined;
}

/**
 * What is known where a value turned out to be one of a few. Parts of a model's answer are told apart by nothing but the variables
 * that hold them (`kind, text = piece`): only the one that was asked about is known.
 */
function known(asked: Expr, labels: readonly Label[], unsafe: Refinement["unsafe"]): Refinement[] {
  const of = { mask: ALL_KINDS, weak: false, unsafe };
  // What the provider says of the call (`finish_reason == "stop"`) says nothing of the answer that it came with.
  if (asked.k !== "name") {
    const told = labels.filter((l) => l.kind !== "llm-meta");
    return told.length ? [{ ...of, labels: told }] : [];
  }
  const isPart = (l: Label) => l.kind === "llm" || l.kind === "llm-meta";
  const [parts, others] = [labels.filter(isPart), labels.filter((l) => !isPart(l))];
  return [
    ...(others.length ? [{ ...of, labels: others }] : []),
    ...(parts.length ? [{ ...of, labels: parts, only: asked.id }] : []),
  ];
}

/** String methods on constants, for `os.getenv("DEBUG", "true").lower() == "true"`. */
export function constantMethod(text: string, name: string, args: readonly Value[]): string | boolean | undefined {
  switch (name) {
    case "lower":
    case "casefold":
      return text.toLowerCase();
    case "upper":
      return text.toUpperCase();
    case "strip":
      return args.length ? undefined : text.trim();
    case "lstrip":
      return args.length ? undefined : text.trimStart();
    case "rstrip":
      return args.length ? undefined : text.trimEnd();
    case "title":
      return text;
    case "startswith":
      return typeof args[0]?.c === "string" ? text.startsWith(args[0].c) : undefined;
    case "endswith":
      return typeof args[0]?.c === "string" ? text.endsWith(args[0].c) : undefined;
    case "replace":
      return typeof args[0]?.c === "string" && typeof args[1]?.c === "string"
        ? text.split(args[0].c).join(args[1].c)
        : undefined;
    default:
      return undefined;
  }
}
