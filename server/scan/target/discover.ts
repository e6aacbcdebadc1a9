import type { ScanOptions } from "../options.js";
import type { HttpClient, HttpReply } from "../transport/client.js";
import { type Answer, certificateRefusal, missesCsrf, toAnswer } from "./answer.js";
import { Endpoint } from "./endpoint.js";
import { GRAPHQL_OPERATIONS, graphqlShape, looksLikeGraphql } from "./graphql.js";
import { fieldsAsked } from "./hints.js";
import { extractReply, parseReplyPath, type ReplyPath } from "./reply.js";
import {
  COMMON_KEYS,
  formShape,
  jsonShape,
  messagesShape,
  PROMPT,
  queryShape,
  RARE_KEYS,
  type Shape,
  textShape,
} from "./shape.js";

export interface Discovery {
  endpoint: Endpoint;
  source: "given" | "source" | "openapi" | "tried" | "none";
  /** What was sent and came back while looking. */
  answers: Answer[];
  /** Why no shape worked; empty when one did. */
  why: string;
  /** What the user can do about that, in a sentence. */
  advice: string;
}

type Found = Omit<Discovery, "advice">;

/** What to tell the scan when it does not find out by itself how to ask. */
function adviceOn(answers: readonly Answer[]): string {
  const last = answers.at(-1)?.http;
  const status = last?.status ?? 0;
  if (last && missesCsrf(last))
    return "Say which cookie goes into which header: --csrf cookie:csrftoken=header:X-CSRFToken is what Django has.";
  if ((status === 401 || status === 403) && answers.some((answer) => answer.http.headers["set-cookie"]))
    return 'It set a cookie as it refused: --session-start "GET /" with the path that hands one out opens a session first; else give it credentials with --auth.';
  if (status === 401 || status === 403)
    return "Give it credentials: --auth with the secret in SPILLCHECK_SECRET, or auth in the settings.";
  if (answers.at(-1)?.http.failure?.kind === "timeout")
    return "Give it more time with --timeout or the limit totalMs, or look whether the endpoint is well.";
  if (status >= 200 && status < 300)
    return "Say where the reply is: --reply-path, or replyPath in the settings; --ping shows the whole answer.";
  if (status === 0 || status === 404 || status === 429) return "Check the address, and whether the endpoint is well.";
  return "Show it a request that works: --curl, --body-template or --openapi, or bodyTemplate in the settings.";
}

/** An ordinary question whose answer is easy to recognise and is not in the question. */
export const ARITHMETIC = {
  prompt: "What is 17 plus 25? Please answer with the number.",
  answer: /\b42\b|forty[- ]?two/i,
};

/** Asks with a key that no endpoint knows. */
const CONTROL_KEY = "spillcheck_unused";
const CONTROL_PROMPT = "-";

const GRAPHQL_BODY = JSON.stringify({ query: GRAPHQL_OPERATIONS });

/**
 * Finds the shape of request that the endpoint takes: what was given or is known from source or OpenAPI, else the common
 * shapes one after another, led by what the endpoint's own error messages ask for. The first of these are sent while the
 * API document is still on its way, as most endpoints have none.
 * @param documented the ways of asking that the API document describes
 */
export async function discover(
  client: HttpClient,
  options: ScanOptions,
  url: URL,
  documented: Promise<readonly Shape[]>,
): Promise<Discovery> {
  const replyPath = options.replyPath ? parseReplyPath(options.replyPath) : null;
  const given = givenShape(options, url);
  const endpoint = new Endpoint(
    client,
    options,
    given ?? jsonShape(url.href, COMMON_KEYS[0], options.method),
    replyPath,
  );
  const answers: Answer[] = [];
  const early = new Map<string, Promise<Answer>>();
  const send = async (shape: Shape, prompt: string) => {
    endpoint.shape = shape;
    const answer = await endpoint.ask(prompt, { check: "baseline" });
    answers.push(answer);
    return answer;
  };
  const ask = async (shape: Shape, prompt = ARITHMETIC.prompt) => {
    const name = JSON.stringify([shape, prompt]);
    const sent = early.get(name);
    early.delete(name);
    const answer = await (sent ?? send(shape, prompt));
    endpoint.shape = shape;
    return answer;
  };
  if (!given && options.openapi === undefined) {
    for (const [shape, prompt] of firstGuesses(options, url))
      early.set(JSON.stringify([shape, prompt]), send(shape, prompt));
  }
  const [found] = await Promise.all([
    settle(endpoint, options, url, given, documented, ask, answers),
    ...early.values(),
  ]);
  // By now the first guesses are answered as well.
  const sorted = found.source === "none" ? mostTellingLast(answers) : answers;
  return { ...found, answers: sorted, advice: adviceOn(sorted) };
}

/** What is asked first where nothing is known, and waits for no answer. */
function firstGuesses(options: ScanOptions, url: URL): [shape: Shape, prompt: string][] {
  const { method } = options;
  if (method === "GET" || (!method && url.search !== "")) {
    const [key = COMMON_KEYS[0]] = url.searchParams.keys();
    return [[queryShape(url.href, key), ARITHMETIC.prompt]];
  }
  return [
    [jsonShape(url.href, CONTROL_KEY, method), CONTROL_PROMPT],
    [jsonShape(url.href, COMMON_KEYS[0], method), ARITHMETIC.prompt],
  ];
}

async function settle(
  endpoint: Endpoint,
  options: ScanOptions,
  url: URL,
  given: Shape | null,
  documented: Promise<readonly Shape[]>,
  ask: AskShape,
  answers: Answer[],
): Promise<Found> {
  if (given) {
    const answer = await ask(given);
    const source = options.bodyTemplate || options.url.includes(PROMPT) ? "given" : "source";
    endpoint.replyPath ??= knownReplyPath(options.knowledge.replyKey, answer);
    if (answer.ok || source === "given") return { endpoint, source, answers, why: answer.why };
  }
  for (const shape of (await documented).slice(0, 3)) {
    const answer = await ask(shape);
    if (answer.ok) return { endpoint, source: "openapi", answers, why: "" };
    if (hopeless(answer)) return { endpoint, source: "none", answers, why: answer.why };
  }
  return tryShapes(endpoint, options, url, ask, answers);
}

function givenShape(options: ScanOptions, url: URL): Shape | null {
  const literal = options.url.includes(PROMPT)
    ? url.href.replaceAll("%7B%7B", "{{").replaceAll("%7D%7D", "}}")
    : url.href;
  if (options.bodyTemplate !== undefined) {
    const declared = Object.entries(options.headers).find(([name]) => name.toLowerCase() === "content-type")?.[1];
    const template = options.bodyTemplate;
    const guessed = /^\s*[[{"]/.test(template)
      ? "application/json"
      : /^[\w.[\]-]+=/.test(template)
        ? "application/x-www-form-urlencoded"
        : "text/plain";
    return {
      method: options.method ?? "POST",
      url: literal,
      bodyTemplate: template,
      contentType: declared ?? guessed,
      key: "template",
    };
  }
  if (options.url.includes(PROMPT))
    return { method: options.method ?? "GET", url: literal, bodyTemplate: null, contentType: null, key: "url" };
  return knownShape(options, url);
}

/** The shape that the source code shows; null when it does not. */
function knownShape(options: ScanOptions, url: URL): Shape | null {
  const { bodyKey: key, bodyKind: kind = "json" } = options.knowledge;
  const method = options.method ?? options.knowledge.method;
  if (kind === "text") return { ...textShape(url.href), method: method ?? "POST" };
  if (!key) return null;
  if (kind === "query") return { ...queryShape(url.href, key), method: method ?? "GET" };
  if (kind === "form") return formShape(url.href, key, method);
  return key === "messages" ? messagesShape(url.href, method) : jsonShape(url.href, key, method);
}

/** The reply's place by the key that the source code shows, if the answer has it there. */
function knownReplyPath(key: string | undefined, answer: Answer): ReplyPath | null {
  const kind = answer.extracted.at?.kind ?? "json";
  if (key === undefined || kind === "text" || kind === "html") return null;
  const at: ReplyPath = { kind, path: `$[${JSON.stringify(key)}]` };
  const { text } = extractReply(answer.http.text, answer.http.headers["content-type"] ?? "", at);
  return text.trim() === "" ? null : at;
}

type AskShape = (shape: Shape, prompt?: string) => Promise<Answer>;

/** No other shape can help: no answer at all, no access, or nothing there. */
function hopeless(answer: Answer): boolean {
  const { status, failure } = answer.http;
  return failure !== null
    ? failure.kind !== "reset"
    : status === 401 || status === 403 || status === 429 || status === 404 || certificateRefusal(answer.http) !== null;
}

async function tryShapes(
  endpoint: Endpoint,
  options: ScanOptions,
  url: URL,
  ask: AskShape,
  answers: Answer[],
): Promise<Found> {
  const method = options.method;
  const found = (shape: Shape): Found => {
    endpoint.shape = shape;
    return { endpoint, source: "tried", answers, why: "" };
  };
  const none = (why: string): Found => {
    endpoint.shape = jsonShape(url.href, COMMON_KEYS[0], method);
    return { endpoint, source: "none", answers, why };
  };

  if (method === "GET" || (!method && url.search !== "")) {
    const shape = await tryQuery(url, ask);
    if (shape) return found(shape);
    if (method === "GET") return none(answers.at(-1)?.why ?? "no shape was accepted");
  }

  // What an endpoint says to a key it cannot know tells an answer to the prompt from an answer to anything.
  const control = await ask(jsonShape(url.href, CONTROL_KEY, method), CONTROL_PROMPT);
  if (hopeless(control)) {
    const again = control.http.status === 404 ? await tryQuery(url, ask) : null;
    return again ? found(again) : none(control.why);
  }
  if (looksLikeGraphql(url, control.http)) {
    const asked = await ask({ ...jsonShape(url.href, "query", method), bodyTemplate: GRAPHQL_BODY }, "");
    const shape = graphqlShape(url.href, asked.http.text);
    if (shape && (await ask(shape)).ok) return found(shape);
    if (/\b__schema\b|introspection/i.test(asked.http.text))
      return none(
        "it is a GraphQL endpoint, and its schema shows no operation that takes a prompt; give the request with --body-template",
      );
  }
  if (control.http.status === 405 && !method) {
    const allowed = (control.http.headers.allow ?? "GET").toUpperCase();
    if (/\b(PUT|PATCH)\b/.test(allowed) && !/\bPOST\b/.test(allowed))
      return tryShapes(endpoint, { ...options, method: /\bPUT\b/.test(allowed) ? "PUT" : "PATCH" }, url, ask, answers);
    const shape = await tryQuery(url, ask);
    return shape ? found(shape) : none(control.why);
  }

  const hinted = hintedShapes(url, control.http, method);
  const json: Shape[] = [
    ...hinted,
    ...COMMON_KEYS.map((key) => jsonShape(url.href, key, method)),
    messagesShape(url.href, method),
  ];
  const weak: Shape[] = [];
  const seen = new Set<string>();
  const statuses = new Set<number>();
  const queue = [...json];
  for (let shape = queue.shift(); shape; shape = queue.shift()) {
    if (seen.has(shape.bodyTemplate ?? "")) continue;
    seen.add(shape.bodyTemplate ?? "");
    const answer = await ask(shape);
    statuses.add(answer.http.status);
    if (answer.ok) {
      if (ARITHMETIC.answer.test(answer.extracted.text) || !control.ok) return found(shape);
      if (normal(answer.extracted.text) !== normal(control.extracted.text)) weak.push(shape);
    } else if (hopeless(answer)) return none(answer.why);
    else queue.unshift(...hintedShapes(url, answer.http, method).filter((hint) => !seen.has(hint.bodyTemplate ?? "")));
  }
  if (weak[0]) return found(weak[0]);

  const noJson = ![...statuses].some((status) => status >= 200 && status < 300);
  if (noJson) {
    const forms = [...COMMON_KEYS.map((key) => formShape(url.href, key, method)), textShape(url.href)];
    for (let shape = forms.shift(); shape; shape = forms.shift()) {
      if (seen.has(shape.bodyTemplate ?? "")) continue;
      seen.add(shape.bodyTemplate ?? "");
      const answer = await ask(shape);
      if (answer.ok) return found(shape);
      if (hopeless(answer)) return none(answer.why);
      const [wanted] = answer.http.status >= 400 ? fieldsAsked(answer.http.text) : [];
      if (wanted !== undefined) forms.unshift(formShape(url.href, wanted, method));
    }
    const shape = method ? null : await tryQuery(url, ask);
    if (shape) return found(shape);
  }
  for (const key of RARE_KEYS) {
    const shape = jsonShape(url.href, key, method);
    const answer = await ask(shape);
    if (answer.ok && (!control.ok || normal(answer.extracted.text) !== normal(control.extracted.text)))
      return found(shape);
  }
  if (control.ok) return found(jsonShape(url.href, COMMON_KEYS[0], method));
  return none(mostTellingLast(answers).at(-1)?.why || "no shape was accepted");
}

/** Answers in the order in which they came, but for the one that says most about what is wanted, which comes last. */
function mostTellingLast(answers: readonly Answer[]): Answer[] {
  const asked = answers.filter(({ prompt }) => prompt === ARITHMETIC.prompt);
  // To a form sent to where JSON is read there are as many answers as servers.
  const json = asked.filter(({ http }) => http.request.body?.startsWith("{"));
  const control = answers.find(({ prompt }) => prompt === CONTROL_PROMPT)?.http.status;
  // Something was answered and is not read; or the field is read, and what comes after it fails; or it says what it wants.
  const best =
    asked.find(({ http }) => http.status >= 200 && http.status < 300) ??
    asked.find(({ http }) => control !== undefined && http.status >= 500 && http.status !== control) ??
    json.find(({ http }) => http.status === 422) ??
    json.find(({ http }) => http.status === 400) ??
    asked[0];
  return best === undefined ? [...answers] : [...answers.filter((answer) => answer !== best), best];
}

/** The parameter that takes the prompt: one whose value changes what is answered, those of the address first. */
async function tryQuery(url: URL, ask: AskShape): Promise<Shape | null> {
  const present = [...url.searchParams.keys()];
  const keys = [...present, ...COMMON_KEYS.filter((key) => !present.includes(key)), "q"];
  let control: Answer | null = null;
  let weak: Shape | null = null;
  for (const key of keys) {
    const shape = queryShape(url.href, key);
    const answer = await ask(shape);
    if (hopeless(answer)) return weak;
    if (!answer.ok) continue;
    if (ARITHMETIC.answer.test(answer.extracted.text)) return shape;
    // What is answered to the address as it stands tells an answer to the prompt from an answer to anything.
    control ??= await ask(queryShape(url.href, CONTROL_KEY), CONTROL_PROMPT);
    if (!control.ok || normal(answer.extracted.text) !== normal(control.extracted.text)) return shape;
    weak ??= shape;
  }
  return weak;
}

function hintedShapes(url: URL, http: HttpReply, method: string | undefined): Shape[] {
  if (http.status < 400) return [];
  const fields = fieldsAsked(http.text);
  const [main, ...others] = fields;
  if (!main) return [];
  const extra = Object.fromEntries(
    others.map((name) => [name, /_?id$|session|user|name/i.test(name) ? "spillcheck" : "text"]),
  );
  return main === "messages" ? [messagesShape(url.href, method, extra)] : [jsonShape(url.href, main, method, extra)];
}

function normal(text: string): string {
  return text.replace(/\d+/g, "0").replace(/\s+/g, " ").trim().toLowerCase();
}

/** Reads one raw reply as an answer, for callers that send by themselves. */
export { toAnswer };
