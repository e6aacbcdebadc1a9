/** The state of one analysis of one function (or module) body. */
import type { Chunk, Expr, Span } from "../ir.js";
import type { FunctionDef, ModuleDef } from "../names/definitions.js";
import type { Applied, Argument } from "./apply.js";
import type { Env } from "./env.js";
import type { Label, Loc } from "./labels.js";
import type { Program } from "./program.js";
import type { FlowEvent, GuardFact, Summary } from "./summary.js";
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
  /** How many nodes of one look have a place; part of the place's identity. */
  private readonly seen: Map<string, number>;
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
  /** How often the present statement is run for the sake of loops over constants. */
  turns = 1;
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
    /** Places of the former analysis: the same objects are used again, so that whoever holds them sees them move. */
    private readonly places: Map<string, Loc> = parent?.places ?? new Map(),
  ) {
    this.events = parent?.events ?? new Map();
    this.guards = parent ? [] : [];
    this.globalWrites = parent?.globalWrites ?? new Map();
    this.locs = parent?.locs ?? new Map();
    this.seen = parent?.seen ?? new Map();
    this.nested = parent?.nested ?? [];
  }

  /** Nesting of inlined functions. */
  get depth(): number {
    return this.parent ? this.parent.depth + 1 : 0;
  }

  /** Key under which places are numbered. */
  get key(): string {
    return this.fn?.key ?? this.parent?.key ?? `${this.module.file}::`;
  }

  /** The place of a node; the same object for the same node. */
  loc(node: Span): Loc {
    let l = this.locs.get(node);
    if (!l) {
      // A function that is run in place has the same places wherever that is.
      const look = `${this.key}#${lookOf(node)}`;
      const n = this.seen.get(look) ?? 0;
      this.seen.set(look, n + 1);
      const id = `${look}${n || ""}`;
      l = this.places.get(id);
      if (l) {
        l.chunk = this.chunk;
        l.s = node.s;
        l.e = node.e;
      } else {
        l = { chunk: this.chunk, s: node.s, e: node.e, id };
        this.places.set(id, l);
      }
      this.locs.set(node, l);
    }
    return l;
  }

  /** Forgets the places that the code does not have any more. */
  prunePlaces(): void {
    if (this.places.size === this.locs.size) return;
    const now = new Set(this.locs.values());
    for (const [id, l] of this.places) if (!now.has(l)) this.places.delete(id);
  }

  emit(e: FlowEvent): void {
    if (this.events.size >= MAX_EVENTS) return;
    const key = `${e.kind}|${e.sink ?? ""}|${e.loc.id}|${e.q}|${e.via.map((v) => v.id).join(">")}|${e.data?.rule ?? ""}`;
    this.events.set(key, e);
  }

  /** What summaries came to at calls, with what they were given: loops and branches ask the same again. */
  private readonly applications = new Map<
    object,
    { s: Summary; args: ReadonlyMap<number, Argument>; out: Applied }[]
  >();

  /** A summary put into a call; the former outcome where nothing is different. */
  applied(call: object, s: Summary, args: ReadonlyMap<number, Argument>, make: () => Applied): Applied {
    const known = this.applications.get(call);
    const hit = known?.find((k) => k.s === s && sameArguments(k.args, args));
    if (hit) return hit.out;
    const entry = { s, args, out: make() };
    if (!known) this.applications.set(call, [entry]);
    else if (known.length < 4) known.push(entry);
    else known[known.length - 1] = entry;
    return entry.out;
  }

  addReturn(v: Value, loc: Loc, x: Expr | undefined): void {
    const same = this.returnSites.findIndex((r) => r.loc === loc);
    if (same >= 0) this.returnSites[same] = { value: join(this.returnSites[same]!.value, v), loc, x };
    else this.returnSites.push({ value: v, loc, x });
    this.returned = this.returnedSomething ? join(this.returned, v) : v;
    this.returnedSomething = true;
  }
}

function sameArguments(a: ReadonlyMap<number, Argument>, b: ReadonlyMap<number, Argument>): boolean {
  if (a.size !== b.size) return false;
  for (const [i, x] of a) {
    const y = b.get(i);
    if (!y || y.value !== x.value || y.loc !== x.loc) return false;
  }
  return true;
}

/** What a node looks like, roughly: nodes of another look that come or go do not change its identity. */
function lookOf(node: Span): string {
  if (!("k" in node) || typeof node.k !== "string")
    return "name" in node && typeof node.name === "string" ? `=${node.name}` : "";
  const x = node as Expr;
  switch (x.k) {
    case "name":
      return x.id;
    case "attr":
      return `.${x.a}`;
    case "call":
      return `${x.f.k === "attr" ? x.f.a : x.f.k === "name" ? x.f.id : ""}()`;
    case "sub":
      return x.i.k === "const" ? `[${String(x.i.v).slice(0, 20)}]` : "[]";
    case "const":
      return x.t;
    default:
      return x.k;
  }
}
