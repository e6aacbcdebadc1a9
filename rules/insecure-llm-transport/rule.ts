/** A model reached without encryption, or without a check of its certificate. */
import type { Level } from "../../server/analysis/finding.js";
import type { Loc } from "../../server/analysis/flow/labels.js";
import { formsOf, type Value } from "../../server/analysis/flow/value.js";
import type { Rule } from "../../server/analysis/rule.js";
import page from "./page.md";

const rule: Rule = {
  meta: {
    id: "insecure-llm-transport",
    group: "errors",
    level: "warning",
    preset: "recommended",
    summary: "Prompts and keys travel to the model without encryption, or to whoever answers in its place.",
    fix: "uses https and checks the certificate",
    cwe: [319, 295],
    owaspLlm: ["LLM02"],
    owaspApi: ["API8", "API10"],
    compliance: ["GDPR Art. 32", "PCI-DSS 4.2.1", "SOC 2 CC6.7"],
    tags: ["transport"],
    securitySeverity: 6.5,
    helpMarkdown: page,
  },
  check(e, cx) {
    const report = (at: Loc, message: string, fix: string, level?: Level) =>
      cx.report({
        at,
        ...(level ? { level } : {}),
        message,
        sink: { loc: e.loc, msg: "the model is reached like this" },
        doubt: e.doubt,
        fixes: [{ kind: fix }],
        key: at.id,
      });
    if (e.kind === "setting" && e.data?.rule === "insecure-llm-transport") {
      const s = e.slots[0];
      const verdict = s && judge(s.value);
      if (s && s.value.c === false) report(e.loc, "The certificate of the model's server is not checked.", "verify-on");
      else if (verdict) report(e.loc, verdict.message, "https", verdict.level);
      return;
    }
    if (e.kind !== "llm" && e.kind !== "call") return;
    for (const s of e.slots) {
      if (s.slot === "verify" && s.value.c === false)
        report(
          s.loc,
          "The certificate of the model's server is not checked, so anyone on the way can answer in its place.",
          "verify-on",
        );
      const verdict = s.slot === "url" ? judge(s.value) : undefined;
      if (verdict) report(s.loc, verdict.message, "https", verdict.level);
    }
  },
};
export default rule;

/** What is wrong with a server's address; loopback, private ranges and single names are told apart. */
function judge(v: Value): { message: string; level?: Level } | undefined {
  const form = formsOf(v)?.[0]?.pieces[0];
  const text = typeof v.c === "string" ? v.c : typeof form === "string" ? form : "";
  const host = /^http:\/\/(?:[^/@]*@)?(\[[^\]]+\]|[^/:?#]+)/i.exec(text)?.[1]?.toLowerCase();
  if (!host || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0)$/.test(host)) return undefined;
  const near = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.)/.test(host) || !host.includes(".");
  if (near)
    return {
      message: `The model on \`${host}\` is reached without encryption inside the private network.`,
      level: "hint",
    };
  return { message: `Prompts and keys travel to \`${host}\` without encryption; use https.` };
}
