import { type CheckEnd, COMPLETE, type ScanContext } from "../context.js";

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
    if (ctx.options.tls.insecure)
      ctx.find({
        id: "weak-tls",
        evidence: "The certificate was not verified, because the scan ran with --insecure.",
        suspected: true,
      });
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
