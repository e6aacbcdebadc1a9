/**
 * A first look at a file's text in a large project: whether it has to do with a model, and whether it matters where none
 * does. One pass finds the words that are rare; only what these leave open is asked of the text by a pattern.
 */
import { ACCESS, mayMatter, SDK_ROOTS, SDKS } from "./relevance.js";
import { maySpeak } from "./suppression.js";
import { WordsWithin } from "./words-within.js";

/** With and without a space before the bracket. */
const calls = (...names: string[]): string[] => names.flatMap((name) => [`${name}(`, `${name} (`]);
const quoted = (...keys: string[]): string[] => keys.flatMap((key) => [`"${key}"`, `'${key}'`]);

/** Groups of words by what they are a sign of. */
const SIGNS = {
  /** Names that nothing but a model or what goes with one has. */
  model:
    "GPT LLM llm_ _llm litellm vllm openai anthropic claude gemini ollama llama mistral mixtral groq bedrock vertexai vertex_ai aiplatform genai deepseek qwen watsonx perplexity copilot generativeai langchain langgraph crewai smolagents transformers huggingface hugging_face chatbot chat_bot chatcompletion chat_completion get_completion create_completion run_completion generate_completion text_completion".split(
      " ",
    ),
  gpt: ["gpt"],
  llm: ["llm"],
  cohere: ["cohere"],
  asks: ["ai", "model", "assistant", "bot", "agent"].flatMap((x) => [`ask_${x}`, `call_${x}`]),
  endsInAi: ["_ai"],
  beginsWithAi: ["ai_"],
  upperAi: ["AI"],
  sdk: [...SDK_ROOTS, "haystack", "autogen"].flatMap((root) =>
    ["from ", "import ", ", ", ","].map((before) => before + root),
  ),
  /** A request that looks like one to a model. */
  asked: [...quoted("messages", "prompt", "inputs"), "chat/completions", "api/generate", "api/chat"],
  /** May make a setting. */
  set: [
    "DEBUG",
    "_COOKIE_SECURE",
    "SECURE_",
    "DATABASES",
    "SECRET_KEY",
    "API_KEY",
    "debug=",
    "debug =",
    ".run(",
    ".run_simple(",
    "FLASK_",
    "use_debugger",
    "DebuggedApplication",
  ],
  address: ["://"],
  /** Answers. */
  tells: calls("Response", "jsonify", "make_response", "HTTPException"),
  renders: ["render_template"],
  catches: ["except "],
  /** Answers, where it is handed a request. */
  mayTell: calls("render", "abort", "emit"),
  asksRequest: ["request"],
  asksSurely: ["self.request", "get_json", ".query_params", "validated_data"],
  routes: [
    ".route(",
    ".websocket(",
    ".api_route(",
    ".get(",
    ".post(",
    ".put(",
    ".delete(",
    ".patch(",
    ".on(",
    ".event(",
    "@api_view",
    "@action",
  ],
  routesByName: [
    "APIView",
    "MethodView",
    "ViewSet",
    "WebsocketConsumer",
    "add_url_rule",
    "errorhandler",
    "error_handler",
    "exception_handler",
  ],
  /** Speaks to SpillCheck, perhaps. */
  speaks: ["pillc", "pillC", "PILLC"],
} as const;

type Sign = keyof typeof SIGNS;
const order = Object.keys(SIGNS) as Sign[];
/** Made where the first text is looked at: most projects are not large. */
let words: WordsWithin | undefined;
const bits = Object.fromEntries(order.map((sign, n) => [sign, 1 << n])) as Readonly<Record<Sign, number>>;

/** What tells of a word that it is a model's, in its group. */
const NAMED: readonly (readonly [number, RegExp])[] = [
  [bits.gpt, /(?:\b|_)gpt(?:\b|[\d_])/],
  [bits.llm, /\bllms?\b/],
  [bits.cohere, /cohere(?!n)/],
  [bits.asks, /\b(?:ask|call)_(?:ai|model|assistant|bot|agent)\b/],
  [bits.endsInAi, /\w_ai\b/],
  [bits.beginsWithAi, /\bai_\w/],
  [bits.upperAi, /\bAI[A-Z_]/],
  [
    bits.sdk,
    new RegExp(
      String.raw`^[ \t]*(?:from|import)[ \t]+(?:[\w., ]*[ ,])?(?:haystack\.(?:components|dataclasses|nodes)|autogen\w*|${SDKS})\b|^from haystack import .*\bPipeline\b`,
      "m",
    ),
  ],
];
const SENDS = /\brequests\b|httpx|aiohttp|urllib|urlopen|http\.client|\.post\s*\(/;
const TUNES =
  /["'](?:model|role|temperature|max_(?:new_)?tokens|stream|parameters|options)["']\s*:|chat\/completions|api\/(?:generate|chat)/;
const ASKED = /["'](?:messages|prompt|inputs)["']\s*:|chat\/completions|api\/(?:generate|chat)/;

const isOfModel = (text: string, signs: number): boolean =>
  (signs & bits.model) !== 0 ||
  NAMED.some(([bit, pattern]) => signs & bit && pattern.test(text)) ||
  ((signs & bits.asked) !== 0 && ASKED.test(text) && SENDS.test(text) && TUNES.test(text));

const SETS =
  /^[ \t]*(?:DEBUG\w*|\w+_COOKIE_SECURE|SECURE_\w+|DATABASES|SECRET_KEY|\w*API_KEY)[ \t]*(?::[^=\n]*)?=|\bdebug\s*=\s*True|\.run(?:_simple)?\([^)]*debug|\.debug\s*=\s*True|["'](?:FLASK_\w+|\w+_COOKIE_SECURE|DEBUG["']\s*[\]:])|use_debugger|DebuggedApplication/m;
const ROUTED =
  /@\w+(?:\.\w+)?\.(?:route|get|post|put|delete|patch|websocket|api_route|on|event)\(\s*["']|@(?:api_view|action)\b/;
const ROUTED_BY_NAME =
  /\b(?:APIView|MethodView|ViewSet|AsyncWebsocketConsumer|add_url_rule)\b|errorhandler|(?:add|register)_\w*(?:error|exception)_handler/;
/** Is handed a request, or takes it from its framework. */
const ASKS = /\bdef \w+\([^)]*\brequest\b|import [^\n]*\brequest\b|^\s*request,/m;
const RENDERS = /render_template\w*\s*\(/;
const MAY_TELL = /(?<![.\w]|def )(?:render|abort|emit)\s*\(/;
const CATCHES =
  /\bexcept\b[^\n:]*\bas\b|traceback|format_exc|exc_info|errorhandler|_handler\b|def \w+\((?:\w+, )?(?:e|ex|exc|err|error|exception)\b/;
/** Returns the text of an exception that it caught. */
const RETURNS_ERROR =
  /\bexcept\b[^\n:]*\bas (\w+):[^\n]*\n(?:[^\n]*\n){0,6}?[ \t]*return\b[^\n]*(?:\b(?:str|repr)\(\1\)|\{\1[}!:])|format_exc\(/;
const RUNS_SQL = /\.(?:execute|executemany|executescript|raw|extra)\s*\(|\b(?:RawSQL|text|read_sql\w*)\s*\(/;
const WRITES_LOG =
  /\b_?log(?:ger|ging)?\.(?!getLogger)\w+\(|\.logger\.|(?<![.\w])(?:print|pprint)\s*\(|\bcapture_(?:message|exception)\b/i;

/** Whether a file by itself may hold something that a rule speaks of, when nothing in its project talks to a model. */
function holdsSomething(text: string, signs: number): boolean {
  const has = (mask: number): boolean => (signs & mask) !== 0;
  if (has(bits.set) && SETS.test(text)) return true;
  if (has(bits.address) && ACCESS.test(text)) return true;
  if (has(bits.tells) || (has(bits.renders) && RENDERS.test(text))) return true;
  if (has(bits.catches) && RETURNS_ERROR.test(text)) return true;
  let asks: boolean | undefined;
  const isAsked = (): boolean => {
    asks ??= has(bits.asksSurely) || (has(bits.asksRequest) && ASKS.test(text));
    return asks;
  };
  if (has(bits.mayTell) && MAY_TELL.test(text) && isAsked()) return true;
  const routed = (has(bits.routes) && ROUTED.test(text)) || (has(bits.routesByName) && ROUTED_BY_NAME.test(text));
  if (routed && CATCHES.test(text)) return true;
  return (routed || isAsked()) && (RUNS_SQL.test(text) || WRITES_LOG.test(text));
}

/** What a file's text shows at a glance. */
export interface Glance {
  /**
   * It has to do with a model: its SDK, a name that says so, a request that looks like one to it. Unlike `speaksToModel`
   * this is not misled by a key that other things are called by, too.
   */
  ofModel: boolean;
  /**
   * Where nothing in its project talks to a model: it may hold a setting, a credential, or what handles requests and tells,
   * runs or writes down something of them; or a comment that speaks to SpillCheck. Less often so than `mayMatter` says.
   * Not asked of a file that has to do with one.
   */
  counts: boolean;
}

/** A first look at a file's text. */
export function glanceAt(text: string): Glance {
  words ??= new WordsWithin(order.map((sign) => SIGNS[sign]));
  const signs = words.of(text, bits.model);
  if (isOfModel(text, signs)) return { ofModel: true, counts: false };
  const speaks = (signs & bits.speaks) !== 0 && maySpeak(text);
  return { ofModel: false, counts: speaks || (holdsSomething(text, signs) && mayMatter(text)) };
}
