/** A scan's result in every format. */
import path from "node:path";
import { readTextFile } from "../project/output.js";
import { renderHtml } from "../report/html.js";
import { reportData } from "../report/scan-guides.js";
import { renderScanJunit } from "../report/scan-junit.js";
import { renderScanMarkdown } from "../report/scan-markdown.js";
import type { HistoryPoint } from "../report/scan-report-data.js";
import { renderScanSarif } from "../report/scan-sarif.js";
import { visibleJson } from "../report/scan-visible-text.js";
import type { ScanResult } from "../scan/index.js";

export type ScanFormat = "json" | "html" | "sarif" | "junit" | "markdown";

/** A file of the report's page; it lies beside this bundle. */
const readAsset = (name: string): string => readTextFile(path.join(__dirname, name), "part of the report");

/**
 * @param previous the scan before, of the same endpoint; for what is new and what is mended
 * @param history the scans of this endpoint, oldest first; for the trend chart
 */
export function renderScan(
  format: ScanFormat,
  result: ScanResult,
  previous?: ScanResult,
  history?: HistoryPoint[],
): string {
  switch (format) {
    case "html": {
      const assets = { script: readAsset("report-page.js"), style: readAsset("report-page.css") };
      return renderHtml(reportData(result, { previous, history }), assets);
    }
    case "json":
      return `${visibleJson(result)}\n`;
    case "sarif":
      return renderScanSarif(result, { previous });
    case "junit":
      return renderScanJunit(result);
    case "markdown":
      return renderScanMarkdown(result, { previous });
  }
}
