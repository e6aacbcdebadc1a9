/** The files that the stand-alone report can write of itself. */
import { renderScanJunit } from "../../../server/report/scan-junit.js";
import { renderScanMarkdown } from "../../../server/report/scan-markdown.js";
import type { ReportData } from "../../../server/report/scan-report-data.js";
import { renderScanSarif } from "../../../server/report/scan-sarif.js";
import type { ExportFormat } from "../protocol.js";

/** Name, media type and text of the report in a format; null for the formats that only the editor writes. */
export function exportFile(
  format: ExportFormat,
  data: ReportData,
): { name: string; type: string; text: string } | null {
  const { result, previous } = data;
  switch (format) {
    case "json":
      return { name: "scan.json", type: "application/json", text: `${JSON.stringify(result, null, 2)}\n` };
    case "sarif":
      return { name: "scan.sarif", type: "application/sarif+json", text: renderScanSarif(result, { previous }) };
    case "junit":
      return { name: "scan.junit.xml", type: "application/xml", text: renderScanJunit(result) };
    case "markdown":
      return { name: "scan.md", type: "text/markdown", text: renderScanMarkdown(result, { previous }) };
    case "html":
    case "print":
      return null;
  }
}
