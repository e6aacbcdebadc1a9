/** The provider's response object, or what it says besides the text, in an HTTP response. */
import { deepLabels } from "../../server/analysis/flow/value.js";
import type { Rule } from "../../server/analysis/rule.js";
import { isResponse, placeOf } from "../shared.js";
import page from "./page.md";

const rule: Rule = {
  meta: {
    id: "llm-response-object-returned",
    group: "output",
    level: "warning",
    preset: "recommended",
    summary:
      "The provider's whole response, its usage or its model name is returned to the client, which tells an attacker what runs behind the endpoint.",
    fix: "returns the text alone",
    cwe: [200, 497],
    owaspLlm: ["LLM02"],
    owaspApi: ["API3"],
    compliance: ["SOC 2 CC6.7"],
    tags: ["output-handling"],
    securitySeverity: 4.3,
    helpMarkdown: page,
  },
  check(e, cx) {
    if (e.kind !== "sink" || !isResponse(e.sink)) return;
    for (const s of e.slots) {
      const labels = deepLabels(s.value);
      const label =
        labels.find((l) => l.kind === "llm-object" && !l.path.length) ?? labels.find((l) => l.kind === "llm-meta");
      if (!label) continue;
      const whole = label.kind === "llm-object";
      const at = e.handed ?? placeOf(label, s.loc);
      cx.report({
        at,
        message: whole
          ? "The provider's whole response is returned to the client, with its usage, ids and model name; return the text alone."
          : `What the provider says of the call (\`${label.what.replace(/`/g, "")}\`) is returned to the client; return the text alone.`,
        source: label,
        sink: { loc: s.loc, msg: "it is returned to the client" },
        doubt: Math.max(e.doubt, label.doubt) as 0 | 1 | 2,
        fixes: [{ kind: "text-alone", whole, type: label.type ?? "" }],
      });
    }
  },
};
export default rule;
