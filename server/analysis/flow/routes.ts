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
    if (!this.known.has(fn)) this.known.set(fn, endpointOf(this.program, fn, this.appOf(fn.module)));
    return this.known.get(fn);
  }

  private said(): { file: string; guards: Guards }[] {
    this.whole ??= [...this.program.modulesInView()]
      .filter((mod) => this.speaks(mod))
      .map((mod) => ({ file: mod.file, guards: this.guardsOf(mod) }));
    return this.whole;
  }

  /** What holds for the app that a module belongs to. */
  private appOf({ file }: ModuleDef): Guards {
    const folder = dirname(file);
    let out = this.perFolder.get(folder);
    if (!out) {
      out = { auth: false, limit: false, handler: false, limiter: false };
      for (const said of this.said()) {
        if (!this.program.resolver.areTogether(said.file, file)) continue;
        out.auth ||= said.guards.auth;
        out.limit ||= said.guards.limit;
        out.handler ||= said.guards.handler;
        out.limiter ||= said.guards.limiter;
      }
      this.perFolder.set(folder, out);
    }
    return out;
  }

  /** Whether a module says something for the whole app. */
  speaks(mod: ModuleDef): boolean {
    return Object.values(this.guardsOf(mod)).some(Boolean);
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
    authenticated: isMarked(program, fn, "auth") || checksCaller(fn) || app.auth,
    limited: isMarked(program, fn, "rate-limit") || app.limit,
    handled: (reached?.caught ?? false) || catchesAll(fn.ir.body) || app.handler,
    limiterInUse: app.limiter,
  };
}

/** The nearest model call among what the function calls, and whether a `try` stands on the way. */
function modelReached(start: readonly Unit[]): { loc: Loc; q: string; caught: boolean } | undefined {
  const seen = new Set<Unit>(start);
  const queue: { unit: Unit; caught: boolean }[] = start.map((unit) => ({ unit, caught: false }));
  for (let i = 0; i < queue.length && i < 2000; i++) {
    const { unit, caught } = queue[i]!;
    const safe = caught || (!!unit.fn && catchesAll(unit.fn.ir.body));
    const own = unit.summary?.events.find((e) => e.kind === "llm" && !e.via.length && !e.data?.setup && !e.data?.tool);
    if (own) return { loc: own.loc, q: own.q, caught: safe };
    for (const next of unit.uses) {
      if (!next.fn || seen.has(next)) continue;
      // Who reads what another function put somewhere does not call it.
      if (unit.heard.has(next.fn.key) && !unit.called.has(next.fn.key)) continue;
      seen.add(next);
      queue.push({ unit: next, caught: safe });
    }
  }
  return undefined;
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
    (m.reads?.some((q) => names.has(lastPart(q)) || attributes.has(lastPart(q))) ?? false)
  );
}

const lastPart = (q: string): string => q.slice(q.lastIndexOf(".") + 1);

const REFUSALS = /^HTTP_40[13]_|^(PermissionDenied|Unauthorized|Forbidden)$/;
const REFUSING_MEMBERS = /^HTTP_40[13]_|^is_authenticated$/;
const CALLER_CHECKS =
  /^(require|check|verify|validate|authenticate|authorize|ensure|get|is)_?(current_|authenticated_)?(auth\w*|user|token|api_?key|jwt|session|permission\w*|login|admin|logged_in|access|signature)$/i;

/** The body itself refuses callers: it answers 401 or 403, or asks a function that by its name does. */
function checksCaller(fn: FunctionDef): boolean {
  const { numbers, names, attributes, calls } = wordsOf(fn.ir.body);
  return (
    numbers.has(401) ||
    numbers.has(403) ||
    anyOf(names, REFUSALS) ||
    anyOf(attributes, REFUSING_MEMBERS) ||
    anyOf(calls, CALLER_CHECKS)
  );
}

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
  if (kind === "auth" && mod.functions.some((fn) => isGuardHook(program, fn))) return true;
  const marks = (node: object): boolean => settingMarks(node, kind, variables);
  // What a factory makes holds for its app as well.
  const makes = (fn: FunctionDef): boolean => {
    const { calls } = wordsOf(fn.ir.body);
    return MAKERS.some((name) => calls.has(name)) && someNode(fn.ir.body, marks);
  };
  return someNode(mod.ir.body, marks, true) || mod.functions.some((fn) => !fn.cls && makes(fn));
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
  for (const fn of mod.functions) {
    if (/^(process_exception|handle_exception|exception_handler|custom_exception_handler|handler500)$/.test(fn.name))
      return true;
    if (!fn.ir.decorators.length && !program.registered.has(fn.key)) continue;
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
