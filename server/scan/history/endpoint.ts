/** Which scans belong together: those of one method and one address. */
import { createHash } from "node:crypto";
import type { ScanResult } from "../result.js";
import { Redactor } from "../transport/redact.js";

export interface HistoryEndpoint {
  /** 16 hexadecimal digits; the same method and address always give the same. */
  key: string;
  method: string;
  /** The address in its normal form. */
  target: string;
}

/**
 * An address in the form in which two spellings of it are equal (RFC 3986, 6.2): lower-case scheme and host, no default
 * port, no fragment, the query's parameters in order. User information and secret query values are taken out.
 * @returns the text as it is when it is no URL
 */
export function normalTarget(text: string): string {
  const trimmed = text.trim();
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`;
  if (!URL.canParse(address)) return trimmed;
  const url = new URL(new Redactor([]).url(address));
  url.hash = "";
  url.searchParams.sort();
  return url.href;
}

/** The endpoint that a scan was of. */
export function endpointOf(result: Pick<ScanResult, "target"> & { endpoint: { method: string } }): HistoryEndpoint {
  const method = result.endpoint.method.toUpperCase();
  const target = normalTarget(result.target);
  const key = createHash("sha256").update(`${method} ${target}`).digest("hex").slice(0, 16);
  return { key, method, target };
}
