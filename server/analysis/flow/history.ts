/**
 * Conversations that are kept under an id: by what values a query or a lookup chose them, and whether anything asked that
 * they belong to the caller.
 */
import type { Expr } from "../ir.js";
import { lastNameOf } from "../last-name.js";
import type { Args } from "./arguments.js";
import { nameOf } from "./calls.js";
import type { Env } from "./env.js";
import { evalExpr } from "./expr.js";
import type { Frame } from "./frame.js";
import { type Label, type Loc, OWNED, type RecordInfo, unreadRecord } from "./labels.js";
import { sqlText } from "./query-text.js";
import type { FlowEvent, Slot } from "./summary.js";
import { deepLabels, dictOf, EMPTY, flatten, join, mapLabels, someLabel, type Value } from "./value.js";

/** Names of stores and keys of what was said before. */
const HISTORY =
  /(^|[^a-z])(messages?|chats?|chat\w*|conversations?|convos?|histor(y|ies)|sessions?|threads?|dialogs?|dialogues?|transcripts?|memor(y|ies)|\w*(message|chat|conversation|history|session|thread|dialog|transcript|memory)s?(_\w+|s)?)([^a-z]|$)/i;
/** Mappings that are named like conversations and hold something about them. */
const ABOUT =
  /_(?:stage|state|status|type|kind|config|setting|model|template|schema|limit|count|lock|timeout|name|title|label|handler|class)(?:e?s)?(?:_(?:dict|map|by_id))?$/i;
/** Fields that say whose something is. */
const OWNER =
  /(^|_|\.)(user|owner|account|author|customer|tenant|member|profile|creator|created_by|uid|username|user_?id|owner_?id)(_id|__id|_pk|_email)?$/i;
/** Expressions that say who is calling. */
const IDENTITY =
  /^(current_user|user|g\.user\w*|request\.user|request\.state\.user|session|request\.session|me|identity|principal|claims|token_data|payload|auth|get_jwt_identity|get_current_user|current_user_id|self\.request\.user)(\(\))?(\.|$)/;
/** Functions that by their name ask whether something is the caller's. */
const ASKS_OWNER = /own(s|er)|belongs|access|permission|permitted|authori[sz]|can_(view|read|see|use|open)|allowed_to/i;

/** Methods that make what was not there before: nobody is shown what another one said. */
const MAKES = /^(?:a?create|bulk_create|insert(?:_one|_many)?|add(?:_all)?|save|put_item)$/;

const speaks = (l: Label): boolean => l.kind === "user" || l.kind === "param" || l.kind === "meta";

/** The result of a query with a note of the values that chose it; the same where none of them came from outside. */
export function chosenBy(frame: Frame, env: Env, out: Value, recv: Value | undefined, args: Args): Value {
  const { f } = args.x;
  if (!someLabel(out, isKept) || (f.k === "attr" && MAKES.test(f.a))) return out;
  const own = recv && someLabel(recv, (l) => l.kind === "meta");
  const named: [string, Value][] = own ? [["owner", recv]] : [];
  const column = columnOf(args);
  for (const a of args.pos) named.push(...namedValues(a.value, column));
  for (const [k, a] of args.kw) named.push(...namedValues(a.value, k));
  for (const a of [...args.x.args, ...args.x.kw.map((k) => k.x)]) named.push(...conditions(frame, env, a));
  named.push(...sqlConditions(args));
  const classes = args.pos.flatMap((a) => a.value.types.flatMap((t) => (t.k === "class" ? [t.cls.name] : [])));
  // The session of a database holds no conversation.
  const receiver = nameOf(args.x.f).replace(/\b(?:(?:db|self|cls)\.)*_?(?:async_|db_)?[sS]ession(?:\(\))?\./g, "");
  const where = `${receiver} ${classes.join(" ")} ${named.map(([n]) => n).join(" ")} ${queryText(args)}`;
  let id: Value = EMPTY;
  let owner: Value | undefined;
  for (const [name, v] of named) {
    const labels = { labels: flatten(v).labels.filter(speaks), types: [] };
    if (OWNER.test(name)) owner = owner ? join(owner, labels) : labels;
    else id = join(id, labels);
  }
  if (!id.labels.length && owner === undefined) return out;
  // What was handed in was chosen before.
  const given = new Set(args.pos.flatMap((a) => deepLabels(a.value)));
  for (const a of args.kw.values()) for (const l of deepLabels(a.value)) given.add(l);
  return mapLabels(out, (l) => {
    if (!isKept(l) || given.has(l) || (!HISTORY.test(where) && !HISTORY.test(storeName(l)) && !l.record?.by)) return l;
    return { ...l, record: withBy(l, id, owner, frame.loc(args.x)) };
  });
}

const storeName = (l: Label): string =>
  (l.record?.name ?? "").replace(/^`(?:\w+\.)*_?(?:async_|db_)?session(?:\(\))?`$/i, "");

const isKept = (l: Label): boolean => l.kind === "record" || l.kind === "stored";

function withBy(l: Label, id: Value, owner: Value | undefined, loc: Loc): RecordInfo {
  const old = l.record?.by;
  const fields = new Map<string, Value>([["id", join(old?.value.fields?.get("id") ?? EMPTY, id)]]);
  const who = old?.value.fields?.get("owner");
  if (who ?? owner) fields.set("owner", who && owner ? join(who, owner) : (who ?? owner)!);
  return {
    // A store that is no database.
    ...(l.record ?? unreadRecord("memory", loc, l.what)),
    by: { value: dictOf(fields), loc: old && !id.labels.length ? old.loc : loc },
  };
}

/** `.eq("user_id", uid)`, `.where("owner", "==", uid)`: the column that a value is compared with. */
function columnOf({ pos }: Args): string {
  const first = pos[0]?.value.c;
  return (pos.length === 2 || pos.length === 3) && typeof first === "string" ? first : "";
}

/** Values with the key or keyword that they stand under. */
function namedValues(v: Value, name: string): [string, Value][] {
  if (v.fields?.size)
    return [...v.fields].flatMap(([k, x]) => (x.fields?.size ? namedValues(x, k) : [[k, x] as [string, Value]]));
  return [[name, v]];
}

/** `Message.session_id == sid`, `Key("session_id").eq(sid)`, and several of them joined. */
function conditions(frame: Frame, env: Env, x: Expr): [string, Value][] {
  if (x.k === "bin") return [...conditions(frame, env, x.l), ...conditions(frame, env, x.r)];
  if (x.k === "cmp" && x.ops[0] === "==" && x.xs[0]?.k === "attr" && x.xs[1])
    return [[x.xs[0].a, evalExpr(frame, env, x.xs[1])]];
  if (x.k === "call" && x.f.k === "attr" && x.f.a === "eq" && x.f.o.k === "call" && x.args[0]) {
    const key = x.f.o.args[0];
    return [[key?.k === "const" ? String(key.v) : "", evalExpr(frame, env, x.args[0])]];
  }
  // `where(filter=FieldFilter("user_id", "==", uid))`
  if (x.k === "call" && x.args.length === 3 && x.args[0]!.k === "const" && typeof x.args[0]!.v === "string")
    return [[x.args[0]!.v, evalExpr(frame, env, x.args[2]!)]];
  return [];
}

const queryText = (args: Args): string => (args.pos[0] && sqlText(args.pos[0].value)?.slice(0, 300)) ?? "";

/** The columns that the placeholders of an SQL text are compared with. */
function sqlConditions(args: Args): [string, Value][] {
  const text = queryText(args);
  const params = args.pos[1]?.value;
  if (!/\bwhere\b/i.test(text) || !params) return [];
  const columns = [...text.matchAll(/(\w+)\s*=\s*(?:%s|\?|\$\d+|:\w+|%\(\w+\)s)/g)].map((m) => m[1]!);
  return columns.flatMap((c, i) => (params.items?.[i] ? [[c, params.items[i]] as [string, Value]] : []));
}

/**
 * What a lookup in memory gives, with a note of the key: `conversations[session_id]`, `HISTORIES.get(chat_id, [])`.
 * @param x the mapping as it is written
 */
export function keptInMemory(x: Expr, recv: Value, key: Value, at: Loc, out: Value): Value {
  const name = lastNameOf(x);
  if (
    !name ||
    !HISTORY.test(name) ||
    ABOUT.test(name) ||
    key.c !== undefined ||
    !someLabel(key, (l) => l.kind === "user" || l.kind === "param")
  )
    return out;
  const onSelf = x.k === "attr" && x.o.k === "name" && x.o.id === "self";
  if (recv.labels.some((l) => l.kind !== "param" || !onSelf)) return out;
  if (recv.types.some((t) => t.k !== "ext" || !/^(builtins|collections|typing)/.test(t.q))) return out;
  const what = `\`${name}\``;
  const label: Label = {
    kind: "stored",
    key: `stored@${at.id}`,
    step: { loc: at, msg: `what was said before is read from ${what}`, prev: undefined },
    path: [],
    cleared: 0,
    weak: 0,
    doubt: 0,
    what,
  };
  const id: Value = { labels: flatten(key).labels.filter(speaks), types: [] };
  return { ...out, labels: [...out.labels, { ...label, record: withBy(label, id, undefined, at) }] };
}

const owned = new WeakMap<Frame, Set<string>>();
const rootOf = (frame: Frame): Frame => (frame.parent ? rootOf(frame.parent) : frame);

function noteOwned(frame: Frame, v: Value): void {
  const root = rootOf(frame);
  const set = owned.get(root) ?? new Set();
  owned.set(root, set);
  for (const l of deepLabels(v)) {
    set.add(l.key);
    if (l.kind !== "param" || l.param === undefined || frame.parent) continue;
    if (!frame.guards.some((g) => g.mask === OWNED && g.param === l.param))
      frame.guards.push({ param: l.param, path: [], mask: OWNED, weak: true, unsafeWhen: "raises" });
  }
}

/** A caller's arguments were asked about by the function that it called. */
export const noteOwnedArgument = noteOwned;

const isIdentity = (frame: Frame, env: Env, x: Expr): boolean =>
  IDENTITY.test(nameOf(x)) ||
  (x.k !== "call" && x.k !== "const" && someLabel(evalExpr(frame, env, x), (l) => l.kind === "meta"));

/** Notes what a condition says of whose something is: `chat["user_id"] != current_user.id`, `owns(user, chat)`. */
export function noteOwner(frame: Frame, env: Env, x: Expr): void {
  if (x.k === "un") noteOwner(frame, env, x.x);
  else if (x.k === "bool") for (const y of x.xs) noteOwner(frame, env, y);
  else if (x.k === "cmp" && x.xs.length === 2) {
    const [l, r] = [x.xs[0]!, x.xs[1]!];
    if (l.k === "const" || r.k === "const") return;
    if (isIdentity(frame, env, r)) noteOwned(frame, evalExpr(frame, env, l));
    else if (isIdentity(frame, env, l)) noteOwned(frame, evalExpr(frame, env, r));
  } else if (x.k === "call") noteOwnerCall(frame, env, x);
}

/** A function that by its name asks whether something is the caller's. */
export function noteOwnerCall(frame: Frame, env: Env, x: Extract<Expr, { k: "call" }>): void {
  const name = lastNameOf(x.f);
  if (!ASKS_OWNER.test(name)) return;
  for (const a of [...x.args, ...x.kw.map((k) => k.x), ...(x.f.k === "attr" ? [x.f.o] : [])])
    if (a.k === "name" || a.k === "attr" || a.k === "sub") noteOwned(frame, evalExpr(frame, env, a));
}

/** The value with a mark on every conversation of which it was asked whose it is. */
export function withOwners(frame: Frame, v: Value): Value {
  const set = owned.get(rootOf(frame));
  if (!set) return v;
  return mapLabels(v, (l) => {
    const by = l.record?.by;
    const known = set.has(l.key) || (by && deepLabels(by.value).some((y) => set.has(y.key)));
    return known && (l.weak & OWNED) === 0 ? { ...l, weak: l.weak | OWNED } : l;
  });
}

/**
 * The model call's slots, with one more for each conversation in them that was chosen by a value that only the callers know.
 */
export function withHistory(e: FlowEvent): FlowEvent {
  if (e.kind !== "llm") return e;
  const more: Slot[] = [];
  for (const s of e.slots) {
    if (s.slot === "history") continue;
    for (const l of deepLabels(s.value)) {
      const by = l.record?.by;
      if (!by || (l.weak & OWNED) !== 0 || !someLabel(by.value, (y) => y.kind === "param")) continue;
      if (![...e.slots, ...more].some((m) => m.slot === "history" && m.loc === by.loc))
        more.push({ slot: "history", value: by.value, loc: by.loc });
    }
  }
  return more.length ? { ...e, slots: [...e.slots, ...more] } : e;
}
