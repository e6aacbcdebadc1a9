interface Waiting {
  urgent: boolean;
  start: () => void;
  fail: (reason: unknown) => void;
}

/** Bounded concurrency and an even rate of starts; both abortable. */
export class Pace {
  private running = 0;
  private nextStart = 0;
  private reservations = 0;
  private timer: NodeJS.Timeout | null = null;
  /** In order of their turn, the urgent ones first. */
  private waiting: Waiting[] = [];

  constructor(
    private readonly concurrency: number,
    private readonly perSecond: number,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener("abort", () => this.giveUp(), { once: true });
  }

  /**
   * Runs `task` when its turn comes.
   * @param urgent before all others that wait: for what others cannot overtake, one request after another
   * @throws the signal's reason
   */
  async run<T>(task: () => Promise<T>, urgent = false): Promise<T> {
    await this.turn(urgent);
    try {
      return await task();
    } finally {
      this.running--;
      this.advance();
    }
  }

  /**
   * Keeps one place free for urgent tasks, so that these never wait for an answer to something else. With a concurrency
   * of one there is nothing to keep.
   * @returns what gives the place back
   */
  reserve(): () => void {
    this.reservations++;
    return () => {
      this.reservations--;
      this.advance();
    };
  }

  /** Starts nothing for `ms` milliseconds: the endpoint asked for patience. */
  hold(ms: number): void {
    this.nextStart = Math.max(this.nextStart, performance.now() + ms);
  }

  private turn(urgent: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.signal.aborted) return reject(this.signal.reason);
      const entry: Waiting = { urgent, start: resolve, fail: reject };
      const before = urgent ? this.waiting.findIndex((each) => !each.urgent) : -1;
      if (before >= 0) this.waiting.splice(before, 0, entry);
      else this.waiting.push(entry);
      this.advance();
    });
  }

  /** Starts whose turn it is. */
  private advance(): void {
    for (let first = this.waiting[0]; first; first = this.waiting[0]) {
      const kept = first.urgent || this.reservations === 0 ? 0 : 1;
      if (this.running >= Math.max(1, this.concurrency - kept)) return;
      const now = performance.now();
      if (now < this.nextStart) {
        this.timer ??= setTimeout(() => {
          this.timer = null;
          this.advance();
        }, this.nextStart - now);
        return;
      }
      this.waiting.shift();
      this.running++;
      this.nextStart = now + 1000 / this.perSecond;
      first.start();
    }
  }

  private giveUp(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    for (const each of this.waiting.splice(0)) each.fail(this.signal.reason);
  }
}

/** Waits `ms` milliseconds, or rejects with the signal's reason. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal.addEventListener("abort", abort, { once: true });
  });
}
