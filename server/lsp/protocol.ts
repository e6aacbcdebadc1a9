/**
 * What SpillCheck's client and server say to each other beyond the language server protocol. Both sides parse what
 * they receive with these schemas. Any other client can do without all of it.
 */
import { z } from "zod";
import { authSchema, scanOptionsSchema } from "../scan/options.js";
import { pingSchema } from "../scan/ping-schema.js";
import { scanFindingSchema, scanResultSchema } from "../scan/result.js";

/** What the client tells when it starts the server. */
export const initializationOptionsSchema = z.object({
  /** False in a workspace that the user does not trust: its settings then name no endpoints and no own models. */
  trusted: z.boolean().default(true),
});

/** Server to client: how the server is. A client without it loses the status item and nothing else. */
export const STATUS = "spillcheck/status";
export const statusSchema = z.object({
  state: z.enum(["ready", "checking", "warning", "error"]),
  /** One sentence. */
  message: z.string(),
  /** Further sentences: files that could not be checked whole, settings that were wrong. */
  details: z.array(z.string()),
});
export type Status = z.infer<typeof statusSchema>;

/** Client to server: checks every file of the workspace and pushes the findings of those that are not open. */
export const CHECK_WORKSPACE = "spillcheck/checkWorkspace";
export const checkWorkspaceResultSchema = z.object({
  findings: z.number(),
  files: z.number(),
  checked: z.number(),
  cancelled: z.boolean(),
});
export type CheckWorkspaceResult = z.infer<typeof checkWorkspaceResultSchema>;

/** Files that describe a target. The server reads them; a path that is not absolute is below the workspace's first folder. */
export const targetFilesSchema = z.object({
  cert: z.string().optional(),
  key: z.string().optional(),
  ca: z.string().optional(),
  systemPrompt: z.string().optional(),
  facts: z.string().optional(),
  openapi: z.string().optional(),
});
export type TargetFiles = z.infer<typeof targetFilesSchema>;

/** Client to server: the endpoints that the workspace's settings files (`.spillcheck.yaml`) describe. */
export const SCAN_TARGETS = "spillcheck/scanTargets";
export const scanTargetSchema = z.object({ settingsFile: z.string(), url: z.string(), auth: authSchema.optional() });
export const scanTargetsSchema = z.array(scanTargetSchema);
export type ScanTarget = z.infer<typeof scanTargetSchema>;

/**
 * Client to server: the options of a scan. `secrets` is sealed with the key that the server got in its environment, so
 * that no protocol trace ever holds a secret in the clear.
 */
export const scanRequestSchema = z.object({
  options: scanOptionsSchema.omit({ secret: true, secret2: true }),
  files: targetFilesSchema.optional(),
  /** The settings file that describes the target; of `options` the depth and the budget count where it says nothing. */
  settingsFile: z.string().optional(),
  secrets: z.string().optional(),
  /** Token under which progress is sent. */
  progress: z.string().optional(),
  /** The user has agreed to this target. */
  consented: z.boolean().default(false),
});
export type ScanRequest = z.input<typeof scanRequestSchema>;

/** What `secrets` holds once opened. */
export const sealedSecretsSchema = z.object({
  secret: z.string().optional(),
  secret2: z.string().optional(),
  /** Further headers that hold secrets. */
  headers: z.record(z.string(), z.string()).optional(),
  /** Address and body, where a secret stands in them; they count before those of `options`. */
  url: z.string().optional(),
  bodyTemplate: z.string().optional(),
});
export type ScanSecrets = z.infer<typeof sealedSecretsSchema>;

/** Client to server: what a scan would do; answered by `scanPlanSchema`. */
export const SCAN_PLAN = "spillcheck/scanPlan";
export const scanPlanSchema = z.object({
  target: z.string(),
  host: z.string(),
  method: z.string(),
  network: z.enum(["loopback", "private", "public"]),
  depth: z.enum(["quick", "standard", "deep"]),
  checks: z.array(z.object({ category: z.string(), title: z.string(), requests: z.number() })),
  probes: z.array(z.object({ id: z.string(), title: z.string(), phrasings: z.number() })),
  requests: z.number(),
  tokens: z.number(),
  needsConsent: z.boolean(),
  notes: z.array(z.string()),
});
export type ScanPlanMessage = z.infer<typeof scanPlanSchema>;

/** Client to server: one exchange with the endpoint, for a look before the scan; answered by `pingSchema`. */
export const SCAN_PING = "spillcheck/scanPing";
export { pingSchema };

/** Client to server: scans; answered by a `ScanResult`. Cancelling the request ends the scan. */
export const SCAN = "spillcheck/scan";
export { scanResultSchema };

/** `$/progress` of a scan. */
export const scanProgressSchema = z.object({
  message: z.string(),
  done: z.number(),
  total: z.number(),
  finding: scanFindingSchema.optional(),
});
export type ScanProgress = z.infer<typeof scanProgressSchema>;

/** Client to server: starts a practice endpoint on loopback, or gives the one that runs. */
export const START_LAB = "spillcheck/startLab";
export const startLabSchema = z.object({ kind: z.enum(["leaky", "hardened"]) });
export const labSchema = z.object({ url: z.string(), systemPrompt: z.string() });
export type LabMessage = z.infer<typeof labSchema>;

/** Client to server: ends every practice endpoint. */
export const STOP_LAB = "spillcheck/stopLab";

/** Client to server: everything that the report's page shows of a scan; answered as `client/report/protocol.ts` says. */
export const REPORT_DATA = "spillcheck/reportData";
export const reportDataRequestSchema = z.object({
  key: z.string(),
  result: scanResultSchema,
  previous: scanResultSchema.optional(),
  history: z.array(scanResultSchema).default([]),
});

/** Client to server: a report as a file's text. */
export const RENDER_REPORT = "spillcheck/renderReport";
export const renderRequestSchema = z.object({
  format: z.enum(["html", "json", "sarif", "junit", "markdown"]),
  result: scanResultSchema,
  previous: scanResultSchema.optional(),
});
export const renderedSchema = z.object({ text: z.string() });

/** Client to server: the rules there are. */
export const RULES = "spillcheck/rules";
export const rulesSchema = z.array(z.object({ id: z.string(), level: z.string(), summary: z.string() }));

/** Client to server: a rule's page. An id of a live finding is looked up too. */
export const RULE_PAGE = "spillcheck/rulePage";
export const rulePageRequestSchema = z.object({ id: z.string() });
export const rulePageSchema = z.object({ markdown: z.string(), url: z.string() });

/** Kinds of request failure that the client tells apart: a scan's error sentence is shown as it is. */
export const SCAN_FAILED = -32_050;
export const scanFailureSchema = z.object({ kind: z.string() });
