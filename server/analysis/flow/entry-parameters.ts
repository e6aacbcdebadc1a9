/** What a framework puts into the parameters of the functions that it calls. */
import type { Expr } from "../ir.js";
import { lastNameOf } from "../last-name.js";
import type { FunctionDef } from "../names/definitions.js";
import type { EntryModel } from "../names/model-schema.js";
import { Env } from "./env.js";
import { evalExpr } from "./expr.js";
import type { Frame } from "./frame.js";
import type { Label } from "./labels.js";
import type { Entry } from "./program.js";
import { recordLabel } from "./records.js";
import { checkedForm } from "./saved-rows.js";
import { placed, wordsFor } from "./sources.js";
import { EMPTY, labelled, type TypeRef, type Value, withField } from "./value.js";

/** The value of a parameter of an entry. @param types what is known of its type; added to */
export function entryParameter(
  frame: Frame,
  v: Value,
  name: string,
  index: number,
  position: number,
  entry: Entry,
  types: TypeRef[],
  step: Label["step"],
): Value {
  const request = entry.model.request;
  if (request?.arg.some((a) => a === name || a === position)) {
    if (FORMS.test(request.type)) return checkedForm(frame, request.type);
    if (!types.some((t) => t.k === "ext" && t.q !== "builtins.str")) types.push({ k: "ext", q: request.type });
    return v;
  }
  const handed = entry.model.hands?.find((h) => h.arg.some((a) => a === name || a === position));
  if (handed) return handedParameter(frame, v, name, index, entry, handed, types, step);
  if (entry.model.kind === "error-handler") {
    const label: Label = {
      kind: "exception",
      key: `exception@${frame.key}:${index}`,
      step: { ...step, msg: `\`${name}\` is the exception` },
      path: [],
      cleared: 0,
      weak: 0,
      doubt: entry.doubt,
      what: `\`${name}\``,
    };
    // An error that was made for the client may still hold the one that it was made of.
    const own = handledClass(frame);
    if (own && !types.length) types.push(own);
    if (handlesOwnErrors(frame.fn, types)) return withField(v, "original_exception", labelled([label]));
    return { ...v, labels: [...v.labels, label] };
  }
  if (entry.model.params !== "user") return v;
  // A framework's own object (request, dependency, database session) is not text from the caller.
  if (
    types.some(
      (t) =>
        t.k === "ext" &&
        !/^(builtins|typing|fastapi\.(Form|Query|Body|Path))/.test(t.q) &&
        frame.program.models.type(t.q),
    )
  )
    return v;
  if (types.some((t) => t.k === "ext" && NO_TEXT.test(t.q))) return v;
  const user: Label = {
    kind: "user",
    key: `user@${frame.key}:${index}`,
    step: { ...step, msg: `\`${name}\` comes from the request` },
    path: [],
    cleared: 0,
    weak: 0,
    doubt: entry.doubt,
    what: `\`${name}\``,
    ...(isOfAddress(frame.fn, name, entry) ? { address: true } : {}),
  };
  return { ...v, labels: [...v.labels, user] };
}

/** Types whose values have a form of their own: what does not fit is refused. */
const NO_TEXT =
  /^(?:builtins\.(?:int|float|bool)|uuid\.UUID|decimal\.Decimal|datetime\.(?:date|datetime|time|timedelta)|ipaddress\.\w+)$/;

const FORMS = /^(?:django\.forms\.Form|rest_framework\.serializers\.Serializer)$/;

/** Whether a parameter is cut out of the request's address: `<name>` and `{name}` in a route, Django's captures. */
function isOfAddress(fn: FunctionDef | undefined, name: string, entry: Entry): boolean {
  if (entry.model.request?.type.startsWith("django.")) return true;
  const captured = new RegExp(`[<{:](?:[^<>{}]*:)?${name}(?::\\w+)?[>}]`);
  return !!fn?.ir.decorators.some(
    (d) => d.k === "call" && d.args.some((a) => a.k === "const" && typeof a.v === "string" && captured.test(a.v)),
  );
}

/** A parameter that the framework fills with a model's answer, or with a row of a table. */
function handedParameter(
  frame: Frame,
  v: Value,
  name: string,
  index: number,
  entry: Entry,
  handed: NonNullable<EntryModel["hands"]>[number],
  types: TypeRef[],
  step: Label["step"],
): Value {
  if (handed.source === "record") {
    if (handed.of === undefined) {
      const row = recordLabel(
        frame,
        { store: "django", many: handed.many === true },
        undefined,
        step.loc,
        `\`${name}\``,
        undefined,
      );
      return { ...v, labels: [...v.labels, row] };
    }
    const cls = decoratorKeyword(frame.fn, handed.of);
    if (!cls) return v;
    const row = placed(frame.program.classes.annotated(frame, new Env(new Map(), undefined), cls), () => step.loc);
    types.push(...row.types);
    return { ...v, labels: [...v.labels, ...row.labels] };
  }
  const label: Label = {
    kind: handed.source,
    key: `${handed.source}@${frame.key}:${index}`,
    step: { ...step, msg: `\`${name}\` is ${wordsFor(handed.source, name)}` },
    path: [],
    cleared: 0,
    weak: 0,
    doubt: entry.doubt,
    what: `\`${name}\``,
    ...(handed.type ? { type: frame.program.models.canonical(handed.type) } : {}),
  };
  if (handed.type) types.push({ k: "ext", q: frame.program.models.canonical(handed.type) });
  return { ...v, labels: [...v.labels, label] };
}

/** The value of a keyword of one of the function's decorators. */
function decoratorKeyword(fn: FunctionDef | undefined, keyword: string): Expr | undefined {
  for (const d of fn?.ir.decorators ?? []) {
    const kw = d.k === "call" ? d.kw.find((k) => k.n === keyword) : undefined;
    if (kw) return kw.x;
  }
  return undefined;
}

/** The class of the app's own that a handler's decorator names: what its instances hold, the class itself says. */
function handledClass(frame: Frame): TypeRef | undefined {
  for (const d of frame.fn?.ir.decorators ?? []) {
    const named = d.k === "call" ? d.args[0] : undefined;
    const handled =
      named?.k === "name" || named?.k === "attr" ? evalExpr(frame, new Env(new Map(), undefined), named) : EMPTY;
    const cls = handled.types.find((t) => t.k === "class");
    if (cls) return { k: "inst", cls: cls.cls };
  }
  return undefined;
}

/** Handlers of a status code, or of errors whose text the app itself wrote for the client. */
function handlesOwnErrors(fn: FunctionDef | undefined, types: readonly TypeRef[]): boolean {
  const handled = fn?.ir.decorators.map((d) => (d.k === "call" ? d.args[0] : undefined)) ?? [];
  if (handled.some((a) => a?.k === "const")) return true;
  const named = handled.map((a) => lastNameOf(a));
  // A handler that a call registers says by its annotation, or else by its name, what it handles.
  const declared = types.flatMap((t) => (t.k === "ext" ? [t.q.slice(t.q.lastIndexOf(".") + 1)] : []));
  const byName = named.length || declared.length ? [] : [fn?.name.replace(/_/g, "") ?? ""];
  return [...named, ...declared].some((n) => FOR_CLIENTS.test(n)) || byName.some((n) => SAYS_SO.test(n));
}

const FOR_CLIENTS =
  /(HTTPException|Validation|BadRequest|NotFound|RateLimit|Unauthorized|Forbidden|MethodNotAllowed|TooLarge|^[A-Z0-9_]+$)/;
const SAYS_SO = /^(?:handle)?(?:http(?:exception|error)|.*validation|notfound|ratelimit)/i;
