/**
 * A stand-in for the engine and the project, for what a real one cannot be made to do on purpose: to fail, to take its
 * time, to find what a test needs in three words.
 *
 * `LEAK` is a finding with the fix `SAFE`; `STUCK` one without a fix; `ELSEWHERE` one while another file holds `LEVER`;
 * `CRASH` makes the engine throw.
 */
import type { Engine, TextChange } from "../../server/analysis/engine-api.js";
import type { Finding, Fix } from "../../server/analysis/finding.js";
import type { Project, Services } from "../../server/lsp/services.js";
import { ScanError, type ScanResult } from "../../server/scan/index.js";

export class FakeWorkspace implements Engine, Project {
  readonly engine = this;
  readonly disk = new Map<string, string>();
  private readonly open_ = new Map<string, string>();
  private readonly changed_ = new Set<string>();
  asked: string[] = [];
  disposed = 0;

  open(file: string, text: string): void {
    this.open_.set(file, text);
    this.mark();
  }
  change(file: string, changes: readonly TextChange[]): void {
    let text = this.open_.get(file);
    if (text === undefined) throw new Error(`${file} is not open`);
    for (const change of changes) text = text.slice(0, change.start) + change.text + text.slice(change.end);
    this.open_.set(file, text);
    this.mark();
  }
  close(file: string): void {
    this.open_.delete(file);
    this.mark();
  }
  refresh(): void {
    this.mark();
  }
  changed(): void {
    this.mark();
  }
  text(file: string): string {
    return this.open_.get(file) ?? this.disk.get(file) ?? "";
  }
  read(file: string): string | undefined {
    return this.disk.get(file);
  }
  findings(file: string): Finding[] {
    this.asked.push(file);
    const text = this.text(file);
    if (text.includes("CRASH")) throw new Error("the engine met CRASH");
    const lever = [...this.disk.keys(), ...this.open_.keys()].some((f) => f !== file && this.text(f).includes("LEVER"));
    const word = lever ? /LEAK|STUCK|ELSEWHERE/g : /LEAK|STUCK/g;
    return [...text.matchAll(word)].map((match, index) => {
      const line = text.slice(text.lastIndexOf("\n", match.index) + 1).split("\n")[0] ?? "";
      const quoted = text.slice(0, match.index).split('"""').length % 2 === 0;
      const above =
        text
          .slice(0, Math.max(0, text.lastIndexOf("\n", match.index)))
          .split("\n")
          .at(-1) ?? "";
      const comment = (quoted ? "" : line) + above;
      const place = { file, start: match.index, end: match.index + match[0].length };
      return {
        ...place,
        rule: "raw-llm-output",
        level: match[0] === "STUCK" ? "warning" : "error",
        message: `${match[0]} reaches the model.`,
        confidence: "high",
        path: [
          { file, start: 0, end: 1, message: "it comes from `request`" },
          { ...place, message: "it goes to the model" },
        ],
        related: [],
        fixes: [],
        fingerprint: `${match[0]}${index}`.padStart(16, "0"),
        ...(/ignore\[raw-llm-output\]/.test(comment) ? { suppressed: { reason: "" } } : {}),
      };
    });
  }
  isSettled(): boolean {
    return true;
  }

  advance(): void {}

  firstFindings(file: string): Finding[] {
    return this.findings(file);
  }

  allFindings(): Finding[] {
    return this.checkable().flatMap((file) => this.findings(file));
  }
  notes() {
    return [];
  }
  overview(): undefined {
    return undefined;
  }
  dirty(): string[] {
    const files = [...this.changed_];
    this.changed_.clear();
    return files;
  }
  fixes(finding: Finding): Fix[] {
    if (!this.text(finding.file).startsWith("LEAK", finding.start)) return [];
    const edits = [{ file: finding.file, start: finding.start, end: finding.end, text: "SAFE" }];
    return [{ title: "Write SAFE", effort: "low", edits }];
  }
  checkable(): string[] {
    return [...this.disk.keys()].filter((file) => file.endsWith(".py")).sort();
  }
  isSettingsFile(file: string): boolean {
    return file.endsWith(".spillcheck.yaml");
  }
  settingsFiles(): string[] {
    return [...this.disk.keys()].filter((file) => this.isSettingsFile(file));
  }
  problems(file: string, text: string) {
    const at = text.indexOf("wrong");
    return at < 0
      ? []
      : [{ file, start: at, end: at + 5, message: "There is no key `wrong`.", level: "warning" as const }];
  }
  dispose(): void {
    this.disposed++;
  }
  private mark(): void {
    for (const file of [...this.disk.keys(), ...this.open_.keys()]) this.changed_.add(file);
  }
}

export interface FakeServices extends Services {
  workspace: FakeWorkspace;
  opened: Parameters<Services["openProject"]>[0][];
}

/** Services over a fake workspace; a scan runs until it is cancelled. */
export function fakeServices(workspace = new FakeWorkspace()): FakeServices {
  const opened: FakeServices["opened"] = [];
  return {
    workspace,
    opened,
    version: "0.0.0-test",
    channelKey: undefined,
    openProject: async (input) => {
      opened.push(input);
      return workspace;
    },
    rules: () => [],
    page: (id) => (id === "raw-llm-output" ? "# raw-llm-output" : undefined),
    rulePage: (id) => `https://example.org/${id}.md`,
    scan: {
      targets: (files) => files.map((settingsFile) => ({ settingsFile, url: "http://127.0.0.1:1/chat" })),
      describe: async ({ options, secrets }) => ({ ...options, ...secrets }),
      plan: async () => {
        throw new ScanError("bad-target", "The address is no URL.");
      },
      ping: async (options) => ({
        endpoint: {
          method: "POST",
          url: options.url,
          body_template: '{"message":"{{prompt}}"}',
          reply_path: "$.reply",
          shape_source: "tried",
        },
        note: "The request's shape was found by trying the common ones.",
        prompt: "Hello?",
        reply: "Hello.",
        why: "",
        exchange: {
          label: "ping",
          request: { method: "POST", url: options.url, headers: {}, body: '{"message":"Hello?"}' },
          response: { status: 200, headers: {}, body: '{"reply":"Hello."}', truncated: false, overlaps: [] },
        },
      }),
      keep: () => undefined,
      run: (_options, hooks) =>
        new Promise<ScanResult>((_settle, fail) => {
          hooks.onProgress?.({ kind: "phase", phase: "connect", message: "Connecting", done: 0, total: 10 });
          hooks.signal?.addEventListener("abort", () => fail(new ScanError("cancelled", "The scan was cancelled.")));
        }),
      lab: async () => ({
        url: "http://127.0.0.1:1/chat",
        systemPrompt: "secret",
        secret: null,
        close: async () => {},
      }),
    },
    report: { data: () => ({}), render: () => "" },
  };
}
