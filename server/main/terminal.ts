/** Standard streams: colours, progress, and messages to people. */
import type { Writable } from "node:stream";

export interface Terminal {
  stdout: Writable & { isTTY?: boolean };
  stderr: Writable & { isTTY?: boolean; columns?: number };
  env: Readonly<Record<string, string | undefined>>;
}

/** Whether to colour what goes to a stream (no-color.org, force-color.org, `TERM=dumb`). */
export function wantsColor(stream: { isTTY?: boolean }, env: Terminal["env"]): boolean {
  const forced = env.FORCE_COLOR;
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false";
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== "") return false;
  return stream.isTTY === true && env.TERM !== "dumb";
}

/** A message on standard error, apart from the result. */
export function say(terminal: Terminal, text: string): void {
  terminal.stderr.write(`spillcheck: ${text}\n`);
}

const showAfterMs = 1000;
const redrawMs = 100;

/** A bar on standard error, once something takes longer than a second; only on a terminal and not in CI. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #label: string;
  readonly #enabled: boolean;
  readonly #now: () => number;
  readonly #start: number;
  #drawn = 0;

  /** @param now a clock in milliseconds */
  constructor(terminal: Terminal, label: string, now: () => number = () => performance.now()) {
    this.#terminal = terminal;
    this.#label = label;
    this.#now = now;
    this.#start = now();
    const { CI, TERM } = terminal.env;
    this.#enabled =
      terminal.stderr.isTTY === true && (CI === undefined || CI === "" || CI === "false") && TERM !== "dumb";
  }

  update(done: number, total: number): void {
    if (!this.#enabled || total <= 0) return;
    const now = this.#now();
    if (now - this.#start < showAfterMs || (this.#drawn > 0 && now - this.#drawn < redrawMs)) return;
    this.#drawn = now;
    const share = Math.min(1, done / total);
    const width = Math.max(10, Math.min(30, (this.#terminal.stderr.columns ?? 80) - this.#label.length - 20));
    const filled = Math.round(share * width);
    const bar = "█".repeat(filled) + "░".repeat(width - filled);
    this.#terminal.stderr.write(`\r\u001b[2K${this.#label} ${bar} ${done}/${total}`);
  }

  /** Takes the bar away. */
  end(): void {
    if (this.#drawn > 0) this.#terminal.stderr.write("\r\u001b[2K");
    this.#drawn = 0;
  }
}
