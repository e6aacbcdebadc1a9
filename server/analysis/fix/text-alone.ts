/** Returns the model's text in place of the provider's response, and takes out what the provider says of the call. */
import type { Edit } from "../finding.js";
import type { Case, Draft } from "./context.js";
import type { Node } from "./nodes.js";

/** Where the text is, by the type of the provider's response. */
const TEXTS: readonly [RegExp, string][] = [
  [/^openai\.ChatCompletion$/, ".choices[0].message.content"],
  [/^openai\.Completion$/, ".choices[0].text"],
  [/^openai\.Response$/, ".output_text"],
  [/^anthropic\.Message$/, ".content[0].text"],
  [/^google\.Reply$/, ".text"],
  [/^mistralai\.Reply$/, ".choices[0].message.content"],
  [/^cohere\.Reply$/, ".text"],
];

/** Methods that make plain data of a response. */
const DUMPS = new Set("model_dump to_dict dict json model_dump_json to_json to_dict_recursive".split(" "));

export function textAlone(c: Case): Draft[] {
  const { finding } = c;
  const node = c.nodes.at(finding.start, finding.end)[0];
  if (!node) return [];
  if (c.hint.whole !== true) return item(c, node);
  const base = dumped(node);
  const text = TEXTS.find(([q]) => q.test(String(c.hint.type ?? "")))?.[1];
  if (!base || !text) return [];
  const s = node.stmt.chunk.base;
  const written = c.source.slice(s + base.s, s + base.e);
  return [
    {
      title: "Return the text alone",
      effort: "low",
      edits: [c.source.edit(node.s, node.e, `${written}${quoted(c, text)}`)],
    },
  ];
}

const quoted = (c: Case, text: string): string => text.replaceAll('"', c.source.quote);

/** The response itself: a variable, or one that a method or `dict` makes plain data of. */
function dumped(n: Node): Node["x"] | undefined {
  const { x } = n;
  if (x.k === "name") return x;
  if (x.k !== "call") return undefined;
  if (x.f.k === "attr" && DUMPS.has(x.f.a) && x.f.o.k === "name") return x.f.o;
  return x.f.k === "name" && /^(dict|str|vars)$/.test(x.f.id) && x.args[0]?.k === "name" ? x.args[0] : undefined;
}

/** An item of a dict, or a keyword, that says something of the call: it goes. */
function item(c: Case, n: Node): Draft[] {
  const p = n.parent;
  if (!p) return [];
  const base = n.stmt.chunk.base;
  const list: { s: number; e: number }[] =
    p.x.k === "dict" ? p.x.items : p.x.k === "call" ? [...p.x.args, ...p.x.kw] : [];
  const i =
    p.x.k === "dict"
      ? p.x.items.findIndex((it) => it.v === n.x)
      : p.x.k === "call"
        ? p.x.args.length + p.x.kw.findIndex((k) => k.x === n.x)
        : -1;
  const me = list[i];
  if (i < 0 || !me || list.length < 2 || (p.x.k === "call" && i < p.x.args.length)) return [];
  const before = list[i - 1];
  const next = list[i + 1];
  const edit: Edit = before
    ? c.source.edit(base + before.e, base + me.e, "")
    : c.source.edit(base + me.s, base + next!.s, "");
  return [{ title: "Leave out what the provider says of the call", effort: "low", edits: [edit] }];
}
