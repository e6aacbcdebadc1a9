/** The edit that people make most: inside the body of one function. Nothing else of its module has to be looked at. */
import type { ClassIR, FunctionIR, ModuleIR, Stmt } from "../ir.js";
import {
  blocksOf,
  type ClassDef,
  type FunctionDef,
  type ModuleDef,
  moduleWritesOf,
  selfWritesOf,
} from "../names/definitions.js";
import { sameList } from "../same-list.js";
import type { StatementDiff } from "../syntax/index.js";
import { classHead, headerOf } from "./outline.js";

/**
 * Brings a module's definitions up to date where a change touched one function's body and nothing that others see.
 * @param ir the module's form after the change
 * @param diff the statements that the change brought and took
 * @returns the function; undefined where there is more to do, and nothing was changed
 */
export function replaceBody(mod: ModuleDef, ir: ModuleIR, diff: StatementDiff): FunctionDef | undefined {
  const came = oneOf(diff.changed);
  const went = oneOf(diff.removed);
  if (!came || !went || !sameButOne(ir.body, mod.ir.body)) return undefined;
  const fn = mod.byNode.get(went.fn);
  if (fn?.kind !== "function" || fn.nested || fn.ir !== went.fn || !sameForOthers(came.fn, went.fn)) return undefined;
  let cls: ClassDef | undefined;
  if (came.cls || went.cls) {
    const own = went.cls && mod.byNode.get(went.cls);
    if (!came.cls || own?.kind !== "class" || fn.cls !== own || !sameClass(came.cls, own.ir, came.fn, went.fn))
      return undefined;
    cls = own;
  } else if (fn.cls) return undefined;
  mod.ir = ir;
  fn.ir = came.fn;
  mod.byNode.delete(went.fn);
  mod.byNode.set(came.fn, fn);
  if (cls && came.cls && went.cls) {
    cls.ir = came.cls;
    mod.byNode.delete(went.cls);
    mod.byNode.set(came.cls, cls);
  }
  return fn;
}

/** Whether two bodies are the same but for one statement: those that only changed places neither came nor went. */
const sameButOne = (a: readonly Stmt[], b: readonly Stmt[]): boolean =>
  a.length === b.length && a.reduce((others, s, i) => others + Number(s !== b[i]), 0) <= 1;

/** A function and, for a method, its class, where a list of statements is just that. */
function oneOf(list: readonly Stmt[]): { fn: FunctionIR; cls: ClassIR | undefined } | undefined {
  let fn: FunctionIR | undefined;
  let cls: ClassIR | undefined;
  for (const s of list) {
    if (s.k === "def" && !fn) fn = s.fn;
    else if (s.k === "class" && !cls) cls = s.cls;
    else return undefined;
  }
  return fn && { fn, cls };
}

const sameForOthers = (a: FunctionIR, b: FunctionIR): boolean =>
  headerOf(a) === headerOf(b) &&
  !defines(a.body) &&
  !defines(b.body) &&
  sameList(moduleWritesOf(a), moduleWritesOf(b)) &&
  sameList(selfWritesOf(a), selfWritesOf(b));

const defines = (body: readonly Stmt[]): boolean =>
  body.some((s) => s.k === "def" || s.k === "class" || blocksOf(s).some(defines));

const sameClass = (a: ClassIR, b: ClassIR, came: FunctionIR, went: FunctionIR): boolean =>
  classHead(a) === classHead(b) &&
  a.body.length === b.body.length &&
  a.body.every((s, i) => {
    const t = b.body[i];
    return s === t || (s.k === "def" && s.fn === came && t?.k === "def" && t.fn === went);
  });
