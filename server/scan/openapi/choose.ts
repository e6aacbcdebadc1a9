/** Which operations of an API document are asked, by the address that the scan was given. */
import type { Shape } from "../target/shape.js";
import type { Operation } from "./document.js";

/** Words of a path or a tag that stand for asking a model. Nothing that could write a record or send a message. */
const ASKS_A_MODEL =
  /(?:^|[/_\s-])(?:chat|ask|assist|assistants?|complet(?:e|ions?)|converse|prompt|generate|chat ?bot|bot|llm|gpt|ai|agent|talk|copilot)(?:$|[/_\s-])/i;
const TAKES_A_PROMPT = /prompt|message|question|query|text|input|content|utterance/i;
const MOST = 3;

/** Whether a path with `{parameters}` stands for the URL's path. */
export function samePath(template: string, full: string, url: URL): boolean {
  const pattern = new URL(full).pathname.replaceAll("%7B", "{").replaceAll("%7D", "}");
  const wanted = pattern.replace(/\/$/, "").split("/");
  const actual = url.pathname.replace(/\/$/, "").split("/");
  return (
    template !== "" &&
    wanted.length === actual.length &&
    wanted.every((part, i) => /^\{.*\}$/.test(part) || part === actual[i])
  );
}

function postFirst(a: { method: string }, b: { method: string }): number {
  return Number(b.method === "POST") - Number(a.method === "POST");
}

/**
 * The documented ways of asking the address, those of its own method first. Where the address is the server's root or a folder of
 * the API, those of the operations below it that seem to ask a model.
 * @param method the method that the user chose
 */
export function shapesFor(operations: readonly Operation[], method: string | undefined, url: URL): Shape[] {
  const wanted = operations.filter((operation) => method === undefined || operation.method === method);
  const own = wanted.filter(({ path, url: full }) => samePath(path, full, url));
  if (own.length > 0)
    return own
      .flatMap(({ shape, path }) => (shape ? [{ ...shape, url: path.includes("{") ? url.href : shape.url }] : []))
      .sort(postFirst);
  return modelOperations(wanted, url)
    .slice(0, MOST)
    .flatMap(({ shape }) => (shape ? [shape] : []));
}

/** Whether an operation takes a prompt and seems to hand it to a model, so that asking it does no harm. */
export function asksAModel({ shape, path, tags }: Operation): boolean {
  return (
    shape !== null &&
    !path.includes("{") &&
    TAKES_A_PROMPT.test(shape.key) &&
    [path, ...tags].some((text) => ASKS_A_MODEL.test(text))
  );
}

/** Operations below an address that take a prompt and seem to hand it to a model. */
export function modelOperations(operations: readonly Operation[], url: URL): Operation[] {
  const folder = url.pathname.replace(/\/?$/, "/");
  return operations
    .filter(
      (operation) =>
        asksAModel(operation) && !operation.deprecated && new URL(operation.url).pathname.startsWith(folder),
    )
    .sort(postFirst);
}

/** A sentence on the operation that was chosen, where the address named none. */
export function choiceNote(operations: readonly Operation[], shape: Shape, url: URL): string {
  const chosen = new URL(shape.url.replace(/\?.*$/s, ""));
  if (chosen.pathname === url.pathname) return "";
  const others = modelOperations(operations, url)
    .map((operation) => `${operation.method} ${new URL(operation.url).pathname}`)
    .filter((name) => name !== `${shape.method} ${chosen.pathname}`);
  const beside = others.length > 0 ? ` Others that seem to ask a model: ${others.slice(0, MOST).join(", ")}.` : "";
  return `The address names no operation; ${shape.method} ${chosen.pathname} of the API document was scanned.${beside}`;
}
