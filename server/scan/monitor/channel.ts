/** Where alerts go: the three kinds of receivers, and what each is sent. */
import { isIP } from "node:net";
import { toolVersion } from "../../analysis/version.js";
import { ScanError } from "../errors.js";
import { networkOf } from "../transport/network.js";
import type { Alert } from "./alert.js";
import { DELIVERY_HEADER, EVENT_HEADER, SIGNATURE_HEADER, signature, TIMESTAMP_HEADER } from "./signature.js";
import { slackMessage } from "./slack.js";
import { teamsMessage } from "./teams.js";

/** The address of a chat's web hook is itself the secret, so it is never shown; messages name the channel and the host. */
export type Channel =
  | { kind: "slack"; url: URL }
  | { kind: "teams"; url: URL }
  | { kind: "webhook"; url: URL; secret: string };

export const CHANNEL_NAMES: Readonly<Record<Channel["kind"], string>> = {
  slack: "Slack",
  teams: "Teams",
  webhook: "the web hook",
};

/**
 * Reads a channel's address.
 * @param source where it was found, for the message: "the environment variable HOOK"
 * @throws ScanError "bad-option" when it is no https URL (plain http is taken on loopback alone)
 */
export function channelUrl(text: string, source: string): URL {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  const host = url?.hostname.replace(/^\[|\]$/g, "") ?? "";
  const loopback = host === "localhost" || (isIP(host) > 0 && networkOf(host) === "loopback");
  if (url?.protocol === "https:" || (url?.protocol === "http:" && loopback)) return url;
  throw new ScanError("bad-option", `What ${source} holds is not an https URL; put the web hook's address there.`);
}

export interface Attempt {
  /** The same for every attempt of one alert. */
  delivery: string;
  /** Seconds since 1970. */
  timestamp: number;
}

/** Headers and body of one attempt. */
export function messageFor(
  channel: Channel,
  alert: Alert,
  attempt: Attempt,
): { headers: Record<string, string>; body: string } {
  const headers = { "content-type": "application/json", "user-agent": `SpillCheck/${toolVersion}` };
  if (channel.kind === "slack") return { headers, body: JSON.stringify(slackMessage(alert)) };
  if (channel.kind === "teams") return { headers, body: JSON.stringify(teamsMessage(alert)) };
  const body = JSON.stringify(alert);
  const { delivery, timestamp } = attempt;
  return {
    body,
    headers: {
      ...headers,
      [EVENT_HEADER]: alert.event,
      [DELIVERY_HEADER]: delivery,
      [TIMESTAMP_HEADER]: String(timestamp),
      [SIGNATURE_HEADER]: signature(channel.secret, delivery, timestamp, body),
    },
  };
}
