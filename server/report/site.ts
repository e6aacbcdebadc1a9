/** A site of scan reports: the page that leads to them. Static HTML without script, which loads and sends nothing. */
import { createHash } from "node:crypto";
import { toolVersion } from "../analysis/version.js";
import type { HistoryEntry } from "../scan/history/history.js";
import { escapeHtml } from "./html.js";
import { countsInWords } from "./known.js";
import { terminalText } from "./scan-visible-text.js";

const style = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { overflow-wrap: anywhere; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 0.3rem 0.8rem 0.3rem 0; border-bottom: 1px solid #8884; }`;

/** Where a scan's report lies in the site: no address of an endpoint ends up in a file's name. */
export function reportPath({ endpoint, id }: HistoryEntry): string {
  return `${endpoint.key}/${id}.html`;
}

/**
 * The page that lists every report.
 * @param endpoints the scans of each endpoint that have a report, oldest first
 */
export function siteIndex(endpoints: readonly (readonly HistoryEntry[])[]): string {
  const policy = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style, "utf8").digest("base64")}'; base-uri 'none'; form-action 'none'`;
  const sections = endpoints.flatMap((entries) => {
    const last = entries.at(-1);
    if (!last) return [];
    return [
      `<h2>${escapeHtml(terminalText(`${last.endpoint.method} ${last.endpoint.target}`))}</h2>`,
      "<table>",
      '<thead><tr><th scope="col">Scan</th><th scope="col">Depth</th><th scope="col">Grade</th><th scope="col">Findings</th></tr></thead>',
      "<tbody>",
      ...[...entries].reverse().map(row),
      "</tbody>",
      "</table>",
    ];
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<meta name="generator" content="SpillCheck ${escapeHtml(toolVersion)}">
<title>Scan reports - SpillCheck</title>
<style>${style}</style>
</head>
<body>
<h1>Scan reports</h1>
${sections.join("\n")}
</body>
</html>
`;
}

function row(entry: HistoryEntry): string {
  const { result } = entry;
  const when = result.started_at.replace("T", " ").replace(/(?:\.\d+)?Z$/, " UTC");
  const grade = result.score === null ? "no grade" : `${result.grade ?? "-"} (${Math.round(result.score)}/100)`;
  const cells = [result.depth, grade, terminalText(countsInWords(result))].map(
    (text) => `<td>${escapeHtml(text)}</td>`,
  );
  return `<tr><td><a href="${escapeHtml(reportPath(entry))}">${escapeHtml(when)}</a></td>${cells.join("")}</tr>`;
}
