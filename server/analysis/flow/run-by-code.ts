/** Tools that the code runs itself: no model chooses what they do. */
import type { Expr, Stmt } from "../ir.js";
import { someNode } from "./body-words.js";

const RUNS = /^(?:a?invoke|a?run|_a?run|a?call|batch|stream)$/;

/**
 * Whether a function makes a tool, runs it and does nothing else with it: `tool = QuerySQLDatabaseTool(db=db)`, then
 * `tool.invoke(query)`; also at once.
 * @param x the call that makes it
 */
export function isOnlyRun(body: readonly Stmt[], x: Expr): boolean {
  let name: string | undefined;
  let runs = 0;
  let mentions = 0;
  const look = (n: object): false => {
    const node = n as Stmt | Expr;
    if (node.k === "assign" && node.v === x && node.targets.length === 1 && node.targets[0]?.k === "name")
      name = node.targets[0].id;
    return false;
  };
  someNode(body, look);
  const isTool = (o: Expr): boolean => o === x || (o.k === "name" && o.id === name);
  someNode(body, (n) => {
    const node = n as Expr;
    if (node.k === "call" && node.f.k === "attr" && RUNS.test(node.f.a) && isTool(node.f.o)) runs++;
    if (node.k === "name" && node.id === name) mentions++;
    return false;
  });
  // One mention is where it is given its name.
  return runs > 0 && mentions === (name === undefined ? 0 : runs + 1);
}
