/** Routes model text through a redaction helper before it is returned. */
import { lastNameOf } from "../last-name.js";
import type { Case, Draft } from "./context.js";
import { addHelper, isTaken } from "./module-edits.js";
import { functionOf, type Node } from "./nodes.js";

const REDACTOR = /^(redact|mask|scrub|anonymi[sz]e|saniti[sz]e|censor)(_|$)|_(redactor|redact|scrubber)$/i;
const NOT_TEXT = /filename|path|url|html|sql|input|query|prompt|for_llm|header/i;

/** The helper: patterns written out, so that a reader sees what it takes out. */
function helper(name: string): string[] {
  return [
    "_SENSITIVE_PATTERNS = (",
    '\t(re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+"), "[email]"),',
    '\t(re.compile(r"\\b\\d{3}-\\d{2}-\\d{4}\\b"), "[ssn]"),',
    '\t(re.compile(r"\\b(?:\\d[ -]?){12,18}\\d\\b"), "[card]"),',
    '\t(re.compile(r"\\b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{16,}"), "[key]"),',
    '\t(re.compile(r"\\bAKIA[0-9A-Z]{16}\\b|\\bgh[pousr]_[A-Za-z0-9]{36,}"), "[key]"),',
    '\t(re.compile(r"\\beyJ[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*"), "[token]"),',
    ")",
    "",
    "",
    `def ${name}(text):`,
    '\t"""Replace e-mail addresses, social security and card numbers, keys and tokens in model text."""',
    "\tif text is None:",
    "\t\treturn None",
    "\ttext = str(text)",
    "\tfor pattern, label in _SENSITIVE_PATTERNS:",
    "\t\ttext = pattern.sub(label, text)",
    "\treturn text",
  ];
}

/** The file's own redactor first, where it has one, then the helper. */
export function redactOutput(c: Case): Draft[] {
  // What is cut into chunks cannot be searched chunk by chunk.
  if (c.hint.stream === true) return [];
  const at = valueAt(c);
  if (!at || functionOf(at.stmt)?.fn?.generator || !isText(c, at, 0)) return [];
  const src = c.source;
  const wrap = (name: string) => [src.insert(at.s, `${name}(`), src.insert(at.e, ")")];
  const drafts: Draft[] = redactors(c, at).map((name) => ({
    title: `Redact the model's text with \`${name}\``,
    effort: "low",
    edits: wrap(name),
  }));
  const name = ["redact_sensitive", "redact_model_output", "redact_sensitive_text"].find((n) => !isTaken(c, n));
  if (name !== undefined && !isTaken(c, "_SENSITIVE_PATTERNS")) {
    const edits = [...addHelper(c, helper(name), "re"), ...wrap(name)];
    drafts.push({ title: "Redact personal data and keys in the model's text", effort: "medium", edits });
  }
  return drafts;
}

/** The expression that is the model's text: where the value goes out, if that is within the finding. */
function valueAt(c: Case): Node | undefined {
  const { start, end, path } = c.finding;
  const sink = path.at(-1);
  const inside = sink && sink.file === c.file && sink.start >= start && sink.end <= end;
  return inside ? c.nodes.at(sink.start, sink.end)[0] : c.nodes.at(start, end)[0];
}

/** Whether a value can be a text: no response that is complete already, no container, no parsed data. */
function isText(c: Case, n: Node, depth: number): boolean {
  const { x } = n;
  if (x.k === "call") {
    const name = lastNameOf(x.f);
    return !/^(jsonify|make_response|.*Response|render|render_template(_string)?|loads|load|json|model_dump|to_dict|dict|list|parse\w*|split|splitlines)$/.test(
      name,
    );
  }
  if (x.k === "await") return isText(c, c.nodes.node(x.x) ?? n, depth);
  if (x.k === "name") {
    const from = c.nodes.statements.filter(
      (s) =>
        s.scope === n.stmt.scope && s.st.k === "assign" && s.st.targets.some((t) => t.k === "name" && t.id === x.id),
    );
    return from.every((s) => {
      const v = s.st.k === "assign" && s.st.v ? c.nodes.node(s.st.v) : undefined;
      return !v || depth > 3 || isText(c, v, depth + 1);
    });
  }
  return ["attr", "sub", "fstr", "bin", "bool", "cond", "const"].includes(x.k);
}

/** Functions of the file, defined or imported, that say by their name that they redact, and take one text. */
function redactors(c: Case, at: Node): string[] {
  const out: string[] = [];
  for (const s of c.nodes.module.body) {
    if (s.st.k === "def") {
      const { fn } = s.st;
      const required = fn.params.filter((p) => !p.def && p.kind !== "vararg" && p.kind !== "kwarg");
      const inside = s.s <= at.s && s.e >= at.e;
      if (required.length === 1 && !inside && !fn.async && !fn.generator && !/response/i.test(required[0]!.name))
        out.push(fn.name);
    } else if (s.st.k === "from") out.push(...s.st.names.map((n) => n.as ?? n.name));
  }
  return out.filter((n) => REDACTOR.test(n) && !NOT_TEXT.test(n)).slice(0, 3);
}
