/** Which of many words a text holds, found in one pass over it (Aho and Corasick, 1975). */

/** A row of the table: one place for each byte of ASCII. Other bytes are in no word. */
const WIDTH = 128;

export class WordsWithin {
  /** By row and byte: where the row of the state begins that follows. Rows where words end come last. */
  private readonly next: Int32Array;
  /** Where the first of the rows begins where words end. */
  private readonly ends: number;
  /** Of these, in turn: the bits of the groups whose words end there. */
  private readonly found: Int32Array;
  private readonly encoder = new TextEncoder();
  private bytes = new Uint8Array(1 << 16);

  /**
   * @param groups words of ASCII characters; the n-th group has the bit `1 << n`
   * @throws RangeError when there are more than 31 groups
   */
  constructor(groups: readonly (readonly string[])[]) {
    if (groups.length > 31) throw new RangeError("a mask holds 31 groups of words");
    const tree = grow(groups);
    complete(tree);
    const count = tree.found.length;
    const states = [...tree.found.keys()];
    const ordered = [...states.filter((s) => !tree.found[s]), ...states.filter((s) => tree.found[s])];
    const rowOf = new Int32Array(count);
    ordered.forEach((state, row) => {
      rowOf[state] = row * WIDTH;
    });
    this.next = new Int32Array(count * WIDTH);
    ordered.forEach((state, row) => {
      for (const [byte, to] of tree.next[state]!.entries()) this.next[row * WIDTH + byte] = rowOf[to]!;
    });
    const plain = ordered.findIndex((state) => tree.found[state]);
    this.ends = (plain < 0 ? count : plain) * WIDTH;
    this.found = Int32Array.from(plain < 0 ? [] : ordered.slice(plain), (state) => tree.found[state]!);
  }

  /**
   * The bits of the groups of which the text holds a word.
   * @param enough bits of groups after any of which nothing more need be known
   */
  of(text: string, enough = 0): number {
    if (this.bytes.length < text.length * 3) this.bytes = new Uint8Array(text.length * 3);
    const { next, ends, found, bytes } = this;
    const { written } = this.encoder.encodeInto(text, bytes);
    let row = 0;
    let out = 0;
    for (let i = 0; i < written; i++) {
      const byte = bytes[i]!;
      row = byte < WIDTH ? next[row + byte]! : 0;
      if (row < ends) continue;
      out |= found[(row - ends) / WIDTH]!;
      if (out & enough) return out;
    }
    return out;
  }
}

/** The words as a tree of states, each with what follows by byte, and the groups whose words end there. */
interface Tree {
  next: number[][];
  found: number[];
}

function grow(groups: readonly (readonly string[])[]): Tree {
  const state = (): number[] => new Array<number>(WIDTH).fill(0);
  const tree: Tree = { next: [state()], found: [0] };
  groups.forEach((words, n) => {
    for (const word of words) {
      let at = 0;
      for (let i = 0; i < word.length; i++) {
        const row = tree.next[at]!;
        const byte = word.charCodeAt(i);
        if (!row[byte]) {
          row[byte] = tree.next.length;
          tree.next.push(state());
          tree.found.push(0);
        }
        at = row[byte]!;
      }
      tree.found[at]! |= 1 << n;
    }
  });
  return tree;
}

/** Where no word goes on, the longest of its ends that begins another one does. */
function complete({ next, found }: Tree): void {
  const fallback = next.map(() => 0);
  const queue = next[0]!.filter((to) => to > 0);
  for (const state of queue) {
    const row = next[state]!;
    const other = next[fallback[state]!]!;
    found[state]! |= found[fallback[state]!]!;
    for (let byte = 0; byte < WIDTH; byte++) {
      const to = row[byte]!;
      if (to) {
        fallback[to] = other[byte]!;
        queue.push(to);
      } else row[byte] = other[byte]!;
    }
  }
}
