/** The settings `spillcheck.*` of an editor: the one source of what package.json contributes and of what the server takes. */
import { z } from "zod";
import { credentialHeaderOf } from "../scan/credential-header.js";
import { authSchema, depthSchema, limitOverridesSchema, NO_CREDENTIALS } from "../scan/options.js";
import { scanCategorySchema } from "../scan/result.js";

const levelSchema = z.enum(["hint", "info", "warning", "error", "off"]);

const path = (what: string) =>
  z.string().min(1).describe(`${what}: a file, absolute or below the workspace's first folder.`);

/** One endpoint that the user named. Secrets are not part of it: the editor keeps them in its own store. */
export const namedEndpointSchema = z.strictObject({
  name: z.string().min(1).describe("The name that the list shows."),
  url: z
    .string()
    .regex(NO_CREDENTIALS, "must be an address without user and password; the editor asks for those")
    .describe("Where the prompts go. May hold `{{prompt}}` and `{{session}}`."),
  method: z.string().optional().describe("HTTP method; POST when absent."),
  headers: z
    .record(z.string(), z.string())
    .refine((headers) => credentialHeaderOf(headers) === null, {
      error: ({ input }) =>
        `holds a secret in ${credentialHeaderOf(z.record(z.string(), z.string()).catch({}).parse(input))}; say "auth" instead, and the editor asks for the secret and keeps it`,
    })
    .optional()
    .describe("Further headers. One that holds a secret (Authorization, Cookie, X-API-Key) is refused: say `auth`."),
  bodyTemplate: z.string().optional().describe('The body, with `{{prompt}}`: `{"message": "{{prompt}}"}`.'),
  replyPath: z.string().optional().describe("Where the reply is: `$.reply`, `text`, `sse:$.delta.text`."),
  auth: authSchema
    .optional()
    .describe("How the secret is sent. The secret itself is asked for and kept by the editor."),
  secretHeaders: z
    .array(z.string().min(1))
    .optional()
    .describe("Names of further headers that hold secrets. Their values are asked for and kept by the editor."),
  cert: path("Client certificate").optional(),
  key: path("Key of the client certificate").optional(),
  ca: path("Certificate authority to trust").optional(),
  insecure: z.boolean().optional().describe("Go on when the server's certificate does not verify."),
  session: z
    .strictObject({
      method: z.string().optional(),
      path: z.string().min(1),
      body: z.string().optional(),
      idPath: z.string().optional(),
    })
    .optional()
    .describe(
      'Request that opens a conversation, and where the id is in its answer: `{"path": "/sessions", "idPath": "$.id"}`.',
    ),
  csrf: z
    .strictObject({ cookie: z.string().min(1), header: z.string().min(1) })
    .optional()
    .describe('The cookie whose value goes into a header: `{"cookie": "csrftoken", "header": "X-CSRFToken"}`.'),
  ownIds: z.array(z.string()).optional().describe("Ids of objects that belong to the caller."),
  otherIds: z.array(z.string()).optional().describe("Ids of objects that belong to somebody else."),
  secondIdentity: z
    .boolean()
    .optional()
    .describe("Ask for the secret of a second user as well, for the checks of other people's objects."),
  systemPromptFile: path("The endpoint's system prompt, so that leaks can be proven").optional(),
  factsFile: path("What is known of the endpoint beforehand, as docs/scanning.md describes it").optional(),
  openapi: z
    .string()
    .min(1)
    .optional()
    .describe("OpenAPI document: an address, or a file, absolute or below the workspace's first folder."),
  checks: z.array(scanCategorySchema).optional().describe("Which checks to run; all when absent."),
  depth: depthSchema.optional().describe("How deep to probe; `spillcheck.scan.depth` when absent."),
  limits: limitOverridesSchema.optional().describe("Limits of a scan by their names, times in milliseconds."),
});
export type NamedEndpoint = z.infer<typeof namedEndpointSchema>;

/** Each setting under its name without the prefix. `.default` and `.describe` are what the settings page shows. */
export const editorSettingsShape = {
  enable: z.boolean().default(true).describe("Check Python files while you type."),
  preset: z
    .enum(["recommended", "strict"])
    .default("recommended")
    .describe("Which rules are on: the `recommended` ones, or all of them (`strict`)."),
  rules: z
    .record(z.string(), levelSchema)
    .default({})
    .describe('Level of single rules, or `off`: `{ "raw-llm-output": "error" }`.'),
  sensitiveFields: z
    .array(z.string().min(1))
    .default([])
    .describe("Names of fields that hold sensitive data in your application, besides the built-in ones."),
  chatModel: z
    .string()
    .min(1)
    .default("gpt-4o-mini")
    .describe("Chat model that a quick fix writes where a completion-only model was used."),
  exclude: z
    .array(z.string().min(1))
    .default([])
    .describe("Glob patterns of files and folders that are not checked, besides those that `.gitignore` names."),
  endpoints: z
    .array(namedEndpointSchema)
    .default([])
    .describe("Endpoints that `SpillCheck: Scan Endpoint` offers by name."),
  "scan.depth": depthSchema
    .default("quick")
    .describe("How deep a live scan probes: `quick` (five classic probes), `standard` or `deep`."),
  "scan.maxRequests": z
    .number()
    .int()
    .min(1)
    .max(100_000)
    .nullable()
    .default(null)
    .describe("Upper bound of requests that one scan may send; the depth's own budget when empty."),
};

const editorSettingsSchema = z.object(editorSettingsShape);
export type EditorSettings = z.infer<typeof editorSettingsSchema>;

/** What is in force where the user set nothing. */
export const defaultEditorSettings: EditorSettings = editorSettingsSchema.parse({});

/** Takes `{ scan: { depth: 1 } }` apart into `{ "scan.depth": 1 }`, as the settings are named. */
function flatten(raw: unknown): Record<string, unknown> {
  const parsed = z.record(z.string(), z.unknown()).safeParse(raw);
  if (!parsed.success) return {};
  const flat: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(parsed.data)) {
    const group = Object.keys(editorSettingsShape).some((name) => name.startsWith(`${key}.`));
    const inner = group ? z.record(z.string(), z.unknown()).safeParse(value) : undefined;
    if (inner?.success) {
      for (const [name, one] of Object.entries(inner.data)) flat[`${key}.${name}`] = one;
    } else flat[key] = value;
  }
  return flat;
}

/**
 * Reads the editor's settings. A setting that is wrong counts as not set; the others still count.
 *
 * @param raw what the client answered for the section `spillcheck`
 * @returns the settings, and one sentence for each that was wrong
 */
export function readEditorSettings(raw: unknown): { settings: EditorSettings; problems: string[] } {
  const values = flatten(raw);
  const problems: string[] = [];
  for (const [name, schema] of Object.entries(editorSettingsShape)) {
    // A client answers null for what is not set.
    if (values[name] === null) delete values[name];
    const parsed = schema.safeParse(values[name]);
    if (parsed.success) continue;
    const issue = parsed.error.issues[0];
    const where = [`spillcheck.${name}`, ...(issue?.path ?? []).map(String)].join(".");
    problems.push(`The setting ${where} is wrong and does not count: ${issue?.message ?? "unknown form"}.`);
    delete values[name];
  }
  return { settings: editorSettingsSchema.parse(values), problems };
}

/** `contributes.configuration.properties` of package.json, from the schemas above. */
export function contributedSettings(): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  let order = 0;
  for (const [name, schema] of Object.entries(editorSettingsShape)) {
    const { $schema: _, description, ...json } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
    properties[`spillcheck.${name}`] = { ...json, markdownDescription: description, scope: "window", order: order++ };
  }
  properties["spillcheck.trace.server"] = {
    type: "string",
    enum: ["off", "messages", "verbose"],
    default: "off",
    markdownDescription: "Writes the messages between editor and language server to the output channel.",
    scope: "window",
    order,
  };
  return properties;
}
