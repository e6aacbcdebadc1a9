/** The registry of rules: what docs, settings, results and the commands know of them is made from here. */
import type { RuleMeta } from "../server/analysis/rule-meta.js";

export const rules: readonly RuleMeta[] = [];
