import { createHash } from "node:crypto";
import { z } from "zod";
import findingsYaml from "../../rules/scan/findings.yaml";
import { type BuiltIn, lazy, readBuiltIn } from "./data.js";
import { ScanError } from "./errors.js";
import { type Compliance, type ScanFinding, scanCategorySchema, severitySchema } from "./result.js";

const kindSchema = () =>
  z.object({
    category: scanCategorySchema,
    severity: severitySchema,
    title: z.string(),
    why: z.string(),
    remediation: z.string(),
    cwe: z.string(),
    owasp_llm: z.string().optional(),
    owasp_api: z.string().optional(),
    compliance: z.array(z.string()).default([]),
    code: z
      .array(z.object({ framework: z.enum(["flask", "django", "fastapi", "nginx", "any"]), code: z.string() }))
      .default([]),
  });

const catalogueSchema = () =>
  z.object({
    findings: z.record(z.string(), kindSchema()),
    compliance: z.record(z.string(), z.object({ standard: z.string(), reference: z.string(), title: z.string() })),
    titles: z.record(z.string(), z.string()),
  });

/** A kind of finding as the catalogue describes it. */
export type FindingKind = z.infer<ReturnType<typeof kindSchema>>;

export const catalogueFile = { name: "rules/scan/findings.yaml", schema: catalogueSchema } satisfies BuiltIn<z.ZodType>;
const catalogue = lazy(() => readBuiltIn(findingsYaml, catalogueFile));

/** All ids that a scan can report, with their descriptions. */
export function findingKinds(): Readonly<Record<string, FindingKind>> {
  return catalogue().findings;
}

/** @throws ScanError "bad-data" for an id that is not in the catalogue */
export function findingKind(id: string): FindingKind {
  const kind = catalogue().findings[id];
  if (!kind) throw new ScanError("bad-data", `rules/scan/findings.yaml does not describe "${id}".`);
  return kind;
}

function complianceOf(kind: FindingKind): Compliance[] {
  const { compliance, titles } = catalogue();
  const out: Compliance[] = [];
  if (kind.owasp_llm)
    out.push({ standard: "OWASP LLM 2025", reference: kind.owasp_llm, title: titles[kind.owasp_llm] ?? "" });
  if (kind.owasp_api)
    out.push({ standard: "OWASP API 2023", reference: kind.owasp_api, title: titles[kind.owasp_api] ?? "" });
  for (const key of kind.compliance) {
    const entry = compliance[key];
    if (entry) out.push(entry);
  }
  return out;
}

/** What a check says about a finding; the rest comes from the catalogue. */
export interface FindingDraft {
  id: string;
  evidence: string;
  severity?: ScanFinding["severity"];
  probe?: string;
  hits?: string;
  suspected?: boolean;
  exchanges?: ScanFinding["exchanges"];
  uncapped?: string;
  /** What tells two findings of one id apart; part of the fingerprint. */
  subject?: string;
}

/** Completes a draft. The fingerprint depends on id, endpoint and subject alone. */
export function makeFinding(
  draft: FindingDraft,
  endpoint: string,
  source: { location: ScanFinding["location"]; confirmed: boolean },
): ScanFinding {
  const kind = findingKind(draft.id);
  return {
    id: draft.id,
    category: kind.category,
    severity: draft.severity ?? kind.severity,
    title: kind.title,
    evidence: draft.evidence,
    remediation: kind.remediation,
    remediation_code: kind.code.map((entry) => ({
      ...entry,
      language: entry.framework === "nginx" ? "nginx" : "python",
    })),
    probe: draft.probe ?? null,
    hits: draft.hits ?? null,
    verdict: source.confirmed ? "confirmed" : "live-only",
    suspected: draft.suspected ?? false,
    location: source.location,
    cwe: kind.cwe,
    owasp_llm: kind.owasp_llm ?? null,
    owasp_api: kind.owasp_api ?? null,
    compliance: complianceOf(kind),
    exchanges: draft.exchanges ?? [],
    uncapped: draft.uncapped ?? null,
    fingerprint: createHash("sha256")
      .update(`${draft.id}\n${endpoint}\n${draft.subject ?? ""}`)
      .digest("hex")
      .slice(0, 16),
  };
}
