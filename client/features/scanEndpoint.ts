/** "SpillCheck: Scan Endpoint" and "SpillCheck: Start Lab and Scan It": from the choice of a target to the report. */
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import { z } from "zod";
import {
  labSchema,
  SCAN,
  SCAN_PLAN,
  type ScanRequest,
  type ScanSecrets,
  START_LAB,
  STOP_LAB,
  scanPlanSchema,
  scanProgressSchema,
  scanResultSchema,
} from "../../server/lsp/protocol.js";
import type { Auth } from "../../server/scan/options.js";
import type { ScanResult } from "../../server/scan/result.js";
import { type LanguageServer, RequestFailed } from "../languageServer.js";
import type { ReportPanels } from "../report/panel.js";
import type { ScanStore } from "../report/store.js";
import type { Consents } from "./consent.js";
import type { Secrets } from "./secrets.js";
import { type Again, againSchema, chooseTarget, scanDefaults, type Target } from "./target.js";

export interface ScanParts {
  server: LanguageServer;
  store: ScanStore;
  secrets: Secrets;
  consents: Consents;
  panels: ReportPanels;
  recent: vscode.Memento;
}

const secretNames: Record<Auth["kind"], string> = {
  bearer: "Bearer token",
  basic: "Password",
  "api-key": "API key",
  cookie: "Cookie value",
};

export function registerScan(parts: ScanParts): vscode.Disposable {
  let running = false;
  const scan = async (again: Again) => {
    if (running) {
      void vscode.window.showInformationMessage("A scan is running: wait for it or cancel it first.");
      return;
    }
    running = true;
    try {
      await scanOnce(parts, again);
    } catch (error) {
      if (error instanceof vscode.CancellationError) return;
      if (!(error instanceof RequestFailed)) throw error;
      if (error.kind === "cancelled" || error.kind === "no-consent") return;
      void vscode.window.showErrorMessage(error.message);
    } finally {
      running = false;
    }
  };
  return vscode.Disposable.from(
    vscode.commands.registerCommand("spillcheck.scanEndpoint", (asked?: unknown) =>
      scan(againSchema.catch({}).parse(asked ?? {})),
    ),
    vscode.commands.registerCommand("spillcheck.startLab", () => scan({ lab: true })),
    vscode.commands.registerCommand("spillcheck.stopLab", () => parts.server.request(STOP_LAB, {}, z.null())),
    vscode.commands.registerCommand("spillcheck.forget", async () => {
      await parts.secrets.forget();
      await parts.consents.forget();
      void vscode.window.showInformationMessage("SpillCheck has forgotten its secrets and the hosts you agreed to.");
    }),
  );
}

async function scanOnce(parts: ScanParts, again: Again): Promise<void> {
  const target = await chooseTarget(again, parts.recent);
  if (!target) return;
  const request = await requestFor(parts, target);
  if (!request) return;
  const plan = await parts.server.request(SCAN_PLAN, request, scanPlanSchema);
  if (!(await parts.consents.ask(plan))) return;
  const result = await runScan(parts.server, { ...request, consented: true }, plan.target);
  const redo: Again = target.lab ? { lab: true } : target.name ? { endpoint: target.name } : redoByUrl(result, target);
  await parts.panels.show(await parts.store.add(result, redo));
}

/** The address as the result has it: without user information and secrets. */
function redoByUrl(result: ScanResult, target: Target): Again {
  return URL.canParse(result.target) ? { url: result.target, auth: target.endpoint.auth } : {};
}

/** The request for a target; undefined when a secret is needed and none was given. */
async function requestFor(parts: ScanParts, target: Target): Promise<ScanRequest | undefined> {
  const defaults = scanDefaults();
  const { depth = defaults.depth, ...endpoint } = target.endpoint;
  if (target.lab) {
    const lab = await parts.server.request(START_LAB, { kind: "leaky" }, labSchema);
    return { options: { url: lab.url, depth, knowledge: { systemPrompts: [lab.systemPrompt] } } };
  }
  const options = {
    url: endpoint.url,
    method: endpoint.method,
    headers: endpoint.headers,
    bodyTemplate: endpoint.bodyTemplate,
    replyPath: endpoint.replyPath,
    auth: endpoint.auth,
    depth,
    maxRequests: defaults.maxRequests,
  };
  // What is no address is said by the plan.
  if (!endpoint.auth || !URL.canParse(endpoint.url)) return { options };
  const { origin, pathname } = new URL(endpoint.url);
  const secret = await parts.secrets.get(`${origin}${pathname}`, secretNames[endpoint.auth.kind]);
  const secrets: ScanSecrets = { secret };
  return secret ? { options, secrets: parts.server.seal(secrets) } : undefined;
}

/** Scans with a progress message that can be cancelled. */
function runScan(server: LanguageServer, request: ScanRequest, target: string): Thenable<ScanResult> {
  const options = { location: vscode.ProgressLocation.Notification, title: `Scanning ${target}`, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    const name = `scan-${randomUUID()}`;
    let shown = 0;
    const listener = server.onProgress(name, (value) => {
      const step = scanProgressSchema.safeParse(value);
      if (!step.success) return;
      const percent = Math.min(100, (100 * step.data.done) / Math.max(1, step.data.total));
      progress.report({ message: step.data.message, increment: Math.max(0, percent - shown) });
      shown = Math.max(shown, percent);
    });
    try {
      return await server.request(SCAN, { ...request, progress: name }, scanResultSchema, token);
    } finally {
      listener.dispose();
    }
  });
}
