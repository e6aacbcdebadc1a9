/** Keeps finished scans as JSON files, one a scan, so that later ones can be compared with them. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { type ScanResult, scanResultSchema } from "../scan/result.js";
import { UsageError } from "./errors.js";
import { writeFile } from "./output.js";

/** One kept scan without its findings. */
export interface HistoryEntry {
  /** Name of the file without its ending; what `compare` takes. */
  id: string;
  target: string;
  startedAt: string;
  depth: string;
  score: number | null;
  grade: string | null;
  /** Number of findings of each severity. */
  counts: Record<string, number>;
}

/** Scans kept for one target when nothing else is set. */
export const KEEP_SCANS = 50;

/** The folder in which scans are kept: of the user, not of the workspace. */
export function historyFolder(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.SPILLCHECK_HISTORY) return path.resolve(environment.SPILLCHECK_HISTORY);
  if (process.platform === "win32" && environment.LOCALAPPDATA)
    return path.join(environment.LOCALAPPDATA, "spillcheck", "scans");
  return path.join(environment.XDG_STATE_HOME ?? path.join(homedir(), ".local", "state"), "spillcheck", "scans");
}

export class ScanHistory {
  /** @param folder absolute */
  constructor(
    readonly folder: string,
    private readonly keep = KEEP_SCANS,
  ) {}

  /** Keeps a result and drops the oldest ones of its target beyond the number to keep. @returns its id */
  save(result: ScanResult): string {
    const time = result.started_at.replace(/[-:]/g, "").replace(/\.(\d+)Z$/, "$1Z");
    const id = `${time}-${createHash("sha256").update(result.target).digest("hex").slice(0, 8)}`;
    writeFile(path.join(this.folder, `${id}.json`), `${JSON.stringify(result)}\n`);
    for (const old of this.list(result.target).slice(this.keep))
      rmSync(path.join(this.folder, `${old.id}.json`), { force: true });
    return id;
  }

  /** Kept scans, the newest first. Files that are no scan results are passed over. */
  list(target?: string): HistoryEntry[] {
    let names: string[];
    try {
      names = readdirSync(this.folder);
    } catch {
      return [];
    }
    return names
      .filter((name) => name.endsWith(".json"))
      .sort()
      .reverse()
      .flatMap((name) => {
        const result = this.parse(name.slice(0, -5));
        return result && (target === undefined || result.target === target) ? [entryOf(name.slice(0, -5), result)] : [];
      });
  }

  /**
   * A kept scan by its id, the beginning of it, or `latest`.
   * @throws UsageError when there is none or several
   */
  read(id: string): ScanResult {
    const names = this.list().map((entry) => entry.id);
    const matches = id === "latest" ? names.slice(0, 1) : names.filter((name) => name === id || name.startsWith(id));
    if (matches.length > 1)
      throw new UsageError(`"${id}" stands for ${matches.length} kept scans; give more of its id.`);
    const result = matches[0] ? this.parse(matches[0]) : null;
    if (!result) throw new UsageError(`No kept scan has the id "${id}"; "spillcheck history" lists them.`);
    return result;
  }

  /** The newest scan of a target before the given time. */
  previous(target: string, before: string): ScanResult | null {
    const entry = this.list(target).find((each) => each.startedAt < before);
    return entry ? this.parse(entry.id) : null;
  }

  private parse(id: string): ScanResult | null {
    try {
      const parsed = scanResultSchema.safeParse(JSON.parse(readFileSync(path.join(this.folder, `${id}.json`), "utf8")));
      return parsed.success ? parsed.data : null;
    } catch {
      return null;
    }
  }

  /** Makes the folder, so that a wrong place is named before a scan has run. @throws UsageError */
  prepare(): void {
    try {
      mkdirSync(this.folder, { recursive: true });
    } catch (error) {
      throw new UsageError(
        `The folder for kept scans ${this.folder} cannot be made: ${error instanceof Error ? error.message : String(error)}.`,
      );
    }
  }
}

function entryOf(id: string, result: ScanResult): HistoryEntry {
  const counts: Record<string, number> = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const category of Object.values(result.category_breakdown))
    for (const finding of category.findings) counts[finding.severity] = (counts[finding.severity] ?? 0) + 1;
  return {
    id,
    target: result.target,
    startedAt: result.started_at,
    depth: result.depth,
    score: result.score,
    grade: result.grade,
    counts,
  };
}
