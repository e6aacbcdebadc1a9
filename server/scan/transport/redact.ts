import { isCredentialHeader } from "../credential-header.js";

const CSRF_HEADER = /^x-(?:csrf|xsrf)-?token$/i;
const SENSITIVE_QUERY = /^(access_token|token|api_?key|key|secret|password|auth|sig|signature)$/i;

/** Replaced in every report, log and trace. */
export const REDACTED = "[redacted]";

/** Takes the caller's secrets out of whatever is shown. */
export class Redactor {
  private readonly secrets: string[];

  /** @param secrets the caller's own secrets; shorter than four characters are ignored, since they would blank out ordinary text */
  constructor(secrets: readonly (string | undefined)[]) {
    const all = new Set<string>();
    for (const secret of secrets) {
      if (!secret || secret.length < 4) continue;
      all.add(secret);
      all.add(encodeURIComponent(secret));
      all.add(Buffer.from(secret).toString("base64"));
    }
    this.secrets = [...all].sort((a, b) => b.length - a.length);
  }

  text(text: string): string {
    let out = text;
    for (const secret of this.secrets) if (out.includes(secret)) out = out.split(secret).join(REDACTED);
    return out;
  }

  /** User information and secret query values are blanked as well. */
  url(url: string | URL): string {
    const copy = new URL(url);
    if (copy.username || copy.password) {
      copy.username = "";
      copy.password = "";
    }
    for (const name of [...copy.searchParams.keys()])
      if (SENSITIVE_QUERY.test(name)) copy.searchParams.set(name, "redacted");
    return this.text(copy.href);
  }

  headers(headers: Readonly<Record<string, string>>): Record<string, string> {
    const out: Record<string, string> = {};
    for (const [name, value] of Object.entries(headers))
      out[name] =
        name.toLowerCase() !== "set-cookie" && (isCredentialHeader(name) || CSRF_HEADER.test(name))
          ? REDACTED
          : this.text(value);
    if (out["set-cookie"]) out["set-cookie"] = out["set-cookie"].replace(/^([^=;]+)=[^;]*/gm, `$1=${REDACTED}`);
    return out;
  }
}
