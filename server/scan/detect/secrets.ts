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
    check: z.enum(["jwt", "quoted"]).optional(),
    /** How far a match can begin ahead of its keyword, in characters. 0: it begins with it. */
    before: z.number().int().default(0),
    /** How far a match reaches behind its keyword, in characters; further than the longest. */
    span: z.number().int().default(600),
  });

/**
 * What stands between a name and its value, in code, settings, JSON, mark-up and sentences. `<assign>` in a pattern. A comma
 * only stands before a value in quotes, as in `headers.set("api-key", "...")`; elsewhere it parts one name from the next.
 */
const ASSIGN = String.raw`["'\x60)\]*\\]{0,3}\s{0,4}(?::{0,3}=|\?=|=>|->|[:=>]|,(?=\s{0,20}["'\x60])|\|\|:?|\b(?:is|was)\b\s?:?)\s{0,20}["'\x60*({[\\]{0,3}\s?`;

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
  /example|your[_-]?|changeme|change[_-]me|placeholder|dummy|redacted|insert|replace|xxxx|\*{3}|\.{3}|…|<|\$\{|\{\{|\$\(|%[({]|1234567890abcdef|abcdef123456|0{8}|1{7}|randomstring|#{4}|(?:key|token|secret|here|password)$|some[_-]?(?:key|token|secret)|^\[|\]$|^\{[\w.]+\}?$|^\$?[a-z_.]+\(|^(?:my|the|some|new|test|fake|default|super)?[_-]?(?:password|passwd|secret|token|apikey|pass|pwd|value|string|null|none|true|false|undefined|required|invalid|incorrect|missing|wrong|empty|optional|hidden|masked|text|field|label|username|admin)[_-]?\d{0,3}$/i;

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
  /^https?:|^[$@%]|^v?\d+(?:[.-]\d+)+\w{0,4}$|^[./~]|\/\w+\.\w{1,5}$|\.(?:js|ts|py|json|ya?ml|com|org|net|io|pem|key|crt|jar|png)$|^[a-z_]+(?:\.[a-z_]+)+$|[()]|==.|^[a-z_]\w*\.[A-Z][a-z]+[A-Za-z]*$|^xox[a-z][-.]/i;
/** A name of a setting. */
const CONSTANT = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*=?$/;
/** Words of a language or of code, joined by signs or by capitals. */
const WORDY =
  /(?:^|[._-])[A-Z]?[a-z]{3,}(?:[A-Z][a-z]{3,}|[._-][A-Za-z]?[a-z]{3,})+(?:$|[._-])|[a-z]{3,}_(?:length|size|name|key|secret|type|st)$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

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
  if (bare.length < 6 || OTHER_THINGS.test(bare) || OTHER_THINGS.test(value) || WORDY.test(bare)) return false;
  if (CONSTANT.test(bare) && /[_=]/.test(bare)) return false;
  // Short ones may be a password that somebody thought of.
  if (bare.length >= 13 && readsLikeWords(bare) && !/^[0-9a-f-]+$/i.test(bare)) return false;
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

/** Signs that stand in passwords, but more often in templates and expressions. */
const FILLED_IN_SIGNS = /[<>{}(]|\$(?=[{(])|(?<!\w)\$(?=\w)/;
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

/** The matches of a rule's expression. @param places of its keywords */
function matchesOf(
  rule: Rule,
  text: string,
  places: readonly number[] | undefined,
): Generator<{ match: RegExpExecArray; index: number }> {
  const { expression, keywords, before, span } = rule;
  if (keywords.length === 0) return matchesIn(text, expression, [{ start: 0, end: text.length }]);
  if (before > 0) return matchesIn(text, expression, windows(places, text.length, before, span));
  if (places && places.length * CROWDED > text.length) {
    const everywhere = new RegExp(expression.source, expression.flags.replace("y", "g"));
    return matchesIn(text, everywhere, [{ start: 0, end: text.length }]);
  }
  return matchesAt(text, expression, places);
}

/** Whether a value that a rule's expression found is one. @param whole with the words ahead of it */
function isSecret(rule: Rule, value: string, whole: string): boolean {
  if (rule.examples.some((example) => whole.includes(example))) return false;
  if (!rule.free && isPlaceholder(value)) return false;
  if (rule.check === "jwt" && !isJwt(value)) return false;
  if (rule.check === "quoted" && (FILLED_IN_SIGNS.test(value) ? !isMixed(value) : isPlaceholder(value))) return false;
  if (rule.entropy !== undefined && entropy(value) < rule.entropy) return false;
  return !rule.named || looksSecret(value, whole.slice(0, -value.length));
}

/** Finds vendor keys, private keys, tokens, connection strings and named passwords. @param places of `secretNeedles` */
export function findSecrets(text: string, places: Places): Hit[] {
  const hits: Hit[] = [];
  for (const [i, rule] of rules().entries()) {
    let count = 0;
    const refused = new Set<string>();
    for (const { match, index } of matchesOf(rule, text, places[i])) {
      const value = match[2] ?? match[1] ?? match[0];
      if (refused.has(match[0])) continue;
      if (!isSecret(rule, value, match[0])) {
        refused.add(match[0]);
        continue;
      }
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
