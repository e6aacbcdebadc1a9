/** Who the page talks to: the editor's panel, or, in the stand-alone file, the browser itself. */

import { type ReportData, reportDataSchema } from "../../../server/report/scan-report-data.js";
import {
  type ExportFormat,
  type HostMessage,
  hostMessageSchema,
  type PageMessage,
  type PageState,
  pageStateSchema,
} from "../protocol.js";

interface EditorApi {
  postMessage(message: PageMessage): void;
  getState(): unknown;
  setState(state: PageState): void;
}

declare global {
  /** Given by the editor to the scripts of its webviews; may be called once. */
  var acquireVsCodeApi: (() => EditorApi) | undefined;
}

/** What the page needs of its surroundings. */
export interface Host {
  /** True inside the editor: source lines and rule pages open there, and files are saved there. */
  readonly editor: boolean;
  /** Formats that can be saved from here. */
  readonly formats: readonly ExportFormat[];
  /** The state of before a reload, or the defaults. */
  load(): PageState;
  save(state: PageState): void;
  /** Sends a message to the editor; elsewhere does what can be done without one. Gives a sentence to show, if any. */
  post(message: PageMessage): Promise<string>;
  /** Tells of messages; the stand-alone file has exactly one, its report. */
  listen(receive: (message: HostMessage) => void): void;
}

const STATE_KEY = "spillcheck-report";

function readState(value: unknown): PageState {
  const parsed = pageStateSchema.safeParse(value ?? {});
  return parsed.success ? parsed.data : pageStateSchema.parse({});
}

function editorHost(api: EditorApi): Host {
  const post = (message: PageMessage) => {
    api.postMessage(message);
    return Promise.resolve("");
  };
  return {
    editor: true,
    formats: ["html", "json", "sarif", "junit", "markdown", "print"],
    load: () => readState(api.getState()),
    save: (state) => api.setState(state),
    post,
    listen(receive) {
      window.addEventListener("message", (event: MessageEvent<unknown>) => {
        const parsed = hostMessageSchema.safeParse(event.data);
        if (parsed.success) receive(parsed.data);
        else void post({ type: "problem", text: `The report could not be read: ${parsed.error.message}` });
      });
    },
  };
}

/** Storage can be forbidden (private windows, files on some systems); then the state lives as long as the page. */
function sessionState(): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(STATE_KEY) ?? "null");
  } catch {
    return null;
  }
}

/** Offers text as a file. */
function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Opened from a file, some browsers have no clipboard interface; a selection can still be copied.
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "offscreen";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

/** The report that the file carries; null when there is none or it cannot be read. */
export function embeddedReport(): ReportData | null {
  const text = document.getElementById("report-data")?.textContent;
  if (!text) return null;
  try {
    const parsed = reportDataSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Makes a file's name and text from the report; given by `exports.ts`. */
export type Exporter = (format: ExportFormat, data: ReportData) => { name: string; type: string; text: string } | null;

function browserHost(data: ReportData | null, exporter: Exporter): Host {
  return {
    editor: false,
    formats: ["json", "sarif", "junit", "markdown", "print"],
    load: () => readState(sessionState()),
    save(state) {
      try {
        sessionStorage.setItem(STATE_KEY, JSON.stringify(state));
      } catch {
        // No storage: filters are lost on reload, nothing else.
      }
    },
    async post(message) {
      if (message.type === "copy")
        return (await copy(message.text)) ? `Copied ${message.what}.` : "The browser did not let the text be copied.";
      if (message.type !== "export") return "";
      if (message.format === "print") {
        window.print();
        return "";
      }
      const file = data && exporter(message.format, data);
      if (!file) return "";
      download(file.name, file.type, file.text);
      return `Saved ${file.name}.`;
    },
    listen(receive) {
      if (data) receive({ type: "show", data });
      else receive({ type: "notice", level: "error", text: "This file holds no report that can be read." });
    },
  };
}

/** The host that the page finds itself in. */
export function findHost(exporter: Exporter): Host {
  const acquire = globalThis.acquireVsCodeApi;
  return acquire ? editorHost(acquire()) : browserHost(embeddedReport(), exporter);
}
