/** Functions that a framework calls: which, and what it hands them. */
import type { Expr } from "../ir.js";
import { lastNameOf } from "../last-name.js";
import type { ClassDef, FunctionDef, ModuleDef } from "../names/definitions.js";
import type { EntryModel } from "../names/model-schema.js";
import { Env } from "./env.js";
import { evalExpr } from "./expr.js";
import { Frame } from "./frame.js";
import type { Entry, Program } from "./program.js";

/** How the framework calls the function, or undefined when it does not. */
export function entryOf(
  program: Program,
  fn: FunctionDef,
  selfClass: ClassDef | undefined,
  outer?: Frame,
  outerEnv?: Env,
): Entry | undefined {
  const registered = program.registered.get(fn.key);
  if (registered) return registered;
  if (fn.ir.decorators.length) {
    const frame = outer ?? new Frame(program, fn.module, undefined, fn.ir.chunk);
    const env = outerEnv ?? new Env(new Map(), undefined);
    for (const d of fn.ir.decorators) {
      const found = decoratorEntry(program, frame, env, d);
      if (found && (!found.model.looks || fn.cls || isCalledLikeAView(fn) || looksLikeView(fn))) return found;
    }
  }
  const cls = selfClass ?? fn.cls;
  if (cls && !fn.nested) {
    for (const base of program.classes.libraryBases(cls)) {
      const m = program.models
        .subclasses(base)
        .find((e) => e.subclass!.methods.some((x) => x === fn.name || x === "*"));
      if (m) return { model: m, doubt: 0 };
    }
    if (fn.name === "process_exception" && fn.ir.params.length === 3) return { model: PROCESS_EXCEPTION, doubt: 0 };
    const byClass = program.registeredClasses.get(cls.key);
    if (byClass && /^(get|post|put|patch|delete|dispatch_request|dispatch)$/.test(fn.name)) return byClass;
    return undefined;
  }
  return shapeEntry(program, fn);
}

function decoratorEntry(program: Program, frame: Frame, env: Env, d: Expr): Entry | undefined {
  const callee = d.k === "call" ? d.f : d;
  const last = lastNameOf(callee);
  const v = evalExpr(frame, env, callee);
  const exts = v.types.filter((t) => t.k === "ext");
  for (const t of exts) {
    const [m] = program.models.decorators(t.q, "");
    if (m) return { model: m, doubt: 0 };
  }
  // A project's own or an unseen decorator that by its name hands the function to a model.
  if (/(^|_)tool$/.test(last) && !exts.some((t) => program.models.roots.has(t.q.split(".")[0]!)))
    return { model: TOOL, doubt: 1 };
  // A receiver that is not known may still be an app or a blueprint: `@bp.route("/x")`.
  const unknown = !v.types.length || exts.some((t) => !program.models.roots.has(t.q.split(".")[0]!));
  if (unknown && d.k === "call" && callee.k === "attr") {
    const [m] = program.models.decorators(undefined, last);
    if (m && firstText(d)) return { model: m, doubt: 0 };
  }
  return undefined;
}

const TOOL: EntryModel = { kind: "tool" };

/** Django asks a middleware for it by its name; the class need not be made of any of Django's. */
const PROCESS_EXCEPTION: EntryModel = {
  kind: "error-handler",
  request: { arg: [0, "request"], type: "django.http.HttpRequest" },
  returns: "response",
};

/** Route decorators have a path as their first argument; `@mock.patch("shop.llm.ask")` and `@responses.get("https://...")` have not. */
function firstText(d: Extract<Expr, { k: "call" }>): boolean {
  const a = d.args[0];
  if (a?.k === "const" && typeof a.v === "string" && (/^[A-Za-z_]\w*(?:\.\w+)+$/.test(a.v) || a.v.includes("://")))
    return false;
  return !a || a.k === "const" || a.k === "fstr" || a.k === "bin" || a.k === "name";
}

/** Recognised by its first parameter and what its module imports. */
function shapeEntry(program: Program, fn: FunctionDef): Entry | undefined {
  const first = fn.ir.params[0];
  if (!first || fn.nested || fn.name.startsWith("_")) return undefined;
  for (const e of program.models.shapes) {
    if (!e.shape!.first.includes(first.name)) continue;
    if (importsAny(fn.module, e.shape!.modules) && looksLikeView(fn)) return { model: e, doubt: 1 };
  }
  return undefined;
}

/** Whether a module imports one of the named ones, or a part of it. */
export function importsAny(module: ModuleDef, modules: readonly string[]): boolean {
  for (const s of module.ir.body) {
    if (s.k === "from" && !s.level && modules.some((m) => s.module === m || s.module.startsWith(`${m}.`))) return true;
    if (s.k === "import" && s.names.some((n) => modules.some((m) => n.name === m || n.name.startsWith(`${m}.`))))
      return true;
  }
  return false;
}

const RESPONSES =
  /^(JsonResponse|HttpResponse|StreamingHttpResponse|render|redirect|Response|HttpResponse\w+|FileResponse|exception_handler)$/;

/** `def ask(request)`, `def ask(req: HttpRequest)`. */
const isCalledLikeAView = ({ ir: { params } }: FunctionDef): boolean =>
  !!params[0] && (/req|^_|^r$/i.test(params[0].name) || /Request/.test(params[0].ann ? lastNameOf(params[0].ann) : ""));

/** A view gives a response; a helper that takes the request and gives data is none. */
function looksLikeView(fn: FunctionDef): boolean {
  let found = false;
  const expr = (x: Expr) => {
    const f = x.k === "call" ? x.f : undefined;
    const name = lastNameOf(f);
    if (RESPONSES.test(name)) found = true;
  };
  const walk = (stmts: readonly import("../ir.js").Stmt[]) => {
    for (const s of stmts) {
      if (s.k === "return" && s.x) expr(s.x);
      else if (s.k === "assign" && s.v) expr(s.v);
      else if (s.k === "if" || s.k === "for" || s.k === "while") {
        walk(s.body);
        walk(s.orelse);
      } else if (s.k === "with") walk(s.body);
      else if (s.k === "try") {
        walk(s.body);
        for (const h of s.handlers) walk(h.body);
        walk(s.orelse);
        walk(s.final);
      }
    }
  };
  walk(fn.ir.body);
  return found;
}
