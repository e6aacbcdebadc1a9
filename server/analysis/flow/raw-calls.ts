/**
 * HTTP calls without an SDK. Whether one asks a model is told by its address, by the shape of its body, or by what the code
 * calls both. A helper that is handed the address or the body does not know: the call becomes an event (`kind: "raw"`) that its
 * callers answer, and its result a path of the parameters that decide.
 */
import type { Expr } from "../ir.js";
import { AUTH_SCHEME } from "../names/credentials.js";
import type { LlmModel } from "../names/model-schema.js";
import { namesModel } from "../names/prompt-names.js";
import type { Binding } from "./apply.js";
import { type Args, argument } from "./arguments.js";
import { noteResult, openResult } from "./callbacks.js";
import type { Frame } from "./frame.js";
import type { Label } from "./labels.js";
import type { FlowEvent, Slot } from "./summary.js";
import { constant, deepLabels, ext, formsOf, someLabel, type Value, withLabels } from "./value.js";

/** `named`: only names say so. `open`: parameters decide. */
export type Verdict = "model" | "named" | "open" | "other";

/** Hosts and paths that only models have. */
const ADDRESS =
  /openai|anthropic|api\.(mistral|groq|cohere|together|deepseek|perplexity|fireworks|ai21|cerebras)\.|\.x\.ai|generativelanguage|aiplatform|huggingface\.co|hf-inference|openrouter|replicate\.com|bedrock|dashscope|moonshot|bigmodel|ollama|:11434|\/v\d+\/(chat\/)?completions|\/chat\/completions|:(stream)?generateContent|\/api\/(generate|chat)\b|\/generate_stream\b/i;
/** Paths that models have and others too. */
const MAYBE =
  /\/v1\/(?:messages|responses)\b|\/(completions?|generate\w*|invoke|infer\w*|predict\w*|chat|ask|prompt)\b|llm|gpt|llama|gemini|claude/i;
/** What the providers of models have besides. */
const BESIDES =
  /embed|rerank|\/(tags|pull|show|ps|files|fine_tun\w*|transcriptions|speech|moderations|oauth|token|tokenize)\b/i;
const HOST = /https?:\/\/[\w-]+\.[\w.-]*[a-z]{2,}/i;

/** Keys that hold what a model is told, and those that say how it is to answer. */
const TOLD = ["messages", "prompt", "inputs", "contents", "input", "inputText", "query", "question", "message", "text"];
const KNOBS = [
  "temperature",
  "max_tokens",
  "max_new_tokens",
  "max_length",
  "max_gen_len",
  "top_p",
  "top_k",
  "stream",
  "stop",
  "num_predict",
  "parameters",
  "options",
  "generationConfig",
  "system",
  "n_predict",
];

/** Whether the call asks a model. `names` is what the code calls the address and the place of the call. */
function judge(url: Value | undefined, body: Value | undefined, names: string): Verdict {
  const address = constantText(url);
  if (BESIDES.test(address)) return "other";
  if (ADDRESS.test(address)) return "model";
  const fields = body?.fields;
  const told = TOLD.filter((k) => fields?.has(k));
  if (fields && looksTold(fields)) return "model";
  const named = !HOST.test(address) && namesModel(names);
  if (named && (told.length || !fields)) return "named";
  if (MAYBE.test(address) && told.length && !HOST.test(address)) return "named";
  if (fields?.has("prompt")) return "named";
  const depends = (v: Value | undefined) => !!v && someLabel(v, (l) => l.kind === "param");
  return depends(url) || (depends(body) && !told.length) ? "open" : "other";
}

/** `{"model": ..., "prompt": ...}`, a list of messages with roles, `{"inputs": ..., "parameters": ...}`. */
function looksTold(fields: ReadonlyMap<string, Value>): boolean {
  const messages = fields.get("messages") ?? fields.get("contents");
  const members = messages ? [...(messages.items ?? []), ...(messages.elem ? [messages.elem] : [])] : [];
  if (members.some((m) => m.fields?.has("role") || m.fields?.has("parts"))) return true;
  const told = ["messages", "prompt", "inputs", "input", "contents"].some((k) => fields.has(k));
  return told && (fields.has("model") || KNOBS.some((k) => fields.has(k)));
}

const constantText = (v: Value | undefined): string =>
  (v && formsOf(v))
    ?.map((f) => f.pieces.map((p) => (typeof p === "string" ? p : constantText(p.v) || " ")).join(""))
    .join(" ") ?? "";

/** What the code calls the address: names, attributes, variables of the environment. */
function wordsOf(x: Expr | undefined): string {
  switch (x?.k) {
    case "name":
      return x.id;
    case "attr":
      return `${wordsOf(x.o)} ${x.a}`;
    case "const":
      return typeof x.v === "string" ? x.v : "";
    case "sub":
      return `${wordsOf(x.o)} ${wordsOf(x.i)}`;
    case "call":
      return [wordsOf(x.f), ...x.args.map(wordsOf)].join(" ");
    case "bin":
      return `${wordsOf(x.l)} ${wordsOf(x.r)}`;
    case "fstr":
      return x.parts.map((p) => (typeof p === "string" ? "" : wordsOf(p.x))).join(" ");
    default:
      return "";
  }
}

/** Whether a raw HTTP call asks a model, as far as it is known here. */
export function judgeCall(frame: Frame, llm: LlmModel, args: Args): Verdict {
  const url = llm.url && argument(frame, args, llm.url);
  const body = llm.body && argument(frame, args, llm.body);
  const node = [...args.x.args, ...args.x.kw.map((k) => k.x)].find((n) => url && frame.loc(n) === url.loc);
  const { fn, module } = frame;
  const file = module.file.slice(module.file.lastIndexOf("/") + 1).replace(/\.py$/, "");
  return judge(url?.value, body?.value, [wordsOf(node), fn?.name, fn?.cls?.name, file].join(" "));
}

/** Says to the callers that they decide; @returns what the call will give. */
export function openCall(frame: Frame, event: FlowEvent): Value {
  frame.emit({ ...event, kind: "raw" });
  const params = event.slots.flatMap((s) =>
    s.slot === "url" || s.slot === "body" ? deepLabels(s.value).filter((l) => l.kind === "param") : [],
  );
  return openResult(params.slice(0, 4), event.loc);
}

/** An event that callers had to answer, once they can: the call of a model, still open, or neither. */
export function answerRaw(b: Binding, before: FlowEvent, e: FlowEvent): FlowEvent | undefined {
  const at = (slot: string) => e.slots.find((s) => s.slot === slot)?.value;
  const verdict = judge(at("url"), at("body"), [b.name, before.fn?.cls?.name].join(" "));
  if (verdict === "open") return e;
  if (verdict === "other") return undefined;
  const label: Label = {
    kind: "llm-object",
    key: `llm-object@${e.loc.id}`,
    step: { loc: e.loc, msg: `the model answers \`${e.q}()\``, prev: undefined },
    path: [],
    cleared: 0,
    weak: 0,
    doubt: verdict === "named" ? 1 : 0,
    what: e.q,
    type: "http.ModelBody",
  };
  noteResult(b, before, withLabels(ext("http.ModelBody"), [label]));
  return { ...e, kind: "llm", doubt: verdict === "named" ? 1 : e.doubt };
}

/** Headers that a key for a model goes into. */
const KEY_HEADER = /^(authorization|api-key|x-api-key|x-goog-api-key|x-auth-token)$/i;

/** The keys that a call sends in its headers and its address, as far as they are known texts. */
export function keysSent(frame: Frame, llm: LlmModel, args: Args): Slot[] {
  const out: Slot[] = [];
  const headers = args.kw.get("headers");
  for (const [name, v] of headers?.value.fields ?? []) {
    const key = KEY_HEADER.test(name) ? /^\S+$/.exec(constantText(v).replace(AUTH_SCHEME, ""))?.[0] : undefined;
    if (headers && key) out.push({ slot: name, value: constant(key), loc: headers.loc });
  }
  const url = llm.url && argument(frame, args, llm.url);
  const key = url && /[?&](?:api_?)?key=([^&\s]+)/i.exec(constantText(url.value))?.[1];
  if (url && key) out.push({ slot: "key", value: constant(key), loc: url.loc });
  return out;
}
