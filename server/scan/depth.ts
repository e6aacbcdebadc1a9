import { z } from "zod";

/** How far the LLM probes go. */
export const depthSchema = z.enum(["quick", "standard", "deep"]);
export type Depth = z.infer<typeof depthSchema>;
