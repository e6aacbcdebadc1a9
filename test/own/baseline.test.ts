/** Baselines under what happens to code: known findings stay known, new ones are new. With the real engine. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { rules } from "../../rules/index.js";
import { openTestEngine } from "../support/engine.js";
import { folderWith, textOf } from "../support/folder.js";
import { run } from "../support/run.js";

const head = `import logging
from flask import Flask, request
app = Flask(__name__)


`;
const route = (name: string, line = 'logging.info(request.json["question"])') => `@app.post("/${name}")
def ${name}():
    ${line}
    return {}


`;
const app = `${head}${route("one")}${route("two", 'logging.info(request.json["answer"])')}`;

const go = (args: readonly string[], folder: string) => run(args, folder, { rules, openEngine: openTestEngine });

/** A folder with a baseline of `app`, and a function that checks it against that. */
async function known(files: Record<string, string> = { "shop/app.py": app }, written = "known.json") {
  const folder = folderWith({ "pyproject.toml": "", ...files });
  const format = written.endsWith(".sarif") ? "sarif" : "json";
  if (format === "json") expect((await go(["check", "--write-baseline", written], folder)).code).toBe(0);
  else await go(["check", "--format", "sarif", "--output", written], folder);
  const put = (name: string, text: string) => writeFileSync(path.join(folder, name), text);
  const places = async () => {
    const { out } = await go(["check", "--baseline", written, "--fail-on", "never"], folder);
    return out.match(/^\S+:\d+(?=:\d+ )/gm) ?? [];
  };
  expect(await places()).toEqual([]);
  return { folder, put, places };
}

describe("what is known stays known", () => {
  it.each([
    ["a moved function", `${head}${route("two", 'logging.info(request.json["answer"])')}${route("one")}`],
    ["lines above", `"""An app."""\n# with a comment\n\n${app}`],
    ["an edited neighbour line", app.replace("return {}", 'return {"ok": 1}')],
    [
      "another indentation and line ends",
      app.replace("    logging", "    if app:\n        logging").replaceAll("\n", "\r\n"),
    ],
    ["spaces in the line", app.replace('(request.json["question"])', '( request.json[ "question" ] )')],
    ["one of them gone", `${head}${route("one")}`],
  ])("after %s", async (_, text) => {
    const { put, places } = await known();
    put("shop/app.py", text);
    expect(await places()).toEqual([]);
  });

  it.each(["known.json", "known.sarif"])("in a renamed file and folder, from %s", async (name) => {
    const twice = `${head}${route("one")}${route("two")}`;
    const { folder, put, places } = await known({ "shop/app.py": app, "shop/more.py": twice }, name);
    renameSync(path.join(folder, "shop"), path.join(folder, "store"));
    renameSync(path.join(folder, "store/more.py"), path.join(folder, "store/other.py"));
    expect(await places()).toEqual([]);
    put("store/other.py", `${twice}${route("three")}`);
    expect(await places()).toEqual(["store/other.py:20"]);
  });

  it("when the check begins in another folder", async () => {
    const { folder } = await known();
    const inside = await go(["check", "--baseline", "../known.json"], path.join(folder, "shop"));
    expect(inside.out).toContain("No findings, 2 in the baseline");
  });
});

describe("what is new is told", () => {
  it.each([
    ["a second copy of a known mistake", `${app}${route("three")}`, ["shop/app.py:20"]],
    ["another value", app.replace('"answer"', '"reply"'), ["shop/app.py:14"]],
    [
      "a mistake of another rule at the same place",
      app.replace("return {}", "app.run(debug=True)\n    return {}"),
      ["shop/app.py:9"],
    ],
  ])("%s", async (_, text, lines) => {
    const { put, places } = await known();
    put("shop/app.py", text);
    expect(await places()).toEqual(lines);
  });

  it("a copy of a file, the first one staying", async () => {
    const { put, places } = await known();
    put("shop/copy.py", app);
    expect(await places()).toEqual(["shop/copy.py:8", "shop/copy.py:14"]);
  });
});

describe("--write-baseline", () => {
  it("asks no older baseline, says what it wrote and ends with 0", async () => {
    const folder = folderWith({ "app.py": app, ".spillcheck.yaml": "baseline: known.json\n" });
    expect((await go(["check"], folder)).err).toMatch(
      /^spillcheck: The baseline .*known\.json cannot be read: it does not exist\.\n$/,
    );
    const first = await go(["check", "--write-baseline", "known.json", "--fail-on", "hint"], folder);
    expect(first).toEqual({ code: 0, out: "", err: "spillcheck: wrote 2 findings to known.json.\n" });
    expect((await go(["check", "--fail-on", "hint"], folder)).code).toBe(0);
    writeFileSync(path.join(folder, "app.py"), `${app}${route("three")}`);
    expect((await go(["check", "--fail-on", "hint"], folder)).code).toBe(1);
    expect((await go(["check", "--write-baseline", "known.json"], folder)).err).toContain("wrote 3 findings");
    expect(JSON.parse(textOf(folder, "known.json")).findings).toHaveLength(3);
  });

  it("leaves out what the source suppresses, and makes folders", async () => {
    const folder = folderWith({ "app.py": app.replace('["question"])', '["question"])  # spillcheck: ignore') });
    mkdirSync(path.join(folder, "sub"));
    const { err } = await go(["check", "--write-baseline", "sub/deeper/known.json"], folder);
    expect(err).toBe("spillcheck: wrote 1 finding to sub/deeper/known.json.\n");
  });

  it.each([
    [["--baseline", "x.json"], "--write-baseline makes a new baseline; leave --baseline out."],
    [["--since", "HEAD"], "--write-baseline takes everything that is found; leave the other options out."],
    [["--fix"], "--write-baseline takes everything that is found; leave the other options out."],
  ])("does not go with %j", async (more, message) => {
    const { code, err } = await go(["check", "--write-baseline", "k.json", ...more], folderWith({ "app.py": app }));
    expect([code, err]).toEqual([2, `spillcheck: ${message}\n`]);
  });
});
