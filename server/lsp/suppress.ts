/** The comment that suppresses a finding: where it goes, tried out before it is offered. */
import type { Edit, Finding } from "../analysis/finding.js";
import type { Session } from "./session.js";

const ignoreComment = /#\s*spillcheck:\s*ignore\[([^\]]*)\]/;

interface Line {
  start: number;
  /** Before the line end. */
  end: number;
  text: string;
}

function lineAt(text: string, offset: number): Line {
  const start = Math.max(text.lastIndexOf("\n", offset - 1), text.lastIndexOf("\r", offset - 1)) + 1;
  const rest = /[\r\n]/.exec(text.slice(start));
  const end = rest ? start + rest.index : text.length;
  return { start, end, text: text.slice(start, end) };
}

/** Puts the rule on a line: into the comment that is there already, else behind what is there. */
function onLine(file: string, line: Line, rule: string): Edit {
  const there = ignoreComment.exec(line.text);
  if (there) {
    const at = line.start + there.index + there[0].length - 1;
    return { file, start: at, end: at, text: there[1]?.trim() ? `, ${rule}` : rule };
  }
  const bare = line.text.trimEnd().length;
  return { file, start: line.start + bare, end: line.end, text: `  # spillcheck: ignore[${rule}]` };
}

/** Puts the comment on a line of its own above. */
function above(file: string, line: Line, rule: string): Edit {
  const indent = /^[ \t]*/.exec(line.text)?.[0] ?? "";
  return { file, start: line.start, end: line.start, text: `${indent}# spillcheck: ignore[${rule}]\n` };
}

/**
 * An edit after which the finding is suppressed, or undefined when there is none.
 *
 * Inside a string of several lines, or after a backslash, a comment is none: so each place is tried, and only one that
 * does what it should is taken.
 */
export function suppressingEdit(session: Session, file: string, finding: Finding): Edit | undefined {
  const text = session.documents.get(file)?.getText();
  if (text === undefined) return undefined;
  const first = lineAt(text, finding.start);
  const last = lineAt(text, finding.end);
  const places = [
    onLine(file, first, finding.rule),
    above(file, first, finding.rule),
    onLine(file, last, finding.rule),
  ];
  const before = session.findings(file).length;
  return places.find((place) =>
    session.whatIf(file, (edit) => {
      edit([place]);
      const after = session.findings(file);
      return after.length === before - 1 && after.every((f) => f.fingerprint !== finding.fingerprint);
    }),
  );
}
