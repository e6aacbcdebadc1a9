/** A route that reaches a model as often as anyone likes. */
import type { Rule } from "../../server/analysis/rule.js";
import page from "./page.md";

const rule: Rule = {
  meta: {
    id: "missing-rate-limit",
    group: "endpoint",
    level: "hint",
    preset: "strict",
    summary: "A route that reaches a model has no limiter, so a caller can run up costs and extract data by trying.",
    fix: "adds a limit where the limiter is already in use",
    cwe: [770],
    owaspLlm: ["LLM10"],
    owaspApi: ["API4"],
    compliance: ["SOC 2 A1.1"],
    tags: ["availability"],
    securitySeverity: 3.7,
    helpMarkdown: page,
  },
  check(e, cx) {
    // Every route answers; what it answers with is no matter here.
    if (e.kind !== "sink" || e.sink !== "response" || !e.data?.returned || !e.fn || e.via.length) return;
    const route = cx.facts.endpoint(e.fn);
    if (!route?.model || route.limited) return;
    cx.report({
      at: route.at,
      message: `The route \`${e.fn.name}\` reaches a model and has no rate limit.`,
      sink: { loc: route.model.loc, msg: `\`${route.model.q}\` calls the model` },
      doubt: 1,
      fixes: route.limiterInUse ? [{ kind: "add-limit" }] : [],
      key: route.at.id,
    });
  },
};
export default rule;
