/** SQL text put together with user input. */
import { bit } from "../../server/analysis/flow/labels.js";
import { deepLabels, formsOf } from "../../server/analysis/flow/value.js";
import type { Rule } from "../../server/analysis/rule.js";
import { lower } from "../shared.js";
import page from "./page.md";

const rule: Rule = {
  meta: {
    id: "sql-string-formatting",
    group: "prompt",
    level: "error",
    preset: "recommended",
    summary:
      "SQL text is put together with user input, so a caller can read any record, and what a prompt is made of with it.",
    fix: "passes the value as a parameter",
    cwe: [89],
    owaspLlm: ["LLM02"],
    owaspApi: ["API8"],
    compliance: ["PCI-DSS 6.2.4", "SOC 2 CC6.1"],
    tags: ["injection", "sql"],
    securitySeverity: 9.1,
    helpMarkdown: page,
  },
  check(e, cx) {
    if (e.kind !== "sink" || e.sink !== "sql") return;
    const s = e.slots[0];
    if (!s) return;
    const label = deepLabels(s.value).find((l) => l.kind === "user" && !l.unseen);
    if (!label) return;
    const form = formsOf(s.value)?.find((f) =>
      f.pieces.some((p) => typeof p !== "string" && deepLabels(p.v).some((l) => l.kind === "user")),
    );
    const weak = (label.weak & bit("user")) !== 0;
    const at = form?.loc.id ? form.loc : s.loc;
    cx.report({
      at,
      ...(weak ? { level: lower("error") } : {}),
      message: `SQL text is put together with user input (${label.what}); pass the value as a parameter of \`${e.q}\`${weak ? "; the filter on the way is weak" : ""}.`,
      source: label,
      sink: { loc: e.loc, msg: "it is run as SQL" },
      doubt: Math.max(e.doubt, label.doubt) as 0 | 1 | 2,
      fixes: [{ kind: "sql-parameters" }],
      key: at.id,
    });
  },
};
export default rule;
