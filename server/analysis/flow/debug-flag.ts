/** Conditions by which whoever starts the program asks for debug mode: `if args.debug: app.run(debug=True)`. */
import type { Expr } from "../ir.js";
import type { Value } from "./value.js";

const FLAG = /(?:^|[^a-z])(?:debug(?:ging)?|dev(?:el(?:opment)?)?)(?:$|[^a-z])|Debug|isDev/i;

/**
 * Which branch runs only where debug mode was asked for.
 * @param c the condition
 * @param value what it gives; where that is settled (`DEBUG = True` above), nobody is asked any more
 */
export function debugBranch(c: Expr, value: Value): "then" | "else" | undefined {
  const settled = typeof value.c === "boolean" || typeof value.c === "number";
  if (!settled) return asks(c);
  // A default that is off: `os.getenv("DEBUG", "false") == "true"`.
  return value.c ? undefined : "then";
}

function asks(c: Expr): "then" | "else" | undefined {
  switch (c.k) {
    case "un": {
      if (c.op !== "not") return undefined;
      const inner = asks(c.x);
      return inner && (inner === "then" ? "else" : "then");
    }
    case "bool": {
      // `a and b` needs both, so one that is asked for is enough; `a or b` runs for either.
      const parts = c.xs.map(asks);
      const one = c.op === "and" ? "then" : "else";
      if (parts.includes(one)) return one;
      return parts.every((p) => p && p !== one) ? parts[0] : undefined;
    }
    case "cmp": {
      // What is on unless it is switched off is on by default: `os.getenv("DEBUG") != "0"`.
      if (c.ops.length !== 1 || !c.xs.some(namesFlag) || c.xs.some(isOff)) return undefined;
      if (/^(==|is|in)$/.test(c.ops[0] ?? "")) return "then";
      return /^(!=|is not|not in)$/.test(c.ops[0] ?? "") ? "else" : undefined;
    }
    default:
      return namesFlag(c) ? "then" : undefined;
  }
}

const isOff = (x: Expr): boolean =>
  x.k === "const" &&
  (x.v === false || x.v === null || x.v === 0 || /^(0|false|no|off|prod(uction)?)$/i.test(String(x.v)));

/** A name, key or constant that speaks of debugging or development; a call by what it is asked on and for. */
function namesFlag(x: Expr): boolean {
  switch (x.k) {
    case "name":
      return FLAG.test(x.id);
    case "attr":
      return FLAG.test(x.a) || (x.o.k === "call" && namesFlag(x.o));
    case "const":
      return typeof x.v === "string" && FLAG.test(x.v);
    case "sub":
      return namesFlag(x.i) || namesFlag(x.o);
    case "call":
      return (x.args[0] !== undefined && namesFlag(x.args[0])) || namesFlag(x.f);
    default:
      return false;
  }
}
