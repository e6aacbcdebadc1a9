/**
 * The benchmarks, as JSON on standard output; what is going on is told on standard error.
 *
 *   npm run bench                            everything
 *   npm run bench -- --folder DIR            the whole-project check of a folder (repeatable), besides the rest
 *   npm run bench -- --only check,keystroke  some of: check, growth, keystroke, start, memory, scan, size, reply, detectors
 *   npm run bench -- --jobs N                threads of the whole-project check; else as many as the command line takes
 *   npm run bench -- --only reply            how long reading a reply of a megabyte takes
 *   npm run bench -- --only detectors --data DIR [--half tune|report|all] [--misses N]
 *                                            the detectors on public labelled data, see docs/detectors.md
 */
import { execFileSync, spawn } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import esbuild from "esbuild";
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node";
import { build } from "../../esbuild.mjs";
import { textLoaders } from "../../scripts/yaml-text.mjs";
import { benchScan } from "./scan.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = path.join(root, "out", "bench");

const { values } = parseArgs({
  options: {
    folder: { type: "string", multiple: true },
    only: { type: "string" },
    jobs: { type: "string" },
    rounds: { type: "string", default: "3" },
    data: { type: "string" },
    half: { type: "string", default: "report" },
    misses: { type: "string", default: "0" },
  },
});
const wanted = new Set(
  values.only?.split(",") ?? ["check", "growth", "keystroke", "start", "memory", "scan", "size", "reply"],
);

/** Builds what the benchmarks run, beside the WebAssembly files that it reads. */
async function prepare() {
  await build({ quiet: true });
  mkdirSync(folder, { recursive: true });
  for (const name of ["web-tree-sitter.wasm", "tree-sitter-python.wasm"]) {
    copyFileSync(path.join(root, "dist", name), path.join(folder, name));
  }
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: {
      measure: "test/bench/measure.ts",
      workspace: "test/bench/workspace.ts",
      reply: "test/bench/detectors/reply.ts",
      detectors: "test/bench/detectors/main.ts",
    },
    outdir: "out/bench",
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20.18",
    alias: { "web-tree-sitter": path.join(root, "node_modules/web-tree-sitter/web-tree-sitter.cjs") },
    mainFields: ["module", "main"],
    loader: textLoaders,
    minify: true,
    logLevel: "warning",
  });
}

/** Runs a bundled program that prints a JSON object. */
function program(name, given) {
  console.error(`measuring ${name}`);
  const out = execFileSync(process.execPath, [path.join(folder, `${name}.cjs`), JSON.stringify(given)], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(out);
}

/** Runs one benchmark in a process of its own. */
function measure(given) {
  console.error(`measuring ${given.what} ${given.folder ?? ""}`);
  const out = execFileSync(
    process.execPath,
    ["--expose-gc", path.join(folder, "measure.cjs"), JSON.stringify({ rounds: Number(values.rounds), ...given })],
    { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "inherit"] },
  );
  return JSON.parse(out);
}

/** Writes the made workspace to disk. */
async function workspaceOnDisk(files, lines) {
  const { makeWorkspace } = await import(pathToFileURL(path.join(folder, "workspace.cjs")).href).then((m) => m.default);
  const top = mkdtempSync(path.join(tmpdir(), "spillcheck-bench-"));
  for (const [file, text] of makeWorkspace(files, lines)) {
    const to = path.join(top, file.replace("/bench/", ""));
    mkdirSync(path.dirname(to), { recursive: true });
    writeFileSync(to, text);
  }
  return top;
}

/** From starting the server's process to the first findings of the file that is open, in a workspace of many files. */
async function serverStart(top) {
  const file = path.join(top, "app", "module_0.py");
  const uri = pathToFileURL(file).href;
  const start = performance.now();
  const server = spawn(process.execPath, [path.join(root, "dist", "server.js"), "--stdio"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const connection = createMessageConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  connection.onRequest("workspace/configuration", ({ items }) => items.map(() => null));
  connection.onRequest("client/registerCapability", () => null);
  connection.onRequest("window/workDoneProgress/create", () => null);
  connection.onRequest("workspace/diagnostic/refresh", () => null);
  connection.listen();
  const folderUri = pathToFileURL(top).href;
  await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: folderUri,
    workspaceFolders: [{ uri: folderUri, name: "bench" }],
    capabilities: { textDocument: { diagnostic: { dynamicRegistration: false } } },
  });
  const initialized = performance.now();
  await connection.sendNotification("initialized", {});
  await connection.sendNotification("textDocument/didOpen", {
    textDocument: { uri, languageId: "python", version: 1, text: readFileSync(file, "utf8") },
  });
  const report = await connection.sendRequest("textDocument/diagnostic", { textDocument: { uri } });
  const end = performance.now();
  await connection.sendRequest("shutdown");
  await connection.sendNotification("exit");
  connection.dispose();
  await new Promise((resolve) => server.once("exit", resolve));
  return { initialize: initialized - start, first: end - start, findings: report.items.length };
}

function size() {
  execFileSync(process.execPath, [path.join(root, "scripts", "package.mjs"), "--no-build"], {
    cwd: root,
    stdio: "pipe",
  });
  const name = readdirSync(root).find((file) => file.endsWith(".vsix"));
  return { file: name, megabytes: Math.round(statSync(path.join(root, name)).size / 1e4) / 100 };
}

await prepare();
const result = { node: process.version, cpu: cpus()[0]?.model ?? "", cores: cpus().length };
if (wanted.has("check")) {
  result.check = {};
  const jobs = values.jobs === undefined ? {} : { jobs: Number(values.jobs) };
  for (const one of values.folder ?? [])
    result.check[path.basename(path.resolve(one))] = measure({ what: "check", folder: path.resolve(one), ...jobs });
  if (!values.folder) {
    const top = await workspaceOnDisk(100, 300);
    result.check.made = measure({ what: "check", folder: top, ...jobs });
    rmSync(top, { recursive: true });
  }
}
if (wanted.has("growth")) {
  result.growth = [];
  const jobs = values.jobs === undefined ? {} : { jobs: Number(values.jobs) };
  for (const lines of [10_000, 30_000, 100_000, 250_000, 500_000]) {
    const top = await workspaceOnDisk(Math.round(lines / 300), 300);
    const one = measure({ what: "check", folder: top, ...jobs });
    result.growth.push({ ...one, ms_per_1000_lines: Math.round((one.check_ms / one.lines) * 1e5) / 100 });
    rmSync(top, { recursive: true });
  }
}
if (wanted.has("keystroke")) {
  result.keystroke = {
    "1000_lines": measure({ what: "keystroke", files: 1000 }),
    "5000_lines": measure({ what: "keystroke", files: 1000, lines: 5000 }),
    "1000_lines_imported_by_200": measure({ what: "keystroke", files: 1000, shared: true }),
  };
}
if (wanted.has("start")) {
  console.error("measuring the server's start");
  const top = await workspaceOnDisk(2000, 60);
  const runs = [];
  for (let i = 0; i < 4; i++) runs.push(await serverStart(top));
  rmSync(top, { recursive: true });
  const best = runs.slice(1).sort((a, b) => a.first - b.first);
  result.start = {
    files: 2001,
    initialize_ms: Math.round(best[1].initialize),
    first_findings_ms: Math.round(best[1].first),
    open_to_findings_ms: Math.round(best[1].first - best[1].initialize),
    findings: best[1].findings,
  };
}
if (wanted.has("memory")) result.memory = measure({ what: "memory" });
if (wanted.has("reply")) result.reply = program("reply", {});
if (wanted.has("detectors")) {
  if (!values.data) throw new Error("--only detectors needs --data DIR; docs/detectors.md says what goes there.");
  result.detectors = program("detectors", {
    data: path.resolve(values.data),
    half: values.half,
    misses: Number(values.misses),
  });
}
if (wanted.has("scan")) result.scan = await benchScan({ deep: true });
if (wanted.has("size")) result.vsix = size();
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
