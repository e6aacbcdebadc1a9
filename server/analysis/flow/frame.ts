/** The state of one analysis of one function (or module) body. */
import type { Chunk, Expr, Span } from "../ir.js";
import type { FunctionDef, ModuleDef } from "../names/definitions.js";
import type { Applied, Argument } from "./apply.js";
import type { Env } from "./env.js";
import type { Label, Loc } from "./labels.js";
import { type Places, PlacesNow } from "./places.js";
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
  /** The only variable that is known by the test, where others that hold the labels are not. */
  only?: string;
  /** Who says the elements of a list, where the test holds: their roles, and what was read as the role (`spoken.ts`). */
  speaks?: { readonly of: readonly Label[]; readonly is: boolean; readonly roles: readonly string[] };
  /** The variable holds an answer that did not come: nothing that is read from it is a model's (`answered.ts`). */
  failed?: true;
}

/** Most events that one function may have; a bound that real code does not meet. */
const MAX_EVENTS = 1200;

/** How much was done for nested functions, which are run where they are called: by statements, and how often each was run. */
export interface Inlined {
  statements: number;
  runs: Map<FunctionDef, { times: number; result: Value }>;
}

const NOTHING: ReadonlyMap<number, Argument> = new Map();

/** Whether a value is another one or has it as a member. */
const holds = (v: Value, part: Value): boolean =>
  v === part || v.elem === part || !!v.items?.includes(part) || [...(v.fields?.values() ?? [])].includes(part);

export class Frame {
  readonly events: Map<string, FlowEvent>;
  readonly guards: GuardFact[];
  readonly globalWrites: Map<string, Value>;
  /** What calls put into names of modules, by `storeKey`. */
  readonly stores: Map<string, Value>;
  private readonly places: PlacesNow;
  /** Key under which places are numbered. */
  readonly key: string;
  returned: Value = EMPTY;
  yielded: Value = EMPTY;
  returnedSomething = false;
  globals = new Set<string>();
  nonlocals = new Set<string>();
  readonly loops: { breaks: Env[]; continues: Env[] }[] = [];
  /** Tests whose unsafe branch is being executed. */
  readonly tests: Refinement[] = [];
  /** What is being executed runs only where debug mode was asked for. */
  debugAsked = false;
  /** The parameter that opens the branch that is being executed: `if verbose:` of a `verbose=False`. */
  onlyIf: number | undefined;
  /** The call that a nested function is run in place for: each has events of its own. */
  site = "";
  /** What that call handed in. */
  given: ReadonlyMap<number, Argument> = NOTHING;
  /** What was written to files whose paths stand in the code. */
  readonly saved: Map<string, Value>;
  /** Names that were given to parts of other objects (`for row in rows`, `first = rows[0]`), each with the place of the part. */
  readonly parts = new Map<string, Expr>();
  /** Nesting of loops that are run twice. */
  loopDepth = 0;
  /** How often the present statement is run for the sake of loops over constants. */
  turns = 1;
  /** Nested functions met, with the variables they see. */
  readonly nested: { fn: FunctionDef; env: Env; called: boolean }[];
  /** Most values inside one that the function may still work with, where it has cost very much. */
  allowed: number | undefined;
  /** What the nested functions cost so far. */
  readonly inlined: Inlined;
  /** Of the `try` bodies around: the variables where each can be left, which a handler may find. */
  readonly tries: Env[][] = [];
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
    /** Places of the former analysis. */
    places: Places = new Map(),
  ) {
    this.events = parent?.events ?? new Map();
    this.guards = parent ? [] : [];
    this.globalWrites = parent?.globalWrites ?? new Map();
    this.stores = parent?.stores ?? new Map();
    this.key = fn?.key ?? parent?.key ?? `${module.file}::`;
    this.places = parent?.places ?? new PlacesNow(places);
    this.nested = parent?.nested ?? [];
    this.inlined = parent?.inlined ?? { statements: 0, runs: new Map() };
    this.saved = parent?.saved ?? new Map();
  }

  /** Nesting of inlined functions. */
  get depth(): number {
    return this.parent ? this.parent.depth + 1 : 0;
  }

  /** The function that all of it is nested in. */
  get outermost(): Frame {
    return this.parent?.outermost ?? this;
  }

  /** The place of a node; the same object for the same node. */
  loc(node: Span): Loc {
    return this.places.at(node, this.key, this.chunk);
  }

  /** The analysis is over. */
  endPlaces(): void {
    this.places.end();
  }

  emit(event: FlowEvent): void {
    if (this.events.size >= MAX_EVENTS) return;
    const handed = event.kind === "sink" ? this.handedWhole(event) : undefined;
    const e = this.withSwitch(handed ? { ...event, handed } : event);
    const key = `${e.kind}|${e.sink ?? ""}|${e.loc.id}|${e.q}|${e.via.map((v) => v.id).join(">")}|${e.data?.rule ?? ""}${this.site}`;
    this.events.set(key, e);
  }

  /** A log line with the switch that it waits for: that of the branch, or of the function called there if it is one here too. */
  private withSwitch(e: FlowEvent): FlowEvent {
    if (e.sink !== "log") return e;
    const { onlyIf } = e.data ?? {};
    const open = typeof onlyIf === "number" && this.isSwitch(onlyIf) ? onlyIf : this.onlyIf;
    return open === onlyIf ? e : { ...e, data: { ...e.data, onlyIf: open ?? "set" } };
  }

  /** Whether a parameter of the function is off unless a caller sets it. */
  isSwitch(param: number): boolean {
    const off = this.fn?.ir.params[param]?.def;
    return off?.k === "const" && (off.v === false || off.v === null);
  }

  /** Where a value of the event was handed to a nested function that is run in place; the outermost counts. */
  private handedWhole(e: FlowEvent): Loc | undefined {
    let found: Loc | undefined;
    for (let f: Frame | undefined = this; f; f = f.parent)
      for (const a of f.given.values())
        if (!a.passedOn && a.value.labels.length && e.slots.some((s) => holds(s.value, a.value))) found = a.loc;
    return found;
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
