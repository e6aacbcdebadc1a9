import { execFileSync } from "node:child_process";
import { chmodSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { folderWith, textOf } from "../support/folder.js";
import { run } from "../support/run.js";

const leak = "x = 1\nLEAK:debug-enabled:error\n";

describe("check", () => {
  it("gives 1 for findings at the level and 0 below it", async () => {
    const folder = folderWith({ "a.py": leak, "b.py": "LEAK:missing-projection:warning\n" });
    expect(await run(["check"], folder)).toMatchObject({ code: 1, err: "" });
    expect((await run(["check", "b.py"], folder)).code).toBe(0);
    expect((await run(["check", "b.py", "--fail-on", "warning"], folder)).code).toBe(1);
    expect((await run(["check", "--fail-on", "never"], folder)).code).toBe(0);
  });

  it("reports on what was asked, in order", async () => {
    const folder = folderWith({ "pyproject.toml": "", "z.py": leak, "a.py": leak, "sub/b.py": leak });
    const all = await run(["check", "."], folder);
    expect(all.out.match(/^\S+:2:1 error/gm)).toEqual(["a.py:2:1 error", "sub/b.py:2:1 error", "z.py:2:1 error"]);
    const one = await run(["check", "sub"], folder);
    expect(one.out).toContain("1 finding (1 error) in 1 file.");
    const inside = await run(["check", "../z.py"], path.join(folder, "sub"));
    expect(inside.out).toContain(`${folder}/z.py:2:1 error debug-enabled`);
  });

  it("does not count what is suppressed", async () => {
    const folder = folderWith({ "a.py": "LEAK:debug-enabled:error # ignored\n" });
    const { code, out } = await run(["check"], folder);
    expect([code, out]).toEqual([0, "No findings, 1 suppressed in 1 file.\n"]);
  });

  it.each([
    [["check", "gone.py"], 'spillcheck: There is no file or folder "gone.py".\n'],
    [["check", "--frmat", "json"], "spillcheck: unknown option '--frmat' (Did you mean --format?)\n"],
    [["check", "--jobs", "0"], /It must be a whole number from 1 to 256/],
    [["check", "--dry-run"], "spillcheck: --dry-run only goes with --fix.\n"],
    [
      ["check", "--config", "no.yaml"],
      /^spillcheck: The settings file .*no\.yaml cannot be read: it does not exist\.\n$/,
    ],
    [["check", "--baseline", "a.py"], /^spillcheck: The baseline .*a\.py is not JSON; .*\n$/],
    [["check", "--since", "HEAD"], /^spillcheck: .*not a git repository.*\n$/],
    [["check", "--stdin-filename", "a.py", "b.py"], "spillcheck: --stdin-filename takes no paths beside it.\n"],
    [["check", "--include", ""], "spillcheck: --include needs a pattern.\n"],
    [
      ["check", "--stdin-filename", "notes.md"],
      "spillcheck: --stdin-filename must name a Python file, or a settings file that is checked.\n",
    ],
    [["check", "--output", "a.py/x/y.json"], /^spillcheck: .*a\.py\/x\/y\.json cannot be written: .*\n$/],
    [["chekc"], "spillcheck: unknown command 'chekc' (Did you mean check?)\n"],
    [
      ["explain", "missing-projektion"],
      'spillcheck: There is no rule "missing-projektion"; did you mean missing-projection?\n',
    ],
  ])("gives 2 and one sentence for %j", async (args, message) => {
    const folder = folderWith({ "a.py": leak });
    const { code, out, err } = await run(args, folder);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toEqual(typeof message === "string" ? message : expect.stringMatching(message));
    expect(err.trim().split("\n")).toHaveLength(1);
  });

  it("warns of wrong settings and goes on; ends at a file that is no YAML", async () => {
    const folder = folderWith({
      ".spillcheck.yaml": "levels:\n  debug-enabled: warning\n  nope: error\n",
      "a.py": leak,
    });
    const warned = await run(["check"], folder);
    expect(warned.code).toBe(0);
    expect(warned.err).toBe(
      "spillcheck: .spillcheck.yaml:3:3: There is no rule `nope` in `levels`; it may be missing-projection or debug-enabled.\n",
    );
    writeFileSync(path.join(folder, ".spillcheck.yaml"), "a: [\n");
    const broken = await run(["check"], folder);
    expect([broken.code, broken.out]).toEqual([2, ""]);
    expect(broken.err).toMatch(/^spillcheck: \.spillcheck\.yaml:\d+:\d+: The file is not valid YAML: .*\n$/);
  });

  it("gives one sentence for each file that it cannot read", async () => {
    const folder = folderWith({
      "bin.py": "a\0b",
      "l1.py": Buffer.from("# é", "latin1"),
      "ok.py": leak,
      "empty.py": "",
      "note.rst": "",
    });
    const { code, out } = await run(["check", ".", "note.rst"], folder);
    expect(code).toBe(1);
    expect(out).toContain("skipped bin.py: it is binary (it holds a NUL byte)");
    expect(out).toContain("skipped l1.py: it is not UTF-8 and declares no other encoding");
    expect(out).toContain("skipped note.rst: it is no Python file");
    expect(out).toContain("1 finding (1 error) in 2 files, 3 skipped.");
  });

  it("says when there is nothing to check", async () => {
    const { code, err } = await run(["check"], folderWith({}));
    expect([code, err]).toEqual([0, "spillcheck: no Python files were found here.\n"]);
  });

  it("writes the result to a file, with its folder", async () => {
    const folder = folderWith({ "a.py": leak });
    const { out } = await run(["check", "--format", "json", "--output", "out/r.json"], folder);
    expect(out).toBe("");
    expect(JSON.parse(textOf(folder, "out/r.json"))).toMatchObject({ findings: [{ rule: "debug-enabled" }] });
  });

  it("saves further forms beside the one it prints", async () => {
    const folder = folderWith({ "a.py": leak });
    const { code, out } = await run(["check", "--save", "r.sarif", "--save", "r.json", "--save", "r.xml"], folder);
    expect(code).toBe(1);
    expect(out).toContain("a.py:2:1 error debug-enabled");
    expect(JSON.parse(textOf(folder, "r.sarif")).version).toBe("2.1.0");
    expect(JSON.parse(textOf(folder, "r.json")).schema_version).toBe("1.0");
    expect(textOf(folder, "r.xml")).toMatch(/^<\?xml/);
    expect((await run(["check", "--save", "r.pdf"], folder)).err).toBe(
      "spillcheck: --save r.pdf: the name must end in .json, .sarif, .xml, .md or .txt, which says in which form to write.\n",
    );
  });

  it.each(["json", "sarif"])("reports only what a %s baseline does not know", async (format) => {
    const folder = folderWith({ "a.py": leak });
    await run(["check", "--format", format, "--output", "known"], folder);
    expect(await run(["check", "--baseline", "known"], folder)).toMatchObject({
      code: 0,
      out: "No findings, 1 in the baseline in 1 file.\n",
    });
    writeFileSync(path.join(folder, "a.py"), `\n\n${leak}${leak}`);
    const grown = await run(["check", "--baseline", "known"], folder);
    expect(grown.code).toBe(1);
    expect(grown.out).toContain("1 finding (1 error), 1 in the baseline");
  });

  it("reads the baseline that the settings name", async () => {
    const folder = folderWith({ "a.py": leak, ".spillcheck.yaml": "baseline: known.json\n" });
    writeFileSync(
      path.join(folder, "known.json"),
      '{"findings":[{"rule":"debug-enabled","fingerprint":"debug-enabled-24"}]}',
    );
    expect((await run(["check"], folder)).code).toBe(0);
  });

  it("checks standard input in the place of a file", async () => {
    const folder = folderWith({ "a.py": leak });
    const readInput = () => Buffer.from("LEAK:missing-projection:error\n");
    const { code, out } = await run(["check", "--stdin-filename", "a.py"], folder, { readInput });
    expect(code).toBe(1);
    expect(out).toMatch(/^a\.py:1:1 error missing-projection/);
    expect(out).toContain("1 finding (1 error) in 1 file.");
  });

  it("reports only findings on lines changed since a commit", async () => {
    const folder = folderWith({ "a.py": `${leak}y = 1\n`, "b.py": leak });
    const git = (...args: string[]) =>
      execFileSync("git", ["-C", folder, "-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
        stdio: "pipe",
      });
    git("init", "-q");
    git("add", ".");
    git("commit", "-qm", "start");
    expect((await run(["check", "--since", "HEAD"], folder)).out).toContain("No findings");
    writeFileSync(path.join(folder, "a.py"), `${leak}y = 1\nLEAK:missing-projection:error\n`);
    writeFileSync(path.join(folder, "new ü.py"), leak);
    const { out } = await run(["check", "--since", "HEAD"], folder);
    expect(out.match(/^.*:\d+:\d+ error/gm)).toEqual(["a.py:4:1 error", "new ü.py:2:1 error"]);
    expect((await run(["check", "--since", "no-such"], folder)).err).toBe(
      'spillcheck: There is no commit, branch or tag "no-such" in this repository.\n',
    );
  });
});

describe("check --fix", () => {
  it("shows a diff that git can apply, and writes nothing", async () => {
    const before = "a = 1\r\nLEAK-FIX\r\nb = 2\r\nLEAK-FIX";
    const folder = folderWith({ "sub/a.py": before });
    const { code, out, err } = await run(["check", "--fix", "--dry-run"], folder);
    expect(code).toBe(0);
    expect(err).toBe("spillcheck: 2 fixes in 1 file; nothing is written.\n");
    expect(textOf(folder, "sub/a.py")).toBe(before);
    execFileSync("git", ["-C", folder, "apply", "--unsafe-paths", "-p1", "-"], { input: out });
    expect(textOf(folder, "sub/a.py")).toBe("a = 1\r\nSAFE\r\nb = 2\r\nSAFE");
  });

  it("writes the mended files and reports what is left", async () => {
    const folder = folderWith({ "a.py": `\ufeffLEAK-FIX\n${leak}`, "b.py": "LEAK-FIX # ignored\n" });
    chmodSync(path.join(folder, "a.py"), 0o755);
    const { code, out, err } = await run(["check", "--fix"], folder);
    expect(code).toBe(1);
    expect(err).toBe("spillcheck: 1 fix applied in 1 file.\n");
    expect(textOf(folder, "a.py")).toBe(`\ufeffSAFE\n${leak}`);
    expect(textOf(folder, "b.py")).toBe("LEAK-FIX # ignored\n");
    expect(statSync(path.join(folder, "a.py")).mode & 0o777).toBe(0o755);
    expect(out).toContain("a.py:3:1 error debug-enabled");
  });

  it("leaves a file of another encoding alone, and says so", async () => {
    const bytes = Buffer.from("# coding: latin-1\nLEAK-FIX é\n", "latin1");
    const folder = folderWith({ "a.py": bytes });
    const { err } = await run(["check", "--fix"], folder);
    expect(err).toBe(
      "spillcheck: a.py is not mended: it is written in windows-1252, and fixes are only written as UTF-8.\n",
    );
    expect(textOf(folder, "a.py")).toBe(bytes.toString("utf8"));
  });
});
