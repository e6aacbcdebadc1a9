/** Settings that let cookies and requests travel without encryption. */

import type { Loc } from "../../server/analysis/flow/labels.js";
import type { FlowEvent } from "../../server/analysis/flow/summary.js";
import type { Expr } from "../../server/analysis/ir.js";
import type { Rule, RuleContext } from "../../server/analysis/rule.js";
import { isDevelopment, isSettingsModule } from "../shared.js";
import page from "./page.md";

const NEEDED = ["SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"] as const;

const rule: Rule = {
  meta: {
    id: "insecure-transport-settings",
    group: "errors",
    level: "warning",
    preset: "recommended",
    summary: "Session cookies or requests may travel without encryption, and with them what identifies the caller.",
    fix: "adds the setting",
    cwe: [614, 319],
    owaspLlm: ["LLM02"],
    owaspApi: ["API8"],
    compliance: ["PCI-DSS 4.2.1", "SOC 2 CC6.7"],
    tags: ["transport", "configuration"],
    securitySeverity: 5.3,
    helpMarkdown: page,
  },
  check(e, cx) {
    if (e.kind !== "setting" || e.data?.rule !== "insecure-transport-settings") return;
    if (isDevelopment(e.module.file) || isDevelopment(String(e.data.className ?? ""))) return;
    if (e.data.name === "SECURE_PROXY_SSL_HEADER") {
      behindProxy(e, cx);
      return;
    }
    if (e.data.bare && !isSettingsModule(e.module)) return;
    // Where TLS ends in front, the settings are judged together, once.
    if (e.data.bare && assigned(e, "SECURE_PROXY_SSL_HEADER")) return;
    if (e.data.bare && !last(e, String(e.data.name))) return;
    report(e.loc, [String(e.data.name)], cx);
  },
};
export default rule;

function behindProxy(e: FlowEvent, cx: RuleContext): void {
  const lacking = NEEDED.filter((name) => {
    const value = assigned(e, name);
    return !value || (value.k === "const" && !value.v);
  });
  if (lacking.length) report(e.loc, lacking, cx);
}

function report(at: Loc, names: readonly string[], cx: RuleContext): void {
  const listed = names.map((n) => `\`${n}\``).join(", ");
  cx.report({
    at,
    message: `${listed} ${names.length > 1 ? "are" : "is"} not switched on, so cookies or requests may travel without encryption.`,
    sink: { loc: at, msg: "the settings in effect" },
    doubt: 0,
    fixes: [{ kind: "transport-settings", names: [...names] }],
    key: at.id,
  });
}

/** The value that a variable of the module has in the end. */
function assigned(e: FlowEvent, name: string): Expr | undefined {
  let out: Expr | undefined;
  for (const s of e.module.ir.body)
    if (s.k === "assign" && s.v && s.targets.some((t) => t.k === "name" && t.id === name)) out = s.v;
  return out;
}

function last(e: FlowEvent, name: string): boolean {
  const value = assigned(e, name);
  return !value || (value.k === "const" && value.v === false);
}
