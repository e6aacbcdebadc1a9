/**
 * Which files can matter at all, from their text alone. A file that is left out is still read when one that matters
 * imports it; what counts here is whether a flow can begin to matter in it.
 */

/** Libraries that talk to models under names which only an import tells from other words. */
const SDKS = String.raw`together|replicate|fireworks|cerebras|instructor|dspy|semantic_kernel|agno|strands|aisuite|text_generation|azure\.ai|guidance|openrouter|zhipuai|dashscope|qianfan|portkey_ai|agents|mlx_lm|ibm_watson\w*|ai21|zai|mcp|fastmcp|mcp_agent|django_ai_assistant|phi|xai_sdk|writerai|reka|outlines|guardrails|nemoguardrails`;

/** Models, their SDKs and what calls of them are named like. */
const MODEL = new RegExp(
  String.raw`openai|anthropic|langchain|langgraph|llm|gpt|claude|gemini|genai|vertexai|mistral|cohere|bedrock|groq|ollama|litellm|huggingface|transformers|llama|crewai|autogen|pydantic_ai|generativeai|generate_content|invoke_model|(?:from|import) (?:smolagents|haystack|perplexity|${SDKS})\b|prompt|chat_?completion|chat\.|_ai\b|\bai_`,
  "i",
);
/** Settings, hooks and registrations that speak for a whole app. */
const APP =
  /\bDEBUG\b|debug\s*=\s*True|use_debugger|DebuggedApplication|FLASK_|SECRET_KEY|API_KEY|_COOKIE_SECURE|SECURE_|\bDATABASES\b|urlpatterns|add_url_rule|register_blueprint|after_request|process_response|get_response|errorhandler|add_exception_handler|register_error_handler|app\.debug|\.run\(/;
/** An address with a password in it. */
const ACCESS = /:\/\/[^\s/:"'@{}]+:[^\s/:"'@{}]+@/;
const ANSWERS =
  /\b(?:jsonify|\w*Response|make_response|render_template|render|HTTPException|abort|emit)\s*\(|\.(?:route|get|post|put|delete|patch)\(\s*["']/;
/** Routes: what they call may be anywhere. */
const ROUTES =
  /^\s*@\w+(?:\.\w+)?\.(?:route|get|post|put|delete|patch|websocket|api_route|on|event)\(\s*["']|^\s*@(?:api_view|action)\b|\b(?:JsonResponse|jsonify|StreamingHttpResponse|StreamingResponse|EventSourceResponse|APIView|MethodView|ViewSet|AsyncWebsocketConsumer)\b/m;
const FAILS = /\bexcept\b|traceback|format_exc|exc_info|exception_handler|\(.*: \w*(?:Exception|Error)\b/;
const INPUT = /\brequest\b|\brequest_|self\.request|get_json|query_params|cleaned_data|validated_data/;
const QUERIES = /\.(?:execute|executemany|raw|extra|text)\s*\(/;
const LOGS = /\blog(?:ger|ging)?\b|\bprint\s*\(|\bcapture_(?:message|exception)\b/i;
const DANGEROUS = /\beval\s*\(|\bexec\s*\(|subprocess|os\.system|pickle|yaml\.load|mark_safe|Markup/;

/** Whether a file may hold a source, a sink, a setting or a route that a rule speaks of. Cheap; errs on the side of yes. */
export function mayMatter(text: string): boolean {
  if (MODEL.test(text) || APP.test(text) || ROUTES.test(text) || ACCESS.test(text)) return true;
  if (ANSWERS.test(text) && FAILS.test(text)) return true;
  return INPUT.test(text) && (QUERIES.test(text) || LOGS.test(text) || DANGEROUS.test(text));
}

/** Where files talk to a model themselves: its SDK, or its addresses. */
const SPEAKS = new RegExp(
  String.raw`^[ \t]*(?:from|import)[ \t]+(?:[\w., ]*[ ,])?(?:openai|anthropic|langchain\w*|langgraph|llama_index|litellm|google\.(?:generativeai|genai|cloud)|vertexai|mistralai|cohere|groq|ollama|transformers|huggingface_hub|crewai|autogen\w*|pydantic_ai|boto3|botocore|aioboto3|haystack|smolagents|google import gen|vllm|llama_cpp|ctransformers|gpt4all|perplexity|databricks_langchain|llama_api_client|${SDKS})\b|from google import|chat\/completions|\/v1\/(?:completions|messages|responses|chat)|api\.(?:openai|anthropic|mistral|groq|cohere|deepseek|together|x\.ai)|generativelanguage|huggingface\.co|hf-inference|openrouter\.ai|:11434|["'](?:messages|prompt|inputs)["']\s*:|api\/(?:generate|chat)|invoke_model|:generateContent|[oO]pen[aA][iI]|[aA]nthropic|[oO]llama|gpt-\d|claude-|gemini-\d|\bllm|_llm|LLM`,
  "m",
);

/** Whether a file by its text has to do with a model itself; those that import it may call one through it. */
export const speaksToModel = (text: string): boolean => SPEAKS.test(text);

// What a project has to do with a model is asked of all its text. So a first look goes over it for what is rare, case by
// case, and only where that finds something is there a second one.
const MAY_NAME =
  /gpt|GPT|llm|LLM|openai|anthropic|claude|gemini|ollama|llama|mistral|mixtral|cohere|groq|bedrock|vertex_?ai|aiplatform|genai|deepseek|qwen|watsonx|perplexity|copilot|langchain|langgraph|crewai|smolagents|transformers|hugging_?face|chat_?(?:bot|completion)|_completion|_(?:ai|model|assistant|bot|agent)\b|\bai_|\bAI[A-Z_]|together|replicate|fireworks|cerebras|instructor|dspy|haystack|semantic_kernel|agno|strands|aisuite|text_generation|azure\.ai|guidance|openrouter|zhipuai|dashscope|qianfan|portkey_ai|agents|autogen|mlx_lm|ibm_watson|ai21|zai|mcp|django_ai_assistant|phi|xai_sdk|writerai|reka|outlines|generativeai|guardrails/;
/** Names that nothing but a model or what goes with one has. */
const NAMES =
  /(?:\b|_)gpt(?:\b|[\d_])|GPT|\bllms?\b|llm_|_llm|LLM|openai|anthropic|claude|gemini|ollama|llama|mistral|mixtral|cohere(?!n)|groq|bedrock|vertex_?ai|aiplatform|genai|deepseek|qwen|watsonx|perplexity|copilot|lite_?llm|vllm|generativeai|langchain|langgraph|crewai|smolagents|transformers|hugging_?face|chat_?(?:bot|completion)|(?:get|create|run|generate|text)_completions?|\b(?:ask|call)_(?:ai|model|assistant|bot|agent)\b|\w_ai\b|\bai_\w|\bAI[A-Z_]/;
const SDK = new RegExp(
  String.raw`^[ \t]*(?:from|import)[ \t]+(?:[\w., ]*[ ,])?(?:haystack\.(?:components|dataclasses|nodes)|autogen\w*|${SDKS})\b|^from haystack import .*\bPipeline\b`,
  "m",
);
/** A request that looks like one to a model. */
const ASKED = /["'](?:messages|prompt|inputs)["']\s*:|chat\/completions|api\/(?:generate|chat)/;
const SENDS = /\brequests\b|httpx|aiohttp|urllib|urlopen|http\.client|\.post\s*\(/;
const TUNES =
  /["'](?:model|role|temperature|max_(?:new_)?tokens|stream|parameters|options)["']\s*:|chat\/completions|api\/(?:generate|chat)/;

/**
 * Whether a file has to do with a model at all: its SDK, a name that says so, a request that looks like one to it. Unlike
 * `speaksToModel` it is not misled by a key that other things are called by, too.
 */
export const namesModel = (text: string): boolean =>
  (MAY_NAME.test(text) && (NAMES.test(text) || SDK.test(text))) ||
  (ASKED.test(text) && SENDS.test(text) && TUNES.test(text));

// Where nothing of this is in a text, a closer look need not be taken; each alternative begins with what is rare.
const MAY_SET =
  /DEBUG|_COOKIE_SECURE|SECURE_|DATABASES|SECRET_KEY|API_KEY|debug\s*=\s*True|\.run(?:_simple)?\([^)]*debug|FLASK_|use_debugger|DebuggedApplication/;
const SETS =
  /^[ \t]*(?:DEBUG\w*|\w+_COOKIE_SECURE|SECURE_\w+|DATABASES|SECRET_KEY|\w*API_KEY)[ \t]*(?::[^=\n]*)?=|\bdebug\s*=\s*True|\.run(?:_simple)?\([^)]*debug|\.debug\s*=\s*True|["'](?:FLASK_\w+|\w+_COOKIE_SECURE|DEBUG["']\s*[\]:])|use_debugger|DebuggedApplication/m;
const MAY_ROUTE = /@\w|APIView|MethodView|ViewSet|WebsocketConsumer|add_url_rule|errorhandler|n_handler|r_handler/;
const ROUTED =
  /@\w+(?:\.\w+)?\.(?:route|get|post|put|delete|patch|websocket|api_route|on|event)\(\s*["']|@(?:api_view|action)\b|\b(?:APIView|MethodView|ViewSet|AsyncWebsocketConsumer|add_url_rule)\b|errorhandler|(?:add|register)_\w*(?:error|exception)_handler/;
/** Is handed a request, or takes it from its framework. */
const ASKS =
  /\bdef \w+\([^)]*\brequest\b|self\.request|import [^\n]*\brequest\b|^\s*request,|get_json|\.query_params|validated_data/m;
const TELLS = /Response\s*\(|jsonify\s*\(|make_response\s*\(|render_template\w*\s*\(|HTTPException\s*\(/;
/** Answers, where it is handed a request. */
const MAY_TELL = /(?<![.\w]|def )(?:render|abort|emit)\s*\(/;
const CATCHES =
  /\bexcept\b[^\n:]*\bas\b|traceback|format_exc|exc_info|errorhandler|_handler\b|def \w+\((?:\w+, )?(?:e|ex|exc|err|error|exception)\b/;
/** Returns the text of an exception that it caught. */
const RETURNS_ERROR =
  /\bexcept\b[^\n:]*\bas (\w+):[^\n]*\n(?:[^\n]*\n){0,6}?[ \t]*return\b[^\n]*(?:\b(?:str|repr)\(\1\)|\{\1[}!:])|format_exc\(/;
const RUNS_SQL = /\.(?:execute|executemany|executescript|raw|extra)\s*\(|\b(?:RawSQL|text|read_sql\w*)\s*\(/;
const WRITES_LOG =
  /\b_?log(?:ger|ging)?\.(?!getLogger)\w+\(|\.logger\.|(?<![.\w])(?:print|pprint)\s*\(|\bcapture_(?:message|exception)\b/i;

/**
 * Whether a file by itself may hold something that a rule speaks of when nothing in its project talks to a model: a setting,
 * a credential, or what handles requests and tells, runs or writes down something of them. Says yes less often than
 * `mayMatter`, to nothing that that one says no to.
 */
export function mattersWithoutModel(text: string): boolean {
  if ((MAY_SET.test(text) && SETS.test(text)) || ACCESS.test(text)) return mayMatter(text);
  if (TELLS.test(text) || (text.includes("except ") && RETURNS_ERROR.test(text))) return mayMatter(text);
  if (MAY_TELL.test(text) && ASKS.test(text)) return mayMatter(text);
  const routed = MAY_ROUTE.test(text) && ROUTED.test(text);
  if (routed && CATCHES.test(text)) return mayMatter(text);
  return (routed || ASKS.test(text)) && (RUNS_SQL.test(text) || WRITES_LOG.test(text)) && mayMatter(text);
}
