import { execFileSync, spawnSync } from "node:child_process";
import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { Progress, wantsColor } from "../../server/main/terminal.js";
import { folderWith, textOf } from "../support/folder.js";
import { run } from "../support/run.js";

describe("commands", () => {
  it("lists the rules as text and as JSON", async () => {
    const folder = folderWith({});
    const text = await run(["rules"], folder);
    expect(text.out).toMatch(/^missing-projection {2}warning {2}What missing-projection finds leaks to the model\.\n/);
    const { rules } = JSON.parse((await run(["rules", "--format", "json"], folder)).out);
    expect(rules[0]).toMatchObject({ id: "missing-projection", cwe: ["CWE-200"], security_severity: 5.5 });
  });

  it("explains a rule", async () => {
    const { code, out } = await run(["explain", "missing-projection"], folderWith({}));
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^# missing-projection\n\nA page[\s\S]*docs\/rules\/missing-projection\.md\n$/),
    ]);
  });

  it("writes a settings file once", async () => {
    const folder = folderWith({});
    expect((await run(["init"], folder)).code).toBe(0);
    expect(textOf(folder, ".spillcheck.yaml")).toContain("preset: recommended");
    expect((await run(["check"], folder)).err).toBe("spillcheck: no Python files were found here.\n");
    expect(await run(["init"], folder)).toMatchObject({
      code: 2,
      err: "spillcheck: .spillcheck.yaml is there already; --force replaces it.\n",
    });
    expect((await run(["init", "--force"], folder)).code).toBe(0);
  });

  it("gives help with examples for every command", async () => {
    const top = await run(["--help"], folderWith({}));
    expect(top.code).toBe(0);
    for (const name of ["check", "rules", "explain", "init", "completion"]) {
      expect(top.out).toMatch(new RegExp(`^ {2}${name} `, "m"));
      const own = await run([name, "--help"], folderWith({}));
      expect(own.code, name).toBe(0);
      expect(own.out, name).toContain(`$ spillcheck ${name}`);
    }
  });

  it.each(["bash", "zsh", "fish"])("prints a completion script for %s that the shell takes", async (shell) => {
    const { code, out } = await run(["completion", shell], folderWith({}));
    expect(code).toBe(0);
    for (const word of ["check", "format", "sarif", "missing-projection"]) expect(out).toContain(word);
    const there = spawnSync(shell, ["--version"]).status === 0;
    if (there) expect(spawnSync(shell, ["-n"], { input: out }).stderr.toString()).toBe("");
  });

  it("completes in bash", async () => {
    const folder = folderWith({ "c.bash": (await run(["completion", "bash"], "/")).out });
    const complete = (words: string) =>
      execFileSync(
        "bash",
        [
          "-c",
          `compopt() { :; }; source c.bash; COMP_WORDS=(${words}); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); _spillcheck; echo "\${COMPREPLY[*]}"`,
        ],
        { cwd: folder, encoding: "utf8" },
      ).trim();
    expect(complete("spillcheck che")).toBe("check");
    expect(complete("spillcheck check --form")).toBe("--format");
    expect(complete("spillcheck check --format js")).toBe("json");
    expect(complete("spillcheck explain miss")).toBe("missing-projection");
  });
});

describe("terminal", () => {
  it("colours as the environment says", () => {
    const tty = { isTTY: true };
    expect(wantsColor(tty, {})).toBe(true);
    expect(wantsColor({}, {})).toBe(false);
    expect(wantsColor(tty, { NO_COLOR: "1" })).toBe(false);
    expect(wantsColor(tty, { NO_COLOR: "" })).toBe(true);
    expect(wantsColor({}, { FORCE_COLOR: "1" })).toBe(true);
    expect(wantsColor(tty, { FORCE_COLOR: "0" })).toBe(false);
    expect(wantsColor(tty, { TERM: "dumb" })).toBe(false);
  });

  it("draws a bar after a second, on a terminal outside CI only", () => {
    const draw = (isTTY: boolean, env: Record<string, string>): string => {
      let text = "";
      let now = 0;
      const stderr = Object.assign(
        new Writable({
          write(chunk, _, done) {
            text += String(chunk);
            done();
          },
        }),
        { isTTY },
      );
      const bar = new Progress({ stdout: stderr, stderr, env }, "checking", () => now);
      bar.update(1, 4);
      now = 1500;
      bar.update(2, 4);
      now = 1550;
      bar.update(3, 4);
      bar.end();
      return text;
    };
    const drawn = draw(true, {});
    expect(drawn).toContain("checking ");
    expect(drawn).toContain(" 2/4");
    expect(drawn).not.toContain("1/4");
    expect(drawn).not.toContain("3/4");
    expect(drawn.endsWith("\u001b[2K")).toBe(true);
    expect(draw(false, {})).toBe("");
    expect(draw(true, { CI: "true" })).toBe("");
  });
});
