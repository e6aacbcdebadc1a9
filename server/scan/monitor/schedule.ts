/** When a monitor scans: a cron expression of five fields, or a nickname such as `@daily`. */
import { Cron } from "croner";
import { ScanError } from "../errors.js";

export interface Schedule {
  /** The next time, or undefined when there is none any more. */
  next(): Date | undefined;
  stop(): void;
}

function bad(pattern: string, why: string): ScanError {
  return new ScanError(
    "bad-option",
    `The schedule "${pattern}" is not understood: ${why}; it must have five fields (minute, hour, day, month, weekday), as in "0 3 * * *".`,
  );
}

/**
 * Starts a schedule.
 * @param run called each time; that a run may still be going on is for it to see
 * @param timezone an IANA name; the system's where absent
 * @throws ScanError "bad-option" when it is not understood or never comes
 */
export function startSchedule(pattern: string, timezone: string | undefined, run: () => void): Schedule {
  if (timezone !== undefined && !isTimezone(timezone))
    throw new ScanError(
      "bad-option",
      `There is no time zone "${timezone}"; give a name such as UTC or Europe/Stockholm.`,
    );
  // A date, which the library takes as well, would come once and never again.
  if (!/^@\w+$/.test(pattern.trim()) && pattern.trim().split(/\s+/).length !== 5)
    throw bad(pattern, "it has not five fields");
  let cron: Cron;
  try {
    cron = new Cron(pattern.trim(), { mode: "5-part", timezone }, run);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw bad(pattern, text.replace(/^Cron\w+: /, "").replace(/\.$/, ""));
  }
  if (cron.nextRun() === null) {
    cron.stop();
    throw bad(pattern, "there is no such time");
  }
  return { next: () => cron.nextRun() ?? undefined, stop: () => cron.stop() };
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
