import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { ScanError } from "../errors.js";

export type Network = "loopback" | "private" | "public";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");
// What a server that listens everywhere calls itself; a connection there stays on this machine.
loopback.addAddress("0.0.0.0", "ipv4");
loopback.addAddress("::", "ipv6");

const privateNetworks = new BlockList();
for (const [net, bits] of [
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["169.254.0.0", 16],
  ["100.64.0.0", 10],
  ["0.0.0.0", 8],
] as const)
  privateNetworks.addSubnet(net, bits, "ipv4");
privateNetworks.addSubnet("fc00::", 7, "ipv6");
privateNetworks.addSubnet("fe80::", 10, "ipv6");

/** Where one IP address lies. An IPv4 address written as IPv6 (`::ffff:10.0.0.1`) counts as the IPv4 address. */
export function networkOf(address: string): Network {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  const plain = mapped?.[1] ?? address;
  const family = isIP(plain) === 6 ? "ipv6" : "ipv4";
  if (loopback.check(plain, family)) return "loopback";
  return privateNetworks.check(plain, family) ? "private" : "public";
}

const NEARNESS: Readonly<Record<Network, number>> = { public: 0, private: 1, loopback: 2 };

/** True when one network lies nearer to this machine than another: what somebody there should not be able to send us to. */
export function isNearer(one: Network, than: Network): boolean {
  return NEARNESS[one] > NEARNESS[than];
}

/**
 * Reads a target's URL.
 * @throws ScanError "bad-target" when it is not an http(s) URL
 */
export function parseTarget(text: string): URL {
  const trimmed = text.trim();
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`;
  let url: URL;
  try {
    url = new URL(withScheme);
  } catch {
    throw new ScanError(
      "bad-target",
      `"${trimmed.slice(0, 200)}" is not a URL; give one like http://localhost:5000/chat.`,
    );
  }
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new ScanError("bad-target", `A scan needs an http or https URL, and ${url.protocol}// is neither.`);
  return url;
}

export interface Resolved {
  addresses: string[];
  network: Network;
}

/**
 * Resolves the target's name once; the scan then connects to these addresses only, so that a name that changes its
 * meaning after consent was given leads nowhere else. The farthest of several addresses decides the network.
 * @throws ScanError "name-not-found"
 */
export async function resolveTarget(url: URL): Promise<Resolved> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  let addresses: string[];
  if (isIP(host)) addresses = [host];
  else {
    try {
      addresses = (await lookup(host, { all: true })).map((entry) => entry.address);
    } catch {
      throw new ScanError(
        "name-not-found",
        `The name ${host} was not found; check the URL's host or the network connection.`,
      );
    }
  }
  const networks = addresses.map(networkOf);
  const network = networks.includes("public") ? "public" : networks.includes("private") ? "private" : "loopback";
  return { addresses, network };
}
