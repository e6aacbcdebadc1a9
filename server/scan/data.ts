import { parse } from "yaml";
import type { z } from "zod";
import { ScanError } from "./errors.js";

/**
 * The document in a text, JSON or YAML. JSON takes a tenth of the work to read, and the bundles carry the built-in data
 * in it.
 * @throws what the YAML parser throws
 */
export function parseData(text: string): unknown {
  if (/^\s*[{[]/.test(text)) {
    try {
      return JSON.parse(text);
    } catch {
      // YAML may begin with a brace as well.
    }
  }
  return parse(text, { maxAliasCount: 100 });
}

/**
 * Reads one of the data files against its schema.
 * @throws ScanError "bad-data" naming the file, the place and what is wrong there
 */
export function readData<S extends z.ZodType>(text: string, schema: S, file: string): z.output<S> {
  let document: unknown;
  try {
    document = parseData(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new ScanError("bad-data", `${file} is not YAML: ${reason}`);
  }
  return checkData(document, schema, file);
}

/**
 * Checks the data of a file against its schema.
 * @throws ScanError "bad-data" naming the file, the place and what is wrong there
 */
export function checkData<S extends z.ZodType>(data: unknown, schema: S, file: string): z.output<S> {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new ScanError(
    "bad-data",
    `${file}: ${issue?.path.join(".") || "the document"}: ${issue?.message ?? "is not as its schema says"}`,
  );
}

/** What the bundles carry in place of a built-in data file: data that was checked when they were built. */
const CHECKED = '{"checked":';

/**
 * Reads one of the built-in data files: from its text against its schema, or, in a bundle, as it was checked at the build.
 * @throws ScanError "bad-data" as `readData` does
 */
export function readBuiltIn<S extends z.ZodType>(text: string, file: BuiltIn<S>): z.output<S> {
  if (!text.startsWith(CHECKED)) return readData(text, file.schema(), file.name);
  const { checked }: { checked: z.output<S> } = JSON.parse(text);
  return checked;
}

/** A built-in data file. Its schema is made when it is needed: in a bundle it never is. */
export interface BuiltIn<S extends z.ZodType> {
  /** Path from the repository's root. */
  name: string;
  schema: () => S;
}

/** Reads on first use and keeps the result. */
export function lazy<T>(make: () => T): () => T {
  let value: { got: T } | null = null;
  return () => {
    value ??= { got: make() };
    return value.got;
  };
}
