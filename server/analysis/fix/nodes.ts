/** The intermediate form with parents and absolute offsets: what fixes need to find their place and look around. */

import type { Chunk, Expr, FunctionIR, ModuleIR, Span, Stmt } from "../ir.js";
import { blocksOf } from "../names/definitions.js";

/** An expression in its surroundings. Offsets are those of the file. */
export interface Node<T extends Expr = Expr> {
  x: T;
  s: number;
  e: number;
  /** The expression around it; undefined for the outermost one of a statement. */
  parent: Node | undefined;
  stmt: Statement;
}

/** A statement in its surroundings. */
export interface Statement {
  st: Stmt;
  s: number;
  e: number;
  chunk: Chunk;
  /** The statements beside it and its place among them. */
  block: readonly Statement[];
  index: number;
  /** The compound statement around it, within the same function or class body. */
  outer: Statement | undefined;
  scope: Scope;
  /** Its own expressions, outermost ones only; not those of statements inside it. */
  exprs: Node[];
}

/** A function, class body or module. */
export interface Scope {
  kind: "module" | "function" | "class";
  name: string;
  fn: FunctionIR | undefined;
  /** The statement that defines it. */
  def: Statement | undefined;
  parent: Scope | undefined;
  body: Statement[];
}

/** Everything of a module. */
export class Nodes {
  readonly module: Scope = { kind: "module", name: "", fn: undefined, def: undefined, parent: undefined, body: [] };
  readonly statements: Statement[] = [];
  readonly all: Node[] = [];
  readonly scopes: Scope[] = [this.module];
  private readonly byExpr = new Map<Expr, Node>();

  constructor(readonly ir: ModuleIR) {
    const chunk: Chunk = { file: ir.file, base: 0 };
    this.module.body = this.block(ir.body, chunk, this.module, undefined);
  }

  node(x: Expr): Node | undefined {
    return this.byExpr.get(x);
  }

  /** The innermost expressions that cover a span exactly, outermost first. */
  at(s: number, e: number): Node[] {
    return this.all.filter((n) => n.s === s && n.e === e);
  }

  /** The smallest expression that covers a span. */
  covering(s: number, e: number): Node | undefined {
    let best: Node | undefined;
    for (const n of this.all) if (n.s <= s && n.e >= e && (!best || n.e - n.s <= best.e - best.s)) best = n;
    return best;
  }

  /** The smallest statement that covers a span. */
  statementAt(s: number, e: number): Statement | undefined {
    let best: Statement | undefined;
    for (const n of this.statements) if (n.s <= s && n.e >= e && (!best || n.e - n.s <= best.e - best.s)) best = n;
    return best;
  }

  /** Every expression of a function and of those inside it. */
  within(scope: Scope): Node[] {
    return this.all.filter((n) => isInside(n.stmt.scope, scope));
  }

  private block(list: readonly Stmt[], around: Chunk, scope: Scope, outer: Statement | undefined): Statement[] {
    const out: Statement[] = [];
    list.forEach((st, index) => {
      const chunk = st.chunk ?? around;
      const me: Statement = {
        st,
        s: chunk.base + st.s,
        e: chunk.base + st.e,
        chunk,
        block: out,
        index,
        outer,
        scope,
        exprs: [],
      };
      out.push(me);
      this.statements.push(me);
      for (const x of expressionsOf(st)) me.exprs.push(this.expr(x, chunk, me, undefined));
      if (st.k === "def") this.define(me, st.fn, scope);
      else if (st.k === "class") {
        const inner: Scope = { kind: "class", name: st.cls.name, fn: undefined, def: me, parent: scope, body: [] };
        this.scopes.push(inner);
        inner.body = this.block(st.cls.body, st.cls.chunk, inner, undefined);
      } else for (const b of blocksOf(st)) this.block(b, chunk, scope, me);
    });
    return out;
  }

  private define(me: Statement, fn: FunctionIR, parent: Scope): void {
    const inner: Scope = { kind: "function", name: fn.name, fn, def: me, parent, body: [] };
    this.scopes.push(inner);
    inner.body = this.block(fn.body, fn.chunk, inner, undefined);
  }

  private expr(x: Expr, chunk: Chunk, stmt: Statement, parent: Node | undefined): Node {
    const n: Node = { x, s: chunk.base + x.s, e: chunk.base + x.e, parent, stmt };
    this.all.push(n);
    this.byExpr.set(x, n);
    if (x.k === "lambda") {
      for (const b of x.fn.body) for (const inner of expressionsOf(b)) this.expr(inner, x.fn.chunk, stmt, n);
      for (const p of x.fn.params) if (p.def) this.expr(p.def, chunk, stmt, n);
    } else for (const c of childrenOf(x)) this.expr(c, chunk, stmt, n);
    return n;
  }
}

export function isInside(scope: Scope | undefined, outer: Scope): boolean {
  for (let s = scope; s; s = s.parent) if (s === outer) return true;
  return false;
}

/** The function that a statement stands in; undefined at module level and in class bodies. */
export function functionOf(st: Statement): Scope | undefined {
  for (let s: Scope | undefined = st.scope; s; s = s.parent) if (s.kind === "function") return s;
  return undefined;
}

/** Absolute span of a node that counts from a statement's chunk. */
export function spanIn(stmt: Statement, x: Span): { s: number; e: number } {
  return { s: stmt.chunk.base + x.s, e: stmt.chunk.base + x.e };
}

/** Whether a statement, or one around it, stands in the same block after `first`: it runs only when `first` has run. */
export function follows(first: Statement, later: Statement): boolean {
  for (let s: Statement | undefined = later; s; s = s.outer) if (s.block === first.block) return s.index > first.index;
  return false;
}

const some = (...xs: (Expr | null | undefined)[]): Expr[] => xs.filter((x): x is Expr => !!x);

/** The outermost expressions of a statement itself. */
export function expressionsOf(s: Stmt): Expr[] {
  switch (s.k) {
    case "expr":
      return [s.x];
    case "assign":
      return some(...s.targets, s.ann, s.v);
    case "aug":
      return [s.target, s.v];
    case "return":
      return some(s.x);
    case "raise":
      return some(s.x, s.cause);
    case "del":
      return s.xs;
    case "assert":
      return some(s.c, s.msg);
    case "if":
    case "while":
      return [s.c];
    case "for":
      return [s.target, s.iter];
    case "with":
      return s.items.flatMap((i) => some(i.x, i.target));
    case "try":
      return s.handlers.flatMap((h) => some(h.type));
    case "match":
      return [s.x, ...s.cases.flatMap((c) => some(c.guard))];
    case "def":
      return [...s.fn.decorators, ...s.fn.params.flatMap((p) => some(p.ann, p.def)), ...some(s.fn.returns)];
    case "class":
      return [...s.cls.decorators, ...s.cls.bases, ...s.cls.keywords.map((k) => k.x)];
    case "other":
      return s.xs;
    default:
      return [];
  }
}

/** The expressions directly inside an expression. */
export function childrenOf(x: Expr): Expr[] {
  switch (x.k) {
    case "fstr":
      return x.parts.flatMap((p) => (typeof p === "string" ? [] : [p.x]));
    case "attr":
      return [x.o];
    case "sub":
      return [x.o, x.i];
    case "slice":
      return some(...x.parts);
    case "call":
      return [x.f, ...x.args, ...x.kw.map((k) => k.x)];
    case "star":
    case "un":
    case "await":
    case "walrus":
      return [x.x];
    case "bin":
      return [x.l, x.r];
    case "bool":
    case "cmp":
    case "tuple":
    case "list":
    case "set":
    case "unknown":
      return x.xs;
    case "cond":
      return [x.c, x.a, x.b];
    case "dict":
      return x.items.flatMap((i) => some(i.key, i.v));
    case "comp":
      return [x.x, ...some(x.v), ...x.clauses.flatMap((c) => (c.t === "for" ? [c.target, c.iter] : [c.c]))];
    case "yield":
      return some(x.x);
    default:
      return [];
  }
}

/** `a.b.c` of a chain of names and attributes; undefined for anything else. */
export function dotted(x: Expr): string | undefined {
  if (x.k === "name") return x.id;
  if (x.k === "attr") {
    const o = dotted(x.o);
    return o === undefined ? undefined : `${o}.${x.a}`;
  }
  return undefined;
}

/** Every name read in an expression. */
export function namesIn(x: Expr): string[] {
  return x.k === "name" ? [x.id] : childrenOf(x).flatMap(namesIn);
}

/** Names that a statement binds itself: assignment, loop, with, import, except, definition. */
export function bound(st: Stmt): string[] {
  const names = (t: Expr | null | undefined): string[] => {
    if (!t) return [];
    if (t.k === "name") return [t.id];
    if (t.k === "tuple" || t.k === "list") return t.xs.flatMap(names);
    return t.k === "star" ? names(t.x) : [];
  };
  switch (st.k) {
    case "assign":
      return st.v ? st.targets.flatMap(names) : [];
    case "aug":
      return names(st.target);
    case "for":
      return names(st.target);
    case "with":
      return st.items.flatMap((i) => names(i.target));
    case "try":
      return st.handlers.flatMap((h) => (h.name ? [h.name] : []));
    case "import":
      return st.names.map((n) => n.as ?? n.name.split(".")[0]!);
    case "from":
      return st.names.map((n) => n.as ?? n.name);
    case "del":
      return st.xs.flatMap(names);
    case "def":
      return [st.fn.name];
    case "class":
      return [st.cls.name];
    case "match":
      return st.cases.flatMap((c) => c.pattern.binds.map((b) => b.name));
    case "global":
    case "nonlocal":
      return st.names;
    default:
      return [];
  }
}
