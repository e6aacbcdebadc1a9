/** Which results are there for what is looked at, and which only because something was asked on the side. */
import { FULL, type Unit } from "./flow/program.js";

/** Whether a unit has a full result, which alone is read off. */
export const hasResult = (u: Unit): boolean => u.level === FULL && !!(u.summary || u.state);

/**
 * Whether one of two units uses the other's full result as it is. A full result may also stand in for that of a lower level:
 * this does not mean that anybody asked for it. Uses of this kind never go in circles.
 */
const asksFor = (user: Unit, u: Unit): boolean => user.level === FULL && user.asked.get(u.orderKey) === "below";

/**
 * Tells units of the highest level that are looked at of themselves, or used as they are by one that is needed, from others.
 * @param among the units to tell
 * @param isRoot whether a unit is looked at of itself
 * @param elsewhere what is known of units that are not among these
 */
export function neededAmong(
  among: ReadonlySet<Unit>,
  isRoot: (u: Unit) => boolean,
  elsewhere: (u: Unit) => boolean,
): (u: Unit) => boolean {
  const known = new Map<Unit, boolean>();
  const isNeeded = (u: Unit): boolean => {
    if (!among.has(u)) return elsewhere(u);
    let out = known.get(u);
    if (out === undefined) {
      out = isRoot(u);
      for (const user of out ? [] : u.usedBy)
        if (asksFor(user, u) && isNeeded(user)) {
          out = true;
          break;
        }
      known.set(u, out);
    }
    return out;
  };
  return isNeeded;
}

/**
 * Units that nothing that is looked at needs: they were only asked for to know what holds for the whole app, or stand in for
 * results of a lower level. What stands in them is nobody's finding, and whom they call nobody calls.
 */
export class Idle {
  private readonly idle = new Set<Unit>();
  /** Other units are looked at of themselves than before. */
  private rootsTurned = false;

  has(u: Unit): boolean {
    return this.idle.has(u);
  }

  clear(): void {
    this.idle.clear();
  }

  /** Other units are looked at of themselves than before: all have to be asked about again. */
  turnRoots(): void {
    this.rootsTurned = true;
  }

  /**
   * Brings up to date which units are idle.
   * @param changed units that were done anew, are gone, or lost somebody who used them
   * @param isRoot whether a unit is looked at of itself
   * @returns units that have begun or ceased to be idle
   */
  update(changed: Iterable<Unit>, isRoot: (u: Unit) => boolean): Unit[] {
    const turned = new Set<Unit>();
    let open = new Set<Unit>([...(this.rootsTurned ? this.idle : []), ...changed]);
    this.rootsTurned = false;
    while (open.size) {
      const next = new Set<Unit>();
      const isNeeded = neededAmong(open, isRoot, (u) => !this.idle.has(u));
      for (const u of open) {
        const isIdle = hasResult(u) && !isNeeded(u);
        if (isIdle && !this.idle.has(u)) {
          this.idle.add(u);
          turned.add(u);
          for (const used of u.uses) if (hasResult(used)) next.add(used);
          continue;
        }
        if (!isIdle && this.idle.delete(u)) turned.add(u);
        if (!isIdle) for (const used of u.uses) if (this.idle.has(used) && asksFor(u, used)) next.add(used);
      }
      open = next;
    }
    return [...turned];
  }
}
