import jsonSchema from "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json" with { type: "json" };
import AjvDraft04 from "ajv-draft-04";
import addFormats from "ajv-formats";
import fc from "fast-check";
import MarkdownIt from "markdown-it";
import { describe, expect, it } from "vitest";
import { parseStringPromise } from "xml2js";
import { rulePageUrl } from "../../server/analysis/rule-meta.js";
import { embeddedJson, renderHtml } from "../../server/report/html.js";
import { curlCommand } from "../../server/report/scan-curl.js";
import { reportData } from "../../server/report/scan-guides.js";
import { renderScanJunit } from "../../server/report/scan-junit.js";
import {
  findingMarkdown,
  markdownBlock,
  markdownCode,
  markdownText,
  renderScanMarkdown,
} from "../../server/report/scan-markdown.js";
import { scanSarifLog } from "../../server/report/scan-sarif.js";
import { renderScanText } from "../../server/report/scan-text.js";
import { excerpt, terminalText, visiblePieces, visibleText } from "../../server/report/scan-visible-text.js";
import { allFindings, type ScanResult } from "../../server/scan/result.js";
import { allIds, ESCAPES, earlier, hostile, IDS, ordinary, SCRIPT, withoutGrade } from "../report-page/sample.js";

const ajv = new AjvDraft04({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats(ajv);
const validSarif = ajv.compile(jsonSchema);
const ids = Object.values(IDS)
  .flat()
  .map(([id]) => id);
const results: [string, () => ScanResult][] = [
  ["every id", allIds],
  ["ordinary", ordinary],
  ["hostile", hostile],
  ["without a grade", withoutGrade],
];

describe("text from an endpoint", () => {
  it("names hidden characters and leaves ordinary ones alone", () => {
    expect(visibleText("a\u202eb\u200bc\u0000")).toBe("a<U+202E>b<U+200B>c<U+0000>");
    expect(visibleText("line\r\nnext\tx")).toBe("line\nnext\tx");
    expect(visibleText("Größe, 数, مرحبا, 👩‍💻, ❤️")).toBe("Größe, 数, مرحبا, 👩‍💻, ❤️");
    expect(visiblePieces("x\u{e0041}")[1]?.hidden).toBe("U+E0041 tag A");
    expect(visibleText("a\u200db")).toBe("a<U+200D>b");
    expect(visibleText("\ud800!")).toBe("<U+D800>!");
  });

  it("loses nothing but line ends of two characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const together = visiblePieces(text)
          .map((piece) => piece.text)
          .join("");
        expect(together).toBe(text.replaceAll("\r\n", "\n"));
      }),
    );
  });

  it("takes the escape sequences of terminals out", () => {
    expect(terminalText(ESCAPES)).toBe("red link");
    expect(terminalText("\u001b[2J\u001b[1;1Hx\u009b31my\u001bcz")).toBe("xyz");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(terminalText(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
      }),
    );
  });

  it("cuts between characters, never inside one", () => {
    expect(excerpt("ab😀cd", 3)).toEqual({ text: "ab", left: 4 });
    expect(excerpt("ab", 3)).toEqual({ text: "ab", left: 0 });
  });
});

describe("text for a terminal", () => {
  it("has grade, categories, findings most severe first, inconclusive checks and requests", () => {
    const text = renderScanText(ordinary(), { color: false, previous: earlier() });
    expect(text).toContain("Grade  D    58/100");
    expect(text).toMatch(/LLM security +░{10} +0 {2}5 findings/);
    expect(text).toMatch(/Object-level authorisation +inconclusive: no second identity was given/);
    expect(text.indexOf("CRITICAL")).toBeLessThan(text.indexOf("MEDIUM"));
    expect(text).toContain(
      "scan/system-prompt-leak · probe classic/system-prompt-leak · 2/3 tries · confirmed · shop/views.py:42",
    );
    expect(text).toContain("1 new, 1 fixed, 9 unchanged, 1 not checked again; score 49 to 58.");
    expect(text).toContain("Inconclusive (2); not a pass");
    expect(text).toContain("3 attacks withstood. 87 of 120 requests sent, 2 of them again, about 12480 tokens.");
  });

  it("colours only when it may, and obeys no escape of the endpoint", () => {
    const control = /\u001b/;
    expect(renderScanText(hostile(), { color: false })).not.toMatch(control);
    const coloured = renderScanText(hostile(), { color: true });
    expect(coloured).toMatch(control);
    expect(coloured.replaceAll(/\u001b\[[0-9;]*m/g, "")).not.toMatch(control);
    expect(coloured).not.toContain("\u202e");
  });

  it("says that there is no grade", () => {
    expect(renderScanText(withoutGrade(), { color: false })).toContain("No grade: inconclusive.");
  });

  it("wraps at the given width", () => {
    const lines = renderScanText(ordinary(), { color: false, width: 60 }).split("\n");
    const long = lines.filter(
      (line) => line.length > 60 && line.trim().includes("  ") === false && !line.includes("scan/"),
    );
    expect(long.filter((line) => line.startsWith("            "))).toEqual([]);
  });
});

describe("Markdown", () => {
  it("has the grade, a row for each category, and every finding", () => {
    const text = renderScanMarkdown(ordinary(), { previous: earlier() });
    expect(text).toContain("**Grade D, 58/100**");
    expect(text.match(/^\| .+ \| .* \| .+ \| \d+ \|$/gm)).toHaveLength(12);
    for (const { id } of allFindings(ordinary())) expect(text).toContain(`scan/${id}`);
    expect(text).toContain("## Since the scan before");
    expect(text).toContain("- high: A role\\-play gets");
  });

  it("reads nothing of the endpoint's as mark-up, mention or link", () => {
    expect(markdownText(`<b> *x* [a](b) @me https://evil.test www.evil.test a|b`)).toBe(
      "&lt;b\\&gt; \\*x\\* \\[a\\]\\(b\\) &#64;me https&#58;//evil.test www&#46;evil.test a\\|b".replace(
        "\\&gt;",
        "\\>",
      ),
    );
    expect(markdownCode("a ` b `` c")).toBe("```a ` b `` c```");
    expect(markdownBlock("x\n```\ny")).toBe("````\nx\n```\ny\n````");
    const tokens = new MarkdownIt({ html: true, linkify: true })
      .parse(renderScanMarkdown(hostile()), {})
      .flatMap((token) => [token, ...(token.children ?? [])]);
    expect(tokens.filter(({ type }) => /html|image/.test(type))).toEqual([]);
    const links = tokens.filter(({ type }) => type === "link_open").map((token) => token.attrGet("href"));
    expect(links).toEqual([rulePageUrl("scan/system-prompt-leak")]);
    const plain = tokens.filter(({ type }) => type === "text").map(({ content }) => content);
    expect(plain.join("\n")).toContain(SCRIPT);
    expect(renderScanMarkdown(hostile()).replaceAll(/^(`{3,})[^\n]*\n[\s\S]*?\n\1$/gm, "")).not.toMatch(
      /^[^`]*@someone/m,
    );
  });

  it("gives one finding with its request as a command", () => {
    const [, leak] = allFindings(ordinary());
    expect(leak?.id).toBe("system-prompt-leak");
    const text = leak ? findingMarkdown(leak) : "";
    expect(text).toMatch(/^### CRITICAL: The system prompt comes out$/m);
    expect(text).toContain("curl -sS -X POST http://127.0.0.1:8000/api/chat");
    expect(text).toContain("shop/views.py:42");
  });
});

describe("the curl command", () => {
  it("quotes for the shell", () => {
    const request = {
      method: "POST",
      url: "http://h/?a=1&b=$(id)",
      headers: { Host: "h", "x-a": "it's" },
      body: "a\nb\u0000'\\",
    };
    expect(curlCommand(request)).toBe(
      "curl -sS -X POST 'http://h/?a=1&b=$(id)' \\\n  -H 'x-a: it'\\''s' \\\n  --data-raw $'a\\nb\\x00\\'\\\\'",
    );
  });
});

describe("JUnit", () => {
  it.each(results)("is well-formed and counts right: %s", async (_, make) => {
    const made = make();
    const { testsuites } = await parseStringPromise(renderScanJunit(made));
    expect(testsuites.testsuite).toHaveLength(12);
    const cases = testsuites.testsuite.flatMap((suite: { testcase?: unknown[] }) => suite.testcase ?? []);
    expect(cases).toHaveLength(Number(testsuites.$.tests));
    const failed = cases.filter((one: { failure?: unknown }) => one.failure);
    expect(failed).toHaveLength(Number(testsuites.$.failures));
    expect(failed).toHaveLength(allFindings(made).filter(({ severity }) => severity !== "info").length);
    expect(cases.filter((one: { skipped?: unknown }) => one.skipped)).toHaveLength(Number(testsuites.$.skipped));
  });

  it("never lets an inconclusive category pass", async () => {
    const { testsuites } = await parseStringPromise(renderScanJunit(withoutGrade()));
    const passed = testsuites.testsuite
      .flatMap(
        (suite: { testcase?: { skipped?: unknown; failure?: unknown; $: { name: string } }[] }) => suite.testcase ?? [],
      )
      .filter((one: { skipped?: unknown; failure?: unknown }) => !one.skipped && !one.failure);
    expect(passed.map((one: { $: { name: string } }) => one.$.name)).toEqual([
      "scan/jailbreak: DAN role-play",
      "scan/encoding-bypass: Order in ROT13",
      "scan/insecure-cookie: Cookie flags",
    ]);
  });
});

describe("SARIF", () => {
  it.each(results)("validates against the 2.1.0 schema: %s", (_, make) => {
    const log = scanSarifLog(make(), { previous: earlier() });
    validSarif(JSON.parse(JSON.stringify(log)));
    expect(validSarif.errors ?? []).toEqual([]);
  });

  it("has a rule for every id, and the severities of the published table", () => {
    const [run] = scanSarifLog(allIds()).runs;
    expect(run?.tool.driver.rules?.map(({ id }) => id).sort()).toEqual(ids.map((id) => `scan/${id}`).sort());
    const levels = new Map(
      run?.results?.map(({ ruleId, level, properties }) => [ruleId, [level, properties?.["security-severity"]]]),
    );
    expect(levels.get("scan/system-prompt-leak")).toEqual(["error", "9.5"]);
    expect(levels.get("scan/jailbreak")).toEqual(["error", "8.0"]);
    expect(levels.get("scan/missing-rate-limit")).toEqual(["warning", "5.5"]);
    expect(levels.get("scan/server-banner")).toEqual(["note", "3.0"]);
    expect(levels.get("scan/no-tls")).toEqual(["note", "0.0"]);
    for (const { ruleId, ruleIndex } of run?.results ?? [])
      expect(run?.tool.driver.rules?.[ruleIndex ?? -1]?.id).toBe(ruleId);
  });

  it("stands at the source line where it is known, else at the endpoint", () => {
    const [run] = scanSarifLog(ordinary()).runs;
    const at = (id: string) =>
      run?.results?.find(({ ruleId }) => ruleId === `scan/${id}`)?.locations?.[0]?.physicalLocation;
    expect(at("system-prompt-leak")).toEqual({
      artifactLocation: { uri: "shop/views.py", uriBaseId: "%SRCROOT%" },
      region: { startLine: 42 },
    });
    expect(at("jailbreak")?.artifactLocation?.uri).toBe("http://127.0.0.1:8000/api/chat");
  });

  it("carries the states of a comparison", () => {
    const [run] = scanSarifLog(ordinary(), { previous: earlier() }).runs;
    const states = Object.fromEntries((run?.results ?? []).map(({ ruleId, baselineState }) => [ruleId, baselineState]));
    expect(states).toMatchObject({
      "scan/jailbreak": "new",
      "scan/system-prompt-leak": "unchanged",
      "scan/tool-abuse": "absent",
    });
    expect(states).not.toHaveProperty("scan/object-access-without-ownership");
  });
});

describe("the stand-alone HTML", () => {
  const assets = { script: 'x = "</script><!--"', style: "p { color: red }" };

  it("embeds the data so that no parser leaves it early", () => {
    const html = renderHtml(reportData(hostile()), assets);
    const scripts = html.match(/<script[^>]*>[\s\S]*?<\/script>/g) ?? [];
    expect(scripts).toHaveLength(2);
    const data = scripts[0]?.replace(/^<script[^>]*>|<\/script>$/g, "") ?? "";
    expect(data).not.toMatch(/[<>&\u2028\u2029]/);
    expect(JSON.parse(data).result.findings).toBeUndefined();
    expect(JSON.parse(data).result.category_breakdown.llm_ai_security.findings[0].title).toBe(`Title ${SCRIPT}`);
    expect(scripts[1]).toBe('<script>x = "<\\/script><\\!--"</script>');
  });

  it("names no address to load from, and a policy without exceptions", () => {
    const html = renderHtml(reportData(ordinary()), assets);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:|data:|blob:/);
    expect(html).not.toMatch(/<(?:link|img|iframe|object|embed|base)\b/);
    expect(html).not.toMatch(/\s(?:src|style|on[a-z]+)=/);
  });

  it("gives any JSON back as it was", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = embeddedJson(value);
        expect(text).not.toMatch(/[<>&]/);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
