/** Moves a legacy completion call to the chat call of the same SDK version, with the reading of its answer. */
import type { Edit } from "../finding.js";
import type { CallExpr } from "../ir.js";
import { baseOf, keyword, listLiteral, messageDict, removeArguments } from "./arguments.js";
import type { Case, Draft } from "./context.js";
import type { Texts } from "./messages.js";
import { dotted, type Node } from "./nodes.js";
import type { PromptSite } from "./prompt-site.js";
import { ListShape, LOST, type Place, type Shape, type Step } from "./shapes.js";
import { pyString } from "./source.js";
import type { Split } from "./split.js";
import { type Layout, render } from "./text-parts.js";
import { Tracker } from "./track.js";

/** Models that only complete a text. Source: OpenAI's lists of models and deprecations. */
const COMPLETION_MODEL =
  /^(text-(davinci|curie|babbage|ada)-\d+|(text-)?(davinci|curie|babbage|ada)(-\d+)?|davinci-instruct-beta|curie-instruct-beta|code-davinci-\d+|code-cushman-\d+|gpt-3\.5-turbo-instruct(-\d+)?)$/;
/** Arguments that only the completion call has. */
const COMPLETION_ONLY = ["best_of", "echo", "suffix", "logprobs"];

export function isCompletion(site: PromptSite): boolean {
  if (site.argument !== "prompt") return false;
  return renamed(site.call.x) !== undefined;
}

/** What is exchanged in the name of the call: a piece of it, and its place relative to the chunk. */
function renamed(x: CallExpr): { s: number; e: number; text: string } | undefined {
  const name = dotted(x.f) ?? (x.f.k === "attr" && x.f.o.k === "attr" ? `?.${x.f.o.a}.${x.f.a}` : "");
  if (x.f.k !== "attr") return undefined;
  const o = x.f.o;
  if (/(^|\.)Completion\.a?create$/.test(name) && o.k === "attr" && o.a === "Completion")
    return { s: o.as, e: o.e, text: "ChatCompletion" };
  if (/\.completions\.create$/.test(name) && !/chat\.completions\.create$/.test(name) && o.k === "attr")
    return { s: o.as, e: o.e, text: "chat.completions" };
  if (/^litellm\.a?text_completion$/.test(name)) return { s: x.f.as, e: x.f.e, text: x.f.a.replace("text_", "") };
  return undefined;
}

type TextsFor = (c: Case, site: PromptSite, parts: Split, layout: Layout) => Texts | undefined;

export function completionToChat(c: Case, site: PromptSite, parts: Split, textsFor: TextsFor): Draft[] {
  const { call } = site;
  const src = c.source;
  const base = baseOf(call);
  const name = renamed(call.x);
  const stream = keyword(call, "stream");
  if (!name || (stream && !(stream.x.k === "const" && stream.x.v === false))) return [];
  const reads = replyReads(c, call);
  if (!reads) return [];
  const edits: Edit[] = [src.edit(base + name.s, base + name.e, name.text), ...reads];
  const model = chatModel(c, site);
  if (!model) return [];
  edits.push(...model);
  const foreign = call.x.kw.filter(
    (k) =>
      k.n !== null && COMPLETION_ONLY.includes(k.n) && !(k.n === "logprobs" && k.x.k === "const" && k.x.t === "bool"),
  );
  edits.push(...removeArguments(src, call, foreign));
  const list = messages(c, site, parts, textsFor);
  if (!list) return [];
  edits.push(...list);
  return [{ title: "Move to a chat call with a system and a user message", effort: "medium", edits }];
}

/** `messages` in the place of the prompt: its variable becomes the list where nothing else needs the variable. */
function messages(c: Case, site: PromptSite, parts: Split, textsFor: TextsFor): Edit[] | undefined {
  const src = c.source;
  const { call, variable } = site;
  const base = baseOf(call);
  const arg = keyword(call, "prompt");
  if (!arg) return undefined;
  const indent = src.indentAt(base + arg.s);
  if (variable && variable.others === 0 && !taken(c, variable.assign.scope, "messages")) {
    const outer = src.indentAt(variable.assign.s);
    const layout: Layout = { indent: outer + src.unit, column: outer.length + src.unit.length + 30 };
    const system = render(src, parts.system, layout);
    const user = render(src, parts.user, layout);
    if (system === undefined || user === undefined) return undefined;
    if (!/[\r\n]/.test(system) && !isTriple(src.slice(site.text.s, site.text.e))) {
      // Statements are moved whole: a list in the place of the text.
      const list = listLiteral(
        src,
        [messageDict(src.quote, "system", system), messageDict(src.quote, "user", user)],
        outer,
        1000,
      );
      return [
        src.edit(variable.assign.s, variable.assign.e, `messages = ${list}`),
        src.edit(base + arg.s, base + arg.e, "messages=messages"),
      ];
    }
  }
  const texts = textsFor(c, site, parts, { indent: indent + src.unit, column: src.column(base + arg.s) + 30 });
  if (!texts) return undefined;
  const list = listLiteral(
    src,
    [messageDict(src.quote, "system", texts.system), messageDict(src.quote, "user", texts.user)],
    indent,
    src.column(base + arg.s) + 9,
    1,
  );
  return [...texts.edits, src.edit(base + arg.s, base + arg.e, `messages=${list}`)];
}

const isTriple = (text: string): boolean => /^[A-Za-z]{0,2}("""|''')/.test(text);

function taken(c: Case, scope: Node["stmt"]["scope"], name: string): boolean {
  return (
    c.nodes.within(scope).some((n) => n.x.k === "name" && n.x.id === name) ||
    (scope.fn?.params.some((p) => p.name === name) ?? false)
  );
}

/** The model's argument with a chat model where it names one that only completes; undefined where it must not be touched. */
function chatModel(c: Case, { call }: PromptSite): Edit[] | undefined {
  const src = c.source;
  const base = baseOf(call);
  const arg = keyword(call, "model", "engine");
  if (!arg) return [];
  const start = base + arg.s;
  const known = arg.x.k === "const" ? arg.x.v : constantNamed(c, arg.x.k === "name" ? arg.x.id : undefined);
  // The chat call takes `engine` for a deployment of Azure's, and otherwise `model`.
  const key = arg.n === "engine" && typeof known === "string" && COMPLETION_MODEL.test(known) ? "model" : arg.n;
  if (typeof known === "string" && COMPLETION_MODEL.test(known)) {
    const quote = arg.x.k === "const" && src.slice(base + arg.x.s, base + arg.x.s + 1) === "'" ? "'" : '"';
    return [
      src.edit(
        start,
        base + arg.e,
        `${key}=${pyString(c.cx.settings.chatModel, arg.x.k === "const" ? quote : src.quote)}`,
      ),
    ];
  }
  return [];
}

function constantNamed(c: Case, name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const from = c.nodes.statements.filter(
    (s) => s.st.k === "assign" && s.st.targets.some((t) => t.k === "name" && t.id === name),
  );
  const v = from.length === 1 && from[0]!.st.k === "assign" ? from[0]!.st.v : undefined;
  return v?.k === "const" && typeof v.v === "string" ? v.v : undefined;
}

/** A choice of the answer: its text is somewhere else in a chat's answer. */
class ChoiceShape implements Shape {
  readonly key = "choice";
  constructor(readonly at: Map<number, { place: Place; how: "attr" | "item" }>) {}

  attr(name: string, place: Place): Step {
    if (name === "text") this.at.set(place.end, { place, how: "attr" });
    return name === "text" || name === "finish_reason" || name === "index" ? undefined : LOST;
  }

  item(key: string | number | undefined, place: Place): Step {
    if (key === "text") this.at.set(place.end, { place, how: "item" });
    return key === "text" || key === "finish_reason" || key === "index" ? undefined : LOST;
  }

  slice(): Step {
    return LOST;
  }
  method(): Step {
    return LOST;
  }
  element(): Step {
    return LOST;
  }
}

class ReplyShape implements Shape {
  readonly key = "reply";
  constructor(readonly choice: ChoiceShape) {}

  attr(name: string): Step {
    if (name === "choices") return new ListShape(this.choice);
    return /^(usage|id|model|created|object|system_fingerprint)$/.test(name) ? undefined : LOST;
  }

  item(key: string | number | undefined): Step {
    return typeof key === "string" ? this.attr(key) : LOST;
  }

  slice(): Step {
    return LOST;
  }
  method(name: string, call: CallExpr): Step {
    const a = call.args[0];
    return name === "get" && a?.k === "const" && typeof a.v === "string" ? this.attr(a.v) : LOST;
  }
  element(): Step {
    return LOST;
  }
}

/** Edits of every place that reads the answer's text; undefined where the answer goes out of sight. */
function replyReads(c: Case, call: Node): Edit[] | undefined {
  const choice = new ChoiceShape(new Map());
  const seen = new Tracker(c, new Map<CallExpr | Node["x"], Shape>([[call.x, new ReplyShape(choice)]])).run(call.stmt);
  if (!seen) return undefined;
  const edits: Edit[] = [];
  for (const { place, how } of choice.at.values()) {
    if (place.file !== c.file) return undefined;
    const written = c.source.slice(place.start, place.end);
    const m = how === "attr" ? /\.\s*text$/.exec(written) : /\[\s*(["'])text\1\s*\]$/.exec(written);
    if (!m) return undefined;
    const q = m[1] ?? "";
    const text = how === "attr" ? ".message.content" : `[${q}message${q}][${q}content${q}]`;
    edits.push(c.source.edit(place.start + m.index, place.end, text));
  }
  return edits.length ? edits : undefined;
}
