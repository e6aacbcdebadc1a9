/**
 * The model language: what a library call does, as data. One YAML file an SDK, framework or store in
 * `rules/models/`; the same language in a project's `.spillcheck.yaml` under `models:`.
 *
 * Names are qualified names as the resolver makes them: the import path, then attributes. Calling a class gives an
 * instance that keeps the class's name, so `OpenAI().chat.completions.create` is
 * `openai.OpenAI.chat.completions.create`. Calling any other function without a `returns` gives `name()`, a
 * subscript gives `name[]`.
 *
 * Because an instance is named as its class, a library whose instances are called themselves (`llm(prompt)`) gets an instance
 * type of its own: the class `returns` it, it `extends` the class, and calling it is a call entry under its name.
 *
 * Several entries for one name add up: each whose `when` holds says its part. In `aliases`, in the keys of `types` and
 * `paths`, and in `call` and `attr` names, `*` stands for one segment; an exact name goes before one with `*`, and what
 * `calls` and `attributes` say goes before `types` and `paths`.
 */
import { z } from "zod";

export const names = z.union([z.string(), z.array(z.string())]).transform((v) => (Array.isArray(v) ? v : [v]));

/**
 * An argument: position, keyword, or both (`[1, projection]`); `self` is the receiver; `*` every argument. A keyword may
 * go on with an access path into the argument (`RequestItems.*.ProjectionExpression`).
 * Several keywords name several arguments, and each that is present counts.
 */
export const arg = z
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
  /** The id of a conversation that the provider or library keeps, which becomes part of the prompt. */
  history: arg.optional(),
  /** A dict of template variables. */
  variables: arg.optional(),
  /** Tools handed over. */
  tools: arg.optional(),
  /** What the run hands to the functions of its agent, which read it of their context (`holds` of its type). */
  context: arg.optional(),
  model: arg.optional(),
  /** Arguments that bound the output, and those that bound the time. */
  bounds: z.array(z.string()).optional(),
  timeouts: z.array(z.string()).optional(),
  /** The argument that, when true, makes the result a stream. */
  stream: z.string().optional(),
  /** Where the server is: `url` takes its address, `verify` turns the check of its certificate off when false. */
  url: arg.optional(),
  verify: arg.optional(),
  /** A raw HTTP call: a call of a model only when its address or the shape of its body say so. What the entry says of
   * `source` and `returns` counts only then. */
  raw: z.boolean().optional(),
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
      style: z.enum(["mongo", "dynamo", "sql", "fields", "columns", "attributes", "options", "postgrest"]),
      /** The argument with the names that are left out. */
      exclude: arg.optional(),
      /** DynamoDB: the argument with the attribute names. */
      names: z.string().optional(),
    })
    .optional(),
  /** Narrows the receiver's record: Django `.values()`, `.only()`, SQLAlchemy `.with_entities()`. */
  refine: z.boolean().optional(),
  /** Takes the fields that the projection names out of a record that was read before: Django's `model_to_dict`. */
  picks: z.boolean().optional(),
  /** The API has a narrower form, so fetching everything can be mended. */
  narrowable: z.boolean().optional(),
  /** The kind of quick fix that narrows it. */
  fix: z.enum(["mongo", "dynamo", "sql", "django", "sqlalchemy"]).optional(),
  /** `self`: the receiver holds the records from then on, and what is fetched from it later are these
   * (`cursor.execute(...)`, then `cursor.fetchone()`). Replaces what it held. */
  onto: z.literal("self").optional(),
  /** The value of the first column, not a row. */
  scalar: z.boolean().optional(),
  /** The record was made from the keywords: what models and users wrote among them is in its fields. */
  keeps: z.boolean().optional(),
});

/** What a literal argument has to be, as far as the call's text shows it. */
const literalKind = z.enum(["dict", "list", "str", "lambda"]);

export const sinkKinds = [
  "response",
  "stream-response",
  "template-response",
  "log",
  "code-exec",
  "shell",
  "sql",
  "query",
  "template-exec",
  "html-unescaped",
  "deserialise",
  "import",
  "file-path",
  "outgoing-url",
] as const;

/** What a constant argument (or, for a name, its qualified name) is, or how it ends. */
export const condition = z.strictObject({
  arg: arg,
  is: z.union([z.string(), z.boolean(), z.array(z.string())]).optional(),
  ends: z.array(z.string()).optional(),
});

const call = z.strictObject({
  /** Qualified name or names. `*` stands for one segment. */
  call: names.optional(),
  /** Attribute paths that match when the receiver's type is unknown (confidence medium). Give at least two
   * segments, or one that nothing else uses. */
  duck: names.optional(),
  /** Keyword or positional arguments that must be present for `duck` to match. */
  duck_args: z.array(z.string()).optional(),
  /** Arguments (position or keyword) that must be literals of this kind for `duck` to match; absent arguments fail. */
  duck_kinds: z.record(z.string(), literalKind).optional(),
  /** Only when the constant argument equals the value: `{ arg: 0, is: bedrock-runtime }`; `present` for any value. What an
   * entry with `when` says of a part goes before what one without says of the same part. */
  when: condition.optional(),
  /** Not when this holds: `{ arg: Loader, is: yaml.SafeLoader }`. */
  unless: condition.optional(),
  /** Type of the result; `self` for a fluent call, `self:NAME` for what the receiver holds; `arg:N` for the argument itself, `arg:options.prompt` for what it holds; `element` for an element of the receiver. */
  returns: z.string().optional(),
  /** The result of a task that was queued before: it holds what the tasks that the module names give. */
  outcome: z.literal(true).optional(),
  /** A form or a serializer makes a row of what was sent: what its fields hold, and what the call adds by name. */
  saves: z.literal(true).optional(),
  /** Labels on the result. */
  source: labelKind.optional(),
  /** The argument with the class that a model's answer has to fit, here or in what is made here: what comes out is a parsed
   * answer then, of which the fields named as text are text. `str` is no such class. */
  schema: arg.optional(),
  record: record.optional(),
  llm: llm.optional(),
  sink: z.enum(sinkKinds).optional(),
  /** Arguments that reach the sink; default: every argument. */
  args: arg.optional(),
  /** Arguments (and `self`) whose labels pass to the result; `none` for a call that keeps nothing (len, hash). */
  propagate: z.union([z.literal("none"), arg]).optional(),
  /** The result is a mapping that has what is passed on under this key: what a tokenizer gives, under `input_ids`. */
  holds: z.string().optional(),
  /** Labels removed from the result (`all` for every kind). */
  sanitise: z
    .strictObject({
      labels: z.union([z.literal("all"), z.array(labelKind)]),
      strength: z.enum(["strong", "weak"]),
      /** The argument with a regular expression: it counts only when the expression looks for data, and not for white
       * space or markup (`redactsData` in `names/sanitisers.ts`). */
      pattern: arg.optional(),
      /** What a browser would run is taken out, too: the result may be put into a page as it is. */
      escapes: z.literal(true).optional(),
    })
    .optional(),
  /** A check of an argument: the branch in which the result says "safe" is cleared. */
  guard: z
    .strictObject({
      arg: arg,
      labels: z.union([z.literal("all"), z.array(labelKind)]),
      /** What the argument holds under that name is checked, and nothing else of it. */
      of: z.string().optional(),
      unsafe_when: z.enum(["true", "false", "raises"]),
      /** The part of the result that is tested, where it is not the result: `results[].flagged`. */
      path: z.string().optional(),
      strength: z.enum(["strong", "weak"]).optional(),
      /** Kinds for which the check is a weak one, besides those that it holds for. */
      weak_for: z.array(labelKind).optional(),
    })
    .optional(),
  /** A message object: its role (or the argument that holds it) and where its text is. */
  message: z.strictObject({ role: z.string().optional(), role_arg: arg.optional(), content: arg }).optional(),
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
  /** Calls a function that it is handed: `Thread(target=f, args=(...))`. `args: "*"` stands for the arguments after the
   * function itself (`pool.submit(f, x, y)`). Where nothing says otherwise, the function's result is not the call's. */
  invokes: z
    .strictObject({
      fn: arg,
      /** The argument that holds the tuple of arguments, or `*`. */
      args: arg.optional(),
      kwargs: arg.optional(),
      /** The call gives the function's result (`asyncio.to_thread`), or a handle that holds it (`pool.submit`). */
      result: z.boolean().optional(),
      /** `args` is a sequence: the function gets each element, and the results come as a sequence (`map`). */
      each: z.boolean().optional(),
    })
    .optional(),
  /** A setting that matters to a rule: `{ rule: debug-enabled, arg: debug, bad: true }`. Without `arg` the call itself
   * is the setting. */
  setting: z
    .strictObject({
      rule: z.string(),
      arg: arg.optional(),
      bad: z.union([z.boolean(), z.string(), z.number()]),
      level: z.string().optional(),
    })
    .optional(),
  /** Arguments that take a credential. */
  credentials: arg.optional(),
  /** What the tool (the result, or the function called) lets a model do, when handed to one. */
  danger: z.enum(["shell", "code", "file", "sql", "http"]).optional(),
  /** What the call does with a graph of functions that hand a state on: takes one in (from the argument), gives the finished
   * graph, or runs it on the state in the argument. */
  /** Puts what its keywords give, functions and chains, beside what a chain is called with, under their names. */
  assigns: z.boolean().optional(),
  graph: z.strictObject({ does: z.enum(["add", "compile", "run"]), arg: arg.optional() }).optional(),
  /** Labels on elements or fields of the result only: `{ "[0]": llm }`; for tuples and the like. */
  result_paths: z.record(z.string(), labelKind).optional(),
});

const attribute = z.strictObject({
  attr: names.optional(),
  /** Attribute paths that match on a name that begins with a capital letter and whose definition is not visible
   * (`User.objects`); confidence medium. */
  duck: names.optional(),
  /** The label is on the value as a whole and on the fields that the type's `paths` name, and does not pass to its other
   * fields: the session as a whole, but not `session["theme"]`. */
  shallow: z.boolean().optional(),
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
  /** Where an object of the type has what its type argument names, as a run was given it: `deps` of `RunContext[Deps]`. */
  holds: z.string().optional(),
  /** The methods of a class made of it that run when its instance is called: the first that it has. */
  runs: names.optional(),
});

/** Functions that the framework calls: routes, hooks, tools. */
const entry = z.strictObject({
  /** Decorator's qualified name (called or bare), last segment matched on an unknown receiver when `duck`
   * (so too for `registers`). Names go through aliases and `extends`. */
  decorator: names.optional(),
  duck: z.boolean().optional(),
  /** A call that registers the function in this argument: `app.add_url_rule(..., view_func=f)`. */
  registers: z.strictObject({ call: names, fn: arg }).optional(),
  /** Methods of subclasses of this class. */
  subclass: z.strictObject({ of: names, methods: z.array(z.string()) }).optional(),
  kind: z.enum([
    "route",
    "websocket",
    "before-request",
    "after-request",
    "error-handler",
    "tool",
    "prompt",
    "task",
    "middleware",
  ]),
  /** A function that looks like one, where nothing is seen to register it: its first parameter has one of these names and
   * the module imports one of `modules`. Confidence medium. */
  shape: z.strictObject({ first: z.array(z.string()), modules: z.array(z.string()) }).optional(),
  /** Parameters that hold the request object, by position (`self` not counted) or name, and their type. */
  request: z.strictObject({ arg: arg, type: z.string() }).optional(),
  /** Parameters that the framework fills with something else than the request: a model's answer, a row. Of a row, `of` is the
   * keyword of the decorator that names its class (`@receiver(post_save, sender=Profile)`); `many` of a query set. */
  hands: z
    .array(
      z.strictObject({
        arg: arg,
        source: labelKind,
        type: z.string().optional(),
        of: z.string().optional(),
        many: z.boolean().optional(),
      }),
    )
    .optional(),
  /** Of a decorator that other functions may have too (`@csrf_exempt` on a helper): one is meant only if it looks like one, by the
   * name of its first parameter or the response it gives. */
  looks: z.literal(true).optional(),
  /** The other parameters are user input. */
  params: z.literal("user").optional(),
  /** The returned value is the response. */
  returns: z.literal("response").optional(),
});

/** A setting that is no call: an assignment to an attribute, a key of a mapping, a variable of a settings module, or an
 * environment variable set in code or in an environment file. */
const setting = z.strictObject({
  rule: z.string(),
  /** `app.debug = True`. */
  attr: names.optional(),
  /** `app.config["DEBUG"] = True`; also keyword of `.update(...)`/`.from_mapping(...)`, key of a dict given to them, and
   * attribute of a class or module given to `.from_object(...)`. */
  key: z.strictObject({ of: names, name: names }).optional(),
  /** Variable of a Django settings module. */
  variable: names.optional(),
  /** Environment variable. */
  env: names.optional(),
  /** Bad values; the text `literal` stands for any literal that looks like a credential, and a text that ends in `://` for
   * any text that begins with it. */
  bad: z.array(z.union([z.boolean(), z.string(), z.number()])),
  level: z.string().optional(),
});

/** What a route's decorators, base classes, class attributes, calls in its body, and app-wide settings say about it. */
const mark = z.strictObject({
  kind: z.enum(["auth", "rate-limit", "csrf-exempt"]),
  /** Decorators, by qualified name. */
  decorator: names.optional(),
  /** Decorators, by last segment, whatever their module. */
  duck: names.optional(),
  /** Decorators that take the guard of the app away, by last segment: `login_not_required`. */
  opens: names.optional(),
  /** Base classes. */
  mixin: names.optional(),
  /** Class attributes or keyword arguments of the route's decorator, and values that do not count. */
  attribute: z.strictObject({ name: names, except: z.array(z.string()).optional() }).optional(),
  /** Calls in the body. */
  call: names.optional(),
  /** Attributes read in the body, by qualified name (`request.user.is_authenticated`). */
  reads: names.optional(),
  /** Settings variables, as a path, that hold for every route (`REST_FRAMEWORK.DEFAULT_PERMISSION_CLASSES`). */
  variable: names.optional(),
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
  settings: z.array(setting).optional(),
  marks: z.array(mark).optional(),
});

export type ModelFile = z.infer<typeof modelFile>;
export type CallModel = z.infer<typeof call>;
export type AttributeModel = z.infer<typeof attribute>;
export type TypeModel = z.infer<typeof type>;
export type EntryModel = z.infer<typeof entry>;
export type SettingModel = z.infer<typeof setting>;
export type MarkModel = z.infer<typeof mark>;
export type RecordModel = z.infer<typeof record>;
export type LlmModel = z.infer<typeof llm>;
export type LabelKind = z.infer<typeof labelKind>;
export type SinkKind = (typeof sinkKinds)[number];
