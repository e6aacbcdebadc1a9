/** Parts of the language server by themselves: settings, sealed secrets, edits put together, names of documents. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TextDocument } from "vscode-languageserver-textdocument";
import { EditedText } from "../../server/lsp/edits.js";
import { applyChanges, rangeOf } from "../../server/lsp/positions.js";
import { newChannelKey, openSecrets, sealSecrets } from "../../server/lsp/sealing.js";
import { contributedSettings, defaultEditorSettings, readEditorSettings } from "../../server/lsp/settings.js";
import { fileOf, uriOf } from "../../server/lsp/uris.js";

describe("editor settings", () => {
  it("are contributed as their schemas say (node scripts/generate-settings.mjs)", () => {
    const manifest = JSON.parse(readFileSync(fileURLToPath(new URL("../../package.json", import.meta.url)), "utf8"));
    expect(manifest.contributes.configuration.properties).toEqual(JSON.parse(JSON.stringify(contributedSettings())));
  });

  it("take what a client answers, nested and with nulls for what is not set", () => {
    const { settings, problems } = readEditorSettings({ preset: "strict", chatModel: null, scan: { depth: "deep" } });
    expect(problems).toEqual([]);
    expect(settings).toEqual({ ...defaultEditorSettings, preset: "strict", "scan.depth": "deep" });
  });

  it("name the place of what is wrong, one sentence each", () => {
    const { settings, problems } = readEditorSettings({ endpoints: [{ name: "x" }], rules: { a: "loud" }, exclude: 3 });
    expect(settings).toEqual(defaultEditorSettings);
    expect(problems.map((text) => text.split(" is wrong")[0])).toEqual([
      "The setting spillcheck.rules.a",
      "The setting spillcheck.exclude",
      "The setting spillcheck.endpoints.0.url",
    ]);
  });

  it.each(["Authorization", "cookie", "X-API-Key", "x-auth-token"])(
    "refuse an endpoint with a secret in %s",
    (name) => {
      const endpoint = { name: "staging", url: "https://x.example/chat" };
      const { settings, problems } = readEditorSettings({ endpoints: [{ ...endpoint, headers: { [name]: "abc" } }] });
      expect(settings.endpoints).toEqual([]);
      expect(problems).toEqual([
        `The setting spillcheck.endpoints.0.headers is wrong and does not count: holds a secret in ${name}; say "auth" instead, and the editor asks for the secret and keeps it.`,
      ]);
      expect(readEditorSettings({ endpoints: [{ ...endpoint, headers: { "X-Tenant": "7" } }] }).problems).toEqual([]);
    },
  );

  it("bear anything at all", () => {
    fc.assert(fc.property(fc.anything(), (raw) => Array.isArray(readEditorSettings(raw).problems)));
  });
});

describe("sealed secrets", () => {
  it("open with their key only, and show nothing of themselves", () => {
    const key = newChannelKey();
    const sealed = sealSecrets(key, { secret: "hunter2-hunter2" });
    expect(Buffer.from(sealed, "base64").toString("latin1")).not.toContain("hunter2");
    expect(openSecrets(key, sealed)).toEqual({ secret: "hunter2-hunter2" });
    expect(() => openSecrets(newChannelKey(), sealed)).toThrow();
    expect(() => openSecrets(undefined, sealed)).toThrow("channel key");
    const bytes = Buffer.from(sealed, "base64");
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
    expect(() => openSecrets(key, bytes.toString("base64"))).toThrow();
  });
});

describe("a text that is edited several times over", () => {
  const change = (text: string, edits: readonly { start: number; end: number; text: string }[]) =>
    [...edits].sort((a, b) => b.start - a.start).reduce((t, e) => t.slice(0, e.start) + e.text + t.slice(e.end), text);

  it("tells all edits as edits of the original", () => {
    const edit = fc.tuple(fc.nat(60), fc.nat(8), fc.string({ maxLength: 5 }));
    fc.assert(
      fc.property(fc.string({ maxLength: 50 }), fc.array(edit, { maxLength: 8 }), (original, steps) => {
        const text = new EditedText(original);
        let plain = original;
        for (const [at, length, inserted] of steps) {
          const start = Math.min(at, plain.length);
          const one = { start, end: Math.min(start + length, plain.length), text: inserted };
          text.apply([one]);
          plain = change(plain, [one]);
          expect(text.text).toBe(plain);
        }
        expect(change(original, text.changes())).toBe(plain);
      }),
    );
  });
});

describe("positions", () => {
  it("of changes are offsets in the text before each, whatever the line ends", () => {
    const document = TextDocument.create("file:///a.py", "python", 1, "é😀\r\nx = 1\r\n");
    const at = (line: number, character: number) => ({ line, character });
    const changes = applyChanges(
      document,
      [
        { range: { start: at(1, 4), end: at(1, 5) }, text: "22" },
        { range: { start: at(0, 1), end: at(0, 3) }, text: "" },
        { text: "all new" },
      ],
      2,
    );
    expect(changes).toEqual([
      { start: 9, end: 10, text: "22" },
      { start: 1, end: 3, text: "" },
      { start: 0, end: 11, text: "all new" },
    ]);
    expect(document.getText()).toBe("all new");
  });

  it("leave a byte order mark out", () => {
    const document = TextDocument.create("file:///a.py", "python", 1, "\ufeffx = 1\ny = 2\n");
    expect(rangeOf(document, 1, 2)).toEqual({ start: { line: 0, character: 0 }, end: { line: 0, character: 1 } });
    expect(rangeOf(document, 7, 8).start).toEqual({ line: 1, character: 0 });
  });
});

describe("names of documents", () => {
  it("go from URI to path and back, spaces and umlauts included", () => {
    expect(fileOf("file:///work%20space/%C3%A4.py")).toBe("/work space/ä.py");
    expect(fileOf(uriOf("/a b/#1/ü?.py"))).toBe("/a b/#1/ü?.py");
    expect(fileOf("untitled:Untitled-1")).toBe("untitled:Untitled-1");
    expect(uriOf("vscode-vfs://github/a/b.py")).toBe("vscode-vfs://github/a/b.py");
  });
});
