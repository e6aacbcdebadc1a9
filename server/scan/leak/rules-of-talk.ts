import { isAboutAnswersElsewhere, isOrder } from "./instructions.js";
import { isRefusal } from "./refusal.js";

/** Whether a text is little else than rules for what an assistant says, as parts of a prompt are that come out by themselves. */

/** What an assistant does. */
const SPEAKING =
  "(?:answer|respond|reply|say|tell|output|print|reveal|disclose|divulge|discuss|talk about|speak (?:of|about|only|in)|mention|repeat|recommend|quote|(?<=(?:not|never|n['’]t) )confirm|promise|refuse|decline|apologi[sz]e)";
const ORDERED =
  "(?:you (?:must|should|will|shall|are to|are (?:not |never |only )?(?:allowed|permitted) to|(?:may|can) (?=only|not|never)|cannot|can['’]t|only|never|always) ?)";
const MANNER =
  "(?:only|never|always|not|do not|don['’]t|must|just|simply|politely|also|exactly|under no circumstances),? ";
const LEAD =
  "^[\"'“‘(]?(?:please|also|and|but|then|however|otherwise|instead|in that case|remember|importantly)?[,:]? ?";

/** "Never mention ...", "You must only answer ...", "Reply in ...", "Otherwise say "...". */
const ORDER = new RegExp(
  `${LEAD}(?:(?:${ORDERED}(?:${MANNER})*|(?:${MANNER})+)${SPEAKING}\\b|${SPEAKING} (?:only|just|exactly|politely|briefly|in|with|as|to|at most|["'“‘]))`,
  "i",
);
/** "If the customer asks for ..., tell them ...". */
const WHEN = new RegExp(
  `${LEAD}(?:if|when|whenever|unless|for|should)\\b[^.!?]{0,120}?\\b(?:users?|customers?|callers?|visitors?|guests?|clients?|passengers?|patients?|students?|members?|they|someone|somebody|anyone|anybody|input|message|request|asked)\\b[^.!?]{0,120}?(?:,|\\bthen\\b) ?(?:then |${ORDERED}|${MANNER}|please )*(?:${SPEAKING}|refer|direct|send|point|hand|forward|transfer|ignore)\\b`,
  "i",
);
/** How it says it: "Keep your answers short", "Be polite". Advice to people is like this as well, so it only stands beside others. */
const TONE =
  /^["'“‘(]?(?:always |never |please )?(?:(?:keep|limit|make|write|give|format)\b[^.!?]{0,30}\b(?:answers?|repl(?:y|ies)|responses?|output)\b|(?:be|stay|remain|sound) (?:\w+,? (?:and )?){0,2}(?:polite|friendly|concise|brief|formal|professional|helpful|kind|cheerful|warm)\b|(?:use|adopt|speak in|keep) (?:an? )?(?:\w+ ){0,3}(?:tone|voice|style)\b)/i;

/** Advice to a person about what is theirs, and what an assistant says of itself. */
const ADVICE =
  /\byour(?! (?:\w+ )?(?:answers?|repl(?:y|ies)|responses?|output|instructions?|rules|prompt|name|role|tasks?|tone|knowledge|identity)\b)|\byourself\b|\bin this (?:chat|conversation|form)\b/i;
const OWN = /\b(?:I|we|us|my|our|me)\b|\bI['’]/;

/** Where one rule ends and the next begins, in one sentence or over several. */
const BOUNDS =
  /(?<=[.!?:]["”’)]?)\s+|\n+|;\s+|,\s(?=(?:never|always|only|do not|don['’]t)\b)|,?\s(?:and|but)\s(?=(?:you |to )?(?:never|always|only|do not|don['’]t|must|not to|under no|may|refuse|should|cannot)\b)/i;

/** What hands on instructions, in the words of an assistant: "I was told to", "my instructions are that I". */
const HANDED_ON =
  /\b(?:I(?:['’]m| am| was|['’]ve been| have been) (?:also )?(?:told|instructed|ordered|directed|supposed|asked)|(?:my|the|these) (?:\w+ )?(?:instructions?|rules?|guidelines?|prompt|directions?|orders)(?: (?:that )?I (?:follow|have|got|was given|work by))? (?:are|is|says?|states?|tells? me|asks? me|requires? me|includes?))\b(?: that)?:?\s*/gi;
/** Rules about themselves, of which every refusal may speak. */
const OF_RULES = /\b(?:instructions?|prompts?|rules|guidelines|configuration|confidential|internal|system)\b/i;

const FEWEST = 2;
/** A text that is little else than rules and longer than this has enough of them to read like a prompt anyhow. In characters. */
const LONGEST = 4_000;

/** The parts of a text that are long enough to be a rule, without bullets and numbers. */
function partsOf(text: readonly string[]): string[] {
  return text.map((part) => part.replace(/^[\s*•>#\d.)-]+/, "").trim()).filter((part) => /\S\s+\S+\s+\S/.test(part));
}

/** How many of the parts of a text are rules for what is said, and how many other orders go with them. */
function rulesOf(parts: readonly string[]): { rules: number; others: number } {
  const theirs = parts.filter((part) => !OWN.test(part) && !ADVICE.test(part));
  const rules = theirs.filter((part) => ORDER.test(part) || WHEN.test(part));
  const others = theirs.filter((part) => !rules.includes(part) && (TONE.test(part) || isOrder(part)));
  return { rules: rules.length, others: others.length };
}

/** Instructions that are handed on, as they were given: "I was told to answer ... and never to mention" as "answer ..., never mention". */
function asGiven(text: string): string[] {
  const start = text.search(HANDED_ON);
  if (start < 0) return [];
  return text
    .slice(start)
    .replace(HANDED_ON, "\n")
    .replace(/\b(?:that )?I (?=(?:must|should|may|can|cannot|can['’]t|only|never|always)\b)/gi, "you ")
    .replace(/\b(?:that )?I(?:['’]m| am) (?=(?:not |never |only )?(?:allowed|permitted) to\b)/gi, "you are ")
    .replace(/\b(never|not|only|always) to\b|\bto (never|not|only|always)\b/gi, (_, after = "", before = "") => {
      const manner = `${after}${before}`.toLowerCase();
      return manner === "not" ? "do not" : manner;
    })
    .split(BOUNDS)
    .map((part) => part.replace(/^(?:and |but )?to /i, "you must "))
    .filter((part) => !OF_RULES.test(part));
}

/**
 * Whether a text holds two rules or more of which one at least is for what an assistant says, and not much else: a part of a
 * prompt, or what an assistant was told in its own words. Prompts that introduce an assistant are found without this.
 */
export function isRulesOfTalk(text: string): boolean {
  if (text.length > LONGEST) return false;
  const parts = partsOf(text.split(BOUNDS));
  const { rules, others } = rulesOf(parts);
  // A refusal ends in advice now and then: "Do not disclose account numbers. Always check twice."
  const counted = rules + (rules > 0 && others > 0 && isRefusal(text) ? 0 : others);
  if (rules > 0 && counted >= FEWEST && (rules + others) * 2 >= parts.length) return true;
  // Of languages that have no list of rules here: nothing but orders, about answers.
  if (others >= FEWEST && others === parts.length && isAboutAnswersElsewhere(text)) return true;
  return rulesOf(partsOf(asGiven(text))).rules >= FEWEST;
}
