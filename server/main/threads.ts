/** Worker threads that look at parts of a project. */
import { Worker } from "node:worker_threads";
import type { Progress, Share, UnitReports } from "../analysis/part.js";
import type { CheckRun, EngineInput } from "../project/check.js";
import type { PartOutcome, RemotePart } from "../project/check-parts.js";
import { type PlainInput, partWorker, plainInput, type Reply, type Request } from "./part-messages.js";

export interface PartsInput extends Pick<CheckRun, "cancel"> {
  engine: EngineInput;
  /** Texts that stand in for what is on disk. */
  open: PlainInput["open"];
}

/** Threads that stay between checks, until `end`. */
export class ThreadPool {
  private readonly threads: Thread[] = [];

  /** @param file the program that the threads run: it calls `servePart` when started with `partWorker` */
  constructor(private readonly file: string) {}

  /**
   * The parts of a project, one a thread.
   * @throws Error (from the parts' calls, too) in one sentence when a thread ends before it has answered
   */
  async open(input: PartsInput, count: number): Promise<RemotePart[]> {
    while (this.threads.length < count) this.threads.push(new Thread(this.file));
    const plain = plainInput(input.engine, input.open);
    const cancelled = new Int32Array(new SharedArrayBuffer(4));
    const heed = () => {
      if (input.cancel?.cancelled) Atomics.store(cancelled, 0, 1);
    };
    const used = this.threads.slice(0, count);
    await Promise.all(
      used.map((thread, part) => thread.ask<void>({ call: "begin", input: plain, part, parts: count, cancelled })),
    );
    return used.map((thread) => ({
      scope: () => thread.ask({ call: "scope" }),
      modules: (scope, alone) => thread.ask({ call: "modules", scope, alone }),
      functions: (registered, progress) =>
        thread.ask<Share>({ call: "functions", registered }, (done, total) => {
          progress(done, total);
          heed();
        }),
      judge: (all) => thread.ask<UnitReports[]>({ call: "judge", all }),
      leave: () => this.leave(thread),
      write: (files, chosen) => thread.ask<PartOutcome>({ call: "write", files, chosen }),
    }));
  }

  private async leave(thread: Thread): Promise<void> {
    this.threads.splice(this.threads.indexOf(thread), 1);
    await thread.end();
  }

  /** Ends the threads, whatever they are at. */
  async end(): Promise<void> {
    await Promise.all(this.threads.splice(0).map((thread) => thread.end()));
  }
}

/** One thread and the request that it is at. */
class Thread {
  private readonly worker: Worker;
  private waiting: { take(reply: Reply): void; fail(error: Error): void } | undefined;
  private failed: Error | undefined;

  constructor(file: string) {
    this.worker = new Worker(file, { workerData: partWorker });
    this.worker.on("message", (reply: Reply) => this.waiting?.take(reply));
    this.worker.on("error", (error: unknown) => this.fail(error instanceof Error ? error.message : String(error)));
    this.worker.on("exit", (code) => this.fail(`it ended with code ${code}`));
  }

  /** The answer to a request; one at a time. */
  ask<T>(request: Request, progress?: Progress): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.failed) {
        reject(this.failed);
        return;
      }
      this.waiting = {
        take: (reply: Reply<T>) => {
          if (reply.kind === "progress") {
            progress?.(reply.done, reply.total);
            return;
          }
          this.waiting = undefined;
          if (reply.kind === "value") resolve(reply.value);
          else reject(threadError(reply.message));
        },
        fail: reject,
      };
      this.worker.postMessage(request);
    });
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private fail(reason: string): void {
    // The first reason is the cause; that the thread then ends is not.
    this.failed ??= threadError(reason);
    this.waiting?.fail(this.failed);
    this.waiting = undefined;
  }
}

const threadError = (reason: string): Error =>
  new Error(`a thread of the check failed (${reason.split("\n")[0]}); \`--jobs 1\` checks without further threads`);
