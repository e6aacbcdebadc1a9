/** Exception text in an HTTP response. */
import { type Label, type Loc, stepsOf } from "../../server/analysis/flow/labels.js";
import type { Rule } from "../../server/analysis/rule.js";
import { givenAway, isResponse } from "../shared.js";
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
      for (const { label, at } of givenAway(e, s, (l) => l.kind === "exception")) {
        cx.report({
          at,
          message:
            "Exception detail is returned to the client; it can quote prompts, queries, file paths or keys. Answer with a fixed text and log the detail.",
          source: label,
          sink: { loc: s.loc, msg: "it is returned to the client" },
          doubt: Math.max(e.doubt, label.doubt) as 0 | 1 | 2,
          fixes: [{ kind: "generic-error" }],
          ...(isKept(label, at) ? { key: label.key } : {}),
        });
      }
    }
  },
};
export default rule;

/**
 * Whether the text of an error was kept somewhere and comes along with all that the object tells of itself:
 * `jsonify(job.to_dict())` after `job.error = str(e)`. One cause, however many routes show the job.
 */
function isKept(l: Label, at: Loc): boolean {
  const steps = stepsOf(l.step);
  const made = steps[0]?.loc;
  return !!made && !l.at && made.chunk !== at.chunk && steps.some((s) => s.msg.endsWith("as `self`"));
}
