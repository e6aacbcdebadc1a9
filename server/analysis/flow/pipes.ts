/** Chains of LangChain that are written as pipes. */
import type { CallExpr } from "../ir.js";
import { type Args, asCall } from "./arguments.js";
import { callFunction } from "./calls.js";
import type { Env } from "./env.js";
import type { Frame } from "./frame.js";
import { pendingLabel, placed } from "./sources.js";
import { constant, dictOf, EMPTY, join, labelled, type TypeRef, type Value, withField } from "./value.js";

/** `prompt | model | parser` of LangChain, and unions of dicts. */
export function pipe(l: Value, r: Value): Value {
  const runnable = [...l.types, ...r.types].some((t) => t.k === "ext" && /langchain|runnable/i.test(t.q));
  const joined = join(l, r);
  // `retriever | join_documents`: what comes out is not what was asked.
  if (!runnable) return carries(r) && !isDict(l) && !carries(l) ? withField(joined, MADE, constant(true)) : joined;
  const out = isDict(l) ? withField(joined, PARTS, l) : joined;
  const types: TypeRef[] = [{ k: "ext", q: "langchain.Runnable" }, ...(isSchema(r) ? [CHECKED] : [])];
  // Behind a template a model is told the template's texts, and not what the chain is called with.
  const told = out.fields?.has("#template") || out.fields?.has("#messages");
  const isWhole = (t: TypeRef) =>
    t.k !== "ext" ||
    (/^langchain\.(?!Runnable$)/.test(t.q) && !LINK.test(t.q) && !(told && /chat_?model|llm/i.test(t.q)));
  const rest = out.types
    .filter((t) => isWhole(t) && !(t.k === "ext" && t.q === CHECKED.q))
    .map((t) => (isParser(r) && isChatModel(t) ? PARSED : t));
  const made = !isDict(l) && !carries(l) ? withField(out, MADE, constant(true)) : out;
  const piped = { ...made, types: [...types, ...rest].slice(0, 6) };
  return asksModel(l) || asksModel(r) ? withField(piped, ASKS, constant(true)) : piped;
}

/** The field of a chain that holds what each of its template's variables is made of, by name. */
const PARTS = "#parts";
/** The field of a link that gives something of its own, and not what it is given. */
const MADE = "#made";

const isDict = (v: Value): boolean => !v.types.length && [...(v.fields?.keys() ?? [])].some((k) => !k.startsWith("#"));

/** Whether a link gives on what the chain is called with, or a part of it: a function, `itemgetter("question")`. */
const carries = (v: Value): boolean =>
  !v.fields?.has(MADE) &&
  v.types.some((t) => t.k === "fn" || (t.k === "ext" && /^(?:langchain\.Passthrough|operator\.itemgetter)$/.test(t.q)));

/**
 * Whether a variable of the template is what the chain is called with, or made of it: `question` of `{"context": retriever,
 * "question": RunnablePassthrough()} | prompt`, and `context` not. Undefined where the chain does not say, or a function does.
 */
export function isHandedOn(chain: Value, name: string): boolean | undefined {
  const part = chain.fields?.get(PARTS)?.fields?.get(name);
  const asItIs =
    part && (!carries(part) || part.types.every((t) => t.k !== "fn" || part.types.some((y) => y.k === "ext")));
  return asItIs ? carries(part) : undefined;
}

/** `RunnableParallel(context=retriever, question=RunnablePassthrough())`, or of a dictionary: what the names are made of. */
function partsOf(args: Args): Value | undefined {
  const given = new Map([...(args.pos[0]?.value.fields ?? []), ...[...args.kw].map(([k, a]) => [k, a.value] as const)]);
  return given.size ? dictOf(given) : undefined;
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

/** The field of a chain that holds what was put beside its variables, by name. */
export const ASSIGNED = "#assigned";

/**
 * `RunnablePassthrough.assign(query=write, rows=lambda v: db.run(v["query"]))`: functions are called with what was put there
 * before, and what a chain with a model gives is the model's.
 */
export function assigned(frame: Frame, env: Env, args: Args, x: CallExpr, recv: Value | undefined, out: Value): Value {
  const before = recv?.fields?.get(ASSIGNED) ?? EMPTY;
  const now = new Map(before.fields ?? []);
  for (const [name, { value, loc }] of args.kw) {
    const given = x.kw.find((k) => k.n === name)?.x;
    let gives = asksModel(value)
      ? placed(labelled([pendingLabel("llm", `${frame.key}.${name}`, name)]), () => loc)
      : EMPTY;
    for (const t of value.types)
      if (t.k === "fn" && given)
        gives = join(
          gives,
          callFunction(
            frame,
            env,
            t,
            {
              pos: [{ value: before, loc }],
              kw: new Map(),
              star: undefined,
              dstar: undefined,
              self: undefined,
              x: asCall(x, given),
            },
            asCall(x, given),
            t.fn.name,
          ),
        );
    if (gives !== EMPTY) now.set(name, gives);
  }
  const parts = partsOf(args);
  const made = parts ? withField(out, PARTS, parts) : out;
  return now.size ? withField(made, ASSIGNED, dictOf(now)) : made;
}

/** The field of a chain that says that a model is part of it. */
const ASKS = "#asks";
const asksModel = (v: Value): boolean =>
  v.fields?.has(ASKS) === true ||
  v.types.some((t) => t.k === "ext" && /^langchain\..*(?:chat_?model|llm|chain)$/i.test(t.q));
