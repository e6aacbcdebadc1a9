/**
 * A file seen without parsing it: its definitions, what they mention, and its imports, from one pass over the text. It says
 * in which order things are best analysed and what can matter at all; what it gets wrong costs precision, never a crash.
 */
import { sameList } from "../same-list.js";
import { difference } from "../syntax/positions.js";

/** What a word in a definition's text may refer to. */
export const PLAIN = 0;
/** A plain name that is called. */
export const CALLED = 1;
/** `self.word`. */
export const OWN = 2;
/** `self.word` where it is assigned or changed. */
export const WRITTEN = 3;
/** `x.word`. */
export const MEMBER = 4;

/** One definition: a function, a method, a class, or the module itself (the first of a sketch). */
export interface SketchDef {
  kind: "module" | "function" | "class";
  name: string;
  /** As in `FunctionDef.key`, without the file: `Class.method`, with an ordinal where a name is defined twice. */
  qualname: string;
  /** Position in the sketch of the class that it stands in directly; -1 for none. */
  cls: number;
  /** Inside a function, directly or not. */
  local: boolean;
  /** Mentions, each once, in order: number of the word times 8, plus what it is used as. */
  words: readonly number[];
  /**
   * Words that are given a value (`x = ...`, `a.x = ...`, `f(x=...)`, `d["x"] = ...`, `{"x": ...}`), each once: number of the
   * word times 2, and one where the value begins with a text or comes from the environment.
   */
  sets: readonly number[];
  /** Base classes as they stand in the text, dotted. */
  bases: readonly string[];
  /** Words of its decorators. */
  decorators: readonly number[];
  /** An exception is caught by name in it. */
  catches: boolean;
  /** Functions are made in it. */
  nests: boolean;
}

export interface SketchImport {
  /** Dotted name without leading dots. */
  module: string;
  level: number;
  /** What a `from` import takes; undefined for `import a.b`. */
  names: readonly { name: string; as: string }[] | undefined;
  /** What `import a.b as c` is called; `a` without `as`. */
  as: string;
}

export interface Sketch {
  defs: readonly SketchDef[];
  imports: readonly SketchImport[];
}

const names: string[] = [];
/** Open addressing: numbers of words plus one, by hash. */
let table = new Int32Array(1 << 14);

/** The number of a word; the same for the same word throughout the process. */
export const wordNumber = (word: string): number => numberAt(word, 0, word.length, hashOf(word, 0, word.length));

/** A hash of a part of a text, 32 bits; those that use few of them fold the upper ones in. */
export function hashOf(text: string, from: number, to: number): number {
  let h = 0;
  for (let i = from; i < to; i++) h = (Math.imul(h, 31) + text.charCodeAt(i)) | 0;
  return h;
}

/** The number of the word that stands in a text; nothing is cut out of the text for words that are known. */
function numberAt(text: string, from: number, to: number, hash: number): number {
  const mask = table.length - 1;
  let at = (hash ^ (hash >>> 15)) & mask;
  for (let n = table[at]!; n; at = (at + 1) & mask, n = table[at]!) {
    const known = names[n - 1]!;
    if (known.length === to - from && text.startsWith(known, from)) return n - 1;
  }
  // A copy of its own: a slice would keep the whole text alive.
  names.push(copyOf(text, from, to));
  table[at] = names.length;
  if (names.length * 2 > table.length) grow();
  return names.length - 1;
}

function copyOf(text: string, from: number, to: number): string {
  let out = "";
  for (let i = from; i < to; i++) out += text[i];
  return out;
}

function grow(): void {
  table = new Int32Array(table.length * 2);
  const mask = table.length - 1;
  names.forEach((name, i) => {
    const hash = hashOf(name, 0, name.length);
    let at = (hash ^ (hash >>> 15)) & mask;
    while (table[at]) at = (at + 1) & mask;
    table[at] = i + 1;
  });
}

/** How many words have a number. */
export const wordCount = (): number => names.length;
export const wordOf = (n: number): string => names[n] ?? "";

for (const k of (
  "False None True and as assert async await break class continue def del elif else except finally for from global if import in is " +
  "lambda nonlocal not or pass raise return try while with yield self cls str int len dict list set"
).split(" "))
  wordNumber(k);
/** Words below this number are the language's own. */
const KEYWORDS = names.length;
const SELF = wordNumber("self");
const CLS = wordNumber("cls");
const ASYNC = wordNumber("async");
const DEF = wordNumber("def");
const CLASS = wordNumber("class");
const FROM = wordNumber("from");
const IMPORT = wordNumber("import");
const AS = wordNumber("as");
const EXCEPT = wordNumber("except");
const LAMBDA = wordNumber("lambda");

/** Characters that go on with a word: letters, digits, `_`, and everything beyond ASCII. */
const WORD = new Uint8Array(128);
for (let c = 48; c < 58; c++) WORD[c] = 2;
for (let c = 65; c < 91; c++) WORD[c] = 1;
for (let c = 97; c < 123; c++) WORD[c] = 1;
WORD[95] = 1;
const isStart = (c: number): boolean => c > 127 || WORD[c] === 1;
/** Also for NaN, which is what lies behind the end of a text: false. */
const isPart = (c: number): boolean => c > 127 || WORD[c]! > 0;

interface Open {
  indent: number;
  /** Position of the definition in the sketch; for a function inside another, that of the other. */
  def: number;
  prefix: string;
  inFunction: boolean;
  /** Position of the class whose body this is; -1 for a function's. */
  cls: number;
}

interface Draft extends SketchDef {
  words: number[];
  sets: number[];
  bases: string[];
  decorators: number[];
}

const MUTATORS =
  /^\s*(?:\.(?:append(?:left)?|extend|insert|update|setdefault|add|put(?:_nowait)?)\(|(?:\[[^\]\n]*\])*\s*(?:[-+|*]?=(?!=)|:[^=\n]*=(?!=)))/;

/** A sketch, and where in the text it was found, so that it can follow edits. Offsets are UTF-16 code units. */
export interface SketchedText {
  readonly text: string;
  readonly sketch: Sketch;
  /** Where the lines of each definition begin and end (exclusive), by its position in the sketch; ends of local ones mean nothing. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Where each import stands. */
  readonly importsAt: readonly number[];
}

/** The beginning of a value that may be a credential in the code. */
const GIVEN = /^\s*(?:[fFbBrRuU]{0,2}["'(]|os\.|environ|getenv|\w*config|env\b)/;

/** @param text a Python source, whatever is in it */
export function sketch(text: string): SketchedText {
  return new Sketcher(text).whole();
}

/**
 * The sketch of a text that came of another one: where the edit lies inside one function and what follows is read as
 * before, that function alone is looked at. Definitions that stay the same stay the same objects, and so does the sketch.
 */
export function resketch(before: SketchedText, text: string): SketchedText {
  if (before.text === text) return before;
  const { start, oldEnd } = difference(before.text, text);
  const at = before.sketch.defs.findIndex(
    (d, i) =>
      d.kind === "function" &&
      !d.local &&
      before.starts[i]! < start &&
      oldEnd < before.ends[i]! &&
      // Its indentation says what it belongs to, its head whether it is one at all where a bracket before it is open.
      HEAD.test(before.text.slice(before.starts[i], start)),
  );
  return (at > 0 ? followed(before, text, at) : undefined) ?? sketch(text);
}

const HEAD = /\bdef\s+\w+\s*\(/;

/** The sketch after an edit inside the function at `at`; undefined where more than that function has to be looked at. */
function followed(before: SketchedText, text: string, at: number): SketchedText | undefined {
  const { defs, imports } = before.sketch;
  const start = before.starts[at]!;
  const end = before.ends[at]!;
  const by = text.length - before.text.length;
  let next = at + 1;
  while (next < defs.length && before.starts[next]! < end) next++;
  const sketcher = new Sketcher(text, { defs, at });
  const found = sketcher.again(start, end + by);
  // Where it begins, the ones before it end.
  if (!found || found.defs.length !== next - at || found.starts[0] !== start) return undefined;
  const inside = imports.filter((_, i) => before.importsAt[i]! >= start && before.importsAt[i]! < end);
  if (JSON.stringify(inside) !== JSON.stringify(found.imports)) return undefined;
  const now = found.defs.map((d, i) => (i || sameHead(d, defs[at]!) ? kept(d, defs[at + i]!) : undefined));
  if (!now[0]) return undefined;
  const same = now.every((d, i) => d === defs[at + i]);
  const moved = (x: number) => (x >= end ? x + by : x);
  let n = 0;
  return {
    text,
    sketch: same
      ? before.sketch
      : { defs: [...defs.slice(0, at), ...(now as SketchDef[]), ...defs.slice(next)], imports },
    starts: before.starts.map((x, i) => (i >= at && i < next ? found.starts[i - at]! : moved(x))),
    ends: before.ends.map((x, i) => (i >= at && i < next ? found.ends[i - at]! : moved(x))),
    importsAt: before.importsAt.map((x) => (x >= start && x < end ? found.importsAt[n++]! : moved(x))),
  };
}

const sameHead = (a: SketchDef, b: SketchDef): boolean =>
  a.kind === b.kind && a.qualname === b.qualname && a.cls === b.cls && a.local === b.local;

/** The former object where it says the same. */
const kept = (now: SketchDef, former: SketchDef): SketchDef =>
  sameHead(now, former) &&
  now.name === former.name &&
  now.catches === former.catches &&
  now.nests === former.nests &&
  sameList(now.words, former.words) &&
  sameList(now.sets, former.sets) &&
  sameList(now.bases, former.bases) &&
  sameList(now.decorators, former.decorators)
    ? former
    : now;

class Sketcher {
  /** Undefined for those that are known already. */
  private readonly defs: (Draft | undefined)[] = [];
  private readonly seen: (Set<number> | undefined)[] = [];
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  private readonly imports: SketchImport[] = [];
  private readonly importsAt: number[] = [];
  private readonly used = new Map<string, number>();
  private readonly stack: Open[] = [];
  /** Position of the definition that mentions belong to. */
  private current = 0;
  /** Something belongs to a definition that is known already. */
  private lost = false;
  /** In the head of an `except`. */
  private catching = false;
  /** Words of the decorators above the definition to come. */
  private above: number[] = [];
  /** Their indentation; that of a definition that they belong to is the same. */
  private aboveIndent = 0;
  private decorating = false;

  /** @param known the sketch of a former text, of which the function at `at` is looked at again */
  constructor(
    private readonly text: string,
    private readonly known?: { defs: readonly SketchDef[]; at: number },
  ) {
    if (!known) {
      this.add("module", "", "", -1, false, 0);
      return;
    }
    const { at, defs } = known;
    this.defs.length = at;
    const d = defs[at]!;
    const [raw = "", ordinal] = d.qualname.split(/~(\d+)$/);
    this.used.set(raw, Number(ordinal ?? 0));
    const prefix = raw.slice(0, raw.length - d.name.length);
    if (d.cls >= 0) this.stack.push({ indent: -1, def: d.cls, prefix, inFunction: false, cls: d.cls });
  }

  whole(): SketchedText {
    const { text } = this;
    this.scan(0, text.length);
    this.close(-1, text.length);
    this.ends[0] = text.length;
    const { starts, ends, imports, importsAt } = this;
    return { text, sketch: { defs: this.defs as Draft[], imports }, starts, ends, importsAt };
  }

  /** Looks at one function again; undefined where its text has another end now. */
  again(from: number, to: number) {
    const { at, defs } = this.known!;
    const outer = this.stack.length;
    const last = to === this.text.length;
    if (!this.scan(from, to) && !last) return undefined;
    const open = this.stack[outer];
    if (this.lost || !open || open.def !== at) return undefined;
    this.stack.splice(0, outer);
    this.close(-1, to);
    const first = this.defs[at]!;
    first.decorators = [...defs[at]!.decorators];
    return {
      defs: this.defs.slice(at) as Draft[],
      starts: this.starts.slice(at),
      ends: this.ends.slice(at),
      imports: this.imports,
      importsAt: this.importsAt,
    };
  }

  /** Reads the text from the beginning of one line to that of another; false when it did not end there. */
  private scan(from: number, n: number): boolean {
    const { text } = this;
    let i = from;
    let depth = 0;
    let fresh = true;
    let lastWord = -1;
    let lastEnd = -1;
    while (i < n) {
      if (fresh) {
        fresh = false;
        i = this.lineStart(i);
        lastWord = -1;
        continue;
      }
      const c = text.charCodeAt(i);
      if (isStart(c)) {
        let j = i + 1;
        let hash = c;
        let q = text.charCodeAt(j);
        while (isPart(q)) {
          hash = (Math.imul(hash, 31) + q) | 0;
          q = text.charCodeAt(++j);
        }
        if ((q === 34 || q === 39) && j - i <= 3 && isPrefix(text, i, j)) {
          i = this.string(j, /[fFtT]/.test(text.slice(i, j)));
          continue;
        }
        const w = numberAt(text, i, j, hash);
        if (w >= KEYWORDS) this.mention(w, i, j, lastWord, lastEnd);
        else if (w === EXCEPT) this.catching = true;
        else if (w === LAMBDA || (w === AS && this.catching)) {
          const d = this.defs[this.current];
          if (!d) this.lost = true;
          else if (w === LAMBDA) d.nests = true;
          else d.catches = true;
        }
        lastWord = w;
        lastEnd = j;
        i = j;
        continue;
      }
      i++;
      if (c === 34 || c === 39) i = this.string(i - 1, false);
      else if (c === 40 || c === 91 || c === 123) depth++;
      else if (c === 41 || c === 93 || c === 125) depth = depth ? depth - 1 : 0;
      else if (c === 35) {
        const end = text.indexOf("\n", i);
        i = end < 0 ? n : end;
      } else if (c === 92) {
        if (text.charCodeAt(i) === 13) i++;
        i++;
      } else if (c === 10) {
        // An open bracket that was never closed must not swallow the rest of the file.
        if (!depth || DEFINITION.test(text.slice(i, i + 40))) {
          depth = 0;
          fresh = true;
        }
      } else if (c > 47 && c < 58) while (i < n && isPart(text.charCodeAt(i))) i++;
    }
    return fresh && i === n;
  }

  private add(
    kind: SketchDef["kind"],
    name: string,
    prefix: string,
    cls: number,
    local: boolean,
    start: number,
  ): number {
    let qualname = prefix + name;
    if (kind !== "module") {
      const count = this.used.get(qualname) ?? 0;
      this.used.set(qualname, count + 1);
      if (count) qualname += `~${count}`;
    }
    const at = this.defs.length;
    this.defs.push({
      kind,
      name,
      qualname,
      cls,
      local,
      words: [],
      sets: [],
      bases: [],
      decorators: [],
      catches: false,
      nests: false,
    });
    this.seen[at] = new Set();
    this.starts[at] = start;
    this.ends[at] = start;
    return at;
  }

  /** Ends the definitions that a line of this indentation does not belong to. */
  private close(indent: number, at: number): void {
    while (this.stack.length && this.stack.at(-1)!.indent >= indent) this.ends[this.stack.pop()!.def] = at;
    this.current = this.stack.at(-1)?.def ?? 0;
  }

  /** Looks at the beginning of a logical line; returns where its text goes on. */
  private lineStart(from: number): number {
    const { text } = this;
    let i = from;
    let indent = 0;
    for (; ; i++) {
      const c = text.charCodeAt(i);
      if (c === 32) indent++;
      else if (c === 9) indent += 8 - (indent % 8);
      else if (c === 12 || c === 0xfeff) indent = 0;
      else break;
    }
    const c = text.charCodeAt(i);
    // Empty lines and comments end nothing.
    if (c === 10 || c === 13 || c === 35 || i >= text.length) return i;
    if (!this.stack.length || this.stack.at(-1)!.indent >= indent) this.close(indent, from);
    this.catching = false;
    this.decorating = c === 64;
    if (this.decorating && indent !== this.aboveIndent) {
      this.above = [];
      this.aboveIndent = indent;
    }
    if (!isStart(c)) return i;
    let j = i + 1;
    while (isPart(text.charCodeAt(j))) j++;
    let w = numberAt(text, i, j, hashOf(text, i, j));
    if (w === FROM || w === IMPORT) return this.importLine(i);
    if (w === ASYNC) {
      const m = /[ \t]+def\b/y;
      m.lastIndex = j;
      if (!m.test(text)) return i;
      j = m.lastIndex;
      w = DEF;
    }
    if (w !== DEF && w !== CLASS) {
      this.above = [];
      return i;
    }
    const name = /[ \t]+([^\W\d]\w*)/uy;
    name.lastIndex = j;
    const found = name.exec(text);
    if (!found?.[1]) return j;
    this.define(w === CLASS, found[1], indent, from, name.lastIndex);
    return name.lastIndex;
  }

  private define(isClass: boolean, name: string, indent: number, start: number, end: number): void {
    const top = this.stack.at(-1);
    const prefix = top?.prefix ?? "";
    const local = top?.inFunction ?? false;
    const cls = top && top.cls >= 0 ? top.cls : -1;
    const inside = this.stack.at(-1)?.def ?? 0;
    const own = this.add(isClass ? "class" : "function", name, prefix, cls, local, start);
    const d = this.defs[own]!;
    d.decorators = this.aboveIndent === indent ? this.above : [];
    this.above = [];
    if (isClass) {
      d.bases = basesOf(this.text, end);
      this.stack.push({ indent, def: own, prefix: `${prefix}${name}.`, inFunction: local, cls: own });
    } else {
      // A function in a function is run in place: what it mentions, the outer one mentions.
      const inPlace = local && cls < 0;
      const def = inPlace ? inside : own;
      if (inPlace && this.defs[inside]) this.defs[inside].nests = true;
      else if (inPlace) this.lost = true;
      this.stack.push({ indent, def, prefix: `${d.qualname}.<locals>.`, inFunction: true, cls: -1 });
    }
    this.current = this.stack.at(-1)!.def;
  }

  private mention(w: number, from: number, to: number, lastWord: number, lastEnd: number): void {
    const { text } = this;
    let use = PLAIN;
    if (text.charCodeAt(from - 1) === 46) {
      const own = (lastWord === SELF || lastWord === CLS) && lastEnd === from - 1;
      use = own ? (this.isWrite(to) ? WRITTEN : OWN) : MEMBER;
    } else if (text.charCodeAt(to) === 40) use = CALLED;
    if (this.decorating) this.above.push(w);
    this.note(w * 8 + use);
    let i = to;
    while (text.charCodeAt(i) === 32) i++;
    if (text.charCodeAt(i) === 61 && text.charCodeAt(i + 1) !== 61) this.set(w, GIVEN.test(text.slice(i + 1, i + 40)));
  }

  /** A word is given a value. @param literal the value begins with a text or comes from the environment */
  private set(w: number, literal: boolean): void {
    const d = this.defs[this.current];
    if (!d) this.lost = true;
    else if (!d.sets.includes(w * 2 + Number(literal))) d.sets.push(w * 2 + Number(literal));
  }

  private note(code: number): void {
    const d = this.defs[this.current];
    const seen = this.seen[this.current];
    if (!d || !seen) {
      this.lost = true;
      return;
    }
    if (seen.has(code)) return;
    seen.add(code);
    d.words.push(code);
  }

  private isWrite(at: number): boolean {
    const c = this.text.charCodeAt(at);
    // ( ) , and line ends: the usual reads, told apart without a pattern.
    if (c === 40 || c === 41 || c === 10 || c === 13 || c === 44) return false;
    return MUTATORS.test(this.text.slice(at, at + 80));
  }

  /** Skips a string; what is mentioned in the holes of an f-string counts. @param at the opening quote */
  private string(at: number, formatted: boolean): number {
    const { text } = this;
    const q = text.charCodeAt(at);
    const triple = text.charCodeAt(at + 1) === q && text.charCodeAt(at + 2) === q;
    let i = at + (triple ? 3 : 1);
    if (!triple && text.charCodeAt(at + 1) === q) return at + 2;
    let holes = false;
    for (; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c === 92) i++;
      else if (c === q) {
        if (!triple) break;
        if (text.charCodeAt(i + 1) === q && text.charCodeAt(i + 2) === q) {
          i += 2;
          break;
        }
      } else if (c === 10 && !triple) return i;
      else if (c === 123) holes = true;
    }
    if (formatted && holes) this.holes(text.slice(at, i));
    // `config["DEBUG"]`: a text that is a name may be one of a setting.
    else if (!triple && i - at > 3 && i - at < 40) {
      let j = at + 1;
      while (j < i && isPart(text.charCodeAt(j))) j++;
      if (j === i && isStart(text.charCodeAt(at + 1))) {
        const w = wordNumber(text.slice(at + 1, i));
        this.mention(w, at + 1, i, -1, -1);
        let k = i + 1;
        while (text.charCodeAt(k) === 32) k++;
        const c = text.charCodeAt(k);
        // `d["x"] = ...`, `{"x": ...}`, `setdefault("x", ...)`
        if (c === 93 || c === 58 || c === 44) this.set(w, true);
      }
    }
    return i + 1;
  }

  private holes(text: string): void {
    for (const hole of text.matchAll(/\{([^{}]+)\}?/g)) {
      for (const m of hole[1]!.matchAll(/(\bself\.|\.)?\b([^\W\d]\w*)(\()?/gu)) {
        const w = wordNumber(m[2]!);
        if (w < KEYWORDS) continue;
        const use = m[1] ? (m[1] === "." ? MEMBER : OWN) : m[3] ? CALLED : PLAIN;
        this.note(w * 8 + use);
      }
    }
  }

  private import(at: number, i: SketchImport): void {
    this.imports.push(i);
    this.importsAt.push(at);
  }

  /** Takes an import statement apart; returns where it ends. */
  private importLine(from: number): number {
    const { text } = this;
    const plain = /import[ \t]+([^\n;#]+)/y;
    plain.lastIndex = from;
    const m = plain.exec(text);
    if (m?.[1]) {
      for (const part of m[1].split(",")) {
        const [module = "", as] = part.trim().split(/\s+as\s+/);
        if (module) this.import(from, { module, level: 0, names: undefined, as: as ?? module.split(".")[0]! });
      }
      return plain.lastIndex;
    }
    const line = /from[ \t]+(\.*)[ \t]*([\w.]*)[ \t]+import[ \t]*(?:\(([^)]*)\)|([^\n;#]+))/uy;
    line.lastIndex = from;
    const f = line.exec(text);
    if (!f) return from + 4;
    const list = (f[3] ?? f[4] ?? "").replace(/#[^\n]*/g, "").replace(/\\\r?\n/g, " ");
    const taken = list.split(",").flatMap((part) => {
      const [name = "", as] = part.trim().split(/\s+as\s+/);
      return name ? [{ name, as: as ?? name }] : [];
    });
    this.import(from, { module: f[2] ?? "", level: f[1]?.length ?? 0, names: taken, as: "" });
    return line.lastIndex;
  }
}

const DEFINITION = /^(?:async[ \t]+def|def|class)[ \t]+\w+[ \t]*[(:]|^@\w/;

function isPrefix(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const c = text.charCodeAt(i) | 32;
    // b f r t u
    if (c !== 98 && c !== 102 && c !== 114 && c !== 116 && c !== 117) return false;
  }
  return true;
}

/** The dotted names among the bases of a class, whose name ends at `at`. */
function basesOf(text: string, at: number): string[] {
  const m = /[ \t]*\(([^()]*(?:\([^()]*\)[^()]*)*)\)/y;
  m.lastIndex = at;
  const list = m.exec(text)?.[1];
  if (!list) return [];
  return list.split(",").flatMap((part) => {
    const name = /^\s*([^\W\d][\w.]*)/u.exec(part)?.[1];
    return name && !/^\s*\w+\s*=/.test(part) ? [name] : [];
  });
}
