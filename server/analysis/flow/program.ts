/**
 * The project as the flow analysis sees it: modules, their names, classes and the summaries of functions, each made on
 * demand and kept. Who used what is recorded, so that a change re-does only what depends on it.
 */

import type { ModuleIR } from "../ir.js";
import { type ClassDef, defineModule, type FunctionDef, formerOf, type ModuleDef } from "../names/definitions.js";
import type { EntryModel, LabelKind } from "../names/model-schema.js";
import type { Models } from "../names/models.js";
import { createResolver, dirname, type ModuleResolver } from "../names/modules.js";
import { Env } from "./env.js";
import { evalExpr } from "./expr.js";
import { Frame } from "./frame.js";
import { analyseFunction, analyseModule, type ModuleState } from "./function.js";
import type { Label } from "./labels.js";
import type { Lexicon } from "./lexicon.js";
import { headersOf, outlineOf, sameOutline } from "./outline.js";
import { Registrations } from "./registrations.js";
import { shapeOf } from "./shape.js";
import { external, PENDING, pendingLabel, placed } from "./sources.js";
import { NOTHING, type Summary } from "./summary.js";
import { type Unit, Units } from "./units.js";
import { EMPTY, join, mapLabels, type TypeRef, typed, type Value } from "./value.js";

export type { Unit } from "./units.js";

export interface ProgramHost {
  /** The module's intermediate form, or undefined when the file cannot be read. */
  lower(file: string): ModuleIR | undefined;
  files(): readonly string[];
  /** Text of a template file of the project, by the name that the code gives. */
  template?(from: string, name: string): string | undefined;
}

export interface Entry {
  model: EntryModel;
  doubt: 0 | 1 | 2;
}

const RECORD_BASES = [
  "django.db.models.Model",
  "flask_sqlalchemy.SQLAlchemy.Model",
  "mongoengine.Document",
  "sqlalchemy.orm.DeclarativeBase",
];
const MAX_DEPTH = 60;
/** Most base classes of a class, direct or not, that are looked at. */
const MAX_LINEAGE = 60;
const MAX_ROUNDS = 4;
/** Circles of more functions get two rounds only. */
const MAX_CIRCLE = 12;

export class Program {
  readonly modules = new Map<string, ModuleDef | undefined>();
  private readonly graph: Units;
  /** Functions that a call registers as a handler (`add_url_rule`, `path`), by function key. */
  readonly registered = new Registrations(() => this.graph.stack.at(-1));
  readonly registeredClasses = new Registrations(() => this.graph.stack.at(-1));
  private readonly byModule = new Map<string, Set<Unit>>();
  private readonly moduleUnits = new WeakMap<ModuleDef, Unit>();
  private readonly functionUnits = new WeakMap<FunctionDef, Unit>();
  private resolver: ModuleResolver;
  private readonly extBases = new Map<ClassDef, string[]>();
  private readonly lineages = new Map<ClassDef, ClassDef[]>();

  constructor(
    readonly host: ProgramHost,
    private readonly allModels: Models,
    readonly lexicon: Lexicon,
    /** Models that count in a file, where settings files add to them. */
    private readonly modelsIn?: (file: string) => Models,
  ) {
    this.resolver = createResolver(host.files());
    this.graph = new Units(
      (u) => this.make(u),
      (u) => {
        this.registered.forget(u);
        this.registeredClasses.forget(u);
      },
    );
  }

  /** The models that count for what is being analysed. */
  get models(): Models {
    const unit = this.modelsIn && this.stack.at(-1);
    return unit ? this.modelsIn!(unit.module.file) : this.allModels;
  }

  get units(): ReadonlyMap<string, Unit> {
    return this.graph.all;
  }

  /** Units that were analysed since the engine last looked. */
  get fresh(): Set<Unit> {
    return this.graph.fresh;
  }

  /** Units whose former reports no longer count. */
  get stale(): Set<Unit> {
    return this.graph.stale;
  }

  /** Some results are missing or doubtful: the roots have to be asked for again. */
  get pending(): boolean {
    return this.graph.pending;
  }

  private get stack(): readonly Unit[] {
    return this.graph.stack;
  }

  /** Bounds that were hit, in words, by file. */
  notes(): Map<string, Set<string>> {
    const out = new Map<string, Set<string>>();
    for (const u of this.units.values()) {
      if (!u.bounds.size) continue;
      const list = out.get(u.module.file) ?? new Set();
      out.set(u.module.file, list);
      for (const b of u.bounds) list.add(b);
    }
    return out;
  }

  /** A bound was hit while something was analysed: its result may lack something. */
  bound(text: string): void {
    this.stack.at(-1)?.bounds.add(text);
  }

  /** What is being analysed is one of several that need each other. */
  get inCircle(): boolean {
    return this.stack.at(-1)?.group !== undefined;
  }

  private make(u: Unit): void {
    if (u.fn) this.summary(u.fn, u.selfClass);
    else this.moduleState(u.module);
  }

  /**
   * A file has another text. Re-does what changed and, as far as results changed, what depends on it.
   * @returns false when the file was never looked at
   */
  update(file: string): boolean {
    const mod = this.modules.get(file);
    if (!mod) {
      if (!this.modules.has(file)) return false;
      this.modules.delete(file);
      return true;
    }
    const ir = this.host.lower(file);
    if (!ir) {
      this.modules.set(file, undefined);
      for (const u of this.unitsOf(mod)) this.remove(u);
      return true;
    }
    const before = new Map(mod.functions.map((f) => [f.key, f.ir]));
    const outline = outlineOf(mod);
    const headers = headersOf(mod);
    defineModule(ir, formerOf(mod));
    const units = this.unitsOf(mod);
    const now = new Set<FunctionDef>(mod.functions);
    const touched = units.filter((u) => u.fn && now.has(u.fn) && before.get(u.fn.key) !== u.fn.ir);
    const anew = new Set<Unit>();
    if (before.size !== now.size || !sameOutline(outline, outlineOf(mod))) {
      const own = units.find((u) => !u.fn);
      if (own) touched.push(own);
      this.extBases.clear();
      this.lineages.clear();
      if (own && (before.size !== now.size || headers !== headersOf(mod))) anew.add(own);
    }
    for (const u of units) if (u.fn && !now.has(u.fn)) this.remove(u);
    if (touched.length) this.graph.change(touched, anew);
    return true;
  }

  private unitsOf(mod: ModuleDef): Unit[] {
    return [...(this.byModule.get(mod.file) ?? [])];
  }

  private remove(u: Unit): void {
    this.graph.remove(u);
    this.byModule.get(u.module.file)?.delete(u);
    if (u.fn) this.functionUnits.delete(u.fn);
    else this.moduleUnits.delete(u.module);
  }

  /**
   * Brings everything up to date that a change made doubtful.
   * @param ask asks for every root's result; false when it was cancelled
   * @param isRoot what is looked at whether or not something needs it
   * @returns false when it was cancelled
   */
  settle(ask: () => boolean, isRoot: (u: Unit) => boolean): boolean {
    for (let round = 0; round < 8 && this.graph.pending; round++) {
      this.graph.settle((u) => this.isDefined(u));
      // Asking may show circles, whose members are forgotten and made again: those that were asked before, in another round.
      this.graph.pending = false;
      if (!ask()) {
        this.graph.pending = true;
        return false;
      }
      this.graph.sweep(isRoot);
      const turned = [...this.registered.turned(), ...this.registeredClasses.turned()];
      if (!turned.length) continue;
      const keys = new Set(turned);
      const again = [...this.units.values()].filter(
        (u) =>
          u.fn &&
          (u.summary || u.doubtful) &&
          [u.fn.key, u.fn.cls?.key, u.selfClass?.key].some((k) => k && keys.has(k)),
      );
      if (again.length) this.graph.change(again, new Set());
    }
    return true;
  }

  private isDefined(u: Unit): boolean {
    return this.modules.get(u.module.file) === u.module && (!u.fn || u.module.functions.includes(u.fn));
  }

  module(file: string): ModuleDef | undefined {
    if (this.modules.has(file)) return this.modules.get(file);
    let mod: ModuleDef | undefined;
    if (file.endsWith("/")) {
      const ir: ModuleIR = { file: `${file}__init__.py`, body: [], comments: [], errors: [], truncated: false };
      mod = defineModule(ir);
    } else {
      const ir = this.host.lower(file);
      mod = ir && defineModule(ir);
    }
    this.modules.set(file, mod);
    return mod;
  }

  resolveImport(from: ModuleDef, module: string, level: number): Value | undefined {
    const file = this.resolver.resolve(from.file, module, level);
    const mod = file === undefined ? undefined : this.module(file);
    return mod && typed({ k: "module", mod });
  }

  /** What `import a.b.c` means; a library's name where the project has no such module. */
  importModule(from: ModuleDef, module: string, level: number): Value {
    return this.resolveImport(from, module, level) ?? (level ? EMPTY : external(this.models, module));
  }

  importName(from: ModuleDef, module: string, level: number, name: string): Value {
    const project = this.resolveImport(from, module, level);
    const t = project?.types[0];
    if (t?.k === "module") return this.member(t.mod, name) ?? EMPTY;
    return level ? EMPTY : external(this.models, module ? `${module}.${name}` : name);
  }

  /** A module's member: its own name, a re-export, or a submodule. */
  member(mod: ModuleDef, name: string): Value | undefined {
    const own = this.moduleState(mod).lookup(name);
    if (own) return own;
    if (mod.file.endsWith("/__init__.py")) {
      const file = this.resolver.resolve(mod.file, name, 1);
      const sub = file === undefined ? undefined : this.module(file);
      if (sub) return typed({ k: "module", mod: sub });
    }
    return undefined;
  }

  /** The names of a module, evaluated. Partial while the module is being evaluated (import cycles). */
  moduleState(mod: ModuleDef): ModuleState {
    let unit = this.moduleUnits.get(mod);
    if (!unit) {
      unit = this.unit(`${mod.file}::`, mod, undefined, undefined);
      this.moduleUnits.set(mod, unit);
    }
    this.graph.depend(unit);
    const own = unit;
    if (own.state && (own.running || this.graph.holds(own))) return own.state;
    this.run(own, () => {
      analyseModule(
        this,
        mod,
        own.places,
        (state) => {
          own.state = state;
        },
        (f) => this.graph.within(own, f),
      );
    });
    this.graph.done(own);
    return this.graph.enterAtFirst(own) ? this.moduleState(mod) : own.state!;
  }

  /**
   * A function's summary, with `self` being an instance of the given class (which may inherit it). Computed once, to a
   * fixpoint where functions call each other in a circle.
   */
  summary(fn: FunctionDef, selfClass?: ClassDef): Summary {
    const cls = selfClass && selfClass !== fn.cls && fn.binding !== "static" ? selfClass : undefined;
    let unit = cls ? undefined : this.functionUnits.get(fn);
    if (!unit) {
      unit = this.unit(cls ? `${fn.key}@${cls.key}` : fn.key, fn.module, fn, cls);
      if (!cls) this.functionUnits.set(fn, unit);
    }
    this.graph.depend(unit);
    if (unit.running) {
      unit.recursive = true;
      return unit.summary ?? NOTHING;
    }
    if (this.graph.holds(unit) && unit.summary) return unit.summary;
    if (this.stack.length > MAX_DEPTH) {
      this.bound(`the call chain at \`${fn.qualname}\` is deeper than ${MAX_DEPTH} functions`);
      return NOTHING;
    }
    let previous = "";
    for (let round = 0; round < (unit.group && unit.group.length > MAX_CIRCLE ? 2 : MAX_ROUNDS); round++) {
      unit.recursive = false;
      if (round) this.graph.restartCircle(unit);
      this.run(unit, () => {
        unit.summary = analyseFunction(this, fn, cls ?? fn.cls, unit.places);
      });
      // Where an outer function of the circle is still at work, that one decides on another round.
      if (!unit.recursive || this.graph.isInner(unit)) break;
      const shape = shapeOf(unit.summary!, fn);
      if (shape === previous) break;
      previous = shape;
    }
    this.graph.done(unit);
    return this.graph.enterAtFirst(unit) ? this.summary(fn, selfClass) : unit.summary!;
  }

  private unit(key: string, module: ModuleDef, fn: FunctionDef | undefined, selfClass: ClassDef | undefined): Unit {
    const u = this.graph.make(key, module, fn, selfClass);
    const siblings = this.byModule.get(module.file);
    if (siblings) siblings.add(u);
    else this.byModule.set(module.file, new Set([u]));
    return u;
  }

  /** A function is called by what is being analysed (and not just asked for what it writes). */
  noteCall(fn: FunctionDef): void {
    const user = this.stack.at(-1);
    if (user && user.fn !== fn) user.called.add(fn.key);
  }

  /** Analyses a unit; a nesting of code that is too deep for the machine leaves what was found so far. */
  private run(unit: Unit, f: () => void): void {
    unit.called = new Set();
    unit.running = true;
    try {
      this.graph.within(unit, f);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      unit.bounds.add("an expression is nested too deeply to be followed");
      if (unit.fn) unit.summary ??= NOTHING;
    } finally {
      unit.running = false;
    }
  }

  // ---- classes

  /** The project classes among the bases, nearest first, the class itself included. */
  mro(cls: ClassDef): readonly ClassDef[] {
    let out = this.lineages.get(cls);
    if (!out) {
      out = this.lineage(cls, new Set());
      if (out.every((c) => this.isSettled(c.module))) this.lineages.set(cls, out);
    }
    // Whoever looks at a class depends on what the modules of its bases say.
    for (const c of out) this.moduleState(c.module);
    return out;
  }

  /** Whether the module was evaluated to its end: what its names mean does not change any more. */
  private isSettled(mod: ModuleDef): boolean {
    const unit = this.moduleUnits.get(mod);
    return unit?.state !== undefined && !unit.running;
  }

  private lineage(cls: ClassDef, seen: Set<ClassDef>): ClassDef[] {
    if (seen.has(cls)) return [];
    if (seen.size >= MAX_LINEAGE) {
      this.bound(`\`${cls.name}\` has more than ${MAX_LINEAGE} base classes`);
      return [];
    }
    seen.add(cls);
    const out = [cls];
    for (const t of this.bases(cls)) if (t.k === "class") out.push(...this.lineage(t.cls, seen));
    return out;
  }

  private bases(cls: ClassDef): TypeRef[] {
    const frame = new Frame(this, cls.module, undefined, cls.ir.chunk);
    const env = new Env(new Map(), undefined);
    return cls.ir.bases.flatMap((b) => {
      const base = b.k === "sub" ? b.o : b;
      return base.k === "name" || base.k === "attr" || base.k === "call" ? evalExpr(frame, env, base).types : [];
    });
  }

  /** Library classes that the class inherits from, directly or not. */
  libraryBases(cls: ClassDef): readonly string[] {
    const lineage = this.mro(cls);
    const hit = this.extBases.get(cls);
    if (hit) return hit;
    const out: string[] = [];
    if (lineage.every((c) => this.isSettled(c.module))) this.extBases.set(cls, out);
    for (const c of lineage) for (const t of this.bases(c)) if (t.k === "ext" && !out.includes(t.q)) out.push(t.q);
    return out;
  }

  isSubclass(cls: ClassDef, base: string): boolean {
    return this.libraryBases(cls).some((q) => this.models.isA(q, base));
  }

  method(cls: ClassDef, name: string): FunctionDef | undefined {
    for (const c of this.mro(cls)) {
      const m = c.methods.get(name);
      if (m) return m;
    }
    return undefined;
  }

  /** What `instance.name` or `Class.name` is, as far as the class itself says. Methods come bound to `self`. */
  attribute(cls: ClassDef, name: string, self: Value | undefined): Value {
    for (const c of this.mro(cls)) {
      const m = c.methods.get(name);
      if (m) {
        if (m.binding === "property" && self) return EMPTY;
        return typed({
          k: "fn",
          fn: m,
          self: m.binding === "static" ? undefined : (self ?? typed({ k: "class", cls })),
        });
      }
      const inner = c.inner.get(name);
      if (inner) return typed({ k: "class", cls: inner });
    }
    let out = EMPTY;
    for (const c of this.mro(cls)) {
      const a = c.attributes.get(name);
      if (a) {
        const frame = new Frame(this, c.module, undefined, c.ir.chunk);
        const stmt = c.ir.body.find((s) => s.k === "assign" && s.targets.some((t) => t.k === "name" && t.id === name));
        if (stmt?.chunk) frame.chunk = stmt.chunk;
        const env = new Env(new Map(), undefined);
        if (a.value) out = join(out, evalExpr(frame, env, a.value));
        else if (a.annotation)
          out = join(
            out,
            placed(this.annotated(frame, env, a.annotation), () => frame.loc(a.annotation!)),
          );
      }
      for (const w of c.writers.get(name) ?? []) {
        // Its result is not there yet: whoever reads the attribute belongs to its circle.
        const running = this.stack.find((u) => u.fn === w);
        if (running) {
          this.graph.depend(running);
          continue;
        }
        const written = this.summary(w, cls).writes.get(0)?.fields?.get(name);
        if (written) out = join(out, stripParams(written));
      }
    }
    if (out !== EMPTY) return out;
    return this.libraryBases(cls)
      .slice(0, 4)
      .map((q) => external(this.models, `${q}.${name}`, cls))
      .reduce((a, b) => join(a, b), EMPTY);
  }

  /** A value of the type that an annotation names. */
  annotated(frame: Frame, env: Env, ann: import("../ir.js").Expr): Value {
    switch (ann.k) {
      case "const":
        return EMPTY;
      case "sub": {
        const head = ann.o.k === "name" ? ann.o.id : ann.o.k === "attr" ? ann.o.a : "";
        if (
          /^(list|List|Sequence|Iterable|Iterator|AsyncIterator|AsyncGenerator|Generator|set|Set|tuple|Tuple|deque)$/.test(
            head,
          )
        ) {
          const inner = ann.i.k === "tuple" ? ann.i.xs[0]! : ann.i;
          return { labels: [], types: [], elem: this.annotated(frame, env, inner) };
        }
        if (head === "Literal") return EMPTY;
        if (/^(dict|Dict|Mapping|MutableMapping)$/.test(head)) {
          const inner = ann.i.k === "tuple" ? ann.i.xs[1] : undefined;
          return inner ? { labels: [], types: [], elem: this.annotated(frame, env, inner) } : EMPTY;
        }
        const xs = ann.i.k === "tuple" ? ann.i.xs : [ann.i];
        return xs.reduce((v, x) => join(v, this.annotated(frame, env, x)), EMPTY);
      }
      case "bin":
        return join(this.annotated(frame, env, ann.l), this.annotated(frame, env, ann.r));
      case "name":
      case "attr": {
        const v = evalExpr(frame, env, ann);
        const row = v.types.find((t) => this.isRecordType(t));
        if (row) return this.recordOf(row, v);
        const types = v.types.flatMap((t): TypeRef[] =>
          t.k === "class" ? [{ k: "inst", cls: t.cls }] : t.k === "ext" ? [t] : [],
        );
        return types.length ? { labels: [], types } : EMPTY;
      }
      default:
        return EMPTY;
    }
  }

  /** Instances of the type are rows of a data store. */
  private isRecordType(t: TypeRef): boolean {
    const base = (q: string) => RECORD_BASES.some((b) => this.models.isA(q, b));
    if (t.k === "ext") return base(t.q);
    return t.k === "class" && this.libraryBases(t.cls).some(base);
  }

  /** A row that somebody else read: what it is called is all that is known of the query. */
  private recordOf(t: TypeRef, v: Value): Value {
    const cls = t.k === "class" ? t.cls : undefined;
    const name = cls?.name ?? (t.k === "ext" ? t.q.slice(t.q.lastIndexOf(".") + 1) : "");
    const label: Label = {
      ...pendingLabel("record", name, name),
      record: {
        store: "orm",
        loc: PENDING,
        name: `\`${name}\``,
        columns: undefined,
        excluded: new Set(),
        known: undefined,
        narrowable: false,
        fix: undefined,
        call: PENDING,
      },
    };
    const types: TypeRef[] = v.types.map((x): TypeRef => (x.k === "class" ? { k: "inst", cls: x.cls } : x));
    return { labels: [label], types };
  }

  /** Label of a path on a provider's object, with a guess for types that no model knows. */
  providerLabel(type: string, path: readonly string[]): LabelKind | "prefix" | undefined {
    const p = path[0] === "[]" ? path.slice(1) : path;
    return this.models.pathLabel(type, path) ?? (p === path ? undefined : this.models.pathLabel(type, p));
  }

  /** Folder of a module, for template files. */
  folder(mod: ModuleDef): string {
    return dirname(mod.file);
  }
}

/** What a class-level reader may know of a written value: types and real labels, nothing of one call's parameters. */
function stripParams(v: Value): Value {
  let out = stripped.get(v);
  if (!out) {
    out = withoutParams(v);
    stripped.set(v, out);
  }
  return out;
}

const stripped = new WeakMap<Value, Value>();

function withoutParams(v: Value): Value {
  return mapLabels(v, (l) => (l.kind === "param" ? undefined : l));
}
