import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import type { ScanOptions } from "../options.js";
import type { HttpReply, HttpRequest } from "./client.js";

/** Where a journal's lines are kept. The file system is not the scan's business. */
export interface JournalStore {
  /** Lines of an interrupted scan, in order; empty for a new one. */
  read(): string[];
  append(line: string): void;
  /** The scan has ended: the journal is of no further use. */
  done(): void;
}

const headSchema = z.object({ key: z.string(), seed: z.string() });
const entrySchema = z.object({
  id: z.string(),
  status: z.number(),
  headers: z.record(z.string(), z.string()),
  text: z.string(),
  ms: z.number(),
  truncated: z.boolean(),
});
type Entry = z.infer<typeof entrySchema>;

/** Same target and same settings, same key: what may be resumed with what. Secrets do not enter it. */
export function journalKey(options: ScanOptions): string {
  const { secret, secret2, headers, tls, seed, ...rest } = options;
  return createHash("sha256").update(JSON.stringify(rest)).digest("hex").slice(0, 16);
}

/** Replies of a running scan, line by line; a later run of the same scan takes them instead of asking again. */
export class ReplyJournal {
  readonly seed: string;
  /** How many replies came from the earlier run. */
  replayed = 0;
  private readonly known = new Map<string, Entry[]>();

  constructor(
    private readonly store: JournalStore,
    options: ScanOptions,
  ) {
    const key = journalKey(options);
    const lines = store.read();
    const head = headSchema.safeParse(parseLine(lines[0]));
    if (head.success && head.data.key === key) {
      this.seed = head.data.seed;
      for (const line of lines.slice(1)) {
        const entry = entrySchema.safeParse(parseLine(line));
        if (entry.success) this.known.set(entry.data.id, [...(this.known.get(entry.data.id) ?? []), entry.data]);
      }
    } else {
      this.seed = options.seed ?? randomBytes(12).toString("hex");
      store.append(JSON.stringify({ key, seed: this.seed }));
    }
  }

  /** The earlier reply to the same request, once each. */
  take(spec: HttpRequest): Omit<HttpReply, "request"> | null {
    const entry = this.known.get(idOf(spec))?.shift();
    if (!entry) return null;
    this.replayed++;
    const { id, ...reply } = entry;
    return { ...reply, failure: null };
  }

  /** Keeps a reply; failures are not kept, they deserve another try. */
  add(reply: HttpReply): void {
    if (reply.failure || reply.status === 429 || reply.status >= 500) return;
    const { status, headers, text, ms, truncated } = reply;
    this.store.append(
      JSON.stringify({ id: idOf(reply.request), status, headers, text, ms: Math.round(ms), truncated }),
    );
  }
}

function parseLine(line: string | undefined): unknown {
  try {
    return JSON.parse(line ?? "");
  } catch {
    // A line that broke off when the program ended.
    return null;
  }
}

/** Of the headers only the names, so that the journal holds no trace of credentials; who asks tells identities apart. */
function idOf(spec: HttpRequest): string {
  const { identity = "", withoutCertificate = false, headers } = spec;
  const names = Object.keys(headers).sort().join(",");
  const own = [headers["content-type"], headers.origin, names, identity, withoutCertificate].join("|");
  return createHash("sha256")
    .update([spec.check, spec.method, spec.url.href, own, spec.body ?? ""].join("\n"))
    .digest("hex")
    .slice(0, 20);
}
