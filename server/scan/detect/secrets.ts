import { z } from "zod";
import secretsYaml from "../../../rules/scan/secrets.yaml";
import { type BuiltIn, lazy, readBuiltIn } from "../data.js";
import type { Hit } from "./hit.js";
import { matchesAt, matchesIn, type Places, windows } from "./needles.js";
import { englishPairs, readsLikeChance, readsLikeWords } from "./wordy.js";

const secretRuleSchema = () =>
  z.object({
    id: z.string(),
    title: z.string(),
    /** None: the expression is tried on the whole text. */
    keywords: z.array(z.string()),
    pattern: z.string(),
    flags: z.string().default(""),
    entropy: z.number().optional(),
    examples: z.array(z.string()).default([]),
    /** The pattern rests on a name beside the value: the value must look like a secret as well. */
    named: z.boolean().default(false),
    /** The value may hold any signs, those of placeholders too. */
    free: z.boolean().default(false),
    /** A test of the value beyond its form. */
    check: z.enum(["jwt", "quoted", "key-material"]).optional(),
    /** How far a match can begin ahead of its keyword, in characters. 0: it begins with it. */
    before: z.number().int().default(0),
    /** How far a match reaches behind its keyword, in characters; further than the longest. */
    span: z.number().int().default(600),
  });

/**
 * What stands between a name and its value, in code, settings, JSON, mark-up and sentences. `<assign>` in a pattern. A comma
 * only stands before a value in quotes, as in `headers.set("api-key", "...")`; elsewhere it parts one name from the next.
 */
const ASSIGN = String.raw`["'\x60)\]*\\]{0,3}\s{0,4}(?::{0,3}=|\?=|=>|->|[:>]|,(?=\s{0,20}["'\x60])|\|\|:?|\?\?|\bor(?=\s["'])|\b(?:is|was)\b\s?:?)\s{0,20}["'\x60*({[\\]{0,3}\s?`;

export const secretsFile = {
  name: "rules/scan/secrets.yaml",
  schema: () => z.object({ secrets: z.array(secretRuleSchema()) }),
} satisfies BuiltIn<z.ZodType>;
const rules = lazy(() =>
  readBuiltIn(secretsYaml, secretsFile).secrets.map((rule) => ({
    ...rule,
    keywords: rule.keywords.map((word) => word.toLowerCase()),
    expression: new RegExp(
      rule.pattern.replaceAll("<assign>", ASSIGN),
      `${rule.before > 0 || rule.keywords.length === 0 ? "g" : "y"}${rule.flags}`,
    ),
  })),
);

/** The strings without which there is no secret to find, by rule. */
export const secretNeedles = lazy(() => rules().map((rule) => rule.keywords));

const LATIN = 256;
const seen = new Uint32Array(LATIN);

/** Shannon entropy in bits per character. */
export function entropy(text: string): number {
  const counts: number[] = [];
  const others = new Map<number, number>();
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < LATIN) seen[code] = (seen[code] ?? 0) + 1;
    else others.set(code, (others.get(code) ?? 0) + 1);
  }
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const count = code < LATIN ? seen[code] : 0;
    if (!count) continue;
    counts.push(count);
    seen[code] = 0;
  }
  let bits = 0;
  for (const count of [...counts, ...others.values()]) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** What documentation puts where a value belongs. */
const PLACEHOLDER =
  /example|your[_-]?|changeme|change[_-]me|placeholder|dummy|redacted|insert|replace|xxxx|\*{3}|\.{3}|…|<|\$\{|\{\{|\$\(|%[({]|1234567890abcdef|abcdef123456|0{8}|1{7}|randomstring|#{4}|(?:key|token|secret|here|password)$|some[_-]?(?:key|token|secret)|^\[|\]$|^\{[\w.]+\}?$|^\{[^{}]+\}$|^\$?[a-z_.]+\(|^(?:my|the|some|new|test|fake|default|super)?[_-]?(?:password|passwd|secret|token|apikey|pass|pwd|value|string|null|none|true|false|undefined|required|invalid|incorrect|missing|wrong|empty|optional|hidden|masked|text|field|label|username|admin)[_-]?\d{0,3}$/i;

/** The same sign over and over, or signs that go up or down in step. */
function isMonotonous(value: string): boolean {
  const bare = value.replace(/^[a-z]{2,5}[-_.]/i, "").toLowerCase();
  const few = Math.min(4, bare.length / 4);
  let different = "";
  for (let i = 0; i < bare.length && different.length <= few; i++) {
    const sign = bare.charAt(i);
    if (!/[-_.]/.test(sign) && !different.includes(sign)) different += sign;
  }
  return different.length <= few;
}

/** True for values that documentation publishes or that stand for a value. */
function isPlaceholder(whole: string): boolean {
  // Long ones are key material; their beginning tells.
  const value = whole.length > 400 ? whole.slice(0, 400) : whole;
  return PLACEHOLDER.test(value) || isMonotonous(value);
}

/** Versions, dates, paths, file names, dotted names, names in capitals, calls; and vendors' forms that their own rules refused. */
const OTHER_THINGS =
  /^https?:|^[$@%]|^v?\d+(?:[.-]\d+)+\w{0,4}$|^[./~]|\/\w+\.\w{1,5}$|\.(?:js|ts|py|json|ya?ml|com|org|net|io|pem|key|crt|jar|png)$|^[a-z_]+(?:\.[a-z_]+)+$|[()]|==.|^[a-z_]\w*\.[A-Z][a-z]+[A-Za-z]*$|^xox[a-z][-.]|^(?:self|this|cls|os|process|config|settings|options|args|props|env)\.[\w.]+$/i;
/** A name of a setting. */
const CONSTANT = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*=?$/;
/** Words of a language or of code, joined by signs or by capitals. */
const WORDY =
  /(?:^|[._-])[A-Z]?[a-z]{3,}(?:[A-Z][a-z]{3,}|[._-][A-Za-z]?[a-z]{3,})+(?:$|[._-])|[a-z]{3,}_(?:length|size|name|key|secret|type|st)$/;
/** Some services put all letters where a UUID has hexadecimal digits. */
const UUID = /^(?=(?:\D*\d){2})[0-9a-z]{8}(?:-[0-9a-z]{4}){3}-[0-9a-z]{12}$/i;

/** How often small letters, capitals and digits take turns: often in what a machine made, seldom in names with a number. */
function turns(value: string): number {
  let count = 0;
  let last = "";
  for (const char of value) {
    const kind = /\d/.test(char) ? "digit" : /[a-z]/.test(char) ? "small" : /[A-Z]/.test(char) ? "capital" : "";
    if (kind !== "" && last !== "" && kind !== last) count++;
    if (kind !== "") last = kind;
  }
  return count;
}

/** How often letters and digits take turns in a value without signs; names with numbers have signs between their words. */
function turnsOfDigits(value: string): number {
  return /^[A-Za-z0-9+/=]+$/.test(value) ? (value.match(/\d(?=[A-Za-z])|[A-Za-z](?=\d)/g) ?? []).length : 0;
}
/** More turns than this between letters and digits are no words, however English the letters between them look. */
const MOST_TURNS_OF_WORDS = 6;

/** Words ahead of a value that a machine made: "shop_live_" and what follows. */
const WORDS_AHEAD = /^(?:[a-z]{2,12}[_.-]){1,5}(?=[A-Za-z0-9]{20,}$)/;

/** Digits here and there among letters that no language has, if only a few of them. */
function isDrawn(value: string): boolean {
  const { share, pairs } = englishPairs(value);
  return turns(value) >= 3 && pairs >= 5 && share < 0.5;
}

/**
 * Letters and digits mixed, or a word with symbols: what a password or key looks like and a word of a language or of code
 * does not. A UUID is a secret only where its name says so.
 * @param name the words ahead of the value
 */
function looksSecret(value: string, name: string): boolean {
  const bare = value.replace(/[.,;:!?]+$/, "");
  if (bare.length < 6 || OTHER_THINGS.test(bare) || OTHER_THINGS.test(value)) return false;
  const ahead = WORDS_AHEAD.exec(bare)?.[0].length ?? 0;
  if (ahead > 0) return looksSecret(bare.slice(ahead), name);
  if (WORDY.test(bare) && !isDrawn(bare) && !UUID.test(bare)) return false;
  if (CONSTANT.test(bare) && /[_=]/.test(bare)) return false;
  // Short ones may be a password that somebody thought of.
  if (
    bare.length >= 13 &&
    readsLikeWords(bare) &&
    !/^[0-9a-f-]+$/i.test(bare) &&
    turnsOfDigits(bare) <= MOST_TURNS_OF_WORDS
  )
    return false;
  if (UUID.test(bare)) return /(?:token|secret|password|key|auth|api)/i.test(name) && !/id\W{0,12}$/i.test(name);
  const letters = /[A-Za-z]/.test(bare);
  const digits = /\d/.test(bare);
  const symbols = /[!@#$%^&*_+=~-]/.test(bare);
  return (
    // One digit in a long value is a numbered name.
    (letters &&
      digits &&
      (bare.length < 16 || ((bare.match(/\d/g) ?? []).length >= 3 && turns(bare) >= 5) || isDrawn(bare))) ||
    (letters && symbols && /[A-Z]/.test(bare) && /[!@#$%^&*+=~]/.test(bare)) ||
    (bare.length >= 16 && /[A-Z]/.test(bare) && /[a-z]/.test(bare) && readsLikeChance(bare)) ||
    (symbols && digits)
  );
}

/** True when the first part is the header of a token, not only something in base64. */
function isJwt(value: string): boolean {
  try {
    const header: unknown = JSON.parse(Buffer.from(value.split(".")[0] ?? "", "base64url").toString("utf8"));
    return typeof header === "object" && header !== null && "alg" in header;
  } catch {
    return false;
  }
}

/** Letters and digits in a row as prose about keys has none. */
const KEY_MATERIAL = /(?<![A-Za-z0-9+/=])(?=[A-Za-z+/=]{0,60}\d)[A-Za-z0-9+/=]{20,}/;

/** Signs that stand in passwords, but more often in templates and expressions. */
const FILLED_IN_SIGNS = /[<>{}(]|\$(?=[{(])|(?<!\w)\$(?=\w)/;
/** A route or a path in small letters: "shop/accounts#edit". */
const ROUTE = /^[a-z_]+(?:[/][a-z_]+)+(?:[#?.:][a-z_]+)?$/;
/** What is filled in later, an expression, or a word that stands for a password: "{{key}}", "%s", "(?=.*\\d)", "P@ssw0rd". */
const FILLED_IN =
  /\{\{|\}\}|\$\{|\$\(|%[({sd]|<[\w -]{2,40}>|\{\w*\}|\(\?|\\[dwsDWS]|\[\^?[a-z]-|\.[*+]|\w\(\w*\)|^https?:|example|your|change|dummy|placeholder|p[a@4][s$5]{2}w|secret/i;

/** Small letters, capitals, digits and signs in a value without a word: what a generator of passwords makes. */
function isMixed(value: string): boolean {
  return (
    /[a-z]/.test(value) &&
    /[A-Z]/.test(value) &&
    /\d/.test(value) &&
    /[^\w\s-]/.test(value) &&
    !FILLED_IN.test(value) &&
    turns(value) >= 4 &&
    entropy(value) >= 3.3
  );
}

/** More of one kind are no news. */
const MAX_PER_RULE = 100;

type Rule = ReturnType<typeof rules>[number];

/** From one place in so many signs on, looking through the whole text takes less time than trying each place. */
const CROWDED = 8;

/** The matches of a rule's expression. @param places of its keywords @param covered how much of a match is not looked at again */
function matchesOf(
  rule: Rule,
  text: string,
  places: readonly number[] | undefined,
  covered: (match: RegExpExecArray) => number,
): Generator<{ match: RegExpExecArray; index: number }> {
  const { expression, keywords, before, span } = rule;
  if (keywords.length === 0) return matchesIn(text, expression, [{ start: 0, end: text.length }]);
  if (before > 0) return matchesIn(text, expression, windows(places, text.length, before, span));
  if (places && places.length * CROWDED > text.length) {
    const everywhere = new RegExp(expression.source, expression.flags.replace("y", "g"));
    return matchesIn(text, everywhere, [{ start: 0, end: text.length }]);
  }
  return matchesAt(text, expression, places, covered);
}

/** The value in a match: the last of its groups that is there. */
function foundValue(match: RegExpExecArray): string {
  for (let i = match.length - 1; i > 0; i--) if (match[i] !== undefined) return match[i] ?? "";
  return match[0];
}

/** Whether a value that a rule's expression found is one. @param whole with the words ahead of it */
function isSecret(rule: Rule, value: string, whole: string): boolean {
  if (rule.examples.some((example) => whole.includes(example))) return false;
  if (!rule.free && isPlaceholder(value)) return false;
  if (rule.check === "jwt" && !isJwt(value)) return false;
  if (rule.check === "quoted" && ROUTE.test(value)) return false;
  if (rule.check === "key-material" && !KEY_MATERIAL.test(value)) return false;
  if (rule.check === "quoted" && (FILLED_IN_SIGNS.test(value) ? !isMixed(value) : isPlaceholder(value))) return false;
  if (rule.entropy !== undefined && entropy(value) < rule.entropy) return false;
  return !rule.named || looksSecret(value, whole.slice(0, -value.length));
}

/** What stands between a name and the value that is taken where it has none. */
const ANY_FALLBACK = /\|\||\?\?|\sor\s["']/;
const FALLBACK = /["'\])]{0,2}\s{0,4}(?:\|\||\?\?|or\s)/y;

/** Whether a value is a name itself that has its own value behind it, as in `key = process.env.API_KEY || "..."`. */
function hasFallback(text: string, match: RegExpExecArray): boolean {
  FALLBACK.lastIndex = match.index + match[0].length;
  return FALLBACK.test(text);
}

/** Finds vendor keys, private keys, tokens, connection strings and named passwords. @param places of `secretNeedles` */
export function findSecrets(text: string, places: Places): Hit[] {
  const hits: Hit[] = [];
  const fallbacks = ANY_FALLBACK.test(text);
  for (const [i, rule] of rules().entries()) {
    let count = 0;
    const verdicts = new Map<string, boolean>();
    const verdict = (match: RegExpExecArray): boolean => {
      const known = verdicts.get(match[0]);
      if (known !== undefined) return known;
      const found = isSecret(rule, foundValue(match), match[0]);
      verdicts.set(match[0], found);
      return found;
    };
    const covered = (match: RegExpExecArray) =>
      fallbacks && rule.named && hasFallback(text, match) && !verdict(match)
        ? match[0].lastIndexOf(foundValue(match))
        : match[0].length;
    for (const { match, index } of matchesOf(rule, text, places[i], covered)) {
      if (!verdict(match)) continue;
      const value = foundValue(match);
      const start = index + match[0].lastIndexOf(value);
      const end = start + value.length;
      if (hits.some((hit) => hit.start < end && start < hit.end)) continue;
      hits.push({
        group: "secret",
        kind: rule.id,
        title: rule.title,
        value,
        start,
        end,
        ...(rule.named ? { weak: true } : {}),
      });
      if (++count >= MAX_PER_RULE) break;
    }
  }
  return hits;
}
