/** Project entities: modules, classes, functions. Made from a module's intermediate form, before any flow. */
import type { CallExpr, ClassIR, Expr, FunctionIR, ModuleIR, Stmt } from "../ir.js";
import { lastNameOf } from "../last-name.js";
import { loopParts, partOf } from "./parts.js";

export interface FunctionDef {
  kind: "function";
  name: string;
  /** `Class.method`, `outer.<locals>.inner`. */
  qualname: string;
  /** `file::qualname`, with an ordinal where a name is defined twice. */
  key: string;
  ir: FunctionIR;
  module: ModuleDef;
  cls: ClassDef | undefined;
  /** Defined inside another function: analysed with that one's variables. */
  nested: boolean;
  /** `staticmethod`, `classmethod`, `property` when the decorators say so. */
  binding: "instance" | "static" | "class" | "property";
}

/** What a class gives an attribute, and what it declares it as. */
export interface Attribute {
  value: Expr | null;
  annotation: Expr | undefined;
}

export interface ClassDef {
  kind: "class";
  name: string;
  key: string;
  ir: ClassIR;
  module: ModuleDef;
  methods: ReadonlyMap<string, FunctionDef>;
  /** Class-level assignments, annotated or not, last one wins. */
  attributes: ReadonlyMap<string, Attribute>;
  /** Methods that assign or change `self.<name>`. */
  writers: ReadonlyMap<string, ReadonlySet<FunctionDef>>;
  /** Classes in the body (Django's `Meta`, DRF's `Meta`). */
  inner: ReadonlyMap<string, ClassDef>;
}

export interface ModuleDef {
  kind: "module";
  file: string;
  ir: ModuleIR;
  functions: readonly FunctionDef[];
  classes: readonly ClassDef[];
  byNode: Map<FunctionIR | ClassIR, FunctionDef | ClassDef>;
  /** Functions that change a module-level name: `global x`, `x.append(...)`, `x[...] = ...`. */
  writers: ReadonlyMap<string, ReadonlySet<FunctionDef>>;
  /** Functions that tell an object which the module made to do something: `store.keep(x)`. */
  callers: ReadonlyMap<string, ReadonlySet<FunctionDef>>;
}

const MUTATORS = new Set("append appendleft extend insert update setdefault add put put_nowait".split(" "));

/** What a module defined before, by key: definitions keep their identity when their text changes. */
export interface Former {
  module: ModuleDef;
  functions: ReadonlyMap<string, FunctionDef>;
  classes: ReadonlyMap<string, ClassDef>;
}

/** A module's definitions as they are now, for the next `defineModule`. */
export function formerOf(module: ModuleDef): Former {
  return {
    module,
    functions: new Map(module.functions.map((f) => [f.key, f])),
    classes: new Map(module.classes.map((c) => [c.key, c])),
  };
}

/** Remembers what a module defines. @returns what makes its definitions so again */
export function saveDefinitions(mod: ModuleDef): () => void {
  const saved = [mod, ...mod.functions, ...mod.classes].map((def) => ({ def, was: { ...def } }));
  const byNode = new Map(mod.byNode);
  return () => {
    for (const { def, was } of saved) Object.assign(def, was);
    mod.byNode = byNode;
  };
}

/**
 * Collects what a module defines at its top level (inside conditionals too), and the nested functions. With `former`,
 * the objects of that are brought up to date, so that whoever holds them sees the new text.
 */
export function defineModule(ir: ModuleIR, former?: Former): ModuleDef {
  const functions: FunctionDef[] = [];
  const classes: ClassDef[] = [];
  const byNode = new Map<FunctionIR | ClassIR, FunctionDef | ClassDef>();
  const writers = new Map<string, Set<FunctionDef>>();
  const callers = new Map<string, Set<FunctionDef>>();
  const made = objectsOf(ir.body);
  const used = new Map<string, number>();
  const fresh: ModuleDef = { kind: "module", file: ir.file, ir, functions, classes, byNode, writers, callers };
  const mod: ModuleDef = former ? Object.assign(former.module, fresh) : fresh;

  const uniqueKey = (qualname: string) => {
    const n = used.get(qualname) ?? 0;
    used.set(qualname, n + 1);
    return `${ir.file}::${qualname}${n ? `~${n}` : ""}`;
  };

  const defineFunction = (fn: FunctionIR, prefix: string, cls: ClassDef | undefined, nested: boolean): FunctionDef => {
    const qualname = prefix + fn.name;
    const key = uniqueKey(qualname);
    const now: FunctionDef = {
      kind: "function",
      name: fn.name,
      qualname,
      key,
      ir: fn,
      module: mod,
      cls,
      nested,
      binding: bindingOf(fn),
    };
    const old = former?.functions.get(key);
    const def = old ? Object.assign(old, now) : now;
    functions.push(def);
    byNode.set(fn, def);
    for (const n of moduleWritesOf(def.ir)) add(writers, n, def);
    if (made.size) for (const n of moduleCommandsOf(def.ir)) if (made.has(n)) add(callers, n, def);
    walk(fn.body, `${qualname}.<locals>.`, undefined, true);
    return def;
  };

  const defineClass = (cir: ClassIR, prefix: string, nested: boolean): ClassDef => {
    const methods = new Map<string, FunctionDef>();
    const attributes = new Map<string, Attribute>();
    const selfWriters = new Map<string, Set<FunctionDef>>();
    const inner = new Map<string, ClassDef>();
    const key = uniqueKey(prefix + cir.name);
    const now: ClassDef = {
      kind: "class",
      name: cir.name,
      key,
      ir: cir,
      module: mod,
      methods,
      attributes,
      writers: selfWriters,
      inner,
    };
    const old = former?.classes.get(key);
    const cls = old ? Object.assign(old, now) : now;
    classes.push(cls);
    byNode.set(cir, cls);
    const body = (stmts: readonly Stmt[]) => {
      for (const s of stmts) {
        if (s.k === "def") {
          const def = defineFunction(s.fn, `${prefix}${cir.name}.`, cls, nested);
          // `@x.setter` must not hide the property.
          if (!(methods.get(def.name)?.binding === "property" && def.ir.decorators.length)) methods.set(def.name, def);
          collectSelfWrites(def, selfWriters);
        } else if (s.k === "class") {
          inner.set(s.cls.name, defineClass(s.cls, `${prefix}${cir.name}.`, nested));
        } else if (s.k === "assign") {
          for (const t of s.targets) if (t.k === "name") attributes.set(t.id, { value: s.v, annotation: s.ann });
        } else for (const inner of blocksOf(s)) body(inner);
      }
    };
    body(cir.body);
    return cls;
  };

  const walk = (stmts: readonly Stmt[], prefix: string, cls: ClassDef | undefined, nested: boolean) => {
    for (const s of stmts) {
      if (s.k === "def") defineFunction(s.fn, prefix, cls, nested);
      else if (s.k === "class") defineClass(s.cls, prefix, nested);
      else for (const b of blocksOf(s)) walk(b, prefix, cls, nested);
    }
  };
  walk(ir.body, "", undefined, false);
  return mod;
}

/** The statement lists inside a compound statement (not those of definitions). */
export function blocksOf(s: Stmt): Stmt[][] {
  switch (s.k) {
    case "if":
    case "for":
    case "while":
      return [s.body, s.orelse];
    case "with":
      return [s.body];
    case "try":
      return [s.body, ...s.handlers.map((h) => h.body), s.orelse, s.final];
    case "match":
      return s.cases.map((c) => c.body);
    default:
      return [];
  }
}

function bindingOf(fn: FunctionIR): FunctionDef["binding"] {
  for (const d of fn.decorators) {
    const name = lastNameOf(d);
    if (name === "staticmethod") return "static";
    if (name === "classmethod") return "class";
    if (name === "property" || name === "cached_property" || name === "hybrid_property") return "property";
  }
  return "instance";
}

/** The name at the root of `a.b[c].d`, also of `a.get(b).c` and `a.setdefault(b, {})["c"]`. */
export function rootName(e: Expr): string | undefined {
  let x = e;
  for (let o = wholeOf(x); o; o = wholeOf(x)) x = o;
  return x.k === "name" ? x.id : undefined;
}

/** What an expression gives a part of. */
function wholeOf(x: Expr): Expr | undefined {
  if (x.k === "attr" || x.k === "sub") return x.o;
  return isLookup(x) ? x.f.o : undefined;
}

/** `a.get(b)`, `a.setdefault(b, {})`: a part of `a`. */
const isLookup = (x: Expr): x is CallExpr & { f: Extract<Expr, { k: "attr" }> } =>
  x.k === "call" && x.f.k === "attr" && (x.f.a === "get" || x.f.a === "setdefault");

function add(map: Map<string, Set<FunctionDef>>, name: string, fn: FunctionDef) {
  const set = map.get(name);
  if (set) set.add(fn);
  else map.set(name, new Set([fn]));
}

/** Calls `f` for every target that a statement writes to, and for receivers of mutating methods; for parts of objects for these too. */
function eachWrite(stmts: readonly Stmt[], f: (target: Expr) => void, parts = new Map<string, Expr>()) {
  const target = (t: Expr) => {
    if (t.k === "tuple" || t.k === "list") t.xs.forEach(target);
    else if (t.k === "name") f(t);
    else changed(t);
  };
  const changed = (x: Expr, depth = 0): void => {
    f(x);
    const whole = parts.get(rootName(x) ?? "");
    if (whole && depth < 5) changed(whole, depth + 1);
  };
  for (const s of stmts) {
    if (s.k === "assign") {
      s.targets.forEach(target);
      const part = s.v && partOf(s.v);
      if (part) for (const t of s.targets) if (t.k === "name") parts.set(t.id, part);
    } else if (s.k === "aug") target(s.target);
    else if (s.k === "for") {
      target(s.target);
      for (const [name, part] of loopParts(s.target, s.iter)) parts.set(name, part);
    } else if (s.k === "with") for (const i of s.items) i.target && target(i.target);
    else if (s.k === "expr") {
      const x = s.x.k === "await" ? s.x.x : s.x;
      // `jobs[key].fail(text)` does something to what `jobs` holds.
      if (x.k === "call" && x.f.k === "attr" && (MUTATORS.has(x.f.a) || x.f.o.k === "sub" || isLookup(x.f.o)))
        changed(x.f.o);
    }
    for (const b of blocksOf(s)) eachWrite(b, f, parts);
    if (s.k === "def") eachWrite(s.fn.body, f, parts);
  }
}

function collectSelfWrites(fn: FunctionDef, out: Map<string, Set<FunctionDef>>) {
  if (fn.binding !== "static") for (const name of selfWritesOf(fn.ir)) add(out, name, fn);
}

const selfWrites = new WeakMap<FunctionIR, readonly string[]>();

/** Attributes of its first parameter that a function changes, each once; kept while the function stays the same. */
export function selfWritesOf(fn: FunctionIR): readonly string[] {
  let names = selfWrites.get(fn);
  if (!names) {
    const self = fn.params[0]?.name;
    const found = new Set<string>();
    if (self)
      eachWrite(fn.body, (t) => {
        // The attribute next to `self` in `self.a.b[c]`.
        let x = t;
        for (let o = wholeOf(x); o && !(x.k === "attr" && x.o.k === "name"); o = wholeOf(x)) x = o;
        if (x.k === "attr" && x.o.k === "name" && x.o.id === self) found.add(x.a);
      });
    names = [...found];
    selfWrites.set(fn, names);
  }
  return names;
}

const moduleWrites = new WeakMap<FunctionIR, readonly string[]>();

/** Names of its module that a function changes; kept while the function stays the same. */
export function moduleWritesOf(fn: FunctionIR): readonly string[] {
  let names = moduleWrites.get(fn);
  if (!names) {
    names = findModuleWrites(fn);
    moduleWrites.set(fn, names);
  }
  return names;
}

/** Names that a module gives to objects which it makes of classes: `store = Store()`. */
function objectsOf(body: readonly Stmt[]): ReadonlySet<string> {
  const out = new Set<string>();
  for (const s of body) {
    if (s.k !== "assign" || s.v?.k !== "call" || !/^_?[A-Z]/.test(lastNameOf(s.v.f))) continue;
    for (const t of s.targets) if (t.k === "name") out.add(t.id);
  }
  return out;
}

const commands = new WeakMap<FunctionIR, readonly string[]>();

/** Names whose methods a function calls for what they do and not for what they give; kept while the function stays the same. */
export function moduleCommandsOf(fn: FunctionIR): readonly string[] {
  let names = commands.get(fn);
  if (!names) {
    const found = new Set<string>();
    const walk = (stmts: readonly Stmt[]) => {
      for (const s of stmts) {
        const x = s.k === "expr" ? (s.x.k === "await" ? s.x.x : s.x) : undefined;
        if (x?.k === "call" && x.f.k === "attr" && x.f.o.k === "name") found.add(x.f.o.id);
        for (const b of blocksOf(s)) walk(b);
        if (s.k === "def") walk(s.fn.body);
      }
    };
    walk(fn.body);
    for (const p of fn.params) found.delete(p.name);
    names = [...found];
    commands.set(fn, names);
  }
  return names;
}

function findModuleWrites(fn: FunctionIR): string[] {
  const globals = new Set<string>();
  const locals = new Set(fn.params.map((p) => p.name));
  const scan = (stmts: readonly Stmt[]) => {
    for (const s of stmts) {
      if (s.k === "global") for (const n of s.names) globals.add(n);
      for (const b of blocksOf(s)) scan(b);
    }
  };
  scan(fn.body);
  const touched = new Set<string>();
  eachWrite(fn.body, (t) => {
    if (t.k === "name" && !globals.has(t.id)) {
      // A plain assignment makes a local; a mutation of a bare name comes here too and is sorted out below.
      touched.add(t.id);
      return;
    }
    const root = rootName(t);
    if (root) touched.add(root);
  });
  const assigned = new Set<string>();
  const plain = (stmts: readonly Stmt[]) => {
    for (const s of stmts) {
      if (s.k === "assign") for (const t of s.targets) if (t.k === "name") assigned.add(t.id);
      if (s.k === "for" && s.target.k === "name") assigned.add(s.target.id);
      if (s.k === "with") for (const i of s.items) if (i.target?.k === "name") assigned.add(i.target.id);
      for (const b of blocksOf(s)) plain(b);
    }
  };
  plain(fn.body);
  return [...touched].filter((n) => globals.has(n) || (!assigned.has(n) && !locals.has(n)));
}
