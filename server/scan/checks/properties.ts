import { type CheckEnd, COMPLETE, inconclusive, type ScanContext } from "../context.js";
import { quote } from "../evidence.js";
import { readsLikeAPrompt } from "../leak/instructions.js";

const EXCESS =
  /^(system_?prompt|system_?message|prompt_?template|full_?prompt|raw_?prompt|prompt|instructions|context|retrieved_?(docs|documents|context)|source_?documents|debug|debug_?info|trace|internal|internal_?notes?|config|settings|env|environment|sql|sql_?query|raw|raw_?response|password(_hash)?|passwd|hash|salt|secret|api_?key|access_?token|refresh_?token|cost|balance|role|roles|is_?admin|permissions|email|phone|address|ssn|dob|date_of_birth|credit_?card|user|customer|account|profile|headers|cookies|stack|exception|system_?fingerprint|chain_of_thought|scratchpad|intermediate_?steps|tool_?calls?|function_?calls?|tool_?results?|tool_?outputs?|logprobs)$/i;
const IDS =
  /^(_id|id|uid|.*_?(internal|db|database|row|record|user|customer|account|tenant|org|owner|conversation|thread|run|assistant|file|document)_?id|.*_pk|pk)$/i;
const INTERNAL_ID =
  /^(_id|.*_?(internal|db|database|row|record|user|customer|account|tenant|org|owner)_?id|.*_pk|pk)$/i;

interface Property {
  path: string;
  key: string;
  value: unknown;
}

/** The properties of a JSON document, nested ones included. Bounded. */
export function properties(document: unknown, path = "$", depth = 0, out: Property[] = []): Property[] {
  if (depth > 6 || out.length > 500 || document === null || typeof document !== "object") return out;
  if (Array.isArray(document)) {
    for (const item of document.slice(0, 5)) properties(item, `${path}[*]`, depth + 1, out);
    return out;
  }
  for (const [key, value] of Object.entries(document)) {
    out.push({ path: `${path}.${key}`, key, value });
    properties(value, `${path}.${key}`, depth + 1, out);
  }
  return out;
}

function filled(value: unknown): boolean {
  return (
    value !== null &&
    value !== "" &&
    value !== false &&
    !(Array.isArray(value) && value.length === 0) &&
    !(typeof value === "object" && value !== null && Object.keys(value).length === 0)
  );
}

/** Shorter texts are no prompt. */
const SHORTEST_PROMPT = 40;

/** Fields beyond the reply: inner state, people's data, database ids; and beyond the documented ones where a document says. */
export async function checkProperties(ctx: ScanContext): Promise<CheckEnd> {
  const answers = ctx.baseline.answers.filter((answer) => answer.ok);
  if (answers.length === 0) return inconclusive(ctx.baseline.why);
  const answer = answers.find((each) => each.extracted.json !== undefined);
  if (!answer) {
    ctx.stood("excess-properties", "The answer is text without further fields.");
    return COMPLETE;
  }
  const all = properties(answer.extracted.json);
  const openAiLike =
    all.some((property) => property.key === "choices") && all.some((property) => property.key === "object");
  const excess = all.filter((property) => {
    if (!EXCESS.test(property.key) || !filled(property.value)) return false;
    if (openAiLike && /^(role|logprobs|system_fingerprint)$/i.test(property.key)) return false;
    if (/^role$/i.test(property.key) && /^(assistant|user|model|bot)$/i.test(String(property.value))) return false;
    // The prompt or the user's own words given back are no excess.
    return !(typeof property.value === "string" && answer.prompt.includes(property.value));
  });
  const operation = ctx.operations.find(
    (each) => new URL(each.url).pathname === ctx.url.pathname && each.method === ctx.endpoint.shape.method,
  );
  const documented = operation?.answerKeys;
  const beyond = documented
    ? all.filter(
        (property) =>
          /^\$\.[^.[]+$/.test(property.path) && !documented.includes(property.key) && !excess.includes(property),
      )
    : [];
  const prompts = all.filter(
    ({ value }) =>
      typeof value === "string" &&
      value.length >= SHORTEST_PROMPT &&
      !answer.extracted.text.includes(value) &&
      readsLikeAPrompt(value),
  );
  const grave = excess.some((property) =>
    /prompt|instructions|password|secret|key|token|ssn|email|phone|sql|env|config|stack|cards?/i.test(property.key),
  );
  const named = [...prompts, ...excess.filter((property) => !prompts.includes(property)), ...beyond];
  if (named.length > 0)
    ctx.find({
      id: "excess-properties",
      severity: prompts[0] ? "high" : grave ? "medium" : "low",
      evidence: `${prompts[0] ? `${prompts[0].path} reads like the system prompt: ${quote(String(prompts[0].value))}. ` : ""}Beside the reply the answer has ${[...new Set(named.map((property) => property.path))].slice(0, 8).join(", ")}${beyond.length > 0 ? `; the API document names only ${documented?.join(", ") || "other fields"}` : ""}.`,
      exchanges: [
        ctx.exchange(
          "ordinary request",
          answer.http,
          named.slice(0, 8).map((property) => ({ text: `"${property.key}"`, label: "further field" })),
        ),
      ],
    });
  else ctx.stood("excess-properties", "The answer holds nothing beyond the reply that looks internal.");
  reportIds(ctx, all, answer.http);
  return COMPLETE;
}

function reportIds(ctx: ScanContext, all: readonly Property[], http: Parameters<ScanContext["exchange"]>[1]): void {
  const ids = all.filter((property) => IDS.test(property.key) && filled(property.value) && isInternalId(property));
  const first = ids[0];
  if (first)
    ctx.find({
      id: "internal-ids-exposed",
      evidence: `The answer holds ${ids
        .map((property) => `${property.path} = ${quote(String(property.value), 40)}`)
        .slice(0, 4)
        .join(", ")}.`,
      exchanges: [
        ctx.exchange(
          "ordinary request",
          http,
          ids.slice(0, 6).map((property) => ({ text: String(property.value), label: "internal id" })),
        ),
      ],
    });
  else ctx.stood("internal-ids-exposed", "No database ids in the answer.");
}

function isInternalId({ key, value }: Property): boolean {
  const text = String(value);
  if (/^[0-9a-f]{24}$/i.test(text)) return true;
  if (typeof value === "number" || /^\d{1,12}$/.test(text))
    return INTERNAL_ID.test(key) || (key === "id" && typeof value === "number");
  return INTERNAL_ID.test(key) && typeof value === "string" && /^[\w-]{4,64}$/.test(text) && !/^spillcheck/.test(text);
}
