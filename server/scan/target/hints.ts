const PROMPT_LIKE =
  /^(message|messages|prompt|input|query|question|text|content|q|msg|user_?input|user_?message|user_?query|utterance|chat|ask|inputs|instruction|body)$/i;
/** Names with such a word among others: `utterance_text`, `userPrompt`. */
const SPEAKS_OF_A_PROMPT = /(?:^|_)(?:message|prompt|question|query|utterance|input|text)(?:_|$)/;
const IDENTIFIER = "[A-Za-z_][A-Za-z0-9_]{0,40}";

const PATTERNS: readonly RegExp[] = [
  // FastAPI and pydantic: {"detail":[{"type":"missing","loc":["body","prompt"], ...}]}
  new RegExp(`"loc"\\s*:\\s*\\[\\s*"body"\\s*,\\s*"(${IDENTIFIER})"`, "g"),
  // 'question' is required, "prompt" is a required property
  new RegExp(
    `["'\`](${IDENTIFIER})["'\`]\\s*(?:field\\s*|parameter\\s*|key\\s*)?(?:is|was|are)\\s+(?:a\\s+)?(?:required|missing|mandatory)`,
    "gi",
  ),
  // missing field "text", missing required parameter: prompt, no 'message' provided
  new RegExp(
    `(?:missing|required|expected|need|no|provide)\\s+(?:an?\\s+|the\\s+)?(?:required\\s+)?(?:field|key|parameter|param|property|argument|body)?s?\\s*:?\\s*["'\`]?(${IDENTIFIER})["'\`]?`,
    "gi",
  ),
  // prompt is required, message required
  new RegExp(
    `\\b(${IDENTIFIER})\\s+(?:field\\s+|parameter\\s+)?(?:is\\s+|was\\s+|must\\s+be\\s+)?(?:required|missing|provided|not provided)`,
    "gi",
  ),
  // DRF and marshmallow: {"prompt": ["This field is required."]}
  new RegExp(`"(${IDENTIFIER})"\\s*:\\s*\\[\\s*"(?:This field is required|Missing data|Field required)`, "gi"),
  // KeyError: 'prompt'
  new RegExp(`KeyError:\\s*(?:&#39;|&#x27;|['"])(${IDENTIFIER})(?:&#39;|&#x27;|['"])`, "g"),
];

const NOT_FIELDS =
  /^(field|fields|key|parameter|param|property|is|was|a|an|the|required|missing|body|json|data|request|in|or|and|not|be|must|valid|this|value|non|empty|string|authentication|credentials|token|login|loc|msg|type|detail|error)$/i;

/**
 * The fields that an error message asks for, the one that most looks like the prompt's first. Empty when it names none.
 */
export function fieldsAsked(errorBody: string): string[] {
  const text = errorBody.slice(0, 20_000);
  const found = new Set<string>();
  for (const pattern of PATTERNS)
    for (const match of text.matchAll(pattern))
      if (match[1] && (!NOT_FIELDS.test(match[1]) || /"loc"/.test(match[0]))) found.add(match[1]);
  const all = [...found];
  const main =
    all.find((name) => PROMPT_LIKE.test(name)) ??
    all.find((name) => SPEAKS_OF_A_PROMPT.test(name.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase())) ??
    (all.length === 1 ? all[0] : undefined);
  return main ? [main, ...all.filter((name) => name !== main && /"loc"/.test(text))] : [];
}
