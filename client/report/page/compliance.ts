/** The findings by the entries of a standard. */
import { allFindings, type ScanCategory, type ScanFinding, type ScanResult } from "../../../server/scan/result.js";
import type { PageState } from "../protocol.js";

export type Standard = PageState["framework"];

/** As results name them. */
export const STANDARDS: Readonly<Record<Standard, string>> = {
  owasp_llm: "OWASP LLM 2025",
  owasp_api: "OWASP API 2023",
  gdpr: "GDPR",
  pci_dss: "PCI-DSS",
  soc2: "SOC 2",
};

/** The two lists that are short enough to show whole, so that what is clean can be seen too. */
const WHOLE: Partial<Record<Standard, readonly (readonly [string, string])[]>> = {
  owasp_llm: [
    ["LLM01", "Prompt Injection"],
    ["LLM02", "Sensitive Information Disclosure"],
    ["LLM03", "Supply Chain"],
    ["LLM04", "Data and Model Poisoning"],
    ["LLM05", "Improper Output Handling"],
    ["LLM06", "Excessive Agency"],
    ["LLM07", "System Prompt Leakage"],
    ["LLM08", "Vector and Embedding Weaknesses"],
    ["LLM09", "Misinformation"],
    ["LLM10", "Unbounded Consumption"],
  ],
  owasp_api: [
    ["API1", "Broken Object Level Authorization"],
    ["API2", "Broken Authentication"],
    ["API3", "Broken Object Property Level Authorization"],
    ["API4", "Unrestricted Resource Consumption"],
    ["API5", "Broken Function Level Authorization"],
    ["API6", "Unrestricted Access to Sensitive Business Flows"],
    ["API7", "Server Side Request Forgery"],
    ["API8", "Security Misconfiguration"],
    ["API9", "Improper Inventory Management"],
    ["API10", "Unsafe Consumption of APIs"],
  ],
};

/** Entries that a scan from outside has no way to see. */
const OUT_OF_SIGHT = new Set(["LLM03", "LLM04", "LLM08", "LLM09", "API6"]);

/** Which categories look at an entry; the LLM entries that can be seen are all looked at by the LLM category. */
const CHECKED_BY: Readonly<Record<string, readonly ScanCategory[]>> = {
  API1: ["bola"],
  API2: ["authentication"],
  API3: ["property_authorization", "data_exposure"],
  API4: ["rate_limiting", "input_validation"],
  API5: ["bfla"],
  API7: ["ssrf"],
  API8: ["encryption", "input_validation", "data_exposure"],
  API9: ["inventory"],
  API10: ["unsafe_consumption"],
};

/** What an entry without findings means. */
export type Silence = "none found" | "inconclusive" | "not checked" | "not visible to a live scan";

/** An empty row is good news only when everything that looks at it came to a conclusion. */
function silence(reference: string, result: ScanResult): Silence {
  if (OUT_OF_SIGHT.has(reference)) return "not visible to a live scan";
  const categories = CHECKED_BY[reference] ?? ["llm_ai_security"];
  const statuses = categories.map((name) => result.category_breakdown[name].status);
  if (statuses.every((status) => status === "complete")) return "none found";
  return statuses.every((status) => status === "skipped") ? "not checked" : "inconclusive";
}

export interface Entry {
  reference: string;
  title: string;
  findings: ScanFinding[];
  silence: Silence;
}

/** "LLM01:2025 Prompt Injection" and "LLM01" are the same entry. */
const short = (reference: string) => /^(?:LLM|API)\d+/i.exec(reference)?.[0].toUpperCase() ?? reference;

const sameStandard = (a: string, b: string) =>
  a.toLowerCase().replaceAll(/[^a-z0-9]/g, "") === b.toLowerCase().replaceAll(/[^a-z0-9]/g, "");

/** Which entries of the standard a finding touches, with their titles. */
function touched(finding: ScanFinding, standard: Standard): [string, string][] {
  const listed = finding.compliance
    .filter((item) => sameStandard(item.standard, STANDARDS[standard]))
    .map((item): [string, string] => [item.reference, item.title]);
  const field = standard === "owasp_llm" ? finding.owasp_llm : standard === "owasp_api" ? finding.owasp_api : null;
  if (field) listed.push([field, ""]);
  return listed;
}

/** The rows of a standard, in its own order where it is known whole, else by reference. */
export function entries(result: ScanResult, standard: Standard): Entry[] {
  const rows = new Map<string, Entry>();
  const row = (reference: string, title: string) => {
    const key = short(reference);
    const found = rows.get(key) ?? { reference: key, title, findings: [], silence: silence(key, result) };
    found.title ||= title;
    rows.set(key, found);
    return found;
  };
  const whole = WHOLE[standard] ?? [];
  for (const [reference, title] of whole) row(reference, title);
  for (const finding of allFindings(result))
    for (const [reference, title] of touched(finding, standard)) {
      const entry = row(reference, title);
      if (!entry.findings.includes(finding)) entry.findings.push(finding);
    }
  const all = [...rows.values()];
  return whole.length ? all : all.sort((a, b) => a.reference.localeCompare(b.reference, "en", { numeric: true }));
}
