import type { dereference } from "@readme/openapi-parser";
import { parseData } from "../data.js";
import { ScanError } from "../errors.js";
import {
  COMMON_KEYS,
  formShape,
  jsonShape,
  messagesShape,
  PROMPT,
  queryShape,
  RARE_KEYS,
  type Shape,
} from "../target/shape.js";
import { bundleReferences, type FetchDocument } from "./remote.js";

/** One operation of an API description, with its references resolved. */
export interface Operation {
  method: string;
  path: string;
  /** At the target's origin, whatever server the document names. */
  url: string;
  deprecated: boolean;
  /** True when the document says that credentials are needed. */
  secured: boolean;
  /** Property names of the body, those required first. */
  bodyKeys: string[];
  /** How to send a prompt to it; null when no part of it takes text. */
  shape: Shape | null;
  /** Names of the documented properties of the success answer; null when the document does not say. */
  answerKeys: string[] | null;
  /** Documented statuses; "default" among them stands for all others. */
  statuses: string[];
  tags: string[];
}

export interface ApiDocument {
  version: string;
  operations: Operation[];
  /** Sentences for the report: what could not be read or fetched. */
  notes: string[];
}

type Node = { readonly [key: string]: unknown };

function asNode(value: unknown): Node {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}
function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

const METHODS = ["get", "post", "put", "patch", "delete"] as const;
const MAX_BYTES = 5_000_000;

/**
 * Reads an OpenAPI 3.0 or 3.1 or Swagger 2.0 document, JSON or YAML. References within the document are resolved, cycles
 * are left in place; references to other documents are followed when `references` says how, else a note says so.
 * @throws ScanError "bad-option" when it is no such document
 */
export async function readApiDocument(
  text: string,
  origin: URL,
  references?: { base: URL | null; fetch: FetchDocument },
): Promise<ApiDocument> {
  if (text.length > MAX_BYTES)
    throw new ScanError("bad-option", `The API document is larger than ${MAX_BYTES / 1_000_000} MB.`);
  let raw: unknown;
  try {
    raw = parseData(text);
  } catch (error) {
    throw new ScanError(
      "bad-option",
      `The API document is neither JSON nor YAML: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`,
    );
  }
  const version = asText(asNode(raw).openapi) || asText(asNode(raw).swagger);
  if (!version) throw new ScanError("bad-option", "The API document has neither an openapi nor a swagger field.");
  const notes: string[] = [];
  const elsewhere = /"?\$ref"?\s*:\s*["']?(?!#)[^"'#\s]/.test(text);
  if (elsewhere && references) raw = await bundleReferences(raw, references.base, references.fetch, notes);
  else if (elsewhere)
    notes.push("References of the API document to other documents were not followed (--openapi-references).");
  const document = await resolve(raw, notes);
  return { version, operations: operationsOf(document, origin), notes };
}

async function resolve(raw: unknown, notes: string[]): Promise<Node> {
  const local = asNode(
    JSON.parse(
      JSON.stringify(raw, (key, value: unknown) =>
        key === "$ref" && typeof value === "string" && !value.startsWith("#") ? undefined : value,
      ),
    ),
  );
  if (!JSON.stringify(local).includes('"$ref"')) return local;
  const api: unknown = { paths: {}, info: { title: "", version: "" }, ...local };
  try {
    // Loaded when there is a document with references: few scans need it, and it takes memory.
    const { dereference } = await import("@readme/openapi-parser");
    // The parser's own type wants a whole document; it checks nothing that is not there.
    return asNode(await dereference(asDocument(api), { resolve: { external: false } }));
  } catch (error) {
    notes.push(
      `A reference of the API document could not be resolved: ${error instanceof Error ? error.message.split("\n")[0] : "unknown"}.`,
    );
    return local;
  }
}

type ParserInput = Parameters<typeof dereference>[0];
function isDocument(value: unknown): value is ParserInput {
  return typeof value === "object" && value !== null && "paths" in value;
}
function asDocument(value: unknown): ParserInput {
  if (!isDocument(value)) throw new ScanError("bad-option", "The API document has no paths.");
  return value;
}

function basePath(document: Node): string {
  if (document.swagger) return asText(document.basePath).replace(/\/$/, "");
  const server = asText(asNode(asList(document.servers)[0]).url);
  try {
    return new URL(server || "/", "http://base.invalid").pathname.replace(/\/$/, "");
  } catch {
    return "";
  }
}

function operationsOf(document: Node, origin: URL): Operation[] {
  const base = basePath(document);
  const rootSecured = requiresSecurity(document.security);
  const out: Operation[] = [];
  for (const [path, entry] of Object.entries(asNode(document.paths))) {
    const item = asNode(entry);
    for (const method of METHODS) {
      if (!(method in item) || out.length > 2_000) continue;
      const operation = asNode(item[method]);
      const url = new URL(`${base}${path}`, origin.origin).href;
      const parameters = [...asList(item.parameters), ...asList(operation.parameters)].map(asNode);
      const { schema, type } = bodyOf(
        operation,
        parameters,
        asList(operation.consumes ?? document.consumes).map(String),
      );
      out.push({
        method: method.toUpperCase(),
        path,
        url,
        deprecated: operation.deprecated === true,
        secured: operation.security === undefined ? rootSecured : requiresSecurity(operation.security),
        bodyKeys: bodyKeys(schema),
        shape: shapeOf(method.toUpperCase(), url, schema, type, parameters),
        answerKeys: answerKeys(operation),
        statuses: Object.keys(asNode(operation.responses)),
        tags: asList(operation.tags).map(String),
      });
    }
  }
  return out;
}

/** An empty requirement among several makes credentials optional. */
function requiresSecurity(security: unknown): boolean {
  const list = asList(security).map(asNode);
  return list.length > 0 && list.every((requirement) => Object.keys(requirement).length > 0);
}

function bodyOf(
  operation: Node,
  parameters: readonly Node[],
  consumes: readonly string[],
): { schema: Node; type: string } {
  const inBody = parameters.find((parameter) => parameter.in === "body");
  if (inBody) return { schema: asNode(inBody.schema), type: "application/json" };
  const form = parameters.filter((parameter) => parameter.in === "formData");
  if (form.length > 0 || consumes.some((type) => /urlencoded/.test(type)))
    return {
      schema: {
        properties: Object.fromEntries(form.map((parameter) => [asText(parameter.name), parameter])),
        required: form.filter((parameter) => parameter.required === true).map((parameter) => parameter.name),
      },
      type: "application/x-www-form-urlencoded",
    };
  const content = asNode(asNode(operation.requestBody).content);
  const types = Object.keys(content);
  const type =
    types.find((name) => /json/i.test(name)) ?? types.find((name) => /urlencoded/i.test(name)) ?? types[0] ?? "";
  const media = asNode(content[type]);
  const example = asNode(media.example ?? asNode(Object.values(asNode(media.examples))[0]).value);
  const schema = asNode(media.schema);
  return { schema: Object.keys(example).length > 0 ? { ...schema, example } : schema, type };
}

/** Properties with those of `allOf`, and of the first of `anyOf` or `oneOf`. */
function propertiesOf(schema: Node, depth = 0): { properties: Node; required: string[] } {
  if (depth > 5) return { properties: {}, required: [] };
  const parts = [...asList(schema.allOf), ...asList(schema.anyOf).slice(0, 1), ...asList(schema.oneOf).slice(0, 1)].map(
    (part) => propertiesOf(asNode(part), depth + 1),
  );
  return {
    properties: Object.assign({}, ...parts.map((part) => part.properties), asNode(schema.properties)),
    required: [...parts.flatMap((part) => part.required), ...asList(schema.required).map(String)],
  };
}

function bodyKeys(schema: Node): string[] {
  const { properties, required } = propertiesOf(schema);
  const keys = Object.keys(properties);
  return [...keys.filter((key) => required.includes(key)), ...keys.filter((key) => !required.includes(key))];
}

function typeOf(schema: Node): string {
  if (typeof schema.type === "string") return schema.type;
  const list = asList(schema.type).map(String);
  if (list.length > 0) return list.find((type) => type !== "null") ?? "";
  const inner = [...asList(schema.anyOf), ...asList(schema.oneOf)]
    .map((part) => typeOf(asNode(part)))
    .find((type) => type !== "" && type !== "null");
  return inner ?? (schema.properties ? "object" : "");
}

/** A value that a schema takes: its example, default or first choice, else the plainest of its type. */
function sample(schema: Node, depth = 0): unknown {
  for (const key of ["example", "default", "const"]) if (schema[key] !== undefined) return schema[key];
  const first = asList(schema.enum)[0] ?? asList(schema.examples)[0];
  if (first !== undefined) return first;
  switch (typeOf(schema)) {
    case "integer":
    case "number":
      return typeof schema.minimum === "number" ? schema.minimum : 1;
    case "boolean":
      return false;
    case "array":
      return [];
    case "object": {
      if (depth > 3) return {};
      const { properties, required } = propertiesOf(schema);
      return Object.fromEntries(required.map((key) => [key, sample(asNode(properties[key]), depth + 1)]));
    }
    default:
      return schema.format === "uuid" ? "00000000-0000-4000-8000-000000000000" : "spillcheck";
  }
}

const KEYS: readonly string[] = [...COMMON_KEYS, ...RARE_KEYS];

/** The property that takes the user's text: named like a prompt, else the only string. */
function promptKey(properties: Node, required: readonly string[]): string | null {
  const strings = Object.keys(properties).filter(
    (key) => typeOf(asNode(properties[key])) === "string" && !asNode(properties[key]).enum,
  );
  const named =
    KEYS.find((key) => strings.includes(key)) ??
    strings.find((key) => /prompt|message|question|query|text|input|content|utterance/i.test(key));
  const needed = strings.filter((key) => required.includes(key));
  return named ?? (needed.length === 1 ? (needed[0] ?? null) : strings.length === 1 ? (strings[0] ?? null) : null);
}

function shapeOf(method: string, url: string, schema: Node, type: string, parameters: readonly Node[]): Shape | null {
  if (method === "GET") {
    const texts = parameters.filter(
      (parameter) =>
        parameter.in === "query" && ["string", ""].includes(typeOf(asNode(parameter.schema)) || asText(parameter.type)),
    );
    const key = promptKey(
      Object.fromEntries(texts.map((parameter) => [asText(parameter.name), { type: "string" }])),
      [],
    );
    return key && KEYS.includes(key) ? queryShape(url, key) : null;
  }
  if (method === "DELETE") return null;
  const { properties, required } = propertiesOf(schema);
  const example = asNode(schema.example);
  const others = (main: string) => {
    const wanted = new Set([...required, ...Object.keys(example)].filter((key) => key !== main));
    return Object.fromEntries([...wanted].map((key) => [key, example[key] ?? sample(asNode(properties[key]))]));
  };
  if (/urlencoded/i.test(type)) {
    const key = promptKey(properties, required);
    if (!key) return null;
    const shape = formShape(url, key, method);
    const rest = Object.entries(others(key)).map(
      ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
    );
    return { ...shape, bodyTemplate: [shape.bodyTemplate, ...rest].join("&") };
  }
  if (/^text\//i.test(type)) return { method, url, bodyTemplate: PROMPT, contentType: type, key: "body" };
  if (typeOf(asNode(properties.messages)) === "array") return messagesShape(url, method, others("messages"));
  const key = promptKey(properties, required);
  return key ? jsonShape(url, key, method, others(key)) : null;
}

function answerKeys(operation: Node): string[] | null {
  const responses = asNode(operation.responses);
  const good = Object.keys(responses).find((status) => /^2/.test(status));
  if (!good) return null;
  const response = asNode(responses[good]);
  const content = asNode(response.content);
  const media = Object.keys(content).find((name) => /json/i.test(name));
  const schema = asNode(response.schema ?? (media ? asNode(content[media]).schema : undefined));
  const keys = Object.keys(propertiesOf(schema).properties);
  return keys.length > 0 && schema.additionalProperties !== true ? keys : null;
}
