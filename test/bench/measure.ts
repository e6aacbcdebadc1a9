/**
 * The benchmarks that run in one process: bundled and started by run.mjs with `--expose-gc`. Arguments: a JSON object;
 * result: a JSON object on standard output. Times in milliseconds, sizes in megabytes.
 */
import path from "node:path";
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { Language, Parser } from "web-tree-sitter";
import { z } from "zod";
import { rules } from "../../rules/index.js";
import type { Engine, SourceHost } from "../../server/analysis/engine-api.js";
import { threadsByDefault } from "../../server/main/commands/check-threads.js";
import { openEngine } from "../../server/main/engine.js";
import { isPartWorker } from "../../server/main/part-messages.js";
import { servePart } from "../../server/main/part-worker.js";
import { ThreadPool } from "../../server/main/threads.js";
import { type CheckRun, type EngineInput, runCheck } from "../../server/project/check.js";
import { checkInParts } from "../../server/project/check-parts.js";
import { collect } from "../../server/project/collect.js";
import { Configs } from "../../server/project/configs.js";
import { createFileHost } from "../../server/project/host.js";
import { readBytes, readSource } from "../../server/project/read.js";
import { checkJson } from "../../server/report/check-json.js";
import { makeCheckReport } from "../../server/report/check-report.js";
import { median, ms, percentile } from "./statistics.js";
import { makeWorkspace, pythonModule } from "./workspace.js";

const argumentsSchema = z.object({
  what: z.enum(["check", "keystroke", "memory"]),
  folder: z.string().optional(),
  rounds: z.number().default(3),
  files: z.number().default(100),
  lines: z.number().default(1000),
  edits: z.number().default(10_000),
  shared: z.boolean().default(false),
  /** Threads of the whole-project check; by default as many as the command line takes. */
  jobs: z.number().int().positive().optional(),
});

const none: readonly never[] = [];
const settings = new Configs({ ruleIds: rules.map((rule) => rule.id) });

function input(host: SourceHost): EngineInput {
  return { host, settings: (file) => settings.forFile(file), models: () => none };
}

function memoryHost(files: ReadonlyMap<string, string>): SourceHost {
  const names = [...files.keys()].sort();
  return { files: () => names, read: (file) => files.get(file) };
}

/** Milliseconds after which no further round of a warm-up begins. */
const WARM_UP = 15_000;

async function timed<T>(work: () => T | Promise<T>): Promise<{ time: number; value: T }> {
  const start = performance.now();
  const value = await work();
  return { time: performance.now() - start, value };
}

/** Threads for whole-project checks; they stay warm between the rounds. */
const pool = new ThreadPool(__filename);

async function findingsOf(input: EngineInput, run: CheckRun, jobs: number, oneMayDo = false) {
  if (jobs > 1) return (await checkInParts(await pool.open({ engine: input, open: [] }, jobs), run, oneMayDo)).findings;
  const engine = await openEngine(input);
  const { findings } = runCheck(engine, run);
  engine.dispose();
  return findings;
}

/** Reads, parses, analyses and reports a folder, as the command line does. */
async function wholeCheck(folder: string, wantedJobs?: number) {
  const configs = new Configs({ ruleIds: rules.map((rule) => rule.id) });
  const collected = collect([folder], { cwd: folder, configs });
  const host = createFileHost(collected.all);
  const jobs = wantedJobs ?? threadsByDefault(collected.all);
  const given: EngineInput = { host, settings: (file) => configs.forFile(file), models: () => none };
  const findings = await findingsOf(given, collected, jobs, wantedJobs === undefined);
  const texts = new Map<string, string>();
  const text = (file: string): string => {
    const known = texts.get(file) ?? host.read(file) ?? "";
    texts.set(file, known);
    return known;
  };
  const report = makeCheckReport({
    cwd: folder,
    findings,
    text,
    checked: collected.asked.length,
    skipped: [],
    partial: [],
  });
  const size = checkJson(report).length;
  return { findings: findings.length, size, jobs, files: collected.asked.filter((file) => file.endsWith(".py")) };
}

/** The yardstick: nothing but parsing the same texts, which are in memory already, in one thread. */
async function bareParse(files: readonly string[]) {
  await Parser.init({ wasmBinary: readBytes(path.join(__dirname, "web-tree-sitter.wasm")) });
  const language = await Language.load(readBytes(path.join(__dirname, "tree-sitter-python.wasm")));
  const parser = new Parser().setLanguage(language);
  const texts = files.flatMap((file) => {
    const read = readSource(file);
    return "text" in read ? [read.text] : [];
  });
  const run = (): void => {
    for (const text of texts) parser.parse(text)?.delete();
  };
  return { run, lines: texts.reduce((sum, text) => sum + text.split("\n").length, 0) };
}

/** Runs something until the machine's compiler has seen enough of it, within some seconds; at least once. */
async function warmUp(run: () => Promise<void>): Promise<void> {
  const end = performance.now() + WARM_UP;
  for (let i = 0; i < 12 && (i === 0 || performance.now() < end); i++) await run();
}

async function check(folder: string, rounds: number, wantedJobs?: number) {
  const { files, findings, jobs } = await wholeCheck(folder, wantedJobs);
  const parse = await bareParse(files);
  await warmUp(async () => {
    parse.run();
    await wholeCheck(folder, wantedJobs);
  });
  const checks: number[] = [];
  const parses: number[] = [];
  // In turns, so that whatever else the machine does meets both.
  for (let i = 0; i < rounds; i++) {
    parses.push((await timed(parse.run)).time);
    checks.push((await timed(() => wholeCheck(folder, wantedJobs))).time);
  }
  // That of all threads.
  const rss = process.memoryUsage.rss();
  await pool.end();
  return {
    jobs,
    files: files.length,
    lines: parse.lines,
    findings,
    check_ms: ms(median(checks)),
    bare_parse_ms: ms(median(parses)),
    ratio: ms(median(checks) / median(parses)),
    rss_mb: ms(rss / 1e6),
  };
}

/** A series ends here even where it has not made all its edits, so that a slow engine still gets figures. */
const seriesLimitMs = 60_000;

/** Types and deletes words at places all over a file; the time from each change to the file's findings. */
function typeInto(
  engine: Engine,
  file: string,
  text: string,
  edits: number,
  each: (time: number, done: number) => void,
): void {
  const places = [...text.matchAll(/result = 0|helpful\. |\["question"\]/g)].map(
    (match) => match.index + match[0].length,
  );
  let done = 0;
  const begin = performance.now();
  for (let i = 0; done < edits; i++) {
    const at = places[(i * 7) % places.length] ?? 0;
    const word = " # note";
    const changes = [
      ...[...word].map((char, k) => ({ start: at + k, end: at + k, text: char })),
      ...[...word].map((_, k) => ({ start: at + word.length - 1 - k, end: at + word.length - k, text: "" })),
    ];
    for (const change of changes) {
      if (done++ >= edits || performance.now() - begin > seriesLimitMs) return;
      const start = performance.now();
      engine.change(file, [change]);
      engine.findings(file);
      engine.dirty();
      each(performance.now() - start, done);
    }
  }
}

/** Keystrokes in a module of its own, or (`shared`) in one that 200 others import and call. */
async function keystroke(files: number, lines: number, shared: boolean) {
  const workspace = makeWorkspace(files, 100);
  const file = "/bench/app/edited.py";
  const text = pythonModule("edited", lines);
  workspace.set(file, text);
  if (shared)
    for (let i = 0; i < Math.min(files, 200); i++) {
      const name = `/bench/app/module_${i}.py`;
      const use = `\nfrom app.edited import total_1, total_2\n\n\ndef both(orders):\n    return total_1(orders), total_2(orders)\n`;
      workspace.set(name, `${workspace.get(name) ?? ""}${use}`);
    }
  const engine = await openEngine(input(memoryHost(workspace)));
  engine.open(file, text);
  const first = await timed(() => engine.findings(file));
  engine.allFindings();
  // Warm-up: the first keystrokes compile code.
  typeInto(engine, file, text, 140, () => {});
  const times: number[] = [];
  typeInto(engine, file, text, 700, (time) => times.push(time));
  engine.dispose();
  return {
    files: workspace.size,
    lines,
    edits: times.length,
    first_findings_ms: ms(first.time),
    p50_ms: ms(median(times)),
    p95_ms: ms(percentile(times, 0.95)),
    max_ms: ms(Math.max(...times)),
  };
}

async function memory(edits: number) {
  const workspace = makeWorkspace(20, 300);
  const file = "/bench/app/edited.py";
  const text = pythonModule("edited", 1000);
  workspace.set(file, text);
  const engine = await openEngine(input(memoryHost(workspace)));
  engine.open(file, text);
  engine.allFindings();
  const samples: { edits: number; heap_mb: number; outside_heap_mb: number; rss_mb: number }[] = [];
  const sample = (done: number): void => {
    globalThis.gc?.();
    const { heapUsed, arrayBuffers, external, rss } = process.memoryUsage();
    samples.push({
      edits: done,
      heap_mb: ms(heapUsed / 1e6),
      outside_heap_mb: ms((arrayBuffers + external) / 1e6),
      rss_mb: ms(rss / 1e6),
    });
  };
  sample(0);
  typeInto(engine, file, text, edits, (_, done) => {
    if (done % Math.max(1, Math.round(edits / 10)) === 0) sample(done);
  });
  if (samples.length < 3) sample(-1);
  engine.dispose();
  const early = samples[1] ?? samples[0];
  const late = samples.at(-1);
  return { edits, samples, heap_growth_mb: ms((late?.heap_mb ?? 0) - (early?.heap_mb ?? 0)) };
}

async function main(): Promise<void> {
  const given = argumentsSchema.parse(JSON.parse(process.argv[2] ?? "{}"));
  let result: unknown;
  if (given.what === "check") result = await check(given.folder ?? process.cwd(), given.rounds, given.jobs);
  else if (given.what === "keystroke") result = await keystroke(given.files, given.lines, given.shared);
  else result = await memory(given.edits);
  process.stdout.write(JSON.stringify(result));
}

if (!isMainThread && parentPort && isPartWorker(workerData)) servePart(parentPort);
else void main();
