/**
 * Pieces of knowledge (a function's summary, a module's names), who used what, and what a change makes doubtful.
 *
 * A change forgets the results that it touches and doubts those that used them, directly or not. A doubtful result counts
 * again once everything that it used has turned out as before; else it is made anew (the red and green marks of demand-
 * driven compilers such as rustc and Salsa).
 *
 * Nothing here goes in circles: a unit uses units below it in the order of the project as they are, and those above it in
 * their form of the level below (see `Program`).
 */
import type { ClassDef, FunctionDef, ModuleDef } from "../names/definitions.js";
import type { ModuleState } from "./function.js";
import { Kept } from "./kept.js";
import type { Places } from "./places.js";
import { moduleShape, shapeOf } from "./shape.js";
import type { Summary } from "./summary.js";

/** How a unit may use another: its full result, or that of the level below. */
export type Standing = "below" | "above";

/** A piece of knowledge that others may depend on: a function's summary, a module's names. */
export interface Unit {
  /** `file::qualname`, with the class that `self` is and the level where these are not the usual ones. */
  key: string;
  /** Key in the order of the project. */
  orderKey: string;
  /** The full results are of the highest level. */
  level: number;
  /** Units whose results this one used, and those that used this one. */
  uses: Set<Unit>;
  usedBy: Set<Unit>;
  /** What it asked for, by key in the order, and how that was to be used. */
  asked: Map<string, Standing>;
  /** What it asked of the order (methods in whose place others stand, who mentions a name), and the keys that came out. */
  overrides: Map<string, string> | undefined;
  /** Nothing that it used, directly or not, stands above what used it: the result is the same at every level. */
  exact: boolean;
  module: ModuleDef;
  fn: FunctionDef | undefined;
  selfClass: ClassDef | undefined;
  summary: Summary | undefined;
  state: ModuleState | undefined;
  running: boolean;
  /** Keys of the functions that it calls. */
  called: Set<string>;
  /** Keys of functions that it was only asked about for what they put into the names that it reads. */
  heard: Set<string>;
  /** Places in the unit's code; they keep their identity from one analysis to the next. */
  places: Places;
  /** Something that it used, directly or not, may have changed. */
  doubtful: boolean;
  verifying: boolean;
  /** When the result last turned out different, and when it was last known to hold. */
  changed: number;
  checked: number;
  /** What the forgotten result looked like; undefined when any new one counts as different. */
  before: (() => string) | undefined;
  /** Imported names that were asked for of the forgotten result. */
  askedBefore: readonly string[] | undefined;
  /** Bounds that were hit on the way to the result, in words. */
  bounds: Set<string>;
}

export class Units {
  readonly all = new Map<string, Unit>();
  /** Units that were analysed since the engine last looked. */
  readonly fresh = new Set<Unit>();
  /** Units whose former reports no longer count. */
  readonly stale = new Set<Unit>();
  /** Units that lost somebody who used them, or may have. */
  readonly released = new Set<Unit>();
  /** Some results are missing or doubtful. */
  pending = true;
  readonly stack: Unit[] = [];
  /** Units whose results went missing or became doubtful since all were last asked for. */
  readonly unsettled = new Set<Unit>();
  private readonly orphans = new Set<Unit>();
  private clock = 1;
  /** What a text that is tried touches. */
  private kept: { units: Kept; unsettled: readonly Unit[] } | undefined;

  /** @param demand makes a unit's result */
  constructor(
    private readonly demand: (u: Unit) => void,
    private readonly forgotten: (u: Unit) => void,
  ) {}

  make(
    key: string,
    orderKey: string,
    level: number,
    module: ModuleDef,
    fn: FunctionDef | undefined,
    selfClass: ClassDef | undefined,
  ): Unit {
    let u = this.all.get(key);
    if (!u) {
      u = {
        key,
        orderKey,
        level,
        uses: new Set(),
        usedBy: new Set(),
        asked: new Map(),
        overrides: undefined,
        exact: true,
        module,
        fn,
        selfClass,
        summary: undefined,
        state: undefined,
        running: false,
        called: new Set(),
        heard: new Set(),
        places: new Map(),
        doubtful: false,
        verifying: false,
        changed: this.clock,
        checked: this.clock,
        before: undefined,
        askedBefore: undefined,
        bounds: new Set(),
      };
      this.all.set(key, u);
      this.kept?.units.noteMade(u);
    } else if (u.fn !== fn || u.module !== module || u.selfClass !== selfClass) {
      // The definition went away and came back.
      Object.assign(u, { fn, module, selfClass });
    }
    return u;
  }

  /** Whoever is being analysed used the finished result of a unit. @param above whether that stands above it in the order */
  depend(on: Unit, above: boolean): void {
    const user = this.stack.at(-1);
    if (!user || user === on) return;
    if (!user.uses.has(on)) {
      this.kept?.units.noteUse(user);
      user.uses.add(on);
      on.usedBy.add(user);
    }
    if (above || !on.exact) user.exact = false;
  }

  /** Does something in the name of a unit: what it needs is what the unit needs. */
  within<T>(u: Unit, f: () => T): T {
    this.stack.push(u);
    try {
      return f();
    } finally {
      this.stack.pop();
    }
  }

  /** From here on a text is tried, until `putBack`. @returns false where results are missing: they could not be put back */
  keep(): boolean {
    if (this.pending || this.kept) return false;
    this.kept = { units: new Kept(), unsettled: [...this.unsettled] };
    return true;
  }

  /** Ends what `keep` began without putting anything back. */
  letGo(): void {
    this.kept = undefined;
  }

  /** Whether all results can be put back as they were when `keep` was called. */
  get canPutBack(): boolean {
    return this.kept?.units.isWhole ?? false;
  }

  /**
   * Puts all results back as they were when `keep` was called.
   * @param remove takes a unit away that was not there
   */
  putBack(remove: (u: Unit) => void): void {
    const { kept } = this;
    this.kept = undefined;
    if (!kept) return;
    const { restored, grown } = kept.units.putBack(remove);
    for (const u of restored) {
      this.stale.add(u);
      if (u.summary || u.state) this.fresh.add(u);
      for (const x of u.uses) this.released.add(x);
    }
    this.orphans.clear();
    this.unsettled.clear();
    for (const u of kept.unsettled) this.unsettled.add(u);
    this.pending = false;
    this.clock++;
    for (const u of grown) {
      this.forget(u, true);
      this.doubtUsers(u);
    }
  }

  /** A result is about to be made. */
  begins(u: Unit): void {
    this.kept?.units.save(u);
  }

  /** A result was made. */
  done(u: Unit): void {
    u.doubtful = false;
    this.fresh.add(u);
    const { before } = u;
    u.before = undefined;
    if (u.state && u.askedBefore) for (const name of u.askedBefore) u.state.lookup(name);
    u.askedBefore = undefined;
    if (before && before() === this.look(u)) {
      u.checked = this.clock;
      return;
    }
    if (u.changed !== this.clock || u.usedBy.size) {
      u.changed = ++this.clock;
      for (const user of u.usedBy) if (!user.running) this.doubt(user);
    }
    u.checked = this.clock;
  }

  private look(u: Unit): string {
    const shape = u.summary ? shapeOf(u.summary, u.fn) : u.state ? moduleShape(u.state) : "";
    return `${u.exact}${shape}`;
  }

  /** Whether the result at hand counts; looks through everything that it used when it is doubtful. */
  holds(u: Unit): boolean {
    if (!u.summary && !u.state) return false;
    if (!u.doubtful || u.verifying) return true;
    u.verifying = true;
    u.doubtful = false;
    let same = true;
    try {
      for (const d of [...u.uses]) {
        // What is gone is not made again: it would register its handlers once more.
        const gone = this.all.get(d.key) !== d;
        if (!gone && !this.holds(d) && !d.running) this.within(u, () => this.demand(d));
        if (gone || d.changed > u.checked) {
          same = false;
          break;
        }
      }
    } finally {
      u.verifying = false;
    }
    if (same) {
      u.checked = this.clock;
      return true;
    }
    this.forget(u, true);
    return false;
  }

  /**
   * Results that an edit touched. Nothing is made before `settle`, except where one function alone changed, which is
   * compared at once so that most keystrokes touch nothing else.
   * @param anew units that count as different whatever comes out
   */
  change(units: readonly Unit[], anew: ReadonlySet<Unit>): void {
    this.clock++;
    const fn = units[0]?.fn;
    if (fn && !anew.size && !this.pending && units.every((u) => u.fn === fn)) {
      // Of what has no result although nothing is missing nobody needs one.
      const needed = units.filter((u) => u.summary || u.state);
      const loose = new Set(this.orphans);
      for (const u of needed) this.forget(u, true);
      this.pending = false;
      for (const u of needed) this.demand(u);
      // What is there again, and used by it, is needed as before.
      for (const u of needed) for (const x of [u, ...u.uses]) if (!loose.has(x)) this.orphans.delete(x);
      return;
    }
    for (const u of units) {
      this.forget(u, !anew.has(u));
      this.doubtUsers(u);
    }
  }

  private doubt(u: Unit): void {
    const open = [u];
    for (let x = open.pop(); x; x = open.pop()) {
      if (x.doubtful) continue;
      x.doubtful = true;
      this.kept?.units.noteDoubt(x);
      this.pending = true;
      this.unsettled.add(x);
      for (const user of x.usedBy) if (!user.doubtful) open.push(user);
    }
  }

  private forget(u: Unit, compare: boolean): void {
    this.kept?.units.save(u);
    if (u.summary || u.state) {
      const { summary, state, fn, exact } = u;
      const header = fn?.ir;
      let text: string | undefined;
      u.before = compare
        ? () => {
            text ??= `${exact}${summary ? shapeOf(summary, fn, header) : state ? moduleShape(state) : ""}`;
            return text;
          }
        : undefined;
      u.askedBefore = state && [...state.asked.keys()];
    } else if (!compare) u.before = undefined;
    for (const x of u.uses) {
      x.usedBy.delete(u);
      this.orphans.add(x);
      this.released.add(x);
    }
    u.uses.clear();
    u.asked.clear();
    u.overrides = undefined;
    u.exact = true;
    u.summary = undefined;
    u.state = undefined;
    u.doubtful = false;
    u.bounds.clear();
    this.stale.add(u);
    this.pending = true;
    this.unsettled.add(u);
    this.orphans.add(u);
    this.forgotten(u);
  }

  private doubtUsers(u: Unit): void {
    for (const user of u.usedBy) this.doubt(user);
  }

  /** The definition is gone. */
  remove(u: Unit): void {
    this.kept?.units.lose();
    this.forget(u, false);
    this.doubtUsers(u);
    this.all.delete(u.key);
  }

  /** Something is perhaps not needed any more. */
  suspect(u: Unit): void {
    this.orphans.add(u);
    this.released.add(u);
    this.pending = true;
  }

  /** Something may not be needed any more. */
  get hasOrphans(): boolean {
    return this.orphans.size > 0;
  }

  /** Forgets what nobody needs any more. */
  sweep(isRoot: (u: Unit) => boolean): void {
    const alive = new Set<Unit>();
    for (const u of this.orphans) {
      if (!u.summary && !u.state) continue;
      const seen = new Set<Unit>([u]);
      let needed = false;
      for (const x of seen) {
        if (alive.has(x) || isRoot(x)) {
          needed = true;
          break;
        }
        for (const user of x.usedBy) seen.add(user);
      }
      if (needed) alive.add(u);
      else
        for (const x of seen) {
          const { pending } = this;
          this.forget(x, false);
          this.doubtUsers(x);
          this.pending = pending;
        }
    }
    this.orphans.clear();
  }
}
