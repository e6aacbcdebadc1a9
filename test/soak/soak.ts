/**
 * The soak: many thousand broken files, broken projects and sequences of edits. Bundled and started by run.mjs.
 *
 * Every case is named by its number; where the last run stopped the next one goes on.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { createSyntax } from "../../server/analysis/syntax/index.js";
import { brokenFile, brokenProject, editedProject, type Outcome } from "../robust/lib/cases.js";
import { seedsIn } from "../robust/lib/seeds.js";

const argumentsSchema = z.object({
  /** Folders with seeds; each is a project. */
  seeds: z.array(z.string()),
  inputs: z.number(),
  from: z.number().optional(),
  /** Where the state is kept from one run to the next. */
  state: z.string(),
  /** Folder of the two WebAssembly files. */
  wasm: z.string(),
  limitMs: z.number(),
  kinds: z.array(z.string()),
});

const stateSchema = z.object({
  next: z.number(),
  inputs: z.number(),
  cases: z.record(z.string(), z.number()),
  findings: z.number(),
  faults: z.array(z.object({ case: z.string(), what: z.array(z.string()) })),
  faulty: z.number(),
  slow: z.array(z.object({ case: z.string(), ms: z.number() })),
  slowest_ms: z.number(),
  seconds: z.number(),
});
type State = z.infer<typeof stateSchema>;

const fresh = (): State => ({
  next: 0,
  inputs: 0,
  cases: {},
  findings: 0,
  faults: [],
  faulty: 0,
  slow: [],
  slowest_ms: 0,
  seconds: 0,
});

async function main(): Promise<void> {
  const given = argumentsSchema.parse(JSON.parse(process.argv[2] ?? "{}"));
  const syntax = await createSyntax({
    runtimeWasm: readFileSync(path.join(given.wasm, "web-tree-sitter.wasm")),
    grammarWasm: readFileSync(path.join(given.wasm, "tree-sitter-python.wasm")),
  });
  const projects = given.seeds.map((folder) => seedsIn(folder)).filter((files) => files.size > 0);
  const state =
    given.from === undefined && existsSync(given.state)
      ? stateSchema.parse(JSON.parse(readFileSync(given.state, "utf8")))
      : { ...fresh(), next: given.from ?? 0 };
  const keep = (): void => {
    mkdirSync(path.dirname(given.state), { recursive: true });
    writeFileSync(given.state, JSON.stringify(state));
  };
  const note = (kind: string, n: number, out: Outcome): void => {
    state.inputs += out.inputs;
    state.cases[kind] = (state.cases[kind] ?? 0) + 1;
    state.findings += out.findings;
    const name = `${kind} ${n}`;
    if (out.faults.length) {
      state.faulty++;
      if (state.faults.length < 100) state.faults.push({ case: name, what: out.faults.slice(0, 6) });
      console.error(`${name}: ${out.faults.slice(0, 3).join("\n    ")}`);
    }
    state.slowest_ms = Math.max(state.slowest_ms, Math.round(out.slowest));
    if (out.slowest > given.limitMs) {
      state.slow.push({ case: name, ms: Math.round(out.slowest) });
      console.error(`${name}: ${Math.round(out.slowest)} ms`);
      const folder = path.join(path.dirname(given.state), "slow");
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, `${kind}-${n}.txt`), out.slowestText);
    }
  };
  let mark = performance.now();
  while (state.inputs < given.inputs) {
    const n = state.next++;
    const project = projects[n % projects.length] ?? new Map<string, string>();
    const kind = given.kinds[n % given.kinds.length] ?? "file";
    if (kind === "file") note(kind, n, brokenFile(syntax, project, n));
    else if (kind === "project") note(kind, n, brokenProject(syntax, project, n));
    else note(kind, n, editedProject(syntax, project, n, 25, 3));
    if (performance.now() - mark > 10_000) {
      state.seconds += (performance.now() - mark) / 1000;
      mark = performance.now();
      keep();
      console.error(`${state.inputs} inputs, ${state.faulty} faulty, slowest ${state.slowest_ms} ms`);
    }
  }
  state.seconds = Math.round(state.seconds + (performance.now() - mark) / 1000);
  keep();
  process.stdout.write(
    `${JSON.stringify({ ...state, rss_mb: Math.round(process.memoryUsage.rss() / 1e6) }, null, 2)}\n`,
  );
  process.exitCode = state.faulty || state.slow.length ? 1 : 0;
}

void main();
