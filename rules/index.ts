/** The registry of rules: the engine runs them, and docs, settings and results are made from their metadata. */
import type { Rule } from "../server/analysis/rule.js";
import type { RuleMeta } from "../server/analysis/rule-meta.js";
import clientControlledRoles from "./client-controlled-roles/rule.js";
import conversationHistoryExposure from "./conversation-history-exposure/rule.js";
import debugDetailInPrompt from "./debug-detail-in-prompt/rule.js";
import debugEnabled from "./debug-enabled/rule.js";
import exceptionDetailReturned from "./exception-detail-returned/rule.js";
import excessiveAgency from "./excessive-agency/rule.js";
import hardcodedCredential from "./hardcoded-credential/rule.js";
import insecureLlmTransport from "./insecure-llm-transport/rule.js";
import insecureTransportSettings from "./insecure-transport-settings/rule.js";
import llmOutputExecuted from "./llm-output-executed/rule.js";
import llmResponseObjectReturned from "./llm-response-object-returned/rule.js";
import missingErrorHandler from "./missing-error-handler/rule.js";
import missingProjection from "./missing-projection/rule.js";
import missingRateLimit from "./missing-rate-limit/rule.js";
import rawLlmOutput from "./raw-llm-output/rule.js";
import requestMetadataInPrompt from "./request-metadata-in-prompt/rule.js";
import secretInPrompt from "./secret-in-prompt/rule.js";
import sensitiveFieldInPrompt from "./sensitive-field-in-prompt/rule.js";
import sensitiveLogging from "./sensitive-logging/rule.js";
import sqlStringFormatting from "./sql-string-formatting/rule.js";
import unauthenticatedLlmRoute from "./unauthenticated-llm-route/rule.js";
import unboundedLlmCall from "./unbounded-llm-call/rule.js";
import unusedSuppression from "./unused-suppression/rule.js";
import unvalidatedPromptInput from "./unvalidated-prompt-input/rule.js";
import userInputInPrompt from "./user-input-in-prompt/rule.js";
import wholeRecordInPrompt from "./whole-record-in-prompt/rule.js";
/** In the order of the rules table. */
export const ruleSet: readonly Rule[] = [
  userInputInPrompt,
  clientControlledRoles,
  conversationHistoryExposure,
  unvalidatedPromptInput,
  secretInPrompt,
  sensitiveFieldInPrompt,
  wholeRecordInPrompt,
  missingProjection,
  sqlStringFormatting,
  debugDetailInPrompt,
  requestMetadataInPrompt,
  rawLlmOutput,
  llmResponseObjectReturned,
  llmOutputExecuted,
  excessiveAgency,
  debugEnabled,
  exceptionDetailReturned,
  missingErrorHandler,
  sensitiveLogging,
  hardcodedCredential,
  insecureTransportSettings,
  insecureLlmTransport,
  unauthenticatedLlmRoute,
  missingRateLimit,
  unboundedLlmCall,
  unusedSuppression,
];

export const rules: readonly RuleMeta[] = ruleSet.map((r) => r.meta);
