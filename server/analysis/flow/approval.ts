/** Tools that a human has to agree to before a model's call of them is run. */
import type { Expr, Stmt } from "../ir.js";
import type { ModuleDef } from "../names/definitions.js";
import { namesIn, someNode } from "./body-words.js";

/** By statement, which stays the same object while its text does. */
const approved = new WeakMap<Stmt, ReadonlySet<object>>();

/**
 * Whether an expression stands among the tools of an agent that asks a human first: LangChain's `HumanInTheLoopMiddleware`,
 * LangGraph's `interrupt_before`, and `interrupt_on` of deep agents.
 */
export const isApproved = ({ ir }: ModuleDef, tool: Expr): boolean => ir.body.some((s) => approvedIn(s).has(tool));

/** What stands among the tools of such agents in a statement. */
function approvedIn(statement: Stmt): ReadonlySet<object> {
  let out = approved.get(statement);
  if (!out) {
    const found = new Set<object>();
    someNode(statement, (n) => {
      const x = n as Expr;
      if (x.k !== "call" || !x.kw.some(asksHuman)) return false;
      const tools = [...x.args, ...x.kw.filter((k) => k.n === "tools").map((k) => k.x)];
      someNode(tools, (t) => {
        found.add(t);
        return false;
      });
      return false;
    });
    out = found;
    approved.set(statement, out);
  }
  return out;
}

/** Whether an argument sets up that somebody is asked; an empty or switched-off one does not. */
function asksHuman({ n, x }: { n?: string | null; x: Expr }): boolean {
  const isSet =
    x.k === "list" || x.k === "tuple"
      ? x.xs.length > 0
      : x.k === "dict"
        ? x.items.length > 0
        : x.k !== "const" || x.v === true;
  if (n === "middleware") return namesIn(x).some((name) => /^HumanInTheLoop/.test(name));
  return (n === "interrupt_before" || n === "interrupt_on") && isSet;
}
