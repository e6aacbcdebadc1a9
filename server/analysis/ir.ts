/**
 * The intermediate form: plain objects, no tree nodes. Everything after `syntax/` works on these types only.
 *
 * Offsets (`s`, `e`) are UTF-16 code units, relative to the start of the chunk that holds the node, so a chunk
 * whose text did not change keeps its form when the text above it moves. `Chunk.base` turns them into offsets in
 * the file; it is the only thing that an edit elsewhere in the file touches.
 */

/** A stretch of a file that is lowered and cached as one: a top-level statement, or a statement of a class body. */
export interface Chunk {
  /** Path of the file, as the project names it. */
  file: string;
  /** Offset of the chunk's first code unit in the file. Updated in place when text above it changes. */
  base: number;
}

/** A place in a chunk. */
export interface Span {
  /** Start, relative to the chunk. */
  s: number;
  /** End (exclusive), relative to the chunk. */
  e: number;
}

export interface NameExpr extends Span {
  k: "name";
  id: string;
}
/** `None`, `True`, numbers, plain strings (prefix, escapes and implicit concatenation already resolved), bytes, `...`. */
export interface ConstExpr extends Span {
  k: "const";
  t: "str" | "bytes" | "int" | "float" | "bool" | "none" | "ellipsis";
  v: string | number | boolean | null;
}
/** An f-string (or a concatenation that holds one): constant texts and interpolated expressions in order. */
export interface FStringExpr extends Span {
  k: "fstr";
  parts: (string | FStringHole)[];
}
export interface FStringHole extends Span {
  x: Expr;
  /** `r`, `s`, `a` or absent. */
  conv?: string;
  /** Source text of the format specification (`.2f`), if any. The holes in it follow this hole in `parts`. */
  spec?: string;
}
export interface AttrExpr extends Span {
  k: "attr";
  o: Expr;
  a: string;
  /** Where the attribute's own name begins. */
  as: number;
}
export interface SubscriptExpr extends Span {
  k: "sub";
  o: Expr;
  /** The index; a tuple where there are several. */
  i: Expr;
}
export interface SliceExpr extends Span {
  k: "slice";
  parts: (Expr | null)[];
}
export interface CallExpr extends Span {
  k: "call";
  f: Expr;
  /** Positional arguments; `*x` is a StarExpr. */
  args: Expr[];
  kw: Keyword[];
  /** Where the opening bracket of the argument list stands. */
  ps: number;
}
export interface Keyword extends Span {
  /** `null` for `**x`. */
  n: string | null;
  x: Expr;
}
export interface StarExpr extends Span {
  k: "star";
  x: Expr;
}
export interface BinExpr extends Span {
  k: "bin";
  /** `+ - * / // % ** @ | & ^ << >>` */
  op: string;
  l: Expr;
  r: Expr;
}
export interface UnaryExpr extends Span {
  k: "un";
  /** `not - + ~` */
  op: string;
  x: Expr;
}
export interface BoolExpr extends Span {
  k: "bool";
  op: "and" | "or";
  xs: Expr[];
}
export interface CompareExpr extends Span {
  k: "cmp";
  /** `< > == != <= >= in`, `not in`, `is`, `is not`; one fewer than `xs`. */
  ops: string[];
  xs: Expr[];
}
export interface CondExpr extends Span {
  k: "cond";
  c: Expr;
  a: Expr;
  b: Expr;
}
export interface SeqExpr extends Span {
  k: "tuple" | "list" | "set";
  xs: Expr[];
}
export interface DictExpr extends Span {
  k: "dict";
  /** `key: null` for `**x`. */
  items: { key: Expr | null; v: Expr; s: number; e: number }[];
}
export interface CompExpr extends Span {
  k: "comp";
  kind: "list" | "set" | "dict" | "gen";
  /** The element, or the key of a dict comprehension. */
  x: Expr;
  v?: Expr;
  clauses: ({ t: "for"; target: Expr; iter: Expr; async: boolean } | { t: "if"; c: Expr })[];
}
export interface LambdaExpr extends Span {
  k: "lambda";
  fn: FunctionIR;
}
export interface AwaitExpr extends Span {
  k: "await";
  x: Expr;
}
export interface YieldExpr extends Span {
  k: "yield";
  x: Expr | null;
  from: boolean;
}
export interface WalrusExpr extends Span {
  k: "walrus";
  name: string;
  x: Expr;
}
/** What could not be understood; its children still move values. */
export interface UnknownExpr extends Span {
  k: "unknown";
  xs: Expr[];
}

export type Expr =
  | NameExpr
  | ConstExpr
  | FStringExpr
  | AttrExpr
  | SubscriptExpr
  | SliceExpr
  | CallExpr
  | StarExpr
  | BinExpr
  | UnaryExpr
  | BoolExpr
  | CompareExpr
  | CondExpr
  | SeqExpr
  | DictExpr
  | CompExpr
  | LambdaExpr
  | AwaitExpr
  | YieldExpr
  | WalrusExpr
  | UnknownExpr;

export interface Param extends Span {
  name: string;
  kind: "pos" | "normal" | "kwonly" | "vararg" | "kwarg";
  ann?: Expr;
  def?: Expr;
}

export interface FunctionIR extends Span {
  name: string;
  /** Where the name stands (equal to `s` for a lambda). */
  ns: number;
  params: Param[];
  decorators: Expr[];
  returns?: Expr;
  body: Stmt[];
  async: boolean;
  /** The body holds a `yield` of its own. */
  generator: boolean;
  /** First line of the docstring, when there is one. */
  doc?: string;
  /** The chunk that the offsets are relative to. */
  chunk: Chunk;
}

export interface ClassIR extends Span {
  name: string;
  ns: number;
  decorators: Expr[];
  bases: Expr[];
  keywords: Keyword[];
  /** The class body; methods are `def` statements. For a top-level class each has a chunk of its own. */
  body: Stmt[];
  doc?: string;
  chunk: Chunk;
}

export interface ImportName extends Span {
  /** Dotted name, or the imported name of a `from` import; `*` for a star import. */
  name: string;
  as?: string;
}

/** The chunk that a statement's offsets are relative to, where it differs from its parent's. */
interface OwnChunk {
  chunk?: Chunk;
}

export type Stmt = OwnChunk &
  (
    | ({ k: "expr"; x: Expr } & Span)
    /** `a = b = v`, `a: T = v` (one target, `ann`), `a: T` (no `v`). */
    | ({ k: "assign"; targets: Expr[]; v: Expr | null; ann?: Expr } & Span)
    | ({ k: "aug"; target: Expr; op: string; v: Expr } & Span)
    | ({ k: "return"; x: Expr | null } & Span)
    | ({ k: "raise"; x: Expr | null; cause: Expr | null } & Span)
    | ({ k: "del"; xs: Expr[] } & Span)
    | ({ k: "assert"; c: Expr; msg: Expr | null } & Span)
    | ({ k: "pass" | "break" | "continue" } & Span)
    | ({ k: "global" | "nonlocal"; names: string[] } & Span)
    | ({ k: "import"; names: ImportName[] } & Span)
    /** `level` counts the leading dots; `module` is empty for `from . import x`. */
    | ({ k: "from"; module: string; level: number; names: ImportName[] } & Span)
    /** `elif` is an `if` in `orelse`. */
    | ({ k: "if"; c: Expr; body: Stmt[]; orelse: Stmt[] } & Span)
    | ({ k: "for"; target: Expr; iter: Expr; body: Stmt[]; orelse: Stmt[]; async: boolean } & Span)
    | ({ k: "while"; c: Expr; body: Stmt[]; orelse: Stmt[] } & Span)
    | ({ k: "with"; items: { x: Expr; target: Expr | null }[]; body: Stmt[]; async: boolean } & Span)
    | ({
        k: "try";
        body: Stmt[];
        handlers: ({ type: Expr | null; name: string | null; body: Stmt[]; star: boolean } & Span)[];
        orelse: Stmt[];
        final: Stmt[];
      } & Span)
    | ({ k: "match"; x: Expr; cases: ({ pattern: Pattern; guard: Expr | null; body: Stmt[] } & Span)[] } & Span)
    | ({ k: "def"; fn: FunctionIR } & Span)
    | ({ k: "class"; cls: ClassIR } & Span)
    /** `type X = ...` and whatever else binds nothing that matters; its expressions still count. */
    | ({ k: "other"; xs: Expr[] } & Span)
  );

/** A `case` pattern, reduced to what it binds and the path from the subject to the binding. */
export interface Pattern extends Span {
  /**
   * Path steps: a string key or an attribute by its name, a position by its number (`0`), `*` for whatever cannot be
   * named (starred rest, `**rest`, positions behind a star, positional arguments of a class pattern, other keys).
   */
  binds: { name: string; path: string[] }[];
  /** The constant texts of value patterns, for allowlists by `match`. */
  values: Expr[];
  /** The subject itself is one of the values: `case "a" | "b" as x`. */
  fixed: boolean;
  /** `case _:` or a bare capture. */
  irrefutable: boolean;
}

export interface Comment extends Span {
  /** Text without the `#`. Offsets are relative to the file. */
  text: string;
}

/** One file, lowered. */
export interface ModuleIR {
  file: string;
  /** Statements in order; each top-level statement has its own `chunk`. */
  body: Stmt[];
  /** Only those that speak to SpillCheck (`# spillcheck: ...`). Offsets in the file. */
  comments: Comment[];
  /** Spans of syntax errors (offsets in the file), at most 20. */
  errors: Span[];
  /** Something was left out: nesting deeper than the bound, more errors than the bound. */
  truncated: boolean;
}
