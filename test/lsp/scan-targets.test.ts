import { describe, expect, it } from "vitest";
import { describeTarget, fileTargets } from "../../server/main/scanTargets.js";
import { ScanError } from "../../server/scan/index.js";
import { folderWith } from "../support/folder.js";

const url = "http://127.0.0.1:5000/chat";
const options = { url, depth: "quick" as const };

describe("endpoints of settings files", () => {
  const files = {
    ".spillcheck.yaml": `scan:
  url: ${url}
  auth: api-key:X-Key
  session_start: POST /sessions
  csrf: cookie:csrftoken=header:X-CSRFToken
  system_prompt_file: p.txt
  depth: standard
`,
    "p.txt": "You are Wren.",
    "none/.spillcheck.yaml": "preset: strict\n",
    "open/.spillcheck.yaml": `scan:\n  url: ${url}\n`,
  };
  const made = () => {
    const folder = folderWith(files);
    return { folder, file: (name: string) => `${folder}/${name}` };
  };

  it("are listed with what the editor asks for, those without an address are not", () => {
    const { file } = made();
    const all = [".spillcheck.yaml", "none/.spillcheck.yaml", "open/.spillcheck.yaml"].map(file);
    expect(fileTargets(all, [])).toEqual([
      { settingsFile: file(".spillcheck.yaml"), url, auth: { kind: "api-key", header: "X-Key" } },
      { settingsFile: file("open/.spillcheck.yaml"), url },
    ]);
  });

  it("are described whole, and the editor's depth counts where they say none", async () => {
    const { folder, file } = made();
    const secrets = { secret: "s3cr3t" };
    const described = await describeTarget({ options, secrets, settingsFile: file(".spillcheck.yaml") }, folder, []);
    expect(described).toMatchObject({
      url,
      auth: { kind: "api-key", header: "X-Key" },
      secret: "s3cr3t",
      session: { method: "POST", path: "/sessions" },
      csrf: { cookie: "csrftoken", header: "X-CSRFToken" },
      knowledge: { systemPrompts: ["You are Wren."] },
      depth: "standard",
    });
    const open = {
      options: { ...options, depth: "deep" as const },
      secrets: {},
      settingsFile: file("open/.spillcheck.yaml"),
    };
    expect(await describeTarget(open, folder, [])).toMatchObject({ url, depth: "deep" });
  });

  it("are refused without their secret, in a sentence", async () => {
    const { folder, file } = made();
    const described = describeTarget({ options, secrets: {}, settingsFile: file(".spillcheck.yaml") }, folder, []);
    await expect(described).rejects.toBeInstanceOf(ScanError);
    await expect(described).rejects.toThrow(/secret is missing/);
  });
});

const FACTS = "{ systemPrompts: [Be brief.], toolNames: [assignBerth] }";

describe("files of an endpoint in the editor's settings", () => {
  const made = () =>
    folderWith({ "c.pem": "CERT", "p.txt": "You are Wren.", "api.yaml": "openapi: 3.0.0\n", "facts.yaml": FACTS });

  it("are read, below the folder or by their whole path", async () => {
    const folder = made();
    const files = { cert: "c.pem", ca: `${folder}/c.pem`, systemPrompt: "p.txt", openapi: "api.yaml" };
    expect(await describeTarget({ options, secrets: {}, files }, folder, [])).toMatchObject({
      tls: { cert: "CERT", key: undefined, ca: "CERT" },
      knowledge: { systemPrompts: ["You are Wren."] },
      openapi: { text: "openapi: 3.0.0\n" },
    });
    const known = { systemPrompt: "p.txt", facts: "facts.yaml" };
    expect(await describeTarget({ options, secrets: {}, files: known }, folder, [])).toMatchObject({
      knowledge: { systemPrompts: ["You are Wren.", "Be brief."], toolNames: ["assignBerth"] },
    });
    const address = { openapi: "https://x.example/openapi.json" };
    expect(await describeTarget({ options, secrets: {}, files: address }, undefined, [])).toMatchObject({
      openapi: { url: "https://x.example/openapi.json" },
    });
  });

  it("leave what the options say where there are none", async () => {
    const folder = made();
    const knowledge = { systemPrompts: ["mine"] };
    const given = { ...options, knowledge, tls: { insecure: true } };
    expect(await describeTarget({ options: given, secrets: {} }, folder, [])).toMatchObject({
      knowledge,
      tls: { insecure: true },
    });
  });

  it.each([
    ["one that is not there", { cert: "missing.pem" }, true, /missing\.pem/],
    ["a path below no folder", { systemPrompt: "p.txt" }, false, /absolute path/],
  ])("are refused in a sentence: %s", async (_, files, open, sentence) => {
    const described = describeTarget({ options, secrets: {}, files }, open ? made() : undefined, []);
    await expect(described).rejects.toBeInstanceOf(ScanError);
    await expect(described).rejects.toThrow(sentence);
  });
});
