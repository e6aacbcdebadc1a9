/** Tries an edit: the text must parse as well as before, the finding be gone, and nothing new stand there. */
import type { Edit, Finding } from "../finding.js";
import type { FixContext } from "./context.js";
import { applyEdits, overlapping } from "./source.js";

/**
 * Whether the edits mend the finding. All of them must be in the finding's file.
 */
export function mends(finding: Finding, edits: readonly Edit[], cx: FixContext): boolean {
  const { file } = finding;
  const before = cx.text(file);
  if (before === undefined || !edits.length || overlapping(edits) || edits.some((e) => e.file !== file)) return false;
  const after = applyEdits(before, edits);
  if (after === before) return false;
  if (file.endsWith(".py") && !parsesAsWell(file, after, cx)) return false;
  const old = cx.baseline(file);
  const now = cx.recheck(file, after);
  if (!now) return false;
  if (count(now, finding.rule) >= count(old, finding.rule)) return false;
  const rules = new Set(now.map((f) => f.rule));
  for (const rule of rules) {
    // The model's text was in the response before; now it has a name of its own.
    if (finding.rule === "llm-response-object-returned" && rule === "raw-llm-output") continue;
    if (rule !== finding.rule && count(now, rule) > count(old, rule)) return false;
  }
  // One finding fewer of the rule, but another one in its place?
  const at = moved(finding.start, edits);
  return !now.some((f) => f.rule === finding.rule && f.start === at);
}

function parsesAsWell(file: string, text: string, cx: FixContext): boolean {
  const old = cx.ir(file);
  const ir = cx.syntax.lower(file, text);
  return !!old && ir.errors.length <= old.errors.length && (!ir.truncated || old.truncated);
}

const count = (findings: readonly Finding[], rule: string): number =>
  findings.filter((f) => f.rule === rule && !f.suppressed).length;

/** Where an offset lies after the edits; -1 when its text was replaced. */
function moved(at: number, edits: readonly Edit[]): number {
  let shift = 0;
  for (const e of edits) {
    if (e.end <= at && !(e.start === at && e.end === at)) shift += e.text.length - (e.end - e.start);
    else if (e.start <= at && e.end > at) return -1;
  }
  return at + shift;
}
