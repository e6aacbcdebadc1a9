/** What is known of a rule besides its code: the one source for docs, settings, SARIF and `spillcheck rules`. */
import type { Level } from "./finding.js";

/** Where in the way of the data a rule looks; the rules table is grouped by it. `own` are the rules of settings files. */
export type RuleGroup = "prompt" | "output" | "errors" | "endpoint" | "comments" | "own";

export interface RuleMeta {
  /** Slug; stable once released. */
  id: string;
  group: RuleGroup;
  /** Default level. */
  level: Level;
  /** The smaller preset that has the rule switched on; `strict` holds every rule of `recommended`. */
  preset: "recommended" | "strict";
  /** One sentence: what leaks to whom. */
  summary: string;
  /** What the quick fix does, as a phrase ("adds a projection of the fields in use"); absent where none is offered. */
  fix?: string;
  /** CWE numbers, the most specific first: `[200]`. */
  cwe: readonly number[];
  /** OWASP Top 10 for LLM applications, 2025: `["LLM02"]`. */
  owaspLlm: readonly string[];
  /** OWASP API security Top 10, 2023: `["API3"]`. */
  owaspApi: readonly string[];
  /** GDPR, PCI-DSS, SOC 2 references: `["GDPR Art. 5(1)(c)"]`. */
  compliance: readonly string[];
  /** Further tags for SARIF, besides `security`, the CWE and the OWASP entries. */
  tags: readonly string[];
  /** 0 to 10, as code-scanning services read it: 9.0 and up critical, 7.0 high, 4.0 medium, above 0 low. */
  securitySeverity: number;
  /** Page under `docs/` that describes it, without the ending; absent for `rules/<id>`. */
  page?: string;
  /** The rule's page: `import page from "./page.md"`. */
  helpMarkdown: string;
}

/** Where the source lives in public; every link to a page begins with it. */
export const repositoryUrl = "https://github.com/spillcheck/spillcheck";

/** Address of the page that describes a rule. */
export function pageOf(rule: RuleMeta): string {
  return rule.page === undefined ? rulePageUrl(rule.id) : docsUrl(rule.page);
}

/** Address of a page under `docs/`, named without its ending. */
export function docsUrl(page: string): string {
  return `${repositoryUrl}/blob/main/docs/${page}.md`;
}

/** Address of a rule's page. `id` is a static rule's id, or a live finding's with `scan/` before it. */
export function rulePageUrl(id: string): string {
  return `${repositoryUrl}/blob/main/docs/rules/${id.replace(/^scan\//, "scan-")}.md`;
}
