/** Scans kept by the editor, one JSON file each, so that a report is there again after a reload. */
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import { z } from "zod";
import { type ScanResult, scanResultSchema } from "../../server/scan/result.js";
import { againSchema } from "../features/target.js";

/** How many scans are kept; the oldest go first. */
const KEPT = 50;
/** How many earlier scans of an endpoint the trend shows. */
const HISTORY = 20;

const storedScanSchema = z.object({
  key: z.string(),
  /** How to do it again: the address or the name of the endpoint, never a secret. */
  again: againSchema,
  result: scanResultSchema,
});
export type StoredScan = z.infer<typeof storedScanSchema>;

const keyForm = /^[0-9A-Za-z-]{1,80}$/;

export class ScanStore {
  private readonly folder: vscode.Uri;

  constructor(
    storage: vscode.Uri,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.folder = vscode.Uri.joinPath(storage, "scans");
  }

  /** Keeps a scan; gives its key. */
  async add(result: ScanResult, again: StoredScan["again"]): Promise<string> {
    const key = `${result.started_at.replace(/[^0-9]/g, "").slice(0, 14)}-${randomUUID().slice(0, 8)}`;
    await vscode.workspace.fs.createDirectory(this.folder);
    const text = JSON.stringify({ key, again, result } satisfies StoredScan);
    await vscode.workspace.fs.writeFile(this.fileOf(key), Buffer.from(text, "utf8"));
    for (const old of (await this.keys()).slice(0, -KEPT)) await vscode.workspace.fs.delete(this.fileOf(old));
    return key;
  }

  /** A kept scan; undefined when it is gone or can no longer be read. */
  async get(key: string): Promise<StoredScan | undefined> {
    if (!keyForm.test(key)) return undefined;
    try {
      const bytes = await vscode.workspace.fs.readFile(this.fileOf(key));
      return storedScanSchema.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
    } catch (error) {
      if (!(error instanceof vscode.FileSystemError)) this.log.warn(`The scan ${key} cannot be read.`);
      return undefined;
    }
  }

  /** Keys of all kept scans, oldest first. */
  async keys(): Promise<string[]> {
    try {
      const entries = await vscode.workspace.fs.readDirectory(this.folder);
      return entries.flatMap(([name]) => (name.endsWith(".json") ? [name.slice(0, -5)] : [])).sort();
    } catch {
      // Nothing was kept yet.
      return [];
    }
  }

  /** Scans of the same endpoint before a given one, oldest first. */
  async before(scan: StoredScan): Promise<StoredScan[]> {
    const earlier: StoredScan[] = [];
    for (const key of (await this.keys()).reverse()) {
      if (key >= scan.key || earlier.length >= HISTORY) continue;
      const one = await this.get(key);
      if (one && one.result.target === scan.result.target) earlier.unshift(one);
    }
    return earlier;
  }

  private fileOf(key: string): vscode.Uri {
    return vscode.Uri.joinPath(this.folder, `${key}.json`);
  }
}
