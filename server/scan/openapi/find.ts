import type { ScanOptions } from "../options.js";
import type { HttpClient, HttpReply } from "../transport/client.js";
import { type ApiDocument, readApiDocument } from "./document.js";

/** Where documents usually lie. */
export const DOCUMENT_PATHS = ["/openapi.json", "/swagger.json"] as const;

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
    const document = await readApiDocument(given.text, url);
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
    const document = await readApiDocument(reply.text, url);
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
      const document = await readApiDocument(reply.text, url);
      return { document, replies, notes: document.notes };
    } catch {
      // Something else at a usual path is no error of the user's.
    }
  }
  return { document: null, replies, notes: [] };
}
