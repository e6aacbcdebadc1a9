/** The cases that tests and soak run, each named by a number alone. */
import { createEngine } from "../../../server/analysis/engine.js";
import type { Engine, TrialEngine } from "../../../server/analysis/engine-api.js";
import type { Syntax } from "../../../server/analysis/syntax/index.js";
import { semantic, Workspace } from "./edits.js";
import { differences, engineOver, faults, optionsOver, printed } from "./engines.js";
import { applyChanges, mutated, mutation } from "./mutate.js";
import { Random } from "./random.js";

export interface Outcome {
  /** What went wrong, in words; empty when nothing did. */
  faults: string[];
  /** Inputs looked at. */
  inputs: number;
  findings: number;
  /** Longest processor time for one input until its findings, in milliseconds. */
  slowest: number;
  /** Text of the slowest input, for looking into. */
  slowestText: string;
}

const nothing = (): Outcome => ({ faults: [], inputs: 0, findings: 0, slowest: 0, slowestText: "" });

function clock(out: Outcome, text: () => string, work: () => void): void {
  // Processor time: what else the machine does must not count.
  const start = process.cpuUsage();
  work();
  const used = process.cpuUsage(start);
  const time = (used.user + used.system) / 1000;
  if (time > out.slowest) {
    out.slowest = time;
    out.slowestText = text();
  }
}

function guarded(out: Outcome, what: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    out.faults.push(
      `${what}: threw ${error instanceof Error ? (error.stack ?? error.message).slice(0, 900) : String(error)}`,
    );
  }
}

/** One seed, mutated, alone in its project: nothing is thrown and every finding is well formed. */
export function brokenFile(syntax: Syntax, seeds: ReadonlyMap<string, string>, n: number): Outcome {
  const out = nothing();
  const r = new Random(n);
  const [file, seed] = r.pick([...seeds]);
  const text = mutated(seed, r, 1 + r.below(r.chance(0.2) ? 40 : 5));
  const texts = new Map([[file, text]]);
  guarded(out, `file ${n} (${file})`, () => {
    clock(
      out,
      () => text,
      () => {
        const engine = engineOver(syntax, texts);
        try {
          const findings = engine.allFindings();
          engine.notes();
          out.findings += findings.length;
          for (const f of faults(findings, texts)) out.faults.push(`file ${n} (${file}): ${f}`);
        } finally {
          engine.dispose();
        }
      },
    );
  });
  out.inputs = 1;
  return out;
}

/** A whole project with some of its files mutated. */
export function brokenProject(syntax: Syntax, seeds: ReadonlyMap<string, string>, n: number): Outcome {
  const out = nothing();
  const r = new Random(n);
  const texts = new Map(seeds);
  let last = "";
  for (let i = 1 + r.below(4); i > 0; i--) {
    const file = r.pick([...texts.keys()]);
    last = mutated(texts.get(file) ?? "", r, 1 + r.below(4));
    texts.set(file, last);
  }
  guarded(out, `project ${n}`, () => {
    clock(
      out,
      () => last,
      () => {
        const engine = engineOver(syntax, texts);
        const findings = engine.allFindings();
        engine.notes();
        engine.dispose();
        out.findings += findings.length;
        for (const f of faults(findings, texts)) out.faults.push(`project ${n}: ${f}`);
      },
    );
  });
  out.inputs = 1;
  return out;
}

/**
 * A sequence of edits over several files: after every few of them the engine says what a fresh one says of the same texts.
 * @param steps how many edits
 * @param every after how many edits a fresh engine is asked, too
 */
export function editedProject(
  syntax: Syntax,
  seeds: ReadonlyMap<string, string>,
  n: number,
  steps: number,
  every = 1,
): Outcome {
  const out = nothing();
  const r = new Random(n);
  const workspace = new Workspace(seeds, (disk) => engineOver(syntax, disk));
  const log: string[] = [];
  guarded(out, `edits ${n}`, () => {
    workspace.subject.allFindings();
    for (let i = 0; i < steps && !out.faults.length; i++) {
      clock(
        out,
        () => log.at(-1) ?? "",
        () => {
          log.push(workspace.step(r));
          if (r.chance(0.8)) workspace.subject.allFindings();
        },
      );
      out.inputs++;
      if (i % every !== every - 1) continue;
      compare(syntax, workspace, `edits ${n}, step ${i}: ${log.at(-1)}`, out);
    }
  });
  if (out.faults.length) out.faults[0] = `${out.faults[0]} after ${log.at(-1) ?? ""}`;
  workspace.subject.dispose();
  return out;
}

/** Tries texts in a project that is edited meanwhile: nothing that is tried may leave a trace. */
export function triedProject(syntax: Syntax, seeds: ReadonlyMap<string, string>, n: number, steps: number): Outcome {
  const out = nothing();
  const r = new Random(n);
  let engine: TrialEngine | undefined;
  const workspace = new Workspace(seeds, (disk) => {
    engine = createEngine(optionsOver(syntax, disk));
    return engine;
  });
  guarded(out, `trials ${n}`, () => {
    workspace.subject.allFindings();
    for (let i = 0; i < steps && !out.faults.length; i++) {
      let last = workspace.step(r);
      for (let k = 0; k < 4 && workspace.open.size; k++) {
        const file = r.pick([...workspace.open.keys()]);
        const text = workspace.open.get(file) ?? "";
        const changes = (r.chance(0.5) ? semantic : mutation)(text, r);
        last += `, tried ${file} ${JSON.stringify(changes).slice(0, 300)}`;
        // Some are given up on the way: these, too, must leave nothing behind.
        engine?.tried(file, applyChanges(text, changes), r.chance(0.3) ? r.below(400) : undefined);
        out.inputs++;
        if (k % 2) compare(syntax, workspace, `trials ${n}, step ${i}: ${last}`, out);
      }
    }
  });
  workspace.subject.dispose();
  return out;
}

function compare(syntax: Syntax, workspace: Workspace, what: string, out: Outcome): void {
  const texts = workspace.now();
  const incremental = workspace.subject.allFindings();
  // What is open and gone from the disk is no part of the project, in either.
  const fresh: Engine = engineOver(syntax, new Map([...texts].filter(([file]) => workspace.disk.has(file))));
  for (const [file, text] of workspace.open) if (!workspace.disk.has(file)) fresh.open(file, text);
  const wanted = fresh.allFindings();
  out.findings += wanted.length;
  for (const f of faults(incremental, texts)) out.faults.push(`${what}: ${f}`);
  for (const line of differences(printed(wanted), printed(incremental))) out.faults.push(`${what}: ${line}`);
  fresh.dispose();
}
