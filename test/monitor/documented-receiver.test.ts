/** The receiver that docs/monitoring.md shows, run as it stands there. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { expect, it, onTestFinished } from "vitest";
import { ensureFlask } from "../../scripts/ensure-flask.mjs";
import { failureAlert } from "../../server/scan/monitor/alert.js";
import { messageFor } from "../../server/scan/monitor/channel.js";
import { deliver } from "../../server/scan/monitor/deliver.js";
import { folderWith } from "../support/folder.js";

const SERVE = `
from werkzeug.serving import make_server
server = make_server("127.0.0.1", 0, app)
print("listening", server.server_port, flush=True)
server.serve_forever()
`;

it("takes a signed alert once, and neither a forged nor a replayed one", async () => {
  const flask = ensureFlask();
  if ("missing" in flask) throw new Error(`The receiver could not be started: ${flask.missing}.`);
  const page = readFileSync(path.resolve(__dirname, "../../docs/monitoring.md"), "utf8");
  const shown = /```python\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  const folder = folderWith({ "receiver.py": shown + SERVE });
  const child = spawn(flask.python, ["-u", path.join(folder, "receiver.py")], {
    env: { ...process.env, HOOK_SECRET: "shared" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  onTestFinished(() => void child.kill());
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => String((await lines.next()).value);
  const port = /^listening (\d+)$/.exec(await next())?.[1];
  const url = new URL(`http://127.0.0.1:${port}/spillcheck`);
  const alert = failureAlert("POST", "http://127.0.0.1:5000/chat", "Nothing answers.");
  const channel = { kind: "webhook", url, secret: "shared" } as const;

  const signal = new AbortController().signal;
  expect(await deliver(channel, alert, { signal })).toEqual({ ok: true, tries: 1 });
  expect(await next()).toBe("failed");
  expect(await deliver({ ...channel, secret: "guessed" }, alert, { signal })).toMatchObject({ ok: false, tries: 1 });
  const old = { signal, now: () => Date.now() - 3_600_000 };
  expect(await deliver(channel, alert, old)).toMatchObject({ ok: false, reason: expect.stringContaining("401") });

  // The same request twice: accepted both times, counted once.
  const attempt = { delivery: "3f2a7c1e-replayed", timestamp: Math.floor(Date.now() / 1000) };
  const { headers, body } = messageFor(channel, { ...alert, event: "recovered" }, attempt);
  for (let i = 0; i < 2; i++) expect((await fetch(url, { method: "POST", headers, body })).status).toBe(204);
  expect(await next()).toBe("recovered");
  await deliver(channel, { ...alert, event: "unchanged" }, { signal });
  expect(await next()).toBe("unchanged");
});
