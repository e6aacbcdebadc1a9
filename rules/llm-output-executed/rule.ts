/** Model text that is run, queried, opened or put into a page as it is. */
import { bit, ESCAPED, type Label } from "../../server/analysis/flow/labels.js";
import type { Slot } from "../../server/analysis/flow/summary.js";
import { CONTENT, deepLabels, formsOf, type StrForm, type Value } from "../../server/analysis/flow/value.js";
import type { SinkKind } from "../../server/analysis/names/model-schema.js";
import type { Rule } from "../../server/analysis/rule.js";
import { lower } from "../shared.js";
import page from "./page.md";

/** What happens to the text, in words. */
const DANGERS: Partial<Record<SinkKind, string>> = {
  "code-exec": "run as code",
  shell: "run as a shell command",
  sql: "run as SQL",
  query: "run as a database query",
  "template-exec": "rendered as a template",
  "html-unescaped": "put into a page without escaping",
  deserialise: "turned into objects by a loader that can run code",
  import: "imported as a module",
  "file-path": "used as a file path",
  "outgoing-url": "used as the address of a request",
};

const rule: Rule = {
  meta: {
    id: "llm-output-executed",
    group: "output",
    level: "error",
    preset: "recommended",
    summary:
      "Model text is run as code, a command, SQL or a template, so whoever steers the model steers the server behind it.",
    fix: "uses the safe counterpart where there is one",
    cwe: [94, 77, 89],
    owaspLlm: ["LLM05", "LLM06"],
    owaspApi: ["API8", "API10"],
    compliance: ["PCI-DSS 6.2.4", "SOC 2 CC6.8"],
    tags: ["injection", "output-handling"],
    securitySeverity: 9.3,
    helpMarkdown: page,
  },
  check(e, cx) {
    const danger = e.kind === "sink" && e.sink ? DANGERS[e.sink] : undefined;
    if (!danger) return;
    for (const s of e.slots) {
      // A request that is opened (`urlopen(request)`) stands for its answer, and is no address.
      const isAddress = e.sink === "outgoing-url";
      const label =
        deepLabels(s.value).find((l) => isModelText(l) && !(isAddress && l.kind === "llm-object")) ??
        (e.sink === "shell" ? writtenTo(e.slots, s) : undefined);
      if (!label || (isAddress && keepsHost(s.value))) continue;
      if (e.sink === "html-unescaped" && label.weak & ESCAPED) continue;
      const weak = (label.weak & bit("llm")) !== 0;
      cx.report({
        at: s.loc,
        ...(weak ? { level: lower("error") } : {}),
        message: `Model text is ${danger} by \`${e.q}\`; whoever can put words into the prompt decides what it does${weak ? ", and the filter on the way is weak" : ""}.`,
        source: label,
        sink: { loc: e.loc, msg: `it is ${danger}` },
        doubt: Math.max(e.doubt, label.doubt) as 0 | 1 | 2,
        fixes: [{ kind: "safe-counterpart", sink: e.sink ?? "", call: e.q }],
        key: e.loc.id,
      });
    }
  },
};
export default rule;

const isModelText = (l: Label): boolean => l.kind === "llm" || (l.kind === "llm-object" && !l.path.length);

/** Where a text may end that names whom a request goes to: an address up to its path, or a path below a client's own one. */
const HOST = /^(?:(?:[a-z][\w+.-]*:\/\/)?[^/?#:]+(?::\w+)?)?[/?#]/i;

/** Whether model text only says what is asked of a host that the app chose: `f"https://api.example.org/search?q={words}"`. */
function keepsHost(address: Value): boolean {
  const forms = formsOf(address);
  return !!forms?.length && forms.every((form) => HOST.test(beforeModelText(form)));
}

/** The beginning of a text up to what a model wrote; a letter stands for what the app put in. */
function beforeModelText(form: StrForm): string {
  let text = "";
  for (const piece of form.pieces) {
    if (typeof piece === "string") text += piece;
    else if (!deepLabels(piece.v).some(isModelText)) text += "a";
    else {
      const inner = piece.v.str?.[0];
      // A text that begins with model text has nothing of the app's before it.
      return inner && inner !== form && inner.pieces.length > 1 ? text + beforeModelText(inner) : text;
    }
  }
  return text;
}

/** Programs that run the file they are given. */
const INTERPRETER =
  /(?:^|[\s/])(?:python[\d.]*|pypy\d?|ipython|pytest|uv|node|deno|bun|ts-node|bash|sh|zsh|perl|ruby|php|lua|Rscript|julia|java|go|powershell|pwsh)(?:\.exe)?(?:\s|$)/;

/** Model text in a file that a command hands to an interpreter: `subprocess.run(["python", path])` after `f.write(code)`. */
function writtenTo(command: readonly Slot[], file: Slot): Label | undefined {
  let runs = false;
  for (const slot of command) {
    for (const word of wordsOf(slot.value)) {
      if (typeof word === "string") runs ||= INTERPRETER.test(word);
      else {
        const written = runs && slot === file ? word.fields?.get(CONTENT) : undefined;
        const label = written && deepLabels(written).find(isModelText);
        if (label) return label;
        runs ||= word.types.some((t) => t.k === "ext" && t.q === "sys.executable");
      }
    }
  }
  return undefined;
}

/** The words of a command, in order: texts of the app's own, and what was put between them. */
function wordsOf(v: Value): (string | Value)[] {
  if (v.items) return v.items.flatMap(wordsOf);
  // The command's own text, and what is in the file that it names.
  if (v.fields?.has(CONTENT)) return typeof v.c === "string" ? [v.c, v] : [v];
  const pieces = formsOf(v)?.[0]?.pieces;
  return pieces ? pieces.map((p) => (typeof p === "string" ? p : p.v)) : [v];
}
