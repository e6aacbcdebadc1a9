/** Chains of LangChain that are written as pipes. */
import { join, type TypeRef, type Value } from "./value.js";

/** `prompt | model | parser` of LangChain, and unions of dicts. */
export function pipe(l: Value, r: Value): Value {
  const runnable = [...l.types, ...r.types].some((t) => t.k === "ext" && /langchain|runnable/i.test(t.q));
  const out = join(l, r);
  if (!runnable) return out;
  const types: TypeRef[] = [{ k: "ext", q: "langchain.Runnable" }, ...(isSchema(r) ? [CHECKED] : [])];
  // Behind a template a model is told the template's texts, and not what the chain is called with.
  const told = out.fields?.has("#template") || out.fields?.has("#messages");
  const isWhole = (t: TypeRef) =>
    t.k !== "ext" ||
    (/^langchain\.(?!Runnable$)/.test(t.q) && !LINK.test(t.q) && !(told && /chat_?model|llm/i.test(t.q)));
  const rest = out.types
    .filter((t) => isWhole(t) && !(t.k === "ext" && t.q === CHECKED.q))
    .map((t) => (isParser(r) && isChatModel(t) ? PARSED : t));
  return { ...out, types: [...types, ...rest].slice(0, 6) };
}

/** Links that give what they are given in another form; what comes out of the whole is the model's. */
const LINK = /^langchain\.(?:(?:Chat)?PromptTemplate|OutputParser)(?=$|\.)/;

/** The methods that a call on a chain may mean: not those of its links, which may have come to it by an attribute. */
export function ofWhole(callee: Value): Value {
  if (!callee.types.some((t) => t.k === "ext" && t.q.startsWith("langchain.Runnable."))) return callee;
  const types = callee.types.filter((t) => t.k !== "ext" || !LINK.test(t.q));
  return types.length === callee.types.length ? callee : { ...callee, types };
}

/** What a chain answers that ends in a schema, which refuses what does not fit: fields of the declared types, and no free text. */
export const answersSchema = (callee: Value): boolean =>
  callee.types.some((t) => t.k === "ext" && /^langchain\.CheckedRunnable\.a?(?:invoke|batch)$/.test(t.q));

const CHECKED = { k: "ext", q: "langchain.CheckedRunnable" } as const;
const isSchema = (v: Value): boolean => v.types.some((t) => t.k === "ext" && t.q === "langchain.SchemaParser");

/** A chat model with a parser behind it: it is told what a chat model is, and what comes out is the text. */
const PARSED: TypeRef = { k: "ext", q: "langchain.ParsedChatModel" };
const isChatModel = (t: TypeRef): boolean => t.k === "ext" && /chat_?model$/i.test(t.q);
const isParser = (v: Value): boolean => v.types.some((t) => t.k === "ext" && /(?:Output|Schema)Parser$/.test(t.q));
