/** The end of `npm test` and of `.ci/run`: what failed is named, and the line that counts is the last. */
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type SuiteReport, tally, describe as told } from "../../scripts/test-tally.mjs";
import { folderWith } from "../support/folder.js";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const root = path.resolve("/repository");
const passed = (fullName: string) => ({ fullName, status: "passed", failureMessages: [] });
const report = (...files: SuiteReport["testResults"]): SuiteReport => ({ testResults: files });

describe("a suite's results", () => {
  it("count as passed when all of them did", () => {
    const file = { name: path.join(root, "test", "a.test.ts"), status: "passed", assertionResults: [passed("adds")] };
    expect(tally("unit", report(file), 0, root)).toEqual({ passed: 1, failed: 0, failures: [], retried: [] });
    expect(told({ failures: [], retried: [] })).toBe("");
  });

  it("name a failed test with its file and the first lines of its message", () => {
    const message = [
      "AssertionError: expected 1 to be 2",
      "",
      ...Array.from({ length: 30 }, (_, i) => `    at line${i}`),
    ];
    const failure = { fullName: "sums > adds", status: "failed", failureMessages: [message.join("\n")] };
    const file = {
      name: path.join(root, "test", "deep", "a.test.ts"),
      status: "failed",
      assertionResults: [passed("subtracts"), failure],
    };
    const counted = tally("unit", report(file), 1, root);
    expect(counted).toMatchObject({ passed: 1, failed: 1 });
    const lines = told(counted).trimEnd().split("\n");
    expect(lines[0]).toBe("FAILED: test/deep/a.test.ts > sums > adds");
    expect(lines[1]).toBe("    AssertionError: expected 1 to be 2");
    expect(lines).toHaveLength(7);
  });

  it("name a file that could not be loaded, and one whose hook failed beside the tests that it kept from running", () => {
    const unloaded = {
      name: path.join(root, "a.ts"),
      status: "failed",
      message: "no such module",
      assertionResults: [],
    };
    const kept = { fullName: "opens", status: "skipped", failureMessages: [] };
    const hook = { name: path.join(root, "b.ts"), status: "failed", message: "no editor", assertionResults: [kept] };
    const { failed, failures } = tally("editor", report(unloaded, hook), 1, root);
    expect(failed).toBe(3);
    expect(failures).toEqual([
      { file: "a.ts", name: "the file itself, outside of its tests", message: "no such module" },
      { file: "b.ts", name: "opens", message: "It is skipped." },
      { file: "b.ts", name: "the file itself, outside of its tests", message: "no editor" },
    ]);
  });

  it("name a test that passed when it was tried again, and count it once", () => {
    const again = { fullName: "opens", status: "passed", failureMessages: ["TimeoutError: no window"] };
    const file = { name: path.join(root, "test", "a.ts"), status: "passed", assertionResults: [again, passed("adds")] };
    const counted = tally("editor", report(file), 0, root);
    expect(counted).toMatchObject({ passed: 2, failed: 0, failures: [] });
    expect(told(counted)).toBe("passed at the second try: test/a.ts > opens\n");
  });

  it("do not pass when there are none, or when the suite ended badly though every test passed", () => {
    expect(tally("editor", undefined, 1, root)).toMatchObject({ passed: 0, failed: 1 });
    const file = { name: path.join(root, "a.ts"), status: "passed", assertionResults: [passed("adds")] };
    const counted = tally("unit", report(file), 1, root);
    expect(counted).toMatchObject({ passed: 1, failed: 1 });
    expect(told(counted)).toContain("The unit tests failed outside of any test.");
  });
});

describe.skipIf(process.platform === "win32")(".ci/run", () => {
  /** Runs the script in a folder of its own, where every command that it calls is a stand-in. @returns its lines */
  function lines(npm: string, stale = ""): string[] {
    const folder = folderWith({
      "bin/npm": `#!/bin/sh\n${npm}\n`,
      ...Object.fromEntries(["npx", "node", "apt-get"].map((name) => [`bin/${name}`, "#!/bin/sh\nexit 0\n"])),
      "bin/id": "#!/bin/sh\necho 1000\n",
      "out/test-results/summary.txt": stale,
    });
    for (const name of ["npm", "npx", "node", "apt-get", "id"]) chmodSync(path.join(folder, "bin", name), 0o755);
    mkdirSync(path.join(folder, ".ci"));
    copyFileSync(path.join(repository, ".ci", "run"), path.join(folder, ".ci", "run"));
    const environment = { ...process.env, PATH: `${path.join(folder, "bin")}:${process.env.PATH}` };
    const { stdout } = spawnSync(path.join(folder, ".ci", "run"), { encoding: "utf8", env: environment });
    return stdout.trimEnd().split("\n");
  }

  it("names failed tests after the output of the later steps, and counts last", () => {
    const npm = [
      'if [ "$1" = test ]; then echo "FAILED: test/a.test.ts > adds" > out/test-results/summary.txt',
      'echo "7 passed, 1 failed"; exit 1; fi',
      'echo "output of $1"',
    ];
    const said = lines(npm.join("\n"));
    expect(said.at(-1)).toBe("7 passed, 1 failed");
    const named = said.indexOf("FAILED: test/a.test.ts > adds");
    expect(named).toBeGreaterThan(said.indexOf("output of start"));
    expect(said.indexOf("output of start")).toBeGreaterThan(0);
  });

  it("names none that an earlier run left", () => {
    const said = lines('if [ "$1" = test ]; then echo "8 passed, 0 failed"; fi', "FAILED: test/old.test.ts > old\n");
    expect(said.at(-1)).toBe("8 passed, 0 failed");
    expect(said.join("\n")).not.toContain("old.test.ts");
  });
});
