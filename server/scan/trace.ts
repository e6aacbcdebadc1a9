import { makeExchange } from "./evidence.js";
import type { Exchange } from "./result.js";
import type { HttpReply } from "./transport/client.js";
import type { Redactor } from "./transport/redact.js";

/** One request of a scan and what came back, for whoever wants to see all of them. */
export interface TraceEntry {
  /** When the answer was there, ISO 8601. */
  at: string;
  /** For which check it was sent: a category, or `baseline`. */
  check: string;
  ms: number;
  request: Exchange["request"];
  /** Null when no answer came. */
  response: { status: number; headers: Record<string, string>; body: string; truncated: boolean } | null;
  /** Why there was no answer, or no whole one. */
  failure: string | null;
}

/** An entry without the caller's secrets; of long bodies it holds the beginning. */
export function traceOf(reply: HttpReply, redactor: Redactor): TraceEntry {
  const { request, response } = makeExchange("", reply, redactor);
  const { status, headers, body, truncated } = response;
  return {
    at: new Date().toISOString(),
    check: reply.request.check,
    ms: Math.round(reply.ms),
    request,
    response: reply.status === 0 ? null : { status, headers, body, truncated },
    failure: reply.failure?.message ?? null,
  };
}
