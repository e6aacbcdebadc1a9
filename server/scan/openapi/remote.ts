import { parse } from "yaml";

/** Gets a document by its address; null when it may not or cannot be got. */
export type FetchDocument = (url: URL) => Promise<string | null>;

const MOST_DOCUMENTS = 20;
/** Where the other documents are put, as a key that no API document has by itself. */
const PLACE = "x-spillcheck-documents";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * Makes one document of an API document and those that it refers to: each is got once and put under a key of its own, and
 * the references lead there. Documents that refer to each other in circles are fine.
 * @param root the document
 * @param base its address, which relative references count from; null when it has none
 * @param notes sentences about what could not be got are added here
 */
export async function bundleReferences(
  root: unknown,
  base: URL | null,
  fetchDocument: FetchDocument,
  notes: string[],
): Promise<unknown> {
  const documents = new Map<string, { name: string; content: Json }>();
  const queue: { url: URL; name: string }[] = [];
  const refused = new Set<string>();

  const nameOf = (url: URL): string | null => {
    const known = documents.get(url.href);
    if (known) return known.name;
    if (documents.size >= MOST_DOCUMENTS) {
      refused.add(`more than ${MOST_DOCUMENTS} documents`);
      return null;
    }
    const name = `d${documents.size}`;
    documents.set(url.href, { name, content: {} });
    queue.push({ url, name });
    return name;
  };
  /** A reference as it reads in the one document; unchanged when it leads nowhere. */
  const moved = (reference: string, from: URL | null, prefix: string): string => {
    if (reference.startsWith("#")) return `#${prefix}${reference.slice(1)}`;
    const url = URL.canParse(reference, from?.href) ? new URL(reference, from?.href) : null;
    if (!url || !/^https?:$/.test(url.protocol)) {
      refused.add(reference.split("#")[0] ?? reference);
      return reference;
    }
    const pointer = decodeURIComponent(url.hash.slice(1));
    url.hash = "";
    if (base && url.href === base.href) return `#${pointer}`;
    const name = nameOf(url);
    return name === null ? reference : `#/${PLACE}/${name}${pointer}`;
  };
  const rewrite = (value: unknown, from: URL | null, prefix: string): Json => {
    if (Array.isArray(value)) return value.map((item) => rewrite(item, from, prefix));
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [
          key,
          key === "$ref" && typeof item === "string" ? moved(item, from, prefix) : rewrite(item, from, prefix),
        ]),
      );
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
  };

  const whole = rewrite(root, base, "");
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { url, name } = next;
    const text = await fetchDocument(url);
    const content = text === null ? undefined : readable(text);
    if (content === undefined) refused.add(url.href);
    else documents.set(url.href, { name, content: rewrite(content, url, `/${PLACE}/${name}`) });
  }
  if (refused.size > 0)
    notes.push(`References of the API document were not followed: ${[...refused].slice(0, 5).join(", ")}.`);
  if (typeof whole !== "object" || whole === null || Array.isArray(whole)) return whole;
  return {
    ...whole,
    [PLACE]: Object.fromEntries([...documents.values()].map(({ name, content }) => [name, content])),
  };
}

function readable(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 100 });
  } catch {
    // It is named among those that were not followed.
    return undefined;
  }
}
