/**
 * What a module's text declares: its functions, classes and imports, and what single assignments give as far as no function
 * of the project has to be run for it. The same whoever asks; it is what import cycles and base classes rest on.
 */
import type { Expr, Stmt } from "../ir.js";
import { blocksOf, type ModuleDef } from "../names/definitions.js";
import { Env } from "./env.js";
import { evalExpr } from "./expr.js";
import { Frame } from "./frame.js";
import { importsText, type ModuleState, throughStars } from "./function.js";
import type { Program } from "./program.js";
import { bindFrom, bindImport } from "./statements.js";
import { constant, typed, type Value } from "./value.js";

/** @param within does something in the name of the module's declarations */
export function declareModule(program: Program, mod: ModuleDef, within: <T>(f: () => T) => T): ModuleState {
  const frame = new Frame(program, mod, undefined, { file: mod.file, base: 0 });
  const env = new Env(new Map(), undefined);
  const assigned = new Map<string, { x: Expr; stmt: Stmt }>();
  const asked = new Map<string, Value | undefined>();
  env.set("__name__", constant("__main__"));
  env.set("__file__", constant(mod.file));

  const declare = (s: Stmt): void => {
    switch (s.k) {
      case "def": {
        const fn = mod.byNode.get(s.fn);
        if (fn?.kind === "function") env.set(s.fn.name, typed({ k: "fn", fn }));
        break;
      }
      case "class": {
        const cls = mod.byNode.get(s.cls);
        if (cls?.kind === "class") env.set(s.cls.name, typed({ k: "class", cls }));
        break;
      }
      case "import":
        for (const n of s.names) {
          bindImport(frame, env, n.name, n.as);
          assigned.delete(n.as ?? n.name);
        }
        break;
      case "from":
        bindFrom(frame, env, s);
        for (const n of s.names) assigned.delete(n.as ?? n.name);
        break;
      case "assign":
        for (const t of s.targets)
          if (t.k === "name" && s.v) {
            assigned.set(t.id, { x: s.v, stmt: s });
            env.vars.delete(t.id);
          }
        break;
      case "try":
        // `except ImportError: Parser = None` is for where the library is missing.
        for (const h of s.handlers) h.body.forEach(declare);
        for (const b of [s.body, s.orelse, s.final]) b.forEach(declare);
        break;
      default:
        for (const b of blocksOf(s)) b.forEach(declare);
    }
  };
  mod.ir.body.forEach(declare);

  const busy = new Set<string>();
  /** Something was left out for going in a circle: what came out is not kept. */
  let broken = false;
  const evaluate = (name: string): Value | undefined => {
    const a = assigned.get(name);
    if (a) {
      const chunk = frame.chunk;
      if (a.stmt.chunk) frame.chunk = a.stmt.chunk;
      const v = evalExpr(frame, env, a.x);
      frame.chunk = chunk;
      return v;
    }
    return frame.lazy.get(name)?.() ?? throughStars(frame, name);
  };
  const lookup = (name: string): Value | undefined => {
    const own = env.vars.get(name);
    if (own) return own;
    if (asked.has(name)) return asked.get(name);
    if (busy.has(name)) {
      broken = true;
      return undefined;
    }
    busy.add(name);
    try {
      const v = within(() => evaluate(name));
      if (!broken) asked.set(name, v);
      return v;
    } finally {
      busy.delete(name);
      if (!busy.size) broken = false;
    }
  };
  return { events: [], own: env, asked, imports: importsText(mod.ir.body), plain: lookup, lookup };
}
