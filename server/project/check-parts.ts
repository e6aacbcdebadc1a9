/**
 * One check shared out among engines, which may run in threads of their own. What comes out is what one engine alone
 * would find: the parts tell each other what depends on the whole, and candidates of one cause are chosen among all.
 */
import { type Drawn, keepDrawn } from "../analysis/candidate.js";
import type { FileNote, Finding } from "../analysis/finding.js";
import type { Part, Progress, Registration, Share, UnitReports } from "../analysis/part.js";
import { byPlace, type CheckOutcome, type CheckRun, orderedNotes } from "./check.js";
import type { Skipped } from "./discover.js";

/** A part as it is reached: its calls, answered later. */
export interface RemotePart {
  scope(): Promise<ReturnType<Part["scope"]>>;
  modules(scope: Parameters<Part["modules"]>[0], alone: boolean): Promise<ReturnType<Part["modules"]>>;
  functions(registered: readonly Registration[], progress: Progress): Promise<Share>;
  judge(all: Pick<Share, "called" | "speakers">): Promise<UnitReports[]>;
  /** The part is not needed; instead of all further calls. */
  leave(): Promise<void>;
  /** What the part has to say at last; it is done then and frees what it holds. */
  write(files: readonly string[], chosen: ReadonlyMap<string, readonly Drawn[]>): Promise<PartOutcome>;
}

export interface PartOutcome {
  findings: Finding[];
  notes: FileNote[];
  overview: string | undefined;
  unreadable: Skipped[];
}

/** Rounds in which what is registered may change; as many as one engine alone takes. */
const MAX_ROUNDS = 8;

/**
 * @param all all of the project's parts, by number
 * @param oneMayDo one part does all where the whole project is looked at: what its files call they have in common, so that
 * several parts would do nearly all of it each
 */
export async function checkInParts(
  all: readonly RemotePart[],
  run: CheckRun,
  oneMayDo = false,
): Promise<CheckOutcome & { unreadable: Skipped[] }> {
  const scope = await Promise.all(all.map((part) => part.scope()));
  const alone = oneMayDo && scope.some((share) => !share.chosen);
  const parts = alone ? all.slice(0, 1) : all;
  await Promise.all(all.slice(parts.length).map((part) => part.leave()));
  const begun = await Promise.all(parts.map((part) => part.modules(scope, alone)));
  let registered = inOrder(begun);
  const progress = sumOf(parts.length, run.progress);
  let shares: Share[] = [];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const said = registered;
    shares = await Promise.all(parts.map((part, i) => part.functions(said, progress(i))));
    registered = inOrder(shares);
    if (JSON.stringify(registered) === JSON.stringify(said)) break;
  }
  const together = { called: union(shares.map((s) => s.called)), speakers: union(shares.map((s) => s.speakers)) };
  const reports = await Promise.all(parts.map((part) => part.judge(together)));
  const chosen = choose(reports.flat());

  const asked = new Set(run.asked);
  const outcomes = await Promise.all(
    parts.map((part, i) => {
      const files = (begun[i]?.files ?? []).filter((file) => asked.has(file));
      const own = new Map(files.flatMap((file) => (chosen.has(file) ? [[file, chosen.get(file) ?? []]] : [])));
      return part.write(files, own);
    }),
  );
  const findings = outcomes.flatMap((outcome) => outcome.findings).filter((finding) => asked.has(finding.file));
  const unreadable = new Map(outcomes.flatMap((outcome) => outcome.unreadable).map((one) => [one.path, one]));
  return {
    findings: findings.sort(byPlace),
    notes: orderedNotes(outcomes.flatMap((outcome) => outcome.notes)).filter((note) => asked.has(note.file)),
    overview: outcomes[0]?.overview,
    unreadable: [...unreadable.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

/** What the parts registered, in an order that does not depend on which part did. */
function inOrder(shares: readonly { registered: readonly Registration[] }[]): Registration[] {
  const out = new Map<string, Registration>();
  for (const { registered } of shares) for (const one of registered) out.set(keyOf(one), one);
  return [...out].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

const keyOf = ({ kind, key, owner }: Registration): string => `${kind} ${key} ${owner}`;

const union = (lists: readonly (readonly string[])[]): string[] => [...new Set(lists.flat())].sort();

/** Each cause once, as one engine chooses: units in the order of their keys, a unit that several looked at counted once. */
function choose(reports: readonly UnitReports[]): Map<string, Drawn[]> {
  const units = new Map(reports.map((one) => [one.unit, one.reports]));
  const best = new Map<string, Map<string, Drawn>>();
  for (const [, drawn] of [...units].sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const one of drawn) {
      const known = best.get(one.file) ?? new Map<string, Drawn>();
      best.set(one.file, known);
      keepDrawn(known, one);
    }
  }
  return new Map([...best].map(([file, known]) => [file, [...known.values()]]));
}

/** Adds up how far the parts are. */
function sumOf(parts: number, tell: Progress | undefined): (part: number) => Progress {
  const done = new Array<number>(parts).fill(0);
  const total = new Array<number>(parts).fill(0);
  const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);
  return (part) => (n, of) => {
    done[part] = n;
    total[part] = of;
    tell?.(sum(done), sum(total));
  };
}
