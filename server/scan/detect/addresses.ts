import { isIPv6 } from "node:net";
import { networkOf } from "../transport/network.js";
import type { Hit } from "./hit.js";

const IPV4 = /(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?![\d.]*\d)/g;
const DOCUMENTATION_IP = /^(192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|0\.|22[4-9]\.|2[3-5]\d\.)/;
const PUBLIC_RESOLVER = new Set([
  "8.8.8.8",
  "8.8.4.4",
  "1.1.1.1",
  "1.0.0.1",
  "9.9.9.9",
  "2001:4860:4860::8888",
  "2001:4860:4860::8844",
  "2606:4700:4700::1111",
]);
/** Only what is allotted for use: global unicast, unique local and link-local. Anything else with colons is code or a time. */
const IPV6 =
  /(?<![\w:.])(?:[23][0-9a-f]{3}|f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]):(?:[0-9a-f]{0,4}:){1,6}(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{1,4})?(?![\w:])/gi;
const DOCUMENTATION_IPV6 = /^2001:0?db8:|^3fff:/i;
/** Words that announce four numbers of another kind: versions, sections of a text, object identifiers. */
const OTHER =
  /(?:version|ver\.?|release|build|\bv|\/|sections?|chapter|clause|paragraph|appendix|figure|table|step|§|\boid|objectidentifier)\s*[:=]?[\s"'`#(-]*$/i;
const ANNOUNCED = /\b(?:ip|ipv4|address|addr|host|server|client|from|peer|dns|gateway|login|connect\w*|origin)\b/i;

/** Low numbers throughout, as versions and sections have and hardly any address in use. */
function isOutline(value: string): boolean {
  const parts = value.split(".").map(Number);
  return (parts[0] ?? 0) < 10 && parts.every((part) => part < 40);
}

function toHit(value: string, start: number): Hit | null {
  const network = networkOf(value);
  if (network === "loopback") return null;
  const place = { value, start, end: start + value.length };
  return network === "private"
    ? { group: "internal", kind: "private-address", title: "Address of the internal network", ...place }
    : { group: "personal-data", kind: "ip", title: "IP address", ...place };
}

/** Finds IP addresses, which are personal data, and those of private networks, which tell of the inside. */
export function findAddresses(text: string, hits: Hit[]): void {
  for (const match of text.matchAll(IPV4)) {
    const value = match[0];
    if (DOCUMENTATION_IP.test(value) || PUBLIC_RESOLVER.has(value)) continue;
    const before = text.slice(Math.max(0, match.index - 40), match.index);
    if (OTHER.test(before.slice(-24)) || (isOutline(value) && !ANNOUNCED.test(before))) continue;
    const hit = toHit(value, match.index);
    if (hit) hits.push(hit);
  }
  for (const match of text.matchAll(IPV6)) {
    const value = match[0];
    // "2a00:1450::" is a network.
    if (value.endsWith("::") || !isIPv6(value) || PUBLIC_RESOLVER.has(value) || DOCUMENTATION_IPV6.test(value))
      continue;
    const hit = toHit(value, match.index);
    if (hit) hits.push(hit);
  }
}
