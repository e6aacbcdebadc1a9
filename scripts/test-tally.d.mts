/** The part of vitest's JSON report that is read. */
export interface SuiteReport {
  testResults: {
    name: string;
    status: string;
    message?: string;
    assertionResults: { fullName: string; status: string; failureMessages?: string[] }[];
  }[];
}
export interface Failure {
  /** Relative to the root, with slashes; empty where no file is to blame. */
  file: string;
  name: string;
  message: string;
}
export interface Tally {
  passed: number;
  failed: number;
  failures: Failure[];
  /** Tests that are among the passed ones and had to be tried again. */
  retried: Pick<Failure, "file" | "name">[];
}
export function tally(name: string, report: SuiteReport | undefined, status: number | null, root: string): Tally;
export function describe(counted: Pick<Tally, "failures" | "retried">): string;
