/** The result of a check, ready to be written: places as lines and columns, files as addresses. All formats start here. */
import type { FileNote, Finding, Fix, PathStep, Place } from "../analysis/finding.js";
import { LineIndex, type Position } from "../analysis/lines.js";

export interface ReportPlace {
  /** Relative to the working directory where the file lies in it; else a `file:` address. Percent-encoded. */
  uri: string;
  /** The path as people read it. */
  path: string;
  start: Position;
  end: Position;
}

export interface ReportStep extends ReportPlace {
  message: string;
}

export interface ReportEdit extends ReportPlace {
  text: string;
}

export interface ReportFix {
  title: string;
  effort: Fix["effort"];
  edits: ReportEdit[];
}

export interface ReportFinding extends ReportPlace {
  rule: string;
  level: Finding["level"];
  confidence: Finding["confidence"];
  message: string;
  steps: ReportStep[];
  related: ReportStep[];
  fixes: ReportFix[];
  fingerprint: string;
  /** The source line that the finding begins on. */
  sourceLine: string;
  suppressed?: { reason: string };
}

export interface ReportNote {
  uri: string;
  path: string;
  reason: string;
}

export interface CheckReport {
  /** Absolute path of the working directory, with forward slashes. */
  cwd: string;
  findings: ReportFinding[];
  /** Number of files whose findings were asked for and that were read. */
  checked: number;
  /** Files that were not checked, and why. */
  skipped: ReportNote[];
  /** Files that were checked in part, and why only so. */
  partial: ReportNote[];
  /** Findings left out because a baseline knows them. */
  baselined: number;
}

export interface CheckReportInput {
  cwd: string;
  findings: readonly Finding[];
  /** Text of a file that a finding names. */
  text(file: string): string;
  /** Fixes of a finding; left out where the format shows none. */
  fixes?(finding: Finding): readonly Fix[];
  checked: number;
  skipped: readonly FileNote[];
  partial: readonly FileNote[];
  baselined?: number;
}

/** Turns offsets into lines and columns, each text indexed once. */
export class Places {
  readonly #lines = new Map<string, LineIndex>();

  constructor(
    readonly cwd: string,
    readonly text: (file: string) => string,
  ) {}

  lines(file: string): LineIndex {
    let index = this.#lines.get(file);
    if (!index) {
      index = new LineIndex(this.text(file));
      this.#lines.set(file, index);
    }
    return index;
  }

  of(place: Place): ReportPlace {
    const lines = this.lines(place.file);
    return {
      ...fileNames(place.file, this.cwd),
      start: lines.position(place.start),
      end: lines.position(Math.max(place.start, place.end)),
    };
  }

  /** The line on which an offset lies, without its end. */
  sourceLine(place: Place): string {
    const lines = this.lines(place.file);
    const { line } = lines.position(place.start);
    const text = this.text(place.file).slice(lines.lineStart(line), lines.lineStart(line + 1));
    return text.replace(/^\ufeff/, "").replace(/[\r\n]+$/, "");
  }
}

export function makeCheckReport(input: CheckReportInput): CheckReport {
  const places = new Places(input.cwd, input.text);
  const step = (one: PathStep): ReportStep => ({ ...places.of(one), message: one.message });
  const note = (one: FileNote): ReportNote => ({ ...fileNames(one.file, input.cwd), reason: one.reason });
  return {
    cwd: input.cwd,
    findings: input.findings.map((finding) => ({
      ...places.of(finding),
      rule: finding.rule,
      level: finding.level,
      confidence: finding.confidence,
      message: finding.message,
      steps: finding.path.map(step),
      related: finding.related.map(step),
      fixes: (input.fixes?.(finding) ?? []).map((fix) => ({
        title: fix.title,
        effort: fix.effort,
        edits: fix.edits.map((edit) => ({ ...places.of(edit), text: edit.text })),
      })),
      fingerprint: finding.fingerprint,
      sourceLine: places.sourceLine(finding),
      suppressed: finding.suppressed,
    })),
    checked: input.checked,
    skipped: input.skipped.map(note),
    partial: input.partial.map(note),
    baselined: input.baselined ?? 0,
  };
}

/** Address and readable path of a file. @param file absolute, with forward slashes */
export function fileNames(file: string, cwd: string): { uri: string; path: string } {
  const base = cwd.endsWith("/") ? cwd : `${cwd}/`;
  if (file.startsWith(base)) {
    const path = file.slice(base.length);
    // A first segment with a colon would read as a scheme.
    const encoded = encodePath(path);
    return { uri: /^[^/]*:/.test(encoded) ? `./${encoded}` : encoded, path };
  }
  return { uri: `file://${file.startsWith("/") ? "" : "/"}${encodePath(file)}`, path: file };
}

/** Percent-encodes what may not stand in a path (RFC 3986), a lone surrogate included. */
function encodePath(path: string): string {
  return path
    .split("/")
    .map((segment) => encodeURIComponent(segment.replace(/\p{Cs}/gu, "\ufffd")).replaceAll("%3A", ":"))
    .join("/");
}

/** Findings that count: not suppressed in the source. */
export function openFindings(report: CheckReport): ReportFinding[] {
  return report.findings.filter((finding) => finding.suppressed === undefined);
}

const order = ["hint", "info", "warning", "error"] as const;

/** Whether a level is at or above another. */
export function atLeast(level: Finding["level"], floor: Finding["level"]): boolean {
  return order.indexOf(level) >= order.indexOf(floor);
}

/** "3 errors, 1 warning". Levels from the gravest down; nothing for none. */
export function countByLevel(findings: readonly { level: Finding["level"] }[]): string {
  const parts: string[] = [];
  for (const level of [...order].reverse()) {
    const count = findings.filter((finding) => finding.level === level).length;
    if (count > 0) parts.push(plural(count, level === "info" ? "note" : level));
  }
  return parts.join(", ");
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
