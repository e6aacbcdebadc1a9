/** Quick fixes: edits that were re-parsed and re-analysed before they are offered. */
import type { Finding, Fix } from "../finding.js";
import { UNUSED_SUPPRESSION } from "../unused-suppressions.js";
import { allowlistFields } from "./allowlist.js";
import { Case, type Draft, type FixContext } from "./context.js";
import { debugOff } from "./debug.js";
import { dropComment } from "./drop-comment.js";
import { dropField, dropPiece } from "./drop-field.js";
import { environmentLookup } from "./environment.js";
import { fixedRoles } from "./fixed-roles.js";
import { genericError } from "./generic-error.js";
import { inputGuard } from "./input-guard.js";
import { addBound, addLimit, errorHandler } from "./limits.js";
import { messagesArray } from "./messages.js";
import { ownerCondition } from "./owner-condition.js";
import { projection } from "./projection.js";
import { redactOutput } from "./redact.js";
import { safeCounterpart } from "./safe-counterpart.js";
import { secretPlaceholder } from "./secret-placeholder.js";
import { flagOff, https, transportSettings, verifyOn } from "./settings.js";
import { sqlParameters } from "./sql-parameters.js";
import { textAlone } from "./text-alone.js";
import { mends } from "./verify.js";
import { hashValue, logLength } from "./wrap.js";

export type { FixContext } from "./context.js";

const MAKERS: Record<string, (c: Case) => Draft[]> = {
  "fixed-roles": fixedRoles,
  "owner-condition": ownerCondition,
  "input-guard": inputGuard,
  "secret-placeholder": secretPlaceholder,
  "sql-parameters": sqlParameters,
  "drop-piece": dropPiece,
  "allowlist-fields": allowlistFields,
  "hash-value": hashValue,
  "text-alone": textAlone,
  "safe-counterpart": safeCounterpart,
  "flag-off": flagOff,
  "error-handler": errorHandler,
  "log-length": logLength,
  "environment-lookup": environmentLookup,
  "transport-settings": transportSettings,
  https,
  "verify-on": verifyOn,
  "add-limit": addLimit,
  "add-bound": addBound,
  "debug-off": debugOff,
  "messages-array": messagesArray,
  projection,
  "drop-comment": dropComment,
  "drop-field": dropField,
  "redact-output": redactOutput,
  "generic-error": genericError,
};

/** The fixes for a finding, best first: each was tried on the file and mends it. */
export function fixesFor(finding: Finding, cx: FixContext): Fix[] {
  const out: Fix[] = [];
  for (const hint of finding.fixes) {
    const make = MAKERS[hint.kind];
    const about = make && Case.of(finding, hint, cx);
    if (!make || !about) continue;
    for (const draft of make(about)) if (mends(finding, draft.edits, cx)) out.push(draft);
  }
  return out;
}

/** Rules whose fix depends on what the others leave: which fields are read, say. */
const LATE = new Set(["missing-projection", UNUSED_SUPPRESSION]);

/** Whether a finding should be mended only when no other can be. */
export const isLate = (finding: Finding): boolean => LATE.has(finding.rule);
