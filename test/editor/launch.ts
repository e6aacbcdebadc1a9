/**
 * Starts a real VS Code for a test, with one of two launchers: the desktop application where it is there or can be
 * downloaded, else VS Code's server with a Chromium (`scripts/editor-host.mjs`). Both give the same page to drive.
 */
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { downloadAndUnzipVSCode, resolveCliArgsFromVSCodeExecutablePath, runTests } from "@vscode/test-electron";
import { _electron, type Browser, chromium, type Page } from "playwright-core";
import { z } from "zod";
import { cacheFolder, ensureChromium, ensureHost, startServer, workbenchUrl } from "../../scripts/editor-host.mjs";

const run = promisify(execFile);
export const repository = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");
/** Folder of the extension that is tested; another one than the repository for trying a build that lies elsewhere. */
export const extensionFolder = process.env.SPILLCHECK_EXTENSION ?? repository;
export const screenshots = path.join(repository, "out", "screenshots");

export interface EditorOptions {
  /** Absolute path of the extension under development. */
  extension?: string;
  /** Absolute path of a .vsix that is installed first. */
  vsix?: string;
  /** Settings of the workspace. */
  settings?: Record<string, unknown>;
  /** Leaves workspace trust on. */
  trust?: boolean;
}

export interface Editor {
  page: Page;
  /** The folder that is open: a copy, free to be changed. */
  folder: string;
  /** Replaces the workspace's settings. */
  configure(settings: Record<string, unknown>): void;
  close(): Promise<void>;
}

/** Which launcher is used: `SPILLCHECK_EDITOR` (desktop or host) decides, else what can be had. */
export async function launcher(): Promise<{ kind: "desktop"; executable: string } | { kind: "host" }> {
  const wished = process.env.SPILLCHECK_EDITOR;
  const named = process.env.VSCODE_EXECUTABLE_PATH;
  if (named && wished !== "host") return { kind: "desktop", executable: named };
  if (wished === "host" || (wished !== "desktop" && !(await canDownload()))) return { kind: "host" };
  return {
    kind: "desktop",
    executable: await downloadAndUnzipVSCode({ cachePath: path.join(cacheFolder(), "vscode") }),
  };
}

async function canDownload(): Promise<boolean> {
  if (existsSync(path.join(cacheFolder(), "vscode"))) return true;
  try {
    const address = "https://update.code.visualstudio.com/api/releases/stable";
    return (await fetch(address, { method: "HEAD", signal: AbortSignal.timeout(4_000) })).ok;
  } catch {
    return false;
  }
}

/** Settings that keep the window quiet, so that tests and screenshots show the product and nothing else. */
const quiet = {
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.layoutControl.enabled": false,
  // What still loads may take the focus; a palette that closes then would leave the test's next key to the editor.
  "workbench.quickOpen.closeOnFocusLost": false,
  "window.commandCenter": false,
  "chat.disableAIFeatures": true,
  "chat.commandCenter.enabled": false,
  "git.enabled": false,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "extensions.ignoreRecommendations": true,
  "editor.minimap.enabled": false,
  "editor.lightbulb.enabled": "on",
  "files.autoSave": "off",
  // A dialog of the system's own could not be driven.
  "files.simpleDialog.enable": true,
};

/** A copy of the sample workspace with settings. */
export function copyWorkspace(settings: Record<string, unknown> = {}): {
  folder: string;
  configure: Editor["configure"];
} {
  // Resolved, since a link in the path would give the files two names.
  const folder = path.join(mkdtempSync(path.join(tmpdir(), "spillcheck-workspace-")), "shop");
  cpSync(path.join(repository, "test", "editor", "workspace"), folder, { recursive: true });
  const configure = (changed: Record<string, unknown>) => {
    mkdirSync(path.join(folder, ".vscode"), { recursive: true });
    writeFileSync(path.join(folder, ".vscode", "settings.json"), JSON.stringify({ ...quiet, ...changed }, null, 2));
  };
  configure(settings);
  return { folder, configure };
}

const chromiumArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Longest wait for what a window that is open does, in milliseconds; none of the tests is about how fast it is. */
export const WAIT_LIMIT = 45_000;
/** Longest wait for a window to open, in milliseconds. */
const START_LIMIT = 180_000;

/**
 * Closes the side bar on the right where the window opens with one. The click is told to the button and not to the place
 * where it is: a banner that comes meanwhile moves the button, and its hover hides it from the mouse.
 */
async function closeSecondarySideBar(page: Page): Promise<void> {
  const button = page.locator(".part.auxiliarybar .codicon-auxiliarybar-close");
  if (!(await button.isVisible())) return;
  await button.dispatchEvent("click");
  await button.waitFor({ state: "hidden" });
}

/** Opens the workspace in an editor with the extension. */
export async function startEditor(options: EditorOptions): Promise<Editor> {
  const { folder, configure } = copyWorkspace(options.settings);
  const chosen = await launcher();
  const start =
    chosen.kind === "desktop" ? startDesktop(chosen.executable, folder, options) : startHost(folder, options);
  const { page, close } = await start;
  page.setDefaultTimeout(WAIT_LIMIT);
  try {
    await page.waitForSelector(".monaco-workbench .explorer-folders-view .monaco-list-row", { timeout: START_LIMIT });
    await closeSecondarySideBar(page);
  } catch (error) {
    await page.screenshot({ path: path.join(screenshots, "failed-start.png") }).catch(() => undefined);
    await close();
    throw error;
  }
  return {
    page,
    folder,
    configure,
    close: async () => {
      await close();
      rmSync(path.dirname(folder), { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

type Started = { page: Page; close: () => Promise<void> };

async function startHost(folder: string, options: EditorOptions): Promise<Started> {
  const host = await ensureHost(console.error);
  const { path: executablePath, args } = await ensureChromium(console.error);
  const extensions = mkdtempSync(path.join(tmpdir(), "spillcheck-extensions-"));
  if (options.vsix) {
    const install = ["out/server-main.js", "--extensions-dir", extensions, "--install-extension", options.vsix];
    await run(host.node, [...install, "--accept-server-license-terms"], { cwd: host.vscode });
  }
  const environment = { SPILLCHECK_DATA_DIR: path.join(extensions, "spillcheck-data") };
  const server = await startServer(host, { trust: options.trust, extensions, environment });
  let browser: Browser | undefined;
  const close = async () => {
    await browser?.close();
    await server.stop();
    rmSync(extensions, { recursive: true, force: true, maxRetries: 10 });
  };
  try {
    browser = await chromium.launch({
      executablePath,
      args: [...chromiumArguments, ...args],
      timeout: START_LIMIT,
    });
    const context = await browser.newContext({ viewport: { width: 1360, height: 860 } });
    const page = await context.newPage();
    await page.goto(workbenchUrl(server.port, folder, options.extension), { timeout: START_LIMIT });
    return { page, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startDesktop(executable: string, folder: string, options: EditorOptions): Promise<Started> {
  const data = mkdtempSync(path.join(tmpdir(), "spillcheck-vscode-"));
  const folders = [`--user-data-dir=${path.join(data, "user")}`, `--extensions-dir=${path.join(data, "extensions")}`];
  if (options.vsix) {
    const [cli, ...args] = resolveCliArgsFromVSCodeExecutablePath(executable);
    if (!cli) throw new Error("The editor's command line was not found.");
    await run(cli, [...args, ...folders, "--install-extension", options.vsix], { shell: process.platform === "win32" });
  }
  const args = [folder, ...folders, "--no-sandbox", "--disable-gpu", "--skip-welcome", "--skip-release-notes"];
  args.push("--disable-updates", "--disable-telemetry", "--use-inmemory-secretstorage");
  if (!options.trust) args.push("--disable-workspace-trust");
  if (options.extension) args.push(`--extensionDevelopmentPath=${options.extension}`);
  const application = await _electron.launch({
    executablePath: executable,
    args,
    timeout: START_LIMIT,
    env: { ...process.env, SPILLCHECK_DATA_DIR: path.join(data, "spillcheck") },
  });
  const page = await application.firstWindow({ timeout: START_LIMIT });
  const close = async () => {
    await application.close();
    rmSync(data, { recursive: true, force: true, maxRetries: 10 });
  };
  return { page, close };
}

const hostRunSchema = z.object({
  total: z.number(),
  results: z.array(z.object({ name: z.string(), error: z.string().optional() })),
});
/** What the tests inside the extension host came to, as far as they came. */
export type HostRun = z.infer<typeof hostRunSchema>;

/** Longest time for all tests inside the extension host, in milliseconds. */
const HOST_LIMIT = 480_000;

/**
 * Runs a module with `run()` inside the extension host.
 *
 * @param module absolute path of a CommonJS module; it writes its results as JSON to `SPILLCHECK_HOST_RESULTS`
 */
export async function runInExtensionHost(module: string, extension: string): Promise<HostRun> {
  const { folder } = copyWorkspace();
  const results = path.join(path.dirname(folder), "results.json");
  const chosen = await launcher();
  if (chosen.kind === "desktop") {
    const data = mkdtempSync(path.join(tmpdir(), "spillcheck-vscode-"));
    await runTests({
      vscodeExecutablePath: chosen.executable,
      extensionDevelopmentPath: extension,
      extensionTestsPath: module,
      extensionTestsEnv: { SPILLCHECK_HOST_RESULTS: results },
      launchArgs: [folder, "--disable-workspace-trust", `--user-data-dir=${data}`, "--disable-updates"],
    });
    rmSync(data, { recursive: true, force: true, maxRetries: 10 });
  } else await runInHost(module, extension, folder, results);
  const text = existsSync(results) ? readFileSync(results, "utf8") : '{"total":0,"results":[]}';
  rmSync(path.dirname(folder), { recursive: true, force: true, maxRetries: 10 });
  return hostRunSchema.parse(JSON.parse(text));
}

async function runInHost(module: string, extension: string, folder: string, results: string): Promise<void> {
  const host = await ensureHost(console.error);
  const { path: executablePath, args } = await ensureChromium(console.error);
  const server = await startServer(host, { environment: { SPILLCHECK_HOST_RESULTS: results } });
  const browser = await chromium.launch({
    executablePath,
    args: [...chromiumArguments, ...args],
    timeout: START_LIMIT,
  });
  const said: string[] = [];
  try {
    const page = await browser.newPage();
    let end = () => {};
    const ended = new Promise<void>((settle) => {
      end = settle;
    });
    await page.exposeFunction("codeAutomationLog", (type: string, values: unknown[]) => said.push(`${type} ${values}`));
    await page.exposeFunction("codeAutomationExit", () => end());
    await page.goto(workbenchUrl(server.port, folder, extension, module), { timeout: START_LIMIT });
    // A run that hangs is told by the results, which then lack some.
    const timer = setTimeout(end, HOST_LIMIT);
    await ended;
    clearTimeout(timer);
  } finally {
    mkdirSync(path.join(repository, "out", "test-results"), { recursive: true });
    writeFileSync(path.join(repository, "out", "test-results", "extension-host.log"), said.join("\n"));
    await browser.close();
    await server.stop();
  }
}

/** The address of a file as the editor names it. */
export function fileUri(file: string): string {
  return pathToFileURL(file).href;
}
