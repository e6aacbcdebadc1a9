/** Fixes to be shown beside findings, until trying them took about as much analysis as the check itself. */
import type { Engine } from "../../analysis/engine-api.js";
import type { Finding, Fix } from "../../analysis/finding.js";
import { effort } from "../../analysis/flow/effort.js";

/** Steps of analysis that trying fixes may take in any case: some seconds. */
const AT_LEAST = 1_500_000;

/** Fixes by finding, each tried when it is asked for, until that has cost too much. */
export class BoundedFixes {
  /** Findings whose fixes were not tried any more. */
  untried = 0;
  private readonly end: number;

  /** @param most steps of analysis that trying may take; else as many as the engine took so far, and some */
  constructor(
    private readonly engine: Pick<Engine, "fixes">,
    most = AT_LEAST + effort.done,
  ) {
    this.end = effort.done + most;
  }

  of(finding: Finding): readonly Fix[] {
    if (effort.done > this.end) {
      this.untried++;
      return [];
    }
    return this.engine.fixes(finding);
  }

  /** What was not tried, in one sentence; undefined where everything was. */
  get note(): string | undefined {
    const [count, them] = this.untried === 1 ? ["one more finding", "it"] : [`${this.untried} more findings`, "them"];
    return this.untried
      ? `Fixes for ${count} were not tried: that would have taken longer than the check. Check fewer files to see ${them}.`
      : undefined;
  }
}
