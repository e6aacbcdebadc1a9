/** The user's scan history, as the commands open it. */
import type { ConfigFile } from "../../project/configs.js";
import { UsageError } from "../../project/errors.js";
import { dataFolder, HistoryStore } from "../../project/history-store.js";
import { knownBefore } from "../../report/known.js";
import { type HistoryPoint, historyPoint } from "../../report/scan-report-data.js";
import { type HistoryEntry, type Retention, retentionSchema, ScanHistory } from "../../scan/history/index.js";
import type { ScanResult } from "../../scan/index.js";
import { say, type Terminal } from "../terminal.js";

export interface OpenHistory {
  history: ScanHistory;
  /** Absolute path of the folder with the scans. */
  folder: string;
}

export function openHistory(env: Terminal["env"]): OpenHistory {
  const store = new HistoryStore(dataFolder(env));
  return { history: new ScanHistory(store), folder: store.root };
}

export function retentionOf(config: ConfigFile | undefined): Retention {
  return retentionSchema.parse(config?.config.history ?? {});
}

/** What came before a scan, for its report. */
export interface Past {
  /** Everything known of the endpoint before this scan. */
  previous?: ScanResult;
  /** This scan's and the earlier ones' points, oldest first. */
  points: HistoryPoint[];
  entry?: HistoryEntry;
}

/** Keeps a scan and looks up what came before. A history that cannot be written is said, and harms nothing else. */
export function remember(terminal: Terminal, result: ScanResult, retention: Retention): Past {
  const { history } = openHistory(terminal.env);
  const before = history.before(result).map((entry) => entry.result);
  const past: Past = { previous: knownBefore(before), points: [...before, result].map(historyPoint) };
  try {
    past.entry = history.save(result, retention);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    say(terminal, error.message);
  }
  return past;
}
