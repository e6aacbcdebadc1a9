/** A credential written into the code: given to a client or a connection, kept as a setting, or the default of a lookup. */
import type { Loc } from "../../server/analysis/flow/labels.js";
import { credentialKind, findCredential } from "../../server/analysis/names/credentials.js";
import type { Rule } from "../../server/analysis/rule.js";
import { isDevelopment, isSettingsModule } from "../shared.js";
import page from "./page.md";

const rule: Rule = {
  meta: {
    id: "hardcoded-credential",
    group: "errors",
    level: "error",
    preset: "recommended",
    summary:
      "A key or password stands in the code, so everyone who can read the repository, or its history, can use it.",
    fix: "reads it from the environment",
    cwe: [798],
    owaspLlm: ["LLM02"],
    owaspApi: ["API2", "API8"],
    compliance: ["PCI-DSS 8.6.2", "SOC 2 CC6.1"],
    tags: ["secrets"],
    securitySeverity: 8.6,
    helpMarkdown: page,
  },
  check(e, cx) {
    const report = (kind: string, text: string, given: Loc, what: string, mendable = true) => {
      const isLiteral = /^[rRbBuU]*["']/.test(cx.textAt(given));
      const at = (isLiteral ? undefined : cx.facts.constantWith(text, e.module)) ?? given;
      const development = isDevelopment(e.module.file);
      cx.report({
        at,
        ...(development ? { level: "info" as const } : {}),
        message: `A credential (${kind}) stands in the code ${what}; read it from the environment or a secret store, and revoke this one.`,
        sink: { loc: given, msg: "it is used here" },
        doubt: e.doubt,
        fixes: mendable ? [{ kind: "environment-lookup" }] : [],
        key: `${e.module.file}:${text}`,
      });
    };
    if (e.kind === "setting" && e.data?.rule === "hardcoded-credential") {
      const s = e.slots[0];
      const text = s?.value.c;
      if (!s || typeof text !== "string") return;
      // A variable that is no setting counts when its value leaves no doubt.
      const certain = !e.data.bare || e.data.className !== undefined || isSettingsModule(e.module);
      const kind = credentialKind(text, certain);
      if (kind) report(kind, text, s.loc, `as \`${String(e.data.name)}\``);
      return;
    }
    if (e.kind !== "call") return;
    for (const s of e.slots) {
      const text = s.value.c;
      if (typeof text !== "string" || /^(url|verify)$/.test(s.slot)) continue;
      if (s.slot === "default") {
        const kind =
          findCredential(text)?.kind ??
          (namesCredential(String(e.data?.name ?? "")) ? credentialKind(text, true) : undefined);
        if (kind) report(kind, text, s.loc, "as the default of a lookup");
        continue;
      }
      if (s.slot === "variable") {
        const kind = findCredential(text)?.kind;
        if (kind) report(kind, text, s.loc, "where the name of a variable belongs", false);
        continue;
      }
      const connection = /^(\d+|host|dsn|uri|url|conninfo|database_url|connection_string)$/.test(s.slot);
      const kind = credentialKind(text, !connection);
      if (kind) report(kind, text, s.loc, `and is given to \`${e.q}\``);
    }
  },
};
export default rule;

const namesCredential = (name: string): boolean =>
  /(^|_)(KEY|SECRET|TOKEN|PASSWORD|PASSWD|PWD|CREDENTIALS?)$/i.test(name);
