import { type CheckEnd, COMPLETE, inconclusive, type ScanContext } from "../context.js";
import { credentialHeaderOf } from "../credential-header.js";
import { samePath } from "../openapi/choose.js";
import { certificateRefusal, missesCsrf } from "../target/answer.js";
import { credentialHeaders, hasCredentials, queryNames } from "../target/auth.js";
import { ARITHMETIC } from "../target/discover.js";
import { secretsInUrl } from "../target/request-secrets.js";
import type { HttpReply } from "../transport/client.js";

/** Whether the endpoint tells callers apart, asks for credentials properly, and insists on a client certificate. */
export async function checkAuthentication(ctx: ScanContext): Promise<CheckEnd> {
  const { options, baseline, loopback } = ctx;
  const first = baseline.answers.at(-1);
  if (!first) return inconclusive("nothing was answered");
  const severity = loopback ? "info" : "high";

  if (!hasCredentials(options)) {
    if (refuses(first.http)) {
      challenge(ctx, first.http);
      ctx.stood("unauthenticated-endpoint", `Without credentials it answers ${first.http.status}.`);
      return COMPLETE;
    }
    if (!baseline.ok) return inconclusive(baseline.why);
    const known = options.knowledge.requiresAuth === true;
    const promised = known || declaresSecurity(ctx);
    ctx.find({
      id: "unauthenticated-endpoint",
      severity: promised && loopback ? "medium" : severity,
      evidence: `It answered a request without any credentials${loopback ? " (on loopback)" : ""}${promised ? `, although ${known ? "its code asks for them" : "the API document says that it needs them"}` : ""}.`,
      exchanges: [ctx.exchange("without credentials", first.http)],
    });
    return COMPLETE;
  }

  if (options.auth?.kind === "basic" && ctx.url.protocol === "http:" && !loopback)
    ctx.find({
      id: "weak-auth-challenge",
      subject: "basic",
      severity: "medium",
      evidence: "The user name and password go over the network unencrypted with every request.",
    });
  if (!baseline.ok) return inconclusive(`with the credentials given, ${baseline.why}`);

  const bare = await ctx.anonymous(ARITHMETIC.prompt);
  if (options.tls.cert) await withoutCertificate(ctx);
  if (refusedHandshake(ctx, bare.http)) {
    ctx.stood("unauthenticated-endpoint", "Without the client certificate no connection is made.");
    return COMPLETE;
  }
  if (bare.http.failure) return inconclusive(bare.http.failure.message);
  if (!bare.ok && namesNoCaller(ctx, bare.http.status))
    return inconclusive(
      `without the key in its address or body the request was refused as incomplete (${bare.http.status})`,
    );
  if (bare.ok)
    ctx.find({
      id: "unauthenticated-endpoint",
      severity,
      evidence: "It answers the same request without the credentials.",
      exchanges: [ctx.exchange("without credentials", bare.http)],
    });
  else {
    ctx.stood("unauthenticated-endpoint", `Without credentials it answers ${bare.http.status}.`);
    challenge(ctx, bare.http);
    await wrongCredentials(ctx, severity);
    await inQuery(ctx);
  }
  return COMPLETE;
}

/** True when the server ended the connection because the client certificate was left out. */
export function refusedHandshake({ options }: ScanContext, { failure }: HttpReply): boolean {
  return options.tls.cert !== undefined && (failure?.kind === "client-certificate" || failure?.kind === "reset");
}

/** Whether an answer says that a field is missing, and perhaps not a credential: what is called a key may be one of a cache. */
export function namesNoCaller({ options }: ScanContext, status: number): boolean {
  const elsewhere = options.auth !== undefined || options.tls.cert !== undefined || credentialHeaderOf(options.headers);
  return !elsewhere && (status === 400 || status === 422);
}

/** Turned away for want of credentials; a missing CSRF token does not show that callers are told apart. */
function refuses(http: HttpReply): boolean {
  if (certificateRefusal(http) !== null || http.status === 401) return true;
  return http.status === 403 && !missesCsrf(http);
}

/** Whether the API document asks for credentials on this operation. */
function declaresSecurity(ctx: ScanContext): boolean {
  return ctx.operations.some(
    (operation) =>
      operation.secured &&
      operation.method === ctx.endpoint.shape.method &&
      samePath(operation.path, operation.url, ctx.url),
  );
}

function challenge(ctx: ScanContext, http: Parameters<ScanContext["exchange"]>[1]): void {
  if (http.status !== 401) return;
  if (http.headers["www-authenticate"]) {
    const basic = /^basic/i.test(http.headers["www-authenticate"]);
    if (basic && ctx.url.protocol === "http:" && !ctx.loopback)
      ctx.find({
        id: "weak-auth-challenge",
        subject: "basic",
        severity: "medium",
        evidence: "It asks for basic authentication over plain HTTP.",
        exchanges: [ctx.exchange("challenge", http)],
      });
    return;
  }
  ctx.find({
    id: "weak-auth-challenge",
    subject: "challenge",
    evidence: "The 401 answer has no WWW-Authenticate header, so clients cannot tell how to sign in.",
    exchanges: [ctx.exchange("challenge", http)],
  });
}

/**
 * Whether the credential counts in the address, where logs and histories keep it. A credential that is sent as a header is
 * tried there on loopback alone, since elsewhere the trying would put it into somebody's log.
 */
async function inQuery(ctx: ScanContext): Promise<void> {
  const { options, endpoint, loopback } = ctx;
  const report = (name: string, http: HttpReply) =>
    ctx.find({
      id: "weak-auth-challenge",
      subject: "query",
      evidence: `It takes the credential from the address (${name}), where logs, proxies and histories keep it.`,
      exchanges: [ctx.exchange("credential in the address", http)],
    });
  const [given] = secretsInUrl(endpoint.shape.url);
  const answer = ctx.baseline.answers.find((each) => each.ok);
  if (given && answer) return report(given.name, answer.http);
  const { auth, secret } = options;
  if (!loopback || !auth || secret === undefined) return;
  for (const name of queryNames(auth)) {
    const { shape } = endpoint;
    const pair = `${name}=${encodeURIComponent(secret)}`;
    const tried = await endpoint.ask(ARITHMETIC.prompt, {
      check: "authentication",
      shape: { ...shape, url: `${shape.url}${shape.url.includes("?") ? "&" : "?"}${pair}` },
      identity: "nobody",
      certificate: true,
    });
    if (tried.ok) return report(name, tried.http);
  }
}

/** A made-up credential in place of the real one. */
async function wrongCredentials(ctx: ScanContext, severity: "info" | "high"): Promise<void> {
  const auth = ctx.options.auth;
  if (!auth) return;
  const answer = await ctx.endpoint.ask(ARITHMETIC.prompt, {
    check: "authentication",
    identity: "nobody",
    certificate: true,
    headers: credentialHeaders(auth, "spillcheck-wrong-credential"),
  });
  if (answer.ok)
    ctx.find({
      id: "unauthenticated-endpoint",
      subject: "wrong",
      severity: severity === "info" ? "medium" : severity,
      evidence: "It accepts a made-up credential: the credential has to be there but is not checked.",
      exchanges: [ctx.exchange("made-up credential", answer.http)],
    });
}

/** Whether the server in front insists on the certificate, whatever the application behind it does. */
async function withoutCertificate(ctx: ScanContext): Promise<void> {
  const http = await ctx.client.send({
    method: "GET",
    url: ctx.url,
    headers: { accept: "*/*" },
    body: null,
    check: "authentication",
    retry: false,
    withoutCertificate: true,
  });
  if (http.failure?.kind === "budget" || http.failure?.kind === "timeout")
    ctx.undecide("authentication", "Client certificate", http.failure.message, {
      id: "client-certificate-not-enforced",
    });
  else if (http.failure || [400, 401, 403, 495, 496].includes(http.status))
    ctx.stood("client-certificate-not-enforced", "Without the client certificate it does not answer.");
  else
    ctx.find({
      id: "client-certificate-not-enforced",
      evidence: `Without the client certificate it answered ${http.status}.`,
      exchanges: [ctx.exchange("without certificate", http)],
    });
}
