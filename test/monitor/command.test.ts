import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it, onTestFinished } from "vitest";
import { startLab } from "../../server/scan/index.js";
import { alertSchema } from "../../server/scan/monitor/alert.js";
import { verifySignature } from "../../server/scan/monitor/signature.js";
import { folderWith } from "../support/folder.js";
import { run } from "../support/run.js";
import { receiver } from "./receiver.js";

const cli = path.resolve(__dirname, "../../dist/cli.js");

describe("spillcheck monitor --once", () => {
  it("alerts every receiver when an endpoint was mended, and not when nothing changed", async () => {
    const folder = folderWith({});
    const [slack, teams, hook] = [await receiver(), await receiver({ status: 202 }), await receiver({ status: 204 })];
    let lab = await startLab({ kind: "hardened" });
    const { secret, url } = lab;
    const port = Number(new URL(url).port);
    await lab.close();
    const env = {
      SPILLCHECK_DATA_DIR: folder,
      SPILLCHECK_SECRET: secret ?? "none",
      SLACK: slack.url.href,
      TEAMS: teams.url.href,
      HOOK: hook.url.href,
      HOOK_SECRET: "signing",
    };
    const args = ["monitor", url, "--once", "--auth", "bearer", "--slack-url-env", "SLACK", "--teams-url-env", "TEAMS"];
    const hooks = ["--webhook-url-env", "HOOK", "--webhook-secret-env", "HOOK_SECRET"];
    const once = (...more: string[]) => run([...args, ...hooks, ...more], folder, { env });
    const counts = () => [slack, teams, hook].map(({ received }) => received.length);
    try {
      lab = await startLab({ kind: "leaky", port });
      const first = await once();
      expect([first.code, counts()]).toEqual([0, [0, 0, 0]]);
      expect(first.err).toContain("this is the first scan");
      expect((await once()).err).toContain("nothing changed");
      expect(counts()).toEqual([0, 0, 0]);
      expect((await once("--on", "always", "--threshold", "100")).code).toBe(1);
      expect(counts()).toEqual([1, 1, 1]);
      await lab.close();
      lab = await startLab({ kind: "hardened", port });
      const mended = await once();
      expect([mended.code, counts()]).toEqual([0, [2, 2, 2]]);
    } finally {
      await lab.close();
    }
    const delivered = hook.received.at(-1);
    if (!delivered) throw new Error("The web hook got nothing.");
    const alert = alertSchema.parse(JSON.parse(delivered.body));
    expect(alert).toMatchObject({ event: "changed", target: url, new: [] });
    expect(alert.fixed.map(({ id }) => id)).toContain("system-prompt-leak");
    expect(verifySignature("signing", delivered.headers, delivered.body, Date.now() / 1000)).toBe(true);
    for (const { body } of [...slack.received, ...teams.received, delivered])
      expect(body).not.toContain(env.SPILLCHECK_SECRET);
    const down = await once();
    expect([down.code, down.err]).toEqual([2, expect.stringContaining("Nothing answers at")]);
  });

  it.each([
    [["--schedule", "every day"], "it has not five fields"],
    [[], 'A monitor needs a schedule, as in --schedule "0 3 * * *", or --once.'],
    [
      ["--once", "--slack-url-env", "NOWHERE"],
      "The environment variable NOWHERE, which --slack-url-env names, is not set.",
    ],
    [["--once", "--slack-url-env", "PLAIN"], "What the environment variable PLAIN holds is not an https URL"],
    [["--once", "--webhook-url-env", "PLAIN"], "--webhook-url-env and --webhook-secret-env go together"],
    [["--once", "--on", "never"], "Allowed choices are change, always."],
  ])("refuses %j", async (more, message) => {
    const folder = folderWith({});
    const env = { SPILLCHECK_DATA_DIR: folder, PLAIN: "http://hooks.example.com/secret-path" };
    const { code, out, err } = await run(["monitor", "http://127.0.0.1:9/chat", ...more], folder, { env });
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(message);
    expect(err).not.toContain("secret-path");
  });

  it("scans no other machine without consent", async () => {
    const folder = folderWith({});
    const env = { SPILLCHECK_DATA_DIR: folder };
    const { code, err } = await run(["monitor", "http://192.0.2.1/chat", "--once"], folder, { env });
    expect([code, err]).toEqual([2, expect.stringContaining("needs your consent")]);
  });
});

describe("the monitor as a process", () => {
  /** Starts it and gives its messages one by one. */
  function start(url: string, more: Record<string, string> = {}) {
    const args = [cli, "monitor", url, "--schedule", "0 0 1 1 *", "--on", "always", "--slack-url-env", "SLACK"];
    const env = { ...process.env, SPILLCHECK_DATA_DIR: folderWith({}), ...more };
    const child = spawn(process.execPath, args, { env, stdio: ["ignore", "ignore", "pipe"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
    return { child, ended, lines: createInterface({ input: child.stderr })[Symbol.asyncIterator]() };
  }

  async function until(lines: AsyncIterator<string>, wanted: RegExp): Promise<string> {
    const before: string[] = [];
    for (let line = await lines.next(); !line.done; line = await lines.next()) {
      if (wanted.test(line.value)) return before.join("\n");
      before.push(line.value);
    }
    throw new Error(`It ended without ${wanted}: ${before.join("\n")}`);
  }

  it("goes on after an alert that nobody took, and ends with 0 when interrupted", async () => {
    const lab = await startLab({ kind: "leaky" });
    try {
      const slack = await receiver({ status: 404 });
      const { child, ended, lines } = start(lab.url, { SLACK: slack.url.href });
      const said = await until(lines, /the next scan is on \d{4}-01-01T/);
      expect(said).toContain(`the alert did not reach Slack: ${slack.url.host} answered 404.`);
      expect(said).not.toContain("secret-path");
      child.kill("SIGINT");
      await until(lines, /the monitor was ended\.$/);
      expect(await ended).toEqual({ code: 0, signal: null });
    } finally {
      await lab.close();
    }
  });

  it("ends at once when interrupted while it waits to try an alert again", async () => {
    const lab = await startLab({ kind: "leaky" });
    try {
      const slack = await receiver({ status: 503, headers: { "retry-after": "50" } });
      const monitor = start(lab.url, { SLACK: slack.url.href });
      await until(monitor.lines, /this is the first scan/);
      monitor.child.kill("SIGTERM");
      await until(monitor.lines, /the monitor was ended\.$/);
      expect(await monitor.ended).toEqual({ code: 0, signal: null });
    } finally {
      await lab.close();
    }
  });
});
