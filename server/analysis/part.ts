/**
 * A project shared out among engines: each looks at its part of what is looked at of itself, with everything that this
 * calls, and they tell each other what depends on the whole. A function's result is the same whichever engine makes it.
 */
import type { Drawn } from "./candidate.js";
import type { Cancel } from "./engine-api.js";
import type { FileNote, Finding } from "./finding.js";
import type { EntryModel } from "./names/model-schema.js";
import type { ScopeShare } from "./scope.js";

/** A function or class that a call registers as a handler. */
export interface Registration {
  kind: "function" | "class";
  /** Key of the function or class. */
  key: string;
  /** Key of the unit whose code registers it. */
  owner: string;
  model: EntryModel;
  doubt: 0 | 1 | 2;
}

/** What one part found that others need. Plain data. */
export interface Share {
  registered: Registration[];
  /** Keys of the functions that it calls. */
  called: string[];
  /** Its files that speak for a whole app: hooks, middleware, settings, handlers. */
  speakers: string[];
}

/** What the rules said of one unit. */
export interface UnitReports {
  unit: string;
  reports: Drawn[];
}

export type Progress = (done: number, total: number) => void;

/** One engine's side; the calls come in this order, `functions` as often as what is registered anywhere changes. */
export interface Part {
  /** What some of the files say about what of the project is to be looked at. */
  scope(cancel?: Cancel): ScopeShare;
  /**
   * Evaluates the modules of the part; they say which functions a framework calls.
   * @param scope what all parts said of it
   * @param alone the part, the first one, takes all files; the others are not asked any more
   * @returns Python files of the part
   */
  modules(
    scope: readonly ScopeShare[],
    alone: boolean,
    cancel?: Cancel,
  ): { files: string[]; registered: Registration[] };
  /** Looks at the functions of the part. @param registered in all parts, as far as is known */
  functions(registered: readonly Registration[], cancel?: Cancel, progress?: Progress): Share;
  /** Lets the rules read. @param all what the parts said at last, together */
  judge(all: Pick<Share, "called" | "speakers">): UnitReports[];
  /** Findings of files of the part. @param chosen what stands in a file, each cause once */
  write(files: readonly string[], chosen: ReadonlyMap<string, readonly Drawn[]>, cancel?: Cancel): Finding[];
  notes(): FileNote[];
  /** As `Engine.overview`. */
  overview(): string | undefined;
  dispose(): void;
}

/** Shares out files in blocks of neighbours, dealt in turns that change direction, so that no part is much the larger. */
export function partition(files: readonly string[], weight: (file: string) => number, parts: number): number[] {
  const weights = files.map(weight);
  const total = weights.reduce((a, b) => a + b, 0);
  const block = Math.max(1, total / (parts * BLOCKS));
  const out: number[] = [];
  let sum = 0;
  for (const w of weights) {
    // A file belongs to the block in which its middle lies.
    const n = Math.min(parts * BLOCKS - 1, Math.floor((sum + w / 2) / block));
    const at = n % parts;
    out.push(Math.floor(n / parts) % 2 ? parts - 1 - at : at);
    sum += w;
  }
  return out;
}

/** Blocks of a part. */
const BLOCKS = 2;
