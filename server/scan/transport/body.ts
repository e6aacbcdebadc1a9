import type { Readable, Transform } from "node:stream";
import { TextDecoder } from "node:util";
import { createGunzip, createInflate } from "node:zlib";

export interface ReadBody {
  text: string;
  bytes: number;
  /** Name of the limit that cut the body short, if one did. */
  limit: "bodyBytes" | "totalMs" | "idleMs" | "minBytesPerSecond" | null;
  /** Set when the stream broke: wrong length, damaged compression, connection reset. */
  broken: string | null;
}

/** What the headers say of a body. */
export interface BodyForm {
  /** `content-encoding`. */
  encoding: string;
  contentType: string;
}

export interface BodyLimits {
  bodyBytes: number;
  idleMs: number;
  /** Milliseconds left of the whole request. */
  remainingMs: number;
  minBytesPerSecond: number;
  /** How long a body may stay below that rate. */
  minRateAfterMs: number;
}

/** What bodies may be compressed with. Not Brotli: each of its decoders may take 16 MB, whatever the body's own size. */
export const ACCEPTED_ENCODINGS = "gzip, deflate";

/** Leaves out a byte order mark, and puts U+FFFD where a byte is wrong. */
const utf8 = new TextDecoder("utf-8");

/** The decoder for what a content type names; UTF-8 where it names nothing that is known. */
function decoderFor(contentType: string): TextDecoder {
  const charset = /charset\s*=\s*"?([\w:.-]{1,40})/i.exec(contentType)?.[1];
  if (charset === undefined || /^utf-?8$/i.test(charset)) return utf8;
  try {
    return new TextDecoder(charset);
  } catch {
    return utf8;
  }
}

/** The event that ends a stream of the OpenAI kind. Some servers keep the connection open after it. */
const LAST_EVENT = /(?:^|\n)data: ?\[DONE\]\r?\n\r?\n/;
const LAST_EVENT_BYTES = 24;

/** Null where the body is not compressed, or in a way that was not asked for: then it is read as it is. */
function decompressor(encoding: string): Transform | null {
  if (/gzip/i.test(encoding)) return createGunzip();
  if (/deflate/i.test(encoding)) return createInflate();
  return null;
}

/**
 * Reads a body as text, never holding more than the cap: the cap counts what comes out of decompression, so a small
 * compressed bomb ends there as well. What was read before a limit or a break is kept.
 */
export function readBody(
  body: Readable,
  { encoding, contentType }: BodyForm,
  limits: BodyLimits,
  signal: AbortSignal,
): Promise<ReadBody> {
  const events = /event-stream/i.test(contentType);
  return new Promise((resolve, reject) => {
    let tail = "";
    const chunks: Buffer[] = [];
    let bytes = 0;
    let settled = false;
    let ended = false;
    const started = Date.now();
    const unpack = encoding ? decompressor(encoding) : null;
    const source: Readable = unpack ? body.pipe(unpack) : body;

    const finish = (limit: ReadBody["limit"], broken: string | null) => {
      if (settled) return;
      settled = true;
      clearTimeout(total);
      clearTimeout(idle);
      clearInterval(rate);
      signal.removeEventListener("abort", abort);
      if (limit || broken || ended) {
        body.destroy();
        unpack?.destroy();
      }
      const text = decoderFor(contentType).decode(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
      resolve({ text, bytes, limit, broken });
    };
    const abort = () => {
      if (settled) return;
      reject(signal.reason);
      finish(null, "cancelled");
    };
    const total = setTimeout(() => finish("totalMs", null), Math.max(1, limits.remainingMs));
    const idle = setTimeout(() => finish("idleMs", null), limits.idleMs);
    const rate = setInterval(() => {
      const ms = Date.now() - started;
      if (ms >= limits.minRateAfterMs && (bytes * 1000) / ms < limits.minBytesPerSecond)
        finish("minBytesPerSecond", null);
    }, 1_000);

    source.on("data", (chunk: Buffer) => {
      idle.refresh();
      const room = limits.bodyBytes - bytes;
      chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
      bytes += Math.min(chunk.length, room);
      if (chunk.length > room) finish("bodyBytes", null);
      if (!events) return;
      const end = `${tail}${chunk.toString("latin1")}`;
      ended = LAST_EVENT.test(end);
      tail = end.slice(-LAST_EVENT_BYTES);
      if (ended) finish(null, null);
    });
    source.on("end", () => finish(null, null));
    source.on("close", () => finish(null, null));
    source.on("error", (error: Error) => finish(null, error.message));
    if (unpack) body.on("error", (error: Error) => finish(null, error.message));
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}
