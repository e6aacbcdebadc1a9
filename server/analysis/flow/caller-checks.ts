/** What a function's body says of whoever calls it: whether it refuses some, or does something else for them. */
import type { Expr, Stmt } from "../ir.js";
import type { FunctionDef, ModuleDef } from "../names/definitions.js";
import { lastWord, someNode, wordsOf } from "./body-words.js";

const REFUSALS = /^HTTP_40[13]_|^(PermissionDenied|Unauthorized|Forbidden)$/;
const REFUSING_MEMBERS = /^HTTP_40[13]_/;
const CALLER_CHECKS =
  /^(require|check|verify|validate|authenticate|authorize|ensure|get|is|decode)_?(current_|authenticated_|valid_)?(auth\w*|user|token|api_?key|jwt|session|permission\w*|login|admin|logged_in|access|signature)(_?(token|user|session|claims|payload|header))*$/i;

/** The body itself refuses callers: it answers 401 or 403, or asks a function that by its name does. */
export function checksCaller({ ir: { body } }: FunctionDef): boolean {
  let out = checking.get(body);
  if (out === undefined) {
    out = mayRefuse(body);
    checking.set(body, out);
  }
  return out;
}

/** By body, which stays the same object while its text does: all functions of a module are asked at each keystroke. */
const checking = new WeakMap<readonly Stmt[], boolean>();

function mayRefuse(body: readonly Stmt[]): boolean {
  const { numbers, names, attributes, calls } = wordsOf(body);
  return (
    numbers.has(401) ||
    numbers.has(403) ||
    anyOf(names, REFUSALS) ||
    anyOf(attributes, REFUSING_MEMBERS) ||
    (attributes.has("is_authenticated") && branchesOnCaller(body)) ||
    anyOf(calls, CALLER_CHECKS)
  );
}

const refusing = new WeakMap<object, string>();

/** The functions of a module that refuse callers, as a text. */
export function refusersIn(mod: ModuleDef): string {
  let out = refusing.get(mod.ir);
  if (out === undefined) {
    out = mod.functions
      .filter(checksCaller)
      .map((fn) => fn.key)
      .join();
    refusing.set(mod.ir, out);
  }
  return out;
}

/** Whether what is done, and not only what is said, depends on who calls: `if not current_user.is_authenticated:`. */
export const branchesOnCaller = (body: readonly Stmt[]): boolean =>
  someNode(
    body,
    (n) =>
      "k" in n &&
      n.k === "if" &&
      "c" in n &&
      someNode(n.c, (x) => "k" in x && x.k === "attr" && "a" in x && x.a === "is_authenticated"),
  );

function anyOf(words: ReadonlySet<string>, form: RegExp): boolean {
  for (const w of words) if (form.test(w)) return true;
  return false;
}

const CALLER_KEY =
  /user|log|auth|mail|account|admin|member|token|role|customer|employee|uid|^id$|(?<!project|chat|conversation|thread|session|cart|document|doc|file|job|task|request|message|quiz|game|story|upload|run)_id$/i;

/** Whether a socket is closed when it is opened by somebody who is not known: `await self.close()` in `connect`. */
export function refusesSockets(connect: FunctionDef): boolean {
  const { body } = connect.ir;
  const { calls, names, attributes } = wordsOf(body);
  if (!calls.has("close")) return false;
  return checksCaller(connect) || names.has("AnonymousUser") || attributes.has("is_anonymous");
}

/** Whether a session is asked who calls, and not for something that it keeps: `session["cart"]` says nothing of the caller. */
export function asksSessionForCaller(body: readonly Stmt[]): boolean {
  let others = false;
  const isSession = (x: Expr): boolean => lastWord(x) === "session" && x.k !== "call";
  const asks = someNode(body, (n) => {
    const x = n as Expr;
    const key =
      x.k === "sub" && isSession(x.o)
        ? x.i
        : x.k === "call" && x.f.k === "attr" && isSession(x.f.o)
          ? x.args[0]
          : undefined;
    if (key?.k !== "const" || typeof key.v !== "string") return key !== undefined;
    others = true;
    return CALLER_KEY.test(key.v);
  });
  return asks || !others;
}
