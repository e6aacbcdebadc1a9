/**
 * What the report's page and its host say to each other. The host is `panel.ts` inside VS Code; the stand-alone HTML
 * file is its own host and has only the first message, embedded. Both sides parse what they receive with these schemas,
 * so that neither trusts the other's process.
 */
import * as z from "zod";
import { reportDataSchema } from "../../server/report/scan-report-data.js";

/** The files that the page's host can write from a report. `print` opens the stand-alone HTML in a browser, which prints it to PDF. */
export const exportFormatSchema = z.enum(["html", "json", "sarif", "junit", "markdown", "print"]);

/** From the host to the page. */
export const hostMessageSchema = z.discriminatedUnion("type", [
  /** Shows a report in place of the one shown before. */
  z.object({ type: z.literal("show"), data: reportDataSchema }),
  /** Says one sentence at the foot of the page, for the eye and the screen reader ("Report saved as out/report.html."). */
  z.object({ type: z.literal("notice"), level: z.enum(["info", "error"]), text: z.string() }),
  /** Moves to a finding, by id, and opens it (from the findings tree, say). */
  z.object({ type: z.literal("reveal"), id: z.string() }),
]);

/** From the page to the host. Texts can hold what an endpoint answered: the host treats them as data only. */
export const pageMessageSchema = z.discriminatedUnion("type", [
  /** The page has loaded and waits for `show`. `key` is the scan that it showed before a reload. */
  z.object({ type: z.literal("ready"), key: z.string().optional() }),
  /** Opens the source at a 1-based line. */
  z.object({ type: z.literal("openSource"), uri: z.string(), line: z.number().int().min(1) }),
  /** Opens the page of a finding id (`system-prompt-leak`). */
  z.object({ type: z.literal("openRule"), id: z.string().regex(/^[a-z][a-z0-9-]*$/) }),
  /** Saves the report in a format, asking where. */
  z.object({ type: z.literal("export"), format: exportFormatSchema }),
  /** Puts text on the clipboard; `what` names it for the host's confirmation ("finding as Markdown"). */
  z.object({ type: z.literal("copy"), text: z.string(), what: z.string() }),
  /** Scans the same target again. */
  z.object({ type: z.literal("rescan") }),
  /** The page met a message that it could not read, or failed to draw: for the host's log. */
  z.object({ type: z.literal("problem"), text: z.string() }),
]);

/**
 * What survives a reload (the webview's `setState`). The host's serializer gets the same object and loads the scan
 * named by `key`. Anything unreadable gives the defaults.
 */
export const pageStateSchema = z.object({
  key: z.string().default(""),
  text: z.string().default(""),
  severity: z.string().default("all"),
  category: z.string().default("all"),
  sort: z.enum(["severity", "category", "title"]).default("severity"),
  framework: z.enum(["owasp_llm", "owasp_api", "gdpr", "pci_dss", "soc2"]).default("owasp_llm"),
  stack: z.enum(["flask", "django", "fastapi", "nginx"]).default("flask"),
  expanded: z.array(z.string()).default([]),
  scroll: z.number().default(0),
});

export type ExportFormat = z.infer<typeof exportFormatSchema>;
export type HostMessage = z.infer<typeof hostMessageSchema>;
export type PageMessage = z.infer<typeof pageMessageSchema>;
export type PageState = z.infer<typeof pageStateSchema>;
