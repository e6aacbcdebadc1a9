import { type JsonValue, query } from "jsonpath-rfc9535";

const STEP = /\.([A-Za-z_][A-Za-z0-9_]*)|\[(\d{1,9})\]|\['([^'\\]*)'\]|\["([^"\\]*)"\]/y;

/**
 * The names and positions of a path that leads to one place alone (`$.choices[0].delta.content`), or null for any other:
 * those are walked here, since a stream asks for the same place thousands of times.
 */
function stepsOf(path: string): (string | number)[] | null {
  if (!path.startsWith("$")) return null;
  const steps: (string | number)[] = [];
  STEP.lastIndex = 1;
  while (STEP.lastIndex < path.length) {
    const match = STEP.exec(path);
    if (!match) return null;
    const [, name, index, single, double] = match;
    steps.push(index === undefined ? (name ?? single ?? double ?? "") : Number(index));
  }
  return steps;
}

/** A place in JSON documents, ready to be looked up many times. */
export type JsonPlace = (document: JsonValue) => JsonValue[];

/**
 * Reads a JSONPath (RFC 9535).
 * @throws Error when it is none
 */
export function jsonPlace(path: string): JsonPlace {
  const steps = stepsOf(path);
  if (steps === null) {
    query(null, path);
    return (document) => query(document, path);
  }
  return (document) => {
    let at: JsonValue = document;
    for (const step of steps) {
      const next: JsonValue | undefined = child(at, step);
      if (next === undefined) return [];
      at = next;
    }
    return [at];
  };
}

function child(at: JsonValue, step: string | number): JsonValue | undefined {
  if (typeof at !== "object" || at === null) return undefined;
  if (Array.isArray(at)) return typeof step === "number" ? at[step] : undefined;
  return typeof step === "string" && Object.hasOwn(at, step) ? at[step] : undefined;
}
