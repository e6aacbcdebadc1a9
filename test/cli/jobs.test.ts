/** `check --jobs`: the built command line in several threads, and threads that fail. */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { ThreadPool } from "../../server/main/threads.js";
import { checkResultSchema } from "../../server/report/check-json.js";
import { folderWith } from "../support/folder.js";
import { run } from "../support/run.js";

const root = path.resolve(__dirname, "../..");
const cli = path.join(root, "dist", "cli.js");

function check(args: string[], cwd: string, input?: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, "check", ...args], {
    cwd,
    input,
    encoding: "utf8",
    maxBuffer: 1 << 26,
    env: { ...process.env, FORCE_COLOR: undefined, NO_COLOR: undefined },
  });
  return { status, stdout, stderr };
}

const project = {
  "llm.py": `from openai import OpenAI
client = OpenAI()
def ask(prompt):
    return client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": prompt}])
`,
  "app.py": `from flask import Flask, request
from llm import ask
app = Flask(__name__)
@app.route("/ask", methods=["POST"])
def answer():
    return ask("Answer kindly: " + request.json["question"]).choices[0].message.content
`,
  "other/jobs.py": `from llm import ask
def nightly(users):
    # spillcheck: ignore[prompt-injection] there is none here
    return [ask("Write to " + user.email) for user in users]
`,
  "latin.py": Buffer.from([0x22, 0xe9, 0x22]),
  ".env": "FLASK_DEBUG=1\n",
  ".spillcheck.yaml": "preset: strict\nsensitive_fields: [ward]\n",
};

describe("check --jobs", () => {
  it("says the same in one, two and three threads, in every format", () => {
    const cwd = folderWith(project);
    for (const format of ["json", "sarif", "text"]) {
      const [one, ...others] = ["1", "2", "3"].map((jobs) => check(["--jobs", jobs, "--format", format], cwd));
      expect(one?.stderr).toBe("");
      expect(others).toEqual([one, one]);
    }
    const { findings, files } = checkResultSchema.parse(
      JSON.parse(check(["--jobs", "2", "--format", "json"], cwd).stdout),
    );
    expect(findings.map((finding) => finding.rule)).toEqual(
      expect.arrayContaining(["unvalidated-prompt-input", "debug-enabled", "unused-suppression"]),
    );
    expect(findings.some((finding) => finding.fixes.length > 0)).toBe(true);
    expect(files.skipped.map((file) => path.basename(file.uri))).toEqual(["latin.py"]);
  });

  it("checks one file of a project, and standard input", () => {
    const cwd = folderWith(project);
    const text = project["app.py"].replace("kindly", "briefly");
    for (const args of [["app.py"], ["--stdin-filename", "app.py"], ["--stdin-filename", ".env"]]) {
      const input = args[1] === ".env" ? "FLASK_DEBUG=1\nDEBUG=1\n" : text;
      const [one, two] = ["1", "2"].map((jobs) => check([...args, "--jobs", jobs, "--format", "json"], cwd, input));
      expect(one?.stderr).toBe("");
      expect(checkResultSchema.parse(JSON.parse(one?.stdout ?? "")).findings.length).toBeGreaterThan(0);
      expect(two).toEqual(one);
    }
  });

  it("looks at the same part of a large project without a model, and says so", () => {
    const files: Record<string, string> = {
      "views.py": `from flask import Flask, request
app = Flask(__name__)
@app.get("/")
def index():
    try:
        return str(int(request.args["n"]))
    except ValueError as e:
        return str(e), 400
`,
    };
    for (let i = 0; i < 610; i++) files[`parts/part_${i}.py`] = `def part_${i}(n):\n    return n + ${i}\n`;
    const cwd = folderWith(files);
    const [one, ...others] = ["1", "2", "3"].map((jobs) => check(["--jobs", jobs, "--format", "json"], cwd));
    expect(one?.stderr).toMatch(/^spillcheck: no file .* of its 611 Python files only the 1 with .* looked at\.\n$/);
    expect(checkResultSchema.parse(JSON.parse(one?.stdout ?? "")).findings.map((f) => f.rule)).toEqual([
      "exception-detail-returned",
    ]);
    expect(others).toEqual([one, one]);
  });

  it("mends the same with it as without", () => {
    const diffs = ["1", "2"].map((jobs) => check(["--fix", "--dry-run", "--jobs", jobs], folderWith(project)).stdout);
    expect(diffs[0]).toContain("@@");
    expect(diffs[1]).toBe(diffs[0]);
  });
});

describe("a thread that fails", () => {
  const failing = (program: string) => {
    const file = path.join(folderWith({ "thread.cjs": program }), "thread.cjs");
    return { openParts: () => new ThreadPool(file) };
  };

  it.each([
    ["ends", "process.exit(3)", "it ended with code 3"],
    [
      "ends while it is asked",
      `require("node:worker_threads").parentPort.on("message", () => process.exit(4))`,
      "code 4",
    ],
    ["throws", `throw new Error("no luck\\nwith this")`, "no luck"],
    [
      "refuses",
      `require("node:worker_threads").parentPort.on("message", function () {
         this.postMessage({ kind: "error", message: "no wish" }); })`,
      "no wish",
    ],
  ])("is told in one sentence, with exit code 2: one that %s", async (_, program, reason) => {
    const cwd = folderWith({ "a.py": "LEAK:debug-enabled:error\n" });
    const { code, out, err } = await run(["check", "--jobs", "2"], cwd, failing(program));
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err.trim().split("\n")).toHaveLength(1);
    expect(err).toContain(reason);
    expect(err).toContain("`--jobs 1` checks without further threads");
  });

  it("is not asked with --jobs 1, nor in a small project", async () => {
    const cwd = folderWith({ "a.py": "LEAK:debug-enabled:error\n" });
    for (const args of [["--jobs", "1"], []]) {
      expect((await run(["check", ...args], cwd, failing("process.exit(3)"))).code).toBe(1);
    }
  });

  it("is asked in a large project without a model, whatever its number", async () => {
    const files = Object.fromEntries(Array.from({ length: 601 }, (_, i) => [`m${i}.py`, ""]));
    expect((await run(["check"], folderWith(files), failing("process.exit(3)"))).err).toContain("code 3");
  });
});
