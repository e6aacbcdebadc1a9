/** Model text that reaches an HTTP response unfiltered. */
import { bit } from "../../server/analysis/flow/labels.js";
import type { Rule } from "../../server/analysis/rule.js";
import { givenAway, isModelText, isResponse, lower } from "../shared.js";
import page from "./page.md";

const rule: Rule = {
  meta: {
    id: "raw-llm-output",
    group: "output",
    level: "warning",
    preset: "recommended",
    summary:
      "Model text is returned to the client with no filter on the way, so whatever the model repeats (prompts, records, keys) leaves the app.",
    fix: "routes the text through a redaction helper",
    cwe: [200, 116],
    owaspLlm: ["LLM02", "LLM05"],
    owaspApi: ["API3", "API10"],
    compliance: ["GDPR Art. 32", "SOC 2 CC6.7"],
    tags: ["output-handling"],
    securitySeverity: 5.9,
    helpMarkdown: page,
  },
  check(e, cx) {
    if (e.kind !== "sink" || !isResponse(e.sink)) return;
    for (const s of e.slots) {
      // A template made of model text is run, which is worse and another rule's.
      if (s === e.slots[0] && /template_string$/.test(e.q)) continue;
      const given = givenAway(e, s, isModelText);
      if (!given.length || cx.facts.filtersResponses(e.module)) continue;
      for (const { label, at } of given) {
        const weak = (label.weak & bit("llm")) !== 0;
        cx.report({
          at,
          ...(weak ? { level: lower("warning") } : {}),
          message: weak
            ? "Model text is returned to the client; the filter on the way is weak and leaves most leaks in."
            : "Model text is returned to the client without a filter, so what the model repeats of prompts, records or keys leaves the app.",
          source: label,
          sink: {
            loc: s.loc,
            msg: e.sink === "stream-response" ? "it is streamed to the client" : "it is returned to the client",
          },
          doubt: Math.max(e.doubt, label.doubt) as 0 | 1 | 2,
          fixes: [{ kind: "redact-output", stream: e.sink === "stream-response" }],
        });
      }
    }
  },
};
export default rule;
