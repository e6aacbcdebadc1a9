/**
 * What trying another text touches, so that it can be put back: results are as they were then, without making them anew.
 * Only for a text that will be taken back.
 */
import { type Places, savePlaces } from "./places.js";
import type { Unit } from "./units.js";

/** A unit's fields that make up its result. */
type Result = Pick<
  Unit,
  | "asked"
  | "overrides"
  | "exact"
  | "summary"
  | "state"
  | "called"
  | "heard"
  | "places"
  | "changed"
  | "checked"
  | "bounds"
> & { uses: readonly Unit[] };

export class Kept {
  private readonly former = new Map<Unit, Result>();
  /** What puts places back; several units may share them, and whichever moves them moves them for all. */
  private readonly places = new Map<Places, () => void>();
  /** Units that were not there. */
  private readonly made = new Set<Unit>();
  /** Units whose results became doubtful. */
  private readonly doubted = new Set<Unit>();
  /** Units that came to use something without being made anew. */
  private readonly grown = new Set<Unit>();
  private lost = false;

  /** A result is about to go, or to be made where there was none. */
  save(u: Unit): void {
    if (this.former.has(u) || this.made.has(u)) return;
    this.former.set(u, {
      uses: [...u.uses],
      asked: new Map(u.asked),
      overrides: u.overrides && new Map(u.overrides),
      exact: u.exact,
      summary: u.summary,
      state: u.state,
      called: u.called,
      heard: u.heard,
      places: u.places,
      changed: u.changed,
      checked: u.checked,
      bounds: new Set(u.bounds),
    });
    if (!this.places.has(u.places)) this.places.set(u.places, savePlaces(u.places));
  }

  noteMade(u: Unit): void {
    this.made.add(u);
  }

  noteDoubt(u: Unit): void {
    this.doubted.add(u);
  }

  /** A unit used another; only those that are being made may. */
  noteUse(user: Unit): void {
    if (!this.former.has(user) && !this.made.has(user)) this.grown.add(user);
  }

  /** A definition went: its unit cannot be put back. */
  lose(): void {
    this.lost = true;
  }

  /** Whether everything can be put back. */
  get isWhole(): boolean {
    return !this.lost;
  }

  /**
   * Puts the results back.
   * @param remove takes a unit away that was not there
   * @returns units with the results that they had, and those whose results are to be made anew
   */
  putBack(remove: (u: Unit) => void): { restored: Unit[]; grown: Unit[] } {
    for (const u of this.former.keys()) {
      for (const x of u.uses) x.usedBy.delete(u);
      u.uses.clear();
    }
    for (const u of this.made) remove(u);
    for (const put of this.places.values()) put();
    for (const [u, { uses, ...fields }] of this.former) {
      Object.assign(u, fields, { doubtful: false, before: undefined, askedBefore: undefined });
      for (const x of uses) {
        u.uses.add(x);
        x.usedBy.add(u);
      }
    }
    for (const u of this.doubted) u.doubtful = false;
    return { restored: [...this.former.keys()], grown: [...this.grown] };
  }
}
