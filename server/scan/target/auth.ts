import { credentialHeaderOf } from "../credential-header.js";
import type { ScanOptions } from "../options.js";
import type { Identity } from "./endpoint.js";
import { secretsInBody, secretsInRequest, secretsInUrl } from "./request-secrets.js";
import type { Shape } from "./shape.js";

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

/** True when the scan carries credentials of any kind: an identity with a secret, a credential header, a client certificate, a key in the address or body. */
export function hasCredentials(options: ScanOptions): boolean {
  return (
    (options.auth !== undefined && options.secret !== undefined) ||
    options.tls.cert !== undefined ||
    credentialHeaderOf(options.headers) !== null ||
    secretsInRequest(options).length > 0
  );
}

/** The same way of asking without the keys that stand in the address and the body. */
export function withoutSecrets(shape: Shape): Shape {
  const inUrl = secretsInUrl(shape.url);
  const url = inUrl.reduce((text, { name, value }) => withoutParameter(text, name, value), shape.url);
  const body = shape.bodyTemplate;
  if (body === null) return { ...shape, url };
  const bare = secretsInBody(body).reduce(
    (text, { value }) =>
      text
        .replaceAll(JSON.stringify(value), '""')
        .replaceAll(`=${encodeURIComponent(value)}`, "=")
        .replaceAll(`=${value}`, "="),
    body,
  );
  return { ...shape, url, bodyTemplate: bare };
}

/** An address without one parameter; the rest stays as it is written, placeholders among it. */
function withoutParameter(url: string, name: string, value: string): string {
  const at = url.indexOf("?");
  const kept = url
    .slice(at + 1)
    .split("&")
    .filter((pair) => {
      const [key, found] = [...new URLSearchParams(pair)][0] ?? ["", ""];
      return key !== name || found !== value;
    });
  return url.slice(0, at) + (kept.length > 0 ? `?${kept.join("&")}` : "");
}

/** The names under which a credential may be taken from the query as well, the most usual first. */
export function queryNames(auth: NonNullable<ScanOptions["auth"]>): string[] {
  switch (auth.kind) {
    case "bearer":
      return ["access_token", "token"];
    case "api-key":
      return [...new Set([auth.header.toLowerCase().replace(/^x-/, "").replaceAll("-", "_"), "api_key"])];
    default:
      return [];
  }
}
