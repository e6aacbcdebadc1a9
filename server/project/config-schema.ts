/** What `.spillcheck.yaml` may say. The published JSON Schema and the settings reference are generated from here. */
import { z } from "zod";
import { modelFile } from "../analysis/names/model-schema.js";
import { ownRule } from "../analysis/names/own-rule-schema.js";
import { depthSchema, limitOverridesSchema, NO_CREDENTIALS, userPatternSchema } from "../scan/options.js";
import { scanCategorySchema } from "../scan/result.js";

export const configFileName = ".spillcheck.yaml";

export const levels = ["hint", "info", "warning", "error"] as const;
export const levelOrOff = z.enum([...levels, "off"]);
export const presetSchema = z.enum(["recommended", "strict"]);

const patterns = z.array(z.string().min(1));
const score = z.number().int().min(0).max(100);

/** How to reach and judge the running endpoint. Secrets are not among it: they come from the environment or the editor's store. */
export const scanSettingsSchema = z
  .strictObject({
    url: z
      .string()
      .regex(NO_CREDENTIALS, "must be an address without user and password; those come from SPILLCHECK_SECRET")
      .describe("Address of the endpoint; may hold {{session}}.")
      .optional(),
    method: z.string().min(1).describe("HTTP method. Default: POST.").optional(),
    headers: z.record(z.string(), z.string()).describe("Further headers, by name. Never put a secret here.").optional(),
    body_template: z.string().describe("Body of a request, with {{prompt}} and, where used, {{session}}.").optional(),
    reply_path: z
      .string()
      .describe("Where the reply is: a JSONPath, `text`, `sse:$.delta.text` or `ndjson:$.response`.")
      .optional(),
    auth: z
      .string()
      .regex(/^(?:bearer|(?:basic|api-key|cookie):.+)$/, "must be bearer, basic:USER, api-key:HEADER or cookie:NAME")
      .describe(
        "How the scan proves who it is: `bearer`, `basic:USER`, `api-key:HEADER` or `cookie:NAME`. The secret comes from SPILLCHECK_SECRET or the editor's secret store.",
      )
      .optional(),
    cert: z.string().describe("Client certificate (PEM file), relative to this file.").optional(),
    key: z.string().describe("Key of the client certificate (PEM file), relative to this file.").optional(),
    ca: z.string().describe("Certificate authority to trust (PEM file), relative to this file.").optional(),
    session_start: z
      .string()
      .regex(/^[A-Za-z]+ \S+$/, "must be a method and a path, as in `POST /sessions`")
      .describe("Request that opens a conversation, as in `POST /sessions`.")
      .optional(),
    session_body: z.string().describe("Body of that request.").optional(),
    session_id: z.string().describe("JSONPath of the session id in its answer.").optional(),
    csrf: z
      .string()
      .regex(/^cookie:[^=]+=header:.+$/, "must read cookie:NAME=header:NAME")
      .describe("`cookie:NAME=header:NAME`: the cookie's value is sent in the header.")
      .optional(),
    own_ids: z.array(z.string()).describe("Ids of objects that belong to the caller.").optional(),
    other_ids: z.array(z.string()).describe("Ids of objects that belong to somebody else.").optional(),
    system_prompt_file: z
      .string()
      .describe("File with the endpoint's system prompt, relative to this file, so that leaks can be proven.")
      .optional(),
    facts: z
      .string()
      .describe("File with what is known of the endpoint, relative to this file; see docs/scanning.md.")
      .optional(),
    source: z.string().describe("Folder with the endpoint's source, relative to this file. Not read yet.").optional(),
    openapi: z.string().describe("OpenAPI document: a file, relative to this file, or a URL.").optional(),
    probes: z
      .array(z.string().min(1))
      .describe("Files with probes of your own, relative to this file; see docs/adding-a-probe.md.")
      .optional(),
    patterns: z
      .array(userPatternSchema)
      .describe("Further patterns (RE2 syntax) that replies are searched for: secrets and personal data of your own.")
      .optional(),
    depth: depthSchema.describe("How much is sent: quick, standard or deep.").optional(),
    checks: z.array(scanCategorySchema).describe("Which checks to run. Default: all.").optional(),
    max_requests: z.number().int().min(1).describe("Request budget.").optional(),
    timeout: z.number().positive().max(3600).describe("Longest time for one answer, in seconds.").optional(),
    limits: limitOverridesSchema
      .describe("Limits of a scan by their names, times in milliseconds; see docs/scanning.md.")
      .optional(),
    threshold: score.describe("Lowest overall score that passes, 0 to 100.").optional(),
    thresholds: z.partialRecord(scanCategorySchema, score).describe("Lowest scores that pass, by category.").optional(),
  })
  .describe("The running endpoint, for `spillcheck scan` and SpillCheck: Scan Endpoint.");

/** How long scans are kept on this machine. */
export const historySettingsSchema = z
  .strictObject({
    scans: z.number().int().min(1).max(10_000).describe("Scans kept of one endpoint. Default: 100.").optional(),
    days: z.number().int().min(1).max(36_500).describe("Days for which a scan is kept. Default: 365.").optional(),
  })
  .describe("How many earlier scans are kept for `spillcheck history`, and for how long.");

/** Two rules of one file cannot have the same id. */
function differentIds(payload: z.core.ParsePayload<{ id: string }[]>): void {
  const seen = new Set<string>();
  for (const [i, { id }] of payload.value.entries()) {
    if (seen.has(id))
      payload.issues.push({
        code: "custom",
        input: id,
        path: [i, "id"],
        message: "another rule in this file has this id",
      });
    seen.add(id);
  }
}

/**
 * The schema of the whole file.
 * @param ruleIds ids of the built-in rules
 * @param ownIds ids of the file's own rules; `levels` may name them too
 */
export function configSchema(ruleIds: readonly string[], ownIds: readonly string[] = []) {
  const ruleId = ruleIds.length > 0 ? z.enum([...ruleIds, ...ownIds]) : z.string();
  const rule = ownRule.refine(({ id }) => !ruleIds.includes(id), {
    error: "a built-in rule has this id already",
    path: ["id"],
  });
  return z.strictObject({
    preset: presetSchema.describe("Which rules run: recommended (all but the hints) or strict (all).").optional(),
    levels: z
      .partialRecord(ruleId, levelOrOff)
      .describe("Level of single rules: error, warning, info, hint, or off.")
      .optional(),
    exclude: patterns.describe("Files and folders to leave out, written as in a .gitignore file.").optional(),
    include: patterns.describe("Check only files that match, written as in a .gitignore file.").optional(),
    sensitive_fields: z
      .array(z.string().min(1))
      .describe("Further field names that hold personal data or secrets.")
      .optional(),
    chat_model: z
      .string()
      .min(1)
      .describe("Chat model that fixes use where a completion-only model has to go.")
      .optional(),
    models: z
      .array(modelFile)
      .describe("What your own libraries do (sources, sinks, sanitisers, LLM calls), in the language of rules/models.")
      .optional(),
    rules: z
      .array(rule)
      .check(differentIds)
      .describe("Rules of your own: data from these sources must not reach those sinks.")
      .optional(),
    baseline: z
      .string()
      .min(1)
      .describe("Earlier result (JSON or SARIF), relative to this file; what it holds is not reported again.")
      .optional(),
    scan: scanSettingsSchema.optional(),
    history: historySettingsSchema.optional(),
  });
}

export type Config = z.infer<ReturnType<typeof configSchema>>;
export type ScanSettings = z.infer<typeof scanSettingsSchema>;

/**
 * The JSON Schema that editors use: names of rules are proposed with what they find, and names of a project's own rules may
 * stand beside them.
 */
export function publishedConfigSchema(rules: readonly { id: string; summary: string }[]) {
  const json = z.toJSONSchema(configSchema(rules.map((rule) => rule.id)), { io: "input" });
  const levelsOf = json.properties?.levels;
  if (typeof levelsOf !== "object") return json;
  const level = z.toJSONSchema(levelOrOff, { io: "input" });
  const properties = Object.fromEntries(
    rules.map(({ id, summary }) => [id, { type: "string" as const, enum: level.enum, description: summary }]),
  );
  delete levelsOf.propertyNames;
  levelsOf.properties = properties;
  return json;
}
