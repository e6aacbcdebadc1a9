import { type CheckEnd, COMPLETE, type ScanContext } from "../context.js";
import type { Handshake, Offer } from "../transport/handshake.js";

/** TLS, HSTS and cookie attributes, as seen on what the endpoint has answered so far. */
export async function checkEncryption(ctx: ScanContext): Promise<CheckEnd> {
  const replies = ctx.baseline.answers.map((answer) => answer.http).filter((http) => http.status > 0);
  const first = replies[0];
  const secure = ctx.url.protocol === "https:";
  if (!secure)
    ctx.find({
      id: "no-tls",
      severity: ctx.loopback ? "info" : undefined,
      evidence: ctx.loopback
        ? "The endpoint is served over http; on loopback nobody else can listen."
        : `The endpoint is served over ${ctx.url.protocol}//.`,
      exchanges: first ? [ctx.exchange("ordinary request", first)] : [],
    });
  else {
    await tls(ctx);
    if (first && !/max-age\s*=\s*"?[1-9]/i.test(first.headers["strict-transport-security"] ?? ""))
      ctx.find({
        id: "missing-hsts",
        severity: ctx.loopback ? "info" : undefined,
        evidence: "The answer has no Strict-Transport-Security header.",
        exchanges: [ctx.exchange("ordinary request", first)],
      });
    else if (first) ctx.stood("missing-hsts", "Strict-Transport-Security is sent.");
  }
  cookies(ctx, secure);
  return COMPLETE;
}

/** Offers that no server should take, with what they show. */
const WEAK_OFFERS: readonly { offer: Offer; subject: string; severity: "high" | "medium"; what: string }[] = [
  {
    offer: { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" },
    subject: "protocol",
    severity: "medium",
    what: "an old protocol version",
  },
  {
    // Without encryption or without a certificate; other weak ciphers are not in today's TLS libraries any more.
    offer: { maxVersion: "TLSv1.2", ciphers: "NULL:aNULL:@SECLEVEL=0" },
    subject: "cipher",
    severity: "high",
    what: "a cipher that does not protect",
  },
];
const SHORTEST_RSA = 2048;

/** The certificate, old protocol versions and ciphers without protection: one finding for each. */
async function tls(ctx: ScanContext): Promise<void> {
  const weak = (subject: string, severity: "high" | "medium", evidence: string) =>
    ctx.find({ id: "weak-tls", subject, severity, evidence });
  const plain = await ctx.client.handshake({}, "encryption");
  if (plain?.outcome === "accepted") {
    if (plain.distrust !== null) weak("certificate", "high", `The certificate does not verify: ${plain.distrust}.`);
    else if (ctx.options.tls.insecure)
      ctx.notes.add("The certificate verifies, so --insecure would not have been needed.");
    if (plain.rsaBits !== null && plain.rsaBits < SHORTEST_RSA)
      weak("key", "medium", `The certificate's RSA key has ${plain.rsaBits} bits.`);
  } else if (ctx.options.tls.insecure)
    ctx.find({
      id: "weak-tls",
      subject: "certificate",
      evidence: "The certificate was not verified, because the scan ran with --insecure.",
      suspected: true,
    });
  let refused = 0;
  for (const { offer, subject, severity, what } of WEAK_OFFERS) {
    const result = await ctx.client.handshake(offer, "encryption");
    if (result?.outcome === "accepted")
      weak(subject, severity, `It accepts ${what}: ${result.protocol}, ${result.cipher}.`);
    else if (result?.outcome === "refused") refused++;
    else ctx.undecide("encryption", "Old protocol versions and ciphers", reasonOf(result), { id: "weak-tls" });
  }
  if (refused === WEAK_OFFERS.length && !ctx.findings.some((finding) => finding.id === "weak-tls"))
    ctx.stood("weak-tls", `TLS 1.0 and 1.1 and ciphers without protection are refused (${plainOf(plain)}).`);
}

function reasonOf(result: Handshake | null): string {
  if (result?.outcome === "unknown") return result.reason;
  return "no handshake of its own could be made: through a proxy, or without request budget";
}

function plainOf(result: Handshake | null): string {
  return result?.outcome === "accepted" ? `it chose ${result.protocol}` : "its own choice was not seen";
}

const SESSION_LIKE = /sess|auth|token|sid\b|jwt|login|remember|identity/i;

function cookies(ctx: ScanContext, secure: boolean): void {
  const seen = new Set<string>();
  for (const answer of ctx.baseline.answers) {
    for (const line of (answer.http.headers["set-cookie"] ?? "").split("\n").filter((text) => text !== "")) {
      const name = line.split("=")[0]?.trim() ?? "";
      if (seen.has(name)) continue;
      seen.add(name);
      const readByScript = /csrf|xsrf/i.test(name);
      const missing = [
        ...(secure && !/;\s*secure/i.test(line) ? ["Secure"] : []),
        ...(!readByScript && !/;\s*httponly/i.test(line) ? ["HttpOnly"] : []),
        ...(!/;\s*samesite/i.test(line) ? ["SameSite"] : []),
      ];
      if (missing.length === 0) continue;
      ctx.find({
        id: "insecure-cookie",
        subject: name,
        severity: SESSION_LIKE.test(name) && missing.some((item) => item !== "SameSite") ? "medium" : "low",
        evidence: `The cookie ${name} is set without ${missing.join(", ")}.`,
        exchanges: [ctx.exchange("ordinary request", answer.http, [{ text: name, label: "cookie" }])],
      });
    }
  }
  if (seen.size > 0 && !ctx.findings.some((finding) => finding.id === "insecure-cookie"))
    ctx.stood("insecure-cookie", `${seen.size} cookies have their protections.`);
}
