/** What marks a single route: decorators, dependencies, mixins, attributes and calls that guard or limit it, or open it to all. */
import type { Expr } from "../ir.js";
import { lastNameOf } from "../last-name.js";
import type { ClassDef, FunctionDef } from "../names/definitions.js";
import type { MarkModel } from "../names/model-schema.js";
import { namesIn, wordsOf } from "./body-words.js";
import { asksSessionForCaller, branchesOnCaller, checksCaller, refusesSockets } from "./caller-checks.js";
import { Env } from "./env.js";
import { evalExpr } from "./expr.js";
import { Frame } from "./frame.js";
import type { Program } from "./program.js";

export type MarkKind = "auth" | "rate-limit";

/** Whether something that stands at a route, its class or in its body is a mark of a kind. */
export function isMarked(program: Program, fn: FunctionDef, kind: MarkKind): boolean {
  const marks = program.models.marks.filter((m) => m.kind === kind);
  const frame = new Frame(program, fn.module, undefined, fn.ir.chunk);
  const env = new Env(new Map(), undefined);
  const decorators = [...fn.ir.decorators, ...(fn.cls?.ir.decorators ?? [])];
  for (const d of decorators) if (decoratorMarks(frame, env, d, marks, kind)) return true;
  if (kind === "auth" && dependenciesOf(fn).some((x) => refusesCallers(frame, env, x))) return true;
  if (kind === "auth" && fn.cls && OPENINGS.some((name) => opensForSome(program, fn.cls!, name))) return true;
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

/** What is run when a socket is opened, before anything is received. */
const OPENINGS = ["connect", "websocket_connect"];

function opensForSome(program: Program, cls: ClassDef, name: string): boolean {
  const opening = program.classes.method(cls, name);
  return opening !== undefined && refusesSockets(opening);
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
    return d.args.every((a) => isExcepted(a, attribute));
  });

/** Whether a route says of itself that anybody may call it, whatever its app says. */
export function isOpenToAll(program: Program, fn: FunctionDef): boolean {
  const marks = program.models.marks.filter((m) => m.kind === "auth");
  const decorators = [...fn.ir.decorators, ...(fn.cls?.ir.decorators ?? [])];
  if (decorators.some((d) => marks.some((m) => m.opens?.includes(lastNameOf(d.k === "call" ? d.f : d))))) return true;
  if (decorators.some((d) => d.k === "call" && letsAllIn(d, marks))) return true;
  for (const { attribute } of fn.cls ? marks : [])
    for (const name of attribute?.except ? attribute.name : []) {
      const value = fn.cls?.attributes.get(name)?.value;
      if (attribute && (value?.k === "list" || value?.k === "tuple") && isExcepted(value, attribute)) return true;
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

type Attribute = NonNullable<MarkModel["attribute"]>;

/** Whether all that a value names are those that guard nothing: `[AllowAny]`. */
const isExcepted = (x: Expr, { except }: Attribute): boolean => namesIn(x).every((n) => except?.includes(n));

function hasAttribute(attributes: ReadonlyMap<string, { value: Expr | null }>, wanted: Attribute): boolean {
  for (const name of wanted.name) {
    const a = attributes.get(name);
    if (!a?.value) continue;
    if (namesIn(a.value).length && !isExcepted(a.value, wanted)) return true;
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

/** The last name of a qualified one. */
export const lastPart = (q: string): string => q.slice(q.lastIndexOf(".") + 1);
