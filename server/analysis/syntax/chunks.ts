/** A file as chunks: what is lowered and cached as one, and which chunks survive an edit. */
import type { Node } from "web-tree-sitter";
import type { Chunk, ModuleIR, Span, Stmt } from "../ir.js";
import { findComments } from "./comments.js";
import { lowerDefinition } from "./definitions.js";
import { ERROR_TYPE, type Grammar } from "./grammar.js";
import { Lowerer } from "./lowerer.js";
import type { Hull } from "./positions.js";
import { ERROR_LIMIT, errorsIn, type Source } from "./source.js";

/** One chunk of a parsed file. */
interface Entry {
  type: number;
  /** The runtime's number of the node: while both trees live, an equal number is the very same subtree. */
  id: number;
  s: number;
  e: number;
  chunk: Chunk;
  /** One statement, save where broken code has none or several. */
  stmts: Stmt[];
  /** Relative to the chunk. */
  errors: Span[];
  broken: boolean;
  truncated: boolean;
  /** The statements of a top-level class's body. */
  members: Entry[] | null;
}

/** A node that becomes a chunk. */
interface Piece {
  node: Node;
  type: number;
}

/** The statements that came and went with a change. */
export interface ChunkDiff {
  changed: Stmt[];
  removed: Stmt[];
}

/** The chunks of one state of one file. */
export class Chunks {
  private constructor(
    private readonly text: string,
    private readonly entries: Entry[],
    readonly ir: ModuleIR,
    readonly diff: ChunkDiff,
  ) {}

  /**
   * Lowers a parsed file.
   * @param before the state before a change, whose chunks are taken over where their text and parse are the same
   * @param hull the stretch in which the two lowered texts differ
   * @param known the form of the very same text: taken over as it is where the text is healthy
   */
  static of(file: string, source: Source, grammar: Grammar, before?: Chunks, hull?: Hull, known?: ModuleIR): Chunks {
    const { text, tree, blanked } = source;
    const builder = new ChunkBuilder(file, text, tree.rootNode.hasError, grammar);
    const old =
      before === undefined || hull === undefined ? undefined : { entries: before.entries, text: before.text, hull };
    const errors: Span[] = blanked === null ? [] : blanked.map(({ s, e }) => ({ s, e }));
    const adopted = known && Chunks.adopt(file, source, grammar, known);
    if (adopted) return adopted;
    const entries = builder.level(builder.top(tree.rootNode, errors), old);
    const body: Stmt[] = [];
    let truncated = false;
    for (const entry of entries) {
      for (const stmt of entry.stmts) body.push(stmt);
      for (const error of entry.errors) errors.push({ s: error.s + entry.s, e: error.e + entry.s });
      truncated ||= entry.truncated;
    }
    errors.sort((a, b) => a.s - b.s || a.e - b.e);
    if (errors.length > ERROR_LIMIT) {
      errors.length = ERROR_LIMIT;
      truncated = true;
    }
    const ir: ModuleIR = { file, body, comments: findComments(tree, text, grammar), errors, truncated };
    return new Chunks(text, entries, ir, { changed: builder.changed, removed: builder.removed });
  }

  /** Makes chunks of what was lowered from the very same text before; undefined where the text is not healthy. */
  static adopt(file: string, { text, tree, blanked }: Source, grammar: Grammar, known: ModuleIR): Chunks | undefined {
    if (blanked !== null) return undefined;
    const builder = new ChunkBuilder(file, text, tree.rootNode.hasError, grammar);
    const entries = builder.adopt(builder.top(tree.rootNode, []), known);
    return entries && new Chunks(text, entries, known, { changed: [], removed: [] });
  }
}

interface Old {
  entries: Entry[];
  text: string;
  hull: Hull;
}

/** Old chunks of a class body, until a class takes them. */
interface Offer {
  old: Old | undefined;
}

class ChunkBuilder {
  readonly changed: Stmt[] = [];
  readonly removed: Stmt[] = [];
  private readonly lo: Lowerer;

  constructor(
    private readonly file: string,
    private readonly text: string,
    /** Without an error anywhere no node need be asked for errors. */
    private readonly anyError: boolean,
    private readonly grammar: Grammar,
  ) {
    this.lo = new Lowerer(grammar, text, file);
  }

  /** The nodes that become top-level chunks; notes the spans of the ERROR nodes that it looks into. */
  top(root: Node, errors: Span[]): Piece[] {
    const out: Piece[] = [];
    this.pieces(root, out, errors);
    if (root.typeId === ERROR_TYPE) errors.push({ s: root.startIndex, e: root.endIndex });
    return out;
  }

  private pieces(parent: Node, out: Piece[], errors: Span[]): void {
    for (const node of parent.namedChildren) {
      const type = node.typeId;
      if (this.lo.isExtra(type)) continue;
      if (type === ERROR_TYPE) {
        errors.push({ s: node.startIndex, e: node.endIndex });
        for (const child of node.namedChildren) {
          const childType = child.typeId;
          if (!this.lo.isExtra(childType)) out.push({ node: child, type: childType });
        }
      } else out.push({ node, type });
    }
  }

  /** Makes the chunks of one level, out of the old ones where that may be. Empties the list of pieces. */
  level(pieces: Piece[], old: Old | undefined): Entry[] {
    if (old === undefined) return this.all(pieces);
    const out = new Array<Entry | undefined>(pieces.length).fill(undefined);
    const used = new Set<Entry>();
    const rest: number[] = [];
    this.takeUntouched(pieces, old, out, used, rest);
    const left = old.entries.filter((entry) => !used.has(entry));
    if (rest.length > 0 && left.length > 0) this.takeEqual(pieces, old, out, left, rest);
    for (const entry of left) this.removed.push(...entry.stmts);
    const members = left.flatMap((entry) => entry.members ?? []);
    // The methods of all classes that went are offered to the first class that came; those of others are lowered anew.
    const offer: Offer = { old: members.length === 0 ? undefined : { ...old, entries: members } };
    const entries = pieces.map((piece, i) => out[i] ?? this.lower(piece, offer));
    for (const entry of offer.old?.entries ?? []) this.removed.push(...entry.stmts);
    return entries;
  }

  /** Makes chunks of what was lowered before; undefined where it does not fit the parse. */
  adopt(pieces: readonly Piece[], known: ModuleIR): Entry[] | undefined {
    if (this.anyError || known.errors.length || known.truncated) return undefined;
    return this.adoptAll(pieces, known.body);
  }

  private adoptAll(pieces: readonly Piece[], body: readonly Stmt[]): Entry[] | undefined {
    if (pieces.length !== body.length) return undefined;
    const out: Entry[] = [];
    for (const [i, piece] of pieces.entries()) {
      const entry = this.adoptOne(piece, body[i]!);
      if (!entry) return undefined;
      out.push(entry);
    }
    return out;
  }

  private adoptOne({ node, type }: Piece, stmt: Stmt): Entry | undefined {
    const { chunk } = stmt;
    const s = node.startIndex;
    if (chunk?.base !== s) return undefined;
    let members: Entry[] | null = null;
    if (stmt.k === "class") {
      const inner = node.namedChildren.find((child) => child.typeId === this.grammar.classDefinition);
      const cls = type === this.grammar.decoratedDefinition ? inner : node;
      const blocks = cls?.namedChildren.filter((child) => child.typeId === this.grammar.block) ?? [];
      const nodes: Piece[] = [];
      for (const block of blocks) this.pieces(block, nodes, []);
      members = this.adoptAll(nodes, stmt.cls.body) ?? null;
      if (!members) return undefined;
    }
    const e = node.endIndex;
    return { type, id: node.id, s, e, chunk, stmts: [stmt], errors: [], broken: false, truncated: false, members };
  }

  /** Lowers every piece and lets go of it at once: a node keeps all nodes that were read through it. */
  private all(pieces: Piece[]): Entry[] {
    const entries: Entry[] = [];
    pieces.reverse();
    for (let piece = pieces.pop(); piece !== undefined; piece = pieces.pop()) {
      entries.push(this.lower(piece, { old: undefined }));
    }
    return entries;
  }

  private isClass(piece: Piece): boolean {
    return piece.type === this.grammar.classDefinition || piece.type === this.grammar.decoratedDefinition;
  }

  private takeUntouched(
    pieces: readonly Piece[],
    old: Old,
    out: (Entry | undefined)[],
    used: Set<Entry>,
    rest: number[],
  ): void {
    const { hull, entries } = old;
    const delta = hull.newEnd - hull.oldEnd;
    let at = 0;
    pieces.forEach((piece, i) => {
      const s = piece.node.startIndex;
      const e = piece.node.endIndex;
      const before = e <= hull.start;
      if (before || s >= hull.newEnd) {
        const was = before ? s : s - delta;
        while (at < entries.length && entries[at]!.s < was) at++;
        const entry = entries[at];
        if (
          entry !== undefined &&
          entry.s === was &&
          entry.e - entry.s === e - s &&
          entry.type === piece.type &&
          (before ? entry.e <= hull.start : entry.s >= hull.oldEnd) &&
          this.sameParse(entry, piece.node)
        ) {
          at++;
          this.move(entry, s, piece.node.id);
          used.add(entry);
          out[i] = entry;
          return;
        }
      }
      rest.push(i);
    });
  }

  /** Finds chunks that were moved as they are, and takes them out of those that are left. */
  private takeEqual(
    pieces: readonly Piece[],
    old: Old,
    out: (Entry | undefined)[],
    left: Entry[],
    rest: readonly number[],
  ): void {
    const byText = new Map<string, Entry[]>();
    for (const entry of left) {
      if (entry.broken) continue;
      const key = old.text.slice(entry.s, entry.e);
      const same = byText.get(key);
      if (same === undefined) byText.set(key, [entry]);
      else same.push(entry);
    }
    for (const i of rest) {
      const { node, type } = pieces[i]!;
      const same = byText.get(this.text.slice(node.startIndex, node.endIndex));
      const at = same?.findIndex((entry) => entry.type === type) ?? -1;
      if (same === undefined || at < 0 || (this.anyError && node.hasError)) continue;
      const entry = same.splice(at, 1)[0]!;
      this.move(entry, node.startIndex, node.id);
      left.splice(left.indexOf(entry), 1);
      out[i] = entry;
    }
  }

  /** Healthy text is parsed the same everywhere; how broken text is mended depends on what stands around it. */
  private sameParse(entry: Entry, node: Node): boolean {
    if (!this.anyError || !node.hasError) return !entry.broken;
    return entry.broken && entry.id === node.id;
  }

  private move(entry: Entry, s: number, id: number): void {
    entry.id = id;
    const by = s - entry.s;
    if (by === 0) return;
    entry.s += by;
    entry.e += by;
    entry.chunk.base += by;
    if (entry.members !== null) for (const member of entry.members) this.move(member, member.s + by, member.id);
  }

  /** Lowers one chunk. */
  private lower(piece: Piece, offer: Offer): Entry {
    const { lo } = this;
    const { node, type } = piece;
    const s = node.startIndex;
    const chunk: Chunk = { file: this.file, base: s };
    const stmts: Stmt[] = [];
    lo.enter(chunk);
    lo.depth = 0;
    lo.truncated = false;
    let members: Entry[] | null = null;
    if (this.isClass(piece)) {
      lowerDefinition(lo, node, stmts, (block) => {
        const outer = { chunk: lo.chunk, truncated: lo.truncated, strays: lo.strays };
        lo.strays = [];
        const nodes: Piece[] = [];
        // The errors in a class are gathered for the class as a whole.
        this.pieces(block, nodes, []);
        const { old } = offer;
        offer.old = undefined;
        const entries = this.level(nodes, old);
        members = members === null ? entries : [...members, ...entries];
        lo.enter(outer.chunk);
        lo.depth = 0;
        lo.strays = outer.strays;
        lo.truncated = outer.truncated || entries.some((entry) => entry.truncated);
        return entries.flatMap((entry) => entry.stmts);
      });
      lo.placeStrays(node, stmts, 0);
    } else lo.stmt(node, stmts);
    for (const stmt of stmts) {
      stmt.chunk = chunk;
      this.changed.push(stmt);
    }
    const broken = this.anyError && node.hasError;
    const errors = broken ? errorsIn(node, s) : [];
    return {
      type,
      id: node.id,
      s,
      e: node.endIndex,
      chunk,
      stmts,
      errors,
      broken,
      truncated: lo.truncated,
      members,
    };
  }
}
