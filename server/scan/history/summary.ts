import { z } from "zod";
import { type ScanFinding, scanCategorySchema, severitySchema } from "../result.js";

/** What lists and alerts say of a finding: nothing that the endpoint itself wrote, so no evidence. */
export const findingSummarySchema = z.object({
  id: z.string(),
  category: scanCategorySchema,
  severity: severitySchema,
  title: z.string(),
  fingerprint: z.string(),
});
export type FindingSummary = z.infer<typeof findingSummarySchema>;

export function summaryOf({ id, category, severity, title, fingerprint }: ScanFinding): FindingSummary {
  return { id, category, severity, title, fingerprint };
}
