/** What a function does, as its callers see it. */

import type { FunctionDef, ModuleDef } from "../names/definitions.js";
import type { CallModel, SinkKind } from "../names/model-schema.js";
import type { Argument } from "./apply.js";
import type { Loc } from "./labels.js";
import type { Value } from "./value.js";

/** Where a value goes in. */
export interface Slot {
  /** `messages`, `completion`, `input`, `system`, `variables`, `body`, or the name/position of an argument. */
  slot: string;
  value: Value;
  loc: Loc;
}

/** Something that happens to values: the rules read these. Values may still hold parameter labels. */
export interface FlowEvent {
  /** `own`: a sink of a user's own rule, which `data.rule` names. `handed`: a call of a function that a parameter holds.
   * `raw`: an HTTP call of which the callers know whether it asks a model. */
  kind: "llm" | "sink" | "call" | "setting" | "return" | "own" | "handed" | "raw";
  sink?: SinkKind | undefined;
  /** Call or expression where it happens. */
  loc: Loc;
  /** Qualified or given name of what is called. */
  q: string;
  model?: CallModel | undefined;
  slots: readonly Slot[];
  /** Function or module in which it happens. */
  fn: FunctionDef | undefined;
  module: ModuleDef;
  /** Call sites through which it was reached, outermost first. */
  via: readonly Loc[];
  /** Where the value was handed in, in the outermost function: the argument. */
  handed?: Loc | undefined;
  doubt: 0 | 1 | 2;
  /** What a rule needs besides: the setting's rule, the response's kind. */
  data?: Readonly<Record<string, string | number | boolean>> | undefined;
}

/** A check of parameters by a function: what its result says. */
export interface GuardFact {
  param: number;
  path: readonly string[];
  mask: number;
  weak: boolean;
  unsafeWhen: "true" | "false" | "raises";
}

export interface Summary {
  ret: Value;
  events: readonly FlowEvent[];
  /** What the function puts on its parameters (fields and elements), by index. */
  writes: ReadonlyMap<number, Value>;
  /** Module-level names that it assigns or changes. */
  globals: ReadonlyMap<string, Value>;
  /**
   * What it and the functions that it calls put into names of modules, as far as that is not in `globals` of whoever is asked
   * for them: into those of other modules, and what helpers were handed. By `storeKey`.
   */
  stores: ReadonlyMap<string, Value>;
  guards: readonly GuardFact[];
  /** What parameters hold that are not given, by index; `None` says nothing. */
  defaults: ReadonlyMap<number, Argument>;
  /** A framework calls it. */
  entry: boolean;
  /** The body returns a constant, passes, raises or only logs. */
  stub: boolean;
  /** Of a method of a table's class: the fields that the class declares, where something goes from `self` into a prompt. */
  rowFields?: ReadonlySet<string>;
}

export const NOTHING: Summary = {
  ret: { labels: [], types: [] },
  events: [],
  writes: new Map(),
  globals: new Map(),
  stores: new Map(),
  guards: [],
  defaults: new Map(),
  entry: false,
  stub: false,
};
