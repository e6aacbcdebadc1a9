/** The settings file and its own rules in the editor, and comments that suppress nothing: the real engine over a folder. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { PassThrough } from "node:stream";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import {
  createConnection,
  DiagnosticTag,
  FileChangeType,
  ProposedFeatures,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { rules } from "../../rules/index.js";
import { startLanguageServer } from "../../server/lsp/server.js";
import { openWorkspace } from "../../server/main/workspace.js";
import { openTestEngine } from "../support/engine.js";
import { folderWith } from "../support/folder.js";
import { type StartOptions, TestClient } from "./client.js";
import { fakeServices } from "./fake.js";

const clients: TestClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.shutdown();
});

async function start(files: Record<string, string>, options: StartOptions = {}) {
  const folder = folderWith(files);
  const up = new PassThrough();
  const down = new PassThrough();
  const ruleIds = rules.map((rule) => rule.id);
  startLanguageServer(
    createConnection(ProposedFeatures.all, new StreamMessageReader(up), new StreamMessageWriter(down)),
    {
      ...fakeServices(),
      rules: () => rules,
      openProject: (input) => openWorkspace(input, { ruleIds, openEngine: openTestEngine }),
    },
  );
  const client = TestClient.over(down, up, options);
  clients.push(client);
  await client.initialize({ folders: [pathToFileURL(folder).href], ...options });
  await client.ready();
  const uri = (name: string) => pathToFileURL(path.join(folder, name)).href;
  /** Opens a file as it is on disk. */
  const open = (name: string, language?: string) => client.open(uri(name), files[name] ?? "", language);
  const codes = async (name: string) =>
    (await client.items(uri(name))).map((d) => `${d.range.start.line + 1} ${d.code} ${d.severity}`);
  return { client, folder, uri, open, codes };
}

const leak = `import logging
from flask import Flask, request
app = Flask(__name__)


@app.post("/x")
def x():
    logging.info(request.json["q"])
    return {}
`;

describe("comments that suppress nothing", () => {
  it("are faded hints with a fix that removes them", async () => {
    const text = leak.replace("return {}", "return {}  # spillcheck: ignore[raw-llm-output] public");
    const { client, uri, open } = await start({ "app.py": text });
    await open("app.py");
    const found = (await client.items(uri("app.py"))).find((d) => d.code === "unused-suppression");
    expect(found).toMatchObject({
      severity: 4,
      tags: [DiagnosticTag.Unnecessary],
      range: { start: { line: 8, character: 15 }, end: { line: 8, character: 58 } },
    });
    const actions = await client.actions(uri("app.py"), found!.range, [found!]);
    expect(actions.map((a) => a.title)).toEqual(["Remove the unused comment"]);
    await client.apply((await client.resolve(actions[0]!)).edit);
    expect(client.text(uri("app.py"))).toBe(leak);
    expect((await client.items(uri("app.py"))).map((d) => d.code)).toEqual(["sensitive-logging"]);
  });

  it("lose the part that is not needed, and whole lines where they stand alone", async () => {
    const text = leak.replace(
      "    logging.info",
      "    # spillcheck: ignore[sensitive-logging, debug-enabled] kept for a day\n    logging.info",
    );
    const { client, uri, open, codes } = await start({
      "app.py": `# spillcheck: ignore-file[hardcoded-credential]\r\n${text}`,
    });
    await open("app.py");
    expect(await codes("app.py")).toEqual(["1 unused-suppression 4", "9 unused-suppression 4"]);
    for (let left = 2; left > 0; left--) {
      const [first] = await client.items(uri("app.py"));
      const [action] = await client.actions(uri("app.py"), first!.range, [first!]);
      await client.apply((await client.resolve(action!)).edit);
    }
    expect(client.text(uri("app.py"))).toBe(text.replace(", debug-enabled", ""));
    expect(await codes("app.py")).toEqual([]);
  });

  it("come and go with the finding, also where that begins in another file", async () => {
    const { client, uri, open, codes } = await start({
      "log.py": "import logging\n\ndef note(text):\n    logging.info(text)  # spillcheck: ignore[sensitive-logging]\n",
      "app.py": leak.replace("import logging", "from log import note").replace("logging.info", "note"),
    });
    await open("log.py");
    await open("app.py");
    expect(await codes("log.py")).toEqual([]);
    await client.replace(uri("app.py"), 'request.json["q"]', '"a request"');
    expect(await codes("log.py")).toEqual(["4 unused-suppression 4"]);
    await client.replace(uri("app.py"), '"a request"', 'request.json["q"]');
    expect(await codes("log.py")).toEqual([]);
  });

  it("are left alone in a file with syntax errors, and where the rule is off", async () => {
    const used = leak.replace('["q"])', '["q"])  # spillcheck: ignore[sensitive-logging]');
    const { open, codes } = await start({
      "app.py": used,
      "broken.py": "def f(:\n    return 1  # spillcheck: ignore[raw-llm-output]\n",
      ".spillcheck.yaml": "levels: { sensitive-logging: off }\n",
    });
    await open("app.py");
    await open("broken.py");
    expect([await codes("app.py"), await codes("broken.py")]).toEqual([[], []]);
  });
});

const settings = `levels:
  nope: error
  input-to-audit: error
presett: strict
rules:
  - id: input-to-audit
    message: What callers send goes to the audit service.
    sources: [{ label: user }]
    sinks: [{ duck: audit.note }]
  - id: half
    message: x
    sources: [{ label: usr }]
    sinks: [{ sink: log }]
sensitive_fields: [badge, 7]
`;

describe("the settings file", () => {
  const app = leak.replace("logging.info", "audit.note");

  it("shows what is wrong where it stands, as it is typed, while the rest counts", async () => {
    const { client, uri, open, codes } = await start({ ".spillcheck.yaml": settings, "app.py": app });
    await open(".spillcheck.yaml", "yaml");
    await open("app.py");
    const text = (range: { start: { line: number; character: number }; end: { character: number } }) =>
      client
        .text(uri(".spillcheck.yaml"))
        .split("\n")
        [range.start.line]?.slice(range.start.character, range.end.character);
    const wrong = async () =>
      (await client.items(uri(".spillcheck.yaml"))).map((d) => [d.range.start.line + 1, text(d.range), d.message]);
    const nope = [2, "nope", expect.stringContaining("There is no rule `nope` in `levels`")];
    const others = [
      [12, "usr", expect.stringContaining("did you mean user?")],
      [14, "7", "`sensitive_fields[2]` must be a text, not 7."],
    ];
    const sorted = async () => (await wrong()).sort((a, b) => Number(a[0]) - Number(b[0]));
    expect(await sorted()).toEqual([
      nope,
      [4, "presett", "There is no setting `presett`; did you mean `preset`?"],
      ...others,
    ]);
    expect(await codes("app.py")).toEqual(["8 input-to-audit 1"]);
    await client.replace(uri(".spillcheck.yaml"), "presett", "preset");
    expect(await sorted()).toEqual([nope, ...others]);
  });

  it("counts when it is saved", async () => {
    const { client, uri, folder, open, codes } = await start({
      ".spillcheck.yaml": "preset: recommended\n",
      "app.py": app,
    });
    await open("app.py");
    expect(await codes("app.py")).toEqual([]);
    writeFileSync(path.join(folder, ".spillcheck.yaml"), settings);
    const before = client.refreshes;
    await client.connection.sendNotification("workspace/didChangeWatchedFiles", {
      changes: [{ uri: uri(".spillcheck.yaml"), type: FileChangeType.Changed }],
    });
    await client.until("the client to be asked to pull", () => client.refreshes > before);
    expect(await codes("app.py")).toEqual(["8 input-to-audit 1"]);
  });

  it("is pushed when it is not open", async () => {
    const { client, uri } = await start({ ".spillcheck.yaml": "presett: strict\n", "app.py": app });
    const pushed = await client.until("its problems", () => client.lastPublished(uri(".spillcheck.yaml")));
    expect(pushed.diagnostics.map((d) => d.message)).toEqual(["There is no setting `presett`; did you mean `preset`?"]);
  });

  it("offers to suppress an own rule", async () => {
    const { client, uri, open, codes } = await start({ ".spillcheck.yaml": settings, "app.py": app });
    await open("app.py");
    const [found] = await client.items(uri("app.py"));
    const actions = await client.actions(uri("app.py"), found!.range, [found!]);
    expect(actions.map((a) => a.title)).toEqual(["Ignore input-to-audit here with a comment"]);
    await client.apply((await client.resolve(actions[0]!)).edit);
    expect(await codes("app.py")).toEqual([]);
  });
});
