/** Text of a `.spillcheck.yaml` to settings and to problems with their places; what is right counts whatever else is wrong. */
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { z } from "zod";
import { LineIndex, type Position } from "../analysis/lines.js";
import { describeIssue, type IssuePlace } from "./config-messages.js";
import { type Config, configSchema } from "./config-schema.js";

/** What is wrong in a settings file, and where. */
export interface ConfigProblem {
  file: string;
  /** One sentence: what is wrong and what is allowed. */
  message: string;
  /** UTF-16 offsets. */
  start: number;
  end: number;
  from: Position;
  to: Position;
}

export interface ParsedConfig {
  config: Config;
  problems: ConfigProblem[];
  /** True when the file is no YAML at all, so nothing of it counts. */
  broken: boolean;
}

// Each round takes out what the schema objects to; more rounds than this would mean a file made to waste time.
const maxRounds = 20;

/**
 * @param text the file's text
 * @param file its path, for the problems
 * @param ruleIds ids that `levels` may name
 */
export function parseConfig(text: string, file: string, ruleIds: readonly string[]): ParsedConfig {
  const lines = new LineIndex(text);
  const problem = (message: string, start: number, end: number): ConfigProblem => ({
    file,
    message,
    start,
    end,
    from: lines.position(start),
    to: lines.position(end),
  });

  const document = parseDocument(text, { lineCounter: new LineCounter(), prettyErrors: false, uniqueKeys: true });
  const syntaxProblems = document.errors.map((e) =>
    problem(`The file is not valid YAML: ${sentence(e.message)}`, e.pos[0], Math.max(e.pos[1], e.pos[0] + 1)),
  );
  // A key that stands twice leaves the rest readable; other errors do not.
  const fatal = document.errors.some((e) => e.code !== "DUPLICATE_KEY");
  if (fatal) return { config: {}, problems: syntaxProblems, broken: true };

  let data: unknown;
  try {
    data = document.toJS({ maxAliasCount: 100 });
  } catch {
    return { config: {}, problems: [problem("The file's aliases expand to too much.", 0, text.length)], broken: true };
  }
  if (data === null || data === undefined) return { config: {}, problems: syntaxProblems, broken: false };
  if (typeof data !== "object" || Array.isArray(data)) {
    const message = "The file must hold settings, as in `preset: strict`, and not a single value or a list.";
    return { config: {}, problems: [...syntaxProblems, problem(message, 0, text.length)], broken: true };
  }

  const problems = syntaxProblems;
  const schema = configSchema(ruleIds, idsOfRules(data));
  const origin = new OriginalIndexes();
  /** Paths, as in the file, of all objections, and of what was taken out because of them in earlier rounds. */
  const reported: (string | number)[][] = [];
  const taken: (string | number)[][] = [];
  for (let round = 0; round < maxRounds; round++) {
    const result = schema.safeParse(data);
    if (result.success) return { config: result.data, problems, broken: false };
    const places = result.error.issues.flatMap((issue) => placesOf(issue));
    const placed = places.map((place) => ({ place, path: origin.translate(data, place.path) }));
    reported.push(...placed.map((one) => one.path));
    for (const { place, path } of placed) {
      // What was taken out is missing afterwards, and what it was in may not be complete without it.
      if (reported.some((other) => other.length > path.length && isBelow(other, path))) continue;
      if (taken.some((other) => isBelow(other, path))) continue;
      const [start, end] = rangeOf(document.contents, path, place.atKey);
      // A block's range reaches to the next key.
      const { length } = text.slice(start, end).trimEnd();
      problems.push(
        problem(describeIssue({ ...place, path }, place.path.reduce(child, data), schema), start, start + length),
      );
    }
    taken.push(...placed.map((one) => one.path));
    removeAll(data, places, origin);
  }
  return { config: {}, problems, broken: false };
}

/** Ids of the rules that the file brings, right or wrong: `levels` may name them. */
function idsOfRules(data: unknown): string[] {
  const rules = child(data, "rules");
  if (!Array.isArray(rules)) return [];
  return rules.map((rule) => child(rule, "id")).filter((id) => typeof id === "string");
}

function sentence(message: string): string {
  const first = message.split("\n")[0]?.trim() ?? "";
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

function placesOf(issue: z.core.$ZodIssue): IssuePlace[] {
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ issue, path: [...path, key], atKey: true }));
  }
  return [{ issue, path, atKey: issue.code === "invalid_key" }];
}

/** Where in the text a value (or its key) stands; the nearest thing above it that does, when it is not there. */
function rangeOf(contents: Node | null, path: readonly (string | number)[], atKey: boolean): [number, number] {
  let node: unknown = contents;
  let range = rangeOfNode(contents) ?? [0, 0];
  for (const [depth, part] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
      if (!pair) break;
      const last = depth === path.length - 1;
      node = pair.value;
      range = (last && !atKey ? rangeOfNode(node) : undefined) ?? rangeOfNode(pair.key) ?? range;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      range = rangeOfNode(node) ?? range;
    } else break;
  }
  return range;
}

function rangeOfNode(node: unknown): [number, number] | undefined {
  if (!(isMap(node) || isSeq(node) || isScalar(node)) || !node.range) return undefined;
  const [start, end] = node.range;
  return end > start ? [start, end] : undefined;
}

/** Remembers which item of the file each item of a list was, while items are taken out. */
class OriginalIndexes {
  readonly #lists = new WeakMap<object, number[]>();

  of(list: unknown[]): number[] {
    let indexes = this.#lists.get(list);
    if (!indexes) {
      indexes = list.map((_, i) => i);
      this.#lists.set(list, indexes);
    }
    return indexes;
  }

  /** A path in the data as it is now to the path in the file. */
  translate(data: unknown, path: readonly (string | number)[]): (string | number)[] {
    let at = data;
    return path.map((part) => {
      const here = Array.isArray(at) && typeof part === "number" ? (this.of(at)[part] ?? part) : part;
      at = child(at, part);
      return here;
    });
  }
}

function child(value: unknown, part: string | number): unknown {
  if (Array.isArray(value)) return value[Number(part)];
  if (typeof value === "object" && value !== null) {
    return Object.getOwnPropertyDescriptor(value, String(part))?.value;
  }
  return undefined;
}

/** Whether a path is the other one or leads on from it. */
function isBelow(path: readonly (string | number)[], other: readonly (string | number)[]): boolean {
  return path.length >= other.length && other.every((part, i) => path[i] === part);
}

/** Takes the objected values out; where a needed one is missing, what it is missing from. */
function removeAll(data: unknown, places: readonly IssuePlace[], origin: OriginalIndexes): void {
  // From the back, so that indexes of earlier items stay right.
  const ordered = [...places].sort((a, b) => comparePaths(b.path, a.path));
  let last = "";
  for (const { path } of ordered) {
    const key = JSON.stringify(path);
    if (key !== last) removeAt(data, path, origin);
    last = key;
  }
}

function comparePaths(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const x = a[i] ?? "";
    const y = b[i] ?? "";
    if (x === y) continue;
    if (typeof x === "number" && typeof y === "number") return x - y;
    return String(x) < String(y) ? -1 : 1;
  }
  return a.length - b.length;
}

function removeAt(data: unknown, path: readonly (string | number)[], origin: OriginalIndexes): void {
  const last = path.at(-1);
  if (last === undefined) return;
  const owner = path.slice(0, -1).reduce(child, data);
  if (Array.isArray(owner)) {
    if (Number(last) >= owner.length) return;
    origin.of(owner).splice(Number(last), 1);
    owner.splice(Number(last), 1);
  } else if (typeof owner === "object" && owner !== null && Object.hasOwn(owner, String(last))) {
    Reflect.deleteProperty(owner, String(last));
  } else {
    removeAt(data, path.slice(0, -1), origin);
  }
}
