import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import type { Context } from "../../server/main/commands/context.js";
import { agreed } from "../../server/main/commands/scan-consent.js";
import { agreedHosts, consentsFile, rememberHost } from "../../server/project/scan-consents.js";
import { planScan } from "../../server/scan/index.js";
import { FakeEngine } from "../support/fake-engine.js";
import { folderWith } from "../support/folder.js";

function contextOf(folder: string): Context & { said: () => string } {
  let text = "";
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  return {
    stdout: stream,
    stderr: stream,
    env: { SPILLCHECK_DATA_DIR: folder },
    cwd: folder,
    rules: [],
    openEngine: (input) => new FakeEngine(input),
    readInput: () => new Uint8Array(),
    said: () => text,
  };
}
/** Addresses that are set aside for documentation; making a plan sends nothing. */
const planOf = (url: string) => planScan({ url });

describe("consent to scanning a host", () => {
  it("is given once, and remembered by host and port", async () => {
    const context = contextOf(folderWith({}));
    const plan = await planOf("http://192.0.2.1/chat");
    expect(await agreed(context, plan, {})).toBe(false);
    expect(await agreed(context, plan, { yes: true })).toBe(true);
    expect(context.said()).toContain("192.0.2.1:80 is not asked about again");
    expect(await agreed(context, await planOf("http://192.0.2.1/other"), {})).toBe(true);
    expect(await agreed(context, await planOf("http://192.0.2.1:8080/chat"), {})).toBe(false);
    expect(await agreed(context, await planOf("http://192.0.2.2/chat"), {})).toBe(false);
  });

  it("is not remembered for a scan that keeps nothing", async () => {
    const folder = folderWith({});
    const plan = await planOf("http://192.0.2.1/chat");
    expect(await agreed(contextOf(folder), plan, { yes: true, history: false })).toBe(true);
    expect(await agreed(contextOf(folder), plan, {})).toBe(false);
  });

  it("is forgotten with its file, and what is no list counts as none", () => {
    const folder = folderWith({});
    expect(rememberHost(folder, "a:1")).toBe(true);
    expect(rememberHost(folder, "b:2")).toBe(true);
    expect(rememberHost(folder, "a:1")).toBe(true);
    expect(agreedHosts(folder)).toEqual(["b:2", "a:1"]);
    expect(JSON.parse(readFileSync(consentsFile(folder), "utf8"))).toEqual({ hosts: ["b:2", "a:1"] });
    writeFileSync(consentsFile(folder), "[1]");
    expect(agreedHosts(folder)).toEqual([]);
  });

  it("is not remembered where the folder cannot be written", async () => {
    const folder = path.join(folderWith({ file: "" }), "file");
    expect(rememberHost(folder, "a:1")).toBe(false);
    const context = contextOf(folder);
    expect(await agreed(context, await planOf("http://192.0.2.1/chat"), { yes: true })).toBe(true);
    expect(context.said()).toBe("");
  });
});
