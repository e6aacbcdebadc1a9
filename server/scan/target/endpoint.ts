import { createHash, randomBytes } from "node:crypto";
import { query } from "jsonpath-rfc9535";
import { isCredentialHeader } from "../credential-header.js";
import type { ScanOptions } from "../options.js";
import type { HttpClient, HttpReply } from "../transport/client.js";
import { type Answer, toAnswer } from "./answer.js";
import { authHeaders, withoutSecrets } from "./auth.js";
import type { ReplyPath } from "./reply.js";
import { type ChatMessage, fill, SESSION, type Shape, takesMessages, takesSession, withPlaces } from "./shape.js";
import { copyOf } from "./text.js";

/** Who asks: `own` with the caller's credentials, `other` with the second identity's, `nobody` without any. */
export type Identity = "own" | "other" | "nobody";

export interface AskOptions {
  /** Under which name the request is counted. */
  check: string;
  identity?: Identity;
  conversation?: Conversation;
  retry?: boolean;
  unpaced?: boolean;
  headers?: Record<string, string>;
  shape?: Shape;
  /** Show the client certificate; `nobody` does not unless told. */
  certificate?: boolean;
}

/** What kinds of answer are asked for, the likeliest first. */
const JSON_FIRST = "application/json, text/event-stream;q=0.9, text/plain;q=0.8, text/html;q=0.7, */*;q=0.5";
const STREAM_FIRST =
  "text/event-stream, application/x-ndjson;q=0.9, application/json;q=0.8, text/plain;q=0.7, */*;q=0.5";

/** Cookies, session id and turns of one conversation with the endpoint. */
export interface Conversation {
  /** Who opened it; only they may use its cookies. */
  identity: Identity;
  session: string;
  cookies: Map<string, string>;
  turns: ChatMessage[];
}

/** The endpoint as the scan speaks to it, once the shape of request and reply is known. */
export class Endpoint {
  replyPath: ReplyPath | null;
  /** Each identity's first conversation, shared by all its single requests where the endpoint needs a session or a CSRF cookie. */
  private readonly shared = new Map<Identity, Promise<Conversation>>();
  /** How many conversations each check has opened. */
  private readonly opened = new Map<string, number>();

  constructor(
    readonly client: HttpClient,
    readonly options: ScanOptions,
    public shape: Shape,
    replyPath: ReplyPath | null,
  ) {
    this.replyPath = replyPath;
  }

  /** Sends one prompt. In a conversation with turns, the earlier ones are sent along where the shape takes messages. */
  async ask(prompt: string, ask: AskOptions): Promise<Answer> {
    const shape = ask.shape ?? (ask.identity === "nobody" ? withoutSecrets(this.shape) : this.shape);
    const conversation = ask.conversation ?? (await this.sharedConversation(ask.check, ask.identity ?? "own"));
    const filled = fill(shape, prompt, conversation.session, ask.conversation?.turns ?? []);
    const http = await this.send(
      {
        method: filled.method,
        url: filled.url,
        body: filled.body,
        headers: filled.contentType ? { "content-type": filled.contentType } : {},
      },
      { ...ask, conversation },
    );
    const answer = this.bounded(toAnswer(prompt, http, ask.shape ? null : this.replyPath), ask.check);
    if (ask.conversation && takesMessages(shape) && answer.ok)
      ask.conversation.turns.push(
        { role: "user", content: prompt },
        { role: "assistant", content: answer.extracted.text },
      );
    return answer;
  }

  /** The answer with no more text than the oracles read. */
  private bounded(answer: Answer, check: string): Answer {
    const { replyCharacters } = this.options.limits;
    const { text, everything } = answer.extracted;
    // Beside the reply itself there are its copy in everything, and the other fields.
    const most = 2 * replyCharacters;
    const { http } = answer;
    if (Math.max(2 * text.length, everything.length, http.text.length) <= most) return answer;
    if (text.length > replyCharacters || everything.length > most)
      this.client.hit("replyCharacters", replyCharacters, "of a reply that is longer only the beginning was judged");
    const extracted = {
      ...answer.extracted,
      // Nobody looks for further fields in the answers to probes.
      json: check === "llm_ai_security" ? undefined : answer.extracted.json,
      text: copyOf(text, replyCharacters),
      everything: copyOf(everything, most),
    };
    return { ...answer, http: { ...http, text: copyOf(http.text, most) }, extracted };
  }

  /** Sends any request with the endpoint's usual headers, credentials and cookies. */
  async send(
    request: { method: string; url: URL; body: string | null; headers?: Record<string, string> },
    ask: AskOptions,
  ): Promise<HttpReply> {
    const { options } = this;
    const identity = ask.identity ?? "own";
    // Without the CSRF cookie or the session a request would be turned away before the code that is tested.
    const conversation =
      ask.conversation ??
      (options.csrf || options.session ? await this.sharedConversation(ask.check, identity) : undefined);
    const headers: Record<string, string> = {
      accept: options.knowledge.streaming ? STREAM_FIRST : JSON_FIRST,
      "user-agent": "SpillCheck",
      ...lowerKeys(identity === "nobody" ? withoutCredentials(options.headers) : options.headers),
      ...authHeaders(options, identity),
      ...request.headers,
      ...ask.headers,
    };
    if (conversation && (identity !== "nobody" || conversation.identity === "nobody")) {
      const cookie = [headers.cookie, ...[...conversation.cookies].map(([name, value]) => `${name}=${value}`)]
        .filter(Boolean)
        .join("; ");
      if (cookie) headers.cookie = cookie;
      const csrf = options.csrf ? conversation.cookies.get(options.csrf.cookie) : undefined;
      if (csrf && options.csrf) {
        headers[options.csrf.header.toLowerCase()] = csrf;
        headers.referer ??= request.url.origin + request.url.pathname;
      }
    }
    const http = await this.client.send({
      ...request,
      headers,
      check: ask.check,
      retry: ask.retry,
      unpaced: ask.unpaced,
      identity,
      withoutCertificate: !(ask.certificate ?? identity !== "nobody"),
    });
    if (conversation)
      for (const [name, value] of readCookies(http.headers["set-cookie"])) conversation.cookies.set(name, value);
    return http;
  }

  /** Opens a conversation of its own: fetches the CSRF cookie and the session id where those are described. */
  async open(check: string, identity: Identity = "own"): Promise<Conversation> {
    const conversation: Conversation = {
      identity,
      session: `spillcheck-${this.sessionName(check)}`,
      cookies: new Map(),
      turns: [],
    };
    const { session, csrf } = this.options;
    if (csrf) {
      const url = new URL(stripPlaceholders(this.shape.url));
      await this.send({ method: "GET", url, body: null }, { check, conversation, identity });
      if (identity !== "nobody" && !conversation.cookies.has(csrf.cookie))
        this.client.notes.add(
          `GET ${url.pathname} did not set the cookie ${csrf.cookie}, so requests were sent without the header ${csrf.header}.`,
        );
    }
    if (session) {
      const http = await this.send(
        {
          method: session.method,
          url: new URL(session.path, stripPlaceholders(this.shape.url)),
          body: session.body ?? null,
          headers: session.body
            ? {
                "content-type": /^\s*[[{]/.test(session.body)
                  ? "application/json"
                  : "application/x-www-form-urlencoded",
              }
            : {},
        },
        { check, conversation, identity },
      );
      const id = sessionId(http.text, session.idPath);
      if (id) conversation.session = id;
    }
    return conversation;
  }

  /** A name that nobody else uses; with a seed always the same, so that a resumed scan finds its conversations again. */
  private sessionName(check: string): string {
    const count = this.opened.get(check) ?? 0;
    this.opened.set(check, count + 1);
    const { seed } = this.options;
    const bytes =
      seed === undefined ? randomBytes(6) : createHash("sha256").update(`${seed}:session:${check}:${count}`).digest();
    return bytes.toString("hex").slice(0, 10);
  }

  private sharedConversation(check: string, identity: Identity): Promise<Conversation> {
    let shared = this.shared.get(identity);
    if (!shared) {
      shared =
        this.options.csrf || this.options.session
          ? this.open(check, identity)
          : Promise.resolve({ identity, session: "spillcheck", cookies: new Map(), turns: [] });
      this.shared.set(identity, shared);
    }
    return shared;
  }

  /** True when several turns can be told apart from single questions: a messages list, a session id, or cookies. */
  get keepsConversations(): boolean {
    return takesMessages(this.shape) || takesSession(this.shape) || this.options.session !== undefined;
  }

  /** True when a single question needs a conversation of its own, lest the endpoint answers in the light of those before it. */
  get remembers(): boolean {
    return takesSession(this.shape) || this.options.session !== undefined;
  }
}

function sessionId(body: string, path: string | undefined): string | null {
  try {
    const found = query(JSON.parse(body), path ?? "$..['session_id','sessionId','conversation_id','id']")[0];
    return typeof found === "string" || typeof found === "number" ? String(found) : null;
  } catch {
    return null;
  }
}

function stripPlaceholders(url: string): string {
  return withPlaces(url).replaceAll("{{prompt}}", "hello").replaceAll(SESSION, "spillcheck");
}

function lowerKeys(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** The caller's headers without those that prove who they are. */
export function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !isCredentialHeader(name)));
}

/** Name and value of each cookie that a `set-cookie` header (values joined by line breaks) sets. */
export function readCookies(header: string | undefined): [string, string][] {
  if (!header) return [];
  return header.split("\n").flatMap((line): [string, string][] => {
    const first = line.split(";")[0] ?? "";
    const equals = first.indexOf("=");
    return equals > 0 ? [[first.slice(0, equals).trim(), first.slice(equals + 1).trim()]] : [];
  });
}
