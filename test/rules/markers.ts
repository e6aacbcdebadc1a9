/**
 * Fixtures: Python code that says by comments what the rules find in it.
 *
 * `# expect: rule-id` or `# expect: rule-id(level), other-rule` stands at the end of the line where a finding begins; without
 * a level the rule's default counts. A file or a folder is a project of its own.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { rules } from "../../rules/index.js";
import type { CheckSettings } from "../../server/analysis/engine-api.js";
import { createTestEngine } from "../support/engine.js";

export interface Fixture {
  /** Path below the folder that holds the fixtures. */
  name: string;
  /** Texts by path below the project's root. */
  files: Record<string, string>;
}

/** Rules about what a route lacks: nearly every short example lacks it, so they are judged in their own fixtures. */
const ABOUT_LACKS = new Set([
  "unvalidated-prompt-input",
  "missing-error-handler",
  "unauthenticated-llm-route",
  "missing-rate-limit",
  "unbounded-llm-call",
]);

const levels = new Map<string, string>(rules.map((r) => [r.id, r.level]));

/** The projects in a folder: every Python file at its top, and every folder as a whole. */
export function fixturesIn(folder: string): Fixture[] {
  return readdirSync(folder)
    .sort()
    .flatMap((entry): Fixture[] => {
      const full = path.join(folder, entry);
      if (statSync(full).isDirectory()) return [{ name: entry, files: filesBelow(full, "") }];
      return entry.endsWith(".py") ? [{ name: entry, files: { [entry]: readFileSync(full, "utf8") } }] : [];
    });
}

function filesBelow(root: string, below: string): Record<string, string> {
  const out: Record<string, string> = {};
  for (const entry of readdirSync(path.join(root, below)).sort()) {
    const name = below ? `${below}/${entry}` : entry;
    if (statSync(path.join(root, name)).isDirectory()) Object.assign(out, filesBelow(root, name));
    else out[name] = readFileSync(path.join(root, name), "utf8");
  }
  return out;
}

/** `file:line rule(level)` for every marker. */
export function expected(fixture: Fixture): string[] {
  return Object.entries(fixture.files)
    .flatMap(([file, text]) =>
      text.split("\n").flatMap((line, i) => {
        const m = /#\s*expect:\s*(.+?)\s*$/.exec(line);
        if (!m) return [];
        return m[1]!.split(/\s*,\s*/).map((item) => {
          const [, id = item, level] = /^([\w-]+)(?:\((\w+)\))?$/.exec(item) ?? [];
          if (!levels.has(id)) throw new Error(`${file}:${i + 1}: there is no rule "${id}"`);
          return `${file}:${i + 1} ${id}(${level ?? levels.get(id)})`;
        });
      }),
    )
    .sort();
}

/**
 * The same of what the engine finds.
 *
 * @param only the rule that the fixture is about: a rule about what is missing is judged only in its own fixtures
 */
export async function found(fixture: Fixture, only?: string, settings: Partial<CheckSettings> = {}): Promise<string[]> {
  const engine = await createTestEngine(fixture.files, { preset: "strict", ...settings });
  const out: string[] = [];
  for (const f of engine.allFindings()) {
    if (f.suppressed || (ABOUT_LACKS.has(f.rule) && f.rule !== only)) continue;
    const file = f.file.replace(/^\/app\//, "");
    const line = (fixture.files[file] ?? "").slice(0, f.start).split("\n").length;
    out.push(`${file}:${line} ${f.rule}(${f.level})`);
  }
  engine.dispose();
  return out.sort();
}
