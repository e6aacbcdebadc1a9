import type { Limits } from "../options.js";
import { errors } from "./undici.js";

export interface Failure {
  kind:
    | "unreachable"
    | "timeout"
    | "not-http"
    | "certificate"
    | "client-certificate"
    | "reset"
    | "headers"
    | "redirects"
    | "budget";
  /** One clause or sentence for people. */
  message: string;
  /** Which limit a time-out is. */
  limit?: "connectMs" | "firstByteMs" | "idleMs" | "totalMs";
}

const CERTIFICATE_CODES = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REVOKED",
  "CERT_UNTRUSTED",
  "CERT_SIGNATURE_FAILURE",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error.cause ? codeOf(error.cause) : "";
}

/** Says in one sentence why no answer came. */
export function classifyFailure(error: unknown, origin: URL, limits: Limits): Failure {
  const code = codeOf(error);
  const text = error instanceof Error ? error.message : String(error);
  const where = origin.host;
  if (error instanceof errors.ConnectTimeoutError)
    return {
      kind: "timeout",
      limit: "connectMs",
      message: `no connection to ${where} within ${limits.connectMs / 1000} s`,
    };
  if (error instanceof errors.HeadersTimeoutError)
    return {
      kind: "timeout",
      limit: "firstByteMs",
      message: `no answer from ${where} within ${limits.firstByteMs / 1000} s`,
    };
  if (error instanceof errors.BodyTimeoutError)
    return {
      kind: "timeout",
      limit: "idleMs",
      message: `the answer of ${where} paused for more than ${limits.idleMs / 1000} s`,
    };
  if (error instanceof errors.HeadersOverflowError)
    return { kind: "headers", message: `the answer's headers are larger than ${limits.headerBytes} bytes` };
  if (CERTIFICATE_CODES.has(code))
    return {
      kind: "certificate",
      message: `The certificate of ${where} does not verify (${code.toLowerCase().replaceAll("_", " ")}); give its CA with --ca, or go on with --insecure.`,
    };
  if (
    /ALERT_(CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|BAD_CERTIFICATE|UNKNOWN_CA)|certificate required/i.test(
      `${code} ${text}`,
    )
  )
    return {
      kind: "client-certificate",
      message: `${where} asks for a client certificate; give one with --cert and --key.`,
    };
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|wrong version number/i.test(`${code} ${text}`))
    return {
      kind: "not-http",
      message: `${where} does not speak TLS; use http:// in the URL if it is a plain HTTP endpoint.`,
    };
  if (code.startsWith("HPE_") || error instanceof errors.HTTPParserError)
    return { kind: "not-http", message: `${where} answers, but not in HTTP; check the port.` };
  if (code === "ECONNREFUSED")
    return {
      kind: "unreachable",
      message: `Nothing answers at ${where}: the connection was refused; start the endpoint or check the port.`,
    };
  if (code === "EHOSTUNREACH" || code === "ENETUNREACH" || code === "EADDRNOTAVAIL")
    return { kind: "unreachable", message: `${where} cannot be reached from here (${code}).` };
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return { kind: "unreachable", message: `The name ${origin.hostname} was not found.` };
  // With TLS 1.3 a server that misses the client certificate just closes after the handshake.
  const hint = origin.protocol === "https:" ? "; it may ask for a client certificate (--cert and --key)" : "";
  return { kind: "reset", message: `${where} closed the connection without a whole answer${hint}` };
}
