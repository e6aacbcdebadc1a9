/** Functions, lambdas, classes and their parameters. */
import type { Node } from "web-tree-sitter";
import type { ClassIR, Expr, FunctionIR, Param, Stmt } from "../ir.js";
import { readArguments } from "./expressions.js";
import type { ExprHandler, StmtHandler } from "./grammar.js";
import type { Lowerer } from "./lowerer.js";

/** First line of a docstring. */
function docOf(body: readonly Stmt[]): string | undefined {
  const first = body[0];
  if (first?.k !== "expr" || first.x.k !== "const" || first.x.t !== "str") return undefined;
  return String(first.x.v).trim().split("\n", 1)[0];
}

function readParams(lo: Lowerer, list: Node): Param[] {
  const out: Param[] = [];
  const { grammar, base, text } = lo;
  let keywordOnly = false;
  for (const node of list.namedChildren) {
    const type = node.typeId;
    if (lo.isExtra(type)) continue;
    const s = node.startIndex - base;
    const e = node.endIndex - base;
    const source = text.slice(node.startIndex, node.endIndex);
    if (source === "*") {
      keywordOnly = true;
      continue;
    }
    if (source === "/") {
      for (const param of out) param.kind = "pos";
      continue;
    }
    if (type === grammar.identifier) {
      out.push({ name: source, kind: keywordOnly ? "kwonly" : "normal", s, e });
      continue;
    }
    // `*args` is a splat itself; in `*args: int` and `x = 1` the name, or the splat, is the first child.
    const kids = lo.kids(node);
    const holder = type === grammar.listSplatPattern || type === grammar.dictionarySplatPattern ? node : kids[0];
    if (holder === undefined) continue;
    const stars = text.startsWith("**", holder.startIndex) ? 2 : text.startsWith("*", holder.startIndex) ? 1 : 0;
    const name = stars === 0 ? holder : (lo.kids(holder, 1)[0] ?? holder);
    const kind = stars === 2 ? "kwarg" : stars === 1 ? "vararg" : keywordOnly ? "kwonly" : "normal";
    if (stars === 1) keywordOnly = true;
    const param: Param = { name: name.typeId === grammar.identifier ? lo.textOf(name) : "", kind, s, e };
    for (let i = 1; i < kids.length; i++) {
      const kid = kids[i]!;
      const kidType = kid.typeId;
      if (kidType === grammar.type) param.ann = lo.exprOfType(kid, kidType);
      else param.def = lo.exprOfType(kid, kidType);
    }
    out.push(param);
  }
  return out;
}

/** Lowers `def`; `whole` is the decorated definition where there is one. */
function lowerFunction(lo: Lowerer, node: Node, decorators: Expr[]): FunctionIR {
  const { grammar } = lo;
  const s = node.startIndex - lo.base;
  const fn: FunctionIR = {
    name: "",
    ns: s,
    params: [],
    decorators,
    body: [],
    async: lo.text.startsWith("async", node.startIndex),
    generator: false,
    chunk: lo.chunk,
    s,
    e: node.endIndex - lo.base,
  };
  const outer = lo.sawYield;
  lo.sawYield = false;
  for (const child of lo.kids(node)) {
    const type = child.typeId;
    if (type === grammar.block) fn.body = fn.body.length === 0 ? lo.block(child) : [...fn.body, ...lo.block(child)];
    else if (type === grammar.parameters) fn.params = readParams(lo, child);
    else if (type === grammar.type) fn.returns = lo.exprOfType(child, type);
    else if (type === grammar.identifier && fn.name === "") {
      fn.name = lo.textOf(child);
      fn.ns = child.startIndex - lo.base;
    }
  }
  fn.generator = lo.sawYield;
  lo.sawYield = outer;
  const doc = docOf(fn.body);
  if (doc !== undefined) fn.doc = doc;
  return fn;
}

/** Lowers a class body; for a top-level class each statement gets its own chunk. */
export type BodyLowering = (block: Node) => Stmt[];

function lowerClass(lo: Lowerer, node: Node, decorators: Expr[], body: BodyLowering): ClassIR {
  const { grammar } = lo;
  const s = node.startIndex - lo.base;
  const cls: ClassIR = {
    name: "",
    ns: s,
    decorators,
    bases: [],
    keywords: [],
    body: [],
    chunk: lo.chunk,
    s,
    e: node.endIndex - lo.base,
  };
  for (const child of lo.kids(node)) {
    const type = child.typeId;
    if (type === grammar.block) cls.body = cls.body.length === 0 ? body(child) : [...cls.body, ...body(child)];
    else if (type === grammar.argumentList) readArguments(lo, child, cls.bases, cls.keywords);
    else if (type === grammar.identifier && cls.name === "") {
      cls.name = lo.textOf(child);
      cls.ns = child.startIndex - lo.base;
    }
  }
  const doc = docOf(cls.body);
  if (doc !== undefined) cls.doc = doc;
  return cls;
}

/**
 * Lowers a definition, decorated or not, to its statement, whose span begins at the first decorator.
 * @param classBody how a class's body is lowered; by default into the chunk of the class itself
 */
export function lowerDefinition(lo: Lowerer, whole: Node, out: Stmt[], classBody?: BodyLowering): void {
  const { grammar } = lo;
  const s = whole.startIndex - lo.base;
  const e = whole.endIndex - lo.base;
  let node = whole;
  let type = whole.typeId;
  const decorators: Expr[] = [];
  if (type === grammar.decoratedDefinition) {
    for (const child of lo.kids(whole)) {
      const childType = child.typeId;
      if (childType === grammar.decorator) decorators.push(...lo.exprs(lo.kids(child, 1)));
      else {
        node = child;
        type = childType;
      }
    }
  }
  if (type === grammar.classDefinition) {
    const cls = lowerClass(lo, node, decorators, classBody ?? ((block) => lo.block(block)));
    out.push({ k: "class", cls, s, e });
  } else if (type === grammar.functionDefinition) out.push({ k: "def", fn: lowerFunction(lo, node, decorators), s, e });
  else out.push({ k: "other", xs: decorators, s, e });
}

function lambda(lo: Lowerer, node: Node): Expr {
  const { grammar } = lo;
  const s = node.startIndex - lo.base;
  const e = node.endIndex - lo.base;
  const outer = lo.sawYield;
  lo.sawYield = false;
  let params: Param[] = [];
  const body: Stmt[] = [];
  for (const child of lo.kids(node)) {
    const type = child.typeId;
    if (type === grammar.lambdaParameters) params = readParams(lo, child);
    else {
      const x = lo.exprOfType(child, type);
      body.push({ k: "return", x, s: x.s, e: x.e });
    }
  }
  const generator = lo.sawYield;
  lo.sawYield = outer;
  const fn: FunctionIR = {
    name: "<lambda>",
    ns: s,
    params,
    decorators: [],
    body,
    async: false,
    generator,
    chunk: lo.chunk,
    s,
    e,
  };
  return { k: "lambda", fn, s, e };
}

const definition: StmtHandler = (lo, node, out) => lowerDefinition(lo, node, out);

export const DEFINITION_STATEMENTS: Readonly<Record<string, StmtHandler>> = {
  function_definition: definition,
  class_definition: definition,
  decorated_definition: definition,
};
export const DEFINITION_EXPRESSIONS: Readonly<Record<string, ExprHandler>> = {
  lambda,
  lambda_within_for_in_clause: lambda,
};
