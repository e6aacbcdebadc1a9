import type { Expr } from "./ir.js";

/** What a callee, a class or a decorator is called: `b` of `a.b`, the name itself; empty for any other expression. */
export const lastNameOf = (x: Expr | null | undefined): string => (x?.k === "attr" ? x.a : x?.k === "name" ? x.id : "");
