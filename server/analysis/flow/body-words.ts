/** What the code of a body mentions, whatever it does with it: read once, and known for as long as the body stays the same. */
import type { Expr, Stmt } from "../ir.js";

/** Words of a body, those of functions inside it included. */
export interface BodyWords {
  /** Plain names. */
  names: ReadonlySet<string>;
  /** Names of attributes. */
  attributes: ReadonlySet<string>;
  /** Last names of what is called. */
  calls: ReadonlySet<string>;
  /** Whole numbers. */
  numbers: ReadonlySet<number>;
  /** A `try` with handlers. */
  catches: boolean;
}

const known = new WeakMap<readonly Stmt[], BodyWords>();

/** @param body the body of a function */
export function wordsOf(body: readonly Stmt[]): BodyWords {
  let out = known.get(body);
  if (!out) {
    out = read(body);
    known.set(body, out);
  }
  return out;
}

function read(body: readonly Stmt[]): BodyWords {
  const names = new Set<string>();
  const attributes = new Set<string>();
  const calls = new Set<string>();
  const numbers = new Set<number>();
  let catches = false;
  someNode(body, (n) => {
    if (!("k" in n)) return false;
    if (n.k === "name" && "id" in n) names.add(String(n.id));
    else if (n.k === "attr" && "a" in n) attributes.add(String(n.a));
    else if (n.k === "call" && "f" in n) calls.add(lastWord(n.f));
    else if (n.k === "const" && "v" in n) {
      if (typeof n.v === "number") numbers.add(n.v);
    } else if (n.k === "try" && "handlers" in n) catches ||= Array.isArray(n.handlers) && n.handlers.length > 0;
    return false;
  });
  return { names, attributes, calls, numbers, catches };
}

/** Every name and attribute in an expression. */
export function namesIn(x: Expr): string[] {
  const out: string[] = [];
  someNode(x, (n) => {
    if ("k" in n && n.k === "name" && "id" in n) out.push(String(n.id));
    if ("k" in n && n.k === "attr" && "a" in n) out.push(String(n.a));
    return false;
  });
  return out;
}

/** The last name of a dotted expression, or of what makes the object that is called. */
export function lastWord(x: unknown): string {
  if (typeof x !== "object" || x === null || !("k" in x)) return "";
  if (x.k === "attr" && "a" in x) return String(x.a);
  if (x.k === "name" && "id" in x) return String(x.id);
  if (x.k === "call" && "f" in x) return lastWord(x.f);
  return "";
}

/** Levels below which code that is nested even deeper says nothing more. */
const MAX_DEPTH = 120;

/**
 * Whether `test` holds for any node below. Makes no objects on the way: it runs on every keystroke.
 * @param shallow not inside functions and classes
 */
export function someNode(node: unknown, test: (node: object) => boolean, shallow = false, depth = 0): boolean {
  if (depth > MAX_DEPTH || typeof node !== "object" || node === null) return false;
  if (Array.isArray(node)) {
    for (let i = 0; i < node.length; i++) if (someNode(node[i], test, shallow, depth + 1)) return true;
    return false;
  }
  if (shallow && "k" in node && (node.k === "def" || node.k === "class")) return false;
  if (test(node)) return true;
  for (const key in node)
    if (key !== "chunk" && someNode(Reflect.get(node, key), test, shallow, depth + 1)) return true;
  return false;
}
