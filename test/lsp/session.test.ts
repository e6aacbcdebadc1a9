/** The language server against a stand-in engine: the protocol's corners. */

import { PassThrough } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import {
  createConnection,
  ProposedFeatures,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { startLanguageServer } from "../../server/lsp/server.js";
import { pingSchema } from "../../server/scan/index.js";
import { fullCapabilities, type StartOptions, TestClient } from "./client.js";
import { type FakeServices, fakeServices } from "./fake.js";

const folder = "file:///work%20space";
const a = `${folder}/a.py`;
const b = `${folder}/b.py`;
const fileA = "/work space/a.py";
const fileB = "/work space/b.py";

const clients: TestClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.shutdown();
});

async function start(options: StartOptions = {}, services: FakeServices = fakeServices()) {
  const up = new PassThrough();
  const down = new PassThrough();
  const [reader, writer] = [new StreamMessageReader(up), new StreamMessageWriter(down)];
  startLanguageServer(createConnection(ProposedFeatures.all, reader, writer), services);
  const client = TestClient.over(down, up, options);
  clients.push(client);
  const result = await client.initialize({ folders: [folder], ...options });
  await client.ready();
  return { client, services, result, workspace: services.workspace };
}

const pushing = {
  ...fullCapabilities,
  textDocument: { ...fullCapabilities.textDocument, diagnostic: undefined },
};

describe("capabilities", () => {
  it("says that nothing need be polled", async () => {
    const { result } = await start();
    expect(result.capabilities.diagnosticProvider).toEqual({
      identifier: "spillcheck",
      interFileDependencies: false,
      workspaceDiagnostics: false,
    });
    expect(result.capabilities.codeActionProvider).toMatchObject({
      codeActionKinds: ["quickfix", "source.fixAll.spillcheck"],
      resolveProvider: true,
    });
    expect(result.capabilities.positionEncoding).toBe("utf-16");
  });

  it("offers no pull to a client that cannot", async () => {
    const { result } = await start({ capabilities: pushing });
    expect(result.capabilities.diagnosticProvider).toBeUndefined();
  });

  it("hands the workspace folders and the trust to the project", async () => {
    const { services } = await start({ initializationOptions: { trusted: false } });
    expect(services.opened).toMatchObject([{ roots: ["/work space"], trusted: false }]);
  });
});

describe("pulling", () => {
  it("gives code, link, severity, path and data", async () => {
    const { client } = await start();
    await client.open(a, "x\nLEAK STUCK\n");
    const [leak, stuck] = await client.items(a);
    expect(leak).toMatchObject({
      code: "raw-llm-output",
      codeDescription: { href: "https://example.org/raw-llm-output.md" },
      severity: 1,
      source: "SpillCheck",
      range: { start: { line: 1, character: 0 }, end: { line: 1, character: 4 } },
      relatedInformation: [{ message: "it comes from `request`" }, { message: "it goes to the model" }],
      data: { fingerprint: "00000000000LEAK0" },
    });
    expect(stuck?.severity).toBe(2);
  });

  it("answers unchanged as long as nothing changed", async () => {
    const { client } = await start();
    await client.open(a, "LEAK");
    const first = await client.pull(a);
    if (first.kind !== "full") throw new Error("full expected");
    expect(await client.pull(a, first.resultId)).toEqual({ kind: "unchanged", resultId: first.resultId });
    await client.replace(a, "LEAK", "fine");
    expect(await client.pull(a, first.resultId)).toMatchObject({ kind: "full", items: [] });
  });

  it("counts columns in UTF-16 and lines by any line end", async () => {
    const { client } = await start();
    await client.open(a, "é\r\n😀 = LEAK\r\n");
    const [leak] = await client.items(a);
    expect(leak?.range).toEqual({ start: { line: 1, character: 5 }, end: { line: 1, character: 9 } });
  });

  it("follows several incremental changes in one notification", async () => {
    const { client, workspace } = await start();
    await client.open(a, "one two three\n");
    await client.change(a, [
      { range: client.rangeOf(a, "one"), newText: "LEAK" },
      { range: client.rangeOf(a, "three"), newText: "STUCK\nmore" },
    ]);
    expect(await client.items(a)).toHaveLength(2);
    expect(workspace.text(fileA)).toBe("LEAK two STUCK\nmore\n");
    expect(client.text(a)).toBe(workspace.text(fileA));
  });

  it("asks the client to pull again when another file changed the findings, and only then", async () => {
    const { client } = await start();
    await client.open(a, "ELSEWHERE");
    await client.open(b, "nothing");
    expect(await client.items(a)).toHaveLength(0);
    expect(await client.items(b)).toHaveLength(0);
    const before = client.refreshes;
    await client.replace(b, "nothing", "LEVER");
    await client.items(b);
    await client.until("a refresh", () => client.refreshes > before);
    expect(await client.items(a)).toHaveLength(1);
  });

  it("gives an untitled document its findings", async () => {
    const { client } = await start();
    await client.open("untitled:Untitled-1", "LEAK");
    expect(await client.items("untitled:Untitled-1")).toHaveLength(1);
  });

  it("leaves a cancelled request unanswered by findings", async () => {
    const { client, workspace } = await start();
    await client.open(a, "LEAK");
    await client.items(a);
    workspace.asked = [];
    const { CancellationTokenSource } = await import("vscode-languageserver/node");
    const source = new CancellationTokenSource();
    const pull = client.connection.sendRequest("textDocument/diagnostic", { textDocument: { uri: a } }, source.token);
    source.cancel();
    await expect(pull).rejects.toMatchObject({ code: -32800 });
    expect(workspace.asked).toEqual([]);
  });
});

describe("failures", () => {
  it("become one log line and a status, and the next answer is right", async () => {
    const { client } = await start();
    await client.open(a, "CRASH");
    expect(await client.items(a)).toEqual([]);
    const errors = client.logs.filter((log) => log.type === 1);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.message).toMatch(/^Checking failed: the engine met CRASH/);
    expect(errors[0]?.message).not.toContain("\n");
    expect(client.statuses.at(-1)?.state).toBe("error");
    expect(client.shown).toEqual([]);
    await client.replace(a, "CRASH", "LEAK");
    expect(await client.items(a)).toHaveLength(1);
    await client.until("the status to recover", () => client.statuses.at(-1)?.state === "ready");
  });
});

describe("code actions", () => {
  it("lists the fix first and preferred, the comment last, and resolves the edit", async () => {
    const { client } = await start();
    await client.open(a, "x = LEAK\n");
    const [leak] = await client.items(a);
    if (!leak) throw new Error("a finding was expected");
    const actions = await client.actions(a, leak.range, [leak]);
    expect(actions.map((action) => [action.title, action.isPreferred ?? false])).toEqual([
      ["Write SAFE", true],
      ["Ignore raw-llm-output here with a comment", false],
    ]);
    expect(actions.every((action) => action.edit === undefined)).toBe(true);
    const fix = await client.resolve(actions[0]!);
    expect(fix.edit?.documentChanges).toMatchObject([{ textDocument: { uri: a, version: 1 } }]);
    await client.apply(fix.edit);
    expect(client.text(a)).toBe("x = SAFE\n");
    expect(await client.items(a)).toEqual([]);
  });

  it("gives the edit at once to a client that cannot resolve, without versions where those are not known", async () => {
    const { client } = await start({
      capabilities: {
        ...fullCapabilities,
        workspace: { ...fullCapabilities.workspace, workspaceEdit: {} },
        textDocument: { ...fullCapabilities.textDocument, codeAction: {} },
      },
    });
    await client.open(a, "LEAK");
    const [action] = await client.actions(a, client.rangeOf(a, "LEAK"));
    expect(action?.edit?.changes?.[a]).toEqual([{ range: client.rangeOf(a, "LEAK"), newText: "SAFE" }]);
    expect(action?.data).toBeUndefined();
  });

  it("finds the place again when the text moved between asking and resolving", async () => {
    const { client } = await start();
    await client.open(a, "x = LEAK\n");
    const [action] = await client.actions(a, client.rangeOf(a, "LEAK"));
    await client.change(a, [
      { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, newText: "\n\n" },
    ]);
    await client.apply((await client.resolve(action!)).edit);
    expect(client.text(a)).toBe("\n\nx = SAFE\n");
  });

  it("refuses to resolve what is gone", async () => {
    const { client } = await start();
    await client.open(a, "x = LEAK\n");
    const [action] = await client.actions(a, client.rangeOf(a, "LEAK"));
    await client.replace(a, "LEAK", "gone");
    await expect(client.resolve(action!)).rejects.toMatchObject({ code: -32801 });
  });

  it("fixes everything in one edit, and leaves what has no fix", async () => {
    const { client, workspace } = await start();
    const text = "LEAK\nSTUCK\nLEAK LEAK\n";
    await client.open(a, text);
    expect(await client.actions(a, client.rangeOf(a, "STUCK"), [], ["source.organizeImports"])).toEqual([]);
    const [all] = await client.actions(a, client.rangeOf(a, "STUCK"), [], ["source.fixAll"]);
    expect(all?.kind).toBe("source.fixAll.spillcheck");
    expect(workspace.text(fileA)).toBe(text);
    await client.apply(all?.edit);
    expect(client.text(a)).toBe("SAFE\nSTUCK\nSAFE SAFE\n");
    expect(await client.items(a)).toHaveLength(1);
  });

  it("suppresses with a comment behind the line, and above where the line is inside a string", async () => {
    const { client } = await start();
    await client.open(a, "    f(STUCK)\n");
    const [behind] = await client.actions(a, client.rangeOf(a, "STUCK"));
    await client.apply((await client.resolve(behind!)).edit);
    expect(client.text(a)).toBe("    f(STUCK)  # spillcheck: ignore[raw-llm-output]\n");
    expect(await client.items(a)).toEqual([]);
    await client.open(b, '    g("""STUCK\n""")\n');
    const [above] = await client.actions(b, client.rangeOf(b, "STUCK"));
    await client.apply((await client.resolve(above!)).edit);
    expect(client.text(b)).toBe('    # spillcheck: ignore[raw-llm-output]\n    g("""STUCK\n""")\n');
  });
});

describe("hover", () => {
  it("tells the path in words with a link to the rule's page", async () => {
    const textDocument = { ...fullCapabilities.textDocument, publishDiagnostics: {} };
    const { client } = await start({ capabilities: { ...fullCapabilities, textDocument } });
    await client.open(a, "f(LEAK)");
    const hover = await client.connection.sendRequest<{ contents: { value: string } } | null>("textDocument/hover", {
      textDocument: { uri: a },
      position: { line: 0, character: 3 },
    });
    expect(hover?.contents.value).toContain("1. it comes from `request`");
    expect(hover?.contents.value).toContain("(https://example.org/raw-llm-output.md)");
    const other = await start();
    await other.client.open(a, "f(LEAK)");
    const short = await other.client.connection.sendRequest<{ contents: { value: string } } | null>(
      "textDocument/hover",
      { textDocument: { uri: a }, position: { line: 0, character: 3 } },
    );
    expect(short?.contents.value).toContain("raw-llm-output.md");
    expect(short?.contents.value).not.toContain("it comes from");
    const none = await client.connection.sendRequest("textDocument/hover", {
      textDocument: { uri: a },
      position: { line: 0, character: 0 },
    });
    expect(none).toBeNull();
  });
});

describe("a client that cannot pull", () => {
  it("gets findings pushed on opening, after edits, and taken back on closing", async () => {
    const { client } = await start({ capabilities: pushing });
    await client.open(a, "LEAK");
    await client.until("the first push", () => client.lastPublished(a)?.diagnostics.length === 1);
    await client.replace(a, "LEAK", "fine");
    await client.until("an empty push", () => client.lastPublished(a)?.diagnostics.length === 0);
    expect(client.lastPublished(a)?.version).toBe(2);
    await client.replace(a, "fine", "LEAK");
    await client.until("a push", () => client.lastPublished(a)?.diagnostics.length === 1);
    await client.close(a);
    await client.until("nothing", () => client.lastPublished(a)?.diagnostics.length === 0);
  });

  it("gets another open file's changed findings too", async () => {
    const { client } = await start({ capabilities: pushing });
    await client.open(a, "ELSEWHERE");
    await client.open(b, "nothing");
    await client.until("the first push", () => client.lastPublished(a) && client.lastPublished(b));
    await client.replace(b, "nothing", "LEVER");
    await client.until("the other's push", () => client.lastPublished(a)?.diagnostics.length === 1);
    expect(client.lastPublished(a)?.diagnostics[0]?.message).toContain("ELSEWHERE");
  });
});

describe("the whole workspace", () => {
  const check = (client: TestClient) => client.connection.sendRequest("spillcheck/checkWorkspace", {});

  it("is pushed once asked for, kept up to date, and never shown twice", async () => {
    const services = fakeServices();
    services.workspace.disk.set(fileA, "LEAK");
    services.workspace.disk.set(fileB, "STUCK LEAK");
    const { client } = await start({}, services);
    expect(client.published).toEqual([]);
    expect(await check(client)).toEqual({ findings: 3, files: 2, checked: 2, cancelled: false });
    await client.until("both", () => client.lastPublished(b)?.diagnostics.length === 2);
    expect(client.progress.map((p) => p.kind)).toContain("end");
    await client.open(a, "LEAK");
    await client.until("the push to be taken back", () => client.lastPublished(a)?.diagnostics.length === 0);
    await client.close(a);
    await client.until("it to be back", () => client.lastPublished(a)?.diagnostics.length === 1);
    services.workspace.disk.set(fileB, "fine");
    await client.connection.sendNotification("workspace/didChangeWatchedFiles", { changes: [{ uri: b, type: 2 }] });
    await client.until("the change on disk", () => client.lastPublished(b)?.diagnostics.length === 0);
  });
});

describe("settings", () => {
  it("that are wrong do not count and are told once; the others count", async () => {
    const settings = { preset: "lax", exclude: ["gen/**"], scan: { depth: "deep" } };
    const { client, services } = await start({ settings });
    expect(services.opened[0]?.settings).toMatchObject({
      preset: "recommended",
      exclude: ["gen/**"],
      "scan.depth": "deep",
    });
    const status = client.statuses.at(-1);
    expect(status?.state).toBe("warning");
    expect(status?.message).toMatch(/^The setting spillcheck\.preset is wrong/);
    expect(client.logs.filter((log) => log.message.includes("spillcheck.preset"))).toHaveLength(1);
    expect(client.shown).toEqual([]);
  });

  it("are taken over when they change", async () => {
    const { client, services } = await start();
    await client.open(a, "LEAK");
    expect(await client.items(a)).toHaveLength(1);
    const before = client.refreshes;
    client.settings = { enable: false };
    await client.connection.sendNotification("workspace/didChangeConfiguration", { settings: null });
    await client.until("a refresh", () => client.refreshes > before);
    expect(await client.items(a)).toEqual([]);
    expect(services.opened).toHaveLength(2);
  });

  it("in a file of the workspace are checked there, open or not", async () => {
    const services = fakeServices();
    const yaml = `${folder}/.spillcheck.yaml`;
    services.workspace.disk.set("/work space/.spillcheck.yaml", "wrong: 1\n");
    const { client } = await start({}, services);
    await client.until("the problem", () => client.lastPublished(yaml)?.diagnostics.length === 1);
    expect(client.lastPublished(yaml)?.diagnostics[0]).toMatchObject({
      code: "settings",
      range: { start: { line: 0, character: 0 }, end: { line: 0, character: 5 } },
    });
    await client.open(yaml, "a: 1\nwrong: 1\n", "yaml");
    await client.until("the push to be taken back", () => client.lastPublished(yaml)?.diagnostics.length === 0);
    expect(await client.items(yaml)).toMatchObject([{ range: { start: { line: 1 } } }]);
  });
});

describe("workspace folders", () => {
  it("come and go", async () => {
    const { client, services } = await start();
    const event = { added: [{ uri: "file:///other", name: "other" }], removed: [{ uri: folder, name: "x" }] };
    await client.connection.sendNotification("workspace/didChangeWorkspaceFolders", { event });
    await client.until(
      "the project to be read again",
      () => services.opened.length === 2 && client.statuses.at(-1)?.state === "ready",
    );
    expect(services.opened[1]?.roots).toEqual(["/other"]);
  });
});

describe("scans", () => {
  it("pass a scan's own error on as its sentence", async () => {
    const { client } = await start();
    const plan = client.connection.sendRequest("spillcheck/scanPlan", { options: { url: "nonsense" } });
    await expect(plan).rejects.toMatchObject({
      code: -32050,
      message: "The address is no URL.",
      data: { kind: "bad-target" },
    });
  });

  it("report progress and end when cancelled", async () => {
    const { client } = await start();
    const { CancellationTokenSource } = await import("vscode-languageserver/node");
    const source = new CancellationTokenSource();
    const params = { options: { url: "http://127.0.0.1:1" }, progress: "scan-1" };
    const scan = client.connection.sendRequest("spillcheck/scan", params, source.token);
    await client.until("progress", () => client.progress.some((p) => p.message === "Connecting"));
    source.cancel();
    await expect(scan).rejects.toMatchObject({ code: -32050, data: { kind: "cancelled" } });
  });

  it("show one exchange before", async () => {
    const { client } = await start();
    const ping = await client.connection.sendRequest("spillcheck/scanPing", { options: { url: "http://127.0.0.1:1" } });
    expect(pingSchema.parse(ping)).toMatchObject({ endpoint: { url: "http://127.0.0.1:1" }, reply: "Hello." });
  });

  it.each([true, false])(
    "are of endpoints of settings files only where the workspace is trusted: %s",
    async (trusted) => {
      const services = fakeServices();
      services.workspace.disk.set("/work space/.spillcheck.yaml", "scan: {}");
      const { client } = await start({ initializationOptions: { trusted } }, services);
      const settingsFile = "/work space/.spillcheck.yaml";
      const targets = await client.connection.sendRequest("spillcheck/scanTargets", {});
      expect(targets).toEqual(trusted ? [{ settingsFile, url: "http://127.0.0.1:1/chat" }] : []);
      const params = { options: { url: "http://127.0.0.1:1" }, settingsFile };
      const ping = client.connection.sendRequest("spillcheck/scanPing", params);
      if (trusted) expect(pingSchema.parse(await ping).reply).toBe("Hello.");
      else await expect(ping).rejects.toMatchObject({ code: -32050, data: { kind: "bad-option" } });
    },
  );

  it("start a lab once", async () => {
    const { client } = await start();
    const lab = await client.connection.sendRequest("spillcheck/startLab", { kind: "leaky" });
    expect(lab).toEqual({ url: "http://127.0.0.1:1/chat", systemPrompt: "secret" });
    await expect(client.connection.sendRequest("spillcheck/startLab", { kind: "other" })).rejects.toMatchObject({
      code: -32050,
    });
  });
});
