/**
 * Checks of what the caller sent: a question about presence, type or length, wherever it is asked on the way.
 *
 * A check is noted by what it asks of (a label and its path) and holds from there on, in both branches: what follows from
 * the answer is not looked at, since a value that was asked about is not one that nobody looked at.
 */
import type { Expr } from "../ir.js";
import { lastNameOf } from "../last-name.js";
import { nameOf } from "./calls.js";
import type { Env } from "./env.js";
import { evalExpr } from "./expr.js";
import type { Frame } from "./frame.js";
import { withOwners } from "./history.js";
import { CHECKED, type Label } from "./labels.js";
import { anyElement } from "./spoken.js";
import type { FlowEvent } from "./summary.js";
import { flatten, mapLabels, someLabel, type Value } from "./value.js";

/** What was asked about in a function, as `label|path`; a path that ends in `*` stands for all below it. */
const checked = new WeakMap<Frame, Set<string>>();

/** Longest path of a check, and most checks, that callers are told of. */
const MAX_CHECKED_PATH = 3;
const MAX_GUARDS = 24;

const rootOf = (frame: Frame): Frame => (frame.parent ? rootOf(frame.parent) : frame);

/** The names of a label: by its identity, and by how it is read, since a request may be read twice. */
const namesOf = (l: Label): string[] => (l.kind === "user" ? [l.key, `user ${l.what}`] : [l.key]);

const isSubject = (l: Label): boolean => l.kind === "user" || l.kind === "param";

/**
 * Notes that a value was asked about.
 * @param below everything in the value was
 */
export function noteChecked(frame: Frame, v: Value, below = false): void {
  const root = rootOf(frame);
  for (const l of below ? flatten(v).labels : v.labels) {
    if (!isSubject(l)) continue;
    let set = checked.get(root);
    if (!set) {
      set = new Set();
      checked.set(root, set);
    }
    const path = [...l.path.map(anyElement), ...(below ? ["*"] : [])];
    for (const name of namesOf(l)) set.add(`${name}|${path.join(".")}`);
    if (l.kind !== "param" || l.param === undefined || frame.parent) continue;
    // Whoever calls the function has its arguments checked.
    // Deep paths say more about the code's own data than about what a caller sent.
    if (path.length > MAX_CHECKED_PATH) continue;
    const text = `guard ${l.param}|${path.join(".")}`;
    if (!set.has(text) && frame.guards.length < MAX_GUARDS && set.add(text))
      frame.guards.push({ param: l.param, path, mask: CHECKED, weak: true, unsafeWhen: "raises" });
  }
}

/** The value with a mark on every label that was asked about before. */
export function withChecks(frame: Frame, v: Value): Value {
  const out = withOwners(frame, v);
  const set = checked.get(rootOf(frame));
  if (!set || !someLabel(out, isSubject)) return out;
  return mapLabels(out, (l) => {
    if (!isSubject(l) || (l.weak & CHECKED) !== 0 || !isChecked(set, l)) return l;
    return { ...l, weak: l.weak | CHECKED };
  });
}

function isChecked(set: ReadonlySet<string>, l: Label): boolean {
  const path = l.path.map(anyElement);
  for (const name of namesOf(l)) {
    if (set.has(`${name}|${path.join(".")}`)) return true;
    for (let n = path.length; n >= 0; n--) {
      const head = path.slice(0, n);
      if (set.has(`${name}|${[...head, "*"].join(".")}`)) return true;
      // The elements of what was asked about: `len(messages)`.
      if (n < path.length && path[n]!.startsWith("[") && set.has(`${name}|${head.join(".")}`)) return true;
    }
  }
  return false;
}

/** The event with the checks so far marked in what it is given. */
export function checkedEvent(frame: Frame, e: FlowEvent): FlowEvent {
  if (e.kind !== "llm") return e;
  return { ...e, slots: e.slots.map((s) => ({ ...s, value: withChecks(frame, s.value) })) };
}

/** Notes what a condition asks about. */
export function noteCondition(frame: Frame, env: Env, x: Expr): void {
  switch (x.k) {
    case "un":
      if (x.op === "not") noteCondition(frame, env, x.x);
      return;
    case "bool":
      for (const y of x.xs) noteCondition(frame, env, y);
      return;
    case "cmp": {
      const [left, right] = x.xs;
      if (left && right && /^(not )?in$/.test(x.ops[0] ?? "")) {
        membership(frame, env, left, right);
        return;
      }
      for (const y of x.xs) subject(frame, env, y);
      return;
    }
    default:
      subject(frame, env, x);
  }
}

/** An expression that answers yes or no: `isinstance(text, str) and 0 < len(text) < 4000`. */
export function isQuestion(x: Expr): boolean {
  if (x.k === "cmp") return true;
  if (x.k === "un") return x.op === "not";
  if (x.k === "bool") return x.xs.every(isQuestion);
  return x.k === "call" && x.f.k === "name" && /^(isinstance|bool|all|any)$/.test(x.f.id);
}

/** `"question" in data` asks about the key; `kind in KINDS` about the value. */
function membership(frame: Frame, env: Env, left: Expr, right: Expr): void {
  if (left.k === "const" && typeof left.v === "string" && isRead(right)) {
    const v = evalExpr(frame, env, right);
    const key = left.v;
    noteChecked(frame, { ...v, labels: v.labels.map((l) => ({ ...l, path: [...l.path, key] })) });
    return;
  }
  subject(frame, env, left);
}

const PROBES =
  /^(strip|lstrip|rstrip|lower|upper|casefold|isdigit|isalnum|isalpha|isnumeric|isspace|isidentifier|split|encode|get|getlist|items|keys|values)$/;
const ASKS = /^(len|isinstance|bool|str|int|float|type|callable|set|match|fullmatch)$/;
/** Names of functions that answer whether something is fit to be used. */
export const VALIDATES =
  /^(is_valid|validate|is_valid_\w+|validate_\w+|valid_\w+|check_\w+|ensure_\w+|assert_\w+|verify_\w+|require_\w+|has_\w+|model_validate\w*|parse_obj|parse_raw|validate_on_submit|full_clean)$/;

function subject(frame: Frame, env: Env, x: Expr): void {
  if (isRead(x)) {
    noteChecked(frame, evalExpr(frame, env, x));
    return;
  }
  if (x.k === "walrus") subject(frame, env, x.x);
  else if (x.k === "bin") {
    subject(frame, env, x.l);
    subject(frame, env, x.r);
  } else if (x.k === "comp") every(frame, env, x);
  else if (x.k === "call") {
    const name = lastNameOf(x.f);
    if (x.f.k === "attr" && PROBES.test(name)) subject(frame, env, x.f.o);
    else if (x.f.k === "name" && /^(all|any)$/.test(name)) for (const a of x.args) everyIn(frame, env, a);
    else if (ASKS.test(name)) for (const a of x.args) subject(frame, env, a);
    else if (VALIDATES.test(name)) noteValidator(frame, env, x);
  }
}

function everyIn(frame: Frame, env: Env, x: Expr): void {
  if (x.k === "comp") every(frame, env, x);
  else if (x.k === "list" || x.k === "tuple") for (const y of x.xs) noteCondition(frame, env, y);
}

/** `all(k in data for k in REQUIRED)`: whatever it looks through is looked at whole. */
function every(frame: Frame, env: Env, x: Extract<Expr, { k: "comp" }>): void {
  const looked: Expr[] = [];
  const look = (y: Expr): void => {
    if (y.k === "cmp") y.xs.forEach(look);
    else if (y.k === "un") look(y.x);
    else if (y.k === "bool") y.xs.forEach(look);
    else if (y.k === "sub") look(y.o);
    else if (y.k === "call") {
      if (y.f.k === "attr") look(y.f.o);
      y.args.forEach(look);
    } else if (y.k === "name" || y.k === "attr") looked.push(y);
  };
  look(x.x);
  for (const c of x.clauses) look(c.t === "if" ? c.c : c.iter);
  for (const y of looked) if (isRead(y)) noteChecked(frame, evalExpr(frame, env, y), true);
}

/** A form, schema or function that by its name validates what it is given; its body is not in sight. */
export function noteValidator(frame: Frame, env: Env, x: Extract<Expr, { k: "call" }>): void {
  for (const a of [...x.args, ...x.kw.map((k) => k.x)])
    if (isRead(a)) noteChecked(frame, evalExpr(frame, env, a), true);
  if (x.f.k === "attr" && isRead(x.f.o)) {
    noteChecked(frame, evalExpr(frame, env, x.f.o), true);
    // A form reads the request by itself: `form.question.data` after `form.validate()`.
    if (/valid|clean/.test(x.f.a)) noteForm(frame);
  }
}

function noteForm(frame: Frame): void {
  const root = rootOf(frame);
  const set = checked.get(root) ?? new Set();
  checked.set(root, set);
  for (const name of ["`data`", "`cleaned_data`", "`validated_data`"]) set.add(`user ${name}|*`);
}

/** A call that is a check by itself: `validate(data)`, `schema.load(data)`, `Question(**data)`. */
export function noteCall(frame: Frame, env: Env, x: Extract<Expr, { k: "call" }>, name: string): void {
  if (VALIDATES.test(name) || (name === "load" && x.f.k === "attr" && /schema/i.test(nameOf(x.f.o))))
    noteValidator(frame, env, x);
}

/** A read that changes nothing: it may be evaluated once more. */
function isRead(x: Expr): boolean {
  if (x.k === "name") return true;
  if (x.k === "attr") return isRead(x.o);
  if (x.k === "sub") return isRead(x.o) && (x.i.k === "const" || x.i.k === "name");
  if (x.k !== "call" || x.f.k !== "attr" || x.kw.some((k) => k.n === null)) return false;
  return /^(get|getlist|get_json|strip)$/.test(x.f.a) && isRead(x.f.o) && x.args.every((a) => a.k === "const");
}
