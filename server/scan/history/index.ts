/** Kept scans: saving, finding, trends. */
export { endpointOf, type HistoryEndpoint, normalTarget } from "./endpoint.js";
export type { HistoryFiles } from "./files.js";
export {
  type HistoryEntry,
  looksLikeId,
  parseScan,
  type Retention,
  retentionSchema,
  ScanHistory,
} from "./history.js";
export { type FindingSummary, findingSummarySchema, summaryOf } from "./summary.js";
export { type Trend, trendOf } from "./trend.js";
