/** Imports and helpers that a fix adds to a module. */
import type { Edit } from "../finding.js";
import type { Case } from "./context.js";
import { bound, type Statement } from "./nodes.js";

const isImport = (s: Statement): boolean => s.st.k === "import" || s.st.k === "from";
const isFuture = (s: Statement): boolean => s.st.k === "from" && s.st.module === "__future__";
const isDoc = (s: Statement): boolean =>
  s.index === 0 && s.st.k === "expr" && s.st.x.k === "const" && s.st.x.t === "str";

/** Whether `import name` stands at the top of the module. */
export function imports(c: Case, name: string): boolean {
  return c.nodes.module.body.some(
    (s) => s.st.k === "import" && s.st.names.some((n) => n.name === name && n.as === undefined),
  );
}

/** Names that the module binds anywhere: a new one must be none of them. */
export function isTaken(c: Case, name: string): boolean {
  return (
    c.nodes.statements.some((s) => bound(s.st).includes(name)) ||
    c.nodes.scopes.some((s) => s.fn?.params.some((p) => p.name === name))
  );
}

/** `import name` above the first import; nothing where it is there. */
export function addImport(c: Case, name: string): Edit[] {
  if (imports(c, name)) return [];
  const { body } = c.nodes.module;
  const src = c.source;
  const first = body.find((s) => isImport(s) && !isFuture(s));
  if (first) return [src.insert(src.lineStart(first.s), `import ${name}${src.eol}`)];
  const head = [...body].reverse().find((s) => isFuture(s)) ?? body.find(isDoc);
  if (head) return [src.insert(src.lineEnd(head.e), `${src.eol}import ${name}`)];
  const start = body[0] ? src.lineStart(body[0].s) : 0;
  return [src.insert(start, `import ${name}${src.eol}${src.eol}`)];
}

/**
 * A definition behind the imports, with two empty lines on each side.
 *
 * @param lines without line ends; each step of indentation is a tab
 * @param needed module that it imports
 */
export function addHelper(c: Case, lines: readonly string[], needed: string): Edit[] {
  const src = c.source;
  const { body } = c.nodes.module;
  const text = lines.map((l) => l.replace(/^\t+/, (t) => src.unit.repeat(t.length))).join(src.eol);
  const firstDef = body.find((s) => s.st.k === "def" || s.st.k === "class");
  const last = [...body].reverse().find((s) => isImport(s) && (!firstDef || s.s < firstDef.s));
  const edits = addImport(c, needed);
  if (!last) {
    const at = body.find((s) => !isDoc(s) && !isFuture(s));
    if (!at) return [];
    return [...edits, src.insert(src.lineStart(at.s), `${text}${src.eol}${src.eol}${src.eol}`)];
  }
  const end = src.lineEnd(last.e);
  // What follows keeps its distance: the helper ends like the import did.
  const gap = /^(?:[ \t]*(?:\r\n|\n|\r))*/.exec(src.slice(end, src.text.length))?.[0] ?? "";
  const blank = (gap.match(/\r\n|\n|\r/g)?.length ?? 0) - 1;
  const after = blank < 2 && end + gap.length < src.text.length ? src.eol.repeat(2 - Math.max(0, blank)) : "";
  return [...edits, src.insert(end, `${src.eol}${src.eol}${src.eol}${text}${after}`)];
}
