// A real VS Code for tests and for looking around, on machines where the desktop build cannot be downloaded.
//
// VS Code's own server (its extension host and its web workbench) comes in the npm package `code-server`; a Chromium
// shows it. Everything lies in a cache folder outside the repository (about 600 MB), is installed once and is reused
// until one of the versions below changes.
//
//   node scripts/editor-host.mjs setup           installs what is missing, prints where it lies
//   node scripts/editor-host.mjs open [folder]   serves the folder with the extension of this repository
//   node scripts/editor-host.mjs test [name]     builds, then runs the suite in test/editor
import { execFile, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Versions of the host; a change of any of them installs it anew. */
const versions = { node: "24.9.0", codeServer: "4.139.1", chromium: "153.0.0" };
const npm = process.platform === "win32" ? "npm.cmd" : "npm";
/** The repository's root. */
export const repository = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where downloads of tests lie: `SPILLCHECK_CACHE`, else `~/.cache/spillcheck`. */
export function cacheFolder() {
  return process.env.SPILLCHECK_CACHE ?? join(homedir(), ".cache", "spillcheck");
}

/** Runs npm in a folder; throws an error that ends in npm's last lines. */
async function npmIn(folder, args) {
  try {
    await run(npm, [...args, "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: folder,
      maxBuffer: 64 * 1024 * 1024,
      shell: process.platform === "win32",
    });
  } catch (error) {
    const detail = String(error.stderr || error.message)
      .trim()
      .split("\n")
      .slice(-6)
      .join("\n");
    throw new Error(`npm ${args.join(" ")} failed in ${folder}:\n${detail}`);
  }
}

/** Does a step of the installation once: the stamp tells which versions made it. */
async function once(folder, step, version, work) {
  const stamp = join(folder, `${step}.stamp`);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === version) return;
  rmSync(stamp, { force: true });
  await work();
  writeFileSync(stamp, version);
}

/**
 * Installs VS Code's server into the cache, unless it is there.
 *
 * @param log called with one line for each step that takes long
 * @returns the Node binary that runs it and its `lib/vscode` folder
 */
export async function ensureHost(log = () => {}) {
  const folder = join(cacheFolder(), "editor-host");
  const vscode = join(folder, "node_modules", "code-server", "lib", "vscode");
  const node = join(folder, "node_modules", ".bin", process.platform === "win32" ? "node.cmd" : "node");
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, "package.json"))) {
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "editor-host", private: true }));
  }
  await once(folder, "host", `${versions.node} ${versions.codeServer}`, async () => {
    log(`Installing VS Code's server into ${folder} (about 600 MB, once) ...`);
    await npmIn(folder, ["install", `node@${versions.node}`]);
    await npmIn(folder, ["install", `code-server@${versions.codeServer}`, "--ignore-scripts"]);
    log("Installing its dependencies ...");
    await npmIn(vscode, ["install", "--omit=dev", "--ignore-scripts"]);
    await npmIn(join(vscode, "extensions"), ["install", "--omit=dev", "--ignore-scripts"]);
    // Native parts: logging and file watching. Without a compiler the server still runs, with a poorer log.
    await npmIn(vscode, ["rebuild", "@vscode/spdlog", "@parcel/watcher"]).catch((error) => log(error.message));
  });
  return { node, vscode };
}

/** A Chromium of this machine, or undefined. `SPILLCHECK_CHROMIUM` names one. */
export function systemChromium() {
  if (process.env.SPILLCHECK_CHROMIUM) return process.env.SPILLCHECK_CHROMIUM;
  const fixed = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
  ].filter(existsSync);
  const folders = (process.env.PATH ?? "").split(process.platform === "win32" ? ";" : ":");
  const named = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].flatMap((name) =>
    folders.map((folder) => join(folder, name)),
  );
  return [...named.filter(existsSync), ...fixed][0];
}

/**
 * A Chromium: the machine's own, else the distribution's (installed when this is root on Debian), else the one of
 * npm's `@sparticuz/chromium`.
 *
 * @returns its path and the further arguments it needs
 */
export async function ensureChromium(log = () => {}) {
  const own = systemChromium();
  if (own) return { path: own, args: [] };
  if (process.platform === "linux" && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    log("Installing Chromium from the distribution ...");
    const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const install = () => spawnSync("apt-get", ["install", "-y", "-qq", "chromium"], { env: environment }).status === 0;
    const done = install() || (spawnSync("apt-get", ["update", "-qq"]).status === 0 && install());
    const installed = systemChromium();
    if (done && installed) return { path: installed, args: [] };
  }
  const { node } = await ensureHost(log);
  const folder = join(cacheFolder(), "editor-host");
  await once(folder, "chromium", versions.chromium, async () => {
    log("Installing Chromium from npm ...");
    await npmIn(folder, ["install", `@sparticuz/chromium@${versions.chromium}`, "--ignore-scripts"]);
  });
  const program =
    "import c from '@sparticuz/chromium'; console.log(JSON.stringify({path: await c.executablePath(), args: c.args}))";
  const { stdout } = await run(node, ["--input-type=module", "-e", program], { cwd: folder });
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

/**
 * Starts VS Code's server on a free port of loopback.
 *
 * @param host what `ensureHost` gave
 * @param options `trust`: leave workspace trust on; `extensions`: folder of installed extensions; `environment`
 * @returns the port and `stop()`, which ends the server and removes its data
 */
export async function startServer(host, options = {}) {
  const data = mkdtempSync(join(tmpdir(), "spillcheck-editor-"));
  const args = ["out/server-main.js", "--host", "127.0.0.1", "--port", "0", "--without-connection-token"];
  args.push("--accept-server-license-terms", "--server-data-dir", data, "--disable-telemetry");
  args.push("--enable-smoke-test-driver");
  if (!options.trust) args.push("--disable-workspace-trust");
  if (options.extensions) args.push("--extensions-dir", options.extensions);
  const child = spawn(host.node, args, {
    cwd: host.vscode,
    env: { ...process.env, ...options.environment },
    stdio: ["ignore", "pipe", "pipe"],
    // The npm package's launcher starts a second process: the group is what has to end.
    detached: process.platform !== "win32",
  });
  const gone = new Promise((settle) => child.once("exit", settle));
  const signal = (name) => {
    try {
      if (process.platform === "win32") child.kill();
      else process.kill(-child.pid, name);
    } catch {
      // It had ended by itself.
    }
  };
  const end = () => signal("SIGTERM");
  // A test run that dies leaves no server behind.
  process.once("exit", end);
  const stop = async () => {
    process.off("exit", end);
    end();
    await gone;
    // Its own processes may outlive it for a while, and would go on writing into the folder.
    if (process.platform !== "win32") signal("SIGKILL");
    rmSync(data, { recursive: true, force: true, maxRetries: 10 });
  };
  const output = [];
  const port = await new Promise((settle, fail) => {
    const read = (line) => {
      output.push(line);
      const match = /Extension host agent listening on (\d+)/.exec(line);
      if (match) settle(Number(match[1]));
    };
    createInterface({ input: child.stdout }).on("line", read);
    createInterface({ input: child.stderr }).on("line", read);
    child.once("error", (error) => fail(new Error(`VS Code's server did not start: ${error.message}`)));
    child.once("exit", (code) => {
      fail(new Error(`VS Code's server ended with ${code} before it listened:\n${output.slice(-15).join("\n")}`));
    });
  });
  return { port, stop, output };
}

/**
 * The address of the workbench.
 *
 * @param port of the server
 * @param folder absolute path of the folder to open
 * @param extension absolute path of the extension under development, if any
 * @param tests absolute path of a module with `run()`, if any
 */
export function workbenchUrl(port, folder, extension, tests) {
  const remote = (path) => `vscode-remote://127.0.0.1:${port}${pathToFileURL(path).pathname}`;
  const payload = [];
  if (extension) payload.push(["extensionDevelopmentPath", remote(extension)]);
  if (tests) payload.push(["extensionTestsPath", remote(tests)]);
  const url = new URL(`http://127.0.0.1:${port}/`);
  url.searchParams.set("folder", pathToFileURL(folder).pathname);
  if (payload.length > 0) url.searchParams.set("payload", JSON.stringify(payload));
  return url.href;
}

/** Builds the extension and runs the suite in the real editor; the exit code is the suite's. */
async function test(names) {
  const { build } = await import("../esbuild.mjs");
  await build({ quiet: true });
  const vitest = join(repository, "node_modules", "vitest", "vitest.mjs");
  const args = [vitest, "run", "--config", join("test", "editor", "vitest.config.ts"), ...names];
  const child = spawn(process.execPath, args, { cwd: repository, stdio: "inherit" });
  process.exitCode = await new Promise((settle) => child.once("exit", (code) => settle(code ?? 1)));
}

/** Shows the sample workspace: in the desktop editor where one is named, else in a browser. */
async function open(folder) {
  const { build } = await import("../esbuild.mjs");
  await build({ quiet: true });
  const desktop = process.env.VSCODE_EXECUTABLE_PATH;
  if (desktop) {
    const data = mkdtempSync(join(tmpdir(), "spillcheck-vscode-"));
    const args = [
      folder,
      `--extensionDevelopmentPath=${repository}`,
      `--user-data-dir=${data}`,
      "--disable-workspace-trust",
    ];
    const child = spawn(desktop, args, { stdio: "inherit" });
    await new Promise((settle) => child.once("exit", settle));
    rmSync(data, { recursive: true, force: true, maxRetries: 5 });
    return;
  }
  const server = await startServer(await ensureHost((line) => console.error(line)));
  console.log(`Open ${workbenchUrl(server.port, folder, repository)} in a browser. Ctrl+C ends it.`);
  process.once("SIGINT", () => server.stop().then(() => process.exit(0)));
}

async function main([command = "open", ...rest]) {
  switch (command) {
    case "setup": {
      const log = (line) => console.error(line);
      const host = await ensureHost(log);
      const chromium = await ensureChromium(log);
      console.log(`VS Code's server: ${host.vscode}\nChromium: ${chromium.path}`);
      return;
    }
    case "open": {
      const samples = [join(repository, "media", "sample"), join(repository, "test", "editor", "workspace")];
      return open(resolve(rest[0] ?? samples.find(existsSync)));
    }
    case "test":
      return test(rest);
    default:
      throw new Error(`There is no command "${command}": use setup, open or test.`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(process.argv.slice(2)).catch((error) => {
    console.error(error.message);
    process.exit(1);
  });
}
