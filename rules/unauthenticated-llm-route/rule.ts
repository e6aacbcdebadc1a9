/** A route that reaches a model and lets everybody in. */
import type { Rule } from "../../server/analysis/rule.js";
import page from "./page.md";

const rule: Rule = {
  meta: {
    id: "unauthenticated-llm-route",
    group: "endpoint",
    level: "info",
    preset: "recommended",
    summary:
      "A route that reaches a model asks nobody who they are, so anyone can use the model at the expense of the app.",
    cwe: [306],
    owaspLlm: ["LLM10"],
    owaspApi: ["API2", "API5"],
    compliance: ["SOC 2 CC6.1"],
    tags: ["authentication"],
    securitySeverity: 4.8,
    helpMarkdown: page,
  },
  check(e, cx) {
    // Every route answers; what it answers with is no matter here.
    if (e.kind !== "sink" || e.sink !== "response" || !e.data?.returned || !e.fn || e.via.length) return;
    const route = cx.facts.endpoint(e.fn);
    if (!route?.model || route.authenticated) return;
    cx.report({
      at: route.at,
      message: `The route \`${e.fn.name}\` reaches a model and asks nobody who they are: no authentication decorator, mixin, permission, hook or check was found.`,
      sink: { loc: route.model.loc, msg: `\`${route.model.q}\` calls the model` },
      doubt: 1,
      fixes: [],
      key: route.at.id,
    });
  },
};
export default rule;
