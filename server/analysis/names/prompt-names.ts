/** Names that speak of models and prompts: functions that call one, variables that hold instructions. */
import { nameWords } from "./lexicon.js";

/** Names of models and their makers; nothing else is called so. */
const MODELS = new Set(
  (
    "llm llms gpt gpt2 gpt3 gpt35 gpt4 chatgpt openai claude anthropic gemini ollama llama llama2 llama3 mistral mixtral cohere groq bedrock vertexai genai palm " +
    "deepseek qwen watsonx perplexity copilot litellm"
  ).split(" "),
);
/** Names that mean a model only together with a verb made for one. */
const WEAK_MODELS = new Set("ai model assistant chatbot bot completion completions agent".split(" "));

const CALLS = new Set(
  (
    "call calls ask asks query queries invoke ainvoke invokes generate generates agenerate complete completes acomplete completion completions chat prompt prompts run runs send " +
    "request predict infer respond response reply answer answers stream summarize summarise analyze analyse classify extract translate talk create fetch get text messages message"
  ).split(" "),
);
/** Verbs that are enough beside a weak name. */
const STRONG_CALLS = new Set("call ask query invoke prompt generate chat talk".split(" "));
const RESULTS = new Set("response reply answer completion output text message result".split(" "));
/** Nothing is sent to a model by functions about these. */
const OTHER = new Set(
  (
    "config configs configuration settings setting init initialize initialise setup key keys name names client clients cost costs price pricing token tokens count counts error errors exception " +
    "save log logs logger logging cache cached parse parser parsed format formatted validate url urls list lists factory type types provider providers usage stats metrics history load loader " +
    "register build builder make schema cls class available enabled enable disable is has check test mock fake id ids version param params parameter parameters kwargs options budget limit limits " +
    "delete remove update add route router blueprint view form template templates instance status health mode temperature later session callback callbacks handler before after hook hooks middleware"
  ).split(" "),
);

/** Methods of an object whose name says that it is a model. */
const METHODS = new Set(
  (
    "complete acomplete completion chat achat generate agenerate ask aask invoke ainvoke call acall predict apredict query aquery prompt run arun send create stream astream respond reply answer " +
    "summarize summarise generate_text generate_content generate_response generate_completion chat_completion chat_completions get_completion get_response get_answer send_message send_prompt " +
    "create_completion create_chat_completion text_completion call_model complete_text __call__ generate_answer ask_question get_chat_response"
  ).split(" "),
);
const WEAK_METHODS = new Set(
  "generate_text generate_content generate_response chat_completion get_completion create_completion create_chat_completion chat complete ask prompt generate".split(
    " ",
  ),
);
const WEAK_RECEIVERS = new Set(["ai", "chatbot", "model", "bot", "assistant", "agent"]);

const WHOLE = new Set(
  (
    "llm gpt chatgpt chat_completion chatcompletion cleaned_completion get_completion get_chat_completion create_chat_completion create_completion generate_completion chat_complete " +
    "get_chat_response generate_chat_response get_completion_from_messages get_completions complete_chat complete_prompt run_prompt send_prompt execute_prompt prompt_model " +
    "generate_text_completion text_completion run_completion request_completion get_model_completion call_chat_api call_completion_api run_inference generate_from_prompt"
  ).split(" "),
);

/**
 * Whether a function by its name sends a prompt to a model: `call_llm`, `generate_with_claude`, `llm_client.complete`.
 * To be believed only where the function's body is not visible, or is a stub.
 *
 * @param name a function's name, or the receiver's and the method's with a dot between them
 */
export function looksLikeLlmName(name: string): boolean {
  const dot = name.lastIndexOf(".");
  if (dot > 0) {
    const method = snake(name.slice(dot + 1));
    const before = name.slice(0, dot);
    const receiver = nameWords(before.slice(before.lastIndexOf(".") + 1));
    if (receiver.some((word) => MODELS.has(word)) && METHODS.has(method))
      return !receiver.some((word) => RECEIVER_OTHER.has(word));
    const last = receiver.at(-1) === "client" || receiver.at(-1) === "service" ? receiver.at(-2) : receiver.at(-1);
    if (receiver[0] === "language" && last === "model" && METHODS.has(method)) return true;
    if (receiver[0] === "chat" && last === "model" && METHODS.has(method)) return true;
    if (last !== undefined && WEAK_RECEIVERS.has(last) && WEAK_METHODS.has(method))
      return last !== "agent" || method === "ask";
    return looksLikeLlmName(name.slice(dot + 1));
  }
  // A class: `LLM`, `LLMConfig`, `OpenAIClient`.
  if (name === name.toUpperCase()) return false;
  if (/^_*\p{Lu}[^_]*\p{Ll}/u.test(name)) return false;
  const words = nameWords(name.replaceAll("OpenAI", "Openai")).map((word) =>
    word.replace(/^a(?=(?:generate|complete|invoke|call|ask|query|chat)$)/, ""),
  );
  if (words.length === 0 || words.length > 8) return false;
  if (WHOLE.has(words.join("_"))) return true;
  if (words.some((word) => OTHER.has(word))) return false;
  const verb = words.some((word) => CALLS.has(word));
  if (words.some((word) => MODELS.has(word))) {
    // `get_llm` and `create_llm` make a client; `llm_prompt` and `gpt_text` are values.
    if (words.length === 2 && /^(?:get|create|fetch)$/.test(words[0]!)) return false;
    if (words.length === 2 && MODELS.has(words[0]!))
      return /^(?:call|ask|query|invoke|generate|complete|completion|chat|request|predict|respond|summarize|answer|run)$/.test(
        words[1]!,
      );
    if (/^(?:build|prompt)$/.test(words.at(-1)!) && !STRONG_CALLS.has(words[0]!)) return false;
    return (
      verb &&
      !(words[0] === "on" || words[0] === "from" || words[0] === "to" || words[0] === "show" || words[0] === "handle")
    );
  }
  const weak = words.findIndex((word) => WEAK_MODELS.has(word));
  if (weak < 0) return false;
  if (STRONG_CALLS.has(words[0]!) && weak === 1 && words.length <= 4)
    return words[0] !== "generate" || words.some((word) => RESULTS.has(word));
  if (words[weak - 1] === "with" && (words[weak] === "ai" || (weak === 2 && STRONG_CALLS.has(words[0]!)))) return true;
  const makes = /^(?:get|generate|fetch|create|request)$/.test(words[0]!);
  return makes && weak === 1 && words.length === 3 && RESULTS.has(words[2]!);
}

/** Words that beside an address mean a model. */
const SERVICES = new Set("ai inference chatbot rag promptflow".split(" "));

/** Whether any word of a name or a text is that of a model or its maker: `OLLAMA_URL`, `LlmClient`, `ai_service`. */
export const namesModel = (text: string): boolean =>
  nameWords(text).some((word) => MODELS.has(word) || SERVICES.has(word));

const RECEIVER_OTHER = new Set(
  "config settings key keys cost usage log logger cache logs model_name names name prompt prompts response result output".split(
    " ",
  ),
);

const snake = (name: string): string => (name.startsWith("__") ? name : nameWords(name).join("_"));

const PROMPT_WORDS = new Set("prompt prompts instruction instructions preamble persona".split(" "));
const PROMPT_WHOLE = new Set(
  "system sys_msg system_message system_text system_content system_msg sys_prompt system_role role_description system_template developer_message guidelines template prompt_template base_template qa_template".split(
    " ",
  ),
);
/** What the prompt's name is followed by when it is not the prompt's text. */
const PROMPT_OTHER = new Set(
  (
    "feedback filter ratings id ids name names token tokens count length len path file filename dir folder key type version cost hash url size limit at session timeout response result answer output " +
    "ms ns secs seconds duration latency elapsed usage stats"
  ).split(" "),
);
const USERS_OWN = new Set("user users human input query question customer client request image negative".split(" "));

/**
 * Whether a variable by its name holds instructions that the app wrote: `system_prompt`, `INSTRUCTIONS`, `QA_TEMPLATE`.
 * A bare `prompt` does not say whose text it is; a constant `PROMPT` does.
 */
export function looksLikePromptName(name: string): boolean {
  const own = name.slice(name.lastIndexOf(".") + 1);
  const words = nameWords(own);
  const joined = words.join("_");
  if (PROMPT_WHOLE.has(joined)) return true;
  const constant = own === own.toUpperCase() && own !== own.toLowerCase();
  if (words.some((word) => PROMPT_OTHER.has(word))) return false;
  if (words.some((word) => USERS_OWN.has(word)) && !words.some((word) => word === "template" || word === "system"))
    return false;
  const at = words.findIndex((word) => PROMPT_WORDS.has(word));
  if (at >= 0) return constant || words.length > 1 || words[at] !== "prompt";
  return (
    constant &&
    words.at(-1) === "template" &&
    !/^(?:email|mail|html|page|url|message|sms|invoice|report|query|sql)$/.test(words[0]!)
  );
}
