import { z } from "zod";
import { exchangeSchema } from "./result.js";

/** One exchange with the endpoint, for a look before the scan. */
export const pingSchema = z.object({
  endpoint: z.object({
    method: z.string(),
    url: z.string(),
    body_template: z.string().nullable(),
    reply_path: z.string().nullable(),
    shape_source: z.string(),
  }),
  /** How the request's shape was found, in one sentence. */
  note: z.string(),
  /** What was asked. */
  prompt: z.string(),
  /** What the endpoint replied; empty when no reply was found. */
  reply: z.string(),
  /** Why there is no reply; empty when there is one. */
  why: z.string(),
  exchange: exchangeSchema,
});
export type Ping = z.infer<typeof pingSchema>;
