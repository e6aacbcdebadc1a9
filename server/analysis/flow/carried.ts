/** What one turn of a loop hands to the next: only then is a second look at its body worth its time. */
import type { Expr, Pattern, Stmt } from "../ir.js";
import { rootName } from "../names/definitions.js";

const known = new WeakMap<readonly Stmt[], ReadonlySet<string>>();

/**
 * Names that a turn may read before it sets them. What only grows (`out.append(x)`, `text += x`, `d[k] = x`) and is not
 * read otherwise is none of them: a second turn would put in the same.
 * @param head the condition of a `while`, or the target of a `for`
 */
export function carriedBy(body: readonly Stmt[], head: { reads?: Expr; sets?: Expr }): ReadonlySet<string> {
  let out = known.get(body);
  if (!out) {
    const found = new Reads();
    const set = new Set<string>();
    if (head.reads) found.expr(head.reads, set);
    if (head.sets) found.target(head.sets, set);
    found.block(body, set);
    out = found.names;
    known.set(body, out);
  }
  return out;
}

const GROWS = new Set(["append", "extend", "add", "update", "insert", "appendleft", "write", "put", "setdefault"]);

/** Collects names that are read before they are set. `set` holds those that are set by now, whichever way was taken. */
class Reads {
  readonly names = new Set<string>();

  block(body: readonly Stmt[], set: Set<string>): void {
    for (const s of body) this.stmt(s, set);
  }

  /** Statements that may be left out or end early: what they set counts inside of them. */
  private branch(body: readonly Stmt[], set: ReadonlySet<string>): void {
    this.block(body, new Set(set));
  }

  private stmt(s: Stmt, set: Set<string>): void {
    switch (s.k) {
      case "expr":
        this.statementExpression(s.x, set);
        break;
      case "assign":
        if (s.v) this.expr(s.v, set);
        for (const t of s.targets) this.target(t, set);
        break;
      case "aug":
        this.expr(s.v, set);
        this.grown(s.target, set);
        break;
      case "for":
        this.expr(s.iter, set);
        {
          const inside = new Set(set);
          this.target(s.target, inside);
          this.block(s.body, inside);
        }
        this.branch(s.orelse, set);
        break;
      case "while":
      case "if":
        this.expr(s.c, set);
        this.branch(s.body, set);
        this.branch(s.orelse, set);
        break;
      case "with":
        for (const i of s.items) {
          this.expr(i.x, set);
          if (i.target) this.target(i.target, set);
        }
        this.block(s.body, set);
        break;
      case "try":
        this.branch(s.body, set);
        for (const h of s.handlers) {
          if (h.type) this.expr(h.type, set);
          this.branch(h.body, h.name ? new Set([...set, h.name]) : set);
        }
        this.branch(s.orelse, set);
        this.branch(s.final, set);
        break;
      case "match":
        this.expr(s.x, set);
        for (const c of s.cases) {
          const inside = new Set(set);
          bind(c.pattern, inside);
          if (c.guard) this.expr(c.guard, inside);
          for (const v of c.pattern.values) this.expr(v, set);
          this.block(c.body, inside);
        }
        break;
      default:
        // Definitions may read anything when they are called.
        this.expr(s, new Set());
    }
  }

  /** `out.append(x)` reads `x` alone. */
  private statementExpression(x: Expr, set: Set<string>): void {
    if (x.k === "call" && x.f.k === "attr" && GROWS.has(x.f.a) && x.f.o.k === "name") {
      for (const a of x.args) this.expr(a, set);
      for (const k of x.kw) this.expr(k.x, set);
    } else this.expr(x, set);
  }

  /** What is assigned to: a name is set; anything else is a part of what its name holds, which grows. */
  target(t: Expr, set: Set<string>): void {
    if (t.k === "name") set.add(t.id);
    else if (t.k === "tuple" || t.k === "list") for (const x of t.xs) this.target(x, set);
    else this.grown(t, set);
  }

  private grown(t: Expr, set: ReadonlySet<string>): void {
    if (rootName(t) === undefined) this.expr(t, set);
    else for (let x: Expr = t; x.k === "attr" || x.k === "sub"; x = x.o) if (x.k === "sub") this.expr(x.i, set);
  }

  /** Every name anywhere in an expression. */
  expr(node: unknown, set: ReadonlySet<string>): void {
    if (Array.isArray(node)) {
      for (const n of node) this.expr(n, set);
      return;
    }
    if (typeof node !== "object" || node === null) return;
    if ("k" in node && node.k === "name" && "id" in node && typeof node.id === "string") {
      if (!set.has(node.id)) this.names.add(node.id);
      return;
    }
    for (const [key, value] of Object.entries(node)) if (key !== "chunk") this.expr(value, set);
  }
}

function bind(p: Pattern, set: Set<string>): void {
  for (const b of p.binds) set.add(b.name);
}
