import { type CheckEnd, COMPLETE, inconclusive, type ScanContext } from "../context.js";

const BURST = 12;
const LIMIT_HEADER = /^(x-)?rate-?limit(-(limit|remaining|policy|reset))?$|^retry-after$/i;

/** Limits told in headers, or met by a short burst. Runs last, so that a 429 spoils nothing. */
export async function checkRate(ctx: ScanContext, seen429: boolean, limitHeader: string | null): Promise<CheckEnd> {
  if (seen429) {
    ctx.stood("missing-rate-limit", "It answered 429 in the course of the scan.");
    return COMPLETE;
  }
  if (limitHeader) {
    ctx.stood("missing-rate-limit", `It tells its limits in the header ${limitHeader}.`);
    return COMPLETE;
  }
  if (!ctx.baseline.ok) return inconclusive(ctx.baseline.why);
  const size = Math.min(BURST, ctx.client.left);
  if (size < BURST) return inconclusive("the request budget left no room for a burst");
  const started = performance.now();
  const answers = await Promise.all(
    Array.from({ length: size }, () =>
      ctx.endpoint.ask("Hello!", { check: "rate_limiting", retry: false, unpaced: true }),
    ),
  );
  const seconds = Math.max(0.1, (performance.now() - started) / 1000);
  const limited = answers.find(
    (answer) => answer.http.status === 429 || (answer.http.status === 503 && answer.http.headers["retry-after"]),
  );
  if (limited) {
    ctx.stood("missing-rate-limit", `It answered ${limited.http.status} to a burst of ${size} requests.`);
    return COMPLETE;
  }
  const good = answers.filter((answer) => answer.ok).length;
  if (good < size / 2) return inconclusive("the burst was not answered");
  const first = answers[0];
  ctx.find({
    id: "missing-rate-limit",
    severity: ctx.loopback ? "low" : undefined,
    evidence: `${good} of ${size} requests sent at once were answered within ${seconds.toFixed(1)} s, and no header tells a limit.`,
    exchanges: first ? [ctx.exchange("one of the burst", first.http)] : [],
  });
  return COMPLETE;
}

/** The first header that tells a rate limit, if the reply has one. */
export function rateLimitHeader(headers: Readonly<Record<string, string>>): string | null {
  return Object.keys(headers).find((name) => LIMIT_HEADER.test(name)) ?? null;
}
