/**
 * Message for a Microsoft Teams workflow ("When a Teams webhook request is received"): an Adaptive Card as attachment.
 * Teams renders cards of version 1.4 everywhere and refuses messages above 28 KB (learn.microsoft.com, "Create and send
 * messages"); the lists' limits keep a card far below. Text from outside stands in text runs, which know no Markdown.
 */
import type { Alert } from "./alert.js";
import { endpointWords, findingLines, gradeWords, headline, isWorse, plain } from "./words.js";

const literal = (text: string, more: object = {}): object => ({
  type: "RichTextBlock",
  inlines: [{ type: "TextRun", text, ...more }],
});

const heading = (text: string, color: string, size = "Medium"): object => ({
  type: "TextBlock",
  text,
  size,
  weight: "Bolder",
  color,
  wrap: true,
});

export function teamsMessage(alert: Alert): object {
  const worse = isWorse(alert);
  const color = worse === undefined ? "Default" : worse ? "Attention" : "Good";
  const body: object[] = [
    heading(headline(alert), color, "Large"),
    literal(endpointWords(alert), { fontType: "Monospace" }),
  ];
  const grade = gradeWords(alert);
  if (grade) body.push(literal(`Grade ${grade}`));
  if (alert.error !== null) body.push(literal(plain(alert.error)));
  for (const [name, findings, tone] of [
    ["New", alert.new, "Attention"],
    ["Fixed", alert.fixed, "Good"],
  ] as const) {
    if (findings.length === 0) continue;
    body.push(
      heading(name, tone),
      ...findingLines(findings).map((line) => ({ ...literal(`• ${line}`), spacing: "None" })),
    );
  }
  if (alert.scan) {
    const more = `${alert.unchanged} unchanged, ${alert.not_checked_again} not checked again. Scan ${alert.scan.id ?? alert.scan.started_at}.`;
    body.push(literal(more, { isSubtle: true, size: "Small" }));
  }
  return {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        contentUrl: null,
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          body,
          msteams: { width: "Full" },
        },
      },
    ],
  };
}
