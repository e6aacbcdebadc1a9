/** Scans that were made before: kept as JSON, one file a scan, in one folder an endpoint. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { type ScanResult, scanResultSchema } from "../result.js";
import { endpointOf, type HistoryEndpoint, normalTarget } from "./endpoint.js";
import type { HistoryFiles } from "./files.js";

/** How much is kept. */
export const retentionSchema = z.object({
  /** Scans of one endpoint; older ones go. */
  scans: z.number().int().min(1).default(100),
  /** Days after which a scan goes, whatever its endpoint. */
  days: z.number().int().min(1).default(365),
});
export type Retention = z.infer<typeof retentionSchema>;

export interface HistoryEntry {
  /** `20260131-093000-0421f`: start of the scan (UTC, to the millisecond) and two digits of its contents' hash. */
  id: string;
  endpoint: HistoryEndpoint;
  result: ScanResult;
}

const ENDING = ".json";
const ID = /^(\d{4})(\d{2})(\d{2})-\d{6}-\d{3}[0-9a-f]{2}$/;
const DAY_MS = 86_400_000;

/** True for what `save` gives out, or the beginning of it (at least the date). */
export function looksLikeId(text: string): boolean {
  return /^\d{8}(?:-\d{0,6}|-\d{6}-[0-9a-f]{0,5})?$/.test(text);
}

function idOf(result: ScanResult, text: string): string {
  const time = new Date(result.started_at).toISOString();
  const digits = time.replaceAll(/\D/g, "");
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 2);
  return `${digits.slice(0, 8)}-${digits.slice(8, 14)}-${digits.slice(14, 17)}${hash}`;
}

/** Day on which a scan was made, from its id; milliseconds since 1970. */
function dayOf(id: string): number {
  const [, year, month, day] = ID.exec(id) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, Number(day));
}

/** The scans of all endpoints. Files that are no scans are left alone and named in `unreadable`. */
export class ScanHistory {
  /** Files that were met and could not be read as a scan: `folder/name`. */
  readonly unreadable = new Set<string>();
  readonly #files: HistoryFiles;
  readonly #now: () => number;

  /** @param now a clock, milliseconds since 1970 */
  constructor(files: HistoryFiles, now: () => number = Date.now) {
    this.#files = files;
    this.#now = now;
  }

  /**
   * Keeps a scan and removes what the retention no longer covers.
   * @throws UsageError when it cannot be written
   */
  save(result: ScanResult, retention: Retention): HistoryEntry {
    const endpoint = endpointOf(result);
    const text = `${JSON.stringify(result, null, 2)}\n`;
    const id = idOf(result, text);
    this.#files.write(endpoint.key, id + ENDING, text);
    this.#prune(retention);
    return { id, endpoint, result };
  }

  /** Scans by endpoint, the endpoint scanned last first; each one's scans oldest first. */
  endpoints(): HistoryEntry[][] {
    return this.#files
      .folders()
      .map((folder) => this.#scansIn(folder))
      .filter((entries) => entries.length > 0)
      .sort((a, b) => (b.at(-1)?.id ?? "").localeCompare(a.at(-1)?.id ?? ""));
  }

  /** Scans of an address with whatever method, as `endpoints`. */
  at(url: string): HistoryEntry[][] {
    const target = normalTarget(url);
    return this.endpoints().filter(([entry]) => entry?.endpoint.target === target);
  }

  /** The scans before this one of the same endpoint, at most so many of the newest; oldest first. */
  before(result: ScanResult, limit = 30): HistoryEntry[] {
    const { key } = endpointOf(result);
    // Each file takes some milliseconds to read and check, so only as many as can matter are.
    return this.#ids(key)
      .slice(-limit)
      .flatMap((id) => this.#load(key, id) ?? [])
      .filter((entry) => entry.result.started_at < result.started_at);
  }

  /** The scans whose id is this, or begins with it. */
  find(id: string): HistoryEntry[] {
    const found: HistoryEntry[] = [];
    for (const folder of this.#files.folders()) {
      for (const known of this.#ids(folder)) {
        if (!known.startsWith(id)) continue;
        const entry = this.#load(folder, known);
        if (entry) found.push(entry);
      }
    }
    return found.sort((a, b) => a.id.localeCompare(b.id));
  }

  /** Removes scans. */
  forget(entries: readonly HistoryEntry[]): void {
    for (const { endpoint, id } of entries) this.#files.remove(endpoint.key, id + ENDING);
  }

  #prune(retention: Retention): void {
    const oldest = this.#now() - retention.days * DAY_MS;
    for (const folder of this.#files.folders()) {
      const ids = this.#ids(folder);
      const surplus = new Set(ids.slice(0, Math.max(0, ids.length - retention.scans)));
      // An id says the day alone, so a scan stays until the whole day is too old.
      for (const id of ids)
        if (surplus.has(id) || dayOf(id) + DAY_MS <= oldest) this.#files.remove(folder, id + ENDING);
    }
  }

  /** Ids in order of time. */
  #ids(folder: string): string[] {
    return this.#files
      .names(folder)
      .filter((name) => name.endsWith(ENDING) && ID.test(name.slice(0, -ENDING.length)))
      .map((name) => name.slice(0, -ENDING.length))
      .sort();
  }

  #scansIn(folder: string): HistoryEntry[] {
    return this.#ids(folder).flatMap((id) => this.#load(folder, id) ?? []);
  }

  #load(folder: string, id: string): HistoryEntry | undefined {
    const result = parseScan(this.#files.read(folder, id + ENDING));
    if (!result) this.unreadable.add(`${folder}/${id}${ENDING}`);
    return result && { id, endpoint: endpointOf(result), result };
  }
}

/** A scan's JSON (a kept file, or the output of `scan --format json`), or undefined when it is none. */
export function parseScan(text: string | undefined): ScanResult | undefined {
  if (text === undefined) return undefined;
  try {
    const parsed = scanResultSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
