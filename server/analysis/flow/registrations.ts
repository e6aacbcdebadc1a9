/** Functions and classes that calls register as handlers, and who registered them. */
import type { Entry } from "./program.js";
import type { Unit } from "./units.js";

/** By key of the function or class. */
export class Registrations {
  private readonly entries = new Map<string, Map<Unit, Entry>>();
  /** What was said of the keys that came or went since they were last asked for. */
  private readonly before = new Map<string, Entry | undefined>();

  /** @param owner what is being analysed */
  constructor(private readonly owner: () => Unit | undefined) {}

  /** Changes with every registration that comes or goes. */
  version = 0;

  get(key: string): Entry | undefined {
    let first: Unit | undefined;
    const owners = this.entries.get(key);
    for (const u of owners?.keys() ?? []) if (!first || u.key < first.key) first = u;
    return first && owners?.get(first);
  }

  has(key: string): boolean {
    return this.entries.has(key);
  }

  set(key: string, entry: Entry): void {
    const owner = this.owner();
    if (!owner) return;
    this.remember(key);
    const owners = this.entries.get(key);
    if (owners) owners.set(owner, entry);
    else this.entries.set(key, new Map([[owner, entry]]));
  }

  /** A unit's result does not count any more, nor what it registered. */
  forget(unit: Unit): void {
    for (const [key, owners] of this.entries) {
      if (!owners.has(unit)) continue;
      this.remember(key);
      owners.delete(unit);
      if (!owners.size) this.entries.delete(key);
    }
  }

  private remember(key: string): void {
    this.version++;
    if (!this.before.has(key)) this.before.set(key, this.get(key));
  }

  /** Keys of which something else is said than when this was last called. */
  turned(): string[] {
    const out: string[] = [];
    for (const [key, entry] of this.before) {
      const now = this.get(key);
      if (now?.model !== entry?.model || now?.doubt !== entry?.doubt) out.push(key);
    }
    this.before.clear();
    return out;
  }
}
