/** The state of one analysis of one function (or module) body. */
import type { Chunk, Expr, Span } from "../ir.js";
import type { FunctionDef, ModuleDef } from "../names/definitions.js";
import type { Env } from "./env.js";
import type { Label, Loc } from "./labels.js";
import type { Program } from "./program.js";
import type { FlowEvent, GuardFact } from "./summary.js";
import { EMPTY, join, type Value } from "./value.js";

/** A test of labels in a condition: in which branch they turned out unsafe. */
export interface Refinement {
  labels: readonly Label[];
  mask: number;
  weak: boolean;
  /** The branch that the labels do not survive cleared: `then` when a true condition means unsafe. */
  unsafe: "then" | "else";
}

/** Most events that one function may have; a bound that real code does not meet. */
const MAX_EVENTS = 400;

export class Frame {
  readonly events: Map<string, FlowEvent>;
  readonly guards: GuardFact[];
  readonly globalWrites: Map<string, Value>;
  private readonly locs: Map<object, Loc>;
  private readonly counter: { n: number };
  returned: Value = EMPTY;
  yielded: Value = EMPTY;
  returnedSomething = false;
  globals = new Set<string>();
  nonlocals = new Set<string>();
  readonly loops: { breaks: Env[]; continues: Env[] }[] = [];
  /** Tests whose unsafe branch is being executed. */
  readonly tests: Refinement[] = [];
  /** Nesting of loops that are run twice. */
  loopDepth = 0;
  /** Nested functions met, with the variables they see. */
  readonly nested: { fn: FunctionDef; env: Env; called: boolean }[];
  /** Variables at the ends of the body. */
  endEnv: Env | undefined;
  /** Returned values with their places. */
  readonly returnSites: { value: Value; loc: Loc; x: Expr | undefined }[] = [];
  /** Names of a module bound by imports, resolved when first used. */
  readonly lazy = new Map<string, () => Value | undefined>();
  /** Star imports, asked last. */
  readonly stars: ((name: string) => Value | undefined)[] = [];
  /** What `except` caught, for a bare `raise` and `sys.exc_info()`. */
  caught: Value = EMPTY;

  constructor(
    readonly program: Program,
    readonly module: ModuleDef,
    readonly fn: FunctionDef | undefined,
    public chunk: Chunk,
    readonly parent?: Frame,
  ) {
    this.events = parent?.events ?? new Map();
    this.guards = parent ? [] : [];
    this.globalWrites = parent?.globalWrites ?? new Map();
    this.locs = parent?.locs ?? new Map();
    this.counter = parent?.counter ?? { n: 0 };
    this.nested = parent?.nested ?? [];
  }

  /** Nesting of inlined functions. */
  get depth(): number {
    return this.parent ? this.parent.depth + 1 : 0;
  }

  /** Key under which places are numbered. */
  get key(): string {
    return this.parent ? this.parent.key : (this.fn?.key ?? `${this.module.file}::`);
  }

  /** The place of a node; the same object for the same node. */
  loc(node: Span): Loc {
    let l = this.locs.get(node);
    if (!l) {
      l = { chunk: this.chunk, s: node.s, e: node.e, id: `${this.key}#${this.counter.n++}` };
      this.locs.set(node, l);
    }
    return l;
  }

  /** A place between two offsets of a node (an attribute's name, the space between). */
  locAt(node: Span, s: number, e: number): Loc {
    const base = this.loc(node);
    return { chunk: base.chunk, s, e, id: `${base.id}:${s - node.s}` };
  }

  /** Places in order of creation; used to move them when only positions changed. */
  allLocs(): Iterable<Loc> {
    return this.locs.values();
  }

  emit(e: FlowEvent): void {
    if (this.events.size >= MAX_EVENTS) return;
    const key = `${e.kind}|${e.sink ?? ""}|${e.loc.id}|${e.q}|${e.via.map((v) => v.id).join(">")}|${e.data?.rule ?? ""}`;
    this.events.set(key, e);
  }

  addReturn(v: Value, loc: Loc, x: Expr | undefined): void {
    const same = this.returnSites.findIndex((r) => r.loc === loc);
    if (same >= 0) this.returnSites[same] = { value: join(this.returnSites[same]!.value, v), loc, x };
    else this.returnSites.push({ value: v, loc, x });
    this.returned = this.returnedSomething ? join(this.returned, v) : v;
    this.returnedSomething = true;
  }
}
