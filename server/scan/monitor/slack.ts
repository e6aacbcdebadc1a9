/**
 * Message for a Slack incoming webhook: Block Kit blocks, and plain text for notifications.
 * Slack takes at most 150 characters in a header and 3,000 in a section (docs.slack.dev, "Blocks").
 */
import type { Alert } from "./alert.js";
import { endpointWords, findingLines, gradeWords, headline, plain } from "./words.js";

const HEADER_LIMIT = 150;
const SECTION_LIMIT = 2_900;

/** The three characters that Slack's markup gives a meaning; without them `<!channel>` is text. */
function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Lines as long as they fit; `mrkdwn` with `verbatim`, so that no address or name in it becomes a link or a mention. */
function section(lines: readonly string[]) {
  let text = "";
  for (const line of lines) if (text.length + line.length < SECTION_LIMIT) text += `${text && "\n"}${line}`;
  return { type: "section", text: { type: "mrkdwn", text, verbatim: true } };
}

/** Outside text as inline code, where asterisks and underscores stay what they are. */
const code = (text: string): string => `\`${escapeSlack(text.replaceAll("`", "'"))}\``;

export function slackMessage(alert: Alert): object {
  const title = headline(alert);
  const grade = gradeWords(alert);
  const facts = [`*Endpoint* ${code(endpointWords(alert))}`];
  if (grade) facts.push(`*Grade* ${escapeSlack(grade)}`);
  if (alert.error !== null) facts.push(`*Reason* ${code(plain(alert.error))}`);
  const blocks: object[] = [
    { type: "header", text: { type: "plain_text", text: plain(title, HEADER_LIMIT), emoji: false } },
    section(facts),
  ];
  for (const [name, findings] of [
    ["New", alert.new],
    ["Fixed", alert.fixed],
  ] as const) {
    const lines = findingLines(findings).map((line) => `• ${escapeSlack(line)}`);
    if (lines.length > 0) blocks.push(section([`*${name}*`, ...lines]));
  }
  if (alert.scan) {
    const more = `${alert.unchanged} unchanged, ${alert.not_checked_again} not checked again. Scan ${alert.scan.id ?? alert.scan.started_at}.`;
    blocks.push({ type: "context", elements: [{ type: "plain_text", text: more, emoji: false }] });
  }
  return { text: escapeSlack(`${title}: ${endpointWords(alert)}${grade ? `, grade ${grade}` : ""}`), blocks };
}
