/** What the analysis does not see yet, as `shape / direction` or `rule / shape / direction`, each with the reason. A miss that is found fails its test. */
export const KNOWN_MISSES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      "user-input-in-prompt",
      "unvalidated-prompt-input",
      "conversation-history-exposure",
      "secret-in-prompt",
      "sensitive-field-in-prompt",
      "whole-record-in-prompt",
      "missing-projection",
      "debug-detail-in-prompt",
      "request-metadata-in-prompt",
      "raw-llm-output",
      "llm-response-object-returned",
      "llm-output-executed",
    ].map((rule) => [
      `${rule} / callback / through`,
      "Whom a function calls that it was handed is not known in its summary.",
    ]),
  ),
  "callback / into": "Whom a function calls that it was handed is not known in its summary.",
};
