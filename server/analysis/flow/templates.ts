/** Text templates that are filled later: `string.Template`, Jinja, LangChain prompts, template files of the project. */
import type { CallExpr } from "../ir.js";
import type { CallModel } from "../names/model-schema.js";
import { type Args, argument } from "./arguments.js";
import type { Frame } from "./frame.js";
import type { Label, Loc } from "./labels.js";
import { ASSIGNED, isHandedOn } from "./pipes.js";
import { asText, fill, templatePart } from "./strings.js";
import type { Slot } from "./summary.js";
import {
  concat,
  constant,
  deepLabels,
  EMPTY,
  field,
  formsOf,
  joinAll,
  labelled,
  listOf,
  unionItems,
  type Value,
  withField,
} from "./value.js";

const PLACEHOLDER: Record<string, RegExp> = {
  format: /\{\{|\}\}|\{(\w+)[^{}]*\}/g,
  langchain: /\{\{|\}\}|\{(\w+)[^{}]*\}/g,
  percent: /%\((\w+)\)[sd]/g,
  dollar: /\$\$|\$\{?(\w+)\}?/g,
  jinja: /\{\{-?\s*([\w.]+)[^}]*-?\}\}/g,
};

/** The value of a call that makes or fills a template. */
export function templateOf(frame: Frame, m: CallModel, args: Args, x: CallExpr, recv: Value | undefined): Value {
  const t = m.template!;
  const at = frame.loc(x);
  let text = t.text ? argument(frame, args, t.text)?.value : recv?.fields?.get("#template");
  if (!text && t.file) text = templateFile(frame, argument(frame, args, t.file)?.value);
  if (t.file && text === undefined) text = EMPTY;
  if (t.fill === "later") {
    const v = withField(withField(EMPTY, "#template", text ?? EMPTY), "#style", constant(t.style));
    return text?.items ? withField(v, "#messages", messagesOf(text)) : v;
  }
  const style = String(recv?.fields?.get("#style")?.c ?? t.style);
  const all = everyVariable(args, t.text !== undefined);
  const messages = recv?.fields?.get("#messages");
  if (messages && !t.text) return filledMessages(messages, args, at, style, all);
  const get = (name: string) => variable(args, name);
  return fillText(text ?? recv ?? EMPTY, style, at, get, all);
}

/** The messages of a chat prompt with everything put in, and those of the lists that stand for some of them. */
function filledMessages(messages: Value, args: Args, at: Loc, style: string, all: readonly Variable[]): Value {
  const used = new Set<string>();
  const get = (name: string) => {
    used.add(name);
    return variable(args, name);
  };
  const out = (messages.items ?? []).map((m) => {
    // A plain text is what the human says.
    const content = textOf(m) ?? (m.fields || m.items || m.elem ? undefined : m);
    if (!content) return m;
    const text = fillText(content, style, at, get, isUnread(content) ? all : []);
    return content === m ? text : withField(m, "content", text);
  });
  const isOpen = messages.items?.some((m) => isUnread(textOf(m) ?? m)) ?? false;
  const lists = all.flatMap(({ name, value }) => {
    const given = name === EVERY ? [...(value.fields ?? [])] : name === undefined ? [] : [[name, value] as const];
    return given.flatMap(([key, v]) => (used.has(key) || !mayBeMessages(key, v, isOpen) ? [] : [v]));
  });
  return lists.reduce(unionItems, listOf(out));
}

/** Whether a value that no text asks for stands for messages. @param isOpen some text is not known, and may ask for it */
const mayBeMessages = (name: string, v: Value, isOpen: boolean): boolean =>
  v.items !== undefined ||
  v.elem !== undefined ||
  (!isOpen && MESSAGES.test(name) && v.labels.length > 0 && v.str === undefined && v.c === undefined);

const MESSAGES = /history|messages|scratchpad|conversation|memory|examples/i;

/** What is handed in for a placeholder, with its name; `**` for a dictionary with what all of them stand for. */
interface Variable {
  name: string | undefined;
  value: Value;
  loc: Loc;
}

const EVERY = "**";

/** Pairs, message objects and templates of a chat prompt. */
function messagesOf(list: Value): Value {
  return listOf(
    (list.items ?? []).map((i) => {
      if (i.items?.length === 2) return withField(withField(EMPTY, "role", i.items[0]!), "content", i.items[1]!);
      return i;
    }),
  );
}

function variable(args: Args, name: string): { value: Value; loc: Loc } | undefined {
  const kw = args.kw.get(name);
  if (kw) return kw;
  for (const a of args.pos) {
    const f = a.value.fields?.get(name);
    if (f) return { value: f, loc: a.loc };
  }
  if (args.dstar) return { value: field(args.dstar.value, name), loc: args.dstar.loc };
  return undefined;
}

/** All that is handed in, for templates whose text is not known. */
function everyVariable(args: Args, textIsArgument: boolean): Variable[] {
  const pos = textIsArgument ? args.pos.slice(1) : args.pos;
  return [
    ...pos.map((a) => ({ ...a, name: a.value.fields || a.value.labels.length ? EVERY : undefined })),
    ...[...args.kw].map(([name, a]) => ({ ...a, name })),
    ...(args.dstar ? [{ ...args.dstar, name: EVERY }] : []),
  ].filter(({ value: v }) => v.labels.length || v.str || v.fields || v.items || v.elem);
}

/**
 * A text with everything put in for its placeholders.
 * @param get what a name stands for
 * @param all what may be in a text that is not known
 */
export function fillText(
  template: Value,
  style: string,
  at: Loc,
  get: (name: string) => { value: Value; loc: Loc } | undefined,
  all: readonly Variable[] = [],
): Value {
  const forms = formsOf(template);
  const pattern = PLACEHOLDER[style] ?? PLACEHOLDER.format!;
  const unknown = () => {
    // A template that cannot be read is taken for instructions with everything in it.
    const open =
      template.labels.some((l) => l.kind === "param") && !forms?.length && !template.fields && !template.items;
    const parts = all.map((a) => ({ v: asText(a.value), loc: a.loc, ...(open ? { fills: a.name } : {}) }));
    return concat([{ ...templatePart(open ? template : EMPTY, at), ...(open ? { style } : {}) }, ...parts], at);
  };
  if (!forms?.length || forms.some((f) => f.pieces[0] === UNREADABLE)) return all.length ? unknown() : EMPTY;
  const used = new Set<Loc>();
  const filled = joinAll(
    forms.map((f) =>
      fill(f, at, new RegExp(pattern.source, "g"), (m) => {
        if (m[1] === undefined) return m[0] === "{{" ? "{" : m[0] === "}}" ? "}" : m[0];
        const a = get(m[1].split(".")[0]!);
        if (!a) return "";
        used.add(a.loc);
        return { v: asText(a.value), loc: a.loc };
      }),
    ),
  );
  // Jinja's loops and conditions use variables that no placeholder names.
  const blocks =
    style === "jinja" ? forms.map((f) => f.pieces.filter((p) => typeof p === "string").join(" ")).join(" ") : "";
  const rest = all.filter((a) => !used.has(a.loc) && /\{%/.test(blocks));
  if (!rest.length) return filled;
  const form = filled.str?.[0] ?? { pieces: [typeof filled.c === "string" ? filled.c : ""], loc: at };
  return {
    ...filled,
    c: undefined,
    labels: joinAll([labelled(filled.labels), ...rest.map((a) => labelled(asText(a.value).labels))]).labels,
    str: [{ pieces: [...form.pieces, ...rest.map((a) => ({ v: asText(a.value), loc: a.loc }))], loc: at }],
  };
}

const UNREADABLE = "\uFFFB";

/** The text of a template file that the project holds; a marker when it is named but not there. */
function templateFile(frame: Frame, name: Value | undefined): Value | undefined {
  if (typeof name?.c !== "string") return undefined;
  const text = frame.program.host.template?.(frame.module.file, name.c);
  return text === undefined ? constant(UNREADABLE) : constant(text);
}

/** The slot of a call on a chain whose template only the callers know. */
export const TEMPLATE_SLOT = "#template";

/**
 * Says to the callers that the receiver, a parameter of theirs, may hold the template that the variables go into, or that texts of
 * the template are parameters of theirs.
 */
export function openTemplate(recv: Value, slots: readonly Slot[], at: Loc): Slot[] {
  if (!slots.some((s) => s.slot === "variables")) return [];
  const unread = unreadMessages(recv);
  if (unread) return [{ slot: TEMPLATE_SLOT, value: unread, loc: at }];
  const known = recv.fields?.has("#messages") || recv.fields?.has("#template");
  // Of a template that the object was made with (`self.chain`), its class does not tell what was put into it then.
  const params = recv.labels.filter((l) => l.kind === "param" && (!known || l.path.length > 0));
  return params.length ? [{ slot: TEMPLATE_SLOT, value: labelled(params), loc: at }] : [];
}

/** A template of those messages only whose texts are parameters; undefined when there are none. */
function unreadMessages(template: Value): Value | undefined {
  const unread = (template.fields?.get("#messages")?.items ?? []).filter((m) => isUnread(textOf(m)));
  return unread.length ? withField(EMPTY, "#messages", listOf(unread)) : undefined;
}

/** The text of a message that is filled, which may be a template object of its own. Message objects say what they say. */
function textOf(m: Value): Value | undefined {
  const given = m.fields?.get("content") ?? m.fields?.get("#template");
  const template = given?.fields?.get("#template");
  return m.fields?.has("#message") && !m.fields.has("#template") ? template : (template ?? given);
}

const isUnread = (text: Value | undefined): boolean =>
  !!text && !formsOf(text) && text.labels.some((l) => l.kind === "param");

/** The slots of a call once its template is known. @param handed where the caller hands in the variables */
export function fillOpen(slots: readonly Slot[], handed: Loc | undefined): readonly Slot[] {
  const open = slots.find((s) => s.slot === TEMPLATE_SLOT);
  if (!open?.value.fields) return slots;
  const rest = slots
    .filter((s) => s !== open)
    .map((s) => (s.slot === "variables" && handed ? { ...s, loc: handed } : s));
  const filled = (fillTemplate(open.value, rest, open.loc) ?? []).filter((s) => !rest.some((r) => tells(r, s)));
  const unread = unreadMessages(open.value);
  return [...rest, ...filled, ...(unread ? [{ ...open, value: unread }] : [])];
}

/** Whether a slot says all that another says: the class of the object may have told of its template already. */
function tells(slot: Slot, other: Slot): boolean {
  if (slot.slot !== other.slot || wordsOf(slot.value) !== wordsOf(other.value)) return false;
  const keyOf = (l: Label) => `${l.key} ${l.path.join(".")}`;
  const told = new Set(deepLabels(slot.value).map(keyOf));
  return deepLabels(other.value).every((l) => told.has(keyOf(l)));
}

/** The constant words of a text, or of the texts of several messages. */
const wordsOf = (v: Value): string =>
  [
    ...(formsOf(v) ?? []).map((f) => f.pieces.map((p) => (typeof p === "string" ? p : "…")).join("")),
    ...(v.items ?? []).map((m) => wordsOf(m.fields?.get("content") ?? m)),
  ].join("\n");

/**
 * Further slots of a call on a chain (`prompt | model`): the template's texts with the call's variables put in.
 */
export function fillTemplate(recv: Value, slots: readonly Slot[], at: Loc): Slot[] | undefined {
  const template = recv.fields?.get("#template");
  const messages = recv.fields?.get("#messages");
  if (!template && !messages) return undefined;
  const vars = slots.find((s) => s.slot === "variables" || s.slot === "input");
  const get = (name: string) => {
    const kept = recv.fields?.get(ASSIGNED)?.fields?.get(name);
    if (kept) return { value: kept, loc: at };
    const handed = isHandedOn(recv, name);
    if (handed === false) return undefined;
    const given = vars?.value.fields;
    // Chains over documents are asked with a `query`, which their prompts call `question`.
    const asked = given?.get(name) ?? (name === "question" ? given?.get("query") : undefined);
    // A part that is made of what is handed in may go by another name there.
    const v = given && !handed ? asked : (asked ?? vars?.value);
    return v && { value: v, loc: vars!.loc };
  };
  const all = vars
    ? [...(vars.value.fields ?? [[EVERY, vars.value] as const])].map(([name, value]) => ({
        name,
        value,
        loc: vars.loc,
      }))
    : [];
  const out: Slot[] = [];
  if (messages) {
    const filled = (messages.items ?? []).flatMap((m) => {
      const content = textOf(m);
      if (!content) return [m];
      // Whoever hands the text in will know what goes into it.
      if (isUnread(content)) return [];
      return [withField(m, "content", fillText(content, "langchain", at, get))];
    });
    out.push({ slot: "messages", value: listOf(filled), loc: at });
  } else if (template)
    out.push({
      slot: "completion",
      value: fillText(template, String(recv.fields?.get("#style")?.c ?? "langchain"), at, get, all),
      loc: at,
    });
  return out;
}
