/** A project in, findings out. */
import { Callers, calledBy } from "./callers.js";
import { type Candidate, type Drawn, draw, keep } from "./candidate.js";
import type { Cancel, SourceHost, TextChange, TrialEngine } from "./engine-api.js";
import type { FileNote, Finding } from "./finding.js";
import { fixesFor } from "./fix/index.js";
import { isConstant } from "./flow/constant-places.js";
import { within } from "./flow/effort.js";
import { appFacts, type Facts } from "./flow/facts.js";
import type { Loc } from "./flow/labels.js";
import { FULL, Program, type Unit } from "./flow/program.js";
import type { FlowEvent } from "./flow/summary.js";
import { asCalledFromOutside } from "./flow/unseen.js";
import type { FunctionIR, ModuleIR } from "./ir.js";
import { type Knowledge, type KnowledgeOptions, knowledgeOf } from "./knowledge.js";
import { importClosure } from "./names/closure.js";
import type { FunctionDef } from "./names/definitions.js";
import type { Order } from "./names/order.js";
import { resketch, type Sketch, type SketchedText, sketch } from "./names/sketch.js";
import { lexiconFor } from "./names/words.js";
import { hasResult, Idle, neededAmong } from "./needed.js";
import { type Part, type Progress, partition, type Share, type UnitReports } from "./part.js";
import { mayMatter, speaksToModel } from "./relevance.js";
import { RouteReach } from "./route-reach.js";
import { Scope } from "./scope.js";
import { maySpeak } from "./suppression.js";
import type { OpenModule, StatementDiff, Syntax } from "./syntax/index.js";
import { difference } from "./syntax/positions.js";
import { writeFindings } from "./write-findings.js";

export interface EngineOptions extends KnowledgeOptions {
  syntax: Syntax;
  host: SourceHost;
  /** Folder that fingerprints are relative to, with forward slashes and without one at the end. */
  root?: string;
}

/** What a file's text says by itself. */
interface Relevance {
  /** It may hold something that a rule speaks of. */
  matters: boolean;
  /** It has to do with a model. */
  speaks: boolean;
  /** A settings file names something in it: everything in it counts. */
  whole: boolean;
}

/** Most steps of analysis that trying a text may take: some tenths of a second, where most texts take milliseconds. */
const MAX_TRIAL = 30_000;

/** So many characters take less time in one part than in several. */
const LITTLE_TEXT = 1_500_000;

/** Makes an engine. It owns the open files' trees until `dispose`. */
export function createEngine(options: EngineOptions): TrialEngine {
  return new ProjectEngine(options);
}

/** Makes an engine that looks at one part of a project. @param open texts that stand in for those of the host */
export function createPart(
  options: EngineOptions,
  part: number,
  parts: number,
  open: readonly (readonly [string, string])[] = [],
): Part {
  const engine = new ProjectEngine(options);
  for (const [file, text] of open) engine.open(file, text);
  return engine.asPart(part, parts);
}

/** Where apps keep templates, and those of prompts. */
const TEMPLATE_FOLDERS = ["", "templates/", "prompts/", "prompt_templates/"];

class ProjectEngine implements TrialEngine {
  private knowledge: Knowledge;
  private readonly opened = new Map<string, OpenModule>();
  private readonly irs = new Map<string, ModuleIR>();
  private readonly texts = new Map<string, string>();
  private readonly sketches = new Map<string, SketchedText>();
  private program: Program;
  private facts: Facts;
  private factsText = "";
  private refusers = "";
  /** What the rules said of each unit, and which units said something about a file. */
  private readonly reports = new Map<Unit, readonly Candidate[]>();
  private readonly byFile = new Map<string, Set<Unit>>();
  /** What of it stands in each file, each cause once, until a unit says something else. */
  private readonly chosen = new Map<string, readonly Candidate[]>();
  private readonly callers = new Callers();
  /** Units that nothing that is looked at needs, as far as they were asked for all the same. */
  private readonly idle = new Idle();
  private readonly reach = new RouteReach();
  /** Whether a file's text says that it may matter. */
  private readonly relevant = new Map<string, Relevance>();
  /** Files with comments that speak to SpillCheck. */
  private readonly commented = new Set<string>();
  /** What is looked at of itself, by file, and the order that it was read off; undefined until the list was made. */
  private roots: { keys: ReadonlyMap<string, ReadonlySet<string>>; order: Order } | undefined;
  /** A file has begun or ceased to matter since: the list has to be made anew. */
  private relevanceTurned = false;
  /** Every root has to be asked for. */
  private again = true;
  private readonly changed = new Set<string>();
  /** Files with another text since the rules last read. */
  private readonly reread = new Set<string>();
  /** Files with another text since all roots were asked for. */
  private readonly unasked = new Set<string>();
  /** Template files that were looked for, by folder and name; most names are not there. */
  private readonly templates = new Map<string, string | undefined>();
  /** What fixes are measured against, by file, until something changes. */
  private baselines = new Map<string, Finding[]>();
  /** A file that is only open since fixes are tried in it. */
  private openForTrial: string | undefined;
  /** Of a project that is shared out: which part is looked at here, and what the others said. */
  private part: { mine: (files: readonly string[]) => Set<string>; called: ReadonlySet<string> } | undefined;

  /** Which files are looked at. */
  private readonly scope = new Scope(
    (file) => this.textOf(file),
    () => this.knowledge.mentions !== undefined,
  );

  constructor(private readonly options: EngineOptions) {
    this.knowledge = knowledgeOf(options, this.allFiles());
    this.program = this.newProgram();
    this.facts = appFacts(this.program);
  }

  /** The files that imports were resolved among. */
  private atStart: ReadonlySet<string> = new Set();

  private newProgram(): Program {
    this.atStart = new Set(this.allFiles());
    return new Program(
      {
        files: () => this.files(),
        lower: (file) => this.lower(file),
        text: (file) => this.textOf(file),
        sketch: (file) => this.sketchOf(file),
        template: (from, name) => this.template(from, name),
      },
      this.knowledge.models,
      lexiconFor([]),
      this.knowledge.modelsIn,
    );
  }

  private listed: { host: readonly string[]; open: number; files: readonly string[] } | undefined;

  /** The files that are looked at. */
  private files(): readonly string[] {
    return this.scope.of(this.allFiles());
  }

  private allFiles(): readonly string[] {
    const host = this.options.host.files();
    if (this.listed?.host !== host || this.listed.open !== this.openings) {
      // Whatever order the host names them in: results must not depend on it.
      const files = [...new Set([...host, ...this.opened.keys()])].sort();
      this.listed = { host, open: this.openings, files };
    }
    return this.listed.files;
  }

  /** How often a file was opened or closed. */
  private openings = 0;

  private textOf(file: string): string | undefined {
    const open = this.opened.get(file);
    if (open) return open.text;
    let t = this.texts.get(file);
    if (t === undefined) {
      t = this.options.host.read(file);
      if (t !== undefined) this.texts.set(file, t);
    }
    return t;
  }

  private lower(file: string): ModuleIR | undefined {
    const open = this.opened.get(file);
    if (open) return open.ir;
    const hit = this.irs.get(file);
    if (hit) return hit;
    const text = this.textOf(file);
    if (text === undefined) return undefined;
    const ir = this.options.syntax.lower(file, text);
    this.irs.set(file, ir);
    return ir;
  }

  private sketchOf(file: string): Sketch | undefined {
    const text = this.textOf(file);
    if (text === undefined) return undefined;
    const known = this.sketches.get(file);
    if (known?.text === text) return known.sketch;
    const made = known ? resketch(known, text) : sketch(text);
    this.sketches.set(file, made);
    return made.sketch;
  }

  /** A template file by the name that the code gives: beside the module, or in a folder for templates above it. */
  private template(from: string, name: string): string | undefined {
    if (name.length > 200 || !/\.\w+$/.test(name)) return undefined;
    const clean = name.replace(/^\.?\//, "");
    const dir = from.slice(0, from.lastIndexOf("/"));
    const key = `${dir}|${clean}`;
    if (!this.templates.has(key)) this.templates.set(key, this.findTemplate(dir, clean));
    return this.templates.get(key);
  }

  /** Looks in the folder, in those for templates beside it, and in those above. */
  private findTemplate(folder: string, clean: string): string | undefined {
    let dir = folder;
    for (let i = 0; i < 6 && dir; i++) {
      for (const within of TEMPLATE_FOLDERS) {
        const text = this.textOf(`${dir}/${within}${clean}`);
        if (text !== undefined) return text;
      }
      dir = dir.slice(0, dir.lastIndexOf("/"));
    }
    return undefined;
  }

  open(file: string, text: string): void {
    this.opened.get(file)?.free();
    this.openings++;
    if (this.openForTrial === file) this.openForTrial = undefined;
    const same = this.texts.get(file) === text;
    const known = same ? this.irs.get(file) : undefined;
    const open = this.options.syntax.open(file, text, known);
    this.opened.set(file, open);
    if (known && open.ir === known) return;
    if (!this.options.host.files().includes(file)) this.reset();
    else if (!same || this.program.modules.has(file)) this.update(file);
  }

  change(file: string, changes: readonly TextChange[]): void {
    const open = this.opened.get(file);
    if (!open) return;
    this.update(file, open.change(changes));
  }

  close(file: string): void {
    const open = this.opened.get(file);
    if (!open) return;
    this.opened.delete(file);
    this.openings++;
    open.free();
    if (this.openForTrial === file) this.openForTrial = undefined;
    if (this.options.host.read(file) === open.text) {
      this.texts.set(file, open.text);
      this.irs.set(file, open.ir);
    } else if (this.options.host.files().includes(file)) this.update(file);
    else this.reset();
  }

  refresh(files: readonly string[]): void {
    // What nobody but the fixes opened is what the host says.
    if (this.openForTrial !== undefined) this.close(this.openForTrial);
    const touched = files.filter((f) => !this.opened.has(f));
    // Asked of all before any is brought up to date, which reads whatever is there now.
    const anew = touched.some((f) =>
      f.endsWith(".py") ? !this.atStart.has(f) || this.options.host.read(f) === undefined : this.texts.has(f),
    );
    if (!anew) {
      for (const f of touched) if (f.endsWith(".py")) this.update(f);
      return;
    }
    // Which module an import means may have changed, or a template's text: begin anew.
    this.reset();
    for (const f of files) this.changed.add(f);
  }

  /** Forgets all results; texts and forms of files that did not change stay. */
  private reset(): void {
    for (const f of [...this.texts.keys()]) {
      const now = this.options.host.read(f);
      if (now === this.texts.get(f)) continue;
      this.texts.delete(f);
      this.irs.delete(f);
    }
    this.knowledge = knowledgeOf(this.options, this.allFiles());
    this.scope.forget();
    this.begin();
  }

  /** Begins anew with the same texts and knowledge. */
  private begin(): void {
    for (const f of this.byFile.keys()) this.changed.add(f);
    this.baselines.clear();
    this.costly.clear();
    this.program = this.newProgram();
    this.facts = appFacts(this.program);
    this.factsText = "";
    this.refusers = "";
    this.reports.clear();
    this.reread.clear();
    this.templates.clear();
    this.callers.clear();
    this.idle.clear();
    this.byFile.clear();
    this.chosen.clear();
    this.relevant.clear();
    this.commented.clear();
    this.roots = undefined;
    this.again = true;
  }

  private update(file: string, diff?: StatementDiff): void {
    this.irs.delete(file);
    this.texts.delete(file);
    this.changed.add(file);
    if (this.scope.turns(file, this.allFiles())) {
      this.scope.forget();
      this.begin();
      return;
    }
    if (!this.scope.has(file)) return;
    if (!this.keptReports) this.costly.clear();
    this.unasked.add(file);
    this.reread.add(file);
    this.baselines.clear();
    const before = this.relevant.get(file);
    this.relevant.delete(file);
    const now = before && this.relevanceOf(file);
    const turned = before?.matters !== now?.matters || before?.speaks !== now?.speaks || before?.whole !== now?.whole;
    if (!this.program.update(file, diff) || turned) this.again = true;
    if (turned) this.relevanceTurned = true;
  }

  findings(file: string, cancel?: Cancel): Finding[] {
    this.analyse(cancel);
    return this.materialise(file, this.drawn(file), cancel);
  }

  isSettled(): boolean {
    return (
      !this.again &&
      !this.relevanceTurned &&
      !this.program.pending &&
      this.program.hasOrder &&
      this.roots?.order === this.program.currentOrder
    );
  }

  advance(cancel: Cancel): void {
    this.analyse(cancel);
  }

  firstFindings(file: string): Finding[] {
    if (!this.scope.has(file)) return [];
    const files = importClosure(file, this.program.resolver, (f) => this.sketchOf(f));
    const host = { files: () => files, read: (f: string) => this.textOf(f) };
    const first = new ProjectEngine({ ...this.options, host });
    for (const f of files) {
      const ir = this.opened.get(f)?.ir ?? this.irs.get(f);
      const sketched = this.sketches.get(f);
      if (ir) first.irs.set(f, ir);
      if (sketched) first.sketches.set(f, sketched);
    }
    try {
      return first.findings(file);
    } finally {
      first.dispose();
    }
  }

  allFindings(cancel?: Cancel, progress?: (done: number, total: number) => void): Finding[] {
    this.analyse(cancel, progress);
    const files = new Set([...this.byFile.keys(), ...this.commented]);
    return [...files].sort().flatMap((f) => this.materialise(f, this.drawn(f), cancel));
  }

  notes(): FileNote[] {
    const out: FileNote[] = [...this.knowledge.notes];
    for (const [file, reasons] of this.program.notes((u) => !this.idle.has(u)))
      for (const reason of reasons) out.push({ file, reason });
    for (const [file, mod] of this.program.modules)
      if (mod?.ir.truncated) out.push({ file, reason: "part of the file is nested too deeply and was left out" });
    return out;
  }

  overview(): string | undefined {
    return this.scope.overview(this.allFiles());
  }

  dirty(): string[] {
    const out = [...this.changed];
    this.changed.clear();
    return out;
  }

  fixes(finding: Finding) {
    const around = this.functionAround(finding);
    if (this.costly.has(around)) return [];
    return fixesFor(finding, {
      syntax: this.options.syntax,
      text: (file) => this.textOf(file),
      ir: (file) => this.lower(file),
      settings: this.options.settings(finding.file),
      files: () => this.files(),
      functionNamed: (file, name) => this.functionNamed(file, name),
      baseline: (file) => {
        let known = this.baselines.get(file);
        if (!known) {
          this.openToTry(file);
          known = this.findings(file);
          this.baselines.set(file, known);
        }
        return known;
      },
      recheck: (file, text) => {
        if (this.costly.has(around)) return undefined;
        this.openToTry(file);
        const found = this.tried(file, text);
        if (!found) this.costly.add(around);
        return found;
      },
    });
  }

  /** Functions in which trying another text costs too much, until something changes. */
  private readonly costly = new Set<string>();

  /** Key of the function that a finding stands in, or of the module. */
  private functionAround({ file, start }: Finding): string {
    const holds = ({ chunk, s, e }: FunctionIR) => chunk.base + s <= start && start < chunk.base + e;
    return this.program.module(file)?.functions.find((fn) => !fn.nested && holds(fn.ir))?.key ?? `${file}::`;
  }

  /** The project's function that a dotted name means in a file. */
  private functionNamed(file: string, name: string): FunctionIR | undefined {
    const mod = this.program.module(file);
    if (!mod) return undefined;
    const [head = "", ...rest] = name.split(".");
    let value = this.program.moduleState(mod).lookup(head);
    for (const part of rest) {
      const type = value?.types[0];
      value = type?.k === "module" ? this.program.member(type.mod, part) : undefined;
    }
    const type = value?.types.length === 1 ? value.types[0] : undefined;
    return type?.k === "fn" ? type.fn.ir : undefined;
  }

  /** Opens a file, where nobody has, so that other texts can be tried in it; one at a time. */
  private openToTry(file: string): void {
    if (this.opened.has(file)) return;
    if (this.openForTrial !== undefined) this.close(this.openForTrial);
    this.open(file, this.textOf(file) ?? "");
    this.openForTrial = file;
  }

  tried(file: string, text: string, most = MAX_TRIAL): Finding[] | undefined {
    this.analyse();
    const open = this.opened.get(file);
    if (!open) return [];
    const { text: before, ir: form } = open;
    const { program, roots, again, factsText } = this;
    const baselines = new Map(this.baselines);
    const dirty = new Set(this.changed);
    const speaking = [...(this.byFile.get(file) ?? [])];
    program.tryOut(file);
    this.keptReports = new Map();
    this.change(file, [replacement(before, text)]);
    try {
      // Where the whole project is looked at in another way, everything is.
      if (this.program !== program) return this.findings(file);
      if (!this.evaluateFor(file, speaking, most)) return undefined;
      this.judge();
      return this.materialise(file, this.drawn(file));
    } finally {
      if (this.program === program) {
        open.changeBack([replacement(text, before)], form);
        this.texts.delete(file);
        this.roots = roots;
        if (program.takeBack(file, open.ir === form)) {
          this.putReportsBack();
          this.factsText = factsText;
          this.changed.clear();
          for (const f of dirty) this.changed.add(f);
        }
        this.keptReports = undefined;
        this.relevant.delete(file);
        this.relevanceOf(file);
        if (roots) program.view = new Set(roots.keys.keys());
        this.relevanceTurned = false;
        this.again = again || program.pending;
        this.unasked.clear();
      } else {
        this.keptReports = undefined;
        this.change(file, [replacement(text, before)]);
      }
      // The texts are as they were.
      this.baselines = baselines;
    }
  }

  /** What the rules said of units before a text was tried; undefined while none is. */
  private keptReports: Map<Unit, readonly Candidate[]> | undefined;

  /** All results are as they were before a text was tried: so is what the rules say of them. */
  private putReportsBack(): void {
    const kept = this.keptReports ?? new Map<Unit, readonly Candidate[]>();
    this.keptReports = undefined;
    const { fresh, stale } = this.program;
    this.countCallers();
    this.reach.above(fresh);
    fresh.clear();
    stale.clear();
    for (const [u, candidates] of kept) {
      this.forgetReports(u);
      this.noteReports(u, candidates);
    }
  }

  /**
   * Asks for the results that a file's other text makes doubtful, of what stands in the file and of what spoke of it.
   * @returns false where that was given up for what it costs
   */
  private evaluateFor(file: string, speaking: readonly Unit[], most: number): boolean {
    const { program } = this;
    const { roots } = this.renewRoots();
    const ask = (): boolean => {
      if (roots.has(file)) {
        this.askModules([file]);
        this.askFunctions(file);
      }
      for (const u of speaking) {
        if (program.units.get(u.key) !== u) continue;
        if (u.fn) program.summary(u.fn, u.selfClass);
        else program.moduleState(u.module);
      }
      return true;
    };
    return within(most, () => program.settle(ask, (u) => this.isRootUnit(u))) ?? false;
  }

  dispose(): void {
    for (const o of this.opened.values()) o.free();
    this.opened.clear();
  }

  /** Asks for the results of every file that may matter, as far as they are missing, and lets the rules read what is new. */
  private analyse(cancel?: Cancel, progress?: Progress): void {
    if (this.evaluate(cancel, progress)) this.judge();
  }

  /** Asks for every result that is missing; false when it was cancelled. */
  private evaluate(cancel?: Cancel, progress?: Progress): boolean {
    if (!this.settleScope(cancel)) return false;
    const { program } = this;
    // Reading and sketching everything is half of the work of a first look: it can be left off, too.
    if (!program.hasOrder)
      for (const f of this.files()) {
        if (cancel?.cancelled) return false;
        if (f.endsWith(".py") && this.sketchOf(f)) this.relevanceOf(f);
      }
    if (this.again || program.pending || this.roots?.order !== program.currentOrder) {
      const { roots, turned } = this.renewRoots();
      if (turned) this.again = true;
      if (this.again && !this.ask(roots, cancel, progress)) return false;
      this.again = false;
      if (
        !program.settle(
          () => this.askAgain(cancel),
          (u) => this.isRootUnit(u),
        )
      )
        return false;
    }
    return true;
  }

  /** Settles which files are looked at; false when it was cancelled. */
  private settleScope(cancel?: Cancel): boolean {
    if (this.scope.known) return true;
    if (!this.scope.settle(this.allFiles(), cancel)) return false;
    this.heedScope();
    return true;
  }

  /** Imports lead nowhere but to what is looked at. */
  private heedScope(): void {
    if (this.files() !== this.allFiles()) this.begin();
  }

  /** Whether a unit is looked at of itself. */
  private isRootUnit(u: Unit): boolean {
    return (
      u.level === FULL &&
      !!this.roots?.keys.get(u.module.file) &&
      !u.selfClass &&
      !u.fn?.nested &&
      (!u.fn || this.isRoot(u.fn)) &&
      this.program.modules.get(u.module.file) === u.module
    );
  }

  /** This engine as one of several that share a project. */
  asPart(part: number, parts: number): Part {
    let own: ReadonlySet<string> = new Set();
    let isAlone = false;
    const mine = (files: readonly string[]) => {
      // What few files there are to look at call each other, and would be looked at in every part.
      const few = this.scope.isPartial && files.reduce((sum, f) => sum + this.weightOf(f), 0) < LITTLE_TEXT;
      const shares = partition(files, (f) => this.weightOf(f), few || isAlone ? 1 : parts);
      own = new Set(files.filter((_, i) => shares[i] === part));
      return new Set(own);
    };
    this.part = { mine, called: new Set() };
    return {
      scope: (cancel) => {
        const all = this.allFiles();
        const own = all.filter((_, i) => i % parts === part);
        return this.scope.look(own, all, cancel) ?? { witness: undefined, chosen: undefined };
      },
      modules: (shares, alone, cancel) => {
        isAlone = alone;
        this.scope.adopt(shares);
        this.heedScope();
        this.askModules(this.rootKeys().keys(), cancel);
        return { files: [...own], registered: this.program.registrations() };
      },
      functions: (registered, cancel, progress) => {
        this.program.adopt(registered);
        this.evaluate(cancel, progress);
        return this.share();
      },
      judge: (all) => this.judgePart(mine, all),
      write: (files, chosen, cancel) => files.flatMap((f) => this.materialise(f, chosen.get(f) ?? [], cancel)),
      notes: () => this.notes(),
      overview: () => this.overview(),
      dispose: () => this.dispose(),
    };
  }

  /** How much there is to do about a file, as far as its text tells. */
  private weightOf(file: string): number {
    return this.relevant.get(file)?.matters ? (this.textOf(file)?.length ?? 0) : 0;
  }

  private share(): Share {
    const called = new Set<string>();
    const units = new Set(this.program.units.values());
    const isNeeded = neededAmong(
      units,
      (u) => this.isRootUnit(u),
      () => false,
    );
    for (const u of units) if (hasResult(u) && isNeeded(u)) for (const key of calledBy(u)) called.add(key);
    return { registered: this.program.registrations(), called: [...called], speakers: this.facts.speakers() };
  }

  private judgePart(
    mine: NonNullable<typeof this.part>["mine"],
    all: Pick<Share, "called" | "speakers">,
  ): UnitReports[] {
    this.part = { mine, called: new Set(all.called) };
    this.program.view = new Set([...this.program.view, ...all.speakers].sort());
    this.judge();
    return [...this.reports].map(([u, candidates]) => ({ unit: u.key, reports: this.drawAll(candidates) }));
  }

  /** What a file's text says by itself. */
  private relevanceOf(file: string): Relevance {
    let out = this.relevant.get(file);
    if (!out) {
      const text = this.textOf(file) ?? "";
      if (maySpeak(text)) this.commented.add(file);
      else this.commented.delete(file);
      const whole = this.knowledge.mentions?.(text) ?? false;
      out = { matters: whole || mayMatter(text), speaks: speaksToModel(text), whole };
      this.relevant.set(file, out);
    }
    return out;
  }

  /** Brings the list of what is looked at of itself up to date; what is on it no more goes unless something needs it. */
  private renewRoots(): { roots: ReadonlyMap<string, ReadonlySet<string>>; turned: boolean } {
    const before = this.roots?.keys;
    const roots = this.rootKeys();
    const turned = before !== roots;
    if (turned) this.idle.turnRoots();
    if (before && turned) this.program.unroot((u) => before.has(u.module.file) && !this.isRootUnit(u));
    return { roots, turned };
  }

  /** The functions and modules that are looked at of themselves, by file in order. */
  private rootKeys(): ReadonlyMap<string, ReadonlySet<string>> {
    const order = this.program.currentOrder;
    if (this.roots?.order === order && !this.relevanceTurned) return this.roots.keys;
    this.relevanceTurned = false;
    const python = this.files().filter((f) => f.endsWith(".py"));
    for (const f of python) this.relevanceOf(f);
    const focus = order.focus(
      (f) => this.relevant.get(f)?.speaks ?? false,
      (f) => this.relevant.get(f)?.whole ?? false,
    );
    const keys = new Map<string, ReadonlySet<string>>();
    const mine = this.part?.mine(python);
    for (const f of python) {
      const own = !mine || mine.has(f) ? focus.roots.get(f) : undefined;
      if (own && (this.relevant.get(f)?.matters || focus.touched.has(f))) keys.set(f, own);
    }
    this.roots = { keys, order };
    this.program.view = new Set(keys.keys());
    return keys;
  }

  /** Whether a function is looked at of itself. What a text does not show the name of is, where its file matters. */
  private isRoot(fn: FunctionDef): boolean {
    const keys = this.roots?.keys.get(fn.module.file);
    return !!keys && (keys.has(fn.key) || !Number.isFinite(this.program.currentOrder.rank(fn.key)));
  }

  private askModules(files: Iterable<string>, cancel?: Cancel): boolean {
    const { program } = this;
    for (const f of files) {
      if (cancel?.cancelled) return false;
      const mod = program.module(f);
      if (mod) program.moduleState(mod);
    }
    return true;
  }

  /** Asks for every root's result; false when it was cancelled. */
  private ask(
    roots: ReadonlyMap<string, ReadonlySet<string>>,
    cancel?: Cancel,
    progress?: (done: number, total: number) => void,
  ): boolean {
    const { program } = this;
    // What changes from here on is asked for again.
    this.unasked.clear();
    program.unsettled.clear();
    // Modules first: they say which functions a framework calls.
    if (!this.askModules(roots.keys(), cancel)) return false;
    let done = 0;
    for (const f of roots.keys()) {
      if (cancel?.cancelled) return false;
      this.askFunctions(f);
      progress?.(++done, roots.size);
    }
    return true;
  }

  private askFunctions(file: string): void {
    const { program } = this;
    const mod = program.module(file);
    if (mod) for (const fn of mod.functions) if (!fn.nested && this.isRoot(fn)) program.summary(fn);
  }

  /** Asks for the results that went missing or became doubtful since all were asked for; false when it was cancelled. */
  private askAgain(cancel?: Cancel): boolean {
    const { program } = this;
    const units = [...program.unsettled];
    const files = [...this.unasked].sort();
    program.unsettled.clear();
    this.unasked.clear();
    if (this.askThose(files, units, cancel)) return true;
    for (const u of units) program.unsettled.add(u);
    for (const f of files) this.unasked.add(f);
    return false;
  }

  private askThose(files: readonly string[], units: readonly Unit[], cancel: Cancel | undefined): boolean {
    const { program } = this;
    const roots = this.rootKeys();
    const modules = new Set(files.filter((f) => roots.has(f)));
    for (const u of units) if (!u.fn && this.isRootUnit(u)) modules.add(u.module.file);
    if (!this.askModules([...modules].sort(), cancel)) return false;
    for (const f of files) {
      if (cancel?.cancelled) return false;
      if (roots.has(f)) this.askFunctions(f);
    }
    for (const u of units) {
      if (cancel?.cancelled) return false;
      if (u.fn && program.units.get(u.key) === u && this.isRootUnit(u)) program.summary(u.fn);
    }
    return true;
  }

  /** Runs the rules over the units that are new, or over all when what holds for the whole app changed. */
  private judge(): void {
    const { program } = this;
    if (!program.fresh.size && !program.stale.size) return;
    // Asked before anything is counted: this, too, may ask for results.
    const text = this.facts.signature();
    const { turned, keys } = this.countCallers();
    const callees = keys.size ? [...program.units.values()].filter((u) => u.fn && keys.has(u.fn.key)) : [];
    for (const u of program.stale) this.forgetReports(u);
    const units =
      text === this.factsText
        ? [...program.fresh, ...callees.filter((u) => !program.fresh.has(u))]
        : [...program.units.values()];
    this.factsText = text;
    const refusers = this.facts.refusers();
    const guarded = refusers === this.refusers ? [] : [...program.units.values()].filter((u) => u.summary?.entry);
    this.refusers = refusers;
    const anew = new Set(units);
    for (const u of guarded) anew.add(u);
    for (const u of turned) anew.add(u);
    for (const u of this.reach.above(program.fresh)) anew.add(u);
    for (const u of this.withConstantsIn(this.reread)) anew.add(u);
    this.reread.clear();
    program.fresh.clear();
    program.stale.clear();
    for (const u of anew) {
      this.forgetReports(u);
      const events = u.summary?.events ?? u.state?.events;
      if (u.level < FULL || !events?.length || this.idle.has(u)) continue;
      this.noteReports(u, this.judgeUnit(asCalledFromOutside(u, events, this.isCalled(u.fn?.key ?? ""))));
    }
  }

  /** Units of which something was said at a constant in one of the files: it was looked up there and is another object now. */
  private withConstantsIn(files: ReadonlySet<string>): Unit[] {
    return [...files].flatMap((file) =>
      [...(this.byFile.get(file) ?? [])].filter((u) =>
        this.reports.get(u)?.some(({ report: { at } }) => at.chunk.file === file && isConstant(at)),
      ),
    );
  }

  /**
   * Brings up to date which units are idle and whom the others call.
   * @returns units that have begun or ceased to be idle, and keys of the functions that got their first caller or lost
   * their last
   */
  private countCallers(): { turned: Unit[]; keys: Set<string> } {
    const { fresh, stale, released } = this.program;
    const turned = this.idle.update([...stale, ...fresh, ...released], (u) => this.isRootUnit(u));
    released.clear();
    return { turned, keys: this.callers.count([...stale, ...fresh, ...turned], this.idle) };
  }

  private noteReports(u: Unit, found: readonly Candidate[]): void {
    if (!found.length) return;
    this.reports.set(u, found);
    for (const c of found) {
      const file = c.report.at.chunk.file;
      this.chosen.delete(file);
      const set = this.byFile.get(file);
      if (set) set.add(u);
      else this.byFile.set(file, new Set([u]));
      this.changed.add(file);
    }
  }

  private isCalled(key: string): boolean {
    return this.callers.has(key) || (this.part?.called.has(key) ?? false);
  }

  private forgetReports(u: Unit): void {
    if (this.keptReports && !this.keptReports.has(u)) this.keptReports.set(u, this.reports.get(u) ?? []);
    for (const c of this.reports.get(u) ?? []) {
      const file = c.report.at.chunk.file;
      this.byFile.get(file)?.delete(u);
      this.chosen.delete(file);
      this.changed.add(file);
    }
    this.reports.delete(u);
  }

  private judgeUnit(events: readonly FlowEvent[]): Candidate[] {
    const best = new Map<string, Candidate>();
    const { rules, words } = this.knowledge;
    for (const e of events) {
      for (const rule of rules) {
        for (const { lexicon, counts } of words) {
          rule.check(e, {
            lexicon,
            facts: this.facts,
            textAt: (loc) => this.snippet(loc),
            // Which names are sensitive is asked of the file in which the finding would stand.
            report: (report) => {
              if (!counts || counts(report.at.chunk.file)) keep(best, { rule, report });
            },
          });
        }
      }
    }
    return [...best.values()];
  }

  /** What stands in a file, each cause once. */
  private candidatesOf(file: string): readonly Candidate[] {
    let out = this.chosen.get(file);
    if (!out) {
      const best = new Map<string, Candidate>();
      const units = [...(this.byFile.get(file) ?? [])].sort((a, b) => (a.key < b.key ? -1 : 1));
      for (const u of units)
        for (const c of this.reports.get(u) ?? []) if (c.report.at.chunk.file === file) keep(best, c);
      out = [...best.values()];
      this.chosen.set(file, out);
    }
    return out;
  }

  private drawn(file: string): Drawn[] {
    return this.drawAll(this.candidatesOf(file));
  }

  private drawAll(candidates: readonly Candidate[]): Drawn[] {
    return candidates.map((c) => draw(c, this.knowledge.rules.indexOf(c.rule)));
  }

  private snippet(loc: Loc): string {
    const text = this.textOf(loc.chunk.file) ?? "";
    const s = text.slice(loc.chunk.base + loc.s, loc.chunk.base + loc.e).replace(/\s+/g, " ");
    return s.length > 60 ? `${s.slice(0, 57)}...` : s;
  }

  private materialise(file: string, candidates: readonly Drawn[], cancel?: Cancel): Finding[] {
    if (!candidates.length && !this.commented.has(file)) return [];
    const about = {
      file,
      text: this.textOf(file) ?? "",
      ir: this.lower(file),
      settings: this.options.settings(file),
      // Where something was not looked at, a comment may well have its use; so too in a file whose project is not known.
      complete: !cancel?.cancelled && this.options.host.files().includes(file),
      root: this.options.root ?? "",
    };
    return writeFindings(about, candidates, this.knowledge);
  }
}

/** The one change that turns a text into another. */
function replacement(from: string, to: string): TextChange {
  const { start, oldEnd, newEnd } = difference(from, to);
  return { start, end: oldEnd, text: to.slice(start, newEnd) };
}
