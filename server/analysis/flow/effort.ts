/**
 * What the analysis of one function costs, counted in steps and not in time, so that it is the same on every machine and in
 * every order: values that were joined, mapped or put into a call. A function that costs very much is followed with smaller
 * values from there on.
 */

/** More steps than nearly all functions take, long ones with hundreds of statements too; beyond, values are kept small. */
const MUCH = 15_000;
/** Beyond that, they are kept very small. */
const VERY_MUCH = 4 * MUCH;

const SMALL = 40;
const VERY_SMALL = 8;

/** Steps that the function which is being analysed took so far; those of all functions that are done; and where that has to end. */
export const effort = { steps: 0, done: 0, most: Number.POSITIVE_INFINITY };

/** What is being followed inside something else, all for the same function: one that is analysed meanwhile begins anew. */
export interface Nesting {
  /** Properties inside each other, and those read for the sake of the outermost one. */
  properties: number;
  propertiesRead: number;
  /** Functions that are handed to functions that are handed on. */
  handed: number;
  /** Modules through whose star imports a name is being looked for, each with the name. */
  stars: Set<string> | undefined;
}

const unnested = (): Nesting => ({ properties: 0, propertiesRead: 0, handed: 0, stars: undefined });

/** The nesting of the function that is being analysed. */
export let nesting = unnested();

/** Most values inside one that the function may still work with; undefined where it may work with all. */
export const allowance = (): number | undefined =>
  effort.steps <= MUCH ? undefined : effort.steps <= VERY_MUCH ? SMALL : VERY_SMALL;

/** More was needed than whoever asked would pay for. */
export class TooMuch extends Error {}

/** Ends what costs more than whoever asked would pay for. @throws TooMuch */
export function heedEnd(): void {
  if (effort.done + effort.steps > effort.most) throw new TooMuch();
}

/** Does something that counts for itself alone: the analysis of another function. */
export function onOwnAccount<T>(f: () => T): T {
  heedEnd();
  const { steps } = effort;
  const outer = nesting;
  effort.steps = 0;
  nesting = unnested();
  try {
    return f();
  } finally {
    effort.done += effort.steps;
    effort.steps = steps;
    nesting = outer;
  }
}

/**
 * Does something as long as the functions that are analysed for it take no more than so many steps.
 * @returns what it gave; undefined where it was given up, in the middle of an analysis
 */
export function within<T>(steps: number, f: () => T): T | undefined {
  const { most } = effort;
  effort.most = Math.min(most, effort.done + steps);
  try {
    return f();
  } catch (error) {
    if (error instanceof TooMuch) return undefined;
    throw error;
  } finally {
    effort.most = most;
  }
}

/** Does something whose outcome is kept for whoever asks next: it must not count for the one who happens to ask first. */
export function uncounted<T>(f: () => T): T {
  const { steps } = effort;
  try {
    return f();
  } finally {
    effort.steps = steps;
  }
}
