/** Sends an alert, and again after a while when that fails. */
import { randomUUID } from "node:crypto";
import { retryAfterMs } from "../transport/client.js";
import { pause } from "../transport/pace.js";
import { EnvHttpProxyAgent, request } from "../transport/undici.js";
import type { Alert } from "./alert.js";
import { CHANNEL_NAMES, type Channel, messageFor } from "./channel.js";

export interface DeliveryOptions {
  /** Ends waiting and sending; the delivery then counts as failed. */
  signal: AbortSignal;
  /** How often to try. */
  attempts?: number;
  /** Milliseconds before the second try; four times as long before each further one. */
  firstDelayMs?: number;
  /** Longest wait that a receiver's `Retry-After` can ask for, in milliseconds. */
  longestDelayMs?: number;
  /** Time for one try, in milliseconds. */
  timeoutMs?: number;
  /** Milliseconds since 1970. */
  now?: () => number;
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

export type Delivery = { ok: true; tries: number } | { ok: false; tries: number; reason: string };

type Try = { ok: true } | { ok: false; reason: string; again: boolean; afterMs?: number | null };

const ANSWER_LIMIT = 2_000;

/**
 * Delivers an alert to one channel. Tries again after network errors, time-outs, 408, 429 and 5xx; other answers are final,
 * redirects included, since following one would hand the message to whoever is named there.
 * @returns a failure as a value; the reason is a clause without the channel's address
 */
export async function deliver(channel: Channel, alert: Alert, options: DeliveryOptions): Promise<Delivery> {
  const { signal, attempts = 4, firstDelayMs = 1_000, longestDelayMs = 60_000 } = options;
  const { timeoutMs = 10_000, now = Date.now, sleep = pause } = options;
  const delivery = randomUUID();
  const dispatcher = new EnvHttpProxyAgent({ connect: { timeout: timeoutMs } });
  try {
    for (let tries = 1; ; tries++) {
      const message = messageFor(channel, alert, { delivery, timestamp: Math.floor(now() / 1000) });
      const tried = await once(channel, message, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]), dispatcher);
      if (tried.ok) return { ok: true, tries };
      if (!tried.again || tries >= attempts || signal.aborted) return { ok: false, tries, reason: tried.reason };
      const delay = Math.min(longestDelayMs, tried.afterMs ?? firstDelayMs * 4 ** (tries - 1));
      try {
        await sleep(delay, signal);
      } catch {
        return { ok: false, tries, reason: `${tried.reason}; it was not tried again because the monitor was ended` };
      }
    }
  } finally {
    await dispatcher.destroy();
  }
}

async function once(
  channel: Channel,
  message: { headers: Record<string, string>; body: string },
  signal: AbortSignal,
  dispatcher: EnvHttpProxyAgent,
): Promise<Try> {
  const { host } = channel.url;
  try {
    const answer = await request(dispatcher, channel.url, { method: "POST", ...message, signal });
    const text = await firstOf(answer.body);
    const status = answer.statusCode;
    if (status >= 200 && status < 300) {
      // The retired connectors of Teams say so in the body of a 200.
      if (channel.kind !== "teams" || !/failed with error/i.test(text)) return { ok: true };
      return { ok: false, reason: `${host} took the message and could not post it`, again: false };
    }
    const after = answer.headers["retry-after"];
    return {
      ok: false,
      reason: `${host} answered ${status}`,
      again: status === 408 || status === 429 || status >= 500,
      afterMs: retryAfterMs(Array.isArray(after) ? after[0] : after),
    };
  } catch (error) {
    return { ok: false, reason: failureWords(error, host), again: true };
  }
}

/** The beginning of a body; the rest is dropped with the connection. */
async function firstOf(body: AsyncIterable<Buffer>): Promise<string> {
  let text = "";
  for await (const chunk of body) {
    text += chunk.toString("utf8");
    if (text.length >= ANSWER_LIMIT) break;
  }
  return text.slice(0, ANSWER_LIMIT);
}

/** Why nothing came back. The error's own text may hold the address, so only its code is used. */
function failureWords(error: unknown, host: string): string {
  if (error instanceof Error && (error.name === "TimeoutError" || error.name === "AbortError"))
    return error.name === "TimeoutError" ? `${host} did not answer in time` : "the monitor was ended";
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  return `${host} could not be reached${code ? ` (${code})` : ""}`;
}

/** Delivers to all channels at once. @returns one sentence for each failure */
export async function deliverAll(
  channels: readonly Channel[],
  alert: Alert,
  options: DeliveryOptions,
): Promise<string[]> {
  const results = await Promise.all(channels.map((channel) => deliver(channel, alert, options)));
  return results.flatMap((result, index) => {
    const channel = channels[index];
    if (result.ok || !channel) return [];
    const tries = result.tries === 1 ? "" : ` after ${result.tries} tries`;
    return [`the alert did not reach ${CHANNEL_NAMES[channel.kind]}${tries}: ${result.reason}.`];
  });
}
