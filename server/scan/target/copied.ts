/** A request that somebody copied as a curl command: where the user's text stands in it, and what of it is a secret. */
import { isCredentialHeader } from "../credential-header.js";
import { ScanError } from "../errors.js";
import type { Auth } from "../options.js";
import { type CurlRequest, multipart, parseCurl } from "./curl.js";
import { markPrompt, markQuery, promptField } from "./mark-prompt.js";
import { secretsAmong, secretsInBody, secretsInUrl } from "./request-secrets.js";
import { PROMPT } from "./shape.js";

/** What a copied request says of its address and body, with the placeholder where the user's text evidently stands. */
export interface CopiedRequest {
  url: string;
  body?: string;
  contentType?: string;
}

/**
 * @param otherwise what else the user may do where no field looks like it, as the rest of a sentence
 * @throws ScanError "bad-option" when there is a body, and no field of it looks like the one that takes the user's text
 */
export function copiedRequest({ url, body, form }: CurlRequest, otherwise = ""): CopiedRequest {
  if (form) {
    const at = promptField(form);
    if (at < 0) throw unclear(otherwise);
    return { url, ...multipart(form.map((field, i) => (i === at ? { ...field, value: PROMPT } : field))) };
  }
  // Without a body the text can only be in the query; where no parameter looks like it, the scan tries.
  if (body === undefined) return { url: markQuery(url) ?? url };
  const marked = markPrompt(body);
  if (marked === null) throw unclear(otherwise);
  return { url, body: marked };
}

function unclear(otherwise: string): ScanError {
  return new ScanError(
    "bad-option",
    `No field of the curl command's body looks like the one that takes the user's text; write {{prompt}} in its place${otherwise}.`,
  );
}

/** An endpoint as a curl command describes it, its secrets apart. */
export interface CopiedEndpoint {
  /** What may stand in settings. */
  endpoint: {
    url: string;
    method?: string;
    headers?: Record<string, string>;
    bodyTemplate?: string;
    auth?: Auth;
    /** Names of further headers whose values are secrets. */
    secretHeaders?: string[];
    cert?: string;
    key?: string;
    ca?: string;
    insecure?: boolean;
  };
  /** The secret that `auth` sends. */
  secret?: string;
  /** The values of `secretHeaders`. */
  headers: Record<string, string>;
  /** Address and body where they hold a secret themselves: these are in `endpoint` without it, or not at all. */
  hidden: { url?: string; bodyTemplate?: string };
  /** Where in address and body that secret stands, in words; null where there is none. */
  hiddenIn: string | null;
}

/**
 * Reads a curl command into the endpoint that it asks.
 * @throws ScanError "bad-option" in one sentence, without any secret, when it is none or not understood
 */
export function copiedEndpoint(command: string): CopiedEndpoint {
  if (!/^\s*(?:\$\s+)?curl(?:\.exe)?\s/i.test(command))
    throw new ScanError("bad-option", "That is no curl command: it has to begin with curl.");
  const curl = parseCurl(command.replace(/^\s*(?:\$\s+)?curl(?:\.exe)?\s/i, "curl "));
  if (!/^https?:\/\//i.test(curl.url)) curl.url = `http://${curl.url}`;
  if (!URL.canParse(curl.url)) throw new ScanError("bad-option", "The curl command's address is none.");
  const address = new URL(curl.url);
  if (address.username !== "") {
    curl.user ??= `${decodeURIComponent(address.username)}:${decodeURIComponent(address.password)}`;
    curl.url = curl.url.replace(/^(https?:\/\/)[^/?#]*@/i, "$1");
  }
  const { url, body, contentType } = copiedRequest(curl);
  const { auth, secret, open, headers } = credentialsOf(curl);
  if (contentType !== undefined) open["Content-Type"] = contentType;
  const inUrl = secretsInUrl(url)[0]?.name ?? null;
  const inBody =
    body === undefined ? null : ([...secretsAmong(curl.form ?? []), ...secretsInBody(body)][0]?.name ?? null);
  const secretHeaders = Object.keys(headers);
  const { cert, key, ca, insecure } = curl;
  const method = curl.method ?? (body === undefined ? undefined : "POST");
  return {
    endpoint: {
      url: inUrl === null ? url : url.replace(/[?#].*$/s, ""),
      ...(method === undefined ? {} : { method }),
      ...(Object.keys(open).length === 0 ? {} : { headers: open }),
      ...(body === undefined || inBody !== null ? {} : { bodyTemplate: body }),
      ...(auth === undefined ? {} : { auth }),
      ...(secretHeaders.length === 0 ? {} : { secretHeaders }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(ca === undefined ? {} : { ca }),
      ...(insecure ? { insecure } : {}),
    },
    ...(secret === undefined ? {} : { secret }),
    headers,
    hidden: { ...(inUrl === null ? {} : { url }), ...(inBody === null ? {} : { bodyTemplate: body }) },
    hiddenIn:
      inUrl !== null
        ? `the parameter ${inUrl} of its address`
        : inBody !== null
          ? `the field ${inBody} of its body`
          : null,
  };
}

/** The credential that the scan knows how to send, the other secret headers, and those that are none. */
function credentialsOf({ headers: all, user }: CurlRequest): {
  auth?: Auth;
  secret?: string;
  open: Record<string, string>;
  headers: Record<string, string>;
} {
  const open: Record<string, string> = {};
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(all))
    if (isCredentialHeader(name) || /csrf|xsrf/i.test(name)) headers[name] = value;
    else open[name] = value;
  if (user !== undefined) {
    const [name = "", ...password] = user.split(":");
    const secret = password.join(":");
    return { auth: { kind: "basic", user: name }, ...(secret === "" ? {} : { secret }), open, headers };
  }
  const first = Object.keys(headers).sort((a, b) => likelihood(b) - likelihood(a))[0];
  if (first === undefined) return { open, headers };
  const value = headers[first] ?? "";
  const known = credentialIn(first, value);
  if (known === null) return { open, headers };
  delete headers[first];
  return { ...known, open, headers };
}

/** How sure it is that a header is what proves the caller. */
function likelihood(name: string): number {
  return /^authorization$/i.test(name) ? 3 : /csrf|xsrf/i.test(name) ? 0 : /^cookie$/i.test(name) ? 1 : 2;
}

/** A header as one of the ways to prove oneself that a scan has; null for several cookies. */
function credentialIn(name: string, value: string): { auth: Auth; secret: string } | null {
  if (/csrf|xsrf/i.test(name)) return null;
  if (/^cookie$/i.test(name)) {
    const [, cookie, secret] = /^\s*([^=;\s]+)=([^;]+?)\s*;?\s*$/.exec(value) ?? [];
    return cookie && secret ? { auth: { kind: "cookie", name: cookie }, secret } : null;
  }
  if (/^authorization$/i.test(name)) {
    const [, scheme = "", secret = ""] = /^(\w+)\s+(.+)$/s.exec(value) ?? [];
    if (/^bearer$/i.test(scheme)) return { auth: { kind: "bearer" }, secret };
    const pair = /^basic$/i.test(scheme)
      ? /^([^:]+):(.+)$/s.exec(Buffer.from(secret, "base64").toString("utf8"))
      : null;
    if (pair?.[1] && pair[2]) return { auth: { kind: "basic", user: pair[1] }, secret: pair[2] };
  }
  return value === "" ? null : { auth: { kind: "api-key", header: name }, secret: value };
}
