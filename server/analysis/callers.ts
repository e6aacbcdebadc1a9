/** Who calls whom: a function that nobody in the project calls may be called from outside. */
import type { Unit } from "./flow/program.js";
import { hasResult } from "./needed.js";

/** How many units call a function, by its key. */
export class Callers {
  private readonly callers = new Map<string, number>();
  /** What was counted for each unit. */
  private readonly counted = new Map<Unit, ReadonlySet<string>>();

  /** Whether any unit calls the function. */
  has(key: string): boolean {
    return this.callers.has(key);
  }

  clear(): void {
    this.callers.clear();
    this.counted.clear();
  }

  /**
   * Brings up to date whom some units call.
   * @param idle units whose calls do not count
   * @returns keys of the functions that got their first caller or lost their last
   */
  count(units: Iterable<Unit>, idle: { has(u: Unit): boolean }): Set<string> {
    const before = new Map<string, boolean>();
    const add = (key: string, by: number) => {
      if (!before.has(key)) before.set(key, this.callers.has(key));
      const n = (this.callers.get(key) ?? 0) + by;
      if (n > 0) this.callers.set(key, n);
      else this.callers.delete(key);
    };
    for (const u of new Set(units)) {
      for (const key of this.counted.get(u) ?? []) add(key, -1);
      const now = hasResult(u) && !idle.has(u) ? calledBy(u) : new Set<string>();
      for (const key of now) add(key, 1);
      this.counted.set(u, now);
    }
    return new Set([...before].filter(([key, had]) => had !== this.callers.has(key)).map(([key]) => key));
  }
}

/** Files of tests by their names, as pytest and Django's runner look for them. */
const TESTS = /(?:^|\/)(?:tests|test_[^/]*|[^/]*_tests?|conftest)\.py$/;

/** What a unit calls; a test says nothing of who else calls what it tries. */
export function calledBy(u: Unit): ReadonlySet<string> {
  if (!TESTS.test(u.module.file)) return u.called;
  return new Set([...u.called].filter((key) => TESTS.test(key.slice(0, key.indexOf("::")))));
}
