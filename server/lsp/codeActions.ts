/** Quick fixes, "fix all" and suppressing comments. */
import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type Diagnostic,
  LSPErrorCodes,
  type Range,
  ResponseError,
  type WorkspaceEdit,
} from "vscode-languageserver";
import { z } from "zod";
import type { Edit, Finding } from "../analysis/finding.js";
import { isLate } from "../analysis/fix/index.js";
import { UNUSED_SUPPRESSION } from "../analysis/unused-suppressions.js";
import { diagnosticDataSchema, diagnosticOf, SOURCE } from "./diagnostics.js";
import { EditedText, overlap, workspaceEdit } from "./edits.js";
import { rangeOf, touches } from "./positions.js";
import type { Session } from "./session.js";
import { suppressingEdit } from "./suppress.js";

/** Kind of the action that fixes everything in a file; for `editor.codeActionsOnSave`. */
export const FIX_ALL = `${CodeActionKind.SourceFixAll}.spillcheck`;

/** Most rounds of "fix all": each mends at least one finding, so this many findings of one file at most. */
const MAX_ROUNDS = 200;

const actionDataSchema = z.object({
  uri: z.string(),
  version: z.number(),
  kind: z.enum(["fix", "suppress"]),
  fingerprint: z.string(),
  start: z.number(),
  title: z.string(),
});
type ActionData = z.infer<typeof actionDataSchema>;

/** Whether an action of this kind was asked for. */
function wanted(kind: string, only: readonly string[] | undefined): boolean {
  return !only || only.some((asked) => asked === "" || kind === asked || kind.startsWith(`${asked}.`));
}

/** Findings that the request is about: those that the client names, and those under the range. */
function findingsFor(session: Session, file: string, params: CodeActionParams): Finding[] {
  const document = session.documents.get(file);
  if (!document) return [];
  const named = new Set<string>();
  for (const diagnostic of params.context.diagnostics) {
    const data = diagnosticDataSchema.safeParse(diagnostic.data);
    if (diagnostic.source === SOURCE && data.success) named.add(data.data.fingerprint);
  }
  const under = (range: Range) => touches(range, params.range);
  return session
    .findings(file)
    .filter((f) => under(rangeOf(document, f.start, f.end)) || (named.size > 0 && named.has(f.fingerprint)));
}

function toWorkspaceEdit(session: Session, edits: readonly Edit[]): WorkspaceEdit | undefined {
  const { documents, abilities } = session;
  return workspaceEdit(edits, (file) => documents.placed(file), abilities.versionedEdits);
}

/**
 * The actions for a range. Every fix in the answer was verified: the edited file parses and the finding is gone. Where
 * the client can, the edit itself is left for `resolveCodeAction`.
 */
export function codeActions(session: Session, params: CodeActionParams): CodeAction[] {
  const file = session.documents.fileOf(params.textDocument.uri);
  const document = session.documents.get(file);
  if (!document || !session.project) return [];
  const actions: CodeAction[] = [];
  const last: CodeAction[] = [];
  const { only } = params.context;
  if (wanted(CodeActionKind.QuickFix, only)) {
    for (const finding of findingsFor(session, file, params)) {
      const diagnostic = diagnosticOf(finding, document, session.documents, session.services.rulePage);
      const make = (kind: ActionData["kind"], title: string, edits: () => readonly Edit[], preferred: boolean) =>
        finish(
          session,
          { uri: document.uri, version: document.version, kind, title },
          finding,
          diagnostic,
          edits,
          preferred,
        );
      for (const [index, fix] of session.fixes(finding).entries()) {
        actions.push(make("fix", fix.title, () => fix.edits, index === 0));
      }
      // One comment that is not needed is not helped by another.
      const comment = finding.rule === UNUSED_SUPPRESSION ? undefined : suppressingEdit(session, file, finding);
      if (comment) last.push(make("suppress", `Ignore ${finding.rule} here with a comment`, () => [comment], false));
    }
  }
  // Working it out means trying every fix of the file: only for those who ask for it.
  if (only && wanted(FIX_ALL, only)) {
    const edits = fixAll(session, file);
    const edit = edits.length > 0 ? toWorkspaceEdit(session, edits) : undefined;
    if (edit) actions.push({ title: "Fix all SpillCheck findings that have a fix", kind: FIX_ALL, edit });
  }
  return [...actions, ...last];
}

function finish(
  session: Session,
  about: Pick<ActionData, "uri" | "version" | "kind" | "title">,
  finding: Finding,
  diagnostic: Diagnostic,
  edits: () => readonly Edit[],
  isPreferred: boolean,
): CodeAction {
  const action: CodeAction = {
    title: about.title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnostic],
    ...(isPreferred ? { isPreferred } : {}),
  };
  if (session.abilities.resolveEdits) {
    const data: ActionData = { ...about, fingerprint: finding.fingerprint, start: finding.start };
    return { ...action, data };
  }
  const edit = toWorkspaceEdit(session, edits());
  return edit ? { ...action, edit } : action;
}

/**
 * Fills in the edit of an action.
 *
 * @throws ResponseError "content modified" when the text changed so that the action no longer fits
 */
export function resolveCodeAction(session: Session, action: CodeAction): CodeAction {
  const parsed = actionDataSchema.safeParse(action.data);
  if (!parsed.success) return action;
  const data = parsed.data;
  const file = session.documents.fileOf(data.uri);
  const edits = editsOf(session, file, data);
  const edit = edits && toWorkspaceEdit(session, edits);
  if (!edit) {
    throw new ResponseError(LSPErrorCodes.ContentModified, "The file changed meanwhile: ask for the fixes again.");
  }
  return { ...action, edit };
}

function editsOf(session: Session, file: string, data: ActionData): readonly Edit[] | undefined {
  const same = session.findings(file).filter((f) => f.fingerprint === data.fingerprint);
  const unmoved = session.documents.get(file)?.version === data.version;
  const finding = same.find((f) => f.start === data.start) ?? (unmoved ? undefined : same[0]);
  if (!finding) return undefined;
  if (data.kind === "fix") return session.fixes(finding).find((fix) => fix.title === data.title)?.edits;
  const comment = suppressingEdit(session, file, finding);
  return comment && [comment];
}

/**
 * Mends one finding after another, each on the text that the former left, and tells all of it as edits of the text as
 * it is. Fixes that reach into other files are left out.
 */
export function fixAll(session: Session, file: string): Edit[] {
  const document = session.documents.get(file);
  const engine = session.project?.engine;
  if (!document || !engine) return [];
  const text = new EditedText(document.getText());
  session.whatIf(file, (edit) => {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const batch: Edit[] = [];
      const findings = session.findings(file);
      for (const finding of [...findings.filter((f) => !isLate(f)), ...findings.filter(isLate)]) {
        if (isLate(finding) && batch.length > 0) continue;
        const fix = engine.fixes(finding)[0];
        if (!fix || fix.edits.some((one) => one.file !== file)) continue;
        if (fix.edits.some((one) => batch.some((other) => overlap(one, other) || same(one, other)))) continue;
        batch.push(...fix.edits);
      }
      if (batch.length === 0) return;
      edit(batch);
      text.apply(batch);
    }
  });
  return text.changes().map((change) => ({ file, ...change }));
}

/** The same import is added by two fixes, say: one of them is enough, and the next round sees. */
function same(a: Edit, b: Edit): boolean {
  return a.file === b.file && a.start === b.start && a.end === b.end;
}
