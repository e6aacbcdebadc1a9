/** What stands around a route: whether it reaches a model, who may call it and how often, and who answers when it fails. */
import type { Stmt } from "../ir.js";
import type { FunctionDef, ModuleDef } from "../names/definitions.js";
import { dirname } from "../names/modules.js";
import { type Guards, guardsIn, routersOf, type Scoped } from "./app-guards.js";
import { wordsOf } from "./body-words.js";
import { checksCaller } from "./caller-checks.js";
import { entryOf } from "./entries.js";
import type { Loc } from "./labels.js";
import type { Program, Unit } from "./program.js";
import { isMarked, isOpenToAll } from "./route-marks.js";

export interface Endpoint {
  /** The function's name, where a finding about the route stands. */
  at: Loc;
  /** A model call that it reaches, and where. */
  model: { loc: Loc; q: string } | undefined;
  authenticated: boolean;
  limited: boolean;
  /** An exception of the model call is caught on the way, or by a handler of the app. */
  handled: boolean;
  /** The project limits some of its routes, so that a limiter is at hand. */
  limiterInUse: boolean;
}

/** The routes of a program; kept until `refresh`, and what a module says for as long as its form stays the same. */
export class Routes {
  private readonly known = new Map<FunctionDef, Endpoint | undefined>();
  private readonly perModule = new WeakMap<object, { registered: number; guards: Guards }>();
  /** Modules that say something, with what they say. */
  private whole: { file: string; guards: Guards }[] | undefined;
  private readonly perFolder = new Map<string, Guards>();

  constructor(private readonly program: Program) {}

  /** Forgets what may have changed; returns what holds for the whole app, as a text that differs when it does. */
  refresh(): string {
    this.forget();
    this.whole = undefined;
    this.perFolder.clear();
    return JSON.stringify(this.said());
  }

  /** Forgets what was said of single routes. */
  forget(): void {
    this.known.clear();
  }

  /** What a module says for the whole app, as a text. */
  voice(mod: ModuleDef): string {
    return JSON.stringify(this.guardsOf(mod));
  }

  /** The route that a function serves. */
  endpoint(fn: FunctionDef): Endpoint | undefined {
    if (!this.known.has(fn)) this.known.set(fn, endpointOf(this.program, fn, this.guardsFor(fn)));
    return this.known.get(fn);
  }

  private said(): { file: string; guards: Guards }[] {
    this.whole ??= [...this.program.modulesInView()]
      .filter((mod) => this.speaks(mod))
      .map((mod) => ({ file: mod.file, guards: this.guardsOf(mod) }));
    return this.whole;
  }

  /** What holds for a route: what does for its app, and for the blueprint or router that it belongs to. */
  private guardsFor(fn: FunctionDef): Guards {
    const app = this.appOf(fn.module);
    const routers = fn.ir.decorators.flatMap((d) =>
      d.k === "call" && d.f.k === "attr" && d.f.o.k === "name" ? [d.f.o.id] : [],
    );
    const own = routersOf(fn.module);
    const here = this.guardsOf(fn.module).scoped;
    const has = (kind: Scoped["kind"]) =>
      routers.length
        ? routers.some((r) => (own.has(r) ? here : app.scoped).some((s) => s.kind === kind && s.router === r))
        : app.scoped.some((s) => s.kind === kind);
    return {
      ...app,
      auth: app.auth || has("auth"),
      limit: app.limit || has("rate-limit"),
      handler: app.handler || has("handler"),
    };
  }

  /** What holds for the app that a module belongs to. */
  private appOf({ file }: ModuleDef): Guards {
    const folder = dirname(file);
    let out = this.perFolder.get(folder);
    if (!out) {
      const scoped: Scoped[] = [];
      out = { auth: false, limit: false, handler: false, limiter: false, scoped };
      for (const said of this.said()) {
        if (!this.program.resolver.areTogether(said.file, file)) continue;
        out.auth ||= said.guards.auth;
        out.limit ||= said.guards.limit;
        out.handler ||= said.guards.handler;
        out.limiter ||= said.guards.limiter;
        scoped.push(...said.guards.scoped);
      }
      this.perFolder.set(folder, out);
    }
    return out;
  }

  /** Whether a module says something for the whole app. */
  speaks(mod: ModuleDef): boolean {
    const { scoped, ...whole } = this.guardsOf(mod);
    return scoped.length > 0 || Object.values(whole).some(Boolean);
  }

  private guardsOf(mod: ModuleDef): Guards {
    const hit = this.perModule.get(mod.ir);
    const registered = this.program.registered.version;
    if (hit?.registered === registered) return hit.guards;
    const guards = guardsIn(this.program, mod);
    this.perModule.set(mod.ir, { registered, guards });
    return guards;
  }
}

/** The route that a function serves; undefined for hooks, handlers and functions that no framework calls. */
function endpointOf(program: Program, fn: FunctionDef, app: Guards): Endpoint | undefined {
  const entry = entryOf(program, fn, fn.cls);
  if (!entry || (entry.model.kind !== "route" && entry.model.kind !== "websocket")) return undefined;
  const reached = modelReached(program.unitsFor(fn));
  const at: Loc = {
    chunk: fn.ir.chunk,
    s: fn.ir.ns,
    e: fn.ir.ns + fn.name.length,
    id: `${fn.key}:name`,
  };
  return {
    at,
    model: reached && { loc: reached.loc, q: reached.q },
    authenticated: isMarked(program, fn, "auth") || checksCaller(fn) || (app.auth && !isOpenToAll(program, fn)),
    limited: isMarked(program, fn, "rate-limit") || app.limit,
    handled: (reached?.caught ?? false) || catchesAll(fn.ir.body) || app.handler,
    limiterInUse: app.limiter,
  };
}

/** Functions among which the model call of a route is looked for. */
const MAX_REACHED = 2000;

/**
 * The nearest model call among what the function calls, and whether a `try` stands on every way that is as short. Of several
 * that are as near it is the first by name: in which order results came to be must not count.
 */
function modelReached(start: readonly Unit[]): { loc: Loc; q: string; caught: boolean } | undefined {
  const seen = new Set<Unit>(start);
  let level = new Map<Unit, boolean>(start.map((unit) => [unit, false]));
  while (level.size && seen.size < MAX_REACHED) {
    let best: { loc: Loc; q: string; caught: boolean; key: string } | undefined;
    const next = new Map<Unit, boolean>();
    for (const [unit, caught] of level) {
      const safe = caught || (!!unit.fn && catchesAll(unit.fn.ir.body));
      const own = unit.summary?.events.find(
        (e) => e.kind === "llm" && !e.via.length && !e.data?.setup && !e.data?.tool,
      );
      if (own && (!best || unit.key < best.key)) best = { loc: own.loc, q: own.q, caught: safe, key: unit.key };
      for (const to of unit.uses) {
        if (!to.fn || seen.has(to) || onlyReads(unit, to.fn)) continue;
        next.set(to, safe && (next.get(to) ?? true));
      }
    }
    if (best) return best;
    for (const unit of next.keys()) seen.add(unit);
    level = next;
  }
  return undefined;
}

/** Whether a unit reads what another function put somewhere, and does not call it. */
const onlyReads = (unit: Unit, fn: FunctionDef): boolean => unit.heard.has(fn.key) && !unit.called.has(fn.key);

/** What `modelReached` asks of one unit, as a text: whom it calls, the model calls that stand in it, and whether it catches. */
export function reachOf(u: Unit): string {
  const out: string[] = u.fn && catchesAll(u.fn.ir.body) ? ["try"] : [];
  for (const d of u.uses) if (d.fn && !onlyReads(u, d.fn)) out.push(d.key);
  for (const e of u.summary?.events ?? []) if (e.kind === "llm" && !e.via.length) out.push(`${e.loc.id} ${e.q}`);
  return out.join();
}

/** A `try` somewhere in the body that catches more than one library's errors. */
const catchesAll = (body: readonly Stmt[]): boolean => wordsOf(body).catches;
