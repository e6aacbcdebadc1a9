/** The lexicon of the flow analysis, made of the word lists and what the user adds. */
import type { Lexicon } from "../flow/lexicon.js";
import { isInstruction } from "../flow/prose.js";
import { sensitiveFields } from "./lexicon.js";
import { looksLikeLlmName, looksLikePromptName } from "./prompt-names.js";
import { looksLikeSanitiserName } from "./sanitisers.js";

/** @param extra further sensitive field names */
export function lexiconFor(extra: readonly string[]): Lexicon {
  const sensitive = sensitiveFields(extra);
  return {
    sensitive,
    instruction: isInstruction,
    promptName: looksLikePromptName,
    llmName: looksLikeLlmName,
    sanitiserName: looksLikeSanitiserName,
  };
}
