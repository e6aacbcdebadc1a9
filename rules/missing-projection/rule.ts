/** A query that fetches every field and whose record reaches a prompt. */
import { promptParts } from "../../server/analysis/flow/prompt.js";
import { deepLabels } from "../../server/analysis/flow/value.js";
import type { Rule } from "../../server/analysis/rule.js";
import page from "./page.md";

const NARROWER: Record<string, string> = {
  mongodb: "a projection",
  dynamodb: "a ProjectionExpression",
  sql: "named columns",
  django: "`.values()` or `.only()`",
};

const rule: Rule = {
  meta: {
    id: "missing-projection",
    group: "prompt",
    level: "warning",
    preset: "recommended",
    summary:
      "A query fetches every field of a record that ends up in a prompt, so one careless line more sends all of it to the model.",
    fix: "names just the fields that the code uses",
    cwe: [201, 213],
    owaspLlm: ["LLM02"],
    owaspApi: ["API3"],
    compliance: ["GDPR Art. 5(1)(c)", "GDPR Art. 25", "SOC 2 CC6.1"],
    tags: ["privacy", "data-minimisation"],
    securitySeverity: 5.3,
    helpMarkdown: page,
  },
  check(e, cx) {
    if (e.kind !== "llm") return;
    for (const p of promptParts(e)) {
      for (const l of deepLabels(p.value)) {
        const r = l.kind === "record" ? l.record : undefined;
        if (!r?.narrowable || (r.columns && !r.fetchesAll) || r.leavesOut) continue;
        // A model class with nothing sensitive in it has nothing to hold back.
        if (r.known && !r.known.some((f) => cx.lexicon.sensitive(f))) continue;
        cx.report({
          at: r.loc,
          message: `Every field is read from ${r.name} although the record goes into a prompt; ask for the fields that are used, with ${NARROWER[r.store] ?? "a projection"}.`,
          source: l,
          sink: {
            loc: e.loc,
            msg: `${l.path.length ? `\`${l.path.join(".")}\` of it` : "it"} is sent to the model by \`${e.q}\``,
          },
          doubt: Math.max(e.doubt, l.doubt) as 0 | 1 | 2,
          fixes: r.fix ? [{ kind: "projection", style: r.fix }] : [],
        });
      }
    }
  },
};
export default rule;
