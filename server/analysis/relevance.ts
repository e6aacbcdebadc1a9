/**
 * Which files can matter at all, from their text alone. A file that is left out is still read when one that matters
 * imports it; what counts here is whether a flow can begin to matter in it.
 */

/** Libraries that talk to models under names which only an import tells from other words. */
export const SDK_ROOTS: readonly string[] = [
  "together",
  "replicate",
  "fireworks",
  "cerebras",
  "instructor",
  "dspy",
  "semantic_kernel",
  "agno",
  "strands",
  "aisuite",
  "text_generation",
  "azure.ai",
  "guidance",
  "openrouter",
  "zhipuai",
  "dashscope",
  "qianfan",
  "portkey_ai",
  "agents",
  "mlx_lm",
  "ibm_watson",
  "ai21",
  "zai",
  "mcp",
  "fastmcp",
  "mcp_agent",
  "django_ai_assistant",
  "phi",
  "xai_sdk",
  "writerai",
  "reka",
  "outlines",
  "guardrails",
  "nemoguardrails",
];
/** The same in a pattern; packages of IBM's are many. */
export const SDKS = SDK_ROOTS.map((root) => root.replace(".", "\\.").replace(/^ibm_watson$/, "$&\\w*")).join("|");

/** Models, their SDKs and what calls of them are named like. */
const MODEL = new RegExp(
  String.raw`openai|anthropic|langchain|langgraph|llm|gpt|claude|gemini|genai|vertexai|mistral|cohere|bedrock|groq|ollama|litellm|huggingface|transformers|llama|crewai|autogen|pydantic_ai|generativeai|generate_content|invoke_model|(?:from|import) (?:smolagents|haystack|perplexity|${SDKS})\b|prompt|chat_?completion|chat\.|_ai\b|\bai_`,
  "i",
);
/** Settings, hooks and registrations that speak for a whole app. */
const APP =
  /\bDEBUG\b|debug\s*=\s*True|use_debugger|DebuggedApplication|FLASK_|SECRET_KEY|API_KEY|_COOKIE_SECURE|SECURE_|\bDATABASES\b|urlpatterns|add_url_rule|register_blueprint|after_request|process_response|get_response|errorhandler|add_exception_handler|register_error_handler|app\.debug|\.run\(/;
/** An address with a password in it. */
export const ACCESS = /:\/\/[^\s/:"'@{}]+:[^\s/:"'@{}]+@/;
/** A password that is given as it is. */
const GIVEN = /\b(?:password|passwd|pwd|passphrase)\s*=\s*["'][^"'\s]{6,}["']|\bauth\s*=\s*\(\s*["']/;
/** One that is given among others: `{"API_SECRET": "..."}`. */
const KEPT =
  /(?:SECRET|PASSWORD|ACCESS_KEY|ACCESS_TOKEN|secret|password|access_key|access_token)["']\s*:\s*["'][^"'\s]{8,}["']/;
const ANSWERS =
  /\b(?:jsonify|\w*Response|make_response|render_template|render|HTTPException|abort|emit|exception_handler)\s*\(|\.(?:route|get|post|put|delete|patch)\(\s*["']/;
/** Routes: what they call may be anywhere. */
const ROUTES =
  /^\s*@\w+(?:\.\w+)?\.(?:route|get|post|put|delete|patch|websocket|api_route|on|event)\(\s*["']|^\s*@(?:api_view|action)\b|\b(?:JsonResponse|jsonify|StreamingHttpResponse|StreamingResponse|EventSourceResponse|APIView|MethodView|ViewSet|AsyncWebsocketConsumer)\b/m;
const FAILS = /\bexcept\b|traceback|format_exc|exc_info|exception_handler|\(.*: \w*(?:Exception|Error)\b/;
const INPUT = /\brequest\b|\brequest_|self\.request|get_json|query_params|cleaned_data|validated_data/;
const QUERIES = /\.(?:execute|executemany|raw|extra|text)\s*\(/;
const LOGS = /\blog(?:ger|ging)?\b|\bprint\s*\(|\bcapture_(?:message|exception)\b/i;
/** A log line that names what is a person's. */
const LOGS_PERSON =
  /\b(?:log(?:ger|ging)?\.\w+|print)\s*\((?:[^\n]*|\s*[^\n]*\n[^\n]*)(?:e?mail|phone|passw|\bssn|passport|iban|birth)/i;
const DANGEROUS = /\beval\s*\(|\bexec\s*\(|subprocess|os\.system|pickle|yaml\.load|mark_safe|Markup/;

/** Whether a file may hold a source, a sink, a setting or a route that a rule speaks of. Cheap; errs on the side of yes. */
export function mayMatter(text: string): boolean {
  if (
    MODEL.test(text) ||
    APP.test(text) ||
    ROUTES.test(text) ||
    ACCESS.test(text) ||
    GIVEN.test(text) ||
    KEPT.test(text)
  )
    return true;
  if ((ANSWERS.test(text) && FAILS.test(text)) || LOGS_PERSON.test(text)) return true;
  return INPUT.test(text) && (QUERIES.test(text) || LOGS.test(text) || DANGEROUS.test(text));
}

/** Where files talk to a model themselves: its SDK, or its addresses. */
const SPEAKS = new RegExp(
  String.raw`^[ \t]*(?:from|import)[ \t]+(?:[\w., ]*[ ,])?(?:openai|anthropic|langchain\w*|langgraph|llama_index|litellm|google\.(?:generativeai|genai|cloud)|vertexai|mistralai|cohere|groq|ollama|transformers|huggingface_hub|crewai|autogen\w*|pydantic_ai|boto3|botocore|aioboto3|haystack|smolagents|google import gen|vllm|llama_cpp|ctransformers|gpt4all|perplexity|databricks_langchain|llama_api_client|${SDKS})\b|from google import|chat\/completions|\/v1\/(?:completions|messages|responses|chat)|api\.(?:openai|anthropic|mistral|groq|cohere|deepseek|together|x\.ai)|generativelanguage|huggingface\.co|hf-inference|openrouter\.ai|:11434|["'](?:messages|prompt|inputs)["']\s*:|api\/(?:generate|chat)|invoke_model|:generateContent|[oO]pen[aA][iI]|[aA]nthropic|[oO]llama|gpt-\d|claude-|gemini-\d|\bllm|_llm|LLM`,
  "m",
);

/** Whether a file by its text has to do with a model itself; those that import it may call one through it. */
export const speaksToModel = (text: string): boolean => SPEAKS.test(text);
