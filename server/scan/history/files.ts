/**
 * Where kept scans lie. The history knows names and texts only; `server/project/history-store.ts` keeps them in a folder,
 * a test may keep them in memory. Names are made here and hold letters, digits, "-" and "." alone.
 */
export interface HistoryFiles {
  /** Names of the folders, one an endpoint. */
  folders(): string[];
  /** Names of the files in a folder; none when there is no such folder. */
  names(folder: string): string[];
  /** Text of a file, or undefined when it cannot be read. */
  read(folder: string, name: string): string | undefined;
  /** Writes a file in one step, readable by its owner alone. @throws UsageError when it cannot be written */
  write(folder: string, name: string, text: string): void;
  /** Removes a file, and its folder when that was the last. What is not there is no error. */
  remove(folder: string, name: string): void;
}
