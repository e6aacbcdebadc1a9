/**
 * What a run of an agent was given for the functions that it calls: `agent.run(text, deps=Deps(...))` in a route, `ctx.deps` of
 * `ctx: RunContext[Deps]` in a tool or a prompt of the agent.
 */
import type { ClassDef, FunctionDef } from "../names/definitions.js";
import { isSymbolic } from "./apply.js";
import { namesIn, wordsOf } from "./body-words.js";
import { stripParams } from "./classes.js";
import { addStep } from "./labels.js";
import type { Program } from "./program.js";
import { EMPTY, join, mapLabels, type Value } from "./value.js";

/** Slot of a model call with what it hands to the functions of its agent; the model does not read it. */
export const CONTEXT_SLOT = "context";

/** Most functions that are asked what they give to runs. */
const MAX_ASKED = 12;

/**
 * What runs were given of a class.
 * @param cls the class that the annotation names: it is its instances that count, where functions that make them run an agent
 */
export function givenToRuns(program: Program, cls: ClassDef): Value {
  let out = EMPTY;
  const makers = program
    .mentioning(cls.module, cls.name)
    .filter((fn) => fn.cls !== cls && !fn.nested && !onlyDeclares(fn, cls.name))
    .slice(0, MAX_ASKED);
  for (const fn of makers)
    for (const e of program.writer(fn).events)
      for (const { slot, value, loc } of e.kind === "llm" ? e.slots : []) {
        if (slot !== CONTEXT_SLOT || !value.types.some((t) => t.k === "inst" && t.cls === cls)) continue;
        const own = isSymbolic(value) ? stripParams(value) : value;
        out = join(
          out,
          mapLabels(own, (l) => ({ ...l, step: addStep(l.step, loc, "the run of the agent is given it") })),
        );
      }
  return out;
}

/**
 * Whether a function has the name in its head alone. Asked of the head first: of a body that is broken for the time being it
 * must be known that it matters.
 */
function onlyDeclares({ ir }: FunctionDef, name: string): boolean {
  const head = [...ir.params.map((p) => p.ann), ir.returns].some((x) => x && namesIn(x).includes(name));
  return head && !wordsOf(ir.body).names.has(name);
}
