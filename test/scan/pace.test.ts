import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Pace } from "../../server/scan/transport/pace.js";

/** A task that starts when its turn comes and ends when it is told to. */
function task(pace: Pace, urgent = false) {
  let started = false;
  let end = () => {};
  const ended = pace.run(() => {
    started = true;
    return new Promise<void>((resolve) => {
      end = resolve;
    });
  }, urgent);
  return { ended, end: () => end(), started: () => started };
}

const FAST = 1_000_000;

describe("the pace of requests", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  /** Lets everything start whose turn it is. */
  const settle = () => vi.advanceTimersByTimeAsync(1);

  it("runs no more at a time than it is told to", async () => {
    const pace = new Pace(2, FAST, new AbortController().signal);
    const tasks = [task(pace), task(pace), task(pace)];
    await settle();
    expect(tasks.map((each) => each.started())).toEqual([true, true, false]);
    tasks[0]?.end();
    await settle();
    expect(tasks.map((each) => each.started())).toEqual([true, true, true]);
  });

  it("starts one after another at an even rate", async () => {
    const pace = new Pace(8, 20, new AbortController().signal);
    const tasks = [task(pace), task(pace), task(pace)];
    const counts: number[] = [];
    for (const ms of [0, 49, 1, 50]) {
      await vi.advanceTimersByTimeAsync(ms);
      counts.push(tasks.filter((each) => each.started()).length);
    }
    expect(counts).toEqual([1, 1, 2, 3]);
  });

  it("lets the urgent go first, in their order", async () => {
    const pace = new Pace(1, FAST, new AbortController().signal);
    const first = task(pace);
    const ordinary = task(pace);
    const urgent = [task(pace, true), task(pace, true)];
    const started = () => [...urgent, ordinary].map((each) => each.started());
    await settle();
    expect(started()).toEqual([false, false, false]);
    first.end();
    await settle();
    expect(started()).toEqual([true, false, false]);
    urgent[0]?.end();
    await settle();
    expect(started()).toEqual([true, true, false]);
    urgent[1]?.end();
    await settle();
    expect(started()).toEqual([true, true, true]);
  });

  it("keeps a place for the urgent while it is asked to", async () => {
    const pace = new Pace(3, FAST, new AbortController().signal);
    const release = pace.reserve();
    const tasks = [task(pace), task(pace), task(pace)];
    await settle();
    expect(tasks.map((each) => each.started())).toEqual([true, true, false]);
    const urgent = task(pace, true);
    await settle();
    expect(urgent.started()).toBe(true);
    urgent.end();
    await settle();
    expect(tasks.map((each) => each.started())).toEqual([true, true, false]);
    release();
    await settle();
    expect(tasks.map((each) => each.started())).toEqual([true, true, true]);
  });

  it("goes on with ordinary tasks where the only place is asked to be kept", async () => {
    const pace = new Pace(1, FAST, new AbortController().signal);
    pace.reserve();
    const only = task(pace);
    await settle();
    expect(only.started()).toBe(true);
  });

  it("starts nothing while it is held", async () => {
    const pace = new Pace(2, FAST, new AbortController().signal);
    pace.hold(500);
    const held = task(pace, true);
    await vi.advanceTimersByTimeAsync(499);
    expect(held.started()).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(held.started()).toBe(true);
  });

  it("gives up what waits when it is cancelled, and takes nothing more", async () => {
    const controller = new AbortController();
    const pace = new Pace(1, FAST, controller.signal);
    task(pace);
    const waiting = task(pace);
    const refused = expect(waiting.ended).rejects.toThrow("cancelled");
    controller.abort(new Error("cancelled"));
    await refused;
    await expect(task(pace).ended).rejects.toThrow("cancelled");
    expect(waiting.started()).toBe(false);
  });
});
