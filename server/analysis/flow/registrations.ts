/** Functions and classes that calls register as handlers, and who registered them. */
import type { EntryModel } from "../names/model-schema.js";
import type { Registration } from "../part.js";
import type { Entry } from "./program.js";
import type { Unit } from "./units.js";

/** By key of the function or class. */
export class Registrations {
  private readonly entries = new Map<string, Map<Unit, Entry>>();
  /** What was said of the keys that came or went since they were last asked for. */
  private readonly before = new Map<string, Entry | undefined>();
  /** Keys of these of which something else was told in between: who asked then is to ask again. */
  private readonly misread = new Set<string>();

  /** What other engines' parts of the project register, by key and by key of the unit; and their models, each once. */
  private readonly foreign = new Map<string, Map<string, Entry>>();
  private readonly models = new Map<string, EntryModel>();

  /** @param owner what is being analysed */
  constructor(private readonly owner: () => Unit | undefined) {}

  /** Another number whenever something else is registered, and the former one when that is put back. */
  version = 0;
  private lastVersion = 0;

  /** How a framework calls the function or class of a key. */
  get(key: string): Entry | undefined {
    const out = this.said(key);
    if (this.before.has(key) && !sameEntry(out, this.before.get(key))) this.misread.add(key);
    return out;
  }

  /** What the first of its owners, by their keys, says. */
  private said(key: string): Entry | undefined {
    let owner: string | undefined;
    let out: Entry | undefined;
    const take = (by: string, entry: Entry) => {
      if (owner !== undefined && by >= owner) return;
      owner = by;
      out = entry;
    };
    for (const [u, entry] of this.entries.get(key) ?? []) take(u.key, entry);
    for (const [by, entry] of this.foreign.get(key) ?? []) take(by, entry);
    return out;
  }

  has(key: string): boolean {
    return this.entries.has(key) || this.foreign.has(key);
  }

  /** Keys of what is registered as one kind of entry, in order, and the files of those who register it. */
  ofKind(kind: EntryModel["kind"]): { key: string; files: readonly string[] }[] {
    const out = new Map<string, Set<string>>();
    const take = (key: string, by: string, entry: Entry): void => {
      if (entry.model.kind !== kind) return;
      const files = out.get(key) ?? new Set<string>();
      out.set(key, files.add(by.slice(0, by.indexOf("::"))));
    };
    for (const [key, owners] of this.entries) for (const [u, entry] of owners) take(key, u.key, entry);
    for (const [key, owners] of this.foreign) for (const [by, entry] of owners) take(key, by, entry);
    return [...out].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, files]) => ({ key, files: [...files].sort() }));
  }

  /** What was registered here, for other engines. */
  own(kind: Registration["kind"]): Registration[] {
    return [...this.entries].flatMap(([key, owners]) =>
      [...owners].map(([u, { model, doubt }]) => ({ kind, key, owner: u.key, model, doubt })),
    );
  }

  /** Takes over what other engines registered, in place of what they said before. @returns whether anything is new */
  adopt(list: readonly Registration[]): boolean {
    const before = new Map([...this.foreign].map(([key, owners]) => [key, signatureOf(owners)]));
    const now = new Map<string, Map<string, Entry>>();
    for (const { key, owner, model, doubt } of list) {
      if ([...(this.entries.get(key)?.keys() ?? [])].some((u) => u.key === owner)) continue;
      const text = JSON.stringify(model);
      const known = this.models.get(text) ?? model;
      this.models.set(text, known);
      const owners = now.get(key) ?? new Map<string, Entry>();
      now.set(key, owners.set(owner, { model: known, doubt }));
    }
    const turned = [...new Set([...before.keys(), ...now.keys()])].filter(
      (key) => before.get(key) !== signatureOf(now.get(key)),
    );
    for (const key of turned) this.remember(key);
    this.foreign.clear();
    for (const [key, owners] of now) this.foreign.set(key, owners);
    return turned.length > 0;
  }

  set(key: string, entry: Entry): void {
    const owner = this.owner();
    if (!owner) return;
    this.remember(key);
    const owners = this.entries.get(key);
    if (owners) owners.set(owner, entry);
    else this.entries.set(key, new Map([[owner, entry]]));
  }

  /** Remembers what is registered here. @returns what puts it back */
  save(): () => void {
    const { version } = this;
    const saved = [...this.entries].map(([key, owners]) => [key, new Map(owners)] as const);
    return () => {
      this.entries.clear();
      for (const [key, owners] of saved) this.entries.set(key, owners);
      this.before.clear();
      this.misread.clear();
      this.version = version;
    };
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

  /** Whether something came or went since `turned` was last called. */
  get stirred(): boolean {
    return this.before.size > 0;
  }

  private remember(key: string): void {
    this.version = ++this.lastVersion;
    if (!this.before.has(key)) this.before.set(key, this.said(key));
  }

  /** Keys of which something else is said than when this was last called, or than was told since. */
  turned(): string[] {
    const out: string[] = [];
    for (const [key, entry] of this.before)
      if (this.misread.has(key) || !sameEntry(this.said(key), entry)) out.push(key);
    this.before.clear();
    this.misread.clear();
    return out;
  }
}

const sameEntry = (a: Entry | undefined, b: Entry | undefined): boolean =>
  a?.model === b?.model && a?.doubt === b?.doubt;

const signatureOf = (owners: ReadonlyMap<string, Entry> | undefined): string => JSON.stringify([...(owners ?? [])]);
