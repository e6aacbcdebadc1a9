/** The report as one HTML file that needs nothing else: the page's own script and style sheet, and the data as JSON. */
import { createHash } from "node:crypto";
import type { ReportData } from "./scan-report-data.js";
import { renderScanText } from "./scan-text.js";
import { terminalText } from "./scan-visible-text.js";

/** The bundle of the report page: the texts of `dist/report-page.js` and `dist/report-page.css`. */
export interface PageAssets {
  script: string;
  style: string;
}

/** Text as the content of an element or of a quoted attribute. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** JSON that no HTML parser can leave early: `<`, `>`, `&` and the line separators stand as escapes. */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Keeps a script's text from ending its element; in string literals and expressions the backslash changes nothing. */
const embeddedScript = (script: string) => script.replaceAll(/<\/(script)/gi, "<\\/$1").replaceAll("<!--", "<\\!--");
const embeddedStyle = (style: string) => style.replaceAll(/<\/(style)/gi, "<\\/$1");
const hash = (text: string) => `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;

/**
 * The stand-alone report. Its content security policy lets only the embedded script and style run, by their hashes, and
 * lets nothing be loaded or sent: no address, no image, no frame, no form. Without script the report is there as text.
 * @param data what is shown; see `reportData`
 * @param assets the page's bundle; the caller reads it
 */
export function renderHtml(data: ReportData, assets: PageAssets): string {
  const script = embeddedScript(assets.script);
  const style = embeddedStyle(assets.style);
  const policy = [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const { grade, target } = data.result;
  const title = `${grade ? `Grade ${grade}` : "No grade"}: ${terminalText(target)} - SpillCheck`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="SpillCheck ${escapeHtml(data.result.tool.version)}">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<spillcheck-report></spillcheck-report>
<noscript><pre>${escapeHtml(renderScanText(data.result, { color: false, previous: data.previous }))}</pre></noscript>
<script type="application/json" id="report-data">${embeddedJson(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** Where the webview finds the page's bundle, and what its content security policy may name. */
export interface WebviewAssets {
  /** Addresses of the two files, as the webview sees them. */
  script: string;
  style: string;
  /** The webview's own `cspSource`. */
  source: string;
  /** Fresh for each page: letters and digits, 128 bits or more. */
  nonce: string;
}

/** The page for the editor's webview. It holds no data: that comes by message, after the page's `ready`. */
export function renderWebviewShell({ script, style, source, nonce }: WebviewAssets): string {
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${source}; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Scan report</title>
<link rel="stylesheet" href="${escapeHtml(style)}">
</head>
<body>
<spillcheck-report></spillcheck-report>
<script nonce="${nonce}" src="${escapeHtml(script)}"></script>
</body>
</html>
`;
}
