import { ScanError } from "../errors.js";
import type { ScanOptions } from "../options.js";
import { HttpClient, type HttpReply } from "../transport/client.js";
import { isNearer, resolveTarget } from "../transport/network.js";
import { type ApiDocument, readApiDocument } from "./document.js";

/** Requests to one other host, at most. */
const BUDGET = 25;

/**
 * How references to other documents are followed; undefined without consent. The other hosts get no credentials, and a
 * document never leads to a network that is nearer than its own target.
 */
function referencesOf(options: ScanOptions, base: URL | null, signal: AbortSignal) {
  if (!options.openapiReferences) return undefined;
  return {
    base,
    fetch: async (url: URL): Promise<string | null> => {
      try {
        const [resolved, own] = await Promise.all([resolveTarget(url), resolveTarget(new URL(options.url))]);
        if (isNearer(resolved.network, own.network)) return null;
        const bare: ScanOptions = { ...options, headers: {}, secret: undefined, tls: { insecure: false } };
        const other = new HttpClient(bare, url, resolved, BUDGET, signal);
        try {
          const headers = { accept: "application/json, application/yaml;q=0.9", "user-agent": "SpillCheck" };
          const reply = await other.send({ method: "GET", url, headers, body: null, check: "inventory", retry: false });
          return reply.status === 200 && !reply.truncated ? reply.text : null;
        } finally {
          await other.close();
        }
      } catch (error) {
        if (error instanceof ScanError && error.kind === "name-not-found") return null;
        throw error;
      }
    },
  };
}

/**
 * Where documents usually lie: of FastAPI and most others, of Flask-RESTX and drf-yasg, of drf-spectacular, of Flasgger. No
 * more than are asked for side by side with the first questions.
 */
export const DOCUMENT_PATHS = ["/openapi.json", "/swagger.json", "/api/schema/", "/apispec_1.json"] as const;

export interface FoundDocument {
  document: ApiDocument | null;
  /** The usual paths as they answered, so that nobody asks twice. */
  replies: Map<string, HttpReply>;
  notes: string[];
}

/**
 * Gets the API document: the one given, or from the URL given (the target's own origin only), or from the usual paths.
 * @throws ScanError "bad-option" when the document given is none
 */
export async function findDocument(options: ScanOptions, client: HttpClient, url: URL): Promise<FoundDocument> {
  const replies = new Map<string, HttpReply>();
  const given = options.openapi;
  if (given && "text" in given) {
    const document = await readApiDocument(given.text, url, referencesOf(options, null, client.cancelled));
    return { document, replies, notes: document.notes };
  }
  const get = (target: URL) =>
    client.send({
      method: "GET",
      url: target,
      headers: { accept: "application/json, application/yaml;q=0.9", "user-agent": "SpillCheck" },
      body: null,
      check: "inventory",
      retry: false,
    });
  if (given) {
    const target = new URL(given.url, url);
    if (target.origin !== url.origin)
      return {
        document: null,
        replies,
        notes: [
          `The API document at ${target.origin} was not fetched: it is not at the target's origin; save it and give the file.`,
        ],
      };
    const reply = await get(target);
    if (reply.status !== 200)
      return {
        document: null,
        replies,
        notes: [`The API document at ${target.pathname} was not found (${reply.failure?.message ?? reply.status}).`],
      };
    const document = await readApiDocument(reply.text, url, referencesOf(options, target, client.cancelled));
    return { document, replies, notes: document.notes };
  }
  const asked = await Promise.all(
    DOCUMENT_PATHS.map(async (path) => [path, await get(new URL(path, url.origin))] as const),
  );
  for (const [path, reply] of asked) {
    replies.set(path, reply);
    if (reply.failure) continue;
    if (reply.status !== 200 || reply.truncated || !/"?(openapi|swagger)"?\s*:/.test(reply.text.slice(0, 4_000)))
      continue;
    try {
      const base = new URL(path, url.origin);
      const document = await readApiDocument(reply.text, url, referencesOf(options, base, client.cancelled));
      return { document, replies, notes: document.notes };
    } catch {
      // Something else at a usual path is no error of the user's.
    }
  }
  return { document: null, replies, notes: [] };
}
