import jsonSchema from "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json" with { type: "json" };
import AjvDraft04 from "ajv-draft-04";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../server/analysis/finding.js";
import { LineIndex } from "../../server/analysis/lines.js";
import { checkGithub } from "../../server/report/check-github.js";
import { checkJson, checkResultSchema } from "../../server/report/check-json.js";
import { checkJunit } from "../../server/report/check-junit.js";
import { checkMarkdown } from "../../server/report/check-markdown.js";
import { type CheckReport, fileNames, makeCheckReport } from "../../server/report/check-report.js";
import { checkSarif, sarifLog } from "../../server/report/check-sarif.js";
import { checkText } from "../../server/report/check-text.js";
import { sampleRules } from "../support/run.js";

const ajv = new AjvDraft04({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats(ajv);
const validSarif = ajv.compile(jsonSchema);

const texts: Record<string, string> = {
  "/w/app/a b.py": "x = 1\nemoji = '😀' + user\r\nlast = 2",
  "/w/store.py": "\ufeffuser = db.find_one()\n",
  "/elsewhere/lib.py": "pass\n",
};

function finding(more: Partial<Finding> = {}): Finding {
  return {
    file: "/w/app/a b.py",
    start: 21,
    end: 25,
    rule: "missing-projection",
    level: "warning",
    message: "`user` holds every field.",
    confidence: "high",
    path: [
      { file: "/w/store.py", start: 1, end: 5, message: "`user` is read with every field" },
      { file: "/w/app/a b.py", start: 21, end: 25, message: "it is joined to the prompt" },
    ],
    related: [{ file: "/elsewhere/lib.py", start: 0, end: 4, message: "and here" }],
    fixes: [{ kind: "projection" }],
    fingerprint: "0123456789abcdef",
    ...more,
  };
}

function report(findings: Finding[], more: Partial<CheckReport> = {}): CheckReport {
  const made = makeCheckReport({
    cwd: "/w",
    findings,
    text: (file) => texts[file] ?? "",
    fixes: (one) => [
      {
        title: "Add a projection",
        effort: "low",
        edits: [
          { file: one.file, start: one.start, end: one.end, text: "user['name']" },
          { file: "/w/store.py", start: 20, end: 20, text: "{}, {'name': 1}" },
        ],
      },
    ],
    checked: 3,
    skipped: [{ file: "/w/big.py", reason: "it is 9.0 MB large" }],
    partial: [{ file: "/w/deep.py", reason: "one function is nested too deeply" }],
  });
  return { ...made, ...more };
}

const both = report([finding(), finding({ level: "hint", suppressed: { reason: "seen" }, rule: "own/rule" })]);

describe("LineIndex", () => {
  it("counts from one, in UTF-16, over every kind of line end", () => {
    const lines = new LineIndex("a\r\nb\rc\n😀x");
    expect(lines.count).toBe(4);
    expect(lines.position(0)).toEqual({ line: 1, column: 1 });
    expect(lines.position(3)).toEqual({ line: 2, column: 1 });
    expect(lines.position(5)).toEqual({ line: 3, column: 1 });
    expect(lines.position(9)).toEqual({ line: 4, column: 3 });
    expect(lines.position(99)).toEqual({ line: 4, column: 4 });
  });

  it("gives a byte order mark no column", () => {
    expect(new LineIndex("\ufeffab").position(1)).toEqual({ line: 1, column: 1 });
  });

  it("finds the line of every offset", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "\n", "\r\n", "\r", "😀")), (parts) => {
        const text = parts.join("");
        const lines = new LineIndex(text);
        const before = text.split(/\r\n|\n|\r/);
        expect(lines.count).toBe(before.length);
        for (let line = 1; line <= lines.count; line++) {
          expect(lines.position(lines.lineStart(line))).toEqual({ line, column: 1 });
        }
      }),
    );
  });
});

describe("fileNames", () => {
  it("makes relative addresses inside the working directory and file addresses outside", () => {
    expect(fileNames("/w/app/a b#1.py", "/w")).toEqual({ uri: "app/a%20b%231.py", path: "app/a b#1.py" });
    expect(fileNames("/x/y.py", "/w").uri).toBe("file:///x/y.py");
    expect(fileNames("/www/y.py", "/w").uri).toBe("file:///www/y.py");
    expect(fileNames("C:/x/y.py", "C:/w").uri).toBe("file:///C:/x/y.py");
    expect(fileNames("/w/a:b.py", "/w").uri).toBe("./a:b.py");
  });
});

describe("JSON", () => {
  it("has the agreed form", () => {
    const result = checkResultSchema.parse(JSON.parse(checkJson(both)));
    expect(result.findings[0]).toEqual({
      rule: "missing-projection",
      level: "warning",
      confidence: "high",
      message: "`user` holds every field.",
      location: { uri: "app/a%20b.py", start: { line: 2, column: 16 }, end: { line: 2, column: 20 } },
      path: [
        { uri: "store.py", line: 1, column: 1, message: "`user` is read with every field" },
        { uri: "app/a%20b.py", line: 2, column: 16, message: "it is joined to the prompt" },
      ],
      related: [{ uri: "file:///elsewhere/lib.py", line: 1, column: 1, message: "and here" }],
      fixes: [{ title: "Add a projection" }],
      fingerprint: "0123456789abcdef",
      suppressed: false,
    });
    expect(result.findings[1]).toMatchObject({ suppressed: true, suppression_reason: "seen" });
    expect(result.files).toEqual({
      checked: 3,
      skipped: [{ uri: "big.py", reason: "it is 9.0 MB large" }],
      partial: [{ uri: "deep.py", reason: "one function is nested too deeply" }],
    });
  });
});

describe("SARIF", () => {
  it.each([
    ["findings", both],
    ["none", report([])],
  ])("validates against the 2.1.0 schema: %s", (_, one) => {
    validSarif(JSON.parse(checkSarif(one, sampleRules)));
    expect(validSarif.errors ?? []).toEqual([]);
  });

  it("is refused by the schema when something is wrong with it", () => {
    const log = JSON.parse(checkSarif(both, sampleRules));
    log.runs[0].results[0].locations[0].physicalLocation.region.startLine = 0;
    expect(validSarif(log)).toBe(false);
  });

  it("holds places, path, fixes, fingerprints and suppressions", () => {
    const run = sarifLog(both, sampleRules).runs[0];
    const [open, suppressed] = run?.results ?? [];
    expect(run?.columnKind).toBe("utf16CodeUnits");
    expect(open?.locations?.[0]?.physicalLocation).toEqual({
      artifactLocation: { uri: "app/a%20b.py", uriBaseId: "%SRCROOT%" },
      region: { startLine: 2, startColumn: 16, endLine: 2, endColumn: 20 },
    });
    expect(open?.codeFlows?.[0]?.threadFlows[0]?.locations).toHaveLength(2);
    expect(open?.relatedLocations?.[0]?.physicalLocation?.artifactLocation).toEqual({
      uri: "file:///elsewhere/lib.py",
    });
    expect(open?.fixes?.[0]?.artifactChanges.map((change) => change.artifactLocation.uri)).toEqual([
      "app/a%20b.py",
      "store.py",
    ]);
    expect(open?.partialFingerprints).toEqual({ "spillcheck/v1": "0123456789abcdef" });
    expect(open?.suppressions).toEqual([]);
    expect(suppressed?.suppressions).toEqual([{ kind: "inSource", status: "accepted", justification: "seen" }]);
    expect(suppressed).toMatchObject({ level: "note", properties: { level: "hint" } });
  });

  it("describes the rules, those of the user included", () => {
    const driver = sarifLog(both, sampleRules).runs[0]?.tool.driver;
    expect(driver?.rules?.map((rule) => rule.id)).toEqual(["missing-projection", "debug-enabled", "own/rule"]);
    expect(driver?.rules?.[0]).toMatchObject({
      name: "MissingProjection",
      help: { text: "missing-projection\n\nA page with code.", markdown: expect.stringContaining("`code`") },
      properties: {
        tags: ["security", "llm", "external/cwe/cwe-200", "OWASP-LLM-2025/LLM02", "OWASP-API-2023/API3"],
        "security-severity": "5.5",
      },
    });
  });
});

describe("text", () => {
  it("reads like a compiler's output, with the path beneath", () => {
    expect(checkText(both, { color: false })).toBe(
      [
        "app/a b.py:2:16 warning missing-projection `user` holds every field.",
        "    store.py:1:1 `user` is read with every field",
        "    app/a b.py:2:16 it is joined to the prompt",
        "    /elsewhere/lib.py:1:1 also: and here",
        "    fix: Add a projection",
        "",
        "skipped big.py: it is 9.0 MB large",
        "checked in part deep.py: one function is nested too deeply",
        "1 finding (1 warning), 1 suppressed in 3 files, 1 skipped.",
        "",
      ].join("\n"),
    );
  });

  it("says that there is nothing", () => {
    expect(checkText(report([], { skipped: [], partial: [], checked: 1 }), { color: false })).toBe(
      "No findings in 1 file.\n",
    );
  });

  it("colours by level", () => {
    expect(checkText(both, { color: true })).toContain("\u001b[33mwarning\u001b[39m");
  });

  it("lets nothing from a source steer the terminal", () => {
    const text = checkText(report([finding({ message: "a\u001b[2Jb\nc\u202e" })]), { color: false });
    expect(text).toContain("missing-projection ab c<U+202E>");
    expect(text).not.toContain("\u001b");
  });
});

describe("GitHub", () => {
  it("writes workflow commands with everything escaped", () => {
    const out = checkGithub(report([finding({ message: "50% off\n::error::x" })]));
    expect(out.split("\n")[0]).toBe(
      "::warning file=app/a b.py,line=2,endLine=2,col=16,endColumn=20,title=missing-projection::50%25 off%0A::error::x%0Astore.py:1: `user` is read with every field%0Aapp/a b.py:2: it is joined to the prompt",
    );
    expect(out.trim().split("\n")).toHaveLength(2);
  });
});

describe("JUnit", () => {
  it("fails what is at or above the level and passes the rest", () => {
    const two = report([finding(), finding({ level: "error", message: 'a < "b" & \u0001' })]);
    const xml = checkJunit(two, "error");
    expect(xml).toContain('<testsuites name="spillcheck check" tests="2" failures="1" errors="0">');
    expect(xml).toContain('message="a &lt; &quot;b&quot; &amp; &lt;U+0001&gt;"');
    expect(xml.match(/<failure /g)).toHaveLength(1);
    expect(checkJunit(two, "never")).not.toContain("<failure");
    expect(checkJunit(two, "warning").match(/<failure /g)).toHaveLength(2);
  });

  it("has a passing case when there is nothing", () => {
    const xml = checkJunit(report([]), "error");
    expect(xml).toContain('tests="1" failures="0"');
    expect(xml).toContain("no findings in 3 files");
  });
});

describe("Markdown", () => {
  it("has a table and the paths, with nothing of the sources as mark-up", () => {
    const text = checkMarkdown(report([finding({ message: "<img src=x> | `a|b` [x](y) @team" })]));
    expect(text).toContain("| warning | [`missing-projection`](");
    expect(text).toContain("&lt;img src=x&gt; \\| `a\\|b` \\[x\\](y) &#64;team |");
    expect(text).toContain("1. `store.py:1` `user` is read with every field");
    expect(text).toContain("Quick fix: Add a projection");
    expect(text).toContain("- `big.py`: it is 9.0 MB large");
  });

  it("survives any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (message) => {
        const one = report([finding({ message })]);
        const rows = checkMarkdown(one)
          .split("\n")
          .filter((line) => line.startsWith("| warning"));
        expect(rows).toHaveLength(1);
        expect(checkJunit(one, "hint")).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
        expect(checkText(one, { color: false })).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
        JSON.parse(checkJson(one));
      }),
    );
  });
});
