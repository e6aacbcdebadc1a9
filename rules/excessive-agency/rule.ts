/** Tools with which a model can run commands or code, delete files, run SQL or reach any address. */
import type { Rule } from "../../server/analysis/rule.js";
import page from "./page.md";

const POWERS: Record<string, string> = {
  shell: "run shell commands",
  code: "run code",
  file: "write and delete files",
  sql: "run any SQL",
  http: "send requests to any address",
};

const rule: Rule = {
  meta: {
    id: "excessive-agency",
    group: "output",
    level: "warning",
    preset: "recommended",
    summary:
      "A model is handed tools with which it can run commands or code, change files or data, and so can whoever steers it.",
    fix: "turns the dangerous flag off",
    cwe: [250, 862],
    owaspLlm: ["LLM06"],
    owaspApi: ["API5"],
    compliance: ["SOC 2 CC6.3"],
    tags: ["agents"],
    securitySeverity: 6.8,
    helpMarkdown: page,
  },
  check(e, cx) {
    if (e.kind === "setting" && e.data?.rule === "excessive-agency") {
      cx.report({
        at: e.loc,
        ...(e.data.level === "info" ? { level: "info" as const } : {}),
        message: `\`${cx.textAt(e.loc)}\` lets the model act without limits; leave it off, or give it narrow tools and a human's approval.`,
        sink: { loc: e.loc, msg: "it is switched on here" },
        doubt: 0,
        fixes: [{ kind: "flag-off" }],
        // One cause: the flag of a tool that is dangerous by itself.
        key: e.model?.danger ? `${e.module.file}:${e.q}` : e.loc.id,
      });
      return;
    }
    if (e.kind !== "call" || !e.data?.danger || e.via.length) return;
    const power = POWERS[String(e.data.danger)];
    if (!power) return;
    cx.report({
      at: e.loc,
      message: `\`${e.q}\` lets a model ${power}; whoever can put words into its prompt can too. Hand over narrow, read-only tools, or ask a human first.`,
      sink: { loc: e.loc, msg: e.data.tool ? "the tool is handed over here" : "the tool is made here" },
      doubt: e.doubt,
      fixes: [],
      key: `${e.module.file}:${e.q}`,
    });
  },
};
export default rule;
