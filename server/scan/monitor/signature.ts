/**
 * The generic web hook's signature. What is signed is `DELIVERY.TIMESTAMP.BODY`, as the Standard Webhooks specification
 * has it, so neither the body nor the time can be changed; a receiver that refuses old timestamps and deliveries that it
 * has seen is safe from replays. The value is `sha256=` and the HMAC-SHA256 in hexadecimal digits.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

export const SIGNATURE_HEADER = "x-spillcheck-signature";
/** Seconds since 1970, of this very attempt. */
export const TIMESTAMP_HEADER = "x-spillcheck-timestamp";
/** The same in every attempt to deliver one alert. */
export const DELIVERY_HEADER = "x-spillcheck-delivery";
export const EVENT_HEADER = "x-spillcheck-event";

/** How far a timestamp may be from the receiver's clock. */
export const TOLERANCE_SECONDS = 300;

/** @param timestamp seconds since 1970 */
export function signature(secret: string, delivery: string, timestamp: number, body: string): string {
  return `sha256=${createHmac("sha256", secret).update(`${delivery}.${timestamp}.${body}`).digest("hex")}`;
}

/**
 * What a receiver does: true when the headers' signature fits the body and the time is near. Deliveries seen before are
 * for the receiver to remember, for as long as the tolerance.
 * @param headers lower-case names
 * @param now seconds since 1970
 */
export function verifySignature(
  secret: string,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: string,
  now: number,
): boolean {
  const [given, time, delivery] = [SIGNATURE_HEADER, TIMESTAMP_HEADER, DELIVERY_HEADER].map((name) => headers[name]);
  if (typeof given !== "string" || typeof time !== "string" || typeof delivery !== "string") return false;
  if (!/^\d{1,12}$/.test(time) || Math.abs(now - Number(time)) > TOLERANCE_SECONDS) return false;
  const wanted = Buffer.from(signature(secret, delivery, Number(time), body));
  const found = Buffer.from(given);
  return wanted.length === found.length && timingSafeEqual(wanted, found);
}
