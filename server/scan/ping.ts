import { ScanError } from "./errors.js";
import { makeExchange } from "./evidence.js";
import type { ScanOptions } from "./options.js";
import type { Ping } from "./ping-schema.js";
import { makePlan } from "./plan.js";
import { abortable, findWay, noConsent, type RunHooks, redactorOf, shapeNote } from "./run.js";
import { ARITHMETIC } from "./target/discover.js";
import { formatReplyPath } from "./target/reply.js";
import { fatal, HttpClient } from "./transport/client.js";
import { parseTarget, resolveTarget } from "./transport/network.js";

/** Finds the shape of the request and shows one exchange. Consent and errors as for a scan. */
export async function ping(options: ScanOptions, hooks: RunHooks): Promise<Ping> {
  const url = parseTarget(options.url);
  const resolved = await resolveTarget(url);
  const plan = makePlan(options, url, resolved);
  if (plan.needsConsent && !(await hooks.consent?.(plan))) throw noConsent(plan);
  const controller = abortable();
  hooks.signal?.addEventListener(
    "abort",
    () => controller.abort(new ScanError("cancelled", "The request was cancelled.")),
    { once: true },
  );
  const client = new HttpClient(options, url, resolved, plan.requests, controller.signal);
  try {
    const { discovery } = await findWay(options, client, url);
    const good = discovery.answers.filter((each) => each.ok);
    const answer =
      good.findLast((each) => each.prompt === ARITHMETIC.prompt) ?? good.at(-1) ?? discovery.answers.at(-1);
    if (!answer) throw new ScanError("unreachable", `${plan.host} was not asked.`);
    if (answer.http.status === 0 && answer.http.failure) throw fatal(answer.http.failure);
    const redactor = redactorOf(options);
    const { shape } = discovery.endpoint;
    return {
      endpoint: {
        method: shape.method,
        url: redactor.url(shape.url),
        body_template: shape.bodyTemplate === null ? null : redactor.text(shape.bodyTemplate),
        reply_path: answer.extracted.at ? formatReplyPath(answer.extracted.at) : null,
        shape_source: discovery.source,
      },
      note: shapeNote(discovery),
      prompt: answer.prompt,
      reply: redactor.text(answer.ok ? answer.extracted.text : ""),
      why: answer.why,
      exchange: makeExchange("ping", answer.http, redactor),
    };
  } finally {
    await client.close();
  }
}
