/** A model call without any bound, neither on its output nor on its time. */
import type { Rule } from "../../server/analysis/rule.js";
import page from "./page.md";

const rule: Rule = {
  meta: {
    id: "unbounded-llm-call",
    group: "endpoint",
    level: "hint",
    preset: "strict",
    summary:
      "A model call has no bound on its output and none on its time, so one request can cost much and hold a worker for long.",
    fix: "adds the argument",
    cwe: [770, 400],
    owaspLlm: ["LLM10"],
    owaspApi: ["API4"],
    compliance: ["SOC 2 A1.1"],
    tags: ["availability"],
    securitySeverity: 3.1,
    helpMarkdown: page,
  },
  check(e, cx) {
    if (e.kind !== "llm" || e.via.length || !e.model?.llm || e.data?.setup || e.data?.tool) return;
    // A bound on either keeps what one request can cost within limits.
    const { bounds, timeouts } = e.model.llm;
    if ((bounds && e.data?.bounded) || (timeouts && e.data?.timed)) return;
    const missing = [
      ...(e.data?.bounded === false ? [`an output bound (\`${bounds?.[0]}\`)`] : []),
      ...(e.data?.timed === false ? ["a timeout on the call or its client"] : []),
    ];
    if (!missing.length) return;
    cx.report({
      at: e.loc,
      message: `The model call \`${e.q}\` has ${missing.length > 1 ? `neither ${missing.join(" nor ")}` : `no ${missing[0]!.replace(/^an? /, "")}`}.`,
      sink: { loc: e.loc, msg: "the model is called here" },
      doubt: e.doubt,
      fixes: [
        {
          kind: "add-bound",
          bounded: e.data?.bounded === true,
          timed: e.data?.timed === true,
          bound: bounds?.[0] ?? "",
          timeout: timeouts?.[0] ?? "",
        },
      ],
      key: e.loc.id,
    });
  },
};
export default rule;
