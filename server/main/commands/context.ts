/** What the commands are given. Injected, so that tests run them with streams and an engine of their own. */
import type { RuleMeta } from "../../analysis/rule-meta.js";
import type { EngineFactory } from "../../project/check.js";
import type { Terminal } from "../terminal.js";
import type { ThreadPool } from "../threads.js";

export interface Context extends Terminal {
  /** Absolute path of the working directory, with forward slashes. */
  cwd: string;
  rules: readonly RuleMeta[];
  openEngine: EngineFactory;
  /** Threads for a check of a large project; without, everything is checked in this one. */
  openParts?(): Pick<ThreadPool, "open" | "end">;
  /** Everything on standard input. */
  readInput(): Uint8Array;
}

/** Exit codes of the commands. */
export const exit = { ok: 0, findings: 1, error: 2, inconclusive: 3 } as const;
