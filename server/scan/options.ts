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

const milliseconds = z.number().int().positive().max(3_600_000);
const size = z.number().int().positive().max(100_000_000);

const limitValues = {
  connectMs: milliseconds,
  firstByteMs: milliseconds,
  idleMs: milliseconds,
  totalMs: milliseconds,
  /** A body that stays below this rate is cut off. */
  minBytesPerSecond: z.number().min(0),
  minRateAfterMs: milliseconds,
  /** After so many time-outs in a row nothing more is sent. */
  timeoutsInARow: z.number().int().min(1).max(100),
  /** Of one body, after decompression. */
  bodyBytes: size,
  /** Of one body, once a body of the endpoint ran into `bodyBytes`. */
  smallBodyBytes: size,
  /** Of one reply's text, for the oracles. */
  replyCharacters: size,
  /** Of all replies together, for what is read in them at the end of the scan. */
  keptCharacters: size,
  headerBytes: z.number().int().positive().max(1_000_000),
  redirects: z.number().int().min(0).max(20),
  concurrency: z.number().int().min(1).max(32),
  /** Even rate of starts; when not set, 20 a second, and 200 on loopback. */
  requestsPerSecond: z.number().positive().max(1_000),
  retries: z.number().int().min(0).max(10),
  retryAfterMs: z.number().int().min(0).max(3_600_000),
};

/** Limits that a user sets; the others stay as they are. Times in milliseconds. */
export const limitOverridesSchema = z.strictObject(limitValues).partial();
export type LimitOverrides = z.infer<typeof limitOverridesSchema>;
/** The limits' names, as reports, settings and flags have them. */
export const LIMIT_NAMES = limitOverridesSchema.keyof().options;

/** Every limit has a name, a default and a setting; hitting one is said in the report. Times in milliseconds. */
export const limitsSchema = z.object({
  connectMs: limitValues.connectMs.default(5_000),
  firstByteMs: limitValues.firstByteMs.default(30_000),
  idleMs: limitValues.idleMs.default(10_000),
  totalMs: limitValues.totalMs.default(60_000),
  minBytesPerSecond: limitValues.minBytesPerSecond.default(4),
  minRateAfterMs: limitValues.minRateAfterMs.default(12_000),
  timeoutsInARow: limitValues.timeoutsInARow.default(3),
  bodyBytes: limitValues.bodyBytes.default(256_000),
  smallBodyBytes: limitValues.smallBodyBytes.default(64_000),
  replyCharacters: limitValues.replyCharacters.default(60_000),
  keptCharacters: limitValues.keptCharacters.default(3_000_000),
  headerBytes: limitValues.headerBytes.default(16_384),
  redirects: limitValues.redirects.default(3),
  concurrency: limitValues.concurrency.default(6),
  requestsPerSecond: limitValues.requestsPerSecond.optional(),
  retries: limitValues.retries.default(2),
  retryAfterMs: limitValues.retryAfterMs.default(10_000),
});
export type Limits = z.infer<typeof limitsSchema>;

/** What is known of the endpoint beforehand: from its source, or from the user. docs/scanning.md describes it as a file. */
export const knowledgeSchema = z.strictObject({
  /** The system prompt, or several if the source holds several. */
  systemPrompts: z.array(z.string()).default([]),
  /** Secrets that must not come out (canaries, keys in the prompt). */
  secrets: z.array(z.string()).default([]),
  toolNames: z.array(z.string()).default([]),
  /** Path of the route, for an address that has none. */
  route: z
    .string()
    .regex(/^\/[^\s<>{}?#]*$/, "must be a path without placeholders, as in /api/chat")
    .optional(),
  /** Key of the body that takes the user's text, and key of the reply, where the route's code shows them. */
  bodyKey: z.string().optional(),
  /** How the body holds it; JSON when absent. */
  bodyKind: z.enum(["json", "form", "query", "text"]).optional(),
  method: z
    .string()
    .transform((text) => text.toUpperCase())
    .optional(),
  replyKey: z.string().optional(),
  /** The route can answer with a stream; one is asked for. */
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
