/** Small pieces that several views draw. */
import { html, svg, type TemplateResult } from "lit";
import type { Severity } from "../../../server/scan/result.js";

/** "2 findings" */
export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

/** Which third of the scale a score is in; colours follow it, and never carry meaning alone. */
export const band = (score: number): "good" | "fair" | "poor" => (score >= 80 ? "good" : score >= 60 ? "fair" : "poor");

/** A horizontal bar of `part` of `whole`; for the eye alone, the number stands beside it. */
export function bar(part: number, whole: number, className = ""): TemplateResult {
  const width = whole > 0 ? Math.max(0, Math.min(100, (part / whole) * 100)) : 0;
  return html`<svg class="bar ${className}" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
    ${svg`<rect class="track" width="100" height="6"></rect><rect class="fill" width=${width} height="6"></rect>`}
  </svg>`;
}

export const severityBadge = (severity: Severity): TemplateResult =>
  html`<span class="severity ${severity}">${severity}</span>`;

/** "21 Nov 2026, 12:00:03 UTC"; the text as it came if it is no date. */
export function moment(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const parts = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
  return `${parts.format(date)} UTC`;
}

const PATHS = {
  chevron: "M6 4l4 4-4 4",
  copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z",
  print: "M4.5 5.5v-3h7v3M4.5 11.5h-2v-6h11v6h-2M4.5 9.5h7v4h-7z",
  download: "M8 2.5v7M5 7l3 3 3-3M2.5 13.5h11",
  again: "M13 8a5 5 0 1 1-1.6-3.7M13 2.5v2.6h-2.6",
  source: "M5.5 4.5L2 8l3.5 3.5M10.5 4.5L14 8l-3.5 3.5",
  page: "M4 2.5h5l3 3v8H4zM9 2.5v3h3",
  plus: "M8 3v10M3 8h10",
  check: "M3 8.5l3.5 3.5L13 4.5",
  question: "M6 6a2 2 0 1 1 2.6 1.9c-.4.2-.6.5-.6 1v.6M8 12v.2",
} as const;

/** A line icon of 16 by 16; decoration only, the text beside it says what it is. */
export const icon = (name: keyof typeof PATHS): TemplateResult =>
  html`<svg class="icon icon-${name}" viewBox="0 0 16 16" aria-hidden="true" focusable="false">${svg`<path d=${PATHS[name]}></path>`}</svg>`;
