/** Routes that reach another model call than before although they themselves were not done anew. */
import type { Unit } from "./flow/program.js";
import { reachOf } from "./flow/routes.js";

/** Remembers whom each unit used and which model it called. */
export class RouteReach {
  private readonly known = new WeakMap<Unit, string>();

  /**
   * Units of routes above those that call a model now, or did, or call others than before. What these hand on may be the
   * same, so that the routes themselves are not among the fresh ones.
   * @param fresh units that were analysed since this was last asked
   */
  above(fresh: ReadonlySet<Unit>): Unit[] {
    const seen = new Set<Unit>();
    for (const u of fresh) {
      const now = u.fn ? reachOf(u) : "";
      if ((this.known.get(u) ?? "") === now) continue;
      this.known.set(u, now);
      seen.add(u);
    }
    for (const u of seen) for (const user of u.usedBy) if (user.fn) seen.add(user);
    return [...seen].filter((u) => u.summary?.entry);
  }
}
