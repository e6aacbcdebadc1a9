/** Assignments: where a value is put. */
import type { Expr } from "../ir.js";
import { rootName } from "../names/definitions.js";
import { partOf } from "../names/parts.js";
import { keepInApp } from "./app-state.js";
import type { Env } from "./env.js";
import { attribute, evalExpr, iterate } from "./expr.js";
import type { Frame } from "./frame.js";
import {
  constant,
  EMPTY,
  element,
  field,
  item,
  join,
  joinAll,
  mapLabels,
  putOver,
  someLabel,
  type Value,
  withField,
  withKey,
} from "./value.js";

/** Puts a value at a target; unpacks tuples. */
export function assignTo(frame: Frame, env: Env, target: Expr, v: Value, source: Expr | undefined): void {
  switch (target.k) {
    case "name":
      named(frame, env, target.id, source);
      if (frame.globals.has(target.id)) {
        const old = frame.globalWrites.get(target.id);
        // `None` says nothing of what the variable holds at other times.
        if (!old || old.c === null) frame.globalWrites.set(target.id, v);
        else if (v.c !== null) frame.globalWrites.set(target.id, join(old, v));
      } else if (frame.nonlocals.has(target.id) && env.outer) env.outer.set(target.id, v);
      else env.set(target.id, v);
      return;
    case "tuple":
    case "list": {
      const star = target.xs.findIndex((t) => t.k === "star");
      target.xs.forEach((t, i) => {
        if (t.k === "star") assignTo(frame, env, t.x, { labels: [], types: [], elem: iterate(frame, v) }, undefined);
        else if (star >= 0 && i > star) assignTo(frame, env, t, iterate(frame, v), undefined);
        else assignTo(frame, env, t, item(v, i), undefined);
      });
      return;
    }
    case "star":
      assignTo(frame, env, target.x, v, undefined);
      return;
    case "attr":
      if (frame.fn) keepInApp(frame, env, target, v);
      updateAt(frame, env, target.o, (o) => withField(o, target.a, v));
      return;
    case "sub": {
      if (frame.fn) keepInApp(frame, env, target, v);
      const i = target.i.k === "slice" ? EMPTY : evalExpr(frame, env, target.i);
      if (source?.k === "name") joinQueue(env, source, v, evalExpr(frame, env, target.o));
      if (typeof i.c === "string") {
        const key = i.c;
        updateAt(frame, env, target.o, (o) => withField(o, key, v));
      } else {
        // A key that the caller chose may be any of those that are known.
        const over = someLabel(i, (l) => l.kind === "user") ? { labels: [], types: [], elem: v } : undefined;
        updateAt(frame, env, target.o, (o) =>
          withKey(
            {
              ...o,
              c: undefined,
              fields: over && o.fields ? putOver(o.fields, over) : o.fields,
              elem: o.elem ? join(o.elem, v) : v,
            },
            i,
          ),
        );
      }
      return;
    }
    default:
      return;
  }
}

/** A queue that is put into something which others put their messages into: who reads it finds these. */
export function joinQueue(env: Env, x: Expr | undefined, v: Value, whole: Value): void {
  if (x?.k !== "name" || !v.types.some((t) => t.k === "ext" && t.q.endsWith("Queue"))) return;
  const others = element(joinAll([element(whole), ...(whole.fields?.values() ?? [])]));
  if (others.labels.length) env.set(x.id, { ...v, elem: v.elem ? join(v.elem, others) : others });
}

/** Notes that a name stands for something else now: for a part of another object, perhaps. */
function named(frame: Frame, env: Env, name: string, source: Expr | undefined): void {
  frame.parts.delete(name);
  for (const [other, x] of frame.parts) if (rootName(x) === name) frame.parts.delete(other);
  const part = source && partOf(source);
  const root = part && rootName(part);
  if (part && root !== undefined && root !== name && env.get(root)) frame.parts.set(name, part);
}

/** `super()`: what is changed through it is the instance. */
export const isSuper = (x: Expr): boolean => x.k === "call" && x.f.k === "name" && x.f.id === "super";

/**
 * Changes the object that an expression stands for, in the variable at its root.
 * @param later it is changed by something that was only started: an object that the module holds too is asked for later on
 */
export function updateAt(frame: Frame, env: Env, x: Expr, f: (v: Value) => Value, later = false): void {
  switch (x.k) {
    case "name": {
      const own = frame.globals.has(x.id) ? undefined : env.vars.get(x.id);
      if (own) {
        const changed = f(own);
        if (isObject(own)) {
          if (updateAliases(frame.globalWrites, own, changed) && later) return;
          updateAliases(env.vars, own, changed);
        }
        env.set(x.id, changed);
        const whole = frame.parts.get(x.id);
        if (whole) updateAt(frame, env, whole, f, later);
        return;
      }
      for (let e = env.outer; e; e = e.outer) {
        const v = e.vars.get(x.id);
        if (v) {
          e.set(x.id, join(v, f(v)));
          const whole = frame.parent?.parts.get(x.id);
          if (frame.parent && whole) updateAt(frame.parent, e, whole, f, later);
          return;
        }
      }
      if (!frame.fn) return;
      const old = frame.globalWrites.get(x.id) ?? EMPTY;
      frame.globalWrites.set(x.id, f(old));
      return;
    }
    case "attr": {
      const name = x.a;
      updateAt(frame, env, x.o, (o) => withField(o, name, f(member(frame, o, name))));
      return;
    }
    case "sub":
      updatePart(frame, env, x.o, x.i.k === "slice" ? EMPTY : evalExpr(frame, env, x.i), f);
      return;
    case "call":
      if (isSuper(x)) {
        const self = frame.fn?.ir.params[0]?.name;
        const own = self === undefined ? undefined : env.get(self);
        if (self !== undefined && own) env.set(self, f(own));
        return;
      }
      // `d.setdefault(k, []).append(v)` and the like change what the receiver holds.
      if (x.f.k === "attr") {
        const key = /^(?:get|setdefault)$/.test(x.f.a) && x.args[0] ? evalExpr(frame, env, x.args[0]).c : undefined;
        if (typeof key === "string") {
          updatePart(frame, env, x.f.o, constant(key), f);
          return;
        }
        const v = f(EMPTY);
        updateAt(frame, env, x.f.o, (o) => ({ ...o, elem: join(o.elem ?? EMPTY, v) }));
      }
      return;
    default:
      return;
  }
}

/** Changes what an object holds under a key. */
function updatePart(frame: Frame, env: Env, x: Expr, i: Value, f: (v: Value) => Value): void {
  if (typeof i.c === "string") {
    const key = i.c;
    updateAt(frame, env, x, (o) => withField(o, key, f(field(o, key))));
  } else updateAt(frame, env, x, (o) => ({ ...o, c: undefined, elem: join(o.elem ?? EMPTY, f(element(o))) }));
}

/**
 * Other names of an object that changed: `current = task` and `tasks[key] = task` hold the task, whatever is done to it later by
 * its first name. Values are told apart by identity, so only those count that were not put together with others since.
 * @returns whether one of the variables holds it
 */
function updateAliases(vars: Map<string, Value>, old: Value, changed: Value): boolean {
  const renewed = (v: Value): Value => {
    if (v === old) return changed;
    if (v.elem === old) return { ...v, elem: changed };
    if (v.items?.includes(old)) return { ...v, items: v.items.map((i) => (i === old ? changed : i)) };
    for (const [key, field] of v.fields ?? []) if (field === old) return withField(v, key, changed);
    return v;
  };
  let found = false;
  for (const [name, v] of vars) {
    const now = renewed(v);
    if (now === v) continue;
    vars.set(name, now);
    found = true;
  }
  return found;
}

/** An instance of a class or a dictionary: what several names can stand for, each seeing what is done by the others. */
const isObject = (v: Value): boolean => v.fields !== undefined || v.types.some((t) => t.k === "inst");

/** An attribute that is about to change: what it holds here, and what its class says it is. */
function member(frame: Frame, o: Value, name: string): Value {
  const v = field(o, name);
  if (v.types.length || !o.types.some((t) => t.k === "inst")) return v;
  const { types } = attribute(frame, o, name);
  return types.length ? { ...v, types } : v;
}

/** `del x[key]`, `x.pop(key)`: the field is gone, from a record too. */
export function removeField(v: Value, key: string): Value {
  const out = mapLabels({ ...v, fields: undefined, items: undefined, elem: undefined }, (l) =>
    l.kind === "record" && l.record && !l.path.length
      ? {
          ...l,
          record: {
            ...l.record,
            excluded: new Set([...l.record.excluded, key]),
            columns: l.record.columns?.filter((c) => c !== key),
          },
        }
      : l,
  );
  const fields = new Map(v.fields ?? []);
  fields.delete(key);
  if (v.labels.some((l) => l.kind === "param" || l.kind === "user")) fields.set(key, EMPTY);
  return { ...v, labels: out.labels, fields: fields.size || v.fields ? fields : undefined };
}

export function removeAt(frame: Frame, env: Env, x: Expr): void {
  if (x.k === "name") env.vars.delete(x.id);
  if (x.k !== "sub" || x.i.k === "slice") return;
  const i = evalExpr(frame, env, x.i);
  if (typeof i.c === "string") {
    const key = i.c;
    updateAt(frame, env, x.o, (o) => removeField(o, key));
  }
}
