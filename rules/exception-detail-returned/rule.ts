/** Exception text in an HTTP response. */
import { deepLabels } from "../../server/analysis/flow/value.js";
import type { Rule } from "../../server/analysis/rule.js";
import { isResponse, placeOf } from "../shared.js";
import page from "./page.md";

const rule: Rule = {
  meta: {
    id: "exception-detail-returned",
    group: "errors",
    level: "error",
    preset: "recommended",
    summary:
      "Exception text or a traceback is returned to the client, and with it paths, queries, prompts or keys that it quotes.",
    fix: "returns a generic message and logs the detail",
    cwe: [209, 497],
    owaspLlm: ["LLM02", "LLM07"],
    owaspApi: ["API8"],
    compliance: ["PCI-DSS 6.2.4", "SOC 2 CC7.2"],
    tags: ["error-handling"],
    securitySeverity: 7.1,
    helpMarkdown: page,
  },
  check(e, cx) {
    if (e.kind !== "sink" || !isResponse(e.sink)) return;
    for (const s of e.slots) {
      const reported = new Set<string>();
      for (const label of deepLabels(s.value)) {
        if (label.kind !== "exception") continue;
        const at = e.handed ?? placeOf(label, s.loc);
        // A helper may answer with one error here and another there: each is mended where it was made.
        if (reported.has(at.id)) continue;
        reported.add(at.id);
        cx.report({
          at,
          message:
            "Exception detail is returned to the client; it can quote prompts, queries, file paths or keys. Answer with a fixed text and log the detail.",
          source: label,
          sink: { loc: s.loc, msg: "it is returned to the client" },
          doubt: Math.max(e.doubt, label.doubt) as 0 | 1 | 2,
          fixes: [{ kind: "generic-error" }],
        });
      }
    }
  },
};
export default rule;
