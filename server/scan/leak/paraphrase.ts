import { fold } from "./decode.js";

/** Words that say nothing about where a text is from: function words, and what all prompts and assistants talk about. */
const COMMON = new Set(
  `about above access account after again all also always and another answer any anyone anything are ask asked asking asks
  assist assistant based because been before being below between both but can cannot chat code could conversation did does
  doing done each else end enter entered every everything example few first follow following for from function get give
  given granted denied had has have help helpful here him his how information input instruction instructions into its just
  know language last let like list make many may message model more most must need never not now number online only other
  otherwise our out output own password people please print prompt provide question request reply respond response reveal
  right rule rules said same say says second secret secure security see should show some something sorry start such sure
  system take tell text than thank that the their them then there these they thing this those through time unless until
  use used user users using very want was way were what when where whether which while who whose why will with within
  without word words would write yes you your
  act acting additional additionally appropriate brief clear command commands concise detail details different ensure
  example explain explanation explanations format friendly guidance however include including individual individuals
  knowledge necessary need polite possible professional relevant role specific style suggest task tasks tone topic topics
  type various`.split(/\s+/),
);

/**
 * Words of guarding: what every prompt says that must keep something to itself, and every answer that keeps it. Taken from
 * how many of a few hundred authors of such prompts use them.
 */
const GUARDING = new Set(
  `absolute absolutely accept allow allowed alter appear attack attacker attackers attempt attempts authorized aware back
  begin believe bypass case change changed changes character characters check circumstance circumstances claim claiming claims
  command complete confidential confirm consider contain contained contains content continue correct correctly deny denied deviate
  disclose disclosed disclosing disregard down either enter entire even ever exact exactly except exception exceptions execute
  exist existence extra far fool forget form further grant guard guarding hack hacker hackers hacking hard hello hidden hide
  hint hints identical identity ignore ignored important incorrect instead invalid keep kept letter letters line lock locked
  long longer malicious match matches matter mean mention might modify nice nothing obey order orders original override part
  pass passcode passphrase permission phrase point potential pretend previous previously prior privilege privileged privileges
  program programmed protect protected purpose random real reason regardless remain remember repeat replace
  restrict restricted result return share shared sharing single someone special start state stay steadfast stop strict
  strictly string strings symbol symbols test thing think told translate translation treat trick tricked tricks tries trigger
  true trust trusted try trying two under understand unless untrusted valid verify vigilant wrong yourself`.split(
    /\s+/,
  ),
);

/** True for words that stand in all prompts and answers. */
export function isCommon(word: string): boolean {
  return COMMON.has(word);
}

/** Whether a word says what a prompt is about, and not only that there is one. */
function isTelling(word: string): boolean {
  return !COMMON.has(word) && !GUARDING.has(word);
}

const MIN_SHARED = 6;
const MIN_SHARE = 0.25;
/** What of a prompt, and of the reply, must be the same words to call it told from end to end, whatever form it is given. */
const RETOLD = 0.4;
const MIN_RETOLD = 12;
/** How much of a reply is looked at, in characters. */
const LONGEST = 40_000;
/** What tells that a text states rules, rather than that it talks about the same subject. */
const RULES =
  /\b(my|the|these|following|your) (\w+ )?(instructions|rules|guidelines|directives|steps)\b|(^|\n)\s*(\d[.)]|[-*•])\s+(if|do not|don't|never|always|only|you)\b|\b(if|when|unless) (the|a|any) (\w+ )?(user|customer|person|input|message|character|caller)\b|\byou (must|should|are to|were told|need to|are not allowed to|can then)\b|\bi (was|have been|am) (told|instructed)\b/i;

/** What an assistant says of itself to anybody: its name, what it is for, that it declines. */
const SELF_DESCRIPTION =
  /\b(i can|i['’]m|i am|i['’]ll|i will|we can|we offer|i cannot|i can['’]t|i don['’]t|happy to|glad to|feel free|let me know|how (can|may) i|would you like)\b/i;

/** The bare form of a word: endings of plural, past and -ing off. */
function stem(word: string): string {
  const bare = word.replace(/(?:ing|ed|es|s|ly)$/, "");
  return bare.length >= 4 ? bare : word;
}

/** The words of a text that carry its meaning, in bare form. Joined names (`best_friend`) count as their parts. */
export function contentWords(text: string): Set<string> {
  const out = new Set<string>();
  for (const match of fold(text)
    .toLowerCase()
    .matchAll(/\p{L}{3,}/gu))
    if (isTelling(match[0]) && isTelling(stem(match[0]))) out.add(stem(match[0]));
  return out;
}

/**
 * Whether a reply tells a prompt in other words: besides what an assistant says of itself it states rules, or holds the
 * greater part of the prompt's content words, and a quarter or more of its own content words, seven at least, are the
 * prompt's and not of the request or of ordinary answers.
 * @returns the shared words in bare form, or null
 */
export function paraphrases(reply: string, prompt: string, unless: ReadonlySet<string>): string[] | null {
  const telling = reply
    .slice(0, LONGEST)
    .split(/(?<=[.!?])\s+|\n+/)
    .filter((sentence) => !SELF_DESCRIPTION.test(sentence))
    .join("\n");
  const wanted = contentWords(prompt);
  const own = [...contentWords(telling)].filter((word) => !unless.has(word));
  const shared = own.filter((word) => wanted.has(word));
  const wholly =
    shared.length >= MIN_RETOLD && shared.length / wanted.size >= RETOLD && shared.length / own.length >= RETOLD;
  if (!wholly && !RULES.test(telling)) return null;
  return shared.length >= MIN_SHARED && shared.length / own.length >= MIN_SHARE ? shared : null;
}

/** What people call a secret, and what is said of it: "the passphrase is the capital of Peru". */
const OF_A_SECRET =
  /\b(?:pass ?(?:word|code|phrase)|(?:access|entry|door|override|discount) code|code ?word|(?:secret|magic|hidden|right|correct) (?:word|phrase|code|key|string|answer)|secret|riddle|hint|clue)\b[^.!?\n]{0,60}?(?:\b(?:is|are|was|asks|should be|must be|has to be|refers to|consists of)\b(?! not| in?correct)|[:=])\s*(.{8,300})/is;
/** A description has as many words of its own, and this share of them is the prompt's. */
const DESCRIBING = 2;
const DESCRIBED = 0.65;

/** The sentences and lines of a text. */
function sentencesOf(text: string): string[] {
  return text.split(/(?<=[.!?])\s+|\n+/);
}

/**
 * Whether a reply describes the secret of a prompt in the words in which the prompt does: nearly all that one sentence says
 * of it stands in one sentence of the prompt.
 * @returns the shared words in bare form, or null
 */
export function describes(reply: string, prompt: string, unless: ReadonlySet<string>): string[] | null {
  const described = sentencesOf(prompt).map(contentWords);
  for (const sentence of sentencesOf(reply.slice(0, LONGEST))) {
    const said = OF_A_SECRET.exec(sentence)?.[1];
    if (said === undefined) continue;
    const own = [...contentWords(said)].filter((word) => !unless.has(word));
    for (const words of described) {
      const shared = own.filter((word) => words.has(word));
      if (shared.length >= DESCRIBING && shared.length / own.length >= DESCRIBED) return shared;
    }
  }
  return null;
}

/** Words of courtesy, which anybody who serves people says. */
const COURTESY = new Set(
  `appreciate bye client clients customer customers dear fine friend friends glad good goodbye great happy kindly nice pleased
  pleasure thanks welcome`.split(/\s+/),
);

/**
 * How telling a stretch of shared text is: its distinct content words. A sentence such as "You are a helpful assistant"
 * stands in thousands of prompts and has none; nor has one that is nothing but polite.
 */
export function distinctiveness(text: string): number {
  return [...contentWords(text)].filter((word) => !COURTESY.has(word)).length;
}
