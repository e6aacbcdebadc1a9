/** What frameworks check before the app has a value: converters of routes, fields with a bound, decorators that validate. */
import type { Expr } from "../ir.js";
import { lastNameOf } from "../last-name.js";
import type { ClassDef, FunctionDef, ModuleDef } from "../names/definitions.js";
import { holdsNoText } from "./classes.js";
import { entryOf } from "./entries.js";
import { Env } from "./env.js";
import { Frame } from "./frame.js";
import { type Label, type Loc, stepsOf } from "./labels.js";
import type { Program } from "./program.js";
import type { Value } from "./value.js";

/** Names of decorators that refuse what does not fit a schema. */
const VALIDATING =
  /valid|schema|expects_json|use_args|use_kwargs|^(input|arguments|expect|marshal_with_input|parse_json|json_required|require_json\w*|requires_\w*json\w*|require_\w*fields?)$/i;
/** Forms and serializers check what they hand out; a parser of arguments knows their types. */
const VALIDATED = /validated_data|cleaned_data|parse_args/;

type Param = FunctionDef["ir"]["params"][number];

interface Origin {
  fn: FunctionDef;
  param: Param | undefined;
}

/** The function that a value came into the app with, and its parameter where it was one. */
function originOf(program: Program, l: Label): Origin | undefined {
  const origin = stepsOf(l.step)[0]?.loc;
  return origin && parameterAt(program, origin);
}

/** The function around a place, and its parameter where it stands there. */
function parameterAt(program: Program, origin: Loc): Origin | undefined {
  const mod = program.modules.get(origin.chunk.file);
  if (!mod) return undefined;
  const at = origin.chunk.base + origin.s;
  let fn: FunctionDef | undefined;
  for (const f of mod.functions) {
    const { base } = f.ir.chunk;
    // The innermost function around the place.
    if (base + f.ir.s <= at && base + f.ir.e > at && (!fn || f.ir.e - f.ir.s <= fn.ir.e - fn.ir.s)) fn = f;
  }
  const found = fn;
  return found && { fn: found, param: found.ir.params.find((p) => found.ir.chunk.base + p.s === at) };
}

/** Whether the value was checked before the code of the app had it. */
export function checksInput(program: Program, l: Label): boolean {
  if (VALIDATED.test(l.what)) return true;
  const origin = originOf(program, l);
  if (!origin) return false;
  const { fn, param } = origin;
  if ([...fn.ir.decorators, ...(fn.cls?.ir.decorators ?? [])].some((d) => VALIDATING.test(lastOf(d)))) return true;
  return param !== undefined && parameterChecked(program, fn, param, l.path);
}

interface Declared {
  annotation: Expr;
  module: ModuleDef;
  chunk: FunctionDef["ir"]["chunk"];
}

/** What the schema of a request declares a value as, through the fields of schemas inside it; undefined where none does. */
function declaredAs(program: Program, l: Label): Declared | undefined {
  const origin = originOf(program, l);
  if (!origin?.param?.ann) return undefined;
  let at: Declared = { annotation: origin.param.ann, module: origin.fn.module, chunk: origin.fn.ir.chunk };
  for (const name of l.path.filter((p) => !p.startsWith("[") && !WHOLE.test(p))) {
    const v = declaredValue(program, at);
    if (/^(value|name)$/.test(name) && isEnum(program, v)) break;
    const owners = [...v.types, ...(v.elem?.types ?? [])].flatMap((t) =>
      t.k === "inst" ? program.classes.mro(t.cls) : [],
    );
    const owner = owners.find((c) => c.attributes.get(name)?.annotation);
    const next = owner?.attributes.get(name)?.annotation;
    if (!owner || !next) return undefined;
    at = { annotation: next, module: owner.module, chunk: owner.ir.chunk };
  }
  return at;
}

function isEnum(program: Program, v: Value): boolean {
  const classes = v.types.flatMap((t) => (t.k === "inst" ? [t.cls] : []));
  return classes.length > 0 && classes.every((c) => program.classes.libraryBases(c).some((q) => /Enum$/.test(q)));
}

const declaredValue = (program: Program, { annotation, module, chunk }: Declared): Value =>
  program.classes.annotated(new Frame(program, module, undefined, chunk), new Env(new Map(), undefined), annotation);

/**
 * The values that a field of a request's schema may have, where its annotation is a `Literal`.
 * @returns undefined where it may have any
 */
export function choicesOf(program: Program, l: Label): readonly string[] | undefined {
  const declared = declaredAs(program, l);
  return declared && literals(declared.annotation);
}

/** Whether a request's schema lets nothing through that somebody wrote freely: a number, a date, one of some choices. */
export function isChosen(program: Program, l: Label): boolean {
  const declared = declaredAs(program, l);
  if (!declared) return false;
  if (literals(declared.annotation) || holdsNoText(declared.annotation)) return true;
  return isEnum(program, declaredValue(program, declared));
}

/** The texts of `Literal["a", "b"]`, also under `Optional` and beside `None`. */
function literals(x: Expr): readonly string[] | undefined {
  if (x.k === "bin" && x.op === "|") {
    const sides = [x.l, x.r].filter((y) => !(y.k === "const" && y.t === "none"));
    return sides.length === 1 && sides[0] ? literals(sides[0]) : undefined;
  }
  if (x.k !== "sub") return undefined;
  if (lastOf(x.o) === "Optional") return literals(x.i);
  if (lastOf(x.o) !== "Literal") return undefined;
  const xs = x.i.k === "tuple" ? x.i.xs : [x.i];
  const texts = xs.flatMap((y) => (y.k === "const" && typeof y.v === "string" ? [y.v] : []));
  return texts.length === xs.length ? texts : undefined;
}

/** Whether a value is what a dependency of the route gives: the caller's account, a session of the database. */
export function saysWhoCalls(program: Program, l: Label): boolean {
  return stepsOf(l.step).some(({ loc }) => {
    const param = parameterAt(program, loc)?.param;
    return [param?.def, param?.ann].some((x) => x && asksDependency(x));
  });
}

function asksDependency(x: Expr): boolean {
  if (x.k === "call") return /^(Depends|Security)$/.test(lastOf(x));
  if (x.k !== "sub") return false;
  return (x.i.k === "tuple" ? x.i.xs : [x.i]).some(asksDependency);
}

function parameterChecked(program: Program, fn: FunctionDef, p: Param, path: readonly string[]): boolean {
  if (!takesBody(program, fn, p.name)) return true;
  if ([p.ann, p.def].some((x) => x && bounded(fn.module, x))) return true;
  if (!p.ann) return false;
  const frame = new Frame(program, fn.module, undefined, fn.ir.chunk);
  const types = program.classes.annotated(frame, new Env(new Map(), undefined), p.ann).types;
  return types.some((t) => t.k === "inst" && fieldChecked(program, t.cls, path, 0));
}

/** Whether a route's parameter may be anything: one of the address has a converter, and is there. */
function takesBody(program: Program, fn: FunctionDef, name: string): boolean {
  if (entryOf(program, fn, fn.cls)?.model.kind === "websocket") return true;
  const inPath = new RegExp(`\\{${name}[}:]|[<:]${name}>`);
  if (fn.ir.decorators.some((d) => d.k === "call" && d.args.some((a) => a.k === "const" && inPath.test(String(a.v)))))
    return false;
  return fn.module.ir.body.some(
    (s) =>
      (s.k === "from" && !s.level && BODIES.test(s.module)) ||
      (s.k === "import" && s.names.some((n) => BODIES.test(n.name))),
  );
}

/** Frameworks that hand query and body to a function's parameters. */
const BODIES = /^(fastapi|ninja|ninja_extra|litestar)(\.|$)/;

const BOUND = /^(max_length|min_length|pattern|regex|max_items|gt|ge|lt|le|multiple_of|max_digits|choices|enum)$/;
const NARROW =
  /^(Literal|constr|conlist|conint|StringConstraints|EmailStr|HttpUrl|AnyUrl|UUID\d?|int|float|bool|date|datetime|time|Decimal|Enum|PositiveInt)$/;

/** Whether an annotation or default bounds the value, itself or through a name of the module. */
function bounded(mod: FunctionDef["module"], x: Expr, depth = 0): boolean {
  if (depth > 6) return false;
  const inner = (y: Expr): boolean => bounded(mod, y, depth + 1);
  switch (x.k) {
    case "name": {
      if (NARROW.test(x.id)) return true;
      const alias = mod.ir.body.find((s) => s.k === "assign" && s.targets.some((t) => t.k === "name" && t.id === x.id));
      if (alias?.k === "assign" && alias.v) return inner(alias.v);
      const cls = mod.classes.find((c) => c.name === x.id);
      return cls?.ir.bases.some((b) => /Enum$/.test(lastOf(b))) ?? false;
    }
    case "attr":
      return NARROW.test(x.a);
    case "call":
      return (
        NARROW.test(lastOf(x.f)) ||
        x.kw.some((k) => k.n !== null && BOUND.test(k.n)) ||
        [...x.args, ...x.kw.map((k) => k.x)].some((a) => a.k === "call" && inner(a))
      );
    case "sub": {
      if (/^Literal$/.test(lastOf(x.o))) return true;
      const xs = x.i.k === "tuple" ? x.i.xs : [x.i];
      return xs.some(inner);
    }
    case "bin":
      // `str | None` is bounded where what is no `None` is.
      return [x.l, x.r].filter((y) => !(y.k === "const" && y.t === "none")).every(inner);
    default:
      return false;
  }
}

/** Whether a field of a schema, or of a schema inside it, has a bound or a validator; without a path, every text in it. */
function fieldChecked(program: Program, cls: ClassDef, path: readonly string[], depth: number): boolean {
  if (depth > 5) return false;
  const [head, ...rest] = path.filter((p) => !p.startsWith("["));
  const lineage = program.classes.mro(cls);
  if (lineage.some((c) => c.attributes.has("model_config") && boundsAll(c))) return true;
  if (head === undefined || WHOLE.test(head)) {
    const names = new Set(lineage.flatMap((c) => [...c.attributes.keys()]));
    return names.size > 0 && [...names].every((n) => fieldChecked(program, cls, [n], depth + 1));
  }
  if (lineage.some((c) => [...c.methods.values()].some((m) => m.ir.decorators.some((d) => validates(d, head)))))
    return true;
  for (const c of lineage) {
    const a = c.attributes.get(head);
    if (!a) continue;
    if ([a.annotation, a.value].some((x) => x && bounded(c.module, x))) return true;
    if (!a.annotation) return false;
    const frame = new Frame(program, c.module, undefined, c.ir.chunk);
    const v = program.classes.annotated(frame, new Env(new Map(), undefined), a.annotation);
    const types = [...v.types, ...(v.elem?.types ?? [])];
    return types.some((t) => t.k === "inst" && fieldChecked(program, t.cls, rest, depth + 1));
  }
  return false;
}

/** Methods that give the schema whole. */
const WHOLE = /^(dict|model_dump|model_dump_json|json|copy)$/;

const boundsAll = (c: ClassDef): boolean => {
  const config = c.attributes.get("model_config")?.value;
  return (config?.k === "call" && config.kw.some((k) => k.n === "str_max_length")) ?? false;
};

/** `@field_validator("message")`, `@validator("*")`, `@model_validator(mode="after")`. */
function validates(d: Expr, field: string): boolean {
  const name = lastOf(d);
  if (/^(model_validator|root_validator)$/.test(name)) return true;
  if (!/^(field_validator|validator)$/.test(name) || d.k !== "call") return false;
  return d.args.some((a) => a.k === "const" && (a.v === field || a.v === "*"));
}

/** The last name of a dotted expression, of what is called. */
function lastOf(x: Expr): string {
  if (x.k === "call") return lastOf(x.f);
  return lastNameOf(x);
}
