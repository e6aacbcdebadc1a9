/** A target from a curl command that is pasted: its secrets go into the editor's store, the rest into settings if wanted. */
import * as vscode from "vscode";
import { ScanError } from "../../server/scan/errors.js";
import { type CopiedEndpoint, copiedEndpoint } from "../../server/scan/target/copied.js";
import { placeOf, type Secrets } from "./secrets.js";
import type { Target } from "./target.js";

const TITLE = "SpillCheck: Scan Endpoint";

/** What is wrong with a pasted text, in one sentence; undefined when it can be scanned. */
function wrongWith(text: string): string | undefined {
  try {
    copiedEndpoint(text);
    return undefined;
  } catch (error) {
    if (error instanceof ScanError) return error.message;
    throw error;
  }
}

/**
 * Asks for a curl command, and whether to keep what it describes.
 *
 * @param taken names that the settings have already
 * @returns undefined when the user turned away
 */
export async function pasteCurl(secrets: Secrets, taken: readonly string[]): Promise<Target | undefined> {
  const text = await vscode.window.showInputBox({
    title: TITLE,
    prompt: "Paste a curl command, as browsers and API tools copy it. Secrets in it go into the editor's secret store.",
    placeHolder: `curl http://127.0.0.1:5000/chat --json '{"message": "Hello"}'`,
    // It may hold a token; who looks over a shoulder need not see it.
    password: true,
    ignoreFocusOut: true,
    validateInput: (typed) => (typed === "" ? undefined : wrongWith(typed)),
  });
  if (!text) return undefined;
  const copied = copiedEndpoint(text);
  const name = copied.hiddenIn === null ? await askName(copied, taken) : sayHidden(copied.hiddenIn);
  if (name === undefined) return undefined;
  const place = placeOf(copied.endpoint.url);
  if (copied.secret !== undefined) await secrets.keep(copied.secret, place);
  for (const [header, value] of Object.entries(copied.headers)) await secrets.keep(value, place, header);
  if (name !== "") await keepInSettings(name, copied);
  return { ...(name === "" ? {} : { name }), endpoint: copied.endpoint, hidden: copied.hidden };
}

function askName({ endpoint }: CopiedEndpoint, taken: readonly string[]): Thenable<string | undefined> {
  return vscode.window
    .showInputBox({
      title: TITLE,
      prompt: `A name keeps ${endpoint.url} in your settings, without its secrets. Leave it empty to scan without keeping it.`,
      ignoreFocusOut: true,
      validateInput: (name) =>
        taken.includes(name.trim()) ? `The settings have an endpoint "${name.trim()}" already.` : undefined,
    })
    .then((name) => name?.trim());
}

function sayHidden(where: string): string {
  void vscode.window.showInformationMessage(
    `This endpoint is scanned once and not kept in the settings, since ${where} is a secret.`,
  );
  return "";
}

async function keepInSettings(name: string, { endpoint }: CopiedEndpoint): Promise<void> {
  const configuration = vscode.workspace.getConfiguration("spillcheck");
  const known = configuration.inspect("endpoints");
  const inWorkspace = vscode.workspace.isTrusted && known?.workspaceValue !== undefined;
  const before: unknown = inWorkspace ? known?.workspaceValue : known?.globalValue;
  await configuration.update(
    "endpoints",
    [...(Array.isArray(before) ? before : []), { name, ...endpoint }],
    inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global,
  );
}
