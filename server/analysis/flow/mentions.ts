/** Whether code mentions names. */
import { someNode } from "./body-words.js";

/** Whether any of the names occurs in an expression or in statements. */
export const mentions = (node: unknown, names: ReadonlySet<string>): boolean =>
  someNode(node, (n) => "k" in n && n.k === "name" && "id" in n && typeof n.id === "string" && names.has(n.id));
