/** What changed since a commit: files and lines, from git. */
import { spawnSync } from "node:child_process";
import type { Finding } from "../analysis/finding.js";
import type { LineIndex } from "../analysis/lines.js";
import { UsageError } from "./errors.js";
import { join, toSlashes } from "./paths.js";

/** Changed lines of a file (first and last, from 1, in the text as it is now), or the whole of it. */
export type ChangedLines = readonly (readonly [number, number])[] | "all";

/** By absolute path. */
export type Changes = ReadonlyMap<string, ChangedLines>;

function git(cwd: string, args: readonly string[]): string {
  const result = spawnSync("git", ["-C", cwd, "-c", "core.quotePath=false", ...args], {
    encoding: "utf8",
    maxBuffer: 512 * 1024 * 1024,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (result.error)
    throw new UsageError("--since needs git, which cannot be started; install it or leave --since out.");
  if (result.status !== 0) {
    const said = result.stderr.trim().split("\n")[0] ?? "";
    throw new UsageError(`git cannot tell what changed: ${said.replace(/^fatal: /, "")}.`.replace(/\.\.$/, "."));
  }
  return result.stdout;
}

/**
 * Differences between a commit and the working tree, files that git does not know yet included.
 * @param ref commit, branch or tag
 * @throws UsageError when git is missing, the folder is in no repository, or the commit does not exist
 */
export function changesSince(ref: string, cwd: string): Changes {
  const top = toSlashes(git(cwd, ["rev-parse", "--show-toplevel"]).trim());
  if (ref.startsWith("-")) throw new UsageError(`"${ref}" is no commit, branch or tag.`);
  const checked = spawnSync("git", ["-C", cwd, "rev-parse", "--verify", "--quiet", `${ref}^{commit}`], {
    encoding: "utf8",
  });
  if (checked.status !== 0) throw new UsageError(`There is no commit, branch or tag "${ref}" in this repository.`);
  const commit = checked.stdout.trim();

  const changes = new Map<string, ChangedLines>();
  // The names come from a list that cannot be misread; the line numbers from the hunks, file by file in the same order.
  const names = git(top, ["diff", "--name-only", "--no-renames", "--diff-filter=d", "-z", commit])
    .split("\0")
    .filter(Boolean);
  const diff = git(top, ["diff", "--no-renames", "--diff-filter=d", "--no-color", "--no-ext-diff", "-U0", commit]);
  const parts = diff.split(/^diff --git .*$/m).slice(1);
  for (const [i, name] of names.entries()) changes.set(join(top, name), hunks(parts[i] ?? ""));
  const untracked = git(top, ["ls-files", "--others", "--exclude-standard", "-z"]).split("\0").filter(Boolean);
  for (const name of untracked) changes.set(join(top, name), "all");
  return changes;
}

function hunks(part: string): (readonly [number, number])[] {
  const ranges: (readonly [number, number])[] = [];
  for (const match of part.matchAll(/^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/gm)) {
    const first = Number(match[1]);
    const count = match[2] === undefined ? 1 : Number(match[2]);
    // Lines that were only taken out: the place where they were.
    ranges.push(count === 0 ? [first, first + 1] : [first, first + count - 1]);
  }
  return ranges;
}

/**
 * Whether a finding, or a step of its path, stands on a changed line.
 * @param real the path without symbolic links, which is how git names files
 */
export function touches(
  finding: Finding,
  changes: Changes,
  lines: (file: string) => LineIndex,
  real: (file: string) => string,
): boolean {
  const places = [finding, ...finding.path, ...finding.related];
  return places.some((place) => {
    const changed = changes.get(real(place.file));
    if (changed === undefined) return false;
    if (changed === "all") return true;
    const index = lines(place.file);
    const first = index.position(place.start).line;
    const last = index.position(place.end).line;
    return changed.some(([from, to]) => from <= last && to >= first);
  });
}
