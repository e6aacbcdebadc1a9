/** Tasks of queues: how the arguments of a call that puts one into the queue reach it. */
import type { FunctionDef } from "../names/definitions.js";
import type { Argument } from "./apply.js";
import type { Args } from "./arguments.js";

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
