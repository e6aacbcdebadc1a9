/** Whatever an editor did before, an open file's findings are those of its text: compared with a server just started. */
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TestClient } from "./client.js";

const server = fileURLToPath(new URL("../../dist/server.js", import.meta.url));
const sample = fileURLToPath(new URL("../editor/workspace", import.meta.url));
let folder: string;
const clients: TestClient[] = [];

beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), "spillcheck-lsp-")));
  cpSync(sample, folder, { recursive: true });
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.shutdown();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<TestClient> {
  const client = TestClient.spawn(server);
  clients.push(client);
  await client.initialize({ folders: [pathToFileURL(folder).href] });
  await client.ready();
  return client;
}

/** Findings without what only the client's history decides. */
async function findings(client: TestClient, uri: string) {
  return (await client.items(uri)).map(({ code, range, message }) => ({ code, range, message }));
}

/** A small generator of repeatable numbers (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const names = ["app.py", "jobs.py"];
const inserted = [
  "\n",
  "    ",
  "x",
  "(",
  ")",
  '"',
  "# c\n",
  "debug=True",
  "question",
  "def f():\n    pass\n",
  "import os\n",
];

describe("after any sequence of events", () => {
  for (const seed of [1, 2, 3]) {
    it(`findings are those of the text (seed ${seed})`, async () => {
      const pick = numbers(seed);
      const client = await start();
      const open = new Set<string>();
      const trail: string[] = [];
      const uriOf = (name: string) => pathToFileURL(path.join(folder, name)).href;
      const disk = (name: string) => readFileSync(path.join(folder, name), "utf8");
      const tellChanged = (name: string) =>
        client.connection.sendNotification("workspace/didChangeWatchedFiles", {
          changes: [{ uri: uriOf(name), type: 2 }],
        });
      const zero = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
      for (let step = 0; step < 48; step++) {
        const name = names[pick(names.length)] ?? "app.py";
        const uri = uriOf(name);
        const event = open.has(name) ? pick(7) : 7 + pick(3);
        trail.push(`${event} ${name}`);
        switch (event) {
          case 0:
          case 1: {
            const text = client.text(uri);
            const lines = text.split("\n");
            const line = pick(lines.length);
            const character = pick((lines[line] ?? "").length + 1);
            const end = { line, character: Math.min((lines[line] ?? "").length, character + pick(4)) };
            const newText = inserted[pick(inserted.length)] ?? "";
            await client.change(uri, [{ range: { start: { line, character }, end }, newText }]);
            break;
          }
          case 2:
            // Back to what is on disk, as an undo of everything does.
            await client.change(uri, [
              { range: { ...zero, end: { line: 100_000, character: 0 } }, newText: disk(name) },
            ]);
            break;
          case 3: {
            const [first] = await client.items(uri);
            if (first) await client.actions(uri, first.range, [first]);
            break;
          }
          case 4:
            await client.connection.sendRequest("spillcheck/checkWorkspace", {});
            break;
          case 5:
            await client.close(uri);
            open.delete(name);
            break;
          case 6:
            await client.actions(uri, zero, [], ["source.fixAll"]);
            break;
          case 7:
            writeFileSync(path.join(folder, name), `${disk(name)}# ${step}\n`);
            await tellChanged(name);
            break;
          default:
            await client.open(uri, disk(name));
            open.add(name);
        }
        // Not after each step, so that several come together too.
        if (step % 6 !== 5 || open.size === 0) continue;
        const fresh = await start();
        for (const one of open) await fresh.open(uriOf(one), client.text(uriOf(one)));
        for (const one of open) {
          expect(await findings(client, uriOf(one)), trail.join(", ")).toEqual(await findings(fresh, uriOf(one)));
        }
        clients.pop();
        await fresh.shutdown();
      }
      expect(client.logs.filter((log) => log.type === 1)).toEqual([]);
    });
  }
});
