/** "SpillCheck: Scan Endpoint" and "SpillCheck: Start Lab and Scan It": from the choice of a target to the report. */
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import { z } from "zod";
import {
  labSchema,
  pingSchema,
  SCAN,
  SCAN_PING,
  SCAN_PLAN,
  SCAN_TARGETS,
  type ScanPlanMessage,
  type ScanRequest,
  type ScanSecrets,
  START_LAB,
  STOP_LAB,
  scanPlanSchema,
  scanProgressSchema,
  scanResultSchema,
  scanTargetsSchema,
} from "../../server/lsp/protocol.js";
import type { Auth } from "../../server/scan/options.js";
import type { Ping } from "../../server/scan/ping-schema.js";
import type { ScanResult } from "../../server/scan/result.js";
import { type LanguageServer, RequestFailed } from "../languageServer.js";
import type { ReportPanels } from "../report/panel.js";
import type { ScanStore } from "../report/store.js";
import type { Consents } from "./consent.js";
import { describePing } from "./ping.js";
import { placeOf, type Secrets } from "./secrets.js";
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
  const scan = async (again: Again, work: typeof scanOnce = scanOnce) => {
    if (running) {
      void vscode.window.showInformationMessage("A scan is running: wait for it or cancel it first.");
      return;
    }
    running = true;
    try {
      await work(parts, again);
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
    vscode.commands.registerCommand("spillcheck.pingEndpoint", (asked?: unknown) =>
      scan(againSchema.catch({}).parse(asked ?? {}), pingOnce),
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

/** A target that was chosen, described and agreed to. */
interface Prepared {
  target: Target;
  request: ScanRequest;
  plan: ScanPlanMessage;
}

async function prepare(parts: ScanParts, again: Again): Promise<Prepared | undefined> {
  const described = Promise.resolve(parts.server.request(SCAN_TARGETS, {}, scanTargetsSchema));
  const target = await chooseTarget(again, parts.recent, described, parts.secrets);
  if (!target) return undefined;
  const request = await requestFor(parts, target);
  if (!request) return undefined;
  const plan = await parts.server.request(SCAN_PLAN, request, scanPlanSchema);
  return (await parts.consents.ask(plan)) ? { target, request, plan } : undefined;
}

async function scanOnce(parts: ScanParts, again: Again): Promise<void> {
  const prepared = await prepare(parts, again);
  if (prepared) await scanPrepared(parts, prepared);
}

/** Shows one exchange, and scans when the user likes what it shows. */
async function pingOnce(parts: ScanParts, again: Again): Promise<void> {
  const prepared = await prepare(parts, again);
  if (!prepared) return;
  const ping = await runPing(parts.server, { ...prepared.request, consented: true }, prepared.plan.target);
  const scan: vscode.MessageItem = { title: "Scan" };
  const options = { modal: true, detail: describePing(ping) };
  const answered = ping.why === "";
  const choice = answered
    ? await vscode.window.showInformationMessage("The endpoint replied.", options, scan)
    : await vscode.window.showWarningMessage("The endpoint gave no reply that can be read.", options, scan);
  if (choice === scan) await scanPrepared(parts, prepared);
}

async function scanPrepared(parts: ScanParts, { target, request, plan }: Prepared): Promise<void> {
  const result = await runScan(parts.server, { ...request, consented: true }, plan.target);
  const redo: Again = target.lab
    ? { lab: true }
    : target.settingsFile
      ? { settingsFile: target.settingsFile }
      : target.name
        ? { endpoint: target.name }
        : redoByUrl(result, target);
  await parts.panels.show(await parts.store.add(result, redo));
}

/** The address as the result has it: without user information and secrets. */
function redoByUrl(result: ScanResult, target: Target): Again {
  const { endpoint, hidden } = target;
  // Only what a request was copied from says more than its address.
  if (hidden?.url === undefined && hidden?.bodyTemplate === undefined && hidden) return { described: endpoint };
  return URL.canParse(result.target) ? { url: result.target, auth: endpoint.auth } : {};
}

/** The request for a target; undefined when a secret is needed and none was given. */
async function requestFor(parts: ScanParts, target: Target): Promise<ScanRequest | undefined> {
  const defaults = scanDefaults();
  const { depth = defaults.depth, ...endpoint } = target.endpoint;
  if (target.lab) {
    const lab = await parts.server.request(START_LAB, { kind: "leaky" }, labSchema);
    return { options: { url: lab.url, depth, knowledge: { systemPrompts: [lab.systemPrompt] } } };
  }
  const { cert, key, ca, systemPromptFile, factsFile, openapi } = endpoint;
  const files = { cert, key, ca, systemPrompt: systemPromptFile, facts: factsFile, openapi };
  const options = {
    url: endpoint.url,
    method: endpoint.method,
    headers: endpoint.headers,
    bodyTemplate: endpoint.bodyTemplate,
    replyPath: endpoint.replyPath,
    auth: endpoint.auth,
    tls: { insecure: endpoint.insecure ?? false },
    session: endpoint.session,
    csrf: endpoint.csrf,
    ownIds: endpoint.ownIds,
    otherIds: endpoint.otherIds,
    checks: endpoint.checks,
    depth,
    maxRequests: defaults.maxRequests,
    limits: endpoint.limits,
  };
  // What is no address is said by the plan.
  const request = { options, files, settingsFile: target.settingsFile };
  if (!URL.canParse(endpoint.url)) return request;
  const secrets = await secretsOf(parts.secrets, endpoint);
  if (!secrets) return undefined;
  const sealed = { ...secrets, ...target.hidden };
  return Object.keys(sealed).length === 0 ? request : { ...request, secrets: parts.server.seal(sealed) };
}

/** The secrets that an endpoint needs, asked for where they are not known; undefined when one was not given. */
async function secretsOf(
  store: Secrets,
  { url, auth, secondIdentity, secretHeaders = [] }: Target["endpoint"],
): Promise<ScanSecrets | undefined> {
  const place = placeOf(url);
  const secrets: ScanSecrets = {};
  if (auth) {
    const what = secretNames[auth.kind];
    secrets.secret = await store.get(place, what);
    if (!secrets.secret) return undefined;
    if (secondIdentity) {
      secrets.secret2 = await store.get(place, what, "a second user");
      if (!secrets.secret2) return undefined;
    }
  }
  for (const header of secretHeaders) {
    const value = await store.get(place, "Header", header);
    if (!value) return undefined;
    secrets.headers = { ...secrets.headers, [header]: value };
  }
  return secrets;
}

function runPing(server: LanguageServer, request: ScanRequest, target: string): Thenable<Ping> {
  const options = { location: vscode.ProgressLocation.Notification, title: `Asking ${target}`, cancellable: true };
  return vscode.window.withProgress(options, (_progress, token) =>
    server.request(SCAN_PING, request, pingSchema, token),
  );
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
