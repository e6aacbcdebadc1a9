import { X509Certificate } from "node:crypto";
import { connect, createSecureContext, type SecureVersion, type TLSSocket } from "node:tls";

/** What a server is offered. */
export interface Offer {
  /** OpenSSL's names; the library's own choice when absent. */
  ciphers?: string;
  minVersion?: SecureVersion;
  maxVersion?: SecureVersion;
}

/** Where and as whom the connection is made. */
export interface Peer {
  /** The address to connect to. */
  address: string;
  port: number;
  /** The name that the certificate must hold. */
  host: string;
  cert?: string;
  key?: string;
  ca?: string;
  /** Milliseconds for the whole handshake. */
  timeoutMs: number;
}

/** How a TLS handshake ended. Nothing is sent over the connection but the handshake itself. */
export type Handshake =
  | {
      outcome: "accepted";
      /** As in "TLSv1.1". */
      protocol: string;
      cipher: string;
      /** Why the certificate does not verify, in OpenSSL's words; null when it does. */
      distrust: string | null;
      /** Length of an RSA key in bits; null for other kinds. */
      rsaBits: number | null;
    }
  /** The server ended the handshake. */
  | { outcome: "refused" }
  /** No answer, or this program's TLS library cannot make the offer. */
  | { outcome: "unknown"; reason: string };

/**
 * Makes one TLS handshake and closes the connection. The certificate is looked at and not insisted on.
 * @throws the signal's reason when it aborts
 */
export function handshake(peer: Peer, offer: Offer, signal: AbortSignal): Promise<Handshake> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    let socket: TLSSocket;
    try {
      const { cert, key, ca } = peer;
      socket = connect({
        host: peer.address,
        port: peer.port,
        // An address is no server name (RFC 6066).
        ...(/^[\d.]+$|:/.test(peer.host) ? {} : { servername: peer.host }),
        secureContext: createSecureContext({ ...offer, cert, key, ca }),
        rejectUnauthorized: false,
      });
    } catch (error) {
      // Other TLS libraries than OpenSSL know no security levels.
      resolve({ outcome: "unknown", reason: error instanceof Error ? error.message : String(error) });
      return;
    }
    let connected = false;
    const end = (result: Handshake) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      socket.destroy();
      resolve(result);
    };
    const abort = () => {
      clearTimeout(timer);
      socket.destroy();
      reject(signal.reason);
    };
    const timer = setTimeout(() => end({ outcome: "unknown", reason: "no answer in time" }), peer.timeoutMs);
    signal.addEventListener("abort", abort, { once: true });
    socket.once("connect", () => {
      connected = true;
    });
    socket.once("secureConnect", () => {
      const error: unknown = socket.authorizationError;
      end({
        outcome: "accepted",
        protocol: socket.getProtocol() ?? "",
        cipher: socket.getCipher().name,
        distrust: socket.authorized ? null : String(error ?? "not verified"),
        rsaBits: rsaBits(socket),
      });
    });
    socket.once("error", (error: Error) =>
      end(connected ? { outcome: "refused" } : { outcome: "unknown", reason: error.message }),
    );
    socket.once("close", () => end(connected ? { outcome: "refused" } : { outcome: "unknown", reason: "closed" }));
  });
}

function rsaBits(socket: TLSSocket): number | null {
  const { raw } = socket.getPeerCertificate();
  if (!raw) return null;
  const { publicKey } = new X509Certificate(raw);
  return publicKey.asymmetricKeyType === "rsa" ? (publicKey.asymmetricKeyDetails?.modulusLength ?? null) : null;
}
