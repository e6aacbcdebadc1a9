/**
 * Debug modes that are switched on outside of Python: in `.env`, `.flaskenv`, Dockerfiles and compose files. No flow leads
 * there, so they are read as text, line by line, beside the engine.
 */
import type { CheckSettings, Engine, SourceHost, TextChange } from "./engine-api.js";
import type { Edit, Finding, Fix, Level } from "./finding.js";
import { fingerprints } from "./fingerprint.js";
import { UNUSED_SUPPRESSION } from "./unused-suppressions.js";

const RULE = "debug-enabled";

/** A variable that switches a debug mode on, and what does it. */
export interface DebugFlag {
  name: string;
  /** Offsets of `NAME=value`, and of the value inside the quotes. */
  start: number;
  end: number;
  valueStart: number;
  valueEnd: number;
  /** What to write instead. */
  off: string;
}

const NAMES = "FLASK_DEBUG|FLASK_ENV|DJANGO_DEBUG|DEBUG|QUART_DEBUG|STARLETTE_DEBUG|FASTAPI_DEBUG|PYTHON_DEBUG";

/** Each value that means "on", and its counterpart. */
const OFF: Readonly<Record<string, string>> = {
  "1": "0",
  true: "false",
  True: "False",
  TRUE: "FALSE",
  on: "off",
  On: "Off",
  ON: "OFF",
  yes: "no",
  Yes: "No",
  YES: "NO",
};

type Form = "env" | "docker" | "compose";

function formOf(file: string): Form | undefined {
  const name = file.slice(file.lastIndexOf("/") + 1).toLowerCase();
  if (/^\.(flask)?env(\.|$)/.test(name)) return "env";
  if (/(^|\.)dockerfile(\.|$)/.test(name)) return "docker";
  return /^(docker-)?compose[\w.-]*\.ya?ml$/.test(name) ? "compose" : undefined;
}

/** Whether a file is one of those that are read here. */
export function isSettingsFile(file: string): boolean {
  return formOf(file) !== undefined;
}

// The value: quoted or bare, or the default of a compose file's `${NAME:-1}`.
const value = String.raw`(["']?)(?:\$\{\w+:?-)?([\w.-]+)`;
const patterns: Readonly<Record<Form, RegExp>> = {
  env: new RegExp(String.raw`^[ \t]*(?:export[ \t]+)?((${NAMES})[ \t]*=[ \t]*${value})`, "gm"),
  // `ENV A=1 B=2`, with continued lines, and the old `ENV A 1`.
  docker: new RegExp(String.raw`(?<=[ \t])((${NAMES})[ \t=][ \t]*${value})`, "g"),
  compose: new RegExp(String.raw`^[ \t]*(?:-[ \t]*)?["']?((${NAMES})["']?[ \t]*[=:][ \t]*${value})`, "gm"),
};

/** Every variable in a settings file that switches a debug mode on. */
export function debugFlags(file: string, text: string): DebugFlag[] {
  const form = formOf(file);
  if (form === undefined) return [];
  const flags: DebugFlag[] = [];
  for (const match of text.matchAll(patterns[form])) {
    const [whole, assignment = "", name = "", , raw = ""] = match;
    const off = name === "FLASK_ENV" ? (raw === "development" ? "production" : undefined) : OFF[raw];
    if (off === undefined) continue;
    if (form === "docker" && !inEnvInstruction(text, match.index)) continue;
    const start = match.index + whole.indexOf(assignment);
    const end = match.index + whole.length;
    flags.push({ name, start, end, valueStart: end - raw.length, valueEnd: end, off });
  }
  return flags;
}

/** Whether a place in a Dockerfile belongs to an ENV or ARG instruction (which may go on over several lines). */
function inEnvInstruction(text: string, at: number): boolean {
  let start = text.lastIndexOf("\n", at) + 1;
  while (start > 0 && /\\[ \t]*\r?\n$/.test(text.slice(Math.max(0, start - 40), start))) {
    start = text.lastIndexOf("\n", start - 2) + 1;
  }
  return /^[ \t]*(?:ENV|ARG)[ \t]/i.test(text.slice(start));
}

/** Named for development, tests or as an example that nobody runs. */
function isDevelopmentFile(file: string): boolean {
  const words = file
    .slice(file.lastIndexOf("/") + 1)
    .toLowerCase()
    .split(/[^a-z]+/);
  return words.some((word) =>
    /^(dev|devel|development|local|test|tests|testing|ci|example|sample|template|dist|override)$/.test(word),
  );
}

const suppression = /#\s*spillcheck:\s*ignore(?:\[([^\]]*)\])?\s*[:-]?\s*(.*)$/i;

/** A comment at the end of the line, or alone on the line above. @param used gets where the line of the comment begins */
function suppressedAt(text: string, at: number, used: Set<number>): { reason: string } | undefined {
  const start = text.lastIndexOf("\n", at - 1) + 1;
  const end = text.indexOf("\n", at);
  const line = text.slice(start, end < 0 ? undefined : end);
  const before = start > 0 ? text.lastIndexOf("\n", start - 2) + 1 : 0;
  const above = text.slice(before, Math.max(0, start - 1));
  for (const [comment, begin] of [[line, start] as const, [/^\s*#/.test(above) ? above : "", before] as const]) {
    const found = suppression.exec(comment.trimEnd());
    if (!found) continue;
    const rules = (found[1] ?? RULE).split(",").map((rule) => rule.trim());
    if (!rules.includes(RULE)) continue;
    used.add(begin);
    return { reason: (found[2] ?? "").trim() };
  }
  return undefined;
}

/** Comments that suppress nothing. @param used where the lines of those begin that do */
function unusedComments(file: string, text: string, used: ReadonlySet<number>, level: Level): Finding[] {
  const out: Finding[] = [];
  for (const line of text.matchAll(/^.*$/gm)) {
    const found = suppression.exec(line[0].trimEnd());
    if (!found || used.has(line.index)) continue;
    const bare = line[0].slice(0, found.index).trimEnd().length;
    const place = { file, start: line.index + found.index, end: line.index + found.index + found[0].length };
    const next = /^(?:\r\n|\n|\r)?/.exec(text.slice(line.index + line[0].length))?.[0].length ?? 0;
    const edit = bare
      ? { start: line.index + bare, end: place.end, text: "" }
      : { start: line.index, end: line.index + line[0].length + next, text: "" };
    out.push({
      ...place,
      rule: UNUSED_SUPPRESSION,
      level,
      message: "There is nothing here that this comment suppresses.",
      confidence: "high",
      path: [{ ...place, message: "nothing is suppressed here" }],
      related: [],
      fixes: [{ kind: "drop-comment", ...edit }],
      fingerprint: "",
    });
  }
  return out;
}

/** Findings in one settings file. @param root folder that fingerprints are relative to */
export function settingsFileFindings(file: string, text: string, settings: CheckSettings, root: string): Finding[] {
  const override = settings.levels[RULE];
  if (override === "off") return [];
  const development = isDevelopmentFile(file);
  const level: Level = override ?? (development ? "info" : "warning");
  const used = new Set<number>();
  const findings = debugFlags(file, text).map((flag): Finding => {
    const place = { file, start: flag.start, end: flag.end };
    const suppressed = suppressedAt(text, flag.start, used);
    return {
      ...place,
      rule: RULE,
      level,
      message: development
        ? `\`${flag.name}\` switches debug mode on in a development setting; make sure that production does not load it.`
        : `\`${flag.name}\` switches debug mode on: an error shows source, variables and prompts to whoever caused it.`,
      confidence: flag.name === "DEBUG" ? "medium" : "high",
      path: [{ ...place, message: "debug mode is switched on here" }],
      related: [],
      fixes: [{ kind: "debug-off" }],
      fingerprint: "",
      ...(suppressed ? { suppressed } : {}),
    };
  });
  const unused = settings.levels[UNUSED_SUPPRESSION] ?? "hint";
  if (unused !== "off") findings.push(...unusedComments(file, text, used, unused));
  findings.sort((a, b) => a.start - b.start);
  return fingerprints(findings, text, root);
}

export interface SettingsFilesOptions {
  host: SourceHost;
  settings(file: string): CheckSettings;
  root?: string;
}

/** The fix that takes an unused comment away. */
function dropped(finding: Finding, text: string): Fix[] {
  const [hint] = finding.fixes;
  const [start, end] = [hint?.start, hint?.end];
  if (typeof start !== "number" || typeof end !== "number" || end > text.length) return [];
  const edits = [{ file: finding.file, start, end, text: "" }];
  return [{ title: "Remove the unused comment", effort: "low", edits }];
}

/** Findings of every settings file among the files of a project. */
export function allSettingsFileFindings(options: SettingsFilesOptions): Finding[] {
  return options.host
    .files()
    .filter(isSettingsFile)
    .flatMap((file) => {
      const text = options.host.read(file);
      return text === undefined ? [] : settingsFileFindings(file, text, options.settings(file), options.root ?? "");
    });
}

/** An engine that also reads settings files; Python is the inner engine's. */
export function withSettingsFiles(inner: Engine, options: SettingsFilesOptions): Engine {
  const open = new Map<string, string>();
  const touched = new Set<string>();
  const textOf = (file: string): string | undefined => open.get(file) ?? options.host.read(file);
  const own = (file: string): Finding[] => {
    const text = textOf(file);
    return text === undefined ? [] : settingsFileFindings(file, text, options.settings(file), options.root ?? "");
  };
  const edited = (text: string, changes: readonly TextChange[]): string =>
    changes.reduce((now, change) => now.slice(0, change.start) + change.text + now.slice(change.end), text);
  const fixFor = (finding: Finding): Fix[] => {
    const text = textOf(finding.file) ?? "";
    if (finding.rule === UNUSED_SUPPRESSION) return dropped(finding, text);
    const flag = debugFlags(finding.file, text).find((one) => one.start === finding.start);
    if (!flag) return [];
    const edit: Edit = { file: finding.file, start: flag.valueStart, end: flag.valueEnd, text: flag.off };
    const after = debugFlags(finding.file, edited(text, [edit]));
    if (after.some((one) => one.start === finding.start)) return [];
    return [{ title: "Turn debug mode off", effort: "low", edits: [edit] }];
  };

  return {
    open(file, text) {
      if (!isSettingsFile(file)) return inner.open(file, text);
      open.set(file, text);
      touched.add(file);
    },
    change(file, changes) {
      if (!isSettingsFile(file)) return inner.change(file, changes);
      const text = open.get(file);
      if (text === undefined) return;
      open.set(file, edited(text, changes));
      touched.add(file);
    },
    close(file) {
      if (!isSettingsFile(file)) return inner.close(file);
      open.delete(file);
      touched.add(file);
    },
    refresh(files) {
      for (const file of files) if (isSettingsFile(file)) touched.add(file);
      inner.refresh(files.filter((file) => !isSettingsFile(file)));
    },
    findings: (file, cancel) => (isSettingsFile(file) ? own(file) : inner.findings(file, cancel)),
    isSettled: () => inner.isSettled(),
    advance: (cancel) => inner.advance(cancel),
    firstFindings: (file) => (isSettingsFile(file) ? own(file) : inner.firstFindings(file)),
    allFindings(cancel, progress) {
      const files = new Set([...options.host.files(), ...open.keys()].filter(isSettingsFile));
      const all = [...inner.allFindings(cancel, progress), ...[...files].flatMap(own)];
      return all.sort((a, b) => (a.file === b.file ? a.start - b.start : a.file < b.file ? -1 : 1));
    },
    notes: () => inner.notes(),
    overview: () => inner.overview(),
    dirty() {
      const out = [...inner.dirty(), ...touched];
      touched.clear();
      return out;
    },
    fixes: (finding) => (isSettingsFile(finding.file) ? fixFor(finding) : inner.fixes(finding)),
    dispose: () => inner.dispose(),
  };
}
