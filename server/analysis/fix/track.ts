/**
 * Follows a value through the code after the place where it comes from: names, branches, loops, calls of the project's own
 * functions and back to their callers. Flow-insensitive, so it sees at least what is read; as soon as the value goes where
 * it cannot be followed, the trail is lost and no fix may rest on it.
 */
import type { CallExpr, Expr, FunctionIR } from "../ir.js";
import type { Case } from "./context.js";
import { dotted, functionOf, isInside, type Node, type Scope, type Statement } from "./nodes.js";
import { ListShape, LOST, type Place, type Shape, type Step, TupleShape } from "./shapes.js";

/** A function whose body is looked at. */
interface Unit {
  c: Case;
  scope: Scope;
  names: Map<string, Shape>;
  /** What it returns goes to callers that have to be found. */
  origin: boolean;
  returns: Shape | undefined;
}

const ROUNDS = 8;
const MAX_UNITS = 40;
/** Builtins that say something about a value and keep nothing of it. */
const HARMLESS = new Set(["len", "bool", "isinstance", "type", "id", "any", "all"]);
const SAME = new Set(["list", "tuple", "sorted", "reversed", "iter", "set"]);

export class Tracker {
  lost = false;
  private readonly units: Unit[] = [];
  private readonly results = new Map<string, Shape>();
  private changed = false;

  /** @param starts expressions, and what they hold */
  constructor(
    private readonly home: Case,
    private readonly starts: ReadonlyMap<Expr, Shape>,
  ) {}

  /**
   * Follows the value from a function.
   * @returns whether every use was seen
   */
  run(from: Statement, names: ReadonlyMap<string, Shape> = new Map()): boolean {
    const scope = functionOf(from);
    if (!scope) return false;
    const unit = this.unit(this.home, scope, true);
    for (const [name, shape] of names) unit.names.set(name, shape);
    for (let round = 0; round < ROUNDS && !this.lost; round++) {
      this.changed = false;
      for (let i = 0; i < this.units.length && !this.lost; i++) this.body(this.units[i]!);
      if (!this.changed) return !this.lost;
    }
    return false;
  }

  private unit(c: Case, scope: Scope, origin: boolean): Unit {
    let u = this.units.find((x) => x.c === c && x.scope === scope);
    if (!u) {
      u = { c, scope, names: new Map(), origin: false, returns: undefined };
      this.units.push(u);
      this.changed = true;
      if (this.units.length > MAX_UNITS) this.lost = true;
    }
    if (origin && !u.origin) {
      u.origin = true;
      this.changed = true;
    }
    return u;
  }

  private body(u: Unit): void {
    for (const st of u.c.nodes.statements) {
      if (this.lost) return;
      if (isInside(st.scope, u.scope) || st.scope === u.scope) this.statement(u, st);
    }
  }

  private lose(): undefined {
    this.lost = true;
    return undefined;
  }

  private take(step: Step): Shape | undefined {
    return step === LOST ? this.lose() : step;
  }

  /** The value must not be more than looked at. */
  private end(u: Unit, x: Expr | null | undefined): void {
    if (x && this.value(u, x)) this.lose();
  }

  private bind(u: Unit, target: Expr, v: Shape | undefined): void {
    switch (target.k) {
      case "name": {
        if (!v) return;
        const old = u.names.get(target.id);
        if (!old) {
          u.names.set(target.id, v);
          this.changed = true;
        } else if (old.key !== v.key) this.lose();
        return;
      }
      case "tuple":
      case "list": {
        if (v instanceof TupleShape) for (const [i, t] of target.xs.entries()) this.bind(u, t, v.items[i]);
        else if (v instanceof ListShape) for (const t of target.xs) this.bind(u, t, this.take(v.element()));
        else if (v) this.lose();
        else for (const t of target.xs) this.bind(u, t, undefined);
        return;
      }
      case "attr":
      case "sub":
        if (v) this.lose();
        // Writing to a field reads nothing.
        this.value(u, target.o);
        if (target.k === "sub") this.end(u, target.i);
        return;
      default:
        if (v) this.lose();
    }
  }

  private statement(u: Unit, { st, scope }: Statement): void {
    switch (st.k) {
      case "expr":
        this.value(u, st.x);
        return;
      case "assign": {
        const v = st.v ? this.value(u, st.v) : undefined;
        if (st.v) for (const t of st.targets) this.bind(u, t, v);
        return;
      }
      case "aug":
        this.end(u, st.v);
        this.end(u, st.target);
        return;
      case "return": {
        const v = st.x ? this.value(u, st.x) : undefined;
        if (!v) return;
        if (scope !== u.scope) this.lose();
        else this.returned(u, v);
        return;
      }
      case "for": {
        const v = this.value(u, st.iter);
        this.bind(u, st.target, v && this.take(v.element()));
        return;
      }
      case "with":
        for (const i of st.items) {
          const v = this.value(u, i.x);
          if (i.target) this.bind(u, i.target, v);
        }
        return;
      case "del":
        for (const x of st.xs) if (x.k !== "name") this.end(u, x);
        return;
      case "if":
      case "while":
        this.value(u, st.c);
        return;
      case "assert":
        this.value(u, st.c);
        this.end(u, st.msg);
        return;
      case "raise":
        this.end(u, st.x);
        this.end(u, st.cause);
        return;
      case "match":
        this.end(u, st.x);
        for (const c of st.cases) this.end(u, c.guard);
        return;
      case "global":
      case "nonlocal":
        if (st.names.some((n) => u.names.has(n))) this.lose();
        return;
      case "def":
        for (const p of st.fn.params) this.end(u, p.def);
        return;
      case "other":
        for (const x of st.xs) this.end(u, x);
        return;
      default:
        return;
    }
  }

  private value(u: Unit, x: Expr): Shape | undefined {
    if (this.lost) return undefined;
    const started = u.c === this.home ? this.starts.get(x) : undefined;
    const own = this.parts(u, x);
    return started ?? own;
  }

  private parts(u: Unit, x: Expr): Shape | undefined {
    switch (x.k) {
      case "name":
        return u.names.get(x.id);
      case "const":
        return undefined;
      case "attr":
        return this.value(u, x.o) && this.take(this.value(u, x.o)!.attr(x.a, this.place(u, x)));
      case "sub": {
        const o = this.value(u, x.o);
        if (x.i.k !== "slice") this.end(u, x.i);
        else for (const p of x.i.parts) this.end(u, p);
        if (!o) return undefined;
        if (x.i.k === "slice") return this.take(o.slice());
        return this.take(o.item(keyOf(x.i), this.place(u, x)));
      }
      case "call":
        return this.call(u, x);
      case "await":
        return this.value(u, x.x);
      case "walrus": {
        const v = this.value(u, x.x);
        if (v) this.bind(u, { k: "name", id: x.name, s: x.s, e: x.e }, v);
        return v;
      }
      case "cond": {
        this.value(u, x.c);
        return this.either(this.value(u, x.a), this.value(u, x.b));
      }
      case "bool": {
        let out: Shape | undefined;
        for (const y of x.xs) out = this.either(out, this.value(u, y));
        // `user and user["name"]`: what is looked at first is only tested.
        return x.op === "and" ? this.value(u, x.xs.at(-1)!) : out;
      }
      case "un":
        this.value(u, x.x);
        return undefined;
      case "cmp":
        return this.compare(u, x);
      case "comp":
        return this.comprehension(u, x);
      case "lambda":
        for (const b of x.fn.body) if (b.k === "return" || b.k === "expr") this.end(u, b.x);
        return undefined;
      case "slice":
        for (const p of x.parts) this.end(u, p);
        return undefined;
      case "list":
      case "tuple":
      case "set":
        if (x.k === "tuple" && x.xs.length <= 4) {
          const items = x.xs.map((y) => this.value(u, y));
          return items.some(Boolean) ? new TupleShape(items) : undefined;
        }
        for (const y of x.xs) this.end(u, y);
        return undefined;
      case "fstr":
        for (const p of x.parts) if (typeof p !== "string") this.end(u, p.x);
        return undefined;
      case "dict":
        for (const i of x.items) {
          this.end(u, i.key);
          this.end(u, i.v);
        }
        return undefined;
      case "bin":
        this.end(u, x.l);
        this.end(u, x.r);
        return undefined;
      case "star":
      case "yield":
        this.end(u, x.x);
        return undefined;
      case "unknown":
        for (const y of x.xs) this.end(u, y);
        return undefined;
    }
  }

  private place(u: Unit, x: Expr): Place {
    const n = u.c.nodes.node(x);
    return { file: u.c.file, start: n?.s ?? 0, end: n?.e ?? 0 };
  }

  private either(a: Shape | undefined, b: Shape | undefined): Shape | undefined {
    if (a && b && a.key !== b.key) return this.lose();
    return a ?? b;
  }

  private compare(u: Unit, x: Extract<Expr, { k: "cmp" }>): undefined {
    const [left, right] = x.xs;
    const op = x.ops[0];
    if (x.xs.length === 2 && left && right && (op === "in" || op === "not in")) {
      const container = this.value(u, right);
      this.end(u, left);
      if (container) this.take(container.item(keyOf(left), this.place(u, x)));
      return undefined;
    }
    const none = x.xs.some((y) => y.k === "const" && (y.t === "none" || y.t === "bool"));
    for (const y of x.xs) {
      if (none) this.value(u, y);
      else this.end(u, y);
    }
    return undefined;
  }

  private comprehension(u: Unit, x: Extract<Expr, { k: "comp" }>): Shape | undefined {
    for (const c of x.clauses) {
      if (c.t === "if") this.value(u, c.c);
      else {
        const v = this.value(u, c.iter);
        this.bind(u, c.target, v && this.take(v.element()));
      }
    }
    const v = this.value(u, x.x);
    if (x.v) this.end(u, x.v);
    if (!v) return undefined;
    return x.kind === "dict" ? this.lose() : new ListShape(v);
  }

  private call(u: Unit, x: CallExpr): Shape | undefined {
    const args = x.args.map((a) => (a.k === "star" ? undefined : this.lambdaAware(u, a, x)));
    for (const a of x.args) if (a.k === "star") this.end(u, a);
    const kws = x.kw.map((k) => (k.n === null ? this.end(u, k.x) : this.lambdaAware(u, k.x, x)) ?? undefined);
    const tracked = args.some(Boolean) || kws.some(Boolean);
    if (x.f.k === "attr") {
      const o = this.value(u, x.f.o);
      if (o) {
        // A default that is a followed value (`d.get("a", user)`) would be followed no further.
        if (tracked) return this.lose();
        return this.take(o.method(x.f.a, x, this.place(u, x)));
      }
    }
    const name = dotted(x.f);
    const first = args[0];
    if (x.f.k === "name" && first && args.filter(Boolean).length === 1 && !kws.some(Boolean)) {
      if (HARMLESS.has(x.f.id)) return undefined;
      if (x.f.id === "dict" && x.kw.length === 0) return first;
      if (SAME.has(x.f.id)) return first instanceof ListShape ? new ListShape(first.of) : this.lose();
      if (x.f.id === "next") return this.take(first.element());
      if (x.f.id === "enumerate") {
        const of = this.take(first.element());
        return of && new ListShape(new TupleShape([undefined, of]));
      }
    }
    if (name === undefined) return tracked ? this.lose() : undefined;
    const fn = this.target(u, name);
    if (!fn) return tracked ? this.lose() : undefined;
    if (tracked && !this.enter(u, x, fn, args, kws)) return this.lose();
    return this.results.get(keyOfFunction(fn));
  }

  /** `sorted(users, key=lambda u: u["age"])`: the lambda gets an element of what stands beside it. */
  private lambdaAware(u: Unit, a: Expr, call: CallExpr): Shape | undefined {
    if (a.k !== "lambda") return this.value(u, a);
    const first = call.args[0] && call.args[0] !== a ? call.args[0] : call.f.k === "attr" ? call.f.o : undefined;
    const beside = first && this.value(u, first);
    const p = a.fn.params[0];
    if (beside instanceof ListShape && p) this.bind(u, { k: "name", id: p.name, s: p.s, e: p.e }, beside.of);
    this.value(u, a);
    return undefined;
  }

  /** The project's function that a call calls: a module's function, or a method on `self`. */
  private target(u: Unit, name: string): FunctionIR | undefined {
    const [head, method, ...rest] = name.split(".");
    const cls = u.scope.parent;
    if (method && !rest.length && cls?.kind === "class" && head === u.scope.fn?.params[0]?.name)
      return u.c.nodes.scopes.find((s) => s.parent === cls && s.name === method)?.fn;
    return u.c.cx.functionNamed(u.c.file, name);
  }

  private unitOf(fn: FunctionIR, u: Unit, origin: boolean): Unit | undefined {
    const c = u.c.other(fn.chunk.file);
    const scope = c?.nodes.scopes.find((s) => s.fn && keyOfFunction(s.fn) === keyOfFunction(fn));
    return c && scope && this.unit(c, scope, origin);
  }

  private enter(
    u: Unit,
    x: CallExpr,
    fn: FunctionIR,
    args: readonly (Shape | undefined)[],
    kws: readonly (Shape | undefined)[],
  ): boolean {
    const inner = this.unitOf(fn, u, false);
    if (!inner || fn.generator || x.args.some((a) => a.k === "star")) return false;
    const bound = x.f.k === "attr" && inner.scope.parent?.kind === "class" && !isStatic(fn) ? 1 : 0;
    const params = fn.params.filter((p) => p.kind === "pos" || p.kind === "normal").slice(bound);
    const give = (name: string | undefined, v: Shape | undefined): boolean => {
      if (!v) return true;
      if (name === undefined) return false;
      this.bind(inner, { k: "name", id: name, s: 0, e: 0 }, v);
      return true;
    };
    const fits = args.every((v, i) => give(params[i]?.name, v));
    return (
      fits &&
      kws.every((v, i) => {
        const p = fn.params.find((q) => q.name === x.kw[i]!.n && (q.kind === "normal" || q.kind === "kwonly"));
        return give(p?.name, v);
      })
    );
  }

  private returned(u: Unit, v: Shape): void {
    const { fn } = u.scope;
    if (!fn || fn.generator) {
      this.lose();
      return;
    }
    const key = keyOfFunction(fn);
    const old = this.results.get(key);
    if (old && old.key !== v.key) {
      this.lose();
      return;
    }
    if (!old) {
      this.results.set(key, v);
      this.changed = true;
    }
    if (u.origin) this.callers(u, fn);
  }

  /** Finds every call of a function whose result is the value; a use that is no call ends the trail. */
  private callers(u: Unit, fn: FunctionIR): void {
    if (fn.decorators.length || fn.name.startsWith("__")) {
      this.lose();
      return;
    }
    const method = u.scope.parent?.kind === "class";
    if (!method && u.scope.parent?.kind !== "module") {
      this.lose();
      return;
    }
    const word = new RegExp(`\\b${fn.name}\\b`);
    for (const file of u.c.cx.files()) {
      if (!file.endsWith(".py") || !word.test(u.c.cx.text(file) ?? "")) continue;
      const c = u.c.other(file);
      if (!c) return void this.lose();
      for (const n of c.nodes.all) {
        const named = (n.x.k === "name" && n.x.id === fn.name) || (n.x.k === "attr" && n.x.a === fn.name);
        if (named) this.caller(c, n, fn, method ? u.scope.parent : undefined);
        if (this.lost) return;
      }
    }
  }

  private caller(c: Case, n: Node, fn: FunctionIR, cls: Scope | undefined): void {
    const call = n.parent?.x;
    const scope = functionOf(n.stmt);
    const name = dotted(n.x);
    if (cls) {
      // Only calls on `self` within the class are known to mean this method.
      if (n.x.k === "name") return;
      const self = scope?.fn?.params[0]?.name;
      if (!scope || scope.parent !== cls || call?.k !== "call" || call.f !== n.x || name !== `${self}.${fn.name}`)
        return void this.lose();
      this.unit(c, scope, true);
      return;
    }
    const meant = name === undefined ? undefined : c.cx.functionNamed(c.file, name);
    if (meant && keyOfFunction(meant) !== keyOfFunction(fn)) return;
    if (!meant || !scope || call?.k !== "call" || call.f !== n.x) return void this.lose();
    this.unit(c, scope, true);
  }
}

const keyOfFunction = (fn: FunctionIR): string => `${fn.chunk.file}@${fn.chunk.base + fn.ns}`;

const isStatic = (fn: FunctionIR): boolean => fn.decorators.some((d) => d.k === "name" && d.id === "staticmethod");

/** The constant that a subscript or a search asks for. */
function keyOf(x: Expr): string | number | undefined {
  if (x.k === "const" && (typeof x.v === "string" || typeof x.v === "number")) return x.v;
  if (x.k === "un" && x.op === "-" && x.x.k === "const" && typeof x.x.v === "number") return -x.x.v;
  return undefined;
}
