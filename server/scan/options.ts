import { z } from "zod";
import { depthSchema } from "./depth.js";
import { probeSchema } from "./probes/schema.js";
import { scanCategorySchema } from "./result.js";

export { type Depth, depthSchema } from "./depth.js";

/** How the caller proves who it is. The secret itself is in `secret` beside it, never in a file of the workspace. */
export const authSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("bearer") }),
  z.object({ kind: z.literal("basic"), user: z.string().min(1) }),
  z.object({ kind: z.literal("api-key"), header: z.string().min(1) }),
  z.object({ kind: z.literal("cookie"), name: z.string().min(1) }),
]);
export type Auth = z.infer<typeof authSchema>;

/** Every limit has a name, a default and a setting; hitting one is said in the report. Times in milliseconds. */
export const limitsSchema = z.object({
  connectMs: z.number().int().positive().default(5_000),
  firstByteMs: z.number().int().positive().default(30_000),
  idleMs: z.number().int().positive().default(10_000),
  totalMs: z.number().int().positive().default(60_000),
  /** A body that stays below this rate is cut off. */
  minBytesPerSecond: z.number().min(0).default(4),
  minRateAfterMs: z.number().int().positive().default(12_000),
  /** After so many time-outs in a row nothing more is sent. */
  timeoutsInARow: z.number().int().min(1).default(3),
  /** Of one body, after decompression. */
  bodyBytes: z.number().int().positive().default(256_000),
  /** Of one body, once a body of the endpoint ran into `bodyBytes`. */
  smallBodyBytes: z.number().int().positive().default(64_000),
  /** Of one reply's text, for the oracles. */
  replyCharacters: z.number().int().positive().default(60_000),
  /** Of all replies together, for what is read in them at the end of the scan. */
  keptCharacters: z.number().int().positive().default(3_000_000),
  headerBytes: z.number().int().positive().default(16_384),
  redirects: z.number().int().min(0).default(3),
  concurrency: z.number().int().min(1).max(32).default(6),
  /** Even rate of starts; when not set, 20 a second, and 200 on loopback. */
  requestsPerSecond: z.number().positive().optional(),
  retries: z.number().int().min(0).default(2),
  retryAfterMs: z.number().int().min(0).default(10_000),
});
export type Limits = z.infer<typeof limitsSchema>;

/** What is known of the endpoint beforehand: from its source, or from the user. docs/scanning.md describes it as a file. */
export const knowledgeSchema = z.strictObject({
  /** The system prompt, or several if the source holds several. */
  systemPrompts: z.array(z.string()).default([]),
  /** Secrets that must not come out (canaries, keys in the prompt). */
  secrets: z.array(z.string()).default([]),
  toolNames: z.array(z.string()).default([]),
  /** Key of the body that takes the user's text, and key of the reply, where the route's code shows them. */
  bodyKey: z.string().optional(),
  /** How the body holds it; JSON when absent. */
  bodyKind: z.enum(["json", "form", "query", "text"]).optional(),
  method: z
    .string()
    .transform((text) => text.toUpperCase())
    .optional(),
  replyKey: z.string().optional(),
  streaming: z.boolean().optional(),
  requiresAuth: z.boolean().optional(),
  /** Source lines by finding id; `*` for the route itself. */
  locations: z.record(z.string(), z.object({ uri: z.string(), line: z.number().int().min(1) })).default({}),
  /** Scan ids for which the static analysis has a path on this route. */
  confirmedBy: z.array(z.string()).default([]),
});
export type Knowledge = z.infer<typeof knowledgeSchema>;

/** A user's own pattern for the output detectors; runs on a linear-time engine (RE2 syntax). */
export const userPatternSchema = z.object({
  id: z.string().min(1),
  kind: z.enum(["secret", "personal-data"]),
  title: z.string().min(1),
  pattern: z.string().min(1),
});

/** An address that holds no user and no password: what a file may say, as files are no place for secrets. */
export const NO_CREDENTIALS = /^(?!(?:[A-Za-z][A-Za-z0-9+.-]*:\/\/)?[^/?#]*@)./;

/** Everything that describes a scan, as plain data: what flags, settings and `.spillcheck.yaml` are turned into. */
export const scanOptionsSchema = z.object({
  url: z.string().min(1),
  method: z
    .string()
    .transform((text) => text.toUpperCase())
    .optional(),
  headers: z.record(z.string(), z.string()).default({}),
  /** With `{{prompt}}` and, where used, `{{session}}`. */
  bodyTemplate: z.string().optional(),
  /** `$.a.b`, `text`, `sse:$.delta.text`, `ndjson:$.response`. */
  replyPath: z.string().optional(),
  auth: authSchema.optional(),
  secret: z.string().optional(),
  /** The second identity's secret, for object-level checks. */
  secret2: z.string().optional(),
  /** Certificates and keys as PEM text. */
  tls: z
    .object({
      cert: z.string().optional(),
      key: z.string().optional(),
      ca: z.string().optional(),
      insecure: z.boolean().default(false),
    })
    .default({ insecure: false }),
  session: z
    .object({
      method: z.string().default("POST"),
      path: z.string(),
      body: z.string().optional(),
      /** JSONPath of the session id in the answer. */
      idPath: z.string().optional(),
    })
    .optional(),
  /** The cookie's value goes into the header, as Django's `csrftoken` into `X-CSRFToken`. */
  csrf: z.object({ cookie: z.string(), header: z.string() }).optional(),
  ownIds: z.array(z.string()).default([]),
  otherIds: z.array(z.string()).default([]),
  knowledge: knowledgeSchema.prefault({}),
  /** An OpenAPI document's text, or the URL from which to get it. */
  openapi: z.union([z.object({ text: z.string() }), z.object({ url: z.string() })]).optional(),
  /** Consent to getting the documents that the API document refers to, from whatever host they are on. */
  openapiReferences: z.boolean().default(false),
  depth: depthSchema.default("quick"),
  /** Which checks to run; all when empty. */
  checks: z.array(scanCategorySchema).default([]),
  maxRequests: z.number().int().min(1).optional(),
  limits: limitsSchema.prefault({}),
  userPatterns: z.array(userPatternSchema).default([]),
  /** The user's own probes, run after the built-in ones; see docs/adding-a-probe.md. */
  userProbes: z.array(probeSchema).default([]),
  /** Makes nonces repeatable; for tests. */
  seed: z.string().optional(),
});
/** Options after defaults. */
export type ScanOptions = z.infer<typeof scanOptionsSchema>;
/** Options as a caller writes them. */
export type ScanOptionsInput = z.input<typeof scanOptionsSchema>;
