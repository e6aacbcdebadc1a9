/** What a rule is: its metadata and what it makes of the flow's events. */
import type { FixHint, Level } from "./finding.js";
import type { Label, Loc } from "./flow/labels.js";
import type { Lexicon } from "./flow/lexicon.js";
import type { Endpoint } from "./flow/routes.js";
import type { FlowEvent } from "./flow/summary.js";
import type { FunctionDef, ModuleDef } from "./names/definitions.js";
import type { RuleMeta } from "./rule-meta.js";

export interface Report {
  /** Where the mend would be made. */
  at: Loc;
  /** One sentence: what leaks to whom. */
  message: string;
  /** Differs from the rule's default. */
  level?: Level;
  /** Where the data comes from; its steps begin the path. */
  source?: Label | undefined;
  /** What happens at the end of the path, in words, and where. */
  sink: { loc: Loc; msg: string };
  /** Further places of the same cause. */
  related?: readonly { loc: Loc; msg: string }[];
  fixes?: readonly FixHint[];
  /** 0 high, 1 medium, 2 low. */
  doubt: 0 | 1 | 2;
  /** Two reports with one key are one finding; default: rule and place. */
  key?: string;
}

/** What surrounds an event and holds for a whole app. */
export interface AppFacts {
  /** Whether an `after_request` hook or middleware filters the bodies of responses made in the module. */
  filtersResponses(module: ModuleDef): boolean;
  /** The route that a function serves, and what stands around it. */
  endpoint(fn: FunctionDef): Endpoint | undefined;
  /** Whether a framework checks what the caller sent before the app has it: a route's converter, a field with a bound. */
  checksInput(l: Label): boolean;
  /** The values that a field of a request's schema may have, where it is a `Literal`; undefined where it may have any. */
  choicesOf(l: Label): readonly string[] | undefined;
  /** Whether a request's schema lets nothing through that somebody wrote freely: a number, a date, one of some choices. */
  isChosen(l: Label): boolean;
  /** Whether a value is what a dependency says of who is calling. */
  saysWhoCalls(l: Label): boolean;
  /** Where a constant that holds the text stands, in the module or else anywhere in the project. */
  constantWith(text: string, near: ModuleDef): Loc | undefined;
}

export interface RuleContext {
  readonly lexicon: Lexicon;
  readonly facts: AppFacts;
  /** Words of the user's code at a place, shortened to one line. */
  textAt(loc: Loc): string;
  report(r: Report): void;
}

export interface Rule {
  readonly meta: RuleMeta;
  /** Called for every event with real labels in it; reports are de-duplicated by place. */
  check(event: FlowEvent, cx: RuleContext): void;
}
