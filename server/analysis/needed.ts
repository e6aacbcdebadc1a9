/** Which results are there for what is looked at, and which only because something was asked on the side. */
import { FULL, type Unit } from "./flow/program.js";

/**
 * Units that nothing that is looked at needs: they were only asked for to know what holds for the whole app, or stand in for
 * results of a lower level. What stands in them is nobody's finding, and whom they call nobody calls.
 */
export class Idle {
  private readonly idle = new Set<Unit>();

  has(u: Unit): boolean {
    return this.idle.has(u);
  }

  clear(): void {
    this.idle.clear();
  }

  /**
   * Brings up to date which units are idle.
   * @param changed units that were done anew, are gone, or lost somebody who used them
   * @param isRoot whether a unit is looked at of itself
   * @returns units that have begun or ceased to be idle
   */
  update(changed: Iterable<Unit>, isRoot: (u: Unit) => boolean): Unit[] {
    const needed = new Needed(isRoot);
    const open = new Set<Unit>([...this.idle, ...changed]);
    const turned: Unit[] = [];
    for (const u of open) {
      const isIdle = u.level === FULL && !!(u.summary || u.state) && !needed.has(u);
      if (isIdle === this.idle.has(u)) continue;
      turned.push(u);
      if (!isIdle) {
        this.idle.delete(u);
        continue;
      }
      this.idle.add(u);
      for (const used of u.uses) open.add(used);
    }
    return turned;
  }
}

/** Tells units of the highest level that are needed from others, in one state of the project. */
export class Needed {
  private readonly yes = new Set<Unit>();
  private readonly no = new Set<Unit>();

  /** @param isRoot whether a unit is looked at of itself */
  constructor(private readonly isRoot: (u: Unit) => boolean) {}

  /** Whether a unit of the highest level is looked at of itself, or used as it is by one that is needed. */
  has(unit: Unit): boolean {
    const seen = new Set<Unit>([unit]);
    for (const u of seen) {
      if (this.yes.has(u) || this.isRoot(u)) {
        this.yes.add(unit);
        return true;
      }
      if (this.no.has(u)) continue;
      // A full result may stand in for that of a lower level: this does not mean that anybody asked for it.
      for (const user of u.usedBy) if (user.level === FULL && user.asked.get(u.orderKey) === "below") seen.add(user);
    }
    for (const u of seen) this.no.add(u);
    return false;
  }
}
