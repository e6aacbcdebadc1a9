/** A model call that can fail with nobody to answer for it. */
import type { Rule } from "../../server/analysis/rule.js";
import page from "./page.md";

const rule: Rule = {
  meta: {
    id: "missing-error-handler",
    group: "errors",
    level: "hint",
    preset: "strict",
    summary: "A route reaches a model call that can fail, and neither a `try` nor a handler of the app answers then.",
    fix: "adds a handler",
    cwe: [755, 754],
    owaspLlm: ["LLM02"],
    owaspApi: ["API8"],
    compliance: ["SOC 2 CC7.2"],
    tags: ["error-handling"],
    securitySeverity: 3.1,
    helpMarkdown: page,
  },
  check(e, cx) {
    // Every route answers; what it answers with is no matter here.
    if (e.kind !== "sink" || e.sink !== "response" || !e.data?.returned || !e.fn || e.via.length) return;
    const route = cx.facts.endpoint(e.fn);
    if (!route?.model || route.handled) return;
    cx.report({
      at: route.at,
      message: `The model call that \`${e.fn.name}\` reaches can fail, and no \`try\` and no handler of the app answers then.`,
      sink: { loc: route.model.loc, msg: `\`${route.model.q}\` calls the model` },
      doubt: 1,
      fixes: [{ kind: "error-handler" }],
      key: route.at.id,
    });
  },
};
export default rule;
