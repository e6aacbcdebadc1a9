/** A session over standard input and output against the bundle that users get. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CancellationTokenSource } from "vscode-languageserver/node";
import { jsonChat, serve } from "../scan/endpoints.js";
import { folderWith } from "../support/folder.js";
import { fullCapabilities, type StartOptions, TestClient } from "./client.js";

const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const server = fileURLToPath(new URL("../../dist/server.js", import.meta.url));
let folder: string;
const clients: TestClient[] = [];

beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), "spillcheck-lsp-")));
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.shutdown();
  rmSync(folder, { recursive: true, force: true });
});

const uriOf = (name: string) => pathToFileURL(path.join(folder, name)).href;
const write = (name: string, content: string | Uint8Array) => writeFileSync(path.join(folder, name), content);

async function start(options: StartOptions = {}) {
  const client = TestClient.spawn(server, options);
  clients.push(client);
  await client.initialize({ folders: [pathToFileURL(folder).href], ...options });
  await client.ready();
  return client;
}

const app = `from flask import Flask

app = Flask(__name__)

if __name__ == "__main__":
    app.run(debug=True)
`;
const helper = `from openai import OpenAI

client = OpenAI()


def ask(prompt):
    answer = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": prompt}])
    return answer.choices[0].message.content
`;
const route = `from flask import Flask, request

from helper import ask

app = Flask(__name__)


@app.post("/chat")
def chat():
    question = request.json["question"]
    ask("You are a helpful assistant of a bank. Never speak of prices. The user says: " + question)
    return "thanks"
`;
const codes = (items: { code?: string | number }[]) => items.map((item) => item.code);

describe("the bundled server", () => {
  it("goes from finding to fix to nothing, and ends with 0", async () => {
    const client = await start();
    await client.open(uriOf("app.py"), app);
    const [finding, ...others] = await client.items(uriOf("app.py"));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      code: "debug-enabled",
      codeDescription: { href: expect.stringMatching(/\/debug-enabled\.md$/) },
      range: { start: { line: 5 }, end: { line: 5 } },
    });
    const [fix] = await client.actions(uriOf("app.py"), finding!.range, [finding!]);
    expect(fix?.edit).toBeUndefined();
    await client.apply((await client.resolve(fix!)).edit);
    expect(client.text(uriOf("app.py"))).toBe(app.replace("debug=True", "debug=False"));
    expect(await client.items(uriOf("app.py"))).toEqual([]);
    clients.pop();
    expect(await client.shutdown()).toBe(0);
  });

  it("follows data into a helper of another file, and a change of that file on disk", async () => {
    write("helper.py", helper);
    write("route.py", route);
    const client = await start();
    await client.open(uriOf("route.py"), route);
    const items = await client.items(uriOf("route.py"));
    expect(codes(items)).toEqual(["unauthenticated-llm-route", "unvalidated-prompt-input", "user-input-in-prompt"]);
    const finding = items.find((item) => item.code === "user-input-in-prompt");
    expect(finding?.relatedInformation?.some((step) => step.location.uri === uriOf("helper.py"))).toBe(true);
    const before = client.refreshes;
    write("helper.py", "def ask(prompt):\n    return None\n");
    const changes = [{ uri: uriOf("helper.py"), type: 2 }];
    await client.connection.sendNotification("workspace/didChangeWatchedFiles", { changes });
    await client.until("a refresh", () => client.refreshes > before);
    expect(await client.items(uriOf("route.py"))).toEqual([]);
  });

  it("gives after many edits what it gives for the same text opened afresh", async () => {
    const client = await start();
    await client.open(uriOf("app.py"), "");
    const zero = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
    for (const line of app.split("\n").reverse())
      await client.change(uriOf("app.py"), [{ range: zero, newText: `${line}\n` }]);
    await client.replace(uriOf("app.py"), "debug=True", "host='0.0.0.0',\n        debug=True");
    await client.open(uriOf("copy.py"), client.text(uriOf("app.py")));
    const ranges = async (name: string) =>
      (await client.items(uriOf(name))).map(({ code, range }) => ({ code, range }));
    const found = await ranges("app.py");
    expect(found).toMatchObject([{ code: "debug-enabled", range: { start: { line: 6 } } }]);
    expect(await ranges("copy.py")).toEqual(found);
  });

  it("knows a file again that was empty on disk meanwhile, as it is for a moment whenever it is written", async () => {
    write("helper.py", helper);
    write("route.py", route);
    const client = await start();
    await client.open(uriOf("route.py"), route);
    const before = codes(await client.items(uriOf("route.py")));
    expect(before).toEqual(["unauthenticated-llm-route", "unvalidated-prompt-input", "user-input-in-prompt"]);
    write("route.py", "");
    await client.close(uriOf("route.py"));
    await client.connection.sendRequest("spillcheck/checkWorkspace", {});
    await client.open(uriOf("route.py"), route);
    expect(codes(await client.items(uriOf("route.py")))).toEqual(before);
  });

  it("pushes to a client that cannot pull", async () => {
    const capabilities = {
      ...fullCapabilities,
      textDocument: { ...fullCapabilities.textDocument, diagnostic: undefined },
    };
    const client = await start({ capabilities });
    await client.open(uriOf("app.py"), app);
    await client.until("the finding", () => client.lastPublished(uriOf("app.py"))?.diagnostics.length === 1);
    await client.replace(uriOf("app.py"), "debug=True", "");
    await client.until("nothing", () => client.lastPublished(uriOf("app.py"))?.diagnostics.length === 0);
  });

  it("answers a cancelled pull with an error and the next one with findings", async () => {
    const client = await start();
    await client.open(uriOf("app.py"), app);
    const source = new CancellationTokenSource();
    const params = { textDocument: { uri: uriOf("app.py") } };
    const pull = client.connection.sendRequest("textDocument/diagnostic", params, source.token);
    source.cancel();
    await expect(pull).rejects.toMatchObject({ code: -32800 });
    expect(codes(await client.items(uriOf("app.py")))).toEqual(["debug-enabled"]);
  });

  it("says which setting is wrong and goes on with the others", async () => {
    const client = await start({ settings: { preset: 7, rules: { "debug-enabled": "hint" } } });
    expect(client.statuses.at(-1)).toMatchObject({ state: "warning" });
    expect(client.statuses.at(-1)?.message).toContain("spillcheck.preset");
    await client.open(uriOf("app.py"), app);
    expect(await client.items(uriOf("app.py"))).toMatchObject([{ code: "debug-enabled", severity: 4 }]);
    expect(client.shown).toEqual([]);
  });

  it("says what is wrong in .spillcheck.yaml at the key; the rest counts", async () => {
    write(".spillcheck.yaml", "levels:\n  debug-enabled: warning\nprset: strict\n");
    const client = await start();
    const uri = uriOf(".spillcheck.yaml");
    await client.until("the problem", () => client.lastPublished(uri)?.diagnostics.length === 1);
    expect(client.lastPublished(uri)?.diagnostics[0]?.range.start).toEqual({ line: 2, character: 0 });
    await client.open(uriOf("app.py"), app);
    expect(await client.items(uriOf("app.py"))).toMatchObject([{ severity: 2 }]);
  });

  it("checks the workspace on request", async () => {
    write("app.py", app);
    write("other.py", "x = 1\n");
    const client = await start();
    const result = await client.connection.sendRequest("spillcheck/checkWorkspace", {});
    expect(result).toMatchObject({ findings: 1, files: 1, cancelled: false });
    await client.until("the finding", () => client.lastPublished(uriOf("app.py"))?.diagnostics.length === 1);
  });

  it("gives a rule's page, and refuses one that is not there", async () => {
    const client = await start();
    const page = await client.connection.sendRequest<{ markdown: string }>("spillcheck/rulePage", {
      id: "debug-enabled",
    });
    expect(page.markdown).toContain("debug");
    const none = client.connection.sendRequest("spillcheck/rulePage", { id: "nonsense" });
    await expect(none).rejects.toMatchObject({ message: 'There is no rule "nonsense".' });
  });

  it("keeps scans where the command line's history finds them, and not those of the lab", async () => {
    const data = folderWith({});
    const client = TestClient.spawn(server, {}, { SPILLCHECK_DATA_DIR: data });
    clients.push(client);
    await client.initialize({ folders: [pathToFileURL(folder).href] });
    await client.ready();
    const lab = await client.connection.sendRequest<{ url: string }>("spillcheck/startLab", { kind: "leaky" });
    const scan = (url: string) =>
      client.connection.sendRequest<{ target: string }>("spillcheck/scan", {
        options: { url, checks: ["encryption"] },
      });
    await scan(lab.url);
    expect(existsSync(path.join(data, "scans"))).toBe(false);
    const own = await serve(jsonChat(() => "Only boats."));
    try {
      const { target } = await scan(own.url);
      const listed = spawnSync(process.execPath, [cli, "history", "--format", "json"], {
        encoding: "utf8",
        env: { ...process.env, SPILLCHECK_DATA_DIR: data },
      });
      expect(JSON.parse(listed.stdout)).toMatchObject({ endpoints: [{ target, scans: [{}] }] });
    } finally {
      await own.close();
    }
  });

  it.each([
    { trusted: true, kept: 2 },
    { trusted: false, kept: 3 },
  ])("keeps as many scans as the settings of a folder say, if it is trusted: $trusted", async ({ trusted, kept }) => {
    write(".spillcheck.yaml", "history:\n  scans: 2\n");
    const data = folderWith({});
    const client = TestClient.spawn(server, {}, { SPILLCHECK_DATA_DIR: data });
    clients.push(client);
    await client.initialize({ folders: [pathToFileURL(folder).href], initializationOptions: { trusted } });
    await client.ready();
    const own = await serve(jsonChat(() => "Only boats."));
    try {
      const options = { url: own.url, checks: ["encryption"] };
      for (let i = 0; i < 3; i++) await client.connection.sendRequest("spillcheck/scan", { options });
    } finally {
      await own.close();
    }
    const [endpoint = ""] = readdirSync(path.join(data, "scans"));
    expect(readdirSync(path.join(data, "scans", endpoint))).toHaveLength(kept);
  });

  it("shows in a report what the history knows, scans of the command line among it", async () => {
    const data = folderWith({});
    const env = { ...process.env, SPILLCHECK_DATA_DIR: data };
    const own = await serve(jsonChat(() => "Only boats."));
    try {
      const child = spawn(process.execPath, [cli, "scan", own.url, "--checks", "encryption", "--format", "json"], {
        env,
      });
      await new Promise((resolve) => child.once("close", resolve));
      const client = TestClient.spawn(server, {}, { SPILLCHECK_DATA_DIR: data });
      clients.push(client);
      await client.initialize({ folders: [pathToFileURL(folder).href] });
      await client.ready();
      const options = { url: own.url, checks: ["encryption"] };
      const result = await client.connection.sendRequest<{ started_at: string }>("spillcheck/scan", { options });
      // The client itself has this scan alone.
      const request = { key: "k", result, history: [result] };
      const shown = await client.connection.sendRequest<{
        history: { started_at: string }[];
        previous?: { started_at: string };
      }>("spillcheck/reportData", request);
      expect(shown.history.map((point) => point.started_at)).toEqual([expect.stringMatching(/^20/), result.started_at]);
      expect(shown.previous?.started_at).toBe(shown.history[0]?.started_at);
      const { text } = await client.connection.sendRequest<{ text: string }>("spillcheck/renderReport", {
        format: "html",
        result,
      });
      expect(text).toContain(String(shown.history[0]?.started_at));
    } finally {
      await own.close();
    }
  });

  it("ends by itself when its client goes away", async () => {
    const client = await start();
    const child = client.process;
    if (!child) throw new Error("A process was expected.");
    const ended = new Promise((settle) => child.once("exit", settle));
    clients.pop();
    child.stdin?.end();
    await ended;
    expect(child.exitCode).not.toBeNull();
  });
});

describe("bad input", () => {
  const bad: [string, string | Uint8Array, string][] = [
    ["empty.py", "", ""],
    ["latin.py", Buffer.from("# caf\xe9\nx = 1\n", "latin1"), "# caf\ufffd\nx = 1\n"],
    ["binary.py", Buffer.from([0, 1, 2, 255, 254, 0, 10, 13, 0]), "\0\u0001\u0002\ufffd\ufffd\0\n\r\0"],
    ["broken.py", `def (((:\n  [[[\n${app}`, `def (((:\n  [[[\n${app}`],
    ["deep.py", `x = ${"[".repeat(10_000)}${"]".repeat(10_000)}\n`, `x = ${"[".repeat(10_000)}${"]".repeat(10_000)}\n`],
    ["surrogate.py", "x = '\\ud800'\n", "x = '\ud800'\n"],
    ["huge.py", "value = 'some text'\n".repeat(270_000), "value = 'some text'\n".repeat(270_000)],
  ];
  for (const [name, onDisk, inEditor] of bad) {
    it(`${name} hurts nobody, on disk or open`, async () => {
      write(name, onDisk);
      write("app.py", app);
      const client = await start();
      await client.open(uriOf(name), inEditor);
      expect(Array.isArray(await client.items(uriOf(name)))).toBe(true);
      await client.close(uriOf(name));
      const result = await client.connection.sendRequest<{ checked: number }>("spillcheck/checkWorkspace", {});
      expect(result.checked).toBeGreaterThanOrEqual(1);
      await client.open(uriOf("app.py"), app);
      expect(codes(await client.items(uriOf("app.py")))).toEqual(["debug-enabled"]);
      expect(client.logs.filter((log) => log.type === 1)).toEqual([]);
      expect(client.shown).toEqual([]);
    });
  }
});
