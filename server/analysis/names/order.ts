/**
 * The order in which functions and modules are best analysed: callees before callers, as far as texts tell. Every unit of
 * a project gets a rank; a unit uses the full results of those below it and the first results of those above it, so that
 * recursion needs no fixpoint and what comes out depends neither on who asks first nor on how the work is shared out.
 *
 * The ranks are the postorder of a depth-first walk over what each definition mentions (the order in which Tarjan's
 * algorithm completes nodes; R. Tarjan, Depth-first search and linear graph algorithms, 1972).
 */
import { HANDLES_ERRORS, interestOf, NEAR, reaching, registersErrors, worthALook } from "./interest.js";
import { CALLED, MEMBER, OWN, type Sketch, type SketchDef, WRITTEN, wordCount, wordNumber } from "./sketch.js";

/** Where a name that is imported may come from. */
type Resolve = (from: string, module: string, level: number) => string | undefined;

/** Names of methods that so many classes have say nothing about which one is meant. */
const MAX_MEMBERS = 12;
/** Of the classes of one family more are meant: an app may have a handler for each of its addresses. */
const MAX_FAMILY = 64;
const MAX_REEXPORTS = 5;

/** What has to be looked at. */
export interface Focus {
  /** Keys of functions and modules that may be part of a flow, by file. */
  roots: ReadonlyMap<string, ReadonlySet<string>>;
  /** Files that have to do with a model: everything in them counts. */
  touched: ReadonlySet<string>;
}

interface Node {
  file: string;
  def: SketchDef;
  /** Position of the definition in its sketch. */
  index: number;
  key: string;
}

interface FileIndex {
  sketch: Sketch;
  /** Number of the node of the module; those of its definitions follow. */
  base: number;
  /** Top-level functions and classes by name, as node numbers. */
  top: Map<number, number>;
  /** Methods and inner classes by class position and name. */
  members: Map<number, Map<number, number>>;
  /** Methods by name, whatever their class. */
  methods: Map<number, number[]>;
  /** Methods that write an attribute, by class position and name. */
  writers: Map<number, Map<number, number[]>>;
  /** What its imports lead to in the project, looked up once. */
  imported: Imported | undefined;
}

interface Imported {
  /** Names taken from other modules: where from, and what they are called there. */
  bound: Map<number, { from: FileIndex; word: number }[]>;
  stars: FileIndex[];
  /** Modules whose members can be written `module.name`. */
  modules: FileIndex[];
  /** All of them. */
  files: Set<FileIndex>;
}

/** Functions that mention one name; of more it is no store but a tool. */
const MAX_MENTIONS = 24;
const INIT = wordNumber("__init__");
const CALL = wordNumber("__call__");
const ENTER = wordNumber("__enter__");
/** What calling an instance runs, in some libraries (`runs` of a model's types). */
const FORWARD = wordNumber("forward");
const AFORWARD = wordNumber("aforward");

/** The order of one state of a project. */
export class Order {
  private readonly ranks = new Map<string, number>();
  private readonly nodes: Node[] = [];
  private readonly files = new Map<string, FileIndex>();
  /** Methods by name. */
  private readonly methods = new Map<number, number[]>();
  /** Classes by their own name, for subclasses; and those that name them as a base. */
  private readonly derived = new Map<string, number[]>();
  private readonly isName: Uint8Array;
  private readonly edges: (readonly number[] | undefined)[] = [];

  /**
   * @param sketches by file, in the order of the files' names
   * @param resolve which file an import means
   */
  constructor(
    sketches: ReadonlyMap<string, Sketch>,
    private readonly resolve: Resolve,
  ) {
    for (const [file, s] of sketches) this.index(file, s);
    this.isName = new Uint8Array(wordCount());
    for (const f of this.files.values()) {
      for (const d of f.sketch.defs) if (d.name) this.isName[wordNumber(d.name)] = 1;
      for (const i of f.sketch.imports) {
        for (const n of i.names ?? []) this.isName[wordNumber(n.as)] = 1;
        if (i.as) this.isName[wordNumber(i.as)] = 1;
      }
      for (const byName of f.writers.values()) for (const w of byName.keys()) this.isName[w] = 1;
    }
    this.walk();
  }

  /** Rank of a unit by its key (`file::qualname`, `file::` for a module); those that texts do not show come last. */
  rank(key: string): number {
    return this.ranks.get(key) ?? Number.POSITIVE_INFINITY;
  }

  /** The sketch that the order was made of. */
  sketchOf(file: string): Sketch | undefined {
    return this.files.get(file)?.sketch;
  }

  /** Whether another sketch of a file gives the same order. */
  allows(file: string, now: Sketch | undefined): boolean {
    const before = this.sketchOf(file);
    if (now === before) return true;
    if (!now || !before || now.defs.length !== before.defs.length) return false;
    for (let i = 0; i < now.defs.length; i++) {
      const a = now.defs[i]!;
      const b = before.defs[i]!;
      if (a !== b && this.signature(a) !== this.signature(b)) return false;
    }
    return now.imports === before.imports || JSON.stringify(now.imports) === JSON.stringify(before.imports);
  }

  /** What of a definition the order depends on. */
  private signature(d: SketchDef): string {
    const words = d.words.filter((code) => this.mayName(code >> 3));
    return `${d.kind} ${d.qualname} ${d.bases.join()} ${interestOf(d)} ${d.nests} ${words.join()}`;
  }

  private mayName(word: number): boolean {
    return this.isName[word] === 1;
  }

  private index(file: string, sketch: Sketch): void {
    const base = this.nodes.length;
    const top = new Map<number, number>();
    const members = new Map<number, Map<number, number>>();
    const writers = new Map<number, Map<number, number[]>>();
    const methods = new Map<number, number[]>();
    sketch.defs.forEach((def, index) => {
      const n = base + index;
      this.nodes.push({ file, def, index, key: `${file}::${def.qualname}` });
      if (!def.name) return;
      const name = wordNumber(def.name);
      if (def.cls < 0) {
        if (!def.local) top.set(name, n);
        if (def.kind === "class") this.addDerived(def, n);
        return;
      }
      if (def.kind === "class") this.addDerived(def, n);
      getOrMake(members, def.cls, () => new Map<number, number>()).set(name, n);
      if (def.kind !== "function") return;
      getOrMake(this.methods, name, () => []).push(n);
      getOrMake(methods, name, () => []).push(n);
      for (const code of def.words) {
        if ((code & 7) !== WRITTEN) continue;
        const byName = getOrMake(writers, def.cls, () => new Map<number, number[]>());
        getOrMake(byName, code >> 3, () => []).push(n);
      }
    });
    this.files.set(file, { sketch, base, top, members, methods, writers, imported: undefined });
  }

  private addDerived(def: SketchDef, n: number): void {
    for (const b of def.bases) getOrMake(this.derived, b.slice(b.lastIndexOf(".") + 1), () => []).push(n);
  }

  /**
   * The functions and modules that have to be looked at of themselves: what they mention, or what that mentions, may begin
   * and end a flow. Keys by file; a file's module is looked at where one of its functions is.
   * @param speaks files that talk to a model themselves, by their text
   * @param whole files in which everything counts
   */
  focus(speaks: (file: string) => boolean, whole: (file: string) => boolean): Focus {
    const count = this.nodes.length;
    const touched = this.touchedFiles(speaks);
    const own = new Uint32Array(count);
    for (let n = 0; n < count; n++) {
      const { file, def } = this.nodes[n]!;
      own[n]! |= interestOf(def) & reaching(touched.has(file));
      if (registersErrors(def)) for (const t of this.mentioned(n)) own[t]! |= HANDLES_ERRORS;
    }
    const model = this.closure(own);
    for (const n of this.tabled(touched)) model[n] = 1;
    const near = this.nearby(this.nearby(own));
    const out = new Map<string, Set<string>>();
    for (let n = 0; n < count; n++) {
      const { file, def, key } = this.nodes[n]!;
      if (def.kind === "class") {
        // Its body is run with the module's.
        if (own[n]! & NEAR.setting) getOrMake(out, file, () => new Set<string>()).add(`${file}::`);
        continue;
      }
      // In files that have to do with a model, everything may be part of a flow to or from it.
      if (!model[n] && !touched.has(file) && !worthALook(own[n]!, near[n]!) && !whole(file)) continue;
      getOrMake(out, file, () => new Set<string>()).add(key);
    }
    return { roots: out, touched };
  }

  /**
   * Functions that a module puts into a table, where the file or one that imports it has to do with a model: `TOOLS = {"find": find}`.
   * Which of them is called is chosen there.
   */
  private tabled(touched: ReadonlySet<string>): Set<number> {
    const files = new Set<FileIndex>();
    for (const file of touched) {
      const f = this.files.get(file)!;
      files.add(f);
      for (const to of this.importedBy(f).files) files.add(to);
    }
    const out = new Set<number>();
    for (const f of files)
      for (const code of f.sketch.defs[0]?.words ?? []) {
        if ((code & 7) === CALLED || !this.mayName(code >> 3)) continue;
        const named = new Set<number>();
        this.named(f, code >> 3, named, MAX_REEXPORTS);
        for (const n of named) if (this.nodes[n]!.def.kind === "function") out.add(n);
      }
    return out;
  }

  /** Files that talk to a model, and those that import them, directly or not. */
  private touchedFiles(speaks: (file: string) => boolean): Set<string> {
    const importers = new Map<FileIndex, string[]>();
    const out = new Set<string>();
    for (const [file, f] of this.files) {
      for (const to of this.importedBy(f).files) getOrMake(importers, to, () => []).push(file);
      if (speaks(file)) out.add(file);
    }
    for (const file of out) for (const by of importers.get(this.files.get(file)!) ?? []) out.add(by);
    return out;
  }

  /** Which nodes reach one that calls a model, or are handed to it. */
  private closure(own: Uint32Array): Uint8Array {
    const users: number[][] = [];
    for (let n = 0; n < own.length; n++)
      for (const t of this.edges[n] ?? []) {
        const list = users[t];
        if (list) list.push(n);
        else users[t] = [n];
      }
    const out = new Uint8Array(own.length);
    const open: number[] = [];
    for (let n = 0; n < own.length; n++)
      if (own[n]! & NEAR.model) {
        out[n] = 1;
        open.push(n);
      }
    for (let n = open.pop(); n !== undefined; n = open.pop()) {
      // What a module or a class mentions is not what it does: modules are looked at for their own sake.
      if (this.nodes[n]!.def.kind === "module") continue;
      for (const u of users[n] ?? []) {
        if (out[u]) continue;
        out[u] = 1;
        open.push(u);
      }
    }
    return out;
  }

  /** What every node and those that it mentions are about. */
  private nearby(own: Uint32Array): Uint32Array {
    const out = own.slice();
    for (let n = 0; n < own.length; n++)
      for (const t of this.edges[n] ?? []) if (this.nodes[t]!.def.kind !== "module") out[n]! |= own[t]!;
    return out;
  }

  /** A depth-first walk from every node in order, without recursion. */
  private walk(): void {
    const state = new Uint8Array(this.nodes.length);
    const path: number[] = [];
    const at: number[] = [];
    let rank = 0;
    const enter = (n: number) => {
      state[n] = 1;
      path.push(n);
      at.push(0);
    };
    for (let start = 0; start < this.nodes.length; start++) {
      if (state[start]) continue;
      enter(start);
      while (path.length) {
        const n = path[path.length - 1]!;
        const targets = this.targets(n);
        const i = at[at.length - 1]!;
        if (i < targets.length) {
          at[at.length - 1] = i + 1;
          const t = targets[i]!;
          if (!state[t]) enter(t);
          continue;
        }
        path.pop();
        at.pop();
        this.ranks.set(this.nodes[n]!.key, rank++);
      }
    }
  }

  /** What a definition mentions: what is sure first, then methods of unknown objects, then its own module. */
  private targets(n: number): readonly number[] {
    let out = this.edges[n];
    if (out) return out;
    const { file, def, index } = this.nodes[n]!;
    const f = this.files.get(file)!;
    const sure = new Set<number>();
    const guessed = new Set<number>();
    if (def.kind === "class") this.classTargets(f, index, sure);
    for (const code of def.words) {
      const word = code >> 3;
      if (!this.mayName(word)) continue;
      const use = code & 7;
      if (use === OWN || use === WRITTEN) {
        if (def.cls >= 0) this.ownTargets(file, def.cls, word, sure, use === OWN);
      } else if (use === MEMBER) this.memberTargets(f, word, guessed);
      else if (def.kind !== "module" || use === CALLED) this.named(f, word, sure, MAX_REEXPORTS);
    }
    if (def.kind === "module") {
      f.sketch.defs.forEach((d, i) => {
        if (d.kind === "class" && !d.local) sure.add(f.base + i);
      });
      for (const target of this.importedBy(f).files) sure.add(target.base);
    } else sure.add(f.base);
    for (const t of guessed) sure.add(t);
    sure.delete(n);
    out = [...sure];
    this.edges[n] = out;
    return out;
  }

  /** What a definition mentions by name, called or not. */
  private mentioned(n: number): ReadonlySet<number> {
    const { file, def } = this.nodes[n]!;
    const f = this.files.get(file)!;
    const out = new Set<number>();
    for (const code of def.words) if (this.mayName(code >> 3)) this.named(f, code >> 3, out, MAX_REEXPORTS);
    return out;
  }

  /** Making an instance runs `__init__`; a class needs its bases. */
  private classTargets(f: FileIndex, cls: number, out: Set<number>): void {
    const own = f.members.get(cls);
    for (const name of [INIT, CALL, ENTER, FORWARD, AFORWARD]) {
      const m = own?.get(name);
      if (m !== undefined) out.add(m);
    }
    for (const b of f.sketch.defs[cls]!.bases)
      this.named(f, wordNumber(b.slice(b.lastIndexOf(".") + 1)), out, MAX_REEXPORTS);
  }

  /** What a plain name means in a file: its own definition or an imported one. */
  private named(f: FileIndex, word: number, out: Set<number>, hops: number): void {
    const own = f.top.get(word);
    if (own !== undefined) {
      out.add(own);
      return;
    }
    if (!hops) return;
    const imported = this.importedBy(f);
    for (const b of imported.bound.get(word) ?? []) this.named(b.from, b.word, out, hops - 1);
    for (const star of imported.stars) this.named(star, word, out, hops - 1);
  }

  private importedBy(f: FileIndex): Imported {
    if (f.imported) return f.imported;
    const { file } = this.nodes[f.base]!;
    const out: Imported = { bound: new Map(), stars: [], modules: [], files: new Set() };
    const at = (module: string, level: number) => {
      const to = this.resolve(file, module, level);
      const found = to === undefined || to === file ? undefined : this.files.get(to);
      if (found) out.files.add(found);
      return found;
    };
    for (const i of f.sketch.imports) {
      const from = at(i.module, i.level);
      if (!i.names) {
        if (from) out.modules.push(from);
        continue;
      }
      for (const n of i.names) {
        if (n.name === "*") {
          if (from) out.stars.push(from);
          continue;
        }
        const word = wordNumber(n.name);
        if (from && (from.top.has(word) || from.sketch.imports.length))
          getOrMake(out.bound, wordNumber(n.as), () => []).push({ from, word });
        if (from?.top.has(word)) continue;
        const sub = at(i.module ? `${i.module}.${n.name}` : n.name, i.level);
        if (sub) out.modules.push(sub);
      }
    }
    f.imported = out;
    return out;
  }

  /** `self.word`: the method or the writers of the attribute, in the class, its bases and the classes made of it. */
  private ownTargets(file: string, cls: number, word: number, out: Set<number>, reads: boolean): void {
    for (const c of this.family(file, cls)) {
      const node = this.nodes[c]!;
      const f = this.files.get(node.file)!;
      const m = f.members.get(node.index)?.get(word);
      if (m !== undefined) out.add(m);
      if (reads) for (const w of f.writers.get(node.index)?.get(word) ?? []) out.add(w);
    }
  }

  private readonly families = new Map<number, readonly number[]>();

  /** A class, its bases and the classes made of it, as far as names tell. */
  private family(file: string, cls: number): readonly number[] {
    const own = this.files.get(file)!.base + cls;
    let out = this.families.get(own);
    if (!out) {
      const seen = new Set<number>([own]);
      const up = [own];
      for (let c = up.pop(); c !== undefined && seen.size < 40; c = up.pop()) {
        const found = new Set<number>();
        const node = this.nodes[c]!;
        for (const b of node.def.bases)
          this.named(this.files.get(node.file)!, wordNumber(b.slice(b.lastIndexOf(".") + 1)), found, MAX_REEXPORTS);
        for (const b of found)
          if (this.nodes[b]!.def.kind === "class" && !seen.has(b)) {
            seen.add(b);
            up.push(b);
          }
      }
      const down = [own];
      for (let c = down.pop(); c !== undefined && seen.size < 80; c = down.pop()) {
        for (const d of this.derived.get(this.nodes[c]!.def.name) ?? [])
          if (!seen.has(d)) {
            seen.add(d);
            down.push(d);
          }
      }
      out = [...seen];
      this.families.set(own, out);
    }
    return out;
  }

  /**
   * Classes that have a method of their own in place of another's: those made of the class, directly or not, as far as names
   * tell; for one that only says what others look like (`whatever`), any with a method of the name.
   * @param key of the class, `file::qualname`
   * @returns their keys, in order: the first of them where a class has very many, and none where a mere name has
   */
  overriding(key: string, method: string, whatever: boolean): readonly string[] {
    const at = key.indexOf("::");
    const f = this.files.get(key.slice(0, at));
    const qualname = key.slice(at + 2);
    const cls = f?.sketch.defs.findIndex((d) => d.kind === "class" && d.qualname === qualname) ?? -1;
    if (!f || cls < 0) return [];
    const word = wordNumber(method);
    const from = whatever
      ? (this.methods.get(word) ?? []).map((n) => this.classOf(n))
      : this.family(key.slice(0, at), cls).filter((n) => this.membersOf(n)?.has(word));
    const own = f.base + cls;
    const out = new Set<string>();
    for (const n of from) if (n !== undefined && n !== own) out.add(this.nodes[n]!.key);
    return whatever && out.size > MAX_MEMBERS ? [] : [...out].sort().slice(0, MAX_FAMILY);
  }

  /**
   * Functions that mention a name of a module, in it or where it is imported, as far as texts tell.
   * @returns their keys, in order; none where very many do
   */
  mentioning(file: string, name: string): readonly string[] {
    const target = this.files.get(file);
    if (!target) return [];
    const question = `${file}\n${name}`;
    let out = this.mentions.get(question);
    if (!out) {
      const found: string[] = [];
      for (const f of this.files.values()) {
        const words = f === target ? new Set([wordNumber(name)]) : this.aliases(f, file, target, name);
        if (!words.size) continue;
        f.sketch.defs.forEach((def, i) => {
          if (def.kind === "function" && !def.local && def.words.some((code) => words.has(code >> 3)))
            found.push(this.nodes[f.base + i]!.key);
        });
      }
      out = found.length > MAX_MENTIONS ? [] : found.sort();
      this.mentions.set(question, out);
    }
    return out;
  }

  /**
   * Functions and modules that use several words, those of the functions in them too.
   * @returns keys of functions and names of files, in order; none where very many do
   */
  speakingOf(words: readonly string[]): readonly string[] {
    const question = words.join(" ");
    let out = this.mentions.get(question);
    if (!out) {
      const wanted = words.map(wordNumber);
      const found = new Set<string>();
      for (const f of this.files.values()) {
        let around = 0;
        f.sketch.defs.forEach((def, i) => {
          if (!def.local) around = i;
          if (!wanted.every((w) => def.words.some((code) => code >> 3 === w))) return;
          const { file, key, def: of } = this.nodes[f.base + around]!;
          found.add(of.kind === "function" ? key : file);
        });
      }
      out = found.size > MAX_MENTIONS ? [] : [...found].sort();
      this.mentions.set(question, out);
    }
    return out;
  }

  private readonly mentions = new Map<string, readonly string[]>();

  /** What a name of a module is called in another one that imports it. */
  private aliases(f: FileIndex, file: string, target: FileIndex, name: string): Set<number> {
    const out = new Set<number>();
    const { files, modules } = this.importedBy(f);
    if (!files.has(target)) return out;
    // `state.jobs` of `import state`.
    if (modules.includes(target)) out.add(wordNumber(name));
    const from = this.nodes[f.base]!.file;
    for (const i of f.sketch.imports)
      for (const n of i.names ?? [])
        if (n.name === name && this.resolve(from, i.module, i.level) === file) out.add(wordNumber(n.as));
    return out;
  }

  /** The class that a method stands in. */
  private classOf(n: number): number | undefined {
    const { file, def } = this.nodes[n]!;
    return def.cls < 0 ? undefined : this.files.get(file)!.base + def.cls;
  }

  private membersOf(cls: number): ReadonlyMap<number, number> | undefined {
    const { file, index } = this.nodes[cls]!;
    return this.files.get(file)!.members.get(index);
  }

  /** `x.word`: methods of that name, those of imported modules' classes first; too common a name means nothing. */
  private memberTargets(f: FileIndex, word: number, out: Set<number>): void {
    const imported = this.importedBy(f);
    for (const m of imported.modules) {
      const t = m.top.get(word);
      if (t !== undefined) out.add(t);
    }
    const all = this.methods.get(word);
    if (!all) return;
    if (all.length <= MAX_MEMBERS) {
      for (const m of all) out.add(m);
      return;
    }
    for (const near of [f, ...imported.files]) for (const m of near.methods.get(word) ?? []) out.add(m);
  }
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let v = map.get(key);
  if (v === undefined) {
    v = make();
    map.set(key, v);
  }
  return v;
}
