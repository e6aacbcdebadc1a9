/** Puts something else in place of a value: its length in a log, its hash in a prompt. */
import type { Edit } from "../finding.js";
import type { Case, Draft } from "./context.js";
import { addImport, imports, isTaken } from "./module-edits.js";
import type { Node } from "./nodes.js";

/** The expressions that the finding and its related places stand at, each in this file. */
function placesOf(c: Case, spans: readonly { file: string; start: number; end: number }[]): Node[] | undefined {
  const out: Node[] = [];
  for (const p of spans) {
    const n = p.file === c.file ? c.nodes.at(p.start, p.end)[0] : undefined;
    if (!n || !isValue(n) || isOption(n) || specified(n)) return undefined;
    if (!out.includes(n)) out.push(n);
  }
  return out;
}

/** Arguments of a logging call that are no text. */
function isOption(n: Node): boolean {
  const p = n.parent?.x;
  return p?.k === "call" && p.kw.some((k) => k.x === n.x && /^(extra|exc_info|stack_info|stacklevel)$/.test(k.n ?? ""));
}

const isValue = (n: Node): boolean => ["name", "attr", "sub", "call", "await", "bool", "bin"].includes(n.x.k);

/** Put into a text with a specification or a conversion, which another value may not have. */
function specified(n: Node): boolean {
  const p = n.parent?.x;
  if (p?.k !== "fstr") return false;
  return p.parts.some((h) => typeof h !== "string" && h.x === n.x && (h.spec !== undefined || h.conv !== undefined));
}

/** Logs the length of what is written, not the text. */
export function logLength(c: Case): Draft[] {
  const sink = c.finding.path.at(-1);
  if (!sink) return [];
  const nodes = placesOf(c, [sink, ...c.finding.related]);
  if (!nodes?.length) return [];
  const edits = nodes.flatMap((n): Edit[] => [c.source.insert(n.s, "len(str("), c.source.insert(n.e, "))")]);
  return [{ title: "Log the length instead", effort: "low", edits }];
}

/** Puts a hash into the prompt, by which the value can be recognised and not read. */
export function hashValue(c: Case): Draft[] {
  const nodes = placesOf(c, [c.finding, ...c.finding.related]);
  if (!nodes?.length || (!imports(c, "hashlib") && isTaken(c, "hashlib"))) return [];
  const edits = nodes.flatMap((n): Edit[] => [
    c.source.insert(n.s, "hashlib.sha256(str("),
    c.source.insert(n.e, ").encode()).hexdigest()[:16]"),
  ]);
  return [{ title: "Hash the value in the prompt", effort: "low", edits: [...addImport(c, "hashlib"), ...edits] }];
}
