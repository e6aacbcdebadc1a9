/** Debug mode switched on. */
import type { Level } from "../../server/analysis/finding.js";
import type { Rule } from "../../server/analysis/rule.js";
import { isDevelopment, isSettingsModule } from "../shared.js";
import page from "./page.md";

const rule: Rule = {
  meta: {
    id: "debug-enabled",
    group: "errors",
    level: "error",
    preset: "recommended",
    summary: "Debug mode shows source, variables, prompts and a console to whoever can cause an error.",
    fix: "turns debug mode off",
    cwe: [489, 215],
    owaspLlm: ["LLM02"],
    owaspApi: ["API8"],
    compliance: ["PCI-DSS 6.2.4", "SOC 2 CC6.6"],
    tags: ["configuration"],
    securitySeverity: 8.0,
    helpMarkdown: page,
  },
  check(e, cx) {
    if (e.kind !== "setting" || e.data?.rule !== "debug-enabled") return;
    const form = String(e.data.form);
    const className = typeof e.data.className === "string" ? e.data.className : undefined;
    // A plain variable counts where it is a setting, and not wherever somebody calls something DEBUG.
    if (form === "variable" || (form === "key" && className === undefined && e.data.bare === true)) {
      if (className === undefined && !isSettingsModule(e.module)) return;
    }
    if (className !== undefined && !/config|settings|^(dev|prod|test|base|local)/i.test(className)) return;
    const development = isDevelopment(e.module.file) || (className !== undefined && isDevelopment(className));
    let level: Level = "error";
    if (typeof e.data.level === "string" && e.data.level) level = e.data.level as Level;
    if (development) level = "info";
    const loc = e.loc;
    cx.report({
      at: loc,
      level,
      message: development
        ? "Debug mode is on in a development setting; make sure that production does not load it."
        : `Debug mode is on (\`${cx.textAt(loc)}\`): an error shows source, variables and prompts to whoever caused it.`,
      sink: { loc, msg: "debug mode is switched on here" },
      doubt: e.doubt,
      fixes: [{ kind: "debug-off" }],
    });
  },
};
export default rule;
