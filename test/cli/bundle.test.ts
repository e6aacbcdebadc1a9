/** The built `dist/cli.js`, as users run it. */
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { checkResultSchema } from "../../server/report/check-json.js";
import { scanResultSchema } from "../../server/scan/result.js";
import { folderWith, textOf } from "../support/folder.js";

const root = path.resolve(__dirname, "../..");
const cli = path.join(root, "dist", "cli.js");
const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));

function spillcheck(args: string[], cwd = root, env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd,
    encoding: "utf8",
    env: { ...process.env, FORCE_COLOR: undefined, NO_COLOR: undefined, ...env },
  });
  return { status, stdout, stderr };
}

/** Holds a copy of the sample: within the repository all that lies there would be read as part of its project, each time. */
const samples = realpathSync(mkdtempSync(path.join(tmpdir(), "spillcheck-sample-")));
cpSync(path.join(root, "media", "sample"), path.join(samples, "sample"), { recursive: true });
afterAll(() => rmSync(samples, { recursive: true, force: true }));

describe("the built command line", () => {
  it("is a program of its own and knows its version", () => {
    expect(readFileSync(cli, "utf8").startsWith("#!/usr/bin/env node\n")).toBe(true);
    expect(statSync(cli).mode & 0o111).not.toBe(0);
    expect(spillcheck(["--version"])).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
  });

  it("loads for a scan neither the analysis nor what few scans need", () => {
    const hook = path.join(
      folderWith({
        "loaded.cjs":
          "process.on('exit', () => console.error(JSON.stringify(Object.keys(require.cache).filter((f) => f.includes('part-')))));",
      }),
      "loaded.cjs",
    );
    const loaded = (command: string): string[] => {
      const { stderr } = spawnSync(process.execPath, ["--require", hook, cli, command, "--help"], { encoding: "utf8" });
      return z
        .array(z.string())
        .parse(JSON.parse(stderr))
        .map((file) => readFileSync(file, "utf8"));
    };
    const scan = loaded("scan");
    // Names that stand in the libraries and in the models.
    for (const other of [
      "ts_parser_new_wasm",
      "huggingface_hub",
      "strictRequired",
      "invalid nested repetition operator",
    ]) {
      expect(scan.filter((text) => text.includes(other)).length, other).toBe(0);
    }
    expect(scan.some((text) => text.includes("llhttp"))).toBe(true);
    expect(loaded("check").some((text) => text.includes("llhttp"))).toBe(false);
  });

  it("holds no letter that would double the memory of the programs", () => {
    const programs = readdirSync(path.join(root, "dist")).filter((name) => /^(cli|server|part-.*)\.js$/.test(name));
    expect(programs.length).toBeGreaterThan(2);
    const wide = programs.filter((name) => /[^\0-\x7f]/.test(readFileSync(path.join(root, "dist", name), "utf8")));
    expect(wide).toEqual([]);
  });

  it("finds the six kinds of leaks in the sample, and none in its safe counterpart", () => {
    const { status, stdout } = spillcheck(["check", "sample", "--format", "json"], samples);
    expect(status).toBe(1);
    const { findings } = checkResultSchema.parse(JSON.parse(stdout));
    expect(findings.map((finding) => finding.rule)).toEqual(
      expect.arrayContaining([
        "debug-enabled",
        "exception-detail-returned",
        "missing-projection",
        "raw-llm-output",
        "sensitive-field-in-prompt",
        "user-input-in-prompt",
      ]),
    );
    const grave = findings.filter((finding) => finding.level === "error" || finding.level === "warning");
    expect(grave.filter((finding) => finding.location.uri.endsWith("safe_app.py"))).toEqual([]);
    const across = findings.find((finding) => finding.rule === "sensitive-field-in-prompt");
    expect(new Set(across?.path.map((step) => path.basename(step.uri)))).toEqual(
      new Set(["store.py", "app.py", "llm.py"]),
    );
  });

  it("resolves imports of the project when one file is asked for", () => {
    const { stdout } = spillcheck(["check", "sample/support_bot/store.py", "--format", "json"], samples);
    expect(JSON.parse(stdout)).toMatchObject({
      findings: expect.arrayContaining([expect.objectContaining({ rule: "missing-projection" })]),
      files: { checked: 1 },
    });
  });

  it("says the same twice, byte for byte", () => {
    const once = spillcheck(["check", "sample", "--format", "sarif"], samples).stdout;
    expect(spillcheck(["check", "sample", "--format", "sarif"], samples).stdout).toBe(once);
  });

  it("mends what it offers to mend", () => {
    const folder = folderWith({
      "app.py":
        "from flask import Flask\n\napp = Flask(__name__)\n\nif __name__ == '__main__':\n    app.run(debug=True)\n",
    });
    const { status, stderr } = spillcheck(["check", "--fix"], folder);
    expect(stderr).toBe("spillcheck: 1 fix applied in 1 file.\n");
    expect(status).toBe(0);
    expect(textOf(folder, "app.py")).not.toContain("debug=True");
  });

  it("survives what it may meet: empty, deep, broken and large files", () => {
    const folder = folderWith({
      "empty.py": "",
      "deep.py": `x = ${"(".repeat(10_000)}1${")".repeat(10_000)}\n`,
      "nested.py": Array.from({ length: 90 }, (_, i) => `${" ".repeat(i)}if x:\n`).join(""),
      "broken.py": "def f(:\n  ]]] class\n\nfrom flask import Flask\napp = Flask(__name__)\napp.run(debug=True)\n",
      "large.py": `x = "${"a".repeat(5_000_000)}"\n`,
      "too_large.py": `x = "${"a".repeat(6_000_000)}"\n`,
    });
    const { status, stdout, stderr } = spillcheck(["check"], folder);
    expect(stderr).toBe("");
    expect(status).toBe(1);
    expect(stdout).toMatch(/^broken\.py:6:\d+ error debug-enabled/m);
    expect(stdout).toMatch(/^skipped too_large\.py: it is 5\.7 MB large, above the limit of 5 MB$/m);
    expect(stdout).not.toMatch(/\bat .*\(.*:\d+:\d+\)/);
  });

  it("colours only where it is asked to", () => {
    expect(spillcheck(["check", "sample"], samples).stdout).not.toContain("\u001b");
    expect(spillcheck(["check", "sample"], samples, { FORCE_COLOR: "1" }).stdout).toContain("\u001b[1;31merror");
  });

  it("ends quietly when its reader closes the pipe", () => {
    const { stderr } = spawnSync(
      "sh",
      ["-c", `"${process.execPath}" "${cli}" check sample --format sarif | head -c 10`],
      {
        cwd: samples,
        encoding: "utf8",
      },
    );
    expect(stderr).toBe("");
  });

  it("starts the language server", async () => {
    const server = spawn(process.execPath, [cli, "lsp", "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
    const ended = new Promise((resolve) => server.once("exit", resolve));
    const send = (message: object): void => {
      const body = JSON.stringify({ jsonrpc: "2.0", ...message });
      server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    };
    let said = "";
    const answered = new Promise<void>((resolve) => {
      server.stdout.on("data", (chunk) => {
        said += chunk;
        if (said.includes('"capabilities"')) resolve();
      });
    });
    send({ id: 1, method: "initialize", params: { processId: null, rootUri: null, capabilities: {} } });
    await answered;
    expect(said).toContain('"name":"SpillCheck"');
    send({ id: 2, method: "shutdown" });
    send({ method: "exit" });
    expect(await ended).toBe(0);
  });
});

describe("scan --lab", () => {
  it("grades the leaking endpoint, in every form at once", () => {
    const folder = folderWith({});
    const { status, stdout } = spillcheck(
      ["scan", "--lab", "--format", "json", "--save", "r.html", "--save", "r.sarif"],
      folder,
    );
    expect(status).toBe(0);
    const result = scanResultSchema.parse(JSON.parse(stdout));
    expect(["D", "F"]).toContain(result.grade);
    expect(textOf(folder, "r.html")).toMatch(/^<!doctype html>/i);
    expect(JSON.parse(textOf(folder, "r.sarif")).version).toBe("2.1.0");
  });

  it("fails below the threshold and passes above it", () => {
    const low = spillcheck(["scan", "--lab", "--threshold", "100"]);
    expect(low.status).toBe(1);
    expect(low.stderr).toMatch(/spillcheck: the endpoint scores \d+, below the threshold of 100\./);
    expect(spillcheck(["scan", "--lab", "hardened", "--threshold", "50"]).status).toBe(0);
  });

  it("says in one sentence that nobody answers, and refuses a host without consent", () => {
    const down = spillcheck(["scan", "http://127.0.0.1:9/chat"]);
    expect(down.status).toBe(2);
    expect(down.stderr).not.toMatch(/\bat .*\(.*:\d+:\d+\)/);
    const far = spillcheck(["scan", "http://192.0.2.1/chat"]);
    expect(far.status).toBe(2);
    expect(far.stderr).toMatch(/consent|--yes/);
  });
});
