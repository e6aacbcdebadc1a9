/**
 * Secrets on their way from client to server. A protocol trace writes every message down, so they travel sealed
 * (AES-256-GCM) with a key that only the two processes have: the client makes it and passes it in the server's environment.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { type ScanSecrets, sealedSecretsSchema } from "./protocol.js";

/** Environment variable with the key, 64 hexadecimal digits. */
export const KEY_VARIABLE = "SPILLCHECK_CHANNEL_KEY";

/** A fresh key. */
export function newChannelKey(): string {
  return randomBytes(32).toString("hex");
}

/** Seals secrets; base64. */
export function sealSecrets(key: string, secrets: ScanSecrets): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(key, "hex"), nonce);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(secrets), "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64");
}

/**
 * Opens what `sealSecrets` gave.
 *
 * @throws Error when there is no key, the key is another one or the text was changed
 */
export function openSecrets(key: string | undefined, sealed: string): ScanSecrets {
  if (!key) throw new Error("The secret could not be read: the server was started without a channel key.");
  const bytes = Buffer.from(sealed, "base64");
  const decipher = createDecipheriv("aes-256-gcm", Buffer.from(key, "hex"), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  const text = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
  return sealedSecretsSchema.parse(JSON.parse(text));
}
