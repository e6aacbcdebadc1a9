/**
 * The project as the flow analysis sees it: modules, their names, classes and the summaries of functions, each made on
 * demand and kept. Who used what is recorded, so that a change re-does only what depends on it.
 */

import type { ModuleIR } from "../ir.js";
import {
  type ClassDef,
  defineModule,
  type FunctionDef,
  formerOf,
  type ModuleDef,
  saveDefinitions,
} from "../names/definitions.js";
import type { EntryModel } from "../names/model-schema.js";
import type { Models } from "../names/models.js";
import { createResolver, type ModuleResolver } from "../names/modules.js";
import { Order } from "../names/order.js";
import type { Sketch } from "../names/sketch.js";
import type { Registration } from "../part.js";
import { sameList } from "../same-list.js";
import type { StatementDiff } from "../syntax/index.js";
import { Classes } from "./classes.js";
import { declareModule } from "./declared.js";
import { onOwnAccount } from "./effort.js";
import { Env } from "./env.js";
import { analyseFunction, analyseModule, type ModuleState } from "./function.js";
import type { Lexicon } from "./lexicon.js";
import { attributesOf, headersOf, outlineOf } from "./outline.js";
import { Registrations } from "./registrations.js";
import { replaceBody } from "./replace-body.js";
import { external } from "./sources.js";
import { NOTHING, type Summary } from "./summary.js";
import { type Standing, type Unit, Units } from "./units.js";
import { EMPTY, typed, type Value } from "./value.js";

export type { Unit } from "./units.js";

export interface ProgramHost {
  /** The module's intermediate form, or undefined when the file cannot be read. */
  lower(file: string): ModuleIR | undefined;
  files(): readonly string[];
  text(file: string): string | undefined;
  /** The file as its text alone shows it; undefined for what is no readable Python file. */
  sketch(file: string): Sketch | undefined;
  /** Text of a template file of the project, by the name that the code gives. */
  template?(from: string, name: string): string | undefined;
}

export interface Entry {
  model: EntryModel;
  doubt: 0 | 1 | 2;
}

const MAX_DEPTH = 60;
const MENTIONING = "mentioning";
const SPEAKING = "speaking";
/**
 * Levels of results. A function that stands above its caller in the order, as in a recursion, is used in its form of the
 * level below; at level 0 a function does nothing and a module is what its text declares.
 */
export const FULL = 2;

export class Program {
  readonly modules = new Map<string, ModuleDef | undefined>();
  private readonly graph: Units;
  /** Functions that a call registers as a handler (`add_url_rule`, `path`), by function key. */
  readonly registered = new Registrations(() => this.graph.stack.at(-1));
  readonly registeredClasses = new Registrations(() => this.graph.stack.at(-1));
  private readonly byModule = new Map<string, Set<Unit>>();
  /** Units of a module or function, by level; those of another `self` are found by key. */
  private readonly moduleUnits = new WeakMap<ModuleDef, (Unit | undefined)[]>();
  private readonly functionUnits = new WeakMap<FunctionDef, (Unit | undefined)[]>();
  private order: Order | undefined;
  /** Which file an import means. */
  readonly resolver: ModuleResolver;
  readonly classes = new Classes(this);

  constructor(
    readonly host: ProgramHost,
    private readonly allModels: Models,
    readonly lexicon: Lexicon,
    /** Models that count in a file, where settings files add to them. */
    private readonly modelsIn?: (file: string) => Models,
  ) {
    this.resolver = createResolver(host.files(), (name) => allModels.roots.has(name));
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

  /** Units that lost somebody who used them since the engine last looked. */
  get released(): Set<Unit> {
    return this.graph.released;
  }

  /** Some results are missing or doubtful: the roots have to be asked for again. */
  get pending(): boolean {
    return this.graph.pending || this.graph.hasOrphans;
  }

  /** Units whose results went missing or became doubtful since all were last asked for; whoever asks takes them out. */
  get unsettled(): Set<Unit> {
    return this.graph.unsettled;
  }

  private get stack(): readonly Unit[] {
    return this.graph.stack;
  }

  /** Bounds that were hit, in words, by file. @param counts whether a unit's result is one that something needs */
  notes(counts: (u: Unit) => boolean): Map<string, Set<string>> {
    const out = new Map<string, Set<string>>();
    for (const u of this.units.values()) {
      if (!u.bounds.size || !counts(u)) continue;
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

  private make(u: Unit): void {
    if (u.running || this.graph.holds(u)) return;
    if (u.fn) this.makeSummary(u, u.fn);
    else this.makeState(u);
  }

  /** Everything known of a function, for each kind of `self` and level. */
  unitsFor(fn: FunctionDef): readonly Unit[] {
    return [...(this.ofFunction.get(fn) ?? [])].filter((u) => u.fn === fn && this.units.get(u.key) === u);
  }

  private readonly ofFunction = new WeakMap<FunctionDef, Set<Unit>>();

  /** Whether a unit comes before another: its full results may be used by that one. */
  private isBelow(key: string, other: string): boolean {
    const order = this.currentOrder;
    const a = order.rank(key);
    const b = order.rank(other);
    return a < b || (a === b && key < other);
  }

  /** Whether the texts were put in order. */
  get hasOrder(): boolean {
    return this.order !== undefined;
  }

  /** The order of the project as it is now; another object when it is another one. */
  get currentOrder(): Order {
    this.order ??= this.newOrder();
    return this.order;
  }

  /** Files that are looked at of themselves: only they speak for a whole app. */
  get view(): ReadonlySet<string> {
    return this.files;
  }

  set view(files: ReadonlySet<string>) {
    if (files.size === this.files.size && [...files].every((f) => this.files.has(f))) return;
    this.files = files;
    this.viewVersion++;
  }

  private files: ReadonlySet<string> = new Set();
  /** Another number when other files are in view. */
  viewVersion = 0;
  /** Files that were updated since the facts of the app were last looked at. */
  readonly stirred = new Set<string>();

  /** What calls registered here, for other engines that share the project. */
  registrations(): Registration[] {
    return [...this.registered.own("function"), ...this.registeredClasses.own("class")];
  }

  /** Takes over what calls registered in the parts of other engines: what depends on it is done anew by `settle`. */
  adopt(list: readonly Registration[]): void {
    const functions = this.registered.adopt(list.filter((r) => r.kind === "function"));
    const classes = this.registeredClasses.adopt(list.filter((r) => r.kind === "class"));
    if (functions || classes) this.graph.pending = true;
  }

  /** The modules that speak for a whole app. */
  *modulesInView(): Generator<ModuleDef> {
    for (const file of this.view) {
      const mod = this.module(file);
      if (mod) yield mod;
    }
  }

  /** Units that are not looked at of themselves any more: they go unless something needs them. */
  unroot(is: (u: Unit) => boolean): void {
    for (const u of this.units.values()) if (is(u)) this.graph.suspect(u);
  }

  private newOrder(): Order {
    const sketches = new Map<string, Sketch>();
    for (const file of this.host.files()) {
      const s = file.endsWith(".py") ? this.host.sketch(file) : undefined;
      if (s) sketches.set(file, s);
    }
    return new Order(sketches, (from, module, level) => this.resolver.resolve(from, module, level));
  }

  /** A file has another text: where the order of the project is another one too, what was used in the old one is done anew. */
  private reorder(file: string): void {
    if (!this.order || this.trial) return;
    if (this.order.allows(file, this.host.sketch(file))) return;
    this.order = this.newOrder();
    this.reuse();
  }

  /**
   * A text is only tried, and what puts everything back. The order stays that of the former texts, and what is new comes
   * last: another order would cost more than all the rest of a trial.
   */
  private trial: { putBack: (() => void)[] } | undefined;

  /** The next change of a file is only tried, until `takeBack`. */
  tryOut(file: string): void {
    // The order of the text as it is, made before anything is tried.
    void this.currentOrder;
    const mod = this.modules.get(file);
    const isKept = !!mod && !this.registered.stirred && !this.registeredClasses.stirred && this.graph.keep();
    this.trial = {
      putBack: isKept ? [saveDefinitions(mod), this.registered.save(), this.registeredClasses.save()] : [],
    };
  }

  /**
   * Takes the change back that was tried: the file has its former text again.
   * @param same whether its form is the very one that it had before
   * @returns whether all results are what they were; else it was a change like any other
   */
  takeBack(file: string, same: boolean): boolean {
    const putBack = this.trial?.putBack ?? [];
    this.trial = undefined;
    if (!this.graph.canPutBack) {
      this.graph.letGo();
      this.update(file);
      return false;
    }
    for (const f of putBack) f();
    this.named.clear();
    this.classes.forget();
    this.graph.putBack((u) => this.remove(u));
    this.stirred.add(file);
    if (!same) this.update(file);
    return same && !this.graph.pending;
  }

  /** Does anew what used others in another way than it would now. */
  private reuse(): void {
    const turned = [...this.units.values()].filter(
      (u) =>
        [...u.asked].some(([key, standing]) => standing !== this.standing(key, u)) ||
        (u.overrides && [...u.overrides].some(([asked, keys]) => keys !== this.answer(asked))),
    );
    if (turned.length) this.graph.change(turned, new Set());
  }

  private standing(key: string, user: Unit): Standing {
    return this.isBelow(key, user.orderKey) ? "below" : "above";
  }

  /**
   * Keys of the classes that have a method of their own in place of another's, as `Order.overriding` has it; whoever is
   * being analysed is done anew when these are others.
   */
  overrides(cls: ClassDef, method: string, whatever: boolean): readonly string[] {
    // The key begins with a path, which may hold spaces.
    const keys = this.askOrder([cls.key, method, whatever ? "whatever" : ""].join("\n"));
    return keys ? keys.split("\n") : [];
  }

  /** Functions that mention a name of a module; whoever is being analysed is done anew when these are others. */
  mentioning(mod: ModuleDef, name: string): FunctionDef[] {
    const keys = this.askOrder([mod.file, name, MENTIONING].join("\n"));
    return this.definitions(keys).filter((def) => def.kind === "function");
  }

  /** Functions and modules that use several words; whoever is being analysed is done anew when these are others. */
  speakingOf(words: readonly string[]): readonly (FunctionDef | ModuleDef)[] {
    return this.definitions(this.askOrder([words.filter(Boolean).join(" "), "", SPEAKING].join("\n")));
  }

  /** What lists of keys, one a line, stand for: functions, and modules by their files alone. */
  private definitions(keys: string): readonly (FunctionDef | ModuleDef)[] {
    if (!keys) return [];
    let out = this.named.get(keys);
    if (!out) {
      out = keys.split("\n").flatMap((key) => {
        const cut = key.indexOf("::");
        const mod = this.module(cut < 0 ? key : key.slice(0, cut));
        const def = cut < 0 ? mod : mod?.functions.find((fn) => fn.key === key);
        return def ? [def] : [];
      });
      this.named.set(keys, out);
    }
    return out;
  }

  /** Definitions by lists of their keys, until a module defines others. */
  private readonly named = new Map<string, readonly (FunctionDef | ModuleDef)[]>();

  /** What the order says to a question; whoever is being analysed depends on the answer. */
  private askOrder(question: string): string {
    const keys = this.answer(question);
    const user = this.stack.at(-1);
    if (user) {
      user.overrides ??= new Map();
      user.overrides.set(question, keys);
    }
    return keys;
  }

  /** What the order says to a question of `overrides`, `mentioning` or `speakingOf`. */
  private answer(asked: string): string {
    const [key = "", method = "", whatever] = asked.split("\n");
    if (whatever === MENTIONING) return this.currentOrder.mentioning(key, method).join("\n");
    if (whatever === SPEAKING) return this.currentOrder.speakingOf(key.split(" ")).join("\n");
    return this.currentOrder.overriding(key, method, !!whatever).join("\n");
  }

  /** Level of what is asked for by whoever is being analysed. */
  private asks(orderKey: string): { level: number; standing: Standing } {
    const user = this.stack.at(-1);
    if (!user) return { level: FULL, standing: "below" };
    let standing = user.asked.get(orderKey);
    if (standing === undefined) {
      standing = this.standing(orderKey, user);
      user.asked.set(orderKey, standing);
    }
    return { level: standing === "above" ? user.level - 1 : user.level, standing };
  }

  /**
   * A file has another text. Re-does what changed and, as far as results changed, what depends on it.
   * @param diff the statements that came and went, where that is known
   * @returns false when the file was never looked at
   */
  update(file: string, diff?: StatementDiff): boolean {
    this.stirred.add(file);
    const known = this.modules.has(file);
    this.redefine(file, diff);
    this.reorder(file);
    // A function alone is done anew at once; whom it registered, or no longer does, has to be as well.
    if (this.registered.stirred || this.registeredClasses.stirred) this.graph.pending = true;
    return known;
  }

  /** Brings a module's definitions and what they touch up to date. */
  private redefine(file: string, diff: StatementDiff | undefined): void {
    const mod = this.modules.get(file);
    if (!mod) {
      this.modules.delete(file);
      this.named.clear();
      return;
    }
    const ir = this.host.lower(file);
    if (!ir) {
      this.modules.set(file, undefined);
      this.named.clear();
      for (const u of this.unitsOf(mod)) this.remove(u);
      return;
    }
    const only = diff && replaceBody(mod, ir, diff);
    if (only) {
      const own = this.unitsFor(only);
      if (own.length) this.graph.change(own, new Set());
      return;
    }
    const before = new Map(mod.functions.map((f) => [f.key, f.ir]));
    const outline = outlineOf(mod);
    const headers = headersOf(mod);
    const attributes = attributesOf(mod);
    defineModule(ir, formerOf(mod));
    this.named.clear();
    const units = this.unitsOf(mod);
    const now = new Set<FunctionDef>(mod.functions);
    const touched = units.filter((u) => u.fn && now.has(u.fn) && before.get(u.fn.key) !== u.fn.ir);
    const anew = new Set<Unit>();
    if (before.size !== now.size || !sameList(outline, outlineOf(mod))) {
      const own = units.filter((u) => !u.fn);
      touched.push(...own);
      this.classes.forget();
      if (before.size !== now.size || headers !== headersOf(mod)) for (const u of own) anew.add(u);
      // Whoever reads an attribute of a class depends on what the module declares, whose names do not tell what is in them.
      else if (!sameList(attributes, attributesOf(mod))) for (const u of own) if (u.level === 0) anew.add(u);
    }
    for (const u of units) if (u.fn && !now.has(u.fn)) this.remove(u);
    if (touched.length) this.graph.change(touched, anew);
  }

  private unitsOf(mod: ModuleDef): Unit[] {
    return [...(this.byModule.get(mod.file) ?? [])];
  }

  private remove(u: Unit): void {
    this.graph.remove(u);
    this.byModule.get(u.module.file)?.delete(u);
    const slots = u.fn ? this.functionUnits.get(u.fn) : this.moduleUnits.get(u.module);
    if (slots?.[u.level] === u) slots[u.level] = undefined;
  }

  /**
   * Brings everything up to date that a change made doubtful.
   * @param ask asks for every root's result; false when it was cancelled
   * @param isRoot what is looked at whether or not something needs it
   * @returns false when it was cancelled
   */
  settle(ask: () => boolean, isRoot: (u: Unit) => boolean): boolean {
    if (!this.graph.pending) this.graph.sweep(isRoot);
    for (let round = 0; round < 8 && this.graph.pending; round++) {
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

  /** What `from module import name` means. @param plain without what functions put in */
  importName(from: ModuleDef, module: string, level: number, name: string, plain = false): Value {
    const project = this.resolveImport(from, module, level);
    const t = project?.types[0];
    if (t?.k === "module") return this.member(t.mod, name, plain) ?? EMPTY;
    return level ? EMPTY : external(this.models, module ? `${module}.${name}` : name);
  }

  /** A module's member: its own name, a re-export, or a submodule. */
  member(mod: ModuleDef, name: string, plain = false): Value | undefined {
    const state = this.moduleState(mod);
    const own = plain ? state.plain(name) : state.lookup(name);
    if (own) return own;
    if (mod.file.endsWith("/__init__.py")) {
      const file = this.resolver.resolve(mod.file, name, 1);
      const sub = file === undefined ? undefined : this.module(file);
      if (sub) return typed({ k: "module", mod: sub });
    }
    return undefined;
  }

  /** The names of a module, evaluated; as whoever is being analysed may use it. */
  moduleState(mod: ModuleDef): ModuleState {
    const orderKey = `${mod.file}::`;
    const user = this.stack.at(-1);
    // A module's own statements see what is there so far.
    if (user?.module === mod && !user.fn && user.state) return user.state;
    const { level, standing } = this.asks(orderKey);
    const above = standing === "above";
    if (level <= 0) return this.declared(mod, above);
    const slots = slotsOf(this.moduleUnits, mod);
    const unit = this.shared(slots, level) ?? this.slot(slots, level, orderKey, mod, undefined, undefined);
    this.make(unit);
    this.graph.depend(unit, above);
    return unit.state ?? NAMELESS;
  }

  private makeState(unit: Unit): void {
    this.graph.begins(unit);
    const { module } = unit;
    if (unit.level === 0)
      unit.state = declareModule(this, module, (f) => onOwnAccount(() => this.graph.within(unit, f)));
    else if (!this.takeOver(unit, this.moduleUnits.get(module)))
      this.run(unit, () => {
        analyseModule(this, module, unit.places, (state) => {
          unit.state = state;
        });
      });
    this.graph.done(unit);
  }

  /** What a module's text declares: the same whoever asks. */
  private declared(mod: ModuleDef, above: boolean): ModuleState {
    const unit = this.slot(slotsOf(this.moduleUnits, mod), 0, `${mod.file}::`, mod, undefined, undefined);
    this.make(unit);
    this.graph.depend(unit, above);
    return unit.state ?? NAMELESS;
  }

  /**
   * A function's summary, with `self` being an instance of the given class (which may inherit it); as whoever is being
   * analysed may use it.
   */
  summary(fn: FunctionDef, selfClass?: ClassDef): Summary {
    const cls = selfClass && selfClass !== fn.cls && fn.binding !== "static" ? selfClass : undefined;
    const { level, standing } = this.asks(fn.key);
    const above = standing === "above";
    if (level <= 0) {
      const user = this.stack.at(-1);
      if (user) user.exact = false;
      return NOTHING;
    }
    const slots = cls ? this.slotsFor(fn, cls) : slotsOf(this.functionUnits, fn);
    const unit = this.shared(slots, level) ?? this.slot(slots, level, fn.key, fn.module, fn, cls);
    if (this.stack.length > MAX_DEPTH && !this.graph.holds(unit)) {
      this.bound(`the call chain at \`${fn.qualname}\` is deeper than ${MAX_DEPTH} functions`);
      return NOTHING;
    }
    this.make(unit);
    this.graph.depend(unit, above);
    return unit.summary ?? NOTHING;
  }

  /** A function's summary, asked for because of what the function puts into a name that is read. */
  writer(fn: FunctionDef): Summary {
    this.stack.at(-1)?.heard.add(fn.key);
    return this.summary(fn);
  }

  private makeSummary(unit: Unit, fn: FunctionDef): void {
    this.graph.begins(unit);
    const slots = unit.selfClass ? this.slotsFor(fn, unit.selfClass) : this.functionUnits.get(fn);
    if (!this.takeOver(unit, slots))
      this.run(unit, () => {
        unit.summary = analyseFunction(this, fn, unit.selfClass ?? fn.cls, unit.places);
      });
    this.graph.done(unit);
  }

  /** A result of a higher level that is the same at every level. */
  private shared(slots: readonly (Unit | undefined)[], level: number): Unit | undefined {
    for (let k = FULL; k > level; k--) {
      const u = slots[k];
      if (u && !u.running && u.exact && this.graph.holds(u) && u.exact) return u;
    }
    return undefined;
  }

  /** Takes over the result of a lower level where that is the same at every level. */
  private takeOver(unit: Unit, slots: readonly (Unit | undefined)[] | undefined): boolean {
    for (let k = unit.level - 1; k > 0; k--) {
      const u = slots?.[k];
      if (!u || u.running || !this.graph.holds(u) || !u.exact) continue;
      unit.summary = u.summary;
      unit.state = u.state;
      unit.called = u.called;
      unit.heard = u.heard;
      // Its places go with it: whoever holds one is to see it move when this unit is done anew by itself. Whoever holds one of
      // the former ones would not.
      if (unit.places !== u.places) {
        unit.places = u.places;
        unit.before = undefined;
      }
      this.graph.within(unit, () => {
        this.graph.depend(u, false);
        // What it used is there at this level, too: which results there are must not depend on who asked first.
        for (const d of [...u.uses]) {
          if (d.fn) this.summary(d.fn, d.selfClass);
          else if (d.level) this.moduleState(d.module);
        }
      });
      return true;
    }
    return false;
  }

  private readonly variants = new Map<string, (Unit | undefined)[]>();

  private slotsFor(fn: FunctionDef, cls: ClassDef): (Unit | undefined)[] {
    const key = `${fn.key}@${cls.key}`;
    let slots = this.variants.get(key);
    if (!slots) {
      slots = [];
      this.variants.set(key, slots);
    }
    return slots;
  }

  private slot(
    slots: (Unit | undefined)[],
    level: number,
    orderKey: string,
    module: ModuleDef,
    fn: FunctionDef | undefined,
    selfClass: ClassDef | undefined,
  ): Unit {
    let u = slots[level];
    if (u && u.fn === fn && u.module === module && u.selfClass === selfClass && this.units.get(u.key) === u) return u;
    const key = `${orderKey}${selfClass ? `@${selfClass.key}` : ""}${level === FULL ? "" : `^${level}`}`;
    u = this.graph.make(key, orderKey, level, module, fn, selfClass);
    slots[level] = u;
    if (fn) {
      const own = this.ofFunction.get(fn);
      if (own) own.add(u);
      else this.ofFunction.set(fn, new Set([u]));
    }
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
    unit.heard = new Set();
    unit.running = true;
    try {
      onOwnAccount(() => this.graph.within(unit, f));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      unit.bounds.add("an expression is nested too deeply to be followed");
      if (unit.fn) unit.summary ??= NOTHING;
    } finally {
      unit.running = false;
    }
  }

  /** Whoever is being analysed depends on what a module's text declares. */
  dependOnDeclared(mod: ModuleDef): void {
    this.declared(mod, false);
  }

  /** Does something with what a module's text declares, the same whoever asks. */
  asDeclared<T>(mod: ModuleDef, f: () => T): T {
    const unit = this.slot(slotsOf(this.moduleUnits, mod), 0, `${mod.file}::`, mod, undefined, undefined);
    this.make(unit);
    return onOwnAccount(() => this.graph.within(unit, f));
  }

  /** Whether a function is what is being analysed. */
  isAtWork(fn: FunctionDef): boolean {
    return this.stack.at(-1)?.fn === fn;
  }
}

/** A module that nothing is known of yet. */
const NAMELESS: ModuleState = {
  lookup: () => undefined,
  plain: () => undefined,
  events: [],
  own: new Env(new Map(), undefined),
  asked: new Map(),
  imports: "",
};

function slotsOf<K extends object>(map: WeakMap<K, (Unit | undefined)[]>, key: K): (Unit | undefined)[] {
  let slots = map.get(key);
  if (!slots) {
    slots = [];
    map.set(key, slots);
  }
  return slots;
}
