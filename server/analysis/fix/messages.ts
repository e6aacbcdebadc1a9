/** Splits a prompt into a system and a user message. */
import type { Edit } from "../finding.js";
import type { Expr } from "../ir.js";
import { addArguments, baseOf, insertBefore, keyword, listLiteral, messageDict, unpacks } from "./arguments.js";
import { completionToChat, isCompletion } from "./completion.js";
import type { Case, Draft } from "./context.js";
import { dotted, type Node } from "./nodes.js";
import { type Message, movable, type PromptSite, promptSite } from "./prompt-site.js";
import { pyString, WIDTH } from "./source.js";
import { nounOf, type Split, split } from "./split.js";
import { type Hole, type Layout, type Part, partsOf, render } from "./text-parts.js";

const TITLE = "Split into a system and a user message";
const SYSTEM_ROLES = new Set(["system", "developer"]);
const USER_ROLES = new Set(["user", "human"]);

/** Sources of the two texts, and the edits at the text's own place that go with them. */
export interface Texts {
  system: string;
  user: string;
  edits: Edit[];
}

export function messagesArray(c: Case): Draft[] {
  const site = promptSite(c);
  if (!site || unpacks(site.call)) return [];
  const parts = split(site.parts, site.isUser);
  if (!parts) return [];
  const holes = parts.user.filter((p): p is Hole => typeof p === "object");
  if (site.variable && !movable(c, holes, site.variable.assign, site.value)) return [];
  if (isCompletion(site)) return completionToChat(c, site, parts, textsFor);
  if (site.message) return inList(c, site, site.message, parts);
  if (site.argument !== undefined) return inArgument(c, site, parts);
  return [];
}

/**
 * Writes both texts out, where the text was inline; where it has a variable that nothing else uses, a long system text
 * stays there and a short one moves into the message.
 */
export function textsFor(c: Case, site: PromptSite, parts: Split, layout: Layout): Texts | undefined {
  const src = c.source;
  const triple = isTriple(c, site.text);
  const user = render(src, parts.user, { ...layout, triple: false });
  if (user === undefined) return undefined;
  const { variable } = site;
  const short = render(src, parts.system, { ...layout, triple: false });
  const fits = short !== undefined && !triple && layout.column + short.length <= WIDTH && !/[\r\n]/.test(short);
  if (variable && variable.others === 0) {
    const alone = parts.system.length === 1 && typeof parts.system[0] === "object";
    if (short !== undefined && (fits || alone)) {
      return { system: short, user, edits: [src.remove(variable.assign.s, variable.assign.e)] };
    }
    const kept = render(src, parts.system, {
      indent: src.indentAt(variable.assign.s),
      column: src.column(site.text.s),
      triple,
    });
    if (kept === undefined) return undefined;
    return { system: variable.name, user, edits: [src.edit(site.text.s, site.text.e, unwrapped(c, site.text, kept))] };
  }
  const system = render(src, parts.system, { ...layout, triple });
  return system === undefined ? undefined : { system, user, edits: [] };
}

/** Brackets that stand around a text already need no second pair. */
function unwrapped(c: Case, text: Node, written: string): string {
  const before = c.source.slice(0, text.s).trimEnd();
  return before.endsWith("(") && written.startsWith("(") && /^\s*\)/.test(c.source.slice(text.e, c.source.text.length))
    ? written.slice(1, -1).trim()
    : written;
}

function isTriple(c: Case, text: Node): boolean {
  return /^[A-Za-z]{0,2}("""|''')/.test(c.source.slice(text.s, text.e));
}

/** The text is the content of one message of a list. */
function inList(c: Case, site: PromptSite, message: Message, parts: Split): Draft[] {
  const role = message.role;
  const form = formOf(c, message);
  if (!form) return [];
  const topLevel = takesSystemArgument(c, site);
  const layout: Layout = layoutAt(c, message.node);
  const system = SYSTEM_ROLES.has(role);
  const texts = textsFor(c, site, system ? labelled(c, message.list, parts) : parts, layout);
  if (!texts) return [];
  const src = c.source;
  const edits = [...texts.edits];
  const put = (text: string) => edits.push(src.edit(site.value.s, site.value.e, text));
  if (USER_ROLES.has(role)) {
    put(texts.user);
    const added = topLevel ? systemArgument(c, site, parts, texts) : systemMessage(c, message, parts, texts, form);
    if (!added) return [];
    edits.push(...added);
  } else if (system && !topLevel) {
    put(texts.system);
    if (!alreadyThere(c, message.list, texts.user))
      edits.push(...insertItem(c, message.list, form("user", texts.user), message.node, "after"));
  } else return [];
  return [{ title: TITLE, effort: "low", edits }];
}

type Form = (role: "system" | "user", text: string) => string;

/** How a message of the same kind is written, in the quotes of the one that is there. */
function formOf(c: Case, message: Message): Form | undefined {
  const { x } = message.node;
  const quote = quoteIn(c, message.node);
  if (x.k === "dict") return (role, text) => messageDict(quote, role, text);
  if (x.k === "tuple") return (role, text) => `(${pyString(role === "user" ? "human" : role, quote)}, ${text})`;
  return undefined;
}

function quoteIn(c: Case, n: Node): "'" | '"' {
  return c.source.slice(n.s, n.e).match(/['"]/)?.[0] === "'" ? "'" : '"';
}

function layoutAt(c: Case, n: Node): Layout {
  const src = c.source;
  return { indent: src.indentAt(n.s) + src.unit, column: src.column(n.s) + 30 };
}

/** A system message at the head of the list, or the one that is there with the instructions behind its own. */
function systemMessage(c: Case, message: Message, parts: Split, texts: Texts, form: Form): Edit[] | undefined {
  const { list } = message;
  const first = list.x.k === "list" ? list.x.xs[0] : undefined;
  const there = first && c.nodes.node(first);
  if (there?.x.k === "dict" && there !== message.node) {
    const role = there.x.items.find((i) => i.key?.k === "const" && i.key.v === "role")?.v;
    const content = there.x.items.find((i) => i.key?.k === "const" && i.key.v === "content")?.v;
    if (role?.k === "const" && SYSTEM_ROLES.has(String(role.v)) && content) {
      const extended = extend(c, c.nodes.node(content), parts, texts, layoutAt(c, there));
      if (extended) return [extended];
      return insertItem(c, list, form("system", texts.system), there, "after");
    }
  }
  return insertItem(c, list, form("system", texts.system), message.node, "first");
}

/** The text that is there, and the instructions behind it. */
function extend(c: Case, old: Node | undefined, parts: Split, texts: Texts, layout: Layout): Edit | undefined {
  if (!old) return undefined;
  const isName = old.x.k === "name" || old.x.k === "attr";
  const before: Part[] | undefined = isName
    ? [{ src: c.source.slice(old.s, old.e), x: old.x, s: old.s, e: old.e }]
    : old.x.k === "const" || old.x.k === "fstr"
      ? partsOf(c, old)
      : undefined;
  if (!before) return undefined;
  const own = texts.edits.length && /^\w+$/.test(texts.system) ? ownName(c, texts.system) : parts.system;
  const text = render(c.source, [...before, "\n\n", ...own], { ...layout, triple: isTriple(c, old) });
  return text === undefined ? undefined : c.source.edit(old.s, old.e, text);
}

/** A variable that keeps the system text, as a hole. */
function ownName(c: Case, name: string): Part[] {
  const node = c.nodes.all.find((n) => n.x.k === "name" && n.x.id === name);
  return node ? [{ src: name, x: node.x, s: -1, e: -1 }] : [];
}

/** The content of a message. */
function contentOf(x: Expr): { role: string; content: Expr } | undefined {
  if (x.k !== "dict") return undefined;
  const of = (name: string) => x.items.find((i) => i.key?.k === "const" && i.key.v === name)?.v;
  const role = of("role");
  const content = of("content");
  return role?.k === "const" && content ? { role: String(role.v), content } : undefined;
}

/** The user's text with a label in front, where it will stand beside another message of the user's. */
function labelled(c: Case, list: Node, parts: Split): Split {
  const [only, ...more] = parts.user;
  if (more.length || typeof only !== "object" || list.x.k !== "list" || alreadyThere(c, list, only.src)) return parts;
  if (!list.x.xs.some((x) => USER_ROLES.has(contentOf(x)?.role ?? ""))) return parts;
  const noun = nounOf(only.x);
  return { ...parts, user: [`${noun[0]!.toUpperCase()}${noun.slice(1)}: `, only] };
}

function alreadyThere(c: Case, list: Node, user: string): boolean {
  if (list.x.k !== "list") return false;
  return list.x.xs.some((x) => {
    const content = contentOf(x)?.content;
    const n = content && c.nodes.node(content);
    return !!n && c.source.slice(n.s, n.e) === user;
  });
}

/** Puts a message into a list literal, on a line of its own where the others have one. */
function insertItem(c: Case, list: Node, item: string, beside: Node, where: "first" | "after"): Edit[] {
  const src = c.source;
  const items = list.x.k === "list" ? list.x.xs.map((x) => c.nodes.node(x)!).filter(Boolean) : [];
  const first = items[0] ?? beside;
  const anchor = where === "first" ? first : beside;
  const ownLine = src.startsLine(anchor.s);
  const indent = src.indentAt(anchor.s);
  if (where === "first") {
    if (ownLine) return [src.insert(anchor.s, `${item},${src.eol}${indent}`)];
    // All on one line: broken up when it gets too long.
    const room = src.lineEnd(list.e) - src.lineStart(list.s) + item.length <= WIDTH;
    if (
      room ||
      items.some((n) => src.slice(n.s, n.e).includes("\n")) ||
      src.lineStart(list.s) !== src.lineStart(list.e)
    )
      return [src.insert(anchor.s, `${item}, `)];
    const outer = src.indentAt(list.s);
    const inner = outer + src.unit;
    const gaps = items.slice(1).map((n, i) => src.edit(items[i]!.e, n.s, `,${src.eol}${inner}`));
    return [
      src.edit(list.s + 1, first.s, `${src.eol}${inner}${item},${src.eol}${inner}`),
      ...gaps,
      src.edit(items.at(-1)!.e, list.e - 1, `,${src.eol}${outer}`),
    ];
  }
  if (ownLine) return [src.insert(anchor.e, `,${src.eol}${indent}${item}`)];
  return [src.insert(anchor.e, `, ${item}`)];
}

/** Providers whose messages have no system role: their call takes the text beside the list. */
function takesSystemArgument(c: Case, site: PromptSite): boolean {
  const name = dotted(site.call.x.f) ?? "";
  const q = String(c.hint.call ?? "");
  return (
    q.startsWith("anthropic.") ||
    (/(^|\.)messages\.(create|stream)$/.test(name) && !/threads/.test(name)) ||
    keyword(site.call, "system") !== undefined
  );
}

function systemArgument(c: Case, site: PromptSite, parts: Split, texts: Texts): Edit[] | undefined {
  const there = keyword(site.call, "system");
  const messages = keyword(site.call, "messages");
  if (!there && messages) return [insertBefore(c.source, site.call, messages, `system=${texts.system}`)];
  if (!there) return addArguments(c.source, site.call, [`system=${texts.system}`]);
  const edit = extend(c, c.nodes.node(there.x), parts, texts, layoutAt(c, site.call));
  return edit && [edit];
}

/** The text is an argument of its own: `system=`, `instructions=`, `input=`, or what a LangChain model is invoked with. */
function inArgument(c: Case, site: PromptSite, parts: Split): Draft[] {
  const src = c.source;
  const { call, argument, value } = site;
  const name = dotted(call.x.f) ?? (call.x.f.k === "attr" ? call.x.f.a : "");
  const q = String(c.hint.call ?? name);
  const layout = layoutAt(c, value);
  const texts = textsFor(c, site, parts, layout);
  if (!texts) return [];
  const edits = [...texts.edits];
  const swap = (text: string) => edits.push(src.edit(value.s, value.e, text));
  const done = (): Draft[] => [{ title: TITLE, effort: "low", edits }];
  if (/responses\.(create|parse|stream)$/.test(name)) {
    if (argument === "input") {
      swap(texts.user);
      const there = keyword(call, "instructions");
      const edit = there && extend(c, c.nodes.node(there.x), parts, texts, layout);
      if (there && !edit) return [];
      const input = keyword(call, "input");
      if (edit) edits.push(edit);
      else if (input) edits.push(insertBefore(src, call, input, `instructions=${texts.system}`));
      return done();
    }
    const input = keyword(call, "input");
    if (
      argument !== "instructions" ||
      !input ||
      src.slice(baseOf(call) + input.x.s, baseOf(call) + input.x.e) !== texts.user
    )
      return [];
    swap(texts.system);
    return done();
  }
  if (argument === "system") {
    const messages = keyword(call, "messages")?.x;
    const list = messages && c.nodes.node(messages);
    const own = list && textsFor(c, site, labelled(c, list, parts), layout);
    if (list?.x.k !== "list" || !own) return [];
    swap(own.system);
    const first = list.x.xs[0] && c.nodes.node(list.x.xs[0]);
    if (!first || alreadyThere(c, list, own.user)) return first ? done() : [];
    edits.push(...insertItem(c, list, messageDict(quoteIn(c, first), "user", own.user), first, "first"));
    return done();
  }
  if (/ollama/.test(q) && argument === "prompt" && !keyword(call, "system")) {
    swap(texts.user);
    edits.push(...addArguments(src, call, [`system=${texts.system}`]));
    return done();
  }
  if (/langchain/i.test(q) && /\.(a?invoke|a?stream)$/.test(name) && (argument === 0 || argument === "input")) {
    const items = [
      `(${pyString("system", src.quote)}, ${texts.system})`,
      `(${pyString("human", src.quote)}, ${texts.user})`,
    ];
    swap(listLiteral(src, items, src.indentAt(value.s), src.column(value.s), 1));
    return done();
  }
  return [];
}
