/** The report's panel: the host of the page in `page/`. */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { RENDER_REPORT, REPORT_DATA, renderedSchema } from "../../server/lsp/protocol.js";
import { renderWebviewShell } from "../../server/report/html.js";
import { reportDataSchema } from "../../server/report/scan-report-data.js";
import { type LanguageServer, RequestFailed } from "../languageServer.js";
import { openSource } from "./openSource.js";
import {
  type ExportFormat,
  type HostMessage,
  type PageMessage,
  pageMessageSchema,
  pageStateSchema,
} from "./protocol.js";
import type { ScanStore, StoredScan } from "./store.js";

const VIEW_TYPE = "spillcheck.report";
const extensions: Record<ExportFormat, string> = {
  html: "html",
  json: "json",
  sarif: "sarif",
  junit: "xml",
  markdown: "md",
  print: "html",
};

export class ReportPanels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private readonly open = new Map<string, { panel: vscode.WebviewPanel; loaded: boolean; key: string }>();
  private readonly registration: vscode.Disposable;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly server: LanguageServer,
    private readonly store: ScanStore,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.registration = vscode.Disposable.from(
      vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, this),
      vscode.commands.registerCommand("spillcheck.showReport", () => this.showLast()),
    );
  }

  /** Shows a kept scan; one panel a target, so that a repeated scan takes the place of the one before. */
  async show(key: string): Promise<void> {
    const scan = await this.store.get(key);
    if (!scan) return;
    const target = scan.result.target;
    const known = this.open.get(target);
    if (known) {
      known.key = key;
      known.panel.reveal(undefined, true);
      if (known.loaded) await this.send(known.panel, key);
      return;
    }
    const column = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    const panel = vscode.window.createWebviewPanel(VIEW_TYPE, title(scan), column, { enableFindWidget: true });
    this.adopt(panel, target, key);
  }

  /** After a reload of the window: the page's own state names the scan. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const { key } = pageStateSchema.catch(pageStateSchema.parse({})).parse(state ?? {});
    const scan = await this.store.get(key);
    this.adopt(panel, scan?.result.target ?? `lost ${key}`, key);
  }

  dispose(): void {
    this.registration.dispose();
    for (const { panel } of this.open.values()) panel.dispose();
  }

  private async showLast(): Promise<void> {
    const last = (await this.store.keys()).at(-1);
    if (last) await this.show(last);
    else void vscode.window.showInformationMessage("No endpoint was scanned yet: run SpillCheck: Scan Endpoint.");
  }

  private adopt(panel: vscode.WebviewPanel, target: string, key: string): void {
    const entry = { panel, loaded: false, key };
    this.open.set(target, entry);
    panel.onDidDispose(() => {
      if (this.open.get(target) === entry) this.open.delete(target);
    });
    panel.iconPath = vscode.Uri.joinPath(this.extension, "media", "icon.svg");
    const dist = vscode.Uri.joinPath(this.extension, "dist");
    panel.webview.options = { enableScripts: true, localResourceRoots: [dist], enableCommandUris: false };
    panel.webview.onDidReceiveMessage((raw: unknown) => {
      const message = pageMessageSchema.safeParse(raw);
      if (!message.success) return this.log.warn("The report's page sent a message that cannot be read.");
      if (message.data.type === "ready") entry.loaded = true;
      this.receive(panel, entry.key, message.data).catch((error: unknown) => {
        const text = error instanceof RequestFailed ? error.message : "That did not work; the output channel says why.";
        if (!(error instanceof RequestFailed)) this.log.error(`The report's page asked in vain: ${String(error)}`);
        void this.post(panel, { type: "notice", level: "error", text });
      });
    });
    const asset = (name: string) => panel.webview.asWebviewUri(vscode.Uri.joinPath(dist, name)).toString();
    panel.webview.html = renderWebviewShell({
      script: asset("report-page.js"),
      style: asset("report-page.css"),
      source: panel.webview.cspSource,
      nonce: randomBytes(24).toString("hex"),
    });
  }

  private async receive(panel: vscode.WebviewPanel, key: string, message: PageMessage): Promise<void> {
    switch (message.type) {
      case "ready":
        return this.send(panel, key);
      case "openSource":
        return openSource(message.uri, message.line);
      case "openRule":
        await vscode.commands.executeCommand("spillcheck.openRulePage", message.id);
        return;
      case "copy":
        await vscode.env.clipboard.writeText(message.text);
        return this.post(panel, { type: "notice", level: "info", text: `Copied: ${message.what}.` });
      case "export":
        return this.save(panel, key, message.format);
      case "rescan": {
        const scan = await this.store.get(key);
        await vscode.commands.executeCommand("spillcheck.scanEndpoint", scan?.again ?? {});
        return;
      }
      case "problem":
        this.log.warn(`The report's page reports a problem: ${message.text}`);
    }
  }

  private async send(panel: vscode.WebviewPanel, key: string): Promise<void> {
    const scan = await this.store.get(key);
    if (!scan) {
      const text = "This scan is no longer kept. Scan the endpoint again.";
      return this.post(panel, { type: "notice", level: "error", text });
    }
    const earlier = await this.store.before(scan);
    const request = {
      key,
      result: scan.result,
      previous: earlier.at(-1)?.result,
      history: [...earlier, scan].map((one) => one.result),
    };
    const data = await this.server.request(REPORT_DATA, request, reportDataSchema);
    panel.title = title(scan);
    await this.post(panel, { type: "show", data });
  }

  private async save(panel: vscode.WebviewPanel, key: string, format: ExportFormat): Promise<void> {
    const scan = await this.store.get(key);
    if (!scan) return;
    const kind = format === "print" ? "html" : format;
    const { text } = await this.server.request(
      RENDER_REPORT,
      { key, format: kind, result: scan.result },
      renderedSchema,
    );
    const name = `spillcheck-report-${key}.${extensions[format]}`;
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const uri = await vscode.window.showSaveDialog({
      defaultUri: folder ? vscode.Uri.joinPath(folder, name) : undefined,
      saveLabel: "Save Report",
    });
    if (!uri) return;
    await vscode.workspace.fs.writeFile(uri, Buffer.from(text, "utf8"));
    if (format === "print") await vscode.env.openExternal(uri);
    const shown = vscode.workspace.asRelativePath(uri, false);
    await this.post(panel, { type: "notice", level: "info", text: `Saved as ${shown}.` });
  }

  private async post(panel: vscode.WebviewPanel, message: HostMessage): Promise<void> {
    await panel.webview.postMessage(message);
  }
}

function title(scan: StoredScan): string {
  const { grade, target } = scan.result;
  const host = URL.canParse(target) ? new URL(target).host : target;
  return grade ? `Scan: ${host} (${grade})` : `Scan: ${host}`;
}
