/** The registry of rules: the engine runs them, and docs, settings and results are made from their metadata. */
import type { Rule } from "../server/analysis/rule.js";
import type { RuleMeta } from "../server/analysis/rule-meta.js";
import debugEnabled from "./debug-enabled/rule.js";
import exceptionDetailReturned from "./exception-detail-returned/rule.js";
import missingProjection from "./missing-projection/rule.js";
import rawLlmOutput from "./raw-llm-output/rule.js";
import sensitiveFieldInPrompt from "./sensitive-field-in-prompt/rule.js";
import userInputInPrompt from "./user-input-in-prompt/rule.js";

/** In the order of the rules table. */
export const ruleSet: readonly Rule[] = [
  userInputInPrompt,
  sensitiveFieldInPrompt,
  missingProjection,
  rawLlmOutput,
  debugEnabled,
  exceptionDetailReturned,
];

export const rules: readonly RuleMeta[] = ruleSet.map((r) => r.meta);
