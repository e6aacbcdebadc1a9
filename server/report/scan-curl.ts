/** A request of the scan as a command that repeats it. */
import type { Exchange } from "../scan/result.js";

/** Quotes for a POSIX shell; with `$'...'` where control characters would otherwise be lost. */
function shellQuote(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (!/[\p{Cc}\p{Cf}]/u.test(text.replaceAll("\n", ""))) return `'${text.replaceAll("'", "'\\''")}'`;
  const escaped = text.replaceAll(/[\\'\p{Cc}\p{Cf}]/gu, (char) => {
    const code = char.codePointAt(0) ?? 0;
    if (char === "\\" || char === "'") return `\\${char}`;
    if (char === "\n") return "\\n";
    if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
  return `$'${escaped}'`;
}

/**
 * The request as a `curl` command for a POSIX shell. Secrets of the caller stand as `[redacted]` already; they have to be
 * filled in again before it is run. Headers that curl sets by itself are left out.
 */
export function curlCommand(request: Exchange["request"]): string {
  const parts = ["curl", "-sS", "-X", shellQuote(request.method), shellQuote(request.url)];
  const lines = [parts.join(" ")];
  for (const [name, value] of Object.entries(request.headers))
    if (!/^(?:host|content-length|connection|accept-encoding)$/i.test(name))
      lines.push(`-H ${shellQuote(`${name}: ${value}`)}`);
  if (request.body !== null) lines.push(`--data-raw ${shellQuote(request.body)}`);
  return lines.join(" \\\n  ");
}
