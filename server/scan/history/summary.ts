import { z } from "zod";
import { type ScanFinding, scanCategorySchema, severitySchema } from "../result.js";

/** What lists and alerts say of a finding: nothing that the endpoint itself wrote, so no evidence. */
export const findingSummarySchema = z.object({
  id: z.string(),
  category: scanCategorySchema,
  severity: severitySchema,
  title: z.string(),
  /** Id of the probe that found it; tells apart several findings of one id. */
  probe: z.string().nullable(),
  fingerprint: z.string(),
});
export type FindingSummary = z.infer<typeof findingSummarySchema>;

export function summaryOf({ id, category, severity, title, probe, fingerprint }: ScanFinding): FindingSummary {
  return { id, category, severity, title, probe, fingerprint };
}

/** Where a finding comes from, for people: "scan/jailbreak", and the probe where one found it. */
export function sourceWords({ id, probe }: Pick<FindingSummary, "id" | "probe">): string {
  return probe === null ? `scan/${id}` : `scan/${id}, ${probe}`;
}
