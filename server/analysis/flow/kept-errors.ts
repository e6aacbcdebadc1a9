/**
 * The text of an exception that its handler keeps: `answer = f"Failed: {e}"`, `results.append({"error": str(e)})`. What is done
 * with it after the handler is mended where the text was kept, as the exception itself is gone there.
 */
import type { Expr, Stmt } from "../ir.js";
import { blocksOf, rootName } from "../names/definitions.js";
import type { Env } from "./env.js";
import type { Frame } from "./frame.js";
import type { Label } from "./labels.js";
import { mentions } from "./mentions.js";
import { mapLabels, someLabel } from "./value.js";

type Handler = Extract<Stmt, { k: "try" }>["handlers"][number];

const FILLS = /^(?:append|appendleft|insert|add|extend|update)$/;

/** By variable, what a handler puts its exception into it with. */
const known = new WeakMap<Handler, ReadonlyMap<string, Expr>>();

function keptBy(h: Handler): ReadonlyMap<string, Expr> {
  let out = known.get(h);
  if (!out) {
    const found = new Map<string, Expr>();
    const names = new Set([h.name ?? ""]);
    const keep = (target: Expr, x: Expr | null) => {
      // What an object keeps of it (`job.error = str(e)`) is mended where the object is shown.
      const root = x && x.k !== "name" && target.k !== "attr" && mentions(x, names) ? rootName(target) : undefined;
      if (root !== undefined) found.set(root, x!);
    };
    const look = (body: readonly Stmt[]): void => {
      for (const s of body) {
        if (s.k === "assign") for (const t of s.targets) keep(t, s.v);
        else if (s.k === "aug") keep(s.target, s.v);
        else if (s.k === "expr" && s.x.k === "call" && s.x.f.k === "attr" && FILLS.test(s.x.f.a))
          keep(s.x.f.o, s.x.args.at(-1) ?? null);
        for (const block of blocksOf(s)) look(block);
      }
    };
    if (h.name) look(h.body);
    out = found;
    known.set(h, out);
  }
  return out;
}

/** Notes at the end of a handler where it kept what of its exception. @param caught the exception */
export function noteKeptErrors(frame: Frame, end: Env, h: Handler, caught: readonly Label[]): void {
  const keys = new Set(caught.map((l) => l.key));
  const isCaught = (l: Label) => l.kind === "exception" && !l.at && keys.has(l.key);
  for (const [name, x] of keptBy(h)) {
    const v = end.vars.get(name);
    if (!v || !someLabel(v, isCaught)) continue;
    const at = frame.loc(x);
    end.vars.set(
      name,
      mapLabels(v, (l) => (isCaught(l) ? { ...l, at } : l)),
    );
  }
}
