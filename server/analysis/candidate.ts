/** What a rule reported, on its way to a finding: chosen among others of the same cause, and written down as plain data. */
import type { FixHint, Level, PathStep, Place } from "./finding.js";
import { type Loc, type Step, stepsOf } from "./flow/labels.js";
import type { Report, Rule } from "./rule.js";

/** A report before it is turned into a finding: places still move with the text. */
export interface Candidate {
  rule: Rule;
  report: Report;
}

/** A candidate as plain data, which can cross a thread's border. Offsets as in `Place`. */
export interface Drawn extends Place {
  /** Position of the rule among those of the project. */
  rule: number;
  /** Two with one key are one finding. */
  key: string;
  /** Before the settings have their say. */
  level: Level;
  doubt: 0 | 1 | 2;
  /** Steps of its source. */
  steps: number;
  message: string;
  path: PathStep[];
  related: PathStep[];
  fixes: FixHint[];
}

/** What decides between two of the same cause. */
type Weighed = Pick<Drawn, "level" | "doubt" | "steps">;

const LEVELS: readonly Level[] = ["hint", "info", "warning", "error"];

const keyOf = ({ rule, report }: Candidate): string => `${rule.meta.id}|${report.key ?? report.at.id}`;
const levelOf = ({ rule, report }: Candidate): Level => report.level ?? rule.meta.level;
const stepCount = ({ source }: Report): number => (source ? stepsOf(source.step).length : 0);

/** One cause, one finding: the more severe, the surer, the shorter path; of equals the first. */
export function keep(best: Map<string, Candidate>, c: Candidate): void {
  keepOf(best, keyOf(c), c, weighed);
}

/** The same choice among candidates as plain data. */
export function keepDrawn(best: Map<string, Drawn>, d: Drawn): void {
  keepOf(best, d.key, d, (x) => x);
}

function keepOf<T>(best: Map<string, T>, key: string, one: T, weigh: (one: T) => Weighed): void {
  const old = best.get(key);
  if (old === undefined || better(weigh(one), weigh(old))) best.set(key, one);
}

/** The steps are only counted where they decide. */
const weighed = (c: Candidate): Weighed => ({
  level: levelOf(c),
  doubt: c.report.doubt,
  get steps() {
    return stepCount(c.report);
  },
});

function better(a: Weighed, b: Weighed): boolean {
  if (a.level !== b.level) return LEVELS.indexOf(a.level) > LEVELS.indexOf(b.level);
  if (a.doubt !== b.doubt) return a.doubt < b.doubt;
  return a.steps < b.steps;
}

/** @param rule position of the rule among those of the project */
export function draw(c: Candidate, rule: number): Drawn {
  const { report } = c;
  return {
    ...placeOf(report.at),
    rule,
    key: keyOf(c),
    level: levelOf(c),
    doubt: report.doubt,
    steps: stepCount(report),
    message: report.message,
    path: pathOf(report),
    related: (report.related ?? []).map((r) => ({ ...placeOf(r.loc), message: r.msg })),
    fixes: report.fixes ? [...report.fixes] : [],
  };
}

function placeOf(loc: Loc): Place {
  return { file: loc.chunk.file, start: loc.chunk.base + loc.s, end: loc.chunk.base + loc.e };
}

function pathOf(r: Report): PathStep[] {
  const steps: Step[] = r.source ? stepsOf(r.source.step) : [];
  const out = steps.filter((s) => s.loc.chunk.file).map((s) => ({ ...placeOf(s.loc), message: s.msg }));
  const last = out.at(-1);
  const end = { ...placeOf(r.sink.loc), message: r.sink.msg };
  if (!last || last.file !== end.file || last.start !== end.start || last.end !== end.end) out.push(end);
  return out;
}
