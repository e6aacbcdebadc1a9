/** Which endpoint to scan: one that the settings name, one scanned lately, an address typed in, or the practice lab. */
import * as vscode from "vscode";
import { z } from "zod";
import type { ScanTarget } from "../../server/lsp/protocol.js";
import { type NamedEndpoint, namedEndpointSchema } from "../../server/lsp/settings.js";
import { type Auth, authSchema, depthSchema, NO_CREDENTIALS } from "../../server/scan/options.js";
import { pasteCurl } from "./curl.js";
import type { Secrets } from "./secrets.js";

/** What to scan. */
export interface Target {
  /** Name of the endpoint in the settings, if it has one. */
  name?: string;
  endpoint: Omit<NamedEndpoint, "name">;
  /** The settings file that describes the rest of it. */
  settingsFile?: string;
  lab?: boolean;
  /** Address and body where a secret stands in them: these travel sealed. */
  hidden?: { url?: string; bodyTemplate?: string };
}

/** What a caller of the command may say, so that nothing is asked (a report's "scan again", a key binding). */
export const againSchema = z.object({
  endpoint: z.string().optional(),
  url: z.string().optional(),
  /** How to sign in at `url`; the secret itself is asked for or known. */
  auth: authSchema.optional(),
  /** The settings file that describes the endpoint. */
  settingsFile: z.string().optional(),
  lab: z.boolean().optional(),
  /** An endpoint that was scanned without being kept, without its secrets. */
  described: namedEndpointSchema.omit({ name: true }).optional(),
});
export type Again = z.infer<typeof againSchema>;

const RECENT = "spillcheck.recentTargets";
const recentSchema = z.array(z.string()).catch([]);
const MAX_RECENT = 5;

/** Endpoints of the settings; of those written wrongly a message says what is wrong. */
function namedEndpoints(): NamedEndpoint[] {
  const raw: unknown = vscode.workspace.getConfiguration("spillcheck").get("endpoints");
  if (!Array.isArray(raw)) return [];
  const wrong: string[] = [];
  const good = raw.flatMap((one: unknown, i) => {
    const parsed = namedEndpointSchema.safeParse(one);
    if (parsed.success) return [parsed.data];
    const { success, data } = z.looseObject({ name: z.string() }).safeParse(one);
    const issue = parsed.error.issues[0];
    wrong.push(
      `${success ? data.name : `number ${i + 1}`}: ${issue?.path.join(".") ?? ""} ${issue?.message ?? "is wrong"}`,
    );
    return [];
  });
  if (wrong.length > 0) void sayWrong(wrong);
  return good;
}

async function sayWrong(wrong: readonly string[]): Promise<void> {
  const open = "Open Settings";
  const choice = await vscode.window.showWarningMessage(
    `Not offered from the setting spillcheck.endpoints: ${wrong.join("; ")}.`,
    open,
  );
  if (choice === open) await vscode.commands.executeCommand("workbench.action.openSettings", "spillcheck.endpoints");
}

/** The depth and budget that the settings give. */
export function scanDefaults(): { depth: z.infer<typeof depthSchema>; maxRequests: number | undefined } {
  const configuration = vscode.workspace.getConfiguration("spillcheck.scan");
  const depth = depthSchema.catch("quick").parse(configuration.get("depth"));
  const maxRequests = z
    .number()
    .int()
    .min(1)
    .optional()
    .catch(undefined)
    .parse(configuration.get("maxRequests") ?? undefined);
  return { depth, maxRequests };
}

function checkUrl(text: string): string | undefined {
  const trimmed = text.trim();
  if (!/^https?:\/\//i.test(trimmed)) return "Type an address that begins with http:// or https://.";
  if (!URL.canParse(trimmed)) return "That is no address.";
  return NO_CREDENTIALS.test(trimmed) ? undefined : "Leave user and password out; you are asked for them.";
}

async function typeUrl(memory: vscode.Memento): Promise<string | undefined> {
  const url = await vscode.window.showInputBox({
    title: "SpillCheck: Scan Endpoint",
    prompt: "Address of the endpoint that takes a user's message.",
    placeHolder: "http://127.0.0.1:5000/chat",
    ignoreFocusOut: true,
    validateInput: checkUrl,
  });
  const trimmed = url?.trim();
  if (trimmed) await remember(memory, trimmed);
  return trimmed;
}

/** Keeps an address for the list; one with a user or a query could hold a secret and is not kept. */
async function remember(memory: vscode.Memento, url: string): Promise<void> {
  const { username, password, search } = new URL(url);
  if (username || password || search) return;
  const recent = recentSchema.parse(memory.get(RECENT) ?? []);
  await memory.update(RECENT, [url, ...recent.filter((one) => one !== url)].slice(0, MAX_RECENT));
}

async function askAuth(): Promise<Auth | null | undefined> {
  const kinds = [
    { label: "None", description: "the endpoint is open", auth: "none" as const },
    { label: "Bearer token", description: "Authorization: Bearer ...", auth: "bearer" as const },
    { label: "API key", description: "in a header of its own", auth: "api-key" as const },
    { label: "Basic", description: "user and password", auth: "basic" as const },
    { label: "Cookie", description: "a session cookie", auth: "cookie" as const },
  ];
  const title = "SpillCheck: How does the endpoint know its users?";
  const choice = await vscode.window.showQuickPick(kinds, { title, ignoreFocusOut: true });
  if (!choice) return undefined;
  const ask = (prompt: string, value: string) =>
    vscode.window.showInputBox({ title: "SpillCheck: Scan Endpoint", prompt, value, ignoreFocusOut: true });
  switch (choice.auth) {
    case "none":
      return null;
    case "bearer":
      return { kind: "bearer" };
    case "api-key": {
      const header = await ask("Name of the header.", "X-API-Key");
      return header ? { kind: "api-key", header } : undefined;
    }
    case "basic": {
      const user = await ask("User name.", "");
      return user ? { kind: "basic", user } : undefined;
    }
    case "cookie": {
      const name = await ask("Name of the cookie.", "session");
      return name ? { kind: "cookie", name } : undefined;
    }
  }
}

/** An endpoint of a settings file. */
function ofFile({ settingsFile, url, auth }: ScanTarget): Target {
  return { settingsFile, endpoint: { url, ...(auth ? { auth } : {}) } };
}

/** How long the list waits for the server, in milliseconds: not so long that anybody would notice. */
const PATIENCE = 500;

/** What settings files describe, or nothing when the server is busy. */
function soon(described: Promise<readonly ScanTarget[]>): Promise<readonly ScanTarget[]> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, PATIENCE, []);
    const settle = (all: readonly ScanTarget[]) => {
      clearTimeout(timer);
      resolve(all);
    };
    described.then(settle, () => settle([]));
  });
}

/**
 * Finds out what to scan, asking as little as possible.
 *
 * @param described the endpoints that the workspace's settings files describe; the list waits for them for a moment only
 * @param secrets where the secrets of a pasted request go
 * @returns undefined when the user turned away
 */
export async function chooseTarget(
  again: Again,
  memory: vscode.Memento,
  described: Promise<readonly ScanTarget[]>,
  secrets: Secrets,
): Promise<Target | undefined> {
  const named = namedEndpoints();
  if (again.lab) return { endpoint: { url: "" }, lab: true };
  if (again.endpoint) {
    const found = named.find((one) => one.name === again.endpoint);
    if (found) return { name: found.name, endpoint: found };
    void vscode.window.showWarningMessage(`The settings name no endpoint "${again.endpoint}" any more.`);
  }
  if (again.settingsFile) {
    const found = (await described).find((one) => one.settingsFile === again.settingsFile);
    if (found) return ofFile(found);
    void vscode.window.showWarningMessage(`${again.settingsFile} describes no endpoint any more.`);
  }
  if (again.described) return { endpoint: again.described };
  if (again.url && checkUrl(again.url) === undefined) return { endpoint: { url: again.url, auth: again.auth } };
  const recent = recentSchema.parse(memory.get(RECENT) ?? []);
  const items: (vscode.QuickPickItem & { pick: () => Promise<Target | undefined> })[] = [
    ...named.map((one) => ({
      label: `$(broadcast) ${one.name}`,
      description: one.url,
      pick: async () => ({ name: one.name, endpoint: one }),
    })),
    ...(await soon(described)).map((one) => ({
      label: `$(gear) ${one.url}`,
      description: vscode.workspace.asRelativePath(one.settingsFile),
      pick: async () => ofFile(one),
    })),
    ...recent.map((url) => ({
      label: `$(history) ${url}`,
      pick: async () => {
        const auth = await askAuth();
        return auth === undefined ? undefined : { endpoint: { url, ...(auth ? { auth } : {}) } };
      },
    })),
    {
      label: "$(add) Type an address ...",
      pick: async () => {
        const url = await typeUrl(memory);
        const auth = url && (await askAuth());
        return !url || auth === undefined || auth === "" ? undefined : { endpoint: { url, ...(auth ? { auth } : {}) } };
      },
    },
    {
      label: "$(terminal) Paste a curl command ...",
      description: "as the browser's network view and API tools copy it",
      pick: () =>
        pasteCurl(
          secrets,
          named.map((one) => one.name),
        ),
    },
    {
      label: "$(beaker) Practice lab",
      description: "starts a leaking endpoint on this machine and scans it",
      pick: async () => ({ endpoint: { url: "" }, lab: true }),
    },
  ];
  const choice = await vscode.window.showQuickPick(items, {
    title: "SpillCheck: Scan Endpoint",
    placeHolder: "Which endpoint?",
    matchOnDescription: true,
    // As in the boxes that follow; a report that opens meanwhile would close the list else.
    ignoreFocusOut: true,
  });
  return choice?.pick();
}
