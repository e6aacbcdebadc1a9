/** Exception text, log lines or dumps of settings in a prompt. */
import type { Rule } from "../../server/analysis/rule.js";
import { goesTo, hitsByText, standsAt } from "../prompt-pieces.js";
import page from "./page.md";

const rule: Rule = {
  meta: {
    id: "debug-detail-in-prompt",
    group: "prompt",
    level: "warning",
    preset: "recommended",
    summary:
      "Exception text, log lines or settings are put into a prompt, and with them paths, queries and keys that they quote.",
    fix: "drops it from the prompt",
    cwe: [209, 532],
    owaspLlm: ["LLM02", "LLM07"],
    owaspApi: ["API8"],
    compliance: ["SOC 2 CC6.7"],
    tags: ["error-handling"],
    securitySeverity: 5.3,
    helpMarkdown: page,
  },
  check(e, cx) {
    for (const group of hitsByText(e, cx.lexicon.instruction, (p) =>
      p.labels.find((l) => l.kind === "exception" || l.kind === "debug"),
    )) {
      const { piece, hit } = group[0]!;
      // What a helper of several tools gives away when it fails is mended in the helper.
      const made = e.data?.tool && piece.loc === piece.form.loc ? hit.at : undefined;
      const { at, key } = made ? { at: made, key: made.id } : standsAt(e, piece.form, piece.loc, hit);
      cx.report({
        at,
        message: `${hit.kind === "exception" ? "Exception detail" : "Debug detail"} goes into a prompt; it can quote file paths, queries, prompts or keys. Give the model an error code or a fixed text.`,
        source: hit,
        sink: { loc: e.loc, msg: goesTo(e) },
        related: group.slice(1).map((g) => ({ loc: g.piece.loc, msg: "more of it goes into the same prompt" })),
        doubt: Math.max(e.doubt, hit.doubt) as 0 | 1 | 2,
        fixes: [{ kind: "drop-piece" }],
        key,
      });
    }
  },
};
export default rule;
