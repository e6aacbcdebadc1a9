/** A named sensitive field of a record in a prompt. */
import { bit, type Label, type Loc } from "../../server/analysis/flow/labels.js";
import { joinedTexts, promptParts, textForms } from "../../server/analysis/flow/prompt.js";
import { deepLabels } from "../../server/analysis/flow/value.js";
import type { Rule } from "../../server/analysis/rule.js";
import { putInAt, standsAt } from "../prompt-pieces.js";
import { lower, namedByPrompt, sensitiveName } from "../shared.js";
import page from "./page.md";

const rule: Rule = {
  meta: {
    id: "sensitive-field-in-prompt",
    group: "prompt",
    level: "error",
    preset: "recommended",
    summary:
      "A field with personal data or a credential is put into a prompt, so the model's provider and whoever reads the answer can see it.",
    fix: "drops the field from the prompt",
    cwe: [359, 201],
    owaspLlm: ["LLM02"],
    owaspApi: ["API3"],
    compliance: ["GDPR Art. 5(1)(c)", "GDPR Art. 44", "PCI-DSS 3.4", "SOC 2 CC6.7"],
    tags: ["privacy"],
    securitySeverity: 7.5,
    helpMarkdown: page,
  },
  check(e, cx) {
    if (e.kind !== "llm") return;
    for (const p of promptParts(e)) {
      for (const form of textForms(p).flatMap((f) => joinedTexts(f, cx.lexicon.instruction))) {
        const hits: { label: Label; name: string; loc: Loc; moved: boolean }[] = [];
        for (const [i, piece] of form.pieces.entries()) {
          if (typeof piece === "string") continue;
          const before = form.pieces[i - 1];
          for (const label of deepLabels(piece.v)) {
            const name = sensitiveName(label, cx.lexicon) ?? namedByPrompt(label, before, cx.lexicon);
            if (!name || hits.some((h) => h.name === name)) continue;
            const loc = putInAt(piece, label);
            hits.push({ label, name, loc, moved: loc !== piece.loc });
          }
        }
        const first = hits[0];
        if (!first) continue;
        const { at, key } = standsAt(e, form, first.loc, first.label);
        const weak = hits.every((h) => h.label.weak & bit(h.label.kind));
        const names = hits.map((h) => `\`${h.name}\``);
        const listed = names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0];
        cx.report({
          at,
          ...(weak ? { level: lower("error") } : {}),
          message: `The sensitive ${hits.length > 1 ? "fields" : "field"} ${listed} ${hits.length > 1 ? "go" : "goes"} into a prompt, where the model's provider and whoever reads the answer can see ${hits.length > 1 ? "them" : "it"}${weak ? "; the filter on the way is weak" : ""}.`,
          source: first.label,
          sink: {
            loc: e.loc,
            msg: e.data?.tool ? `\`${e.q}\` hands it to the model` : `\`${e.q}\` sends it to the model`,
          },
          related: hits.slice(1).map((h) => ({ loc: h.loc, msg: `\`${h.name}\` goes into the same prompt` })),
          doubt: Math.max(e.doubt, first.label.doubt) as 0 | 1 | 2,
          fixes: [{ kind: "drop-field", names: hits.map((h) => h.name) }],
          // One text may go into several prompts; it is mended once.
          key: first.moved ? at.id : key,
        });
      }
    }
  },
};
export default rule;
