/**
 * What an app object keeps for everybody: `app.state.search = Search()` where the app starts, `request.app.state.search` in a route;
 * `app.extensions["search"]` and `current_app.extensions["search"]`, `app.search` and `current_app.search`.
 */
import type { Expr } from "../ir.js";
import { isSymbolic } from "./apply.js";
import { stripParams } from "./classes.js";
import type { Env } from "./env.js";
import { evalExpr } from "./expr.js";
import type { Frame } from "./frame.js";
import { noteStores } from "./stores.js";
import { EMPTY, join, type Value } from "./value.js";

/** A part of an app and a name in it: `state` and `search`; no part for the app's own attributes. */
interface Place {
  part: string;
  name: string;
}

const APP = /(?:^|\.)(?:FastAPI|Starlette|Flask|Quart|APIFlask|Litestar|app|application|current_app)$/;
const isApp = (v: Value): boolean => v.types.some((t) => t.k === "ext" && APP.test(t.q));

/** What a middleware puts into the request that it hands on: only services count, since what else is in it is the request's own. */
const OF_REQUEST = "request.state";
const REQUEST = /(?:^|\.)(?:Request|WebSocket|HTTPConnection)$/;
const isRequest = (v: Value): boolean => v.types.some((t) => t.k === "ext" && REQUEST.test(t.q));

/** Names of variables that hold an app, where nothing says what they are: `async def lifespan(app):`. */
const NAMED = /^(?:\w+_)?(?:app|application)$/;

const keyOf = ({ part, name }: Place): string => `app ${part}.${name}`;

/** Notes what is put into an app. */
export function keepInApp(frame: Frame, env: Env, target: Expr, v: Value): void {
  if (!v.types.length && !v.labels.length && !v.fields && !v.elem) return;
  const place = placeOf(frame, env, target);
  if (place) noteStores(frame, new Map([[keyOf(place), v]]));
}

function placeOf(frame: Frame, env: Env, x: Expr): Place | undefined {
  const holds = (o: Expr): boolean => {
    if (o.k !== "name" && o.k !== "attr") return false;
    const app = evalExpr(frame, env, o);
    return isApp(app) || (o.k === "name" && NAMED.test(o.id) && !app.types.length);
  };
  if (x.k === "attr") {
    if (x.o.k === "attr") {
      if (x.o.a !== "state") return undefined;
      if (x.o.o.k === "name" && isRequest(evalExpr(frame, env, x.o.o))) return { part: OF_REQUEST, name: x.a };
      return holds(x.o.o) ? { part: "state", name: x.a } : undefined;
    }
    return x.o.k === "name" && NAMED.test(x.o.id) && holds(x.o) ? { part: "", name: x.a } : undefined;
  }
  if (x.k !== "sub" || x.o.k !== "attr" || x.i.k !== "const" || typeof x.i.v !== "string") return undefined;
  return PARTS.test(x.o.a) && holds(x.o.o) ? { part: x.o.a, name: x.i.v } : undefined;
}

const PARTS = /^(?:state|config|extensions)$/;
const PART_OF_APP = /^(.*)\.(state|config|extensions)$/;

/** What an app holds under a name, by the name of a library's object that it is read of; undefined where that is no app's. */
export function heldByApp(frame: Frame, object: string, name: string): Value | undefined {
  const of = PART_OF_APP.exec(object);
  const ofRequest = of?.[2] === "state" && REQUEST.test(of[1]!);
  const part = ofRequest ? OF_REQUEST : (of?.[2] ?? "");
  if ((!ofRequest && !APP.test(of ? of[1]! : object)) || (!part && PARTS.test(name))) return undefined;
  const { program } = frame;
  const place = { part, name };
  let out = EMPTY;
  for (const def of program.speakingOf(ofRequest || part === "state" || !part ? [part && "state", name] : [part])) {
    if (def.kind === "function") {
      const v = program.writer(def).stores.get(keyOf(place));
      if (v) out = join(out, isSymbolic(v) ? stripParams(v) : v);
      continue;
    }
    for (const app of program.moduleState(def).own.vars.values()) {
      const holder = part ? app.fields?.get(part) : app;
      const v = holder?.fields?.get(name);
      if (v && isApp(app)) out = join(out, v);
    }
  }
  if (ofRequest && !out.types.some((t) => t.k === "inst")) return undefined;
  return out === EMPTY ? undefined : out;
}
