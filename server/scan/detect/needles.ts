/** Places of the needles of one group in a text: UTF-16 offsets of their first sign, by where they end. */
export type Places = readonly (readonly number[])[];

const ALPHABET = 128;
const NONE: readonly number[] = [];

/**
 * Finds many fixed strings in one pass (Aho and Corasick's automaton): what a text may hold at all is known before any
 * expression is tried, in time that grows with the text alone. Needles are ASCII, letter case does not matter, and they come
 * in groups, one for each expression that needs them.
 */
export class Needles {
  /** Next state by state and sign. */
  private readonly next: Int32Array;
  /** For each state the lists whose needles end there and the needles' lengths, in turns; empty for most. */
  private readonly ends: readonly (readonly number[])[];
  /** 1 for the states where a needle ends. */
  private readonly final: Uint8Array;
  /** Groups of the same needles are looked for once: for each group the number of the list that it reads. */
  private readonly listOf: readonly number[];
  private readonly lists: number;

  constructor(groups: readonly (readonly string[])[]) {
    const lists = new Map<string, { list: number; needles: string[] }>();
    this.listOf = groups.map((group) => {
      const needles = [...new Set(group.map((needle) => needle.toLowerCase()))].sort();
      const name = needles.join("\n");
      const known = lists.get(name) ?? { list: lists.size, needles };
      lists.set(name, known);
      return known.list;
    });
    this.lists = lists.size;
    // Below each state the states that a further sign leads to; a sign's code is looked up in `signs`.
    const children: number[][] = [[]];
    const signs: number[] = [0];
    const ends: number[][] = [[]];
    for (const { list, needles } of lists.values()) {
      for (const needle of needles) {
        let state = 0;
        for (let i = 0; i < needle.length; i++) {
          const code = needle.charCodeAt(i) % ALPHABET;
          const below = children[state] ?? [];
          let to = below.find((child) => signs[child] === code);
          if (to === undefined) {
            to = signs.push(code) - 1;
            children.push([]);
            ends.push([]);
            below.push(to);
          }
          state = to;
        }
        ends[state]?.push(list, needle.length);
      }
    }
    // Breadth first: a missing edge leads where the longest suffix that is itself a beginning leads. So a state's row is
    // that suffix's, which is above and done, with its own edges on top.
    const next = new Int32Array(signs.length * ALPHABET);
    const fail = new Int32Array(signs.length);
    const queue: number[] = [0];
    for (let head = 0; head < queue.length; head++) {
      const state = queue[head] ?? 0;
      const row = state * ALPHABET;
      const back = (fail[state] ?? 0) * ALPHABET;
      if (state > 0) next.copyWithin(row, back, back + ALPHABET);
      for (const to of children[state] ?? NONE) {
        const at = row + (signs[to] ?? 0);
        // What stood there is where the suffix leads with this sign.
        const suffix = next[at] ?? 0;
        next[at] = to;
        fail[to] = suffix;
        ends[to]?.push(...(ends[suffix] ?? []));
        queue.push(to);
      }
    }
    this.next = next;
    this.ends = ends;
    this.final = Uint8Array.from(ends, (list) => (list.length > 0 ? 1 : 0));
  }

  /** Where the needles are, by group. */
  find(text: string): Places {
    const { next, ends, final } = this;
    const places: number[][] = Array.from({ length: this.lists }, () => []);
    let state = 0;
    for (let i = 0; i < text.length; i++) {
      let code = text.charCodeAt(i);
      if (code >= 65 && code <= 90) code += 32;
      else if (code >= ALPHABET) {
        state = 0;
        continue;
      }
      state = next[state * ALPHABET + code] ?? 0;
      if (final[state] === 0) continue;
      const here = ends[state] ?? NONE;
      for (let k = 0; k < here.length; k += 2) places[here[k] ?? 0]?.push(i - (here[k + 1] ?? 0) + 1);
    }
    return this.listOf.map((list) => places[list] ?? NONE);
  }
}

/** A stretch of a text around needles. */
export interface Window {
  start: number;
  end: number;
}

/**
 * The stretches that reach from `before` signs ahead of each place to `after` signs behind it, joined where they overlap,
 * in order.
 */
export function windows(
  places: readonly number[] | undefined,
  length: number,
  before: number,
  after: number,
): Window[] {
  const out: Window[] = [];
  let last: Window | undefined;
  for (const at of places ?? NONE) {
    const start = Math.max(0, at - before);
    const end = Math.min(length, at + after);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else {
      last = { start, end };
      out.push(last);
    }
  }
  return out;
}

/**
 * Matches of a global expression inside of the windows, with their offsets in the whole text. The windows must reach further
 * than a match can; one that begins at a window's cut edge is dropped, as what stands before it is not known.
 */
export function* matchesIn(
  text: string,
  expression: RegExp,
  list: readonly Window[],
): Generator<{ match: RegExpExecArray; index: number }> {
  for (const { start, end } of list) {
    const part = start === 0 && end === text.length ? text : text.slice(start, end);
    for (const match of part.matchAll(expression)) {
      if (match.index === 0 && start > 0) continue;
      yield { match, index: start + match.index };
    }
  }
}

/**
 * Matches of a sticky expression that begin at one of the places; what one match covers is not looked at again.
 * @param covered how much of a match that is, in characters; all of it where nothing is given
 */
export function* matchesAt(
  text: string,
  expression: RegExp,
  places: readonly number[] | undefined,
  covered: (match: RegExpExecArray) => number = (match) => match[0].length,
): Generator<{ match: RegExpExecArray; index: number }> {
  let done = 0;
  for (const at of places ?? NONE) {
    if (at < done) continue;
    expression.lastIndex = at;
    const match = expression.exec(text);
    done = at + Math.max(1, match === null ? 1 : covered(match));
    if (match !== null) yield { match, index: at };
  }
}
