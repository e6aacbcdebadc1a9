import { z } from "zod";
import type { HttpReply } from "../transport/client.js";
import { COMMON_KEYS, PROMPT, RARE_KEYS, SESSION, type Shape } from "./shape.js";

/** Asks a GraphQL server for its operations: their arguments and what they give back, two levels deep. */
export const GRAPHQL_OPERATIONS =
  "{__schema{queryType{...O}mutationType{...O}}}" +
  " fragment O on __Type{fields{name args{name defaultValue type{...R}}type{...R ...F ofType{...F}}}}" +
  " fragment F on __Type{fields{name args{name}type{...R}}}" +
  " fragment R on __Type{kind name ofType{kind name ofType{kind name}}}";

/** Asks whether the schema is shown at all. */
export const GRAPHQL_INTROSPECTION = "{__schema{queryType{name}}}";

/** True for the addresses that GraphQL servers usually have. */
export function isGraphqlPath(url: URL): boolean {
  return /\/(graphql|gql)\/?$/i.test(url.pathname);
}

/** True when an answer to something that is no GraphQL request reads like a GraphQL server's. */
export function looksLikeGraphql(url: URL, http: HttpReply): boolean {
  if (isGraphqlPath(url)) return true;
  return (
    /"errors"\s*:\s*\[/.test(http.text.slice(0, 2_000)) &&
    /query string|graphql|no (query|operation)|must provide (a |an )?(query|operation)|syntax error/i.test(
      http.text.slice(0, 2_000),
    )
  );
}

const bareType = z.object({ kind: z.string(), name: z.string().nullish() });
const typeRef = bareType.extend({ ofType: bareType.extend({ ofType: bareType.nullish() }).nullish() });
type TypeRef = z.infer<typeof typeRef>;
const resultField = z.object({ name: z.string(), args: z.array(z.unknown()).default([]), type: typeRef });
const resultType = typeRef.extend({
  fields: z.array(resultField).nullish(),
  ofType: bareType.extend({ ofType: bareType.nullish(), fields: z.array(resultField).nullish() }).nullish(),
});
const operation = z.object({
  name: z.string().regex(/^\w+$/),
  args: z.array(z.object({ name: z.string().regex(/^\w+$/), defaultValue: z.string().nullish(), type: typeRef })),
  type: resultType,
});
const operations = z.object({ fields: z.array(operation).nullish() }).nullish();
const answer = z.object({
  data: z.object({ __schema: z.object({ queryType: operations, mutationType: operations }) }),
});

type Operation = z.infer<typeof operation>;

/** Operations that are there to ask a model. A mutation must be one of these: others may change or delete something. */
const ASKING =
  /^(ask|chat|complet|converse|prompt|generate|answer|assist|respond|reply|infer|predict|llm|ai|bot|gpt|query_?(llm|model|bot|assistant))|(chat|completion|answer|prompt|assistant|bot|llm)$/i;
const CHANGING = /^(create|add|delete|remove|update|edit|set|save|send|post|submit|upload|reset|cancel|pay|buy)/i;

/** The type's own name, without the marks for lists and for what must be there. */
function nameOf(type: TypeRef): string {
  return type.name ?? type.ofType?.name ?? type.ofType?.ofType?.name ?? "";
}

function kindOf(type: TypeRef): string {
  const inner = type.kind === "NON_NULL" ? type.ofType : type;
  return inner?.kind ?? "";
}

/**
 * The shape of the operation that most looks like one that asks a model; null when the schema is not shown or has none.
 * @param text the answer to `GRAPHQL_OPERATIONS`
 */
export function graphqlShape(url: string, text: string): Shape | null {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = answer.safeParse(document);
  if (!parsed.success) return null;
  const { queryType, mutationType } = parsed.data.data.__schema;
  const candidates = [
    ...(mutationType?.fields ?? [])
      .filter(({ name }) => ASKING.test(name) && !CHANGING.test(name))
      .map((each) => ({ each, kind: "mutation" })),
    ...(queryType?.fields ?? []).map((each) => ({ each, kind: "query" })),
  ].flatMap(({ each, kind }) => {
    const filled = fillOperation(each);
    return filled ? [{ each, kind, filled, named: ASKING.test(each.name) }] : [];
  });
  const best = candidates.sort((a, b) => Number(b.named) - Number(a.named) || a.filled.rank - b.filled.rank)[0];
  if (!best) return null;
  const { each, kind, filled } = best;
  const declared = filled.variables.map(({ name, type }) => `$${name}:${type}`).join(",");
  const query = `${kind}(${declared}){${each.name}(${filled.args})${filled.selection}}`;
  const variables = Object.fromEntries(filled.variables.map(({ name, value }) => [name, value]));
  return {
    method: "POST",
    url,
    bodyTemplate: JSON.stringify({ query, variables }),
    contentType: "application/json",
    key: `${each.name}.${filled.key}`,
  };
}

interface Filled {
  key: string;
  variables: { name: string; type: string; value: string }[];
  args: string;
  selection: string;
  /** The smaller, the more the argument's name says that it takes the prompt. */
  rank: number;
}

const KEYS: readonly string[] = [...COMMON_KEYS, ...RARE_KEYS];

/** How an operation is called with the prompt alone; null when that is not possible. */
function fillOperation(operation: Operation): Filled | null {
  const isText = (type: TypeRef) => kindOf(type) === "SCALAR" && nameOf(type) === "String";
  const taking = operation.args
    .filter(({ name, type }) => isText(type) && KEYS.includes(name))
    .sort((a, b) => KEYS.indexOf(a.name) - KEYS.indexOf(b.name))[0];
  if (!taking) return null;
  const others = operation.args.filter((arg) => arg !== taking && arg.type.kind === "NON_NULL" && !arg.defaultValue);
  const session = others.filter(
    ({ name, type }) => /session|conversation|thread|user/i.test(name) && ["String", "ID"].includes(nameOf(type)),
  );
  if (session.length < others.length) return null;
  const selection = selectionOf(operation);
  if (selection === null) return null;
  const given = [
    { name: taking.name, type: "String", value: PROMPT, must: taking.type.kind === "NON_NULL" },
    ...session.map(({ name, type }) => ({ name, type: nameOf(type), value: SESSION, must: true })),
  ];
  return {
    key: taking.name,
    variables: given.map(({ name, type, value, must }) => ({ name, type: must ? `${type}!` : type, value })),
    args: given.map(({ name }) => `${name}:$${name}`).join(","),
    selection,
    rank: KEYS.indexOf(taking.name),
  };
}

const MOST_FIELDS = 20;

/** What is asked of the result: nothing of a plain value, else every field that holds one. */
function selectionOf({ type }: Operation): string | null {
  const inner = type.kind === "NON_NULL" || type.kind === "LIST" ? type.ofType : type;
  if (inner?.kind === "SCALAR" || inner?.kind === "ENUM") return "";
  const fields = (type.fields ?? type.ofType?.fields ?? []).filter(
    (field) => field.args.length === 0 && ["SCALAR", "ENUM"].includes(kindOf(field.type)) && /^\w+$/.test(field.name),
  );
  return fields.length === 0
    ? null
    : `{${fields
        .slice(0, MOST_FIELDS)
        .map(({ name }) => name)
        .join(" ")}}`;
}
