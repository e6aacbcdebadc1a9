/**
 * What most places where values go in need of them: which labels are anywhere inside, and of a text its pieces. Nearly every
 * function logs or opens something, and what it is goes up through many callers: whole objects would cost more than all else.
 */
import type { SinkKind } from "../names/model-schema.js";
import { deepLabels, EMPTY, mapForm, type Value } from "./value.js";

/** Elsewhere a rule asks for more: the members of an answer, the words of a command, the beginning of an address. */
const REDUCED: ReadonlySet<SinkKind> = new Set([
  "log",
  "code-exec",
  "sql",
  "query",
  "template-exec",
  "html-unescaped",
  "deserialise",
  "import",
  "file-path",
] satisfies SinkKind[]);

/** Whether only the labels of what goes in count at a sink. */
export const isReduced = (sink: SinkKind | undefined): boolean => sink !== undefined && REDUCED.has(sink);

const flat = new WeakMap<Value, Value>();
const whole = new WeakMap<Value, Value>();

/** A value whose parts are reduced to labels. */
function flatOf(v: Value): Value {
  if (!v.fields && !v.items && !v.elem && !v.str) return v;
  let out = flat.get(v);
  if (!out) {
    const labels = deepLabels(v);
    const { types, c } = v;
    out = labels.length || types.length || c !== undefined ? { labels, types, c } : EMPTY;
    flat.set(v, out);
  }
  return out;
}

/** The value with its parts reduced to labels, but for the pieces of a text, which are reduced in turn. */
export function reduced(v: Value): Value {
  if (!v.str) return flatOf(v);
  let out = whole.get(v);
  if (!out) {
    out = { ...flatOf(v), str: v.str.map((form) => mapForm(form, flatOf)) };
    whole.set(v, out);
  }
  return out;
}
