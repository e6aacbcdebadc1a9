/** `spillcheck scan --ping`: one exchange with the endpoint, and nothing more. */
import { terminalText, visibleJson } from "../../report/scan-visible-text.js";
import { type Ping, pingTarget, type ScanOptionsInput, type ScanPlan } from "../../scan/index.js";
import { type Context, exit } from "./context.js";

/** Longest part of a body that is shown, in characters. */
const SHOWN = 2_000;

/**
 * Asks the endpoint one question and writes the exchange to standard output.
 * @param format "json" for the whole of it, anything else for text
 * @returns the exit code: 3 when no reply was found
 * @throws ScanError when the endpoint cannot be asked
 */
export async function pingEndpoint(
  context: Context,
  options: ScanOptionsInput,
  format: string,
  hooks: { signal: AbortSignal; consent: (plan: ScanPlan) => boolean | Promise<boolean> },
): Promise<number> {
  const ping = await pingTarget(options, hooks);
  context.stdout.write(format === "json" ? `${visibleJson(ping)}\n` : describePing(ping));
  return ping.why === "" ? exit.ok : exit.inconclusive;
}

/** The exchange in words, with nothing in it that a terminal would obey. */
export function describePing(ping: Ping): string {
  const { request, response } = ping.exchange;
  const cut = (text: string) => (text.length > SHOWN ? `${text.slice(0, SHOWN)} ...` : text);
  const lines = [
    ping.note,
    "",
    `> ${request.method} ${request.url}`,
    ...Object.entries(request.headers).map(([name, value]) => `> ${name}: ${value}`),
    ...(request.body === null
      ? []
      : [
          ">",
          ...cut(request.body)
            .split("\n")
            .map((line) => `> ${line}`),
        ]),
    "",
    `< ${response.status}`,
    ...Object.entries(response.headers).map(([name, value]) => `< ${name}: ${value}`),
    "<",
    ...cut(response.body)
      .split("\n")
      .map((line) => `< ${line}`),
    "",
    ping.why === ""
      ? `The reply${ping.endpoint.reply_path === null ? "" : ` (${ping.endpoint.reply_path})`}: ${ping.reply}`
      : `There is no reply: ${ping.why}.`,
  ];
  return lines.map((line) => `${terminalText(line)}\n`).join("");
}
