/** Runs a command in this process, with a stand-in for the engine. */
import { Writable } from "node:stream";
import type { RuleMeta } from "../../server/analysis/rule-meta.js";
import type { Context } from "../../server/main/commands/context.js";
import { runProgram } from "../../server/main/commands/program.js";
import { FakeEngine } from "./fake-engine.js";

class Collector extends Writable {
  text = "";
  isTTY = false;
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

export function sampleRule(id: string, more: Partial<RuleMeta> = {}): RuleMeta {
  return {
    id,
    group: "prompt",
    level: "warning",
    preset: "recommended",
    summary: `What ${id} finds leaks to the model.`,
    fix: "does the right thing",
    cwe: [200],
    owaspLlm: ["LLM02"],
    owaspApi: ["API3"],
    compliance: ["GDPR Art. 5(1)(c)"],
    tags: ["llm"],
    securitySeverity: 5.5,
    helpMarkdown: `# ${id}\n\nA page with \`code\`.\n`,
    ...more,
  };
}

export const sampleRules = [sampleRule("missing-projection"), sampleRule("debug-enabled", { level: "error" })];

export interface Ran {
  code: number;
  out: string;
  err: string;
}

export async function run(args: readonly string[], cwd: string, more: Partial<Context> = {}): Promise<Ran> {
  const stdout = new Collector();
  const stderr = new Collector();
  const code = await runProgram(args, {
    stdout,
    stderr,
    env: {},
    cwd,
    rules: sampleRules,
    openEngine: (input) => new FakeEngine(input),
    readInput: () => new Uint8Array(),
    ...more,
  });
  return { code, out: stdout.text, err: stderr.text };
}
