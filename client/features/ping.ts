/** One exchange with an endpoint, in words for a dialog. */
import type { Ping } from "../../server/scan/ping-schema.js";

/** Longest part of an answer that a dialog shows, in characters. */
const SHOWN = 600;

/** Control characters and those that turn the reading direction have no business in a dialog. */
function plain(text: string): string {
  const shown = text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, "");
  return shown.length > SHOWN ? `${shown.slice(0, SHOWN)} ...` : shown;
}

/** How the endpoint was asked, what it was sent and what came back. */
export function describePing(ping: Ping): string {
  const { endpoint, exchange } = ping;
  const where = endpoint.reply_path === null ? "" : ` (${endpoint.reply_path})`;
  return [
    ping.note,
    `${exchange.request.method} ${exchange.request.url}\n${plain(exchange.request.body ?? "")}`.trim(),
    `Answer ${exchange.response.status}:\n${plain(exchange.response.body)}`,
    ping.why === "" ? `The reply${where}: ${plain(ping.reply)}` : `There is no reply: ${ping.why}.`,
  ].join("\n\n");
}
