/** Which methods are meant by one that only says what others do: `class Provider(ABC)`, `class Model(Protocol)`. */
import type { CallExpr, Expr, FunctionIR } from "../ir.js";
import { lastNameOf } from "../last-name.js";
import type { ClassDef, FunctionDef } from "../names/definitions.js";
import type { Args } from "./arguments.js";
import { callFunction } from "./calls.js";
import type { Env } from "./env.js";
import type { Frame } from "./frame.js";
import type { Program } from "./program.js";
import { EMPTY, join, type TypeRef, type Value } from "./value.js";

/** A method and the class on whose instances it is called. */
interface Override {
  fn: FunctionDef;
  cls: ClassDef;
}

/**
 * The methods with a body that classes of the project have in place of one without.
 * @param cls the class of the object that it is called on, as far as that is known
 */
function overridesOf(program: Program, cls: ClassDef, fn: FunctionDef): readonly Override[] {
  const base = fn.cls;
  if (!base || !isStub(fn.ir) || /^__/.test(fn.name)) return [];
  const protocol = program.classes.libraryBases(base).some((q) => /(^|\.)Protocol$/.test(q));
  const wanted = protocol ? [...base.methods.keys()].filter((name) => !name.startsWith("__")) : [];
  return program.overrides(cls, fn.name, protocol).flatMap((key): Override[] => {
    const found = classOf(program, key);
    const method = found?.methods.get(fn.name);
    if (!found || !method || method.binding !== fn.binding || isStub(method.ir)) return [];
    const fits =
      program.classes.mro(found).includes(base) || (protocol && wanted.every((name) => found.methods.has(name)));
    return fits ? [{ fn: method, cls: found }] : [];
  });
}

/**
 * Calls the methods that stand in place of one without a body.
 * @returns what comes out of them, and whether one asks a model; undefined where there are none
 */
export function callOverrides(
  frame: Frame,
  env: Env,
  t: Extract<TypeRef, { k: "fn" }>,
  cls: ClassDef,
  args: Args,
  x: CallExpr,
  name: string,
): { value: Value; asks: boolean } | undefined {
  const { program } = frame;
  const overrides = overridesOf(program, cls, t.fn);
  if (!overrides.length) return undefined;
  const k = t.fn.binding === "class" ? "class" : "inst";
  let value = EMPTY;
  let asks = false;
  for (const { fn, cls } of overrides) {
    const self: Value | undefined = t.self && { ...t.self, types: [{ k, cls }] };
    value = join(value, callFunction(frame, env, { ...t, fn, self }, args, x, name));
    asks ||= program.summary(fn, cls).events.some((e) => e.kind === "llm");
  }
  return { value, asks };
}

function classOf(program: Program, key: string): ClassDef | undefined {
  return program.module(key.slice(0, key.indexOf("::")))?.classes.find((c) => c.key === key);
}

/** A body that does nothing but refuse, answer with a constant or log. */
export function isStub(fn: FunctionIR): boolean {
  return fn.body.every(
    (s) =>
      s.k === "pass" ||
      s.k === "raise" ||
      (s.k === "return" &&
        (s.x === null || s.x.k === "const" || (s.x.k === "fstr" && !s.x.parts.some((p) => typeof p !== "string")))) ||
      (s.k === "expr" && (s.x.k === "const" || isLogging(s.x))),
  );
}

function isLogging(x: Expr): boolean {
  if (x.k !== "call") return false;
  const name = lastNameOf(x.f);
  return /^(print|debug|info|warning|warn|error|exception|critical|log)$/.test(name);
}
