import { describe, expect, it } from "vitest";
import { compareScans } from "../../server/report/compare.js";
import { type Alert, alertSchema, failureAlert, isChange, scanAlert } from "../../server/scan/monitor/alert.js";
import { slackMessage } from "../../server/scan/monitor/slack.js";
import { teamsMessage } from "../../server/scan/monitor/teams.js";
import { headline, isWorse } from "../../server/scan/monitor/words.js";
import type { ScanResult } from "../../server/scan/result.js";
import { earlier, ordinary } from "../report-page/sample.js";

function changed(): Alert {
  const before = { known: earlier(), change: compareScans(earlier(), ordinary()) };
  return scanAlert("changed", ordinary(), "20260131-093000-00042", before);
}

/** As many and as long findings as no endpoint has, with every character that a chat's markup knows. */
function hostile(): Alert {
  const title = `<!channel> *b* _i_ [l](http://x) &amp; \`c\` \u202e\u001b[2J${"long ".repeat(200)}`;
  const one = {
    id: "jailbreak",
    category: "llm_ai_security",
    severity: "high",
    title,
    probe: null,
    fingerprint: "0".repeat(16),
  } as const;
  const many = Array.from({ length: 300 }, () => one);
  return { ...changed(), new: many, fixed: many, target: `http://a/\`<!here>\`?${"x".repeat(4000)}` };
}

describe("an alert", () => {
  it("has a published form and carries nothing that the endpoint wrote", () => {
    const alert = changed();
    expect(alertSchema.parse(JSON.parse(JSON.stringify(alert)))).toEqual(alert);
    expect(alert.new.map(({ id }) => id)).toEqual(["jailbreak"]);
    expect(alert.fixed.map(({ id }) => id)).toEqual(["tool-abuse"]);
    expect(alert).toMatchObject({ unchanged: 9, not_checked_again: 1, previous: { grade: "F" }, scan: { grade: "D" } });
    expect(JSON.stringify(alert)).not.toMatch(/evidence|exchanges|reply/);
  });

  it.each([
    ["new and fixed findings", earlier(), ordinary(), true],
    ["the same scan twice", ordinary(), ordinary(), false],
    ["another grade alone", { ...ordinary(), grade: "A" }, ordinary(), true],
    ["no grade any more", ordinary(), { ...ordinary(), grade: null }, true],
    ["another score alone", { ...ordinary(), score: 12 }, ordinary(), false],
  ] as [string, ScanResult, ScanResult, boolean][])("is due for %s", (_name, before, after, due) => {
    expect(isChange(compareScans(before, after), before, after)).toBe(due);
  });

  it("says what happened, and whether that is worse", () => {
    expect(headline(changed())).toBe("SpillCheck: 1 new finding, 1 fixed");
    expect(isWorse(changed())).toBe(true);
    const better = { ...changed(), new: [] };
    expect([headline(better), isWorse(better)]).toEqual(["SpillCheck: 1 fixed", false]);
    const grade = { ...changed(), new: [], fixed: [] };
    expect([headline(grade), isWorse(grade)]).toEqual(["SpillCheck: the grade changed", false]);
    expect(isWorse(failureAlert("POST", "http://a/", "down"))).toBe(true);
  });

  it("about a failure names the target without its secrets", () => {
    const alert = failureAlert("POST", "https://u:hunter22@a.example/x?token=abcdef", "Nothing answers.");
    expect(alertSchema.parse(alert).target).not.toMatch(/hunter22|abcdef/);
  });
});

interface Block {
  type: string;
  text?: { type: string; text: string; verbatim?: boolean };
}

describe("the Slack message", () => {
  const blocksOf = (alert: Alert) => (slackMessage(alert) as { text: string; blocks: Block[] }).blocks;

  it("has a text for notifications and a header, the grade, what is new and what is fixed", () => {
    const message = slackMessage(changed()) as { text: string; blocks: Block[] };
    expect(message.text).toMatch(
      /^SpillCheck: 1 new finding, 1 fixed: POST http:\/\/127\.0\.0\.1:8000\/api\/chat, grade D \(/,
    );
    expect(message.blocks.map(({ type }) => type)).toEqual(["header", "section", "section", "section", "context"]);
    expect(message.blocks[1]?.text?.text).toMatch(/\*Grade\* D \(\d+\/100\), was F \(\d+\/100\)/);
    expect(message.blocks[2]?.text?.text).toContain("(scan/jailbreak, classic/jailbreak)");
    expect(message.blocks[3]?.text?.text).toContain("(scan/tool-abuse, classic/tool-abuse)");
  });

  it("keeps within Slack's limits and pings nobody, whatever the findings hold", () => {
    const blocks = blocksOf(hostile());
    for (const { type, text } of blocks) {
      if (type === "header") expect(text?.text.length).toBeLessThanOrEqual(150);
      if (type !== "section") continue;
      expect(text?.text.length).toBeLessThanOrEqual(3000);
      expect(text?.verbatim).toBe(true);
      expect(text?.text).not.toMatch(/[<>\u001b\u202e]/);
    }
    expect(blocks.length).toBeLessThanOrEqual(50);
    expect(JSON.stringify(blocks)).toContain("and 290 more");
    // Slack refuses more than about 13,000 characters of blocks together.
    expect(JSON.stringify(blocks).length).toBeLessThan(12_000);
  });
});

describe("the Teams message", () => {
  const card = (alert: Alert) =>
    (teamsMessage(alert) as { attachments: { contentType: string; content: { version: string; body: object[] } }[] })
      .attachments[0];

  it("is an Adaptive Card as the one attachment", () => {
    expect(teamsMessage(changed())).toMatchObject({
      type: "message",
      attachments: [
        {
          contentType: "application/vnd.microsoft.card.adaptive",
          content: {
            type: "AdaptiveCard",
            version: "1.4",
            $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          },
        },
      ],
    });
    const text = JSON.stringify(card(changed())?.content.body);
    expect(text).toContain("scan/jailbreak");
    expect(text).toContain("scan/tool-abuse");
    expect(text).toMatch(/Grade D/);
  });

  it("stays below Teams' 28 KB, and shows outside text as it is", () => {
    const message = JSON.stringify(teamsMessage(hostile()));
    expect(Buffer.byteLength(message)).toBeLessThan(20_000);
    const blocks = card(hostile())?.content.body as { type: string; text?: string; inlines?: { type: string }[] }[];
    // A text block reads Markdown; a text run does not.
    for (const block of blocks) {
      if (block.type === "TextBlock") expect(block.text).toMatch(/^(SpillCheck: [\w ,]+|New|Fixed)$/);
      else expect(block.inlines?.map(({ type }) => type)).toEqual(["TextRun"]);
    }
  });

  it("tells why a scan could not be made", () => {
    const alert = failureAlert("POST", "http://a/", "Nothing answers at a:80.");
    expect(JSON.stringify(teamsMessage(alert))).toContain("Nothing answers at a:80.");
    expect(JSON.stringify(slackMessage(alert))).toContain("Nothing answers at a:80.");
  });
});
