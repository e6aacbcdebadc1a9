import { describe, expect, it } from "vitest";
import type { CheckSettings, SourceHost } from "../../server/analysis/engine-api.js";
import {
  debugFlags,
  isSettingsFile,
  settingsFileFindings,
  withSettingsFiles,
} from "../../server/analysis/settings-files.js";
import { FakeEngine } from "../support/fake-engine.js";

const settings: CheckSettings = { preset: "recommended", levels: {}, sensitiveFields: [], chatModel: "m" };
// Begins a variable in a compose file.
const dollar = "$";
const found = (file: string, text: string) => debugFlags(file, text).map((flag) => text.slice(flag.start, flag.end));

describe("debugFlags", () => {
  it.each([
    ["/p/.env", "FLASK_DEBUG=1\n", ["FLASK_DEBUG=1"]],
    ["/p/.env", "A=1\r\nexport DEBUG = True\r\n", ["DEBUG = True"]],
    ["/p/.env", "DJANGO_DEBUG='yes'\n", ["DJANGO_DEBUG='yes"]],
    ["/p/.flaskenv", "FLASK_ENV=development\nFLASK_APP=x\n", ["FLASK_ENV=development"]],
    ["/p/Dockerfile", "FROM python\nENV A=1 FLASK_DEBUG=1\nCMD x\n", ["FLASK_DEBUG=1"]],
    ["/p/Dockerfile", "ENV A=1 \\\n    B=2 \\\n    DEBUG=true\n", ["DEBUG=true"]],
    ["/p/api.Dockerfile", "ENV FLASK_DEBUG 1\n", ["FLASK_DEBUG 1"]],
    ["/p/docker-compose.yml", "  environment:\n    - FLASK_DEBUG=1\n    - X=2\n", ["FLASK_DEBUG=1"]],
    ["/p/compose.yaml", '  environment:\n    FLASK_DEBUG: "1"\n', ['FLASK_DEBUG: "1']],
    ["/p/compose.yaml", `    - FLASK_DEBUG=${dollar}{FLASK_DEBUG:-1}\n`, [`FLASK_DEBUG=${dollar}{FLASK_DEBUG:-1`]],
  ])("finds what is on in %s: %j", (file, text, flags) => {
    expect(found(file, text)).toEqual(flags);
  });

  it.each([
    ["/p/.env", "FLASK_DEBUG=0\n"],
    ["/p/.env", "# FLASK_DEBUG=1\n"],
    ["/p/.env", "DEBUG=app:*\n"],
    ["/p/.env", "MY_DEBUG=1\nDEBUGGER=1\n"],
    ["/p/.env", "FLASK_ENV=production\n"],
    ["/p/Dockerfile", "RUN echo DEBUG=1\n"],
    ["/p/Dockerfile", "# ENV DEBUG=1\n"],
    ["/p/compose.yaml", `    - FLASK_DEBUG=${dollar}{FLASK_DEBUG}\n    - DEBUG=${dollar}{D:-0}\n`],
    ["/p/app.py", "FLASK_DEBUG=1\n"],
    ["/p/.env", ""],
  ])("finds nothing in %s: %j", (file, text) => {
    expect(found(file, text)).toEqual([]);
  });
});

describe("settingsFileFindings", () => {
  it("reports at warning, in development files at info, and at the level that the user chose", () => {
    const levels = (file: string, more: Partial<CheckSettings> = {}) =>
      settingsFileFindings(file, "DEBUG=1\n", { ...settings, ...more }, "/p").map((finding) => finding.level);
    expect(levels("/p/.env")).toEqual(["warning"]);
    expect(levels("/p/.env.production")).toEqual(["warning"]);
    for (const name of [".env.local", ".env.example", "docker-compose.dev.yml", "Dockerfile.test"]) {
      expect(
        settingsFileFindings(
          `/p/${name}`,
          "ENV DEBUG=1\n".replace("ENV ", name.startsWith("Dock") ? "ENV " : ""),
          settings,
          "/p",
        )[0]?.level,
        name,
      ).toBe("info");
    }
    expect(levels("/p/.env", { levels: { "debug-enabled": "error" } })).toEqual(["error"]);
    expect(levels("/p/.env", { levels: { "debug-enabled": "off" } })).toEqual([]);
  });

  it("keeps to suppressions, on the line and above it", () => {
    const reasons = (text: string) =>
      settingsFileFindings("/p/.env", text, settings, "/p")
        .filter((finding) => finding.rule === "debug-enabled")
        .map((finding) => finding.suppressed);
    expect(reasons("DEBUG=1 # spillcheck: ignore[debug-enabled] only here\n")).toEqual([{ reason: "only here" }]);
    expect(reasons("# spillcheck: ignore[debug-enabled] demo\nDEBUG=1\n")).toEqual([{ reason: "demo" }]);
    expect(reasons("DEBUG=1 # spillcheck: ignore[raw-llm-output]\n")).toEqual([undefined]);
    expect(reasons("DEBUG=1 # spillcheck: ignore\n")).toEqual([{ reason: "" }]);
  });
});

describe("withSettingsFiles", () => {
  const files: Record<string, string> = {
    "/p/.env": "DEBUG=1\n",
    "/p/a.py": "LEAK:debug-enabled:error\n",
    "/p/z.txt": "DEBUG=1",
  };
  const host: SourceHost = { files: () => Object.keys(files), read: (file) => files[file] };
  const input = { host, settings: () => settings, models: () => [] };

  it("adds to what the engine finds, in order of files", () => {
    const engine = withSettingsFiles(new FakeEngine(input), input);
    expect(engine.allFindings().map((finding) => `${finding.file}:${finding.level}`)).toEqual([
      "/p/.env:warning",
      "/p/a.py:error",
    ]);
  });

  it("follows edits, and mends", () => {
    const engine = withSettingsFiles(new FakeEngine(input), input);
    engine.open("/p/.env", "X=1\nFLASK_ENV='development'\n");
    const [finding] = engine.findings("/p/.env");
    const edits = finding ? engine.fixes(finding)[0]?.edits : undefined;
    expect(edits).toEqual([{ file: "/p/.env", start: 15, end: 26, text: "production" }]);
    engine.change("/p/.env", edits ?? []);
    expect(engine.findings("/p/.env")).toEqual([]);
    expect(engine.dirty()).toContain("/p/.env");
    engine.close("/p/.env");
    expect(engine.findings("/p/.env")).toHaveLength(1);
    expect(isSettingsFile("/p/a.py")).toBe(false);
  });
});

describe("comments that suppress nothing in settings files", () => {
  const said = (text: string, more: Partial<CheckSettings> = {}) =>
    settingsFileFindings("/p/.env", text, { ...settings, ...more }, "/p").map(
      (f) => `${text.slice(0, f.start).split("\n").length} ${f.rule} ${f.level}${f.suppressed ? " suppressed" : ""}`,
    );

  it("are told from those that do", () => {
    expect(said("FLASK_DEBUG=1 # spillcheck: ignore local\n")).toEqual(["1 debug-enabled warning suppressed"]);
    expect(said("# spillcheck: ignore[debug-enabled]\nFLASK_DEBUG=1\n")).toEqual([
      "2 debug-enabled warning suppressed",
    ]);
    expect(said("FLASK_DEBUG=0 # spillcheck: ignore local\n")).toEqual(["1 unused-suppression hint"]);
    expect(said("# spillcheck: ignore[debug-enabled]\n\nFLASK_DEBUG=1\n")).toEqual([
      "1 unused-suppression hint",
      "3 debug-enabled warning",
    ]);
    expect(said("FLASK_DEBUG=1 # spillcheck: ignore[raw-llm-output]\n")).toEqual([
      "1 debug-enabled warning",
      "1 unused-suppression hint",
    ]);
  });

  it("are not reported where one of the rules is off", () => {
    const text = "FLASK_DEBUG=0 # spillcheck: ignore\n";
    expect(said(text, { levels: { "unused-suppression": "off" } })).toEqual([]);
    expect(said(text, { levels: { "debug-enabled": "off" } })).toEqual([]);
  });

  it.each([
    ["A=1\n  # spillcheck: ignore\r\nB=2\n", "A=1\nB=2\n"],
    ["A=1  # spillcheck: ignore[debug-enabled] why\r\nB=2\n", "A=1\r\nB=2\n"],
    ["A=1 # spillcheck: ignore", "A=1"],
  ])("are removed from %j", (text, after) => {
    const host: SourceHost = { files: () => ["/p/.env"], read: () => text };
    const input = { host, settings: () => settings, models: () => [] };
    const engine = withSettingsFiles(new FakeEngine(input), input);
    const [found] = engine.findings("/p/.env");
    const [fix] = engine.fixes(found!);
    const [edit] = fix!.edits;
    expect(text.slice(0, edit!.start) + edit!.text + text.slice(edit!.end)).toBe(after);
  });
});
