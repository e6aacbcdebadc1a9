/** Tasks of queues: how the arguments of a call that puts one into the queue reach it, and what asks for its result later finds. */
import type { CallExpr } from "../ir.js";
import type { FunctionDef, ModuleDef } from "../names/definitions.js";
import type { Argument } from "./apply.js";
import type { Args } from "./arguments.js";
import { stripParams } from "./classes.js";
import { entryOf } from "./entries.js";
import type { Frame } from "./frame.js";
import { addStep, type Label } from "./labels.js";
import type { Program } from "./program.js";
import { dictOf, ext, joinAll, labelled, mapLabels, OUTCOME, RAISED, type Value, withField } from "./value.js";

/** A task that is given itself before its arguments: `@shared_task(bind=True)`. */
export const isBoundTask = (fn: FunctionDef): boolean =>
  !fn.cls &&
  fn.ir.decorators.some(
    (d) => d.k === "call" && d.kw.some((k) => k.n === "bind" && k.x.k === "const" && k.x.v === true),
  );

/** The arguments that a task is called with: those inside of `task.apply_async(args=[1], kwargs={"text": text})`. */
export function queuedArgs(args: Args, name: string): Args {
  if (name !== "apply_async") return args;
  const list = args.pos[0] ?? args.kw.get("args");
  const dict = args.pos[1] ?? args.kw.get("kwargs");
  const inside = (a: Argument | undefined, values: Argument["value"][]) =>
    values.map((value): Argument => ({ value, loc: a!.loc }));
  return {
    ...args,
    pos: inside(list, [...(list?.value.items ?? [])]),
    kw: new Map([...(dict?.value.fields ?? [])].map(([k, value]) => [k, { value, loc: dict!.loc }])),
    star: list?.value.elem && { value: list.value.elem, loc: list.loc },
    dstar: undefined,
  };
}

const QUEUES = /^(?:delay|apply_async|delay_on_commit|enqueue|kiq|send)$/;

/** What putting a task into the queue gives: a handle with an id and a state of its own, which is asked for the result later. */
export function queuedHandle(fn: FunctionDef, x: CallExpr, result: Value): Value {
  const queued = x.f.k === "attr" && QUEUES.test(x.f.a) && fn.name !== x.f.a;
  return queued ? withField(ext("celery.AsyncResult"), OUTCOME, result) : result;
}

/**
 * What is known of a task by its id alone (`AsyncResult(task_id)`): the result of one of those that the module names. Where the
 * task failed, the exception stands in its place, which only a text shows.
 */
export function queuedOutcome(frame: Frame, x: CallExpr): Value {
  const loc = frame.loc(x);
  const raised: Label = {
    kind: "exception",
    key: `exception@${loc.id}`,
    step: { loc, msg: "the exception of a task that failed is kept as its result", prev: undefined },
    path: [],
    cleared: 0,
    weak: 0,
    doubt: 0,
    what: "the exception",
  };
  const given = joinAll(
    tasksOf(frame.program, frame.module).map((fn) =>
      mapLabels(stripParams(frame.program.summary(fn).ret), (l) => ({
        ...l,
        step: addStep(l.step, loc, `\`${fn.name}()\` gave it when it ran as a task`),
      })),
    ),
  );
  const result = withField(given, RAISED, labelled([raised]));
  return dictOf(
    new Map([
      ["result", result],
      ["info", result],
      ["traceback", labelled([raised])],
    ]),
  );
}

/** The tasks that a module defines or imports. */
function tasksOf(program: Program, module: ModuleDef): readonly FunctionDef[] {
  const own = module.functions.filter((f) => !f.cls && !f.nested);
  const imported = module.ir.body.flatMap((s) =>
    s.k === "from"
      ? s.names.flatMap((n) =>
          program
            .importName(module, s.module, s.level, n.name)
            .types.flatMap((t) =>
              t.k === "fn" ? [t.fn] : t.k === "module" ? t.mod.functions.filter((f) => !f.cls) : [],
            ),
        )
      : [],
  );
  return [...new Set([...own, ...imported])]
    .filter((fn) => fn.ir.decorators.length > 0 && entryOf(program, fn, undefined)?.model.kind === "task")
    .slice(0, MAX_TASKS);
}

/** Most tasks of a module whose results are taken for possible ones. */
const MAX_TASKS = 12;
