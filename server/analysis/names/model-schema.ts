/**
 * The model language: what a library call does, as data. One YAML file an SDK, framework or store in
 * `rules/models/`; the same language in a project's `.spillcheck.yaml` under `models:`.
 *
 * Names are qualified names as the resolver makes them: the import path, then attributes. Calling a class gives an
 * instance that keeps the class's name, so `OpenAI().chat.completions.create` is
 * `openai.OpenAI.chat.completions.create`. Calling any other function without a `returns` gives `name()`, a
 * subscript gives `name[]`.
 */
import { z } from "zod";

const names = z.union([z.string(), z.array(z.string())]).transform((v) => (Array.isArray(v) ? v : [v]));

/** An argument: position, keyword, or both (`[1, projection]`); `self` is the receiver; `*` every argument. */
const arg = z
  .union([z.number().int(), z.string(), z.array(z.union([z.number().int(), z.string()]))])
  .transform((v) => (Array.isArray(v) ? v : [v]));

/** Labels that a value can hold. */
export const labelKinds = [
  /** Sent by the caller of the app. */
  "user",
  /** Header, cookie, session id, client certificate, identity of the caller. */
  "meta",
  /** A named sensitive field of a record (made by the engine from records; a model may give it directly). */
  "sensitive",
  /** A credential or internal address. */
  "secret",
  /** A system prompt. */
  "system",
  /** Model text. */
  "llm",
  /** The provider's whole response object. */
  "llm-object",
  /** Usage, model name and the like, read from the provider's object. */
  "llm-meta",
  /** Exception text, traceback. */
  "exception",
  /** A data store's record (with `record:`). */
  "record",
  /** Free text that users stored earlier, uploaded documents, files of unknown content. */
  "stored",
  /** Text from logs or debug dumps. */
  "debug",
] as const;
export const labelKind = z.enum(labelKinds);

/** Where the parts of a prompt are in an LLM call's arguments. */
const llm = z.strictObject({
  /** Messages list (dicts with `role`/`content`, message objects or pairs). */
  messages: arg.optional(),
  /** A single text completed by the model (system tier: instructions and user text share one slot). */
  completion: arg.optional(),
  /** A text in the user slot, or a list of messages. */
  input: arg.optional(),
  /** System or developer text. */
  system: arg.optional(),
  /** JSON body of a raw HTTP or Bedrock call: looked into for messages, prompt, system, input. */
  body: arg.optional(),
  /** A dict of template variables. */
  variables: arg.optional(),
  /** Tools handed over. */
  tools: arg.optional(),
  model: arg.optional(),
  /** Arguments that bound the output, and those that bound the time. */
  bounds: z.array(z.string()).optional(),
  timeouts: z.array(z.string()).optional(),
  /** The argument that, when true, makes the result a stream. */
  stream: z.string().optional(),
  /** `stored` keeps what was set up earlier (system text at construction) for the later call on the same object. */
  setup: z.boolean().optional(),
});

const record = z.strictObject({
  store: z.string(),
  /** A list or cursor of records; absent means one record. */
  many: z.boolean().optional(),
  /** The record (or list) sits under this key of the result: DynamoDB's `Item`, `Items`. */
  under: z.string().optional(),
  /** How the query names its fields. */
  projection: z
    .strictObject({
      arg: arg.optional(),
      style: z.enum(["mongo", "dynamo", "sql", "fields", "columns", "attributes"]),
      /** DynamoDB: the argument with the attribute names. */
      names: z.string().optional(),
    })
    .optional(),
  /** Narrows the receiver's record: Django `.values()`, `.only()`, SQLAlchemy `.with_entities()`. */
  refine: z.boolean().optional(),
  /** The API has a narrower form, so fetching everything can be mended. */
  narrowable: z.boolean().optional(),
  /** The kind of quick fix that narrows it. */
  fix: z.enum(["mongo", "dynamo", "sql", "django", "sqlalchemy"]).optional(),
});

const sinkKinds = [
  "response",
  "stream-response",
  "template-response",
  "log",
  "code-exec",
  "shell",
  "sql",
  "template-exec",
  "html-unescaped",
  "deserialise",
  "import",
  "file-path",
  "outgoing-url",
] as const;

const call = z.strictObject({
  /** Qualified name or names. `*` stands for one segment. */
  call: names.optional(),
  /** Attribute paths that match when the receiver's type is unknown (confidence medium). Give at least two
   * segments, or one that nothing else uses. */
  duck: names.optional(),
  /** Keyword or positional arguments that must be present for `duck` to match. */
  duck_args: z.array(z.string()).optional(),
  /** Only when the constant argument equals the value: `{ arg: 0, is: bedrock-runtime }`. */
  when: z.strictObject({ arg: arg, is: z.union([z.string(), z.boolean(), z.array(z.string())]) }).optional(),
  /** Type of the result; `self` for a fluent call; `arg:N` for the argument itself; `element` for an element of the receiver. */
  returns: z.string().optional(),
  /** Labels on the result. */
  source: labelKind.optional(),
  record: record.optional(),
  llm: llm.optional(),
  sink: z.enum(sinkKinds).optional(),
  /** Arguments that reach the sink; default: every argument. */
  args: arg.optional(),
  /** Arguments (and `self`) whose labels pass to the result; `none` for a call that keeps nothing (len, hash). */
  propagate: z.union([z.literal("none"), arg]).optional(),
  /** Labels removed from the result (`all` for every kind). */
  sanitise: z
    .strictObject({ labels: z.union([z.literal("all"), z.array(labelKind)]), strength: z.enum(["strong", "weak"]) })
    .optional(),
  /** A check of an argument: the branch in which the result says "safe" is cleared. */
  guard: z
    .strictObject({
      arg: arg,
      labels: z.union([z.literal("all"), z.array(labelKind)]),
      unsafe_when: z.enum(["true", "false", "raises"]),
      strength: z.enum(["strong", "weak"]).optional(),
    })
    .optional(),
  /** A message object: its role and where its text is. */
  message: z.strictObject({ role: z.string(), content: arg }).optional(),
  /** Text template: where the template is and which arguments fill it. */
  template: z
    .strictObject({
      text: arg.optional(),
      style: z.enum(["format", "percent", "dollar", "jinja", "langchain"]),
      fill: z.enum(["call", "later"]),
      /** A template file read from the project. */
      file: arg.optional(),
    })
    .optional(),
  /** Calls a function that it is handed: `Thread(target=f, args=(...))`. */
  invokes: z.strictObject({ fn: arg, args: arg.optional(), kwargs: arg.optional() }).optional(),
  /** A setting that matters to a rule: `{ rule: debug-enabled, arg: debug, bad: true }`. */
  setting: z
    .strictObject({ rule: z.string(), arg: arg, bad: z.union([z.boolean(), z.string(), z.number()]), level: z.string().optional() })
    .optional(),
  /** Arguments that take a credential. */
  credentials: arg.optional(),
});

const attribute = z.strictObject({
  attr: names,
  source: labelKind.optional(),
  type: z.string().optional(),
  record: record.optional(),
});

const type = z.strictObject({
  /** Other qualified names of the same type. */
  aliases: z.array(z.string()).optional(),
  /** Behaves like this other type where it says nothing itself. */
  extends: z.string().optional(),
  /** Labels by access path on a value of this type: `choices[].message.content: llm`. */
  paths: z.record(z.string(), labelKind).optional(),
  /** Types by access path: `choices[].message: openai.Message`. */
  types: z.record(z.string(), z.string()).optional(),
});

/** Functions that the framework calls: routes, hooks, tools. */
const entry = z.strictObject({
  /** Decorator's qualified name (called or bare), last segment matched on an unknown receiver when `duck`. */
  decorator: names.optional(),
  duck: z.boolean().optional(),
  /** A call that registers the function in this argument: `app.add_url_rule(..., view_func=f)`. */
  registers: z.strictObject({ call: names, fn: arg }).optional(),
  /** Methods of subclasses of this class. */
  subclass: z.strictObject({ of: names, methods: z.array(z.string()) }).optional(),
  kind: z.enum(["route", "websocket", "before-request", "after-request", "error-handler", "tool", "task", "middleware"]),
  /** Parameters that hold the request object, by position or name, and their type. */
  request: z.strictObject({ arg: arg, type: z.string() }).optional(),
  /** The other parameters are user input. */
  params: z.literal("user").optional(),
  /** The returned value is the response. */
  returns: z.literal("response").optional(),
});

export const modelFile = z.strictObject({
  name: z.string(),
  /** Where the facts come from: documentation titles or addresses, with the version. */
  about: z.string().optional(),
  /** Import roots; a project that mentions none of them cannot need this file. */
  modules: z.array(z.string()),
  types: z.record(z.string(), type).optional(),
  calls: z.array(call).optional(),
  attributes: z.array(attribute).optional(),
  entries: z.array(entry).optional(),
});

export type ModelFile = z.infer<typeof modelFile>;
export type CallModel = z.infer<typeof call>;
export type AttributeModel = z.infer<typeof attribute>;
export type TypeModel = z.infer<typeof type>;
export type EntryModel = z.infer<typeof entry>;
export type RecordModel = z.infer<typeof record>;
export type LlmModel = z.infer<typeof llm>;
export type LabelKind = z.infer<typeof labelKind>;
export type SinkKind = (typeof sinkKinds)[number];
