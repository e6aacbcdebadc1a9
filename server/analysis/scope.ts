/**
 * Which of a project's files are looked at. Where something talks to a model, all of them: what leaks may come from anywhere.
 * In a large project where nothing does, only files that by themselves hold a setting, a credential, or what handles
 * requests and tells something of them; the rest is for them like a library. So a large code base without a model takes
 * less time than it takes to parse it.
 */
import type { Cancel } from "./engine-api.js";
import { glanceAt } from "./glance.js";

/** A project of no more Python files is looked at whole: that takes seconds, and more is found. */
export const LARGE = 600;

/** What some files of a project say about what is to be looked at. Plain data. */
export interface ScopeShare {
  /** One of them that has to do with a model. */
  witness: string | undefined;
  /** Those that are looked at where none in the project has; undefined where all are. */
  chosen: string[] | undefined;
}

const isPython = (file: string): boolean => file.endsWith(".py");

export class Scope {
  /** A file that has to do with a model; undefined where there is none, or the project is not large. */
  private witness: string | undefined;
  /** The Python files that are looked at, where not all are. */
  private chosen: ReadonlySet<string> | undefined;
  private isKnown = false;
  private told: { all: readonly string[]; files: readonly string[] } | undefined;

  /** @param everything whether all files count however large the project is, since its settings speak of them */
  constructor(
    private readonly textOf: (file: string) => string | undefined,
    private readonly everything: () => boolean,
  ) {}

  /** Whether it was settled which files are looked at; until then it is all. */
  get known(): boolean {
    return this.isKnown;
  }

  /** Whether not all files are looked at. */
  get isPartial(): boolean {
    return this.chosen !== undefined;
  }

  /** Whether a file is looked at. */
  has(file: string): boolean {
    return !this.chosen || !isPython(file) || this.chosen.has(file);
  }

  /** Of all files of the project those that are looked at. @param all the same list as long as it has the same files */
  of(all: readonly string[]): readonly string[] {
    if (!this.chosen) return all;
    if (this.told?.all !== all) this.told = { all, files: all.filter((file) => this.has(file)) };
    return this.told.files;
  }

  /**
   * Settles which files are looked at.
   * @returns false when it was cancelled; it is to be asked again
   */
  settle(all: readonly string[], cancel?: Cancel): boolean {
    const seen = this.look(all, all, cancel);
    if (seen) this.adopt([seen]);
    return seen !== undefined;
  }

  /**
   * What some files of the project say about what is to be looked at.
   * @returns undefined when it was cancelled
   */
  look(files: readonly string[], all: readonly string[], cancel?: Cancel): ScopeShare | undefined {
    if (this.everything() || all.filter(isPython).length <= LARGE) return { witness: undefined, chosen: undefined };
    const chosen: string[] = [];
    for (const file of files) {
      if (cancel?.cancelled) return undefined;
      if (!isPython(file)) continue;
      const { ofModel, counts } = glanceAt(this.textOf(file) ?? "");
      if (ofModel) return { witness: file, chosen: undefined };
      if (counts) chosen.push(file);
    }
    return { witness: undefined, chosen };
  }

  /** Takes over what all files together say. */
  adopt(shares: readonly ScopeShare[]): void {
    this.witness = shares.find((one) => one.witness !== undefined)?.witness;
    const parts = shares.map((one) => one.chosen);
    this.chosen = parts.some((one) => !one) ? undefined : new Set(parts.flatMap((one) => one ?? []));
    this.isKnown = true;
  }

  /** Whether the text that a file now has makes it another scope: it is to be forgotten then. */
  turns(file: string, all: readonly string[]): boolean {
    if (!this.isKnown || !isPython(file)) return false;
    const { ofModel, counts } = glanceAt(this.textOf(file) ?? "");
    if (this.chosen) return ofModel || counts !== this.chosen.has(file);
    if (this.witness !== file || ofModel) return false;
    this.witness = all.find((other) => isPython(other) && glanceAt(this.textOf(other) ?? "").ofModel);
    return this.witness === undefined;
  }

  /** In one sentence what is looked at, where that is not all. */
  overview(all: readonly string[]): string | undefined {
    if (!this.chosen) return undefined;
    const count = all.filter(isPython).length;
    return `no file of this large project has to do with a language model, so of its ${count} Python files only the ${this.chosen.size} with settings, credentials or answers to requests were looked at`;
  }

  forget(): void {
    this.witness = undefined;
    this.chosen = undefined;
    this.told = undefined;
    this.isKnown = false;
  }
}
