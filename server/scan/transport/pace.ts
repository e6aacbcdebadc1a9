/** Bounded concurrency and an even rate of starts; both abortable. */
export class Pace {
  private running = 0;
  private nextStart = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly concurrency: number,
    private readonly perSecond: number,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Runs `task` when its turn comes.
   * @param urgent before all others that wait: for what others cannot overtake, one request after another
   */
  async run<T>(task: () => Promise<T>, urgent = false): Promise<T> {
    if (this.running >= this.concurrency) await this.turn(urgent);
    else this.running++;
    try {
      const now = Date.now();
      const start = Math.max(now, this.nextStart);
      this.nextStart = start + 1000 / this.perSecond;
      if (start > now) await pause(start - now, this.signal);
      return await task();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }

  /** Starts nothing for `ms` milliseconds: the endpoint asked for patience. */
  hold(ms: number): void {
    this.nextStart = Math.max(this.nextStart, Date.now() + ms);
  }

  private turn(urgent: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = () => {
        this.signal.removeEventListener("abort", abort);
        resolve();
      };
      const abort = () => {
        const index = this.waiting.indexOf(wake);
        if (index >= 0) this.waiting.splice(index, 1);
        reject(this.signal.reason);
      };
      if (this.signal.aborted) return reject(this.signal.reason);
      if (urgent) this.waiting.unshift(wake);
      else this.waiting.push(wake);
      this.signal.addEventListener("abort", abort, { once: true });
    });
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
