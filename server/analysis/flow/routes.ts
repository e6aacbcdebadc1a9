/** What stands around a route: whether it reaches a model, who may call it and how often, and who answers when it fails. */
import type { Expr, Stmt } from "../ir.js";
import { lastNameOf } from "../last-name.js";
import type { FunctionDef, ModuleDef } from "../names/definitions.js";
import type { MarkModel } from "../names/model-schema.js";
import type { Models } from "../names/models.js";
import { dirname } from "../names/modules.js";
import { lastWord, namesIn, someNode, wordsOf } from "./body-words.js";
import { entryOf } from "./entries.js";
import { Env } from "./env.js";
import { evalExpr } from "./expr.js";
import { Frame } from "./frame.js";
import type { Loc } from "./labels.js";
import type { Program, Unit } from "./program.js";

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

type MarkKind = "auth" | "rate-limit";

/** What a module says for the whole app. */
interface Guards {
  auth: boolean;
  limit: boolean;
  handler: boolean;
  limiter: boolean;
  /** What holds for the routes of one blueprint or router alone. */
  scoped: readonly Scoped[];
}

/** A guard of a blueprint or a router, by the name that it has in its module. */
interface Scoped {
  kind: MarkKind | "handler";
  router: string;
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
    const { program } = this;
    const guards: Guards = {
      auth: appWide(program, mod, "auth"),
      limit: appWide(program, mod, "rate-limit"),
      handler: hasHandler(program, mod),
      limiter: limiterInUse(program, mod),
      scoped: scopedGuards(program, mod),
    };
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

function isMarked(program: Program, fn: FunctionDef, kind: MarkKind): boolean {
  const marks = program.models.marks.filter((m) => m.kind === kind);
  const frame = new Frame(program, fn.module, undefined, fn.ir.chunk);
  const env = new Env(new Map(), undefined);
  const decorators = [...fn.ir.decorators, ...(fn.cls?.ir.decorators ?? [])];
  for (const d of decorators) if (decoratorMarks(frame, env, d, marks, kind)) return true;
  if (kind === "auth" && dependenciesOf(fn).some((x) => refusesCallers(frame, env, x))) return true;
  const classes = fn.cls ? program.classes.mro(fn.cls) : [];
  for (const c of classes) {
    for (const base of program.classes.libraryBases(c))
      if (marks.some((m) => m.mixin?.some((x) => x === base || program.models.isA(base, x)))) return true;
    for (const m of marks) if (m.attribute && hasAttribute(c.attributes, m.attribute)) return true;
  }
  for (const p of fn.ir.params) {
    // FastAPI: a dependency that by its name asks who is calling.
    const text = [p.def, p.ann].map((x) => (x ? namesIn(x).join(" ") : "")).join(" ");
    if (
      kind === "auth" &&
      /\b(Depends|Security)\b/.test(text) &&
      /user|auth|token|key|principal|permission|session_data|login|verify|admin|current/i.test(
        text.replace(/\b(Depends|Security|Annotated)\b/g, ""),
      )
    )
      return true;
    if (kind === "rate-limit" && /RateLimiter|rate_?limit/i.test(text)) return true;
  }
  return marks.some((m) => bodyMarks(fn, m));
}

function decoratorMarks(frame: Frame, env: Env, d: Expr, marks: readonly MarkModel[], kind: MarkKind): boolean {
  const callee = d.k === "call" ? d.f : d;
  const last = lastNameOf(callee);
  if (d.k === "call" && letsAllIn(d, marks)) return false;
  if (marks.some((m) => m.duck?.includes(last))) return true;
  // `@method_decorator(login_required)`, `@bp.route(..., dependencies=[Depends(...)])`.
  if (d.k === "call") {
    for (const a of [...d.args, ...d.kw.map((k) => k.x)])
      if (namesIn(a).some((n) => marks.some((m) => m.duck?.includes(n)))) return true;
    for (const k of d.kw) {
      const m = marks.find((x) => x.attribute?.name.includes(k.n ?? ""));
      if (m && !namesIn(k.x).some((n) => m.attribute?.except?.includes(n))) return true;
    }
  }
  const v = evalExpr(frame, env, callee);
  // A decorator of the project's own whose wrapper refuses callers.
  if (kind === "auth" && v.types.some((t) => t.k === "fn" && checksCaller(t.fn))) return true;
  return v.types.some((t) => t.k === "ext" && marks.some((m) => m.decorator?.includes(t.q)));
}

/** `@permission_classes([AllowAny])`: looks like a guard, and is none. */
const letsAllIn = (d: Extract<Expr, { k: "call" }>, marks: readonly MarkModel[]): boolean =>
  marks.some(({ attribute }) => {
    if (!attribute?.except || !attribute.name.includes(lastNameOf(d.f)) || d.args.length !== 1) return false;
    return d.args.every((a) => namesIn(a).every((n) => attribute.except?.includes(n)));
  });

/** Whether a route says of itself that anybody may call it, whatever its app says. */
function isOpenToAll(program: Program, fn: FunctionDef): boolean {
  const marks = program.models.marks.filter((m) => m.kind === "auth");
  const decorators = [...fn.ir.decorators, ...(fn.cls?.ir.decorators ?? [])];
  if (decorators.some((d) => marks.some((m) => m.opens?.includes(lastNameOf(d.k === "call" ? d.f : d))))) return true;
  if (decorators.some((d) => d.k === "call" && letsAllIn(d, marks))) return true;
  for (const { attribute } of fn.cls ? marks : [])
    for (const name of attribute?.except ? attribute.name : []) {
      const value = fn.cls?.attributes.get(name)?.value;
      if ((value?.k === "list" || value?.k === "tuple") && namesIn(value).every((n) => attribute?.except?.includes(n)))
        return true;
    }
  return false;
}

/** What FastAPI runs before a route, by its parameters and the `dependencies` of its decorator. */
function dependenciesOf(fn: FunctionDef): Expr[] {
  const out: Expr[] = [];
  const look = (x: Expr | null | undefined): void => {
    if (x?.k === "call" && /^(?:Depends|Security)$/.test(lastNameOf(x.f))) {
      const what = x.args[0] ?? x.kw.find((k) => k.n === "dependency")?.x;
      if (what) out.push(what);
    } else if (x?.k === "list" || x?.k === "tuple") x.xs.forEach(look);
    else if (x?.k === "sub" && x.i.k === "tuple") x.i.xs.forEach(look);
  };
  for (const d of fn.ir.decorators) if (d.k === "call") for (const k of d.kw) if (k.n === "dependencies") look(k.x);
  for (const p of fn.ir.params) [p.def, p.ann].forEach(look);
  return out;
}

/** Whether a dependency of the app's own answers 401 or 403 to some callers, or one that it rests on does. */
function refusesCallers(frame: Frame, env: Env, x: Expr, depth = 0): boolean {
  return evalExpr(frame, env, x).types.some(
    (t) =>
      t.k === "fn" &&
      (checksCaller(t.fn) ||
        (depth < MAX_DEPENDENCIES &&
          dependenciesOf(t.fn).some((y) =>
            refusesCallers(new Frame(frame.program, t.fn.module, undefined, t.fn.ir.chunk), env, y, depth + 1),
          ))),
  );
}

/** Dependencies of dependencies that are looked at. */
const MAX_DEPENDENCIES = 2;

function hasAttribute(
  attributes: ReadonlyMap<string, { value: Expr | null }>,
  wanted: NonNullable<MarkModel["attribute"]>,
): boolean {
  for (const name of wanted.name) {
    const a = attributes.get(name);
    if (!a?.value) continue;
    const values = namesIn(a.value);
    if (values.length && !values.every((v) => wanted.except?.includes(v))) return true;
  }
  return false;
}

function bodyMarks(fn: FunctionDef, m: MarkModel): boolean {
  if (!m.call && !m.reads) return false;
  const { calls, names, attributes } = wordsOf(fn.ir.body);
  return (
    (m.call?.some((q) => calls.has(lastPart(q))) ?? false) ||
    (m.reads?.some((q) => {
      const last = lastPart(q);
      if (!names.has(last) && !attributes.has(last)) return false;
      if (last === "is_authenticated") return branchesOnCaller(fn.ir.body);
      return last !== "session" || asksSessionForCaller(fn.ir.body);
    }) ??
      false)
  );
}

const CALLER_KEY = /user|log|auth|mail|account|admin|member|token|role|customer|employee|uid|(?:^|_)id$/i;

/** Whether a session is asked who calls, and not for something that it keeps: `session["cart"]` says nothing of the caller. */
function asksSessionForCaller(body: readonly Stmt[]): boolean {
  let others = false;
  const isSession = (x: Expr): boolean => lastWord(x) === "session" && x.k !== "call";
  const asks = someNode(body, (n) => {
    const x = n as Expr;
    const key =
      x.k === "sub" && isSession(x.o)
        ? x.i
        : x.k === "call" && x.f.k === "attr" && isSession(x.f.o)
          ? x.args[0]
          : undefined;
    if (key?.k !== "const" || typeof key.v !== "string") return key !== undefined;
    others = true;
    return CALLER_KEY.test(key.v);
  });
  return asks || !others;
}

const lastPart = (q: string): string => q.slice(q.lastIndexOf(".") + 1);

const REFUSALS = /^HTTP_40[13]_|^(PermissionDenied|Unauthorized|Forbidden)$/;
const REFUSING_MEMBERS = /^HTTP_40[13]_/;
const CALLER_CHECKS =
  /^(require|check|verify|validate|authenticate|authorize|ensure|get|is)_?(current_|authenticated_)?(auth\w*|user|token|api_?key|jwt|session|permission\w*|login|admin|logged_in|access|signature)$/i;

/** The body itself refuses callers: it answers 401 or 403, or asks a function that by its name does. */
function checksCaller({ ir: { body } }: FunctionDef): boolean {
  let out = checking.get(body);
  if (out === undefined) {
    out = mayRefuse(body);
    checking.set(body, out);
  }
  return out;
}

/** By body, which stays the same object while its text does: all functions of a module are asked at each keystroke. */
const checking = new WeakMap<readonly Stmt[], boolean>();

function mayRefuse(body: readonly Stmt[]): boolean {
  const { numbers, names, attributes, calls } = wordsOf(body);
  return (
    numbers.has(401) ||
    numbers.has(403) ||
    anyOf(names, REFUSALS) ||
    anyOf(attributes, REFUSING_MEMBERS) ||
    (attributes.has("is_authenticated") && branchesOnCaller(body)) ||
    anyOf(calls, CALLER_CHECKS)
  );
}

const refusing = new WeakMap<object, string>();

/** The functions of a module that refuse callers, as a text. */
export function refusersIn(mod: ModuleDef): string {
  let out = refusing.get(mod.ir);
  if (out === undefined) {
    out = mod.functions
      .filter(checksCaller)
      .map((fn) => fn.key)
      .join();
    refusing.set(mod.ir, out);
  }
  return out;
}

/** Whether what is done, and not only what is said, depends on who calls: `if not current_user.is_authenticated:`. */
const branchesOnCaller = (body: readonly Stmt[]): boolean =>
  someNode(
    body,
    (n) =>
      "k" in n &&
      n.k === "if" &&
      "c" in n &&
      someNode(n.c, (x) => "k" in x && x.k === "attr" && "a" in x && x.a === "is_authenticated"),
  );

function anyOf(words: ReadonlySet<string>, form: RegExp): boolean {
  for (const w of words) if (form.test(w)) return true;
  return false;
}

interface Marked {
  /** Last names of settings that hold for every route. */
  variables: readonly string[];
  /** Decorators that are known by their name alone. */
  ducks: ReadonlySet<string>;
}

const marked = new WeakMap<Models, Record<MarkKind, Marked>>();

/** What marks routes by name, put together once: a module is asked for it at each keystroke. */
function markedBy(models: Models): Record<MarkKind, Marked> {
  let out = marked.get(models);
  if (!out) {
    const of = (kind: MarkKind): Marked => {
      const marks = models.marks.filter((m) => m.kind === kind);
      return {
        variables: marks.flatMap((m) => m.variable ?? []).map(lastPart),
        ducks: new Set(marks.flatMap((m) => m.duck ?? [])),
      };
    };
    out = { auth: of("auth"), "rate-limit": of("rate-limit") };
    marked.set(models, out);
  }
  return out;
}

/** Guards of the whole app: hooks before each request, permission and throttle defaults, routers with dependencies. */
function appWide(program: Program, mod: ModuleDef, kind: MarkKind): boolean {
  const { variables } = markedBy(program.models)[kind];
  const routers = routersOf(mod);
  const isOwn = (fn: FunctionDef) => routers.has(hookedTo(fn, "before_request") ?? "");
  if (kind === "auth" && mod.functions.some((fn) => !isOwn(fn) && isGuardHook(program, fn))) return true;
  const marks = (node: object): boolean => settingMarks(node, kind, variables);
  // What a factory makes holds for its app as well.
  const makes = (fn: FunctionDef): boolean => {
    const { calls } = wordsOf(fn.ir.body);
    return MAKERS.some((name) => calls.has(name)) && someNode(fn.ir.body, marks);
  };
  const body = mod.ir.body.filter((s) => !routers.has(makesRouter(s) ?? ""));
  return someNode(body, marks, true) || mod.functions.some((fn) => !fn.cls && makes(fn));
}

const ROUTER = /^(?:Blueprint|APIRouter)$/;

/** The name that a statement of a module gives to a blueprint or a router that it makes. */
const makesRouter = (s: Stmt): string | undefined =>
  s.k === "assign" && s.v?.k === "call" && ROUTER.test(lastNameOf(s.v.f)) && s.targets[0]?.k === "name"
    ? s.targets[0].id
    : undefined;

const madeRouters = new WeakMap<readonly Stmt[], ReadonlyMap<string, Stmt>>();

/** The blueprints and routers that a module makes, by name, but for those that take in others: they speak for these, too. */
function routersOf({ ir: { body }, functions }: ModuleDef): ReadonlyMap<string, Stmt> {
  let out = madeRouters.get(body);
  if (!out) {
    const made = new Map<string, Stmt>();
    for (const s of body) {
      const name = makesRouter(s);
      if (name !== undefined) made.set(name, s);
    }
    if (made.size) someNode(body, (node) => takesIn(node, made), true);
    for (const fn of made.size ? functions : []) {
      const { calls } = wordsOf(fn.ir.body);
      if (calls.has("include_router") || calls.has("register_blueprint"))
        someNode(fn.ir.body, (node) => takesIn(node, made));
    }
    madeRouters.set(body, made);
    out = made;
  }
  return out;
}

/** Strikes off a router that takes in others: `api.include_router(users)`. @returns false, so that all nodes are looked at */
function takesIn(node: object, made: Map<string, Stmt>): false {
  if ("k" in node && node.k === "call" && "f" in node) {
    const f = node.f as Expr;
    if (f.k === "attr" && /^(?:include_router|register_blueprint)$/.test(f.a) && f.o.k === "name") made.delete(f.o.id);
  }
  return false;
}

/** What a decorator makes a function a hook of: `bp` of `@bp.before_request`. */
function hookedTo(fn: FunctionDef, hook: string): string | undefined {
  for (const d of fn.ir.decorators) {
    const f = d.k === "call" ? d.f : d;
    if (f.k === "attr" && f.a === hook && f.o.k === "name") return f.o.id;
  }
  return undefined;
}

/** Guards of the blueprints and routers that a module makes, which say nothing of the routes of others. */
function scopedGuards(program: Program, mod: ModuleDef): Scoped[] {
  const out: Scoped[] = [];
  const own = routersOf(mod);
  for (const [router, made] of own)
    for (const kind of ["auth", "rate-limit"] as const) {
      const { variables } = markedBy(program.models)[kind];
      if (someNode([made], (node) => settingMarks(node, kind, variables), true)) out.push({ kind, router });
    }
  if (!own.size) return out;
  for (const fn of mod.functions) {
    const guarded = hookedTo(fn, "before_request");
    if (guarded !== undefined && own.has(guarded) && isGuardHook(program, fn))
      out.push({ kind: "auth", router: guarded });
    const handled = hookedTo(fn, "errorhandler");
    if (handled !== undefined && own.has(handled) && fn.ir.decorators.every(catchesMost))
      out.push({ kind: "handler", router: handled });
  }
  return out;
}

/** Calls that say something for an app or a router. */
const MAKERS = ["Limiter", "FastAPI", "APIRouter", "include_router"];

/** What the body says is known for as long as it stays the same, and costs less than asking who calls the function. */
const isGuardHook = (program: Program, fn: FunctionDef): boolean =>
  (fn.ir.decorators.length > 0 || program.registered.has(fn.key)) &&
  refuses(fn) &&
  entryOf(program, fn, fn.cls)?.model.kind === "before-request";

/** The body may answer in place of a route. */
function refuses(fn: FunctionDef): boolean {
  const { calls } = wordsOf(fn.ir.body);
  return calls.has("abort") || calls.has("redirect") || checksCaller(fn);
}

function settingMarks(node: object, kind: MarkKind, variables: readonly string[]): boolean {
  if (!("k" in node)) return false;
  if (node.k === "const" && "v" in node && typeof node.v === "string") {
    if (variables.includes(node.v)) return true;
    return kind === "auth" && /LoginRequiredMiddleware$/.test(node.v);
  }
  if (node.k !== "call" || !("f" in node) || !("kw" in node) || !Array.isArray(node.kw)) return false;
  const callee = lastWord(node.f);
  const keywords = node.kw.map((k: { n?: unknown }) => String(k.n));
  if (callee === "Limiter")
    return kind === "rate-limit" && keywords.some((k) => k === "default_limits" || k === "application_limits");
  if (!/^(FastAPI|APIRouter|include_router)$/.test(callee)) return false;
  const given = node.kw.find((k: { n?: unknown }) => k.n === "dependencies") as { x: Expr } | undefined;
  if (!given) return false;
  const limits = namesIn(given.x).filter((n) => !/^(?:Depends|Security)$/.test(n));
  // A dependency that counts requests asks nobody who they are.
  return limits.some((n) => /limit|throttl/i.test(n)) ? kind === "rate-limit" : kind === "auth";
}

function limiterInUse(program: Program, mod: ModuleDef): boolean {
  const { ducks } = markedBy(program.models)["rate-limit"];
  return mod.functions.some((fn) => fn.ir.decorators.some((d) => ducks.has(lastWord(d.k === "call" ? d.f : d))));
}

/** A handler of every exception: `errorhandler(Exception)`, `handler500`, `process_exception`. */
function hasHandler(program: Program, mod: ModuleDef): boolean {
  const own = routersOf(mod);
  for (const fn of mod.functions) {
    if (/^(process_exception|handle_exception|exception_handler|custom_exception_handler|handler500)$/.test(fn.name))
      return true;
    if (!fn.ir.decorators.length && !program.registered.has(fn.key)) continue;
    if (own.has(hookedTo(fn, "errorhandler") ?? "")) continue;
    // In a factory the app is a variable of the function.
    if (fn.nested && fn.ir.decorators.some((d) => d.k === "call" && lastWord(d.f) === "errorhandler" && catchesMost(d)))
      return true;
    if (fn.ir.decorators.every(catchesMost) && entryOf(program, fn, fn.cls)?.model.kind === "error-handler")
      return true;
  }
  return definesHandler(mod);
}

const catchesMost = (d: Expr): boolean => {
  const a = d.k === "call" ? d.args[0] : undefined;
  return (
    !a ||
    (a.k === "const"
      ? a.v === 500
      : /^(Exception|BaseException|HTTPException|OpenAIError|APIError|AnthropicError)$/.test(lastWord(a)))
  );
};

const definesHandler = (mod: ModuleDef): boolean =>
  mod.ir.body.some((s) => s.k === "assign" && s.targets.some((t) => t.k === "name" && t.id === "handler500")) ||
  someNode(mod.ir.body, (n) => "k" in n && n.k === "const" && "v" in n && n.v === "EXCEPTION_HANDLER", true);
