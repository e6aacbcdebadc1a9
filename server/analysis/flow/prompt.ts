/** What a model call sends, part by part: whose voice each text speaks with, and how it is put together. */
import type { Loc } from "./labels.js";
import type { FlowEvent, Slot } from "./summary.js";
import {
  type DynamicPiece,
  deepLabels,
  EMPTY,
  element,
  field,
  formsOf,
  mapLabels,
  type Piece,
  type StrForm,
  type Value,
} from "./value.js";

export type Role = "system" | "assistant" | "user" | "tool" | "completion" | "client";

export interface PromptPart {
  role: Role;
  value: Value;
  loc: Loc;
  /** The role of the message, where it is no constant. */
  spoken?: Value;
}

/** The texts of a model call with their roles. A messages list that the caller sent as it is has the role `client`. */
export function promptParts(e: FlowEvent): PromptPart[] {
  const out: PromptPart[] = [];
  for (const s of e.slots) slotParts(s, out);
  if (!out.length) for (const s of e.slots) if (s.slot === "variables") handedTexts(s, out);
  return out;
}

/** Texts that are put together where they are handed to an agent or a chain whose prompt is not seen. */
function handedTexts({ value, loc }: Slot, out: PromptPart[]): void {
  for (const v of [value, ...(value.fields?.values() ?? [])])
    if (v.str?.some((f) => f.pieces.length > 1)) out.push({ role: "user", value: v, loc });
}

function slotParts(s: Slot, out: PromptPart[]): void {
  switch (s.slot) {
    case "messages":
      messageList(s.value, s.loc, out);
      return;
    case "input":
      if (isMessages(s.value)) messageList(s.value, s.loc, out);
      else if (s.value.items || s.value.elem) {
        for (const v of [...(s.value.items ?? []), ...(s.value.elem ? [s.value.elem] : [])])
          out.push({ role: "user", value: v, loc: s.loc });
      } else if (s.value.fields && !s.value.labels.length) fieldTexts(s.value, s.loc, out);
      else out.push({ role: "user", value: s.value, loc: s.loc });
      return;
    case "completion":
      // Models that complete texts take messages, too; a list of prompts is so many prompts.
      if (isMessages(s.value)) messageList(s.value, s.loc, out);
      else if (s.value.items || s.value.elem) {
        for (const v of [...(s.value.items ?? []), ...(s.value.elem ? [s.value.elem] : [])])
          out.push({ role: "completion", value: v, loc: s.loc });
      } else out.push({ role: "completion", value: s.value, loc: s.loc });
      return;
    case "system":
      for (const v of contents(s.value)) out.push({ role: "system", value: v, loc: s.loc });
      return;
    case "tool":
      // What another tool gave it, that one tells.
      out.push({ role: "tool", value: untold(s.value), loc: s.loc });
      return;
    case "body":
      body(s.value, s.loc, out);
      return;
    default:
      return;
  }
}

/** Inputs by their names, each a text of its own; one message. */
function fieldTexts(v: Value, loc: Loc, out: PromptPart[]): void {
  if (v.fields?.has("role") || v.fields?.has("content")) messageList(v, loc, out);
  else for (const [key, x] of v.fields ?? []) if (!key.startsWith("#")) out.push({ role: "user", value: x, loc });
}

/** A JSON body of a raw call: the keys that the providers use. */
function body(v: Value, loc: Loc, out: PromptPart[]): void {
  const f = v.fields;
  if (!f) return;
  for (const [key, x] of f) {
    if (key === "messages" || key === "contents") messageList(x, loc, out);
    else if (key === "system" || key === "systemInstruction" || key === "system_prompt" || key === "preamble") {
      for (const c of contents(x)) out.push({ role: "system", value: c, loc });
    } else if (key === "prompt") out.push({ role: "completion", value: x, loc });
    else if (key === "input" || key === "inputs" || key === "inputText" || key === "query" || key === "message") {
      if (isMessages(x)) messageList(x, loc, out);
      else out.push({ role: "user", value: x, loc });
    }
  }
}

const isMessages = (v: Value): boolean =>
  [...(v.items ?? []), ...(v.elem ? [v.elem] : [])].some(
    (i) =>
      i.fields?.has("role") ||
      i.fields?.has("content") ||
      i.fields?.get("type")?.c === "function_call_output" ||
      isPair(i),
  );

/** `("system", "...")`. */
const isPair = (v: Value): boolean =>
  !v.fields && v.items?.length === 2 && /^(system|human|user|ai|assistant|developer|tool)$/.test(String(v.items[0]!.c));

function messageList(v: Value, loc: Loc, out: PromptPart[]): void {
  if (v.fields?.has("content") && v.fields.has("role")) {
    message(v, loc, out);
    return;
  }
  if (v.labels.length) out.push({ role: "client", value: { ...v, items: undefined, elem: undefined }, loc });
  for (const m of v.items ?? []) message(m, loc, out);
  if (v.elem) message(v.elem, loc, out);
  if (!v.items && !v.elem && !v.labels.length && (v.str || v.c !== undefined))
    out.push({ role: "user", value: v, loc });
}

function message(m: Value, loc: Loc, out: PromptPart[]): void {
  if (m.items?.length === 2 && typeof m.items[0]?.c === "string" && !m.fields) {
    for (const c of contents(m.items[1]!)) out.push({ role: roleOf(m.items[0].c), value: c, loc });
    return;
  }
  if (m.str || (typeof m.c === "string" && !m.fields)) {
    out.push({ role: "user", value: m, loc });
    return;
  }
  if (!m.fields) {
    if (m.labels.length) out.push({ role: "client", value: m, loc });
    if (m.items || m.elem) messageList(m, loc, out);
    return;
  }
  for (const given of toolResults(m)) out.push({ role: "tool", value: untold(given), loc });
  const role = field(m, "role");
  const content = m.fields.get("content") ?? m.fields.get("parts") ?? m.fields.get("text") ?? EMPTY;
  const spoken = role.labels.length ? { spoken: role } : {};
  const as = roleOf(role.c);
  for (const c of contents(content)) out.push({ role: as, value: as === "tool" ? untold(c) : c, loc, ...spoken });
}

/** A tool's result without what the tool's own function tells. */
const untold = (v: Value): Value => mapLabels(v, (l) => (l.told ? undefined : l));

/**
 * What tools gave, in the providers' own words: blocks of a message (`{"type": "tool_result", "content": ...}`,
 * `{"toolResult": {"content": [{"json": ...}]}}`), or an item that stands for one (`{"type": "function_call_output", "output": ...}`).
 */
function toolResults(m: Value): Value[] {
  const f = m.fields;
  if (f?.get("type")?.c === "function_call_output") return [f.get("output") ?? EMPTY];
  const content = f?.get("content");
  const blocks = [...(content?.items ?? []), ...(content?.elem ? [element({ ...content, items: undefined })] : [])];
  return blocks.flatMap((b) => {
    const held = b.fields?.get("type")?.c === "tool_result" ? b : b.fields?.get("toolResult");
    const given = held?.fields?.get("content");
    return given ? contents(given).map((v) => v.fields?.get("json") ?? v) : [];
  });
}

function roleOf(c: Value["c"]): Role {
  switch (c) {
    case "system":
    case "developer":
      return "system";
    case "assistant":
    case "ai":
    case "model":
      return "assistant";
    case "tool":
    case "function":
      return "tool";
    default:
      return "user";
  }
}

/** A content that is a list of blocks: the text of each; a message is what it says. */
function contents(v: Value): Value[] {
  if (!v.items && !v.elem) {
    const text = v.fields?.get("text") ?? (v.fields?.has("role") ? v.fields.get("content") : undefined);
    return [text ?? v];
  }
  const blocks = [...(v.items ?? []), ...(v.elem ? [element({ ...v, items: undefined, labels: [] })] : [])];
  const out = blocks.map((b) => b.fields?.get("text") ?? (b.fields?.has("type") ? EMPTY : b));
  return v.labels.length ? [...out, { labels: v.labels, types: [] }] : out;
}

export interface TextForm {
  pieces: readonly Piece[];
  loc: Loc;
  /** All constant text in it, that of the texts inside it too; `…` for each dynamic piece. */
  text: string;
}

/** The ways in which a part's text is put together; a value that is no known text is one dynamic piece. */
export function textForms(p: { value: Value; loc: Loc }): TextForm[] {
  const whole = (v: Value): StrForm => ({ pieces: [{ v, loc: p.loc }], loc: p.loc });
  const texts = formsOf(p.value);
  // `json.dumps(row) if row else "nobody"`: what was put into JSON is one more way in which the text can be.
  const forms = !texts ? [whole(p.value)] : holdsMore(p.value) ? [...texts, whole(made(p.value))] : texts;
  return forms.map((f) => ({ pieces: f.pieces, loc: f.loc, text: constantText(f.pieces) }));
}

/** Whether a text may be something else that holds what the text does not. */
const holdsMore = (v: Value): boolean =>
  (v.fields !== undefined || v.items !== undefined || v.elem !== undefined) &&
  deepLabels(made(v)).some((l) => !v.labels.some((x) => x.key === l.key));

const made = ({ fields, items, elem }: Value): Value => ({
  ...EMPTY,
  fields: fields && new Map([...fields].filter(([key]) => !key.startsWith("#"))),
  items,
  elem,
});

/** By pieces and depth: a text that many others are put together of is read once. */
const constantTexts = new WeakMap<readonly Piece[], string[]>();

function constantText(pieces: readonly Piece[], depth = 0): string {
  let known = constantTexts.get(pieces);
  if (!known) {
    known = [];
    constantTexts.set(pieces, known);
  }
  known[depth] ??= pieces
    .map((x) => (typeof x === "string" ? x : x.v.str?.length && depth < 6 ? longest(x.v.str, depth + 1) : "…"))
    .join("");
  return known[depth];
}

/** Of the texts that a piece may be, the one that says most: `{prompt or DEFAULT_PROMPT}`. */
function longest(forms: readonly StrForm[], depth: number): string {
  const texts = (depth > 3 ? forms.slice(0, 1) : forms).map((f) => constantText(f.pieces, depth));
  return texts.reduce((a, b) => (b.length > a.length ? b : a));
}

/** The texts inside a piece that are put together of several pieces themselves. */
export function innerForms(x: Exclude<Piece, string>): TextForm[] {
  const dynamic = x.v.str?.filter((f) => f.pieces.some((p) => typeof p !== "string"));
  return dynamic?.length ? dynamic.map((f) => ({ pieces: f.pieces, loc: f.loc, text: constantText(f.pieces) })) : [];
}

/**
 * The prompts that a text is put together of, each with the pieces that were put into it: what a helper was handed as a whole
 * prompt (`ask(f"Summarise the mails of {user.email}")`) was joined where it was handed over.
 *
 * @param isPrompt whether a text tells a model what to do
 */
export function joinedTexts(form: TextForm, isPrompt: (text: string) => boolean, depth = 0): TextForm[] {
  const inside: TextForm[] = [];
  const pieces = form.pieces.flatMap((x): readonly Piece[] => {
    const inner = typeof x === "string" || depth >= 4 ? [] : innerForms(x).filter((f) => isPrompt(f.text));
    inside.push(...inner.flatMap((f) => joinedTexts(f, isPrompt, depth + 1)));
    if (!inner.length || typeof x === "string") return [x];
    const rest = withoutForms(x, inner);
    return rest ? [rest] : [];
  });
  return [...(pieces.some((x) => typeof x !== "string") ? [{ ...form, pieces }] : []), ...inside];
}

/** A piece as it is where it is none of some texts; undefined where it is nothing else. */
export function withoutForms(x: DynamicPiece, texts: readonly TextForm[]): DynamicPiece | undefined {
  const rest = x.v.str?.filter(
    (f) => f.pieces.some((p) => typeof p !== "string") && !texts.some((t) => t.pieces === f.pieces),
  );
  if (!rest?.length) return undefined;
  const labels = rest.flatMap((f) => f.pieces.flatMap((p) => (typeof p === "string" ? [] : deepLabels(p.v))));
  return { ...x, v: { labels: [...new Set(labels)], types: x.v.types, str: rest } };
}
