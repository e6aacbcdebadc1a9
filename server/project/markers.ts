/**
 * `# expect: rule-id` comments: what a test file says is found in it. `# expect: rule-id(level), other-rule` stands at the end
 * of the line where a finding begins; without a level any will do.
 */

/** One expected finding. */
export interface Marker {
  /** 1-based. */
  line: number;
  /** 1-based, of the rule's id. */
  column: number;
  rule: string;
  level?: string;
}

/** A marker that cannot be understood. */
export interface BadMarker {
  line: number;
  column: number;
  /** What stands there. */
  text: string;
}

/** @param text a Python file's text */
export function readMarkers(text: string): { markers: Marker[]; bad: BadMarker[] } {
  const markers: Marker[] = [];
  const bad: BadMarker[] = [];
  for (const [i, line] of text.split(/\r\n|\n|\r/).entries()) {
    const comment = /#\s*expect:(.*)$/.exec(line);
    if (!comment) continue;
    const list = comment[1] ?? "";
    let at = comment.index + comment[0].length - list.length;
    for (const part of list.split(",")) {
      const column = at + part.length - part.trimStart().length + 1;
      const [, rule, level] = /^([\w-]+)(?:\((hint|info|warning|error)\))?$/.exec(part.trim()) ?? [];
      const place = { line: i + 1, column };
      if (rule === undefined) bad.push({ ...place, text: part.trim() });
      else markers.push({ ...place, rule, ...(level === undefined ? {} : { level }) });
      at += part.length + 1;
    }
  }
  return { markers, bad };
}

export interface FoundThere {
  line: number;
  column: number;
  rule: string;
  level: string;
  message: string;
}

/** How what was found differs from what was expected. */
export interface Comparison {
  matched: number;
  missed: Marker[];
  unexpected: FoundThere[];
  /** Found where it was expected, at another level. */
  levels: { marker: Marker; found: FoundThere }[];
}

/** Compares one file's markers with its findings; each marker stands for one finding. */
export function compareWithMarkers(markers: readonly Marker[], found: readonly FoundThere[]): Comparison {
  const left = [...found];
  const take = (fits: (one: FoundThere) => boolean): FoundThere | undefined => {
    const i = left.findIndex(fits);
    return i < 0 ? undefined : left.splice(i, 1)[0];
  };
  const there = (m: Marker, f: FoundThere) => m.rule === f.rule && m.line === f.line;
  const out: Comparison = { matched: 0, missed: [], unexpected: [], levels: [] };
  // Markers with a level first: one without takes whatever is left.
  const open = [...markers].sort((a, b) => Number(b.level !== undefined) - Number(a.level !== undefined));
  const unmatched = open.filter((m) => {
    const hit = take((f) => there(m, f) && (m.level === undefined || m.level === f.level));
    if (hit) out.matched++;
    return !hit;
  });
  for (const marker of unmatched) {
    const other = take((f) => there(marker, f));
    if (other) out.levels.push({ marker, found: other });
    else out.missed.push(marker);
  }
  out.unexpected = left;
  out.missed.sort((a, b) => a.line - b.line || a.column - b.column);
  return out;
}
