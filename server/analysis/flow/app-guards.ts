/** What a module says for its whole app, or for the routes of one blueprint or router: guards, limits, handlers of errors. */
import type { Expr, Stmt } from "../ir.js";
import { lastNameOf } from "../last-name.js";
import type { FunctionDef, ModuleDef } from "../names/definitions.js";
import type { Models } from "../names/models.js";
import { lastWord, namesIn, someNode, wordsOf } from "./body-words.js";
import { checksCaller } from "./caller-checks.js";
import { entryOf } from "./entries.js";
import type { Program } from "./program.js";
import { lastPart, type MarkKind } from "./route-marks.js";

/** What a module says for the whole app. */
export interface Guards {
  auth: boolean;
  limit: boolean;
  handler: boolean;
  limiter: boolean;
  /** What holds for the routes of one blueprint or router alone. */
  scoped: readonly Scoped[];
}

/** A guard of a blueprint or a router, by the name that it has in its module. */
export interface Scoped {
  kind: MarkKind | "handler";
  router: string;
}

/** What a module says. */
export const guardsIn = (program: Program, mod: ModuleDef): Guards => ({
  auth: appWide(program, mod, "auth"),
  limit: appWide(program, mod, "rate-limit"),
  handler: hasHandler(program, mod),
  limiter: limiterInUse(program, mod),
  scoped: scopedGuards(program, mod),
});

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
export function routersOf({ ir: { body }, functions }: ModuleDef): ReadonlyMap<string, Stmt> {
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
