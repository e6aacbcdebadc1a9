/**
 * Benchmarks of the live scan: the time of a scan against an endpoint that takes 200 ms for every answer, the processor
 * time while it waits, the memory whatever the endpoint sends, and the time until a cancelled scan has ended. Every scan
 * runs as users run it: `dist/cli.js` in a process of its own, at default pacing.
 */
import { fork, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const ROUND_TRIP_MS = 200;

/** Bodies that take memory to read; `scan-endpoint.mjs` has them. */
const HOSTILE = [
  "endless",
  "endless-json",
  "gzip-bomb",
  "brotli-bomb",
  "large-json",
  "large-sse",
  "large-html",
  "large-personal",
  "deep",
];

async function endpoint(kind) {
  const child = fork(fileURLToPath(new URL("scan-endpoint.mjs", import.meta.url)), [kind]);
  const { url } = await new Promise((resolve, reject) => {
    child.once("message", resolve);
    child.once("exit", (code) => reject(new Error(`the endpoint ended with ${code}`)));
  });
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        child.removeAllListeners("exit");
        child.once("exit", resolve);
        child.kill("SIGKILL");
      }),
  };
}

/** Runs one scan. @returns its result, wall and processor time in milliseconds, and the highest memory in megabytes */
async function scan(folder, url, args, onLine = () => {}) {
  const usage = path.join(folder, "usage.json");
  const preload = path.join(folder, "usage.cjs");
  writeFileSync(
    preload,
    `process.on("exit", () => require("node:fs").writeFileSync(${JSON.stringify(usage)}, JSON.stringify({ cpu: process.cpuUsage(), rss: process.resourceUsage().maxRSS })));`,
  );
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [
      "--require",
      preload,
      path.join(root, "dist", "cli.js"),
      "scan",
      ...(url ? [url] : []),
      ...args,
      "--format",
      "json",
      "--no-history",
    ],
    { env: { ...process.env, SPILLCHECK_DATA_DIR: folder }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let out = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => onLine(String(chunk), child));
  const code = await new Promise((resolve) => child.once("close", resolve));
  const wall = performance.now() - started;
  const { cpu, rss } = JSON.parse(readFileSync(usage, "utf8"));
  return {
    code,
    wall,
    cpu: (cpu.user + cpu.system) / 1000,
    megabytes: rss / 1024,
    result: out.startsWith("{") ? JSON.parse(out) : null,
  };
}

/**
 * Round trips that no scan can do side by side, since each waits for the one before: what shows the shape (the API
 * document, a field that nobody knows and the likeliest field are asked for together), the other ordinary questions, each
 * message of the probes, which come one after another, and the burst at the end.
 */
function criticalPath(result) {
  const shapes = result.requests.by_check.baseline - 2;
  if (shapes !== 2)
    throw new Error(`the endpoint takes the first guess, and yet ${shapes} requests looked for the shape`);
  return 1 + 1 + result.requests.by_check.llm_ai_security + 1;
}

/** Time and processor use against the slow endpoint. */
async function speed(folder, depth, start) {
  const target = await endpoint("slow");
  try {
    const { result, wall, cpu } = await scan(folder, target.url, ["--depth", depth]);
    const trips = criticalPath(result);
    return {
      seconds: round(wall / 1000),
      scan_seconds: round(result.duration_ms / 1000),
      requests: result.requests.sent,
      sequential_round_trips: trips,
      least_seconds: round((trips * ROUND_TRIP_MS) / 1000),
      times_least: round(result.duration_ms / (trips * ROUND_TRIP_MS)),
      times_least_with_start_and_report: round(wall / (trips * ROUND_TRIP_MS)),
      // What the program takes to start and to report is no waiting.
      cpu_percent_while_waiting: round((100 * Math.max(0, cpu - start.cpu)) / result.duration_ms),
      cpu_percent_with_start_and_report: round((100 * cpu) / wall),
      grade: result.grade,
    };
  } finally {
    await target.close();
  }
}

async function memory(folder) {
  const out = {};
  for (const kind of HOSTILE) {
    const target = await endpoint(kind);
    try {
      const { megabytes, wall, result } = await scan(folder, target.url, ["--depth", "standard"]);
      out[kind] = { megabytes: round(megabytes), seconds: round(wall / 1000), requests: result?.requests.sent ?? 0 };
    } finally {
      await target.close();
    }
  }
  return out;
}

/** Milliseconds from the interrupt to the end of the process, in the middle of a scan. */
async function cancel(folder) {
  const target = await endpoint("slow");
  try {
    let at = 0;
    const timer = { set: false };
    const { code } = await scan(folder, target.url, [], (_text, child) => {
      if (timer.set) return;
      timer.set = true;
      setTimeout(() => {
        at = performance.now();
        child.kill("SIGINT");
      }, 1_500);
    });
    return { milliseconds: Math.round(performance.now() - at), exit_code: code };
  } finally {
    await target.close();
  }
}

function round(value) {
  return Math.round(value * 100) / 100;
}

/** @param {{ deep: boolean }} options deep scans take minutes */
export async function benchScan({ deep }) {
  const folder = mkdtempSync(path.join(tmpdir(), "spillcheck-bench-"));
  try {
    console.error("measuring the scan");
    // The first start of all reads the bundle from the disk.
    await scan(folder, "", ["--help"]);
    const start = await scan(folder, "", ["--help"]);
    const out = { start_only: { megabytes: round(start.megabytes), cpu_ms: Math.round(start.cpu) } };
    out.quick = await speed(folder, "quick", start);
    out.standard = await speed(folder, "standard", start);
    if (deep) out.deep = await speed(folder, "deep", start);
    out.cancel = await cancel(folder);
    out.memory = await memory(folder);
    return out;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
