/** What every fix gets, and what it gives. */
import type { CheckSettings } from "../engine-api.js";
import type { Edit, Finding, Fix, FixHint } from "../finding.js";
import type { FunctionIR, ModuleIR } from "../ir.js";
import type { Syntax } from "../syntax/index.js";
import { Nodes } from "./nodes.js";
import { Source } from "./source.js";

/** What a fix may look at. */
export interface FixContext {
  syntax: Syntax;
  text(file: string): string | undefined;
  ir(file: string): ModuleIR | undefined;
  settings: CheckSettings;
  /** Every file of the project. */
  files(): readonly string[];
  /** The project's function that a name, or `module.name`, means in a file. */
  functionNamed(file: string, name: string): FunctionIR | undefined;
  /** Findings that stand in the file as it is. */
  baseline(file: string): Finding[];
  /** Findings that would stand in the file if it had this text; undefined where that would cost too much to know. */
  recheck(file: string, text: string): Finding[] | undefined;
}

/** A fix before it is tried. */
export interface Draft {
  title: string;
  effort: Fix["effort"];
  edits: Edit[];
}

/** A finding with its file, taken apart. */
export class Case {
  readonly source: Source;
  readonly nodes: Nodes;
  private readonly others = new Map<string, Case | undefined>();

  private constructor(
    readonly finding: Finding,
    readonly hint: FixHint,
    readonly cx: FixContext,
    readonly file: string,
    text: string,
    ir: ModuleIR,
  ) {
    this.source = new Source(file, text);
    this.nodes = new Nodes(ir);
  }

  /** The case of one finding; undefined where the file cannot be read. */
  static of(finding: Finding, hint: FixHint, cx: FixContext, file = finding.file): Case | undefined {
    const text = cx.text(file);
    const ir = text === undefined ? undefined : cx.ir(file);
    return text !== undefined && ir ? new Case(finding, hint, cx, file, text, ir) : undefined;
  }

  /** Another file of the project, taken apart the same way. */
  other(file: string): Case | undefined {
    if (file === this.file) return this;
    if (!this.others.has(file)) this.others.set(file, Case.of(this.finding, this.hint, this.cx, file));
    return this.others.get(file);
  }
}
