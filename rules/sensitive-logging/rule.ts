/** Prompts, model output, request bodies, records or sensitive fields in a log. */
import { bit, type Label, type Loc, placeOf } from "../../server/analysis/flow/labels.js";
import type { Lexicon } from "../../server/analysis/flow/lexicon.js";
import type { FlowEvent, Slot } from "../../server/analysis/flow/summary.js";
import { deepLabels, type StrForm, type Value } from "../../server/analysis/flow/value.js";
import type { FunctionDef } from "../../server/analysis/names/definitions.js";
import type { Rule, RuleContext } from "../../server/analysis/rule.js";
import { isFreeText, isModelText, isTextPart, lastName, nameOf, sensitiveName } from "../shared.js";
import page from "./page.md";

const rule: Rule = {
  meta: {
    id: "sensitive-logging",
    group: "errors",
    level: "warning",
    preset: "recommended",
    summary:
      "Prompts, model output, request bodies, records or sensitive fields are written to a log, where more people and tools can read them.",
    fix: "logs the length or a hash",
    cwe: [532],
    owaspLlm: ["LLM02"],
    owaspApi: ["API8"],
    compliance: ["GDPR Art. 5(1)(f)", "PCI-DSS 3.3", "SOC 2 CC6.7"],
    tags: ["logging", "privacy"],
    securitySeverity: 5.0,
    helpMarkdown: page,
  },
  check(e, cx) {
    if (e.kind !== "sink" || e.sink !== "log") return;
    // Behind a switch that nobody has set yet: its callers may.
    if (typeof e.data?.onlyIf === "number") return;
    const hits: Hit[] = [];
    for (const s of e.slots) {
      for (const p of partsOf(s, cx)) {
        const hit = leakOf(p, e, cx.lexicon) ?? sentToModel(p, e, cx.lexicon);
        if (hit && !hits.some((h) => h.what === hit.what)) hits.push({ ...hit, loc: p.loc });
      }
    }
    const first = hits.find((h) => h.label) ?? hits[0];
    if (!first) return;
    const weak = hits.every((h) => h.label && h.label.weak & bit(h.label.kind));
    // A logger of the project's own writes what it is given; the mend is made where it is given.
    const own = e.fn && isLogger(e.fn) ? e.fn : undefined;
    const given = own && (e.via.findLast((v) => v.chunk.file !== own.module.file) ?? e.via.at(-1));
    if (given && showsPlain(cx.textAt(given), cx.lexicon)) return;
    const at = given ?? e.loc;
    cx.report({
      at,
      ...(weak || TEST.test(at.chunk.file) ? { level: "info" as const } : {}),
      message: `${first.what} is written to a log${weak ? "; the filter on the way is weak" : ""}. Log its length or a hash.`,
      ...(first.label ? { source: first.label } : {}),
      sink: { loc: first.loc, msg: `\`${e.q}\` writes it to the log` },
      related: hits.filter((h) => h !== first).map((h) => ({ loc: h.loc, msg: `${h.what} is written too` })),
      doubt: first.label ? (Math.max(e.doubt, first.label.doubt) as 0 | 1 | 2) : 2,
      fixes: [{ kind: "log-length" }],
      key: at.id,
    });
  },
};
export default rule;

/** What a test prints stays where it is run. */
const TEST = /(?:^|\/)(?:test_[^/]*|conftest)\.py$/;

interface Hit {
  /** Absent where the name alone says what is logged. */
  label?: Label;
  what: string;
  loc: Loc;
}

/** A value that the log line shows, by the name that the code gives it. */
interface LogPart {
  v: Value;
  name: string;
  text: string;
  loc: Loc;
  /** The log line's own words in front of it. */
  before?: string;
}

function partsOf(s: Slot, cx: RuleContext): LogPart[] {
  const whole = partAt(s.value, s.loc, cx);
  if (!s.value.str) return [whole];
  // A text that was put together elsewhere is a prompt by its own name, whatever it is made of.
  const named = /^[\w.]+$/.test(whole.text) && namesPrompt(whole.name, cx.lexicon) ? [whole] : [];
  // A dictionary on one way, a text on another.
  const { fields, items, elem } = s.value;
  const members = fields || items || elem ? [{ ...whole, v: { ...s.value, labels: [], str: undefined } }] : [];
  return [...named, ...piecesOf(s.value.str, cx), ...members];
}

function piecesOf(forms: readonly StrForm[], cx: RuleContext): LogPart[] {
  return forms.flatMap((f) =>
    f.pieces.flatMap((p, i) => {
      const before = f.pieces[i - 1];
      if (typeof p === "string") return [];
      return [partAt(p.v, p.loc, cx, typeof before === "string" ? before : undefined)];
    }),
  );
}

function partAt(v: Value, loc: Loc, cx: RuleContext, before?: string): LogPart {
  const text = cx.textAt(loc);
  return { v, name: lastWord(text), text, loc, ...(before === undefined ? {} : { before }) };
}

/** Whether by its name or its making a part says nothing of a person: `user.id`, `body.keys()`, `type(x).__name__`. */
const isPlain = (p: LogPart, lexicon: Lexicon): boolean =>
  plainName(p.name, lexicon) || /\.(?:keys\(\)|__name__)\)*$/.test(p.text);

/** Whether a line speaks of the name of a thing: `self.name` in the class `Product`, `name` in the function `insert_product`. */
function isNameOfThing(e: FlowEvent): boolean {
  const of = [e.fn?.cls?.name ?? "", e.fn?.name ?? ""].join("_").replace(/([a-z\d])([A-Z])/g, "$1_$2");
  return of
    .toLowerCase()
    .split("_")
    .some((word) => word !== "" && PLAIN.test(`${word}_name`));
}

/** Whether a text that is handed to a logger of the app's own shows nothing but plain names and errors: `f"No tool {tool_name}: {e}"`. */
function showsPlain(call: string, lexicon: Lexicon): boolean {
  const shown = [...call.matchAll(/\{([^{}!:]+)(?:[!:][^{}]*)?\}/g)].map((m) => lastWord(m[1]!.trim()));
  return (
    /\bf["']/.test(call) &&
    shown.length > 0 &&
    shown.every((n) => /^(?:e|ex|exc|err|error)$/.test(n) || plainName(n, lexicon))
  );
}

/** A key may be one of a table, and `api_key` is none of those. */
const plainName = (name: string, lexicon: Lexicon): boolean =>
  PLAIN.test(name.replace(/([a-z\d])([A-Z])/g, "$1_$2").replace(/_?\d+$/, "")) &&
  !SENSITIVE.has(lexicon.sensitive(name)?.category ?? "");

/** A `token` may be a word of a text: whether the code around it is about who may do what. */
function speaksOfAccess(p: LogPart, e: FlowEvent): boolean {
  const around = `${p.before ?? ""} ${e.fn?.qualname ?? ""} ${p.loc.chunk.file.split("/").at(-1) ?? ""}`;
  return ACCESS.test(around);
}

const ACCESS =
  /auth|log(?:ged)?_?in|sign(?:ed)?[ _]?in|jwt|bearer|session|oauth|api|access|refresh|reset|verif|secret|credential|security|password|register|account|user|admin|webhook|connect|config|setting|invit/i;

const isLogger = (fn: FunctionDef): boolean =>
  /^_*(debug|info|warn|warning|error|critical|exception|log|trace|write_log|log_\w+|c?print|print_(?:line|text|msg|message|info|error|warning|debug|success|color|colou?red)|\w+_print|echo)$/.test(
    fn.name,
  ) || /(?:Log(?:ger|ging)?|Print(?:er|Style)?)$/.test(fn.cls?.name ?? "");

/**
 * `id` of `user.id`, of `user["id"]`, of `str(user.id)` and of `user.id if user else "nobody"`; nothing of another call or
 * operation.
 */
function lastWord(text: string): string {
  const inner = /^(?:str|repr|int)\(([\w.[\]"']+)\)$/.exec(text)?.[1] ?? text;
  const first = /^([\w.[\]"']+)\s+(?:if|or)\s/.exec(inner)?.[1] ?? inner;
  return /(?:^|[.\s(["'])(\w+)["']?\]?$/.exec(first)?.[1] ?? "";
}

/** An instance of a class of the app's own that has no words for itself: a log shows its class and address, and nothing in it. */
const isMute = (v: Value): boolean =>
  !v.str &&
  v.types.length > 0 &&
  v.types.every(
    (t) =>
      t.k === "inst" &&
      !t.cls.ir.bases.length &&
      !t.cls.ir.decorators.length &&
      !t.cls.methods.has("__str__") &&
      !t.cls.methods.has("__repr__"),
  );

function leakOf(p: LogPart, e: FlowEvent, lexicon: Lexicon): { label?: Label; what: string } | undefined {
  const labels = isMute(p.v) ? p.v.labels : deepLabels(p.v);
  // `api_key` is a key, and an address may have one in it.
  if (isPlain(p, lexicon) || (p.name === "name" && isNameOfThing(e))) {
    const secret = MAY_HOLD_KEY.test(p.name) ? labels.find((l) => l.kind === "secret") : undefined;
    if (secret) return { label: secret, what: leaked(secret, lexicon)! };
    // Metadata that a model wrote is all that it wrote.
    const written =
      p.name === "metadata" ? labels.find((l) => l.kind === "llm" && !l.path.length && !l.parsed) : undefined;
    return written && { label: written, what: leaked(written, lexicon)! };
  }
  // An error quotes what was wrong with the input, as it should.
  const quotes = labels.some((l) => l.kind === "exception");
  const ofFile = labels.some(isNameOfUpload);
  for (const label of labels) {
    if (label.kind === "user" && (quotes || (ofFile && nameOf(label) === "`name`"))) continue;
    const what = leaked(label, lexicon);
    if (what) return { label, what };
  }
  if (p.v.c !== undefined || !p.name) return undefined;
  const prompt = namesPrompt(p.name, lexicon);
  if (p.v.labels.some((l) => l.kind !== "param") && !prompt) return undefined;
  if (p.before && SAYS_WHAT.test(p.before)) return undefined;
  const credential =
    (lexicon.sensitive(p.name)?.category === "credential" && (p.name !== "token" || speaksOfAccess(p, e))) ||
    CONNECTION.test(p.name);
  if (credential && !/^[A-Z_]+$/.test(p.name)) return { what: `A credential (\`${p.name}\`)` };
  if (namesPerson(p, lexicon)) return { what: `The sensitive field \`${p.name}\`` };
  if (HISTORY.test(p.name)) return { what: `A conversation (\`${p.name}\`)` };
  return prompt ? { what: `A prompt (\`${p.name}\`)` } : undefined;
}

/** What an uploaded file is called, as opposed to a person: `request.FILES["report"].name`. */
const isNameOfUpload = (l: Label): boolean =>
  l.kind === "user" && lastName(l) === "name" && /files|upload/i.test(l.what);

/**
 * Whether a value by its name is something of a person's, whoever hands it in: `email` of a parameter, `user.phone`. What it was made
 * into is another matter.
 */
function namesPerson(p: LogPart, lexicon: Lexicon): boolean {
  const category = lexicon.sensitive(p.name)?.category;
  if (
    !category ||
    !OF_PERSONS.has(category) ||
    !/mail|phone|mobile|telef|celular/i.test(p.name) === (category === "contact")
  )
    return false;
  if (/addr|location|device|(?:^|_)ip(?:_|$)/i.test(p.name)) return false;
  const handed = p.v.labels.some((l) => l.kind === "param" && !(l.cleared & bit("sensitive")));
  return handed || (!p.v.labels.length && /[.\]]/.test(p.text) && !/\(/.test(p.text));
}
const OF_PERSONS: ReadonlySet<string> = new Set(["contact", "government-id", "financial", "personal"]);
const SENSITIVE: ReadonlySet<string> = new Set([...OF_PERSONS, "credential"]);

/** A log line that says of the value behind it that it is no text: `reading the prompt from file: `. */
const SAYS_WHAT = /\b(file|path|folder|directory|id|name|key|version|length|size|count)s?\b["'`]?\s*[:=]?\s*["'`([]?$/i;

/** Names of prompts and conversations; whose text it is does not matter in a log. */
const PROMPT =
  /^((full|final|complete|user|input|query|question|customer|llm|chat|rag|augmented|enhanced|formatted)_)?prompt$/;
/** Whether a variable by its name holds a prompt. */
const namesPrompt = (name: string, lexicon: Lexicon): boolean => lexicon.promptName(name) || PROMPT.test(name);
const HISTORY = /^(chat|conversation)_history$/;

/** An object of a library that was made with what is sent, such as an agent: it shows as what it is. */
const isObject = (p: LogPart): boolean => p.v.types.some((t) => t.k === "ext" && !t.q.startsWith("builtins."));

/** What the same function sends to a model: a prompt, whoever calls it. */
function sentToModel(p: LogPart, e: FlowEvent, lexicon: Lexicon): { what: string } | undefined {
  const sent = !e.via.length && e.data?.prompts;
  if (!sent || isPlain(p, lexicon) || isObject(p)) return undefined;
  const places = String(sent).split("\n");
  const isMethod = e.fn?.cls !== undefined && e.fn.binding !== "static";
  const isError = /(?:^|_)err(?:or)?s?(?:$|_)/i.test(p.name);
  // What an object keeps of its own is no more the caller's, and what went wrong with a part is not the part.
  const asked = (l: Label) =>
    l.kind === "param" && !(l.path.length && (isError || FILES.test(l.path.at(-1)!) || (isMethod && l.param === 0)));
  const hit = p.v.labels.find((l) => asked(l) && places.includes(placeOf(l)));
  const name = hit?.path.at(-1) ?? hit?.what.replace(/`/g, "") ?? "";
  return name && !PLAIN.test(name) && !GOES_ALONG.test(name) ? { what: `A prompt (\`${name}\`)` } : undefined;
}

/** Parts of requests that are no text by themselves. */
const FILES = /(?:^|[_\s-])(?:files?|images?|audio|photo|picture|upload(?:ed)?(?:_file)?)$/i;

/** Names of what goes into a prompt beside its text. */
const GOES_ALONG =
  /^(?:self|cls|user|users|owner|tenant|client|loader|options|config|settings|params|kwargs|args)$|(?:^|_)(?:name|from|to|ref|dict|cls|class)$/;

/** Names that say nothing of a person, of values that may have a key in them. */
const MAY_HOLD_KEY = /(?:^|_)(?:key|url|uri|endpoint)$/i;

const CONNECTION = /^(conn(ection)?_?str(ing)?|dsn|database_url|db_url|mongo_uri|redis_url)$/i;

/** Names of what the caller sends that says nothing of a person. */
const PLAIN =
  /^(is|has|had|should|can|allow|allows|use|uses|enable|enables)_|\w_(?:no|nr)$|(^|_)(id|ids|id_str|identifier|identifiers|pk|latitude|longitude|lat|lng|lon|score|title|ok|success|valid|uid|uuid|guid|key|index|page|size|limit|offset|count|path|method|url|uri|route|endpoint|host|port|type|kind|mode|status|model|provider|lang|language|locale|version|format|sort|order|flag|date|time|timestamp|timezone|tz|created|updated|deleted|(?:created|updated|deleted|started|ended|sent|received|expires)_?at|year|month|day|action|event|filename|file_?name|file|extension|slug|category|table|schema|database|db|column|columns|branch|repo|region|zone|source|tag|tags|env|environment|tool|service|engine|temperature|tokens|level|number|num|enabled|stream|hostname|domain|scheme|bucket|channel|errors?|err|error_?(?:message|msg|code|type)|workflow|component|folder|dir|directory|namespace|metadata|length|duration|width|height|origin|prefix|suffix|seed|top_k|top_p|price|prices|quality|rating|grade|difficulty|priority|confidence|speaker|voice|radius|sku|brand|quantity|qty|currency|stock)$|^(agent|bot|chatbot|assistant|model|provider|tool|function|role|group|team|project|workspace|dataset|collection|index|bucket|blob|topic|queue|job|task|workflow|pipeline|component|node|step|skill|plugin|package|module|class|host|server|cluster|node|container|image|template|prompt|layout|parser|loader|field|param|parameter|setting|feature|event|metric|channel|device|product|plan|database|db|schema|catalog|table|column|branch|repo|repository|service|tenant|keyspace|namespace|region)_?name$/i;

/** Names of what somebody wrote, in whatever part of a request. */
const ASKED = /question|query|prompt|message|text|input|content|search|term/i;

/** What of a label must not be in a log, in words. */
function leaked(l: Label, lexicon: Lexicon): string | undefined {
  switch (l.kind) {
    case "llm":
      // The tool that the model chose, the status that it gave.
      return isModelText(l) && !plainName(lastName(l), lexicon) ? "Model output" : undefined;
    case "llm-object":
      // Of a stream, each chunk; of an answer, the parts that hold its text.
      return !l.path.length || isTextPart(l) ? "The model's response" : undefined;
    case "secret":
      return `A secret (${l.what})`;
    case "system":
      return "A system prompt";
    case "sensitive":
      return `The sensitive field ${l.what}`;
    case "meta": {
      const name = lastName(l);
      // The id of a socket is that of a connection, and nobody's key.
      return (!name && l.what !== "`sid`") || lexicon.sensitive(name) ? `Request metadata (${l.what})` : undefined;
    }
    case "user": {
      if (l.unseen || (l.address && !ASKED.test(l.what))) return undefined;
      const name = lastName(l) || l.what.replace(/`/g, "").split(".").at(-1)!.replace(/\(\)$/, "");
      return plainName(name, lexicon) ? undefined : `What the caller sent (${l.what})`;
    }
    case "stored":
      return `Text that users wrote (${l.what})`;
    case "record": {
      const name = sensitiveName(l, lexicon);
      if (name) return `The sensitive field \`${name}\``;
      if (isFreeText(l, lexicon)) return `Text that users wrote (\`${lastName(l)}\`)`;
      const r = l.record;
      // One value of a row, whichever it is, is not the row.
      if (!r || l.path.length || (r.columns && !r.columns.some((c) => lexicon.sensitive(c)))) return undefined;
      if (r.store === "user" || (r.known?.length && !r.known.some((c) => lexicon.sensitive(c)))) return undefined;
      return `A whole record (from ${r.name})`;
    }
    default:
      return undefined;
  }
}
