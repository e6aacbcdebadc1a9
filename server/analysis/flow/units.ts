/**
 * Pieces of knowledge (a function's summary, a module's names), who used what, and what a change makes doubtful.
 *
 * A change forgets the results that it touches and doubts those that used them, directly or not. A doubtful result counts
 * again once everything that it used has turned out as before; else it is made anew (the red and green marks of demand-
 * driven compilers such as rustc and Salsa). Results that needed each other in a circle are forgotten together.
 */
import type { ClassDef, FunctionDef, ModuleDef } from "../names/definitions.js";
import type { ModuleState } from "./function.js";
import type { Loc } from "./labels.js";
import { moduleShape, shapeOf } from "./shape.js";
import type { Summary } from "./summary.js";

/** A piece of knowledge that others may depend on: a function's summary, a module's names. */
export interface Unit {
  key: string;
  /** Units whose results this one used, and those that used this one. */
  uses: Set<Unit>;
  usedBy: Set<Unit>;
  module: ModuleDef;
  fn: FunctionDef | undefined;
  selfClass: ClassDef | undefined;
  summary: Summary | undefined;
  state: ModuleState | undefined;
  running: boolean;
  /** Was asked for while running: part of a recursion. */
  recursive: boolean;
  /** Keys of the functions that it calls. */
  called: Set<string>;
  /** Places in the unit's code; they keep their identity from one analysis to the next. */
  places: Map<string, Loc>;
  /** How often it is on the stack. */
  active: number;
  /** Units that needed each other; the first was entered first. */
  group: Unit[] | undefined;
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
  /** How often it was made since the last edit. */
  made: number;
  /** Bounds that were hit on the way to the result, in words. */
  bounds: Set<string>;
}

/** Most times that one edit may make a result anew: results that keep changing each other end there. */
const MAX_MADE = 6;
/** Circles of more units are made once, wherever they are entered. */
const MAX_CIRCLE = 60;

export class Units {
  readonly all = new Map<string, Unit>();
  /** Units that were analysed since the engine last looked. */
  readonly fresh = new Set<Unit>();
  /** Units whose former reports no longer count. */
  readonly stale = new Set<Unit>();
  /** Some results are missing or doubtful. */
  pending = true;
  readonly stack: Unit[] = [];
  /** Units to be made before all others, so that circles are entered where they were before. */
  private readonly first = new Set<Unit>();
  private readonly orphans = new Set<Unit>();
  private clock = 1;

  /** @param demand makes a unit's result */
  constructor(
    private readonly demand: (u: Unit) => void,
    private readonly forgotten: (u: Unit) => void,
  ) {}

  /** Counts changes; equal numbers mean that nothing changed in between. */
  get time(): number {
    return this.clock;
  }

  make(key: string, module: ModuleDef, fn: FunctionDef | undefined, selfClass: ClassDef | undefined): Unit {
    let u = this.all.get(key);
    if (!u) {
      u = {
        key,
        uses: new Set(),
        usedBy: new Set(),
        module,
        fn,
        selfClass,
        summary: undefined,
        state: undefined,
        running: false,
        recursive: false,
        called: new Set(),
        places: new Map(),
        active: 0,
        group: undefined,
        doubtful: false,
        verifying: false,
        changed: this.clock,
        checked: this.clock,
        before: undefined,
        askedBefore: undefined,
        made: 0,
        bounds: new Set(),
      };
      this.all.set(key, u);
    } else if (u.fn !== fn || u.module !== module || u.selfClass !== selfClass) {
      // The definition went away and came back.
      Object.assign(u, { fn, module, selfClass });
    }
    return u;
  }

  /** Whoever is being analysed needs a unit. */
  depend(on: Unit): void {
    const user = this.stack.at(-1);
    if (!user || user === on) return;
    if (!user.uses.has(on)) {
      user.uses.add(on);
      on.usedBy.add(user);
    }
    if (on.active) this.tie(this.stack.indexOf(on), on);
    else if (on.group) {
      const i = this.stack.findIndex((u) => u.group === on.group);
      if (i >= 0) this.tie(i, on);
    }
  }

  /** Everything on the stack from a place on needs each other. */
  private tie(from: number, also: Unit): void {
    const head = this.stack[from];
    if (!head) return;
    const group = head.group ?? [head];
    head.group = group;
    const add = (u: Unit) => {
      if (u.group === group) return;
      for (const m of u.group ?? [u]) {
        m.group = group;
        group.push(m);
      }
    };
    for (let i = from + 1; i < this.stack.length; i++) add(this.stack[i]!);
    add(also);
  }

  /** Does something in the name of a unit: what it needs is what the unit needs. */
  within<T>(u: Unit, f: () => T): T {
    this.stack.push(u);
    u.active++;
    try {
      return f();
    } finally {
      u.active--;
      this.stack.pop();
    }
  }

  /** Whether a unit's circle was entered further down the stack. */
  isInner(u: Unit): boolean {
    return !!u.group && this.stack.some((x) => x !== u && x.group === u.group && x.active > 0);
  }

  /** Another round of a circle: what its members found in the last one does not count, except for who began it. */
  restartCircle(u: Unit): void {
    for (const m of u.group ?? []) if (m !== u && !m.active && m.fn) m.summary = undefined;
  }

  /**
   * What comes out of a circle may depend on where it was entered, and that must not depend on who asked first: a circle is
   * made again from its first member.
   * @returns whether it was
   */
  enterAtFirst(u: Unit): boolean {
    const { group } = u;
    if (!group || group.length > MAX_CIRCLE || this.entering || this.isInner(u) || group.some((m) => m.active))
      return false;
    const first = firstOf(group);
    if (first === u) return false;
    this.entering = true;
    for (const m of group) {
      m.group = undefined;
      this.forget(m, false);
    }
    this.within(u, () => this.demand(first));
    this.entering = false;
    return true;
  }

  private entering = false;

  /** A result was made. */
  done(u: Unit): void {
    u.doubtful = false;
    this.fresh.add(u);
    u.made++;
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
      for (const user of u.usedBy) if (!user.active && !(user.group && user.group === u.group)) this.doubt(user);
    }
    u.checked = this.clock;
  }

  private look(u: Unit): string {
    return u.summary ? shapeOf(u.summary, u.fn) : u.state ? moduleShape(u.state) : "";
  }

  /** Whether the result at hand counts; looks through everything that it used when it is doubtful. */
  holds(u: Unit): boolean {
    if (!u.summary && !u.state) return false;
    if (!u.doubtful || u.verifying) return true;
    u.verifying = true;
    u.doubtful = false;
    let same = true;
    for (const d of u.group ? u.group.flatMap((m) => [...m.uses]) : [...u.uses]) {
      if (d.group && d.group === u.group) continue;
      if (!this.holds(d) && !d.active) this.within(u, () => this.demand(d));
      if (d.changed > u.checked || !this.all.has(d.key)) {
        same = false;
        break;
      }
    }
    u.verifying = false;
    if (same || u.made > MAX_MADE || (u.made > 1 && u.group && u.group.length > MAX_CIRCLE)) {
      u.checked = this.clock;
      return true;
    }
    const first = u.group && firstOf(u.group);
    this.forgetWithCircle(u, true);
    if (first && first !== u && !first.active) this.demand(first);
    return u.summary !== undefined || u.state !== undefined;
  }

  /**
   * Results that an edit touched. Nothing is made before `settle`, except where one function alone changed, which is
   * compared at once so that most keystrokes touch nothing else.
   * @param anew units that count as different whatever comes out
   */
  change(units: readonly Unit[], anew: ReadonlySet<Unit>): void {
    this.clock++;
    for (const u of this.touched) u.made = 0;
    this.touched.clear();
    const [one] = units;
    if (one && units.length === 1 && !one.group && !anew.has(one) && !this.pending && one.fn) {
      this.forget(one, true);
      this.pending = false;
      this.demand(one);
      return;
    }
    for (const u of units) this.forgetWithCircle(u, !anew.has(u));
  }

  private readonly touched = new Set<Unit>();

  private doubt(u: Unit): void {
    const open = [u];
    for (let x = open.pop(); x; x = open.pop()) {
      if (x.doubtful) continue;
      x.doubtful = true;
      this.touched.add(x);
      this.pending = true;
      for (const user of x.usedBy) if (!user.doubtful) open.push(user);
      if (x.group) for (const m of x.group) if (!m.doubtful) open.push(m);
    }
  }

  private forgetWithCircle(u: Unit, compare: boolean): void {
    const circle = u.group;
    if (!circle) {
      this.forget(u, compare);
      this.doubtUsers(u);
      return;
    }
    this.first.add(firstOf(circle));
    for (const m of circle) {
      m.group = undefined;
      if (m.active) continue;
      this.forget(m, compare || m !== u);
      this.doubtUsers(m);
    }
  }

  private forget(u: Unit, compare: boolean): void {
    if (u.summary || u.state) {
      const { summary, state, fn } = u;
      const header = fn?.ir;
      let text: string | undefined;
      u.before = compare
        ? () => {
            text ??= summary ? shapeOf(summary, fn, header) : state ? moduleShape(state) : "";
            return text;
          }
        : undefined;
      u.askedBefore = state && [...state.asked.keys()];
    } else if (!compare) u.before = undefined;
    for (const x of u.uses) {
      x.usedBy.delete(u);
      this.orphans.add(x);
    }
    u.uses.clear();
    u.summary = undefined;
    u.state = undefined;
    u.doubtful = false;
    u.bounds.clear();
    this.touched.add(u);
    this.stale.add(u);
    this.pending = true;
    this.orphans.add(u);
    this.forgotten(u);
  }

  private doubtUsers(u: Unit): void {
    for (const user of u.usedBy) this.doubt(user);
  }

  /** The definition is gone. */
  remove(u: Unit): void {
    this.forgetWithCircle(u, false);
    this.all.delete(u.key);
  }

  /** Makes what must be made first. */
  settle(defined: (u: Unit) => boolean): void {
    for (const u of [...this.first].sort((a, b) => (a.key < b.key ? -1 : 1))) {
      this.first.delete(u);
      if (this.all.has(u.key) && defined(u)) this.demand(u);
    }
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
          const pending = this.pending;
          this.forget(x, false);
          this.doubtUsers(x);
          this.pending = pending;
        }
    }
    this.orphans.clear();
  }
}

/** Where a circle is entered: at a module, else at a function, the first by name. */
function firstOf(circle: readonly Unit[]): Unit {
  return circle.reduce((a, b) => {
    if (!a.fn !== !b.fn) return a.fn ? b : a;
    return b.key < a.key ? b : a;
  });
}
