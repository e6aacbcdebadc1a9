/**
 * Whether a request over HTTP was answered: `if response.status_code == 200`. Where it was not, the body is the provider's error,
 * and not what the model wrote.
 */
import type { Expr } from "../ir.js";
import type { Env } from "./env.js";
import type { Refinement } from "./frame.js";
import { bit } from "./labels.js";
import type { TypeRef, Value } from "./value.js";

/** What a condition says of the answers that it asks about: in which branch there is no text of a model in them. */
export function answered(env: Env, x: Expr): readonly Refinement[] {
  if (x.k === "attr") return OK.test(x.a) ? tells(env, x.o, x.a === "is_error" ? "else" : "then") : [];
  if (x.k !== "cmp" || x.xs.length !== 2) return [];
  const [asked, than] = x.xs;
  if (asked?.k !== "attr" || !STATUS.test(asked.a) || !than) return [];
  const unsafe = withText(x.ops[0] ?? "", than);
  return unsafe ? tells(env, asked.o, unsafe) : [];
}

const OK = /^(?:ok|is_success|is_error)$/;
const STATUS = /^(?:status|status_code)$/;

/** The branch in which a request that was compared by its status has an answer. */
function withText(op: string, than: Expr): Refinement["unsafe"] | undefined {
  if (op === "in" || op === "not in") {
    const all = (than.k === "tuple" || than.k === "list" || than.k === "set") && than.xs.every(isSuccess);
    return all ? (op === "in" ? "then" : "else") : undefined;
  }
  if (op === "==" || op === "!=") return isSuccess(than) ? (op === "==" ? "then" : "else") : undefined;
  const fails = than.k === "const" && typeof than.v === "number" && than.v >= 300;
  return !fails ? undefined : /^>/.test(op) ? "else" : /^</.test(op) ? "then" : undefined;
}

const isSuccess = (x: Expr): boolean => x.k === "const" && typeof x.v === "number" && x.v >= 200 && x.v < 300;

function tells(env: Env, response: Expr, unsafe: Refinement["unsafe"]): readonly Refinement[] {
  const v = response.k === "name" ? env.get(response.id) : undefined;
  if (response.k !== "name" || !v?.types.some(isReply)) return [];
  const labels = v.labels.filter((l) => l.kind === "llm-object");
  return [{ labels, mask: bit("llm"), weak: false, unsafe, only: response.id, failed: true }];
}

const isReply = (t: TypeRef): boolean => t.k === "ext" && t.q.startsWith("http.Model");

/** An answer that did not come, without the labels of one. */
export const notAnswered = (v: Value): Value => ({ ...v, types: v.types.filter((t) => !isReply(t)) });
