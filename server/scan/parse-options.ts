/** Options from outside: checked against their schema, and for what would make a scan mean nothing. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { z } from "zod";
import { ScanError } from "./errors.js";
import { type ScanOptions, type ScanOptionsInput, scanOptionsSchema } from "./options.js";
import { jsonPlace } from "./target/json-place.js";
import { PROMPT } from "./target/shape.js";
import { parseTarget } from "./transport/network.js";

/** @throws ScanError "bad-option" in a sentence that says which and why */
export function parseOptions(input: ScanOptionsInput): ScanOptions {
  if (input.url.trim() === "")
    throw wrong("The address of the endpoint is empty; give a URL like http://localhost:5000/chat.");
  const parsed = scanOptionsSchema.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const place = z.core.toDotPath(issue?.path ?? []);
    throw wrong(`The scan option "${place || "options"}" is wrong: ${issue?.message ?? "not as its schema says"}.`);
  }
  const options = withRoute(withUrlCredentials(parsed.data));
  checkTemplate(options);
  checkMethodAndHeaders(options);
  checkSession(options);
  return { ...options, knowledge: known(options), tls: usable(options.tls) };
}

function wrong(sentence: string): ScanError {
  return new ScanError("bad-option", sentence);
}

/** User and password in the address are what `--auth basic` says otherwise; in an address they would be shown and kept. */
function withUrlCredentials(options: ScanOptions): ScanOptions {
  const match = /^(\s*[a-z][a-z0-9+.-]*:\/\/)([^/?#@]*)@/i.exec(options.url);
  if (!match) return options;
  const [all, scheme = "", userInfo = ""] = match;
  const url = scheme + options.url.slice(all.length);
  const [user = "", ...password] = userInfo.split(":");
  if (options.auth !== undefined || user === "") return { ...options, url };
  return { ...options, url, auth: { kind: "basic", user: decoded(user) }, secret: decoded(password.join(":")) };
}

/** The route that the endpoint's source shows, where the address has no path of its own. */
function withRoute(options: ScanOptions): ScanOptions {
  const { route } = options.knowledge;
  const server = /^\s*([a-z][a-z0-9+.-]*:\/\/[^/?#\s]+)\/?\s*$/i.exec(options.url)?.[1];
  return route === undefined || server === undefined ? options : { ...options, url: `${server}${route}` };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A request that no question goes into would be answered like any other, and every probe would seem withstood. */
function checkTemplate({ url, bodyTemplate }: ScanOptions): void {
  if (bodyTemplate === undefined || bodyTemplate.includes(PROMPT)) return;
  if (url.includes(PROMPT) || url.includes(encodeURIComponent(PROMPT))) return;
  throw wrong(
    `The body template holds no ${PROMPT}, so no question would get into it; put it where the user's text goes.`,
  );
}

/** The session's request carries the caller's credentials, so it goes nowhere but to the target itself. */
function checkSession({ url, session }: ScanOptions): void {
  if (!session) return;
  const { path, idPath } = session;
  const target = parseTarget(url);
  const { origin } = target;
  if (!URL.canParse(path, target.href)) throw wrong(`"${path}" is no path of a request that opens a session.`);
  if (new URL(path, target).origin !== origin)
    throw wrong(`The request that opens a session has to go to ${origin} as well; give its path, as in /sessions.`);
  if (idPath === undefined) return;
  try {
    jsonPlace(idPath);
  } catch {
    throw wrong(`The place of the session id, "${idPath}", is no JSONPath like $.id.`);
  }
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

function checkMethodAndHeaders({ method, session, headers }: ScanOptions): void {
  for (const each of [method, session?.method])
    if (each !== undefined && (!TOKEN.test(each) || /^(?:CONNECT|TRACE)$/.test(each)))
      throw wrong(`"${each}" is no HTTP method that takes a question.`);
  for (const [name, value] of Object.entries(headers)) {
    if (!TOKEN.test(name)) throw wrong(`"${name}" is no name of a header.`);
    // Its value may be a secret, so it is not shown.
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
      throw wrong(`The header ${name} holds signs that no header can hold.`);
  }
}

/** A blank prompt would pass for a known one, and nothing would ever be found of it. */
function known({ knowledge }: ScanOptions): ScanOptions["knowledge"] {
  const said = (texts: readonly string[]) => texts.filter((text) => text.trim() !== "");
  const systemPrompts = said(knowledge.systemPrompts);
  if (knowledge.systemPrompts.length > 0 && systemPrompts.length === 0)
    throw wrong("The system prompt that was given is empty.");
  return { ...knowledge, systemPrompts, secrets: said(knowledge.secrets), toolNames: said(knowledge.toolNames) };
}

/** Certificates and keys that can be used; a key that stands in the certificate's file is found there. */
function usable(tls: ScanOptions["tls"]): ScanOptions["tls"] {
  const { cert, ca } = tls;
  if (ca !== undefined && !isCertificate(ca)) throw wrong("The certificate authority is no certificate in PEM form.");
  if (cert === undefined) {
    if (tls.key !== undefined) throw wrong("A key was given without its client certificate.");
    return tls;
  }
  if (!isCertificate(cert)) throw wrong("The client certificate is no certificate in PEM form.");
  const key = tls.key ?? (cert.includes("PRIVATE KEY-----") ? cert : undefined);
  if (key === undefined) throw wrong("The client certificate was given without its key.");
  try {
    createPrivateKey(key);
    createSecureContext({ cert, key });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (/-----BEGIN ENCRYPTED|^Proc-Type: 4,ENCRYPTED/m.test(key))
      throw wrong("The key of the client certificate is locked with a passphrase; give one that is not.");
    if (code === "ERR_OSSL_X509_KEY_VALUES_MISMATCH")
      throw wrong("The client certificate and its key do not belong together.");
    throw wrong("The key of the client certificate is no key in PEM form.");
  }
  return { ...tls, key };
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).subject !== null;
  } catch {
    return false;
  }
}
