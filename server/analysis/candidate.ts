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

/** What of a candidate never changes, wherever its places move. */
interface Prepared {
  key: string;
  level: Level;
  /** Of its source. */
  steps: number;
  message: string;
  /** The whole path, the sink last. */
  path: readonly Told[];
  related: readonly Told[];
  /** As it was last drawn, with the places of the path before any was left off. */
  drawn: Drawn | undefined;
  bounds: readonly number[];
}

/** A place and what is said there. */
interface Told {
  loc: Loc;
  msg: string;
}

const NONE: readonly Told[] = [];

const prepared = new WeakMap<Candidate, Prepared>();

function prepare(c: Candidate): Prepared {
  let out = prepared.get(c);
  if (!out) {
    const { rule, report } = c;
    const steps: Step[] = report.source ? stepsOf(report.source.step) : [];
    out = {
      key: `${rule.meta.id}|${report.key ?? report.at.id}`,
      level: levelOf(c),
      steps: steps.length,
      message: shortened(report.message),
      path: [...steps.filter((s) => s.loc.chunk.file), report.sink].map(told),
      related: report.related?.map(told) ?? NONE,
      drawn: undefined,
      bounds: [],
    };
    prepared.set(c, out);
  }
  return out;
}

const told = (x: Told): Told => (x.msg.length <= MAX_QUOTED ? x : { loc: x.loc, msg: shortened(x.msg) });

const levelOf = ({ rule, report }: Candidate): Level => report.level ?? rule.meta.level;

/** One cause, one finding: the more severe, the surer, the shorter path; of equals the first. */
export function keep(best: Map<string, Candidate>, c: Candidate): void {
  keepOf(best, prepare(c).key, c, weighed);
}

/** The same choice among candidates as plain data. */
export function keepDrawn(best: Map<string, Drawn>, d: Drawn): void {
  keepOf(best, d.key, d, (x) => x);
}

function keepOf<T>(best: Map<string, T>, key: string, one: T, weigh: (one: T) => Weighed): void {
  const old = best.get(key);
  if (old === undefined || better(weigh(one), weigh(old))) best.set(key, one);
}

const weighed = (c: Candidate): Weighed => ({
  level: levelOf(c),
  doubt: c.report.doubt,
  steps: prepare(c).steps,
});

function better(a: Weighed, b: Weighed): boolean {
  if (a.level !== b.level) return LEVELS.indexOf(a.level) > LEVELS.indexOf(b.level);
  if (a.doubt !== b.doubt) return a.doubt < b.doubt;
  return a.steps < b.steps;
}

/**
 * @param rule position of the rule among those of the project
 * @returns the same object as before where nothing moved
 */
export function draw(c: Candidate, rule: number): Drawn {
  const ready = prepare(c);
  const { report } = c;
  if (ready.drawn?.rule === rule && stands(ready, report.at)) return ready.drawn;
  ready.bounds = boundsOf(ready, report.at);
  const { at } = report;
  ready.drawn = {
    file: at.chunk.file,
    start: startOf(at),
    end: endOf(at),
    rule,
    key: ready.key,
    level: ready.level,
    doubt: report.doubt,
    steps: ready.steps,
    message: ready.message,
    path: pathOf(ready.path),
    related: ready.related.map(stepOf),
    fixes: report.fixes ? [...report.fixes] : [],
  };
  return ready.drawn;
}

/** Most characters of a name or a piece of code in a message. */
const MAX_QUOTED = 80;

/** A message without the middle of very long names: a message is to be read. */
function shortened(message: string): string {
  if (message.length <= MAX_QUOTED) return message;
  return message.replace(/`([^`]+)`/g, (whole, quoted: string) =>
    quoted.length <= MAX_QUOTED ? whole : `\`${quoted.slice(0, MAX_QUOTED - 23)}...${quoted.slice(-20)}\``,
  );
}

const startOf = (loc: Loc): number => loc.chunk.base + loc.s;
const endOf = (loc: Loc): number => loc.chunk.base + loc.e;

/** All places of a candidate, in the order of `stands`. */
function boundsOf({ path, related }: Prepared, at: Loc): number[] {
  const out = [startOf(at), endOf(at)];
  for (const { loc } of path) out.push(startOf(loc), endOf(loc));
  for (const { loc } of related) out.push(startOf(loc), endOf(loc));
  return out;
}

/** Whether every place is where it was when the candidate was last drawn. */
function stands({ path, related, bounds }: Prepared, at: Loc): boolean {
  if (!isAt(at, bounds, 0)) return false;
  let i = 2;
  for (const { loc } of path) {
    if (!isAt(loc, bounds, i)) return false;
    i += 2;
  }
  for (const { loc } of related) {
    if (!isAt(loc, bounds, i)) return false;
    i += 2;
  }
  return true;
}

const isAt = (loc: Loc, bounds: readonly number[], i: number): boolean =>
  startOf(loc) === bounds[i] && endOf(loc) === bounds[i + 1];

function stepOf({ loc, msg }: Told): PathStep {
  return { file: loc.chunk.file, start: startOf(loc), end: endOf(loc), message: msg };
}

function pathOf(path: Prepared["path"]): PathStep[] {
  const out = path.map(stepOf);
  const end = out.at(-1);
  const last = out.at(-2);
  // A source that is its own sink is said once.
  if (end && last && last.file === end.file && last.start === end.start && last.end === end.end) out.pop();
  return out;
}
