/** Reads a credential from the environment instead of the code. */
import { AUTH_SCHEME } from "../names/credentials.js";
import type { Case, Draft } from "./context.js";
import { addImport, imports, isTaken } from "./module-edits.js";
import { dotted, type Node } from "./nodes.js";
import { pyString } from "./source.js";

export function environmentLookup(c: Case): Draft[] {
  if (!c.file.endsWith(".py") || (!imports(c, "os") && isTaken(c, "os"))) return [];
  const node = c.nodes.at(c.finding.start, c.finding.end).find((n) => n.x.k === "const" && n.x.t === "str");
  if (!node) return [];
  const src = c.source;
  const asked = lookup(node);
  const name = asked?.name ?? variableFor(node);
  if (!name || inText(node)) return [];
  const at = asked?.call ?? node;
  // `Bearer ` and the like say how the key is sent, and stay.
  const scheme = node.x.k === "const" ? (AUTH_SCHEME.exec(String(node.x.v))?.[0] ?? "") : "";
  const read = `os.environ[${pyString(name, src.quote)}]`;
  const text = scheme && !asked ? `${pyString(scheme, src.quote)} + ${read}` : read;
  return [
    {
      title: `Read \`${name}\` from the environment`,
      effort: "low",
      edits: [...addImport(c, "os"), src.edit(at.s, at.e, text)],
    },
  ];
}

/** Part of a longer text, a key or the like: not a value of its own. */
function inText(n: Node): boolean {
  const p = n.parent?.x;
  return p?.k === "fstr" || p?.k === "bin" || p?.k === "cmp" || (p?.k === "dict" && p.items.some((i) => i.key === n.x));
}

/** `os.getenv("KEY", "...")` or `os.getenv("KEY") or "..."`: the name that is looked up, and the whole lookup. */
function lookup(n: Node): { name: string; call: Node } | undefined {
  const p = n.parent;
  if (!p) return undefined;
  const asked = p.x.k === "bool" && p.x.op === "or" && p.x.xs.length === 2 && p.x.xs[1] === n.x ? p.x.xs[0] : p.x;
  if (asked?.k !== "call" || !/(^|\.)(getenv|environ\.get)$/.test(dotted(asked.f) ?? "")) return undefined;
  const first = asked.args[0];
  return first?.k === "const" && typeof first.v === "string" && first !== n.x ? { name: first.v, call: p } : undefined;
}

/** A name for the variable: that of the setting, or of the provider and the argument. */
function variableFor(n: Node): string | undefined {
  const { stmt, parent } = n;
  if (!parent && stmt.st.k === "assign" && stmt.st.targets.length === 1) {
    const target = stmt.st.targets[0]!;
    const whole = target.k === "sub" && target.i.k === "const" ? String(target.i.v) : dotted(target);
    return whole === undefined ? undefined : upper(whole.replace(/^(app|self|cls|settings|config)\./, ""));
  }
  if (parent?.x.k === "dict") {
    const key = parent.x.items.find((i) => i.v === n.x)?.key;
    return key?.k === "const" ? upper(/^authorization$/i.test(String(key.v)) ? "api_key" : String(key.v)) : undefined;
  }
  if (parent?.x.k !== "call") return undefined;
  const callee = (dotted(parent.x.f) ?? "").split(".");
  const provider = callee
    .at(-1)!
    .replace(/^(Async|Azure|AsyncAzure)(?=[A-Z])/, "")
    .replace(/(Client|LLM|Chat)$/, "");
  const keyword = parent.x.kw.find((k) => k.x === n.x)?.n;
  if (/^(\w*connect|create_engine|MongoClient|from_url|Redis|PyMongo)$/.test(callee.at(-1)!))
    return keyword === "password" ? "DATABASE_PASSWORD" : "DATABASE_URL";
  return provider ? upper(`${provider}_${keyword ?? "api_key"}`) : undefined;
}

const upper = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z][a-z])/g, "$1_$2")
    .replace(/\W+/g, "_")
    .toUpperCase()
    .replace(/^OPEN_AI/, "OPENAI");
