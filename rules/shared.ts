/** What several rules ask of labels. */
import type { Level } from "../server/analysis/finding.js";
import { type Label, type Loc, stepsOf } from "../server/analysis/flow/labels.js";
import type { Lexicon } from "../server/analysis/flow/lexicon.js";
import type { FlowEvent, Slot } from "../server/analysis/flow/summary.js";
import { deepLabels, type Piece } from "../server/analysis/flow/value.js";
import type { ModuleDef } from "../server/analysis/names/definitions.js";

/** One level lower, never below info. */
export function lower<L extends Level>(level: L): "warning" | "info" {
  return level === "error" ? "warning" : "info";
}

const FREE_TEXT =
  /^(message|messages|content|contents|comment|comments|bio|description|diary|entry|entries|note|notes|body|text|feedback|review|story|summary_text|transcript|question|query|about|cv|resume|cover_letter|document|document_text|user_message|user_input|letter|essay|post|reason|symptoms|complaint)$/i;

/** A record's field that holds what users wrote. */
export function isFreeText(l: Label, _lexicon: Lexicon): boolean {
  if (l.kind !== "record" || !l.path.length) return false;
  return FREE_TEXT.test(lastName(l));
}

/** The last named field of a label's path. */
export function lastName(l: Label): string {
  for (let i = l.path.length - 1; i >= 0; i--) if (!l.path[i]!.startsWith("[")) return l.path[i]!;
  return "";
}

/** Fields of a parsed answer that hold what the model wrote; others hold a number, a choice, the name of a place. */
const TEXT_FIELD =
  /^$|^data$|text|answer|response|reply|content|message|summary|output|reason|thought|sql|query|code|command|expla|feedback|suggest|recommend|advice|descri|analysis|analyses|insight|question|idea|topic|story|stories|draft|translation|comment|review|letter|article|blog|caption|recipe|essay|poem|paragraph|headline|instruction|report|lesson|flashcard|quiz|script|steps|(?:^|_)tips?(?:$|_)/i;

/** Parts of a provider's answer in which its text is: `response.choices[0].message`, a chunk of a stream. */
const TEXT_PART =
  /^(?:|choices?|messages?|contents?|delta|outputs?|candidates|parts|generations?|completions?|results?|tool_calls?|function_call)$/;

/** Whether a label stands for a part of a provider's answer that holds its text. */
export const isTextPart = (l: Label): boolean =>
  l.kind === "llm-object" &&
  l.path.length > 0 &&
  TEXT_PART.test(lastName(l)) &&
  !l.path.some((key) => /^error/.test(key));

/** Whether model output is still the model's text: all of it, a field of a parsed answer that is named as text, a part that holds it. */
export const isModelText = (l: Label): boolean =>
  l.kind === "llm" ? !(l.parsed && l.path.length > 0 && !TEXT_FIELD.test(lastName(l))) : isTextPart(l);

/** The sensitive field that a label stands for, if it does. */
export function sensitiveName(l: Label, lexicon: Lexicon): string | undefined {
  if (l.kind === "sensitive") return l.what.replace(/`/g, "");
  // What was stored as JSON has fields as well.
  if (l.kind !== "record" && !(l.kind === "stored" && l.parsed)) return undefined;
  let lists = 0;
  let inner: string | undefined;
  for (let i = l.path.length - 1; i >= 0; i--) {
    const name = l.path[i]!;
    if (name.startsWith("[")) {
      // The city of a user's addresses tells of the user; the number of their hosts' ports does not.
      if (i < l.path.length - 1 && ++lists > 1) return undefined;
    } else {
      if (lexicon.sensitive(name) && !(inner !== undefined && meansOther(name, inner, lexicon))) return name;
      inner = name;
    }
  }
  return undefined;
}

/** A word that is sensitive only by itself means something else where what is read from it does not fit: `card.question`. */
const meansOther = (name: string, inner: string, lexicon: Lexicon): boolean =>
  !lexicon.sensitive(`some_${name}`) && !lexicon.sensitive(`${name}_${inner}`);

const RESPONSES = new Set(["response", "stream-response", "template-response"]);
/** Whether a sink is an answer to the app's client. */
export const isResponse = (sink: string | undefined): boolean => sink !== undefined && RESPONSES.has(sink);

/** A file, class or folder that says by its name that it is for development or tests. */
export function isDevelopment(name: string): boolean {
  const parts = name.split("/").slice(-3);
  return parts.some((p) => {
    const words = p
      .replace(/\.\w+$/, "")
      .replace(/([a-z])([A-Z])/g, "$1_$2")
      .toLowerCase()
      .split(/[^a-z]+/);
    return words.some((w) => /^(dev|develop|development|local|test|tests|testing|debug|ci|sandbox)$/.test(w));
  });
}

/** A module that holds settings: by its name, or by what else it sets. */
export function isSettingsModule(m: ModuleDef): boolean {
  if (/(^|\/)(settings|config|configuration|conf)(\/|[^/]*\.py$)|settings[^/]*\.py$|config[^/]*\.py$/i.test(m.file))
    return true;
  return m.ir.body.some(
    (s) =>
      s.k === "assign" &&
      s.targets.some((t) => t.k === "name" && /^(INSTALLED_APPS|ROOT_URLCONF|MIDDLEWARE|ALLOWED_HOSTS)$/.test(t.id)),
  );
}

/** Where the mend of returned data belongs: where a generator or helper gave it away, else where it is returned. */
export const placeOf = (l: Label, returned: Loc): Loc => l.at ?? returned;

/** Of the calls through which something came to a sink, the outermost that it was handed to itself. */
function givenIn(via: readonly Loc[], l: Label): Loc | undefined {
  const steps = stepsOf(l.step);
  const holds = (call: Loc) => steps.some(({ loc }) => loc.chunk === call.chunk && loc.s >= call.s && loc.e <= call.e);
  return via.find(holds) ?? via[0];
}

/**
 * What of a returned value is given away where, one label a place: a helper may answer with one error here and another there, a
 * stream gives text away at each of its yields, and each is mended where it was made.
 * @param isMeant which labels of the value count
 */
export function givenAway(e: FlowEvent, s: Slot, isMeant: (l: Label) => boolean): { label: Label; at: Loc }[] {
  const out = new Map<string, { label: Label; at: Loc }>();
  for (const label of deepLabels(s.value)) {
    if (!isMeant(label)) continue;
    // A response class of the app's own is made of what it is given.
    const made = e.fn?.name === "__init__" ? givenIn(e.via, label) : undefined;
    // What was given away before it was handed to a shared helper is mended there: a stream's `yield f"error: {e}"`.
    const before = e.handed && label.kind === "exception" ? label.at : undefined;
    const at = before ?? e.handed ?? made ?? placeOf(label, s.loc);
    if (!out.has(at.id)) out.set(at.id, { label, at });
  }
  return [...out.values()];
}

/**
 * Stored free text that the prompt itself calls something private: `Diary entry: "{entry.content}"`.
 * @param before the piece of the prompt in front of the value
 */
export function namedByPrompt(l: Label, before: Piece | undefined, lexicon: Lexicon): string | undefined {
  if (typeof before !== "string" || !isFreeText(l, lexicon)) return undefined;
  const words =
    before
      .slice(-120)
      .toLowerCase()
      .match(/[a-z]+/g) ?? [];
  const found = words.slice(-12).find((w) => {
    const category = lexicon.sensitive(w)?.category;
    return category === "free-text" || category === "health";
  });
  return found && `${found} (${lastName(l)})`;
}

/** What was read, by the name nearest to the reader: the key of the request, the field of the record. */
export function nameOf(l: Label): string {
  const name = lastName(l);
  return name ? `\`${name}\`` : l.what;
}

const OF_THE_CALLER =
  /auth|cookie|session|token|key|secret|passw|cert|ssl|tls|(^|_)s?dn(_|$)|subject|forwarded|real_ip|remote|client|user(?!_agent)|mail|csrf|signature|jwt|account|customer|identity|(^|_)(id|ip|sub|addr)$/i;
/** What the server or the protocol says, and no sender freely. */
const OF_THE_SERVER = /^(?:http_)?(?:host|content_length|server_\w+|request_method|method|scheme)$/i;

/** A header whose name says nothing of who is calling: what somebody sends like any other field of the request. */
export function isPlainHeader(l: Label): boolean {
  const name = lastName(l).replace(/-/g, "_");
  if (l.kind !== "meta" || !name || !/\b(headers|META|environ)\b/.test(l.what)) return false;
  return !OF_THE_CALLER.test(name) && !OF_THE_SERVER.test(name);
}
