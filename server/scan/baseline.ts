import type { Answer } from "./target/answer.js";
import { ARITHMETIC, type Discovery } from "./target/discover.js";
import { formatReplyPath } from "./target/reply.js";
import { fill } from "./target/shape.js";

/** What the endpoint says to ordinary questions. */
export interface Baseline {
  answers: Answer[];
  /** True when at least one question got a reply. */
  ok: boolean;
  /** Why none did; empty when `ok`. */
  why: string;
  /** All texts of all replies: what the endpoint says anyway. */
  texts: string[];
  model: "yes" | "likely" | "unclear" | "no";
  /** Why that is thought, for the evidence. */
  modelReason: string;
  /** True when nothing but that answers differ speaks for a model. */
  guessed: boolean;
  longest: number;
}

const QUESTIONS = ["Hello! What can you help me with?", "How can I contact customer support?"] as const;

/** Requests that the baseline sends beyond those of the discovery. */
export const BASELINE_REQUESTS = QUESTIONS.length;

/** Asks the ordinary questions; where the shape's discovery was answered, its question is the first of three. */
export async function takeBaseline(discovery: Discovery): Promise<Baseline> {
  const { endpoint } = discovery;
  const { body, url } = fill(endpoint.shape, ARITHMETIC.prompt, "spillcheck");
  const first = discovery.answers.findLast(
    (answer) =>
      answer.ok &&
      answer.prompt === ARITHMETIC.prompt &&
      answer.http.request.url.pathname === url.pathname &&
      sameRequest(answer, body),
  );
  const answers: Answer[] = first ? [first] : [];
  if (discovery.why === "" || first) {
    answers.push(...(await Promise.all(QUESTIONS.map((question) => endpoint.ask(question, { check: "baseline" })))));
    const good = answers.filter((answer) => answer.ok);
    endpoint.replyPath ??= stablePath(good);
  }
  const page = isSamePage(answers);
  const good = page ? [] : answers.filter((answer) => answer.ok);
  const verdict = judgeModel(good);
  return {
    answers: answers.length > 0 ? answers : discovery.answers.slice(-1),
    ok: good.length > 0,
    why: page ? SAME_PAGE : good.length > 0 ? "" : (answers.at(-1)?.why ?? discovery.why) || discovery.why,
    texts: good.map((answer) => answer.extracted.everything),
    model: verdict.model,
    modelReason: verdict.reason,
    guessed: verdict.guessed ?? false,
    longest: Math.max(0, ...good.map((answer) => answer.extracted.text.length)),
  };
}

const SAME_PAGE =
  "every question got the same HTML page, as a sign-in page or the shell of an app is sent for every address";

/** Whether all questions got one and the same page, which is no answer of anybody's. */
function isSamePage(answers: readonly Answer[]): boolean {
  const [first] = answers;
  return (
    first !== undefined &&
    answers.length > BASELINE_REQUESTS &&
    answers.every((answer) => answer.extracted.at?.kind === "html" && answer.extracted.text === first.extracted.text)
  );
}

/** Whether an answer came to the chosen shape; session ids in the body may differ. */
function sameRequest(answer: Answer, body: string | null): boolean {
  const sent = answer.http.request.body;
  return body === null || sent === null ? body === sent : keysOf(sent) === keysOf(body);
}

/** The names in a body, JSON or form, in order. */
function keysOf(body: string): string {
  return [...body.matchAll(/"([^"\\]{1,60})"\s*:|(?:^|&)([^=&]{1,60})=/g)]
    .map((match) => match[1] ?? match[2])
    .join(",");
}

/** The reply's place, if all replies agree on it. Places with array positions that vary are left open. */
function stablePath(answers: readonly Answer[]): Answer["extracted"]["at"] {
  const [first, ...others] = answers.map((answer) => answer.extracted.at);
  if (!first || others.length === 0) return null;
  return others.every((at) => at && formatReplyPath(at) === formatReplyPath(first)) ? first : null;
}

const MODEL_KEYS =
  /"(choices|completion_tokens|prompt_tokens|finish_reason|stop_reason|system_fingerprint|total_tokens)"\s*:/;
const ASSISTANT =
  /\b(i['’]?m|i am|i can(not|['’]t| only)?|as an? (ai|assistant)|how (can|may) i (help|assist)|assist you|help you|happy to help|chatbot|virtual assistant|sorry)\b/i;

/** The beginning of a reply shows who wrote it. */
const JUDGED_CHARACTERS = 2_000;

/** Whether the endpoint answers as a model does: on the point, in sentences, and not only with what it was sent. */
function judgeModel(answers: readonly Answer[]): { model: Baseline["model"]; reason: string; guessed?: boolean } {
  if (answers.length === 0) return { model: "no", reason: "it gave no reply" };
  const computed = answers.find(
    (answer) => answer.prompt === ARITHMETIC.prompt && ARITHMETIC.answer.test(answer.extracted.text),
  );
  if (computed) return { model: "yes", reason: "it answered a question in its own words" };
  const withKeys = answers.find((answer) => MODEL_KEYS.test(answer.http.text) || sseHasKeys(answer));
  if (withKeys) return { model: "yes", reason: "its answers have the form of a model's API" };
  const bare = answers.map((answer) => withoutEcho(answer.extracted.text, answer.prompt).slice(0, JUDGED_CHARACTERS));
  const sentences = bare.filter((text) => /[\p{L}]{2,}(\s+[\p{L}'’,.-]+){3,}/u.test(text));
  if (sentences.length > 0 && bare.some((text) => ASSISTANT.test(text)))
    return { model: "likely", reason: "it answers as an assistant does" };
  if (new Set(bare).size > 1 && sentences.length > 1)
    return { model: "likely", reason: "its answers follow the question", guessed: true };
  if (answers.every((answer) => answer.extracted.text.includes(answer.prompt)))
    return { model: "no", reason: "it only repeats what it is sent" };
  return { model: "unclear", reason: "its answers do not show whether a model wrote them" };
}

/**
 * A second look after the probes: an endpoint whose ordinary answers are always the same sentence is still a model when the
 * answers to other prompts follow the prompt.
 */
export function reconsiderModel(baseline: Baseline, probes: readonly { asked: string; reply: string }[]): void {
  if (baseline.model !== "unclear") return;
  const ordinary = baseline.answers.filter((answer) => answer.ok);
  const all = [...probes, ...ordinary.map((answer) => ({ asked: answer.prompt, reply: answer.extracted.text }))];
  const own = all.map(({ asked, reply }) => withoutEcho(reply, asked)).filter((text) => text !== "");
  if (new Set(own).size < 3) return;
  baseline.model = "likely";
  baseline.modelReason = "its answers follow the prompt";
  baseline.guessed = true;
}

/** So much more alike than answers to different questions are those to one question, as a share of neighbouring words. */
const NOTICEABLE = 0.05;

/**
 * Whether answers have nothing to do with what was asked: those to one and the same question are no more alike than those to
 * different ones, as with random text.
 * @param pairs two answers each to the same question, for different questions
 */
export function isUnrelated(pairs: readonly (readonly [string, string])[]): boolean {
  const neighbours = (text: string) => {
    const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
    return new Set(words.map((word, i) => `${words[i - 1] ?? ""} ${word}`));
  };
  const words = pairs.map((pair) => pair.map(neighbours));
  const share = (one = new Set<string>(), other = new Set<string>()) => {
    const common = [...one].filter((word) => other.has(word)).length;
    return common / Math.max(1, one.size + other.size - common);
  };
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  if (pairs.length < 2 || pairs.some(([one, other]) => one.trim() === other.trim())) return false;
  const same = words.map(([one, other]) => share(one, other));
  const different = words.flatMap((pair, i) =>
    words.flatMap((other, j) => (i === j ? [] : pair.flatMap((one) => other.map((two) => share(one, two))))),
  );
  return mean(same) < mean(different) + NOTICEABLE;
}

function sseHasKeys(answer: Answer): boolean {
  return answer.extracted.at?.kind === "sse" && /"(delta|token|choices)"\s*:/.test(answer.http.text);
}

/**
 * The reply without what it repeats of the prompt. Empty when hardly a word is the endpoint's own, so that upper-cased,
 * reversed or otherwise dressed-up echoes count as echoes.
 */
export function withoutEcho(reply: string, prompt: string): string {
  const mirrored = [...prompt].reverse().join("");
  const bare = reply.split(prompt).join(" ").split(mirrored).join(" ").trim();
  const asked = new Set(prompt.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
  const said = bare.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const own = said.filter((word) => !asked.has(word));
  return own.length * 4 < said.length ? "" : bare;
}
