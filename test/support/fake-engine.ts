/**
 * A stand-in for the engine: a line with `LEAK:<rule>:<level>` is a finding on that word, `LEAK-FIX` one that a fix turns
 * into `SAFE`, and `# ignored` on the line suppresses it. So the doors are tested apart from the analysis.
 */
import type { Engine, TextChange } from "../../server/analysis/engine-api.js";
import type { Finding, Fix, Level } from "../../server/analysis/finding.js";
import type { EngineInput } from "../../server/project/check.js";

const marker = /LEAK:([\w-]+):(hint|info|warning|error)|LEAK-FIX/g;

export class FakeEngine implements Engine {
  readonly #input: EngineInput;
  readonly #open = new Map<string, string>();

  constructor(input: EngineInput) {
    this.#input = input;
  }

  open(file: string, text: string): void {
    this.#open.set(file, text);
  }

  change(file: string, changes: readonly TextChange[]): void {
    let text = this.#open.get(file) ?? "";
    for (const { start, end, text: put } of changes) text = text.slice(0, start) + put + text.slice(end);
    this.#open.set(file, text);
  }

  close(file: string): void {
    this.#open.delete(file);
  }

  refresh(): void {}

  findings(file: string): Finding[] {
    const text = this.#open.get(file) ?? this.#input.host.read(file);
    if (text === undefined || !file.endsWith(".py")) return [];
    const found: Finding[] = [];
    for (const match of text.matchAll(marker)) {
      const lineEnd = text.indexOf("\n", match.index);
      const line = text.slice(match.index, lineEnd < 0 ? undefined : lineEnd);
      const place = { file, start: match.index, end: match.index + match[0].length };
      const rule = match[1] ?? "missing-projection";
      const level = this.#input.settings(file).levels[rule] ?? toLevel(match[2]);
      if (level === "off") continue;
      found.push({
        ...place,
        rule,
        level,
        message: `\`${match[0]}\` leaks to the model.`,
        confidence: "high",
        path: [
          { file, start: 0, end: 1, message: "it begins here" },
          { ...place, message: "it ends here" },
        ],
        related: [],
        fixes: match[1] === undefined ? [{ kind: "fake" }] : [],
        fingerprint: `${rule}-${match[0].length}`.padEnd(16, "0").slice(0, 16),
        ...(line.includes("# ignored") ? { suppressed: { reason: "by a test" } } : {}),
      });
    }
    return found;
  }

  isSettled(): boolean {
    return true;
  }

  advance(): void {}

  firstFindings(file: string): Finding[] {
    return this.findings(file);
  }

  allFindings(_cancel?: unknown, progress?: (done: number, total: number) => void): Finding[] {
    const files = this.#input.host.files();
    return files.flatMap((file, i) => {
      progress?.(i + 1, files.length);
      return this.findings(file);
    });
  }

  notes(): [] {
    return [];
  }

  overview(): undefined {
    return undefined;
  }

  dirty(): string[] {
    return [];
  }

  fixes(finding: Finding): Fix[] {
    if (finding.fixes.length === 0) return [];
    const { file, start, end } = finding;
    return [{ title: "Replace it with SAFE", effort: "low", edits: [{ file, start, end, text: "SAFE" }] }];
  }

  dispose(): void {}
}

function toLevel(text: string | undefined): Level {
  return text === "hint" || text === "info" || text === "warning" ? text : "error";
}
