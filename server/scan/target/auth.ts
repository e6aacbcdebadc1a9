import { credentialHeaderOf } from "../credential-header.js";
import type { ScanOptions } from "../options.js";
import type { Identity } from "./endpoint.js";

/** The headers that prove an identity; none for `nobody` and where no secret is at hand. */
export function authHeaders(options: ScanOptions, identity: Identity): Record<string, string> {
  const secret = identity === "own" ? options.secret : identity === "other" ? options.secret2 : undefined;
  return options.auth && secret !== undefined ? credentialHeaders(options.auth, secret) : {};
}

/** The header for one credential. */
export function credentialHeaders(auth: NonNullable<ScanOptions["auth"]>, secret: string): Record<string, string> {
  switch (auth.kind) {
    case "bearer":
      return { authorization: `Bearer ${secret}` };
    case "basic":
      return { authorization: `Basic ${Buffer.from(`${auth.user}:${secret}`).toString("base64")}` };
    case "api-key":
      return { [auth.header.toLowerCase()]: secret };
    case "cookie":
      return { cookie: `${auth.name}=${secret}` };
  }
}

/** True when the scan carries credentials of any kind: an identity with a secret, a credential header, a client certificate. */
export function hasCredentials(options: ScanOptions): boolean {
  return (
    (options.auth !== undefined && options.secret !== undefined) ||
    options.tls.cert !== undefined ||
    credentialHeaderOf(options.headers) !== null
  );
}
