/** Which findings are shown, and in which order. */
import { SCAN_CATEGORIES, type ScanFinding, SEVERITIES } from "../../../server/scan/result.js";
import type { PageState } from "../protocol.js";

export type Filters = Pick<PageState, "text" | "severity" | "category" | "sort">;

/** Everything of a finding that a search can meet. */
function haystack(finding: ScanFinding): string {
  const { id, title, evidence, remediation, probe, cwe, owasp_llm, owasp_api, location, compliance } = finding;
  return [id, title, evidence, remediation, probe, cwe, owasp_llm, owasp_api, location?.uri]
    .concat(compliance.map(({ standard, reference, title: name }) => `${standard} ${reference} ${name}`))
    .join("\n")
    .toLowerCase();
}

const bySeverity = (a: ScanFinding, b: ScanFinding) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity);
const byCategory = (a: ScanFinding, b: ScanFinding) =>
  SCAN_CATEGORIES.indexOf(a.category) - SCAN_CATEGORIES.indexOf(b.category);
const byTitle = (a: ScanFinding, b: ScanFinding) => a.title.localeCompare(b.title, "en");

const ORDERS: Record<Filters["sort"], (a: ScanFinding, b: ScanFinding) => number> = {
  severity: (a, b) => bySeverity(a, b) || byCategory(a, b) || byTitle(a, b),
  category: (a, b) => byCategory(a, b) || bySeverity(a, b) || byTitle(a, b),
  title: (a, b) => byTitle(a, b) || bySeverity(a, b),
};

/** The findings that match every filter; each word of the text has to occur somewhere in the finding. */
export function filterFindings(findings: readonly ScanFinding[], filters: Filters): ScanFinding[] {
  const words = filters.text.toLowerCase().split(/\s+/).filter(Boolean);
  return findings
    .filter(({ severity }) => filters.severity === "all" || severity === filters.severity)
    .filter(({ category }) => filters.category === "all" || category === filters.category)
    .filter((finding) => {
      const text = words.length ? haystack(finding) : "";
      return words.every((word) => text.includes(word));
    })
    .sort(ORDERS[filters.sort]);
}

export const isFiltered = (filters: Filters): boolean =>
  filters.text.trim() !== "" || filters.severity !== "all" || filters.category !== "all";
