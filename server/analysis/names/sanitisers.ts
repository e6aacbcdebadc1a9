/** What names and regular expressions say of a function that cleans a text. */
import { nameWords } from "./lexicon.js";

/** Pieces of a pattern that only an expression looking for data has. */
const DATA_MARKS = [
  "@",
  "\\d",
  "[0-9]",
  "0-9",
  "a-z0-9",
  "a-f0-9",
  "akia",
  "sk-",
  "ghp_",
  "eyj",
  "bearer",
  "xox",
  "-----begin",
];
const DATA_WORDS =
  /pass(?:word|wd)?|secret|token|api|key|e?-?mail|phone|ssn|card|iban|ipv?4?|account|credential|auth|address|birth|name|system|prompt|instruction|internal|confidential|http|pii|sensitive|private/i;

/** Expressions with digits or letters in them that look for no data. */
const MARKUP = [
  // A list's numbering: `^\d+\.`, `\d+\)`.
  /^\^?\\s\*?\\d[+*]?(?:\\\.|[.)])|^\^?\(?\?*:?\\d\+\\?[.)]/,
  // References: `[1]`, `[doc3]`, `【4:0†source】`.
  /^\\\[(?:\w*)\\d\+\\?\]?$/,
  /^【/,
  // Everything but words and the space between them: punctuation, emoji.
  /^\[\^(?=[^\]]*(?:a-z|\\w))(?=[^\]]*(?:\\s| ))[^\]]*\][+*]?$/,
];

/**
 * Whether a regular expression looks for data (digits, addresses, keys, words like `password`), and not for white space,
 * markup or punctuation. A pattern that is only known at run time counts as one that does: it comes from a list.
 *
 * @param pattern the expression's text, or undefined when it is not constant
 */
export function redactsData(pattern: string | undefined): boolean {
  if (pattern === undefined) return true;
  const folded = pattern.toLowerCase();
  // `([0-9]+)` and `(?:\d+)` say what `\d+` says.
  const plain = folded.replaceAll("[0-9]", "\\d").replace(/\((?:\?:)?([^()?]*)\)/g, "$1");
  if (MARKUP.some((form) => form.test(plain))) return false;
  if (DATA_MARKS.some((mark) => folded.includes(mark))) return true;
  return DATA_WORDS.test(pattern.replace(/\\./g, " ").replace(/\(\?[P<!=:][^)>]*>?/g, " "));
}

export type SanitiserName =
  /** Returns its text with something taken out. */
  | { kind: "redact" }
  /** Answers whether the text is unsafe (`unsafeWhen: true`: a true answer says that it is). */
  | { kind: "guard"; unsafeWhen: boolean };

const REDACTING = new Set(
  (
    "redact redacts redacted redactor redaction anonymize anonymise anonymizer anonymiser anonymized anonymised anonymization anonymisation pseudonymize " +
    "pseudonymise scrub scrubs scrubbed scrubber sanitize sanitise sanitizer sanitiser sanitized sanitised sanitization deidentify deidentified obfuscate obfuscated censor"
  ).split(" "),
);
/** Verbs that clean when their object is sensitive data. */
const CLEANING = new Set("strip remove filter clean hide mask drop delete block suppress wash purge".split(" "));
const SENSITIVE_OBJECTS = new Set(
  "pii phi ssn secret secrets sensitive personal credential credentials email emails phone phones password passwords leak leaks confidential".split(
    " ",
  ),
);
/** What is sanitised for another purpose than keeping data in. */
const OTHER_OBJECTS = new Set(
  "filename filenames file path paths url urls uri sql html markdown css svg identifier slug username column columns table query xml yaml input ids id key keys folder header headers image images".split(
    " ",
  ),
);
/** Masks of arrays and models. */
const MASK_OBJECTS = new Set(
  "token tokens image images attention array tensor rcnn mask padding loss label labels logits region background".split(
    " ",
  ),
);

const HAS = new Set(
  "contains contain has have includes detect detects detected find finds leaks leak exposes".split(" "),
);
const RISKS = new Set(
  (
    "pii phi secret secrets sensitive credential credentials leak leaks leakage personal injection injections jailbreak malicious toxic toxicity harmful profanity unsafe " +
    "forbidden disallowed prohibited dangerous ssn abuse abusive hate offensive inappropriate nsfw violation violations confidential suspicious"
  ).split(" "),
);
const UNSAFE_STATES = new Set(
  "unsafe sensitive injection malicious toxic harmful flagged jailbreak dangerous blocked forbidden prohibited inappropriate offensive suspicious abusive nsfw confidential pii spam leaking profane".split(
    " ",
  ),
);
const SAFE_STATES = new Set("safe clean allowed appropriate acceptable harmless permitted benign".split(" "));
const NOT_TEXT = new Set(
  "url host path file filename method redirect mode origin ip domain user extension mime".split(" "),
);

/**
 * What a function's name says that it does to a text: `redact_pii` takes something out, `contains_pii` and `is_safe` answer
 * whether it is clean. To be believed only where the function's body is not visible.
 */
export function looksLikeSanitiserName(name: string): SanitiserName | undefined {
  const words = nameWords(name.slice(name.lastIndexOf(".") + 1));
  const [first, second] = words;
  if (first === undefined || words.length > 8) return undefined;
  const guard = looksLikeGuard(words, first);
  if (guard !== undefined) return { kind: "guard", unsafeWhen: guard };
  if (["is", "has", "should", "can", "needs", "was", "get", "set", "use", "enable"].includes(first)) return undefined;
  if (first === "de" && (second === "identify" || second === "identified")) return { kind: "redact" };
  const at = words.findIndex((word) => REDACTING.has(word));
  if (at >= 0) {
    const other = words.slice(at + 1).some((word) => OTHER_OBJECTS.has(word));
    const data = words.some((word) => SENSITIVE_OBJECTS.has(word) || word === "llm");
    return other && !data ? undefined : { kind: "redact" };
  }
  if (first === "mask" || first === "masked") {
    return words.length > 1 && !words.slice(1).some((word) => MASK_OBJECTS.has(word)) ? { kind: "redact" } : undefined;
  }
  if (CLEANING.has(first) && words.slice(1).some((word) => SENSITIVE_OBJECTS.has(word))) return { kind: "redact" };
  return undefined;
}

function looksLikeGuard(words: readonly string[], first: string): boolean | undefined {
  const rest = words.slice(1);
  if (rest.length === 0) return undefined;
  const negated = rest.includes("not") || rest.includes("no");
  if (HAS.has(first) && rest.some((word) => RISKS.has(word))) return !negated;
  if ((first === "is" || first === "looks" || first === "seems") && !rest.some((word) => NOT_TEXT.has(word))) {
    if (rest.some((word) => UNSAFE_STATES.has(word))) return !negated;
    if (rest.some((word) => SAFE_STATES.has(word))) return negated;
  }
  if (first === "check" || first === "scan" || first === "screen" || first === "moderate" || first === "flag") {
    if (rest.some((word) => ["safety", "safe", "allowed", "clean"].includes(word))) return false;
    if (rest.some((word) => RISKS.has(word))) return true;
    if (first === "moderate" || rest.includes("moderation")) return true;
    return undefined;
  }
  if (first === "violates" || first === "fails" || first === "fail") return true;
  if (first === "passes" || first === "pass") {
    return rest.some((word) =>
      ["moderation", "safety", "guardrail", "guardrails", "filter", "filters", "policy", "check"].includes(word),
    )
      ? false
      : undefined;
  }
  if (first === "safe" && rest[0] === "to") return false;
  return undefined;
}
