/** Findings as diagnostics of the protocol. */
import { createHash } from "node:crypto";
import {
  type Diagnostic,
  type DiagnosticRelatedInformation,
  DiagnosticSeverity,
  DiagnosticTag,
} from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { z } from "zod";
import type { Finding, Level, PathStep } from "../analysis/finding.js";
import { UNUSED_SUPPRESSION } from "../analysis/unused-suppressions.js";
import { rangeOf } from "./positions.js";
import type { SettingsProblem } from "./services.js";

/** The source that every diagnostic names. */
export const SOURCE = "SpillCheck";

/** What a diagnostic carries for the code action that comes back with it. */
export const diagnosticDataSchema = z.object({ fingerprint: z.string() });

const severities: Record<Level, DiagnosticSeverity> = {
  hint: DiagnosticSeverity.Hint,
  info: DiagnosticSeverity.Information,
  warning: DiagnosticSeverity.Warning,
  error: DiagnosticSeverity.Error,
};

/** Gives the text of a file for turning offsets into positions, and the URI under which the client knows it. */
export interface Locator {
  /** Undefined when the file can no longer be read. */
  document(file: string): TextDocument | undefined;
  uri(file: string): string;
}

function relatedInformation(steps: readonly PathStep[], locator: Locator): DiagnosticRelatedInformation[] {
  return steps.flatMap((step) => {
    const document = locator.document(step.file);
    if (!document) return [];
    const range = rangeOf(document, step.start, step.end);
    return [{ location: { uri: locator.uri(step.file), range }, message: step.message }];
  });
}

/** One finding as a diagnostic of the document in which it stands. */
export function diagnosticOf(
  finding: Finding,
  document: TextDocument,
  locator: Locator,
  rulePage: (id: string) => string,
): Diagnostic {
  // A path of one step, the finding itself, says nothing more.
  const [only, ...further] = finding.path;
  const isItself = only && further.length === 0 && only.start === finding.start && only.file === finding.file;
  const related = relatedInformation([...(isItself ? [] : finding.path), ...finding.related], locator);
  return {
    range: rangeOf(document, finding.start, finding.end),
    severity: severities[finding.level],
    code: finding.rule,
    codeDescription: { href: rulePage(finding.rule) },
    source: SOURCE,
    message: finding.message,
    ...(finding.rule === UNUSED_SUPPRESSION ? { tags: [DiagnosticTag.Unnecessary] } : {}),
    ...(related.length > 0 ? { relatedInformation: related } : {}),
    data: { fingerprint: finding.fingerprint },
  };
}

/** Something wrong in a settings file as a diagnostic. */
export function problemDiagnostic(problem: SettingsProblem, document: TextDocument, page: string): Diagnostic {
  return {
    range: rangeOf(document, problem.start, problem.end),
    severity: severities[problem.level],
    code: "settings",
    codeDescription: { href: page },
    source: SOURCE,
    message: problem.message,
  };
}

/** Same diagnostics, same id: tells a client that nothing changed. */
export function resultIdOf(diagnostics: readonly Diagnostic[]): string {
  return createHash("sha256").update(JSON.stringify(diagnostics)).digest("hex").slice(0, 16);
}
