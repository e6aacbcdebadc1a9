/**
 * What is shown over a finding: the rule in a sentence, the path in words (where the client does not show it with the
 * diagnostic), the way to the rule's page.
 */
import { type Hover, type HoverParams, MarkupKind } from "vscode-languageserver";
import type { Finding } from "../analysis/finding.js";
import { rangeOf } from "./positions.js";
import type { Session } from "./session.js";

/** Text from user code in Markdown, with what Markdown would take for mark-up made harmless. */
function plain(text: string): string {
  return text.replace(/[\\*_{}[\]()#+!|<>~]/g, "\\$&").replaceAll("\n", " ");
}

/** Messages name code in backticks: those stay, the rest is made plain. */
function message(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith("`") ? part : plain(part)))
    .join("");
}

function describe(session: Session, finding: Finding): string {
  const rule = session.services.rules().find((one) => one.id === finding.rule);
  const lines = [`**${finding.rule}** (${finding.level})`, ""];
  if (rule) lines.push(message(rule.summary), "");
  if (finding.path.length > 1 && !session.abilities.relatedInformation) {
    lines.push("How the data gets there:", "");
    for (const [index, step] of finding.path.entries()) {
      const document = session.documents.document(step.file);
      const line = document ? document.positionAt(step.start).line + 1 : undefined;
      const elsewhere = step.file === finding.file ? "" : `${step.file.slice(step.file.lastIndexOf("/") + 1)}, `;
      const link = line && `[${plain(elsewhere)}line ${line}](${session.documents.uri(step.file)}#L${line})`;
      lines.push(`${index + 1}. ${message(step.message)}${link ? ` (${link})` : ""}`);
    }
    lines.push("");
  }
  if (finding.confidence === "low") lines.push("_This finding is a guess: its confidence is low._", "");
  lines.push(`[What the rule says and how it is mended](${session.services.rulePage(finding.rule)})`);
  return lines.join("\n");
}

/** Hover over the findings at a position; null where there is none. */
export function hover(session: Session, params: HoverParams): Hover | null {
  const file = session.documents.fileOf(params.textDocument.uri);
  const document = session.documents.get(file);
  if (!document) return null;
  const at = document.offsetAt(params.position);
  const here = session.findings(file).filter((f) => f.start <= at && at <= f.end);
  const [first] = here;
  if (!first) return null;
  const value = here.map((finding) => describe(session, finding)).join("\n\n---\n\n");
  return { contents: { kind: MarkupKind.Markdown, value }, range: rangeOf(document, first.start, first.end) };
}
