/** What an instance of one of the project's classes is inside a text. */
import type { Frame } from "./frame.js";
import { callProperty } from "./instances.js";
import { RAISED, type Value } from "./value.js";

/**
 * A value as a text shows it: of an instance whose class says how (`__str__`, else `__repr__`) what that gives, of what
 * may be an exception its text, of everything else the value.
 */
export function inText(frame: Frame, v: Value): Value {
  const raised = v.fields?.get(RAISED);
  if (raised?.labels.length) return raised;
  const [t, other] = v.types;
  if (t?.k !== "inst" || other || v.str) return v;
  const { classes } = frame.program;
  const method = classes.method(t.cls, "__str__") ?? classes.method(t.cls, "__repr__");
  if (!method || frame.program.isAtWork(method)) return v;
  return callProperty(frame, method, t.cls, v);
}
