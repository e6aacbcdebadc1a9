import { createHmac } from "node:crypto";
import { request } from "undici";
import { z } from "zod";
import { ScanError } from "../errors.js";
import type { ScanFinding, ScanResult } from "../result.js";

/** Where changes are posted. */
export const alertTargetSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("slack"), url: z.url() }),
  z.object({ kind: z.literal("teams"), url: z.url() }),
  /** Any receiver; with a secret the body is signed. */
  z.object({ kind: z.literal("webhook"), url: z.url(), secret: z.string().min(8).optional() }),
]);
export type AlertTarget = z.infer<typeof alertTargetSchema>;

/** What has changed between two scans of one endpoint. */
export interface ScanChange {
  result: ScanResult;
  before: ScanResult | null;
  added: readonly ScanFinding[];
  fixed: readonly ScanFinding[];
}

/** True when there is something to tell: findings came or went, or the grade changed. The first scan of all tells nothing. */
export function isChange(change: ScanChange): boolean {
  if (!change.before) return false;
  return change.added.length > 0 || change.fixed.length > 0 || change.before.grade !== change.result.grade;
}

/** One line for people; holds no text that the endpoint sent. */
export function headline(change: ScanChange): string {
  const { result, before, added, fixed } = change;
  const grade = (each: ScanResult | null) => each?.grade ?? "no grade";
  const parts = [
    ...(before && before.grade !== result.grade ? [`${grade(before)} → ${grade(result)}`] : [grade(result)]),
    ...(added.length > 0 ? [`${added.length} new`] : []),
    ...(fixed.length > 0 ? [`${fixed.length} fixed`] : []),
  ];
  return `SpillCheck: ${result.target}: ${parts.join(", ")}`;
}

function lines(change: ScanChange): string[] {
  const line = (sign: string) => (finding: ScanFinding) =>
    `${sign} ${finding.severity}: ${finding.title} (${finding.id})`;
  return [...change.added.map(line("+")), ...change.fixed.map(line("-"))].slice(0, 20);
}

/** Characters that would be mark-up in a Slack message. */
function slackText(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** The message in the receiver's own form. */
export function alertBody(kind: AlertTarget["kind"], change: ScanChange): object {
  const title = headline(change);
  if (kind === "slack")
    return {
      text: slackText(title),
      blocks: [
        { type: "section", text: { type: "mrkdwn", text: `*${slackText(title)}*` } },
        ...lines(change).map((text) => ({ type: "context", elements: [{ type: "mrkdwn", text: slackText(text) }] })),
      ],
    };
  if (kind === "teams")
    return {
      type: "message",
      attachments: [
        {
          contentType: "application/vnd.microsoft.card.adaptive",
          content: {
            $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
            type: "AdaptiveCard",
            version: "1.4",
            body: [
              { type: "TextBlock", text: title, weight: "bolder", wrap: true },
              ...lines(change).map((text) => ({ type: "TextBlock", text, wrap: true, spacing: "none" })),
            ],
          },
        },
      ],
    };
  const brief = (finding: ScanFinding) => ({
    id: finding.id,
    severity: finding.severity,
    title: finding.title,
    category: finding.category,
    fingerprint: finding.fingerprint,
  });
  return {
    event: "scan.changed",
    target: change.result.target,
    started_at: change.result.started_at,
    score: { before: change.before?.score ?? null, after: change.result.score },
    grade: { before: change.before?.grade ?? null, after: change.result.grade },
    added: change.added.map(brief),
    fixed: change.fixed.map(brief),
  };
}

/**
 * The signature header of a generic web hook: HMAC-SHA256 over `timestamp.body`, so that a receiver can tell the sender
 * and refuse old messages.
 */
export function signature(secret: string, timestamp: number, body: string): string {
  return `t=${timestamp},v1=${createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex")}`;
}

/**
 * Posts a change. Tries three times where the receiver is busy or away.
 * @throws ScanError "unreachable" when it cannot be delivered
 */
export async function postAlert(
  target: AlertTarget,
  change: ScanChange,
  now: number = Date.now(),
  retryMs = 1_000,
): Promise<void> {
  const body = JSON.stringify(alertBody(target.kind, change));
  const headers: Record<string, string> = { "content-type": "application/json", "user-agent": "SpillCheck" };
  if (target.kind === "webhook" && target.secret)
    headers["x-spillcheck-signature"] = signature(target.secret, Math.floor(now / 1000), body);
  let reason = "";
  for (let attempt = 0; attempt < 3; attempt++) {
    if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, retryMs * attempt));
    try {
      const response = await request(target.url, {
        method: "POST",
        headers,
        body,
        headersTimeout: 10_000,
        bodyTimeout: 10_000,
      });
      await response.body.dump();
      if (response.statusCode < 300) return;
      reason = `it answered ${response.statusCode}`;
      if (response.statusCode < 500 && response.statusCode !== 429) break;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
  }
  // The URL of a web hook is a secret itself: only its host is named.
  throw new ScanError(
    "unreachable",
    `The ${target.kind} web hook at ${new URL(target.url).host} did not take the message: ${reason}.`,
  );
}
