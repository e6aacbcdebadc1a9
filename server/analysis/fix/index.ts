/** Quick fixes: edits that were re-parsed and re-analysed before they are offered. */
import type { CheckSettings } from "../engine-api.js";
import type { Finding, Fix } from "../finding.js";
import type { ModuleIR } from "../ir.js";
import type { Syntax } from "../syntax/index.js";

/** What a fix may look at. */
export interface FixContext {
  syntax: Syntax;
  text(file: string): string | undefined;
  ir(file: string): ModuleIR | undefined;
  settings: CheckSettings;
  /** Findings that would stand in the file if it had this text. */
  recheck(file: string, text: string): Finding[];
}

/** The fixes for a finding. */
export function fixesFor(_finding: Finding, _cx: FixContext): Fix[] {
  return [];
}
