/** Comments that suppress nothing. The engine reports them: whether one is used shows when all other rules have spoken. */
import type { Rule } from "../../server/analysis/rule.js";
import { UNUSED_SUPPRESSION } from "../../server/analysis/unused-suppressions.js";
import page from "./page.md";

const rule: Rule = {
  meta: {
    id: UNUSED_SUPPRESSION,
    group: "comments",
    level: "hint",
    preset: "recommended",
    summary: "A comment suppresses nothing, and would hide the next mistake that is made at this place.",
    fix: "removes the comment",
    cwe: [],
    owaspLlm: [],
    owaspApi: [],
    compliance: [],
    tags: ["maintainability"],
    securitySeverity: 0,
    helpMarkdown: page,
  },
  check() {
    // No event of the flow says anything of a comment.
  },
};
export default rule;
