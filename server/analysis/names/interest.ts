/**
 * What a definition may be about, from the words in it: whether it may call a model, and which sources and sinks it may hold.
 * Errs on the side of yes; what it says no to is analysed only where something that matters calls it.
 */
import { looksLikeLlmName } from "./prompt-names.js";
import { CALLED, MEMBER, type SketchDef, wordOf } from "./sketch.js";

/** Kinds of interest, as bits. */
export const NEAR = {
  /** Calls a model by a name that nothing else has. */
  model: 1,
  /** Calls a model, if its file has to do with one. */
  maybeModel: 2,
  user: 4,
  record: 8,
  exception: 16,
  response: 32,
  log: 64,
  /** Runs a query's text. */
  sql: 128,
  /** A setting, a credential or a hook: counts by itself. */
  setting: 256,
  /** A framework calls it. */
  route: 512,
} as const;

const MODEL =
  /^(?:ChatCompletion|Completion|chat_completions?|completions|acompletion|generate_content\w*|invoke_model\w*|converse_stream|GenerativeModel|LLMChain|ConversationChain|RetrievalQA|ConversationalRetrievalChain|AgentExecutor|create_\w*agent\w*|ChatPromptTemplate|PromptTemplate|SystemMessage|HumanMessage|SystemMessagePromptTemplate|HumanMessagePromptTemplate|kickoff|function_tool|run_sync|run_streamed|Chat(?:OpenAI|Anthropic|Ollama|Groq|Bedrock\w*|Cohere|MistralAI|VertexAI|GoogleGenerativeAI)|AzureChatOpenAI|(?:Async)?(?:Azure)?OpenAI|(?:Async)?Anthropic|InferenceClient|text_generation)$/;
const MAYBE_MODEL =
  /^(?:create|acreate|chat|achat|invoke|ainvoke|stream|astream|batch|abatch|predict|apredict|generate|agenerate|run|arun|call|complete|acomplete|completion|query|aquery|responses|messages|message|send|send_message\w*|converse|parse|parse_obj|moderations|post|request|urlopen|pipe|pipeline|prompt\w*|tool|tools|as_tool|Agent|Runner|Tool|StructuredTool|format|format_messages|format_prompt|from_messages|from_template|template|instructions|assistants|threads|images|embeddings|ask\w*|llm\w*|client|api|model|models|system|beta)$/;
const USER =
  /^(?:request|req|GET|POST|META|COOKIES|FILES|get_json|get_data|query_params|cleaned_data|validated_data|websocket|event)$/;
const RECORD =
  /^(?:find_one|find|fetchone|fetchall|fetchmany|fetch|fetchrow|fetchval|get_item|objects|scalars?|hgetall|query|aggregate|execute|scan)$/;
const EXCEPTION =
  /^(?:traceback|format_exc|exc_info|print_exc|format_exception|tb|exception|exc|error|err|e|ex|locals)$/;
const RESPONSE =
  /^(?:jsonify|\w*Response|HttpResponse\w*|make_response|render|render_template|render_to_response|render_template_string|HTTPException|abort|send|send_json|send_text|emit|status|Http404|APIException)$/;
const LOG =
  /^(?:log|logs|logger|logging|LOG|LOGGER|_logger|_log|print|pprint|loguru|structlog|capture_message|capture_exception|debug|info|warning|error|exception|critical)$/;
const SQL = /^(?:execute|executemany|executescript|raw|extra|RawSQL|text|read_sql\w*)$/;
/** What only says something as the name of a method or a function. */
const CALL_ONLY = /^(?:log|debug|info|warning|error|exception|critical|send|emit|status|render|abort)$/;
/** Settings that a function makes by giving them a value. */
const GIVEN_SETTING =
  /^(?:DEBUG\w*|\w*_DEBUG|debug|use_debugger|use_evalex|FLASK_\w+|SECURE_\w+|\w+_COOKIE_SECURE|MIDDLEWARE|urlpatterns|handler500|REST_FRAMEWORK|DATABASES)$/;
/** Credentials that count where a text stands for them. */
const GIVEN_SECRET =
  /^(?:\w*api_key|\w*API_KEY|\w*apikey|\w*SECRET_KEY|\w*(?:password|passwd|PASSWORD|secret|SECRET|token|TOKEN)|passwd|pwd)$/;
/** Names that say by themselves that a function sets up an app or a connection. */
const SET_UP =
  /^(?:run|run_simple|serve|from_mapping|from_object|DebuggedApplication|after_request|before_request|errorhandler|process_response|exception_handler|add_exception_handler|register_error_handler|add_middleware|add_url_rule|register_blueprint|add_api_route|include_router|Limiter|LoginManager|JWTManager|HTTPBasicAuth|HTTPBearer|APIKeyHeader|CORS|SessionMiddleware|MongoClient|GraphDatabase|basic_auth|create_engine|from_url)$/;
const SETTING =
  /^(?:DEBUG\w*|\w*_DEBUG|debug|use_debugger|use_evalex|reload|run|run_simple|serve|FLASK_ENV|settings|from_mapping|from_object|DebuggedApplication|DEBUG_PROPAGATE_EXCEPTIONS|FLASK_\w+|SECURE_\w+|\w+_COOKIE_SECURE|after_request|before_request|errorhandler|process_response|exception_handler|add_exception_handler|register_error_handler|MIDDLEWARE|add_middleware|urlpatterns|add_url_rule|register_blueprint|add_api_route|include_router|handler500|Limiter|LoginManager|JWTManager|HTTPBasicAuth|HTTPBearer|APIKeyHeader|REST_FRAMEWORK|DATABASES|CORS|SessionMiddleware|GraphDatabase|basic_auth|\w*api_key|\w*API_KEY|\w*apikey|\w*SECRET_KEY|\w*(?:password|passwd|PASSWORD|secret|SECRET|token|TOKEN)|MongoClient|create_engine|from_url|verify|base_url|api_base)$/;
const ROUTE =
  /^(?:route|get|post|put|delete|patch|websocket|websocket_route|api_route|api_view|action|on|event|on_event|tool|function_tool|task|shared_task|expose|errorhandler|exception_handler|after_request|before_request|middleware|app_errorhandler)$/;

const VIEW_METHOD =
  /^(?:get|post|put|patch|delete|list|create|retrieve|update|destroy|dispatch|dispatch_request|receive\w*|on_\w+|handle|_run|_arun|run|perform_create|process_\w+|__call__|form_valid)$/;

/** By number of the word and use, as in `SketchDef.words`. */
const known: (number | undefined)[] = [];

function ofWord(code: number): number {
  const hit = known[code];
  if (hit !== undefined) return hit;
  const text = wordOf(code >> 3);
  const use = code & 7;
  const called = use === CALLED || use === MEMBER || !CALL_ONLY.test(text);
  let out = 0;
  if (MODEL.test(text) || looksLikeLlmName(text)) out |= NEAR.model;
  if (MAYBE_MODEL.test(text)) out |= NEAR.maybeModel;
  if (USER.test(text)) out |= NEAR.user;
  if (RECORD.test(text)) out |= NEAR.record;
  if (EXCEPTION.test(text)) out |= NEAR.exception;
  if (RESPONSE.test(text) && called) out |= NEAR.response;
  if (LOG.test(text) && called) out |= NEAR.log;
  if (SQL.test(text)) out |= NEAR.sql;
  if (SETTING.test(text)) out |= NEAR.setting;
  known[code] = out;
  return out;
}

/** Whether a function makes a setting: gives it a value, or does what sets up an app. Reading one is no setting. */
function setsUp(def: SketchDef): boolean {
  return (
    def.sets.some((x) => {
      const name = wordOf(x >> 1);
      return GIVEN_SETTING.test(name) || (x % 2 === 1 && GIVEN_SECRET.test(name));
    }) || def.words.some((code) => SET_UP.test(wordOf(code >> 3)))
  );
}

/** Whether a definition makes what it mentions handlers of errors: `app.add_exception_handler(Exception, answer)`. */
export const registersErrors = (def: SketchDef): boolean =>
  def.words.some((code) => /^(?:add_exception_handler|register_error_handler)$/.test(wordOf(code >> 3)));

/** What a handler of errors is about: it is handed the exception and answers. */
export const HANDLES_ERRORS = NEAR.exception | NEAR.response;

const interests = new WeakMap<SketchDef, number>();

/** What a definition itself may be about, as bits of `NEAR`. */
export function interestOf(def: SketchDef): number {
  let out = interests.get(def);
  if (out === undefined) {
    out = 0;
    for (const code of def.words) out |= ofWord(code);
    if (def.kind === "function" && out & NEAR.setting && !setsUp(def)) out &= ~NEAR.setting;
    // Handlers are handed the exception; hooks and middleware speak for a whole app.
    const handles = def.decorators.some((w) => /errorhandler|exception_handler/.test(wordOf(w)));
    if (handles) out |= HANDLES_ERRORS;
    if (/^(?:process_\w+|__call__|dispatch)$/.test(def.name)) out |= NEAR.setting;
    // An exception is a source where it is caught by name, or asked for.
    if (
      !handles &&
      !def.catches &&
      !def.words.some((code) => /^(?:traceback|format_exc|exc_info|locals)$/.test(wordOf(code >> 3)))
    )
      out &= ~NEAR.exception;
    if (def.decorators.some((w) => ROUTE.test(wordOf(w)))) out |= NEAR.route;
    if (def.kind === "function" && looksLikeLlmName(def.name)) out |= NEAR.model;
    if (def.kind === "function" && def.cls >= 0 && VIEW_METHOD.test(def.name)) out |= NEAR.route;
    interests.set(def, out);
  }
  return out;
}

/** Bits that count in a file. @param touched whether the file, or one that it imports, talks to a model */
export const reaching = (touched: boolean): number => (touched ? -1 >>> 0 : ~NEAR.maybeModel >>> 0);

/** Whether a function that calls no model may hold a flow of another kind. @param near what it and what it calls is about */
export function worthALook(own: number, near: number): boolean {
  const any = (mask: number, bits: number) => (mask & bits) !== 0;
  if (any(own, NEAR.setting)) return true;
  const source = own | near;
  if (
    any(source, NEAR.exception) &&
    any(own, NEAR.exception | NEAR.response | NEAR.route) &&
    any(source, NEAR.response | NEAR.route)
  )
    return true;
  const asked = NEAR.user | NEAR.route;
  if (any(own, asked) && any(near, NEAR.log | NEAR.sql)) return true;
  return any(own, NEAR.record) && any(own, NEAR.log);
}
