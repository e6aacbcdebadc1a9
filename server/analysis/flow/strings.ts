/** Texts put together: f-strings, `+`, `%`, `.format`, `join`. */
import type { Expr, FStringExpr } from "../ir.js";
import { nameOf } from "./calls.js";
import type { Env } from "./env.js";
import { access, evalExpr, iterate } from "./expr.js";
import type { Frame } from "./frame.js";
import { inText } from "./in-text.js";
import { type Label, type Loc, unionLabels } from "./labels.js";
import {
  concat,
  constant,
  deepLabels,
  EMPTY,
  flatten,
  formsOf,
  joinAll,
  labelled,
  type Part,
  type StrForm,
  unionItems,
  type Value,
  withLabels,
} from "./value.js";

export function evalFString(frame: Frame, env: Env, x: FStringExpr): Value {
  const at = frame.loc(x);
  const parts = x.parts.map((p) =>
    typeof p === "string"
      ? { v: constant(p), loc: at }
      : { v: asText(inText(frame, evalExpr(frame, env, p.x))), loc: frame.loc(p.x), name: nameOf(p.x), nested: true },
  );
  return concat(parts, at);
}

/** What a value looks like inside a text: containers show everything that they hold. */
export function asText(v: Value): Value {
  if (v.str || v.c !== undefined) return v.fields || v.items || v.elem ? withMembers(v) : v;
  if (!v.fields && !v.items && !v.elem) return shown(v);
  return { ...v, labels: flatten(v).labels };
}

/** `found = json.dumps(rows) if rows else "none"`: what is no known text is one more way in which the text can be. */
function withMembers(v: Value): Value {
  const named = v.fields && [...v.fields].filter(([k]) => !k.startsWith("#"));
  const parts = [...(named?.map(([, x]) => x) ?? []), ...(v.items ?? []), ...(v.elem ? [v.elem] : [])];
  const labels = deepLabels(joinAll(parts.map(flatten))).filter((l) => !v.labels.some((x) => x.key === l.key));
  const [first] = labels;
  if (!first) return v;
  const { loc } = first.step;
  const forms = [...(formsOf(v) ?? []), { pieces: [{ v: labelled(labels), loc }], loc }];
  return { ...v, c: undefined, labels: unionLabels(v.labels, labels), str: forms };
}

/** Statements hold the rows that running them will give. */
const STATEMENTS = new Set(["sqlalchemy.TextClause", "sqlalchemy.Select"]);

/** Whether a value is a statement that a call made, not a text. */
export const isStatement = (v: Value): boolean => v.types.some((t) => t.k === "ext" && STATEMENTS.has(t.q));

/** What anybody sees of a value who does not run it: of a statement its SQL, and none of its rows. */
export const shown = (v: Value): Value =>
  isStatement(v) ? { ...v, labels: v.labels.filter((l) => l.kind !== "record") } : v;

/** `l + r`: texts are joined, lists are put behind each other, anything else keeps its labels. */
export function binaryAdd(
  l: Value,
  ll: Loc,
  r: Value,
  rl: Loc,
  at: Loc,
  names: readonly [string, string] = ["", ""],
): Value {
  if (typeof l.c === "number" && typeof r.c === "number") return constant(l.c + r.c);
  if ((l.items || l.elem || r.items || r.elem) && !formsOf(l) && !formsOf(r)) return unionItems(l, r);
  // `json.dumps(d).encode() + b"\n"`: what holds the labels may lie inside.
  const text = formsOf(l) || formsOf(r) || flatten(l).labels.length || flatten(r).labels.length;
  if (!text) return EMPTY;
  return concat(
    [
      { v: asText(l), loc: ll, name: names[0] },
      // A text that was put together before is joined here as a whole.
      { v: asText(r), loc: rl, name: names[1], nested: names[1] !== "" && isFlat(r) },
    ],
    at,
  );
}

/** Texts inside it at most, and none inside those: texts in texts in texts would be looked through again and again. */
const isFlat = (v: Value, depth = 0): boolean =>
  !v.str?.some((f) => f.pieces.some((p) => typeof p !== "string" && p.v.str && (depth > 0 || !isFlat(p.v, depth + 1))));

/** `template % args`. What is shown as a number is no text. */
export function percentFormat(frame: Frame, l: Value, r: Value, x: Extract<Expr, { k: "bin" }>): Value {
  const form = formsOf(l)?.[0];
  if (!form) return labelled([...l.labels, ...r.labels]);
  const at = frame.loc(x);
  const argLocs = x.r.k === "tuple" ? x.r.xs.map((e) => frame.loc(e)) : [frame.loc(x.r)];
  let n = 0;
  return fill(form, at, /%(?:\((\w+)\))?[-#0 +]*(?:\d+|\*)?(?:\.\d+)?[sdrifxXeEgGc%]/g, (m) => {
    if (m[0] === "%%") return "%";
    const i = m[1] ? 0 : n++;
    const loc = argLocs[i] ?? argLocs[0] ?? at;
    if (/[difFeEgGxX]$/.test(m[0])) return { v: EMPTY, loc };
    if (m[1]) return { v: asText(r.fields?.get(m[1]) ?? labelled(r.labels)), loc };
    const v = x.r.k === "tuple" ? (r.items?.[i] ?? EMPTY) : r;
    return { v: asText(inText(frame, v)), loc };
  });
}

/** `"...".format(...)`: numbered, automatic and named fields. */
export function braceFormat(
  frame: Frame,
  template: Value,
  at: Loc,
  args: readonly { v: Value; loc: Loc }[],
  named: ReadonlyMap<string, { v: Value; loc: Loc }>,
  rest: { v: Value; loc: Loc } | undefined,
): Value {
  const forms = formsOf(template);
  if (!forms?.length) {
    // A template that is not known: what is put in comes out, among words that nobody can read here.
    return concat([templatePart(template, at), ...args, ...named.values(), ...(rest ? [rest] : [])], at);
  }
  return joinAll(
    forms.map((form) => {
      let n = 0;
      return fill(form, at, /\{\{|\}\}|\{([^{}!:]*)(?:![rsa])?(?::[^{}]*)?\}/g, (m) => {
        if (m[0] === "{{") return "{";
        if (m[0] === "}}") return "}";
        const [, head = "", tail = ""] = /^([\w-]*)(.*)$/s.exec(m[1] ?? "") ?? [];
        const arg =
          head === ""
            ? args[n++]
            : /^\d+$/.test(head)
              ? args[Number(head)]
              : (named.get(head) ?? restField(rest, head));
        if (!arg) return m[0];
        let v = arg.v;
        for (const t of tail.matchAll(/\.(\w+)|\[(\w+)\]/g)) v = access(frame, v, t[1] ?? t[2] ?? "");
        return { v: asText(inText(frame, v)), loc: arg.loc };
      });
    }),
  );
}

/** Stands for words of a template that is not spelled out in the code: it came from a file or a setting. */
export const UNKNOWN_TEXT = "\uFFFC";

/** Whether a text comes from where the analysis cannot read it, and from no caller or user either. */
export const isUnknownText = (v: Value): boolean =>
  !v.labels.length && v.c === undefined && !v.str && !v.items && !v.elem;

/** A template that cannot be read here, as the beginning of what is made of it; callers may know it. */
export const templatePart = (template: Value, at: Loc): Part =>
  isUnknownText(template) ? { v: constant(UNKNOWN_TEXT), loc: at } : { v: template, loc: at, template: true };

function restField(rest: { v: Value; loc: Loc } | undefined, name: string) {
  if (!rest) return undefined;
  return { v: rest.v.fields?.get(name) ?? labelled(rest.v.labels), loc: rest.loc };
}

/** Replaces placeholders in the constant pieces of a text. */
export function fill(
  form: StrForm,
  at: Loc,
  pattern: RegExp,
  replace: (m: RegExpExecArray) => string | { v: Value; loc: Loc },
): Value {
  const parts: Part[] = [];
  for (const p of form.pieces) {
    if (typeof p !== "string") {
      parts.push(p);
      continue;
    }
    let last = 0;
    pattern.lastIndex = 0;
    for (let m = pattern.exec(p); m; m = pattern.exec(p)) {
      if (m.index > last) parts.push({ v: constant(p.slice(last, m.index)), loc: at });
      const r = replace(m);
      parts.push(typeof r === "string" ? { v: constant(r), loc: at } : { ...r, nested: true });
      last = m.index + m[0].length;
      if (m[0] === "") pattern.lastIndex++;
    }
    if (last < p.length) parts.push({ v: constant(p.slice(last)), loc: at });
  }
  return concat(parts, at);
}

/** `separator.join(list)`. */
export function joinText(
  frame: Frame,
  separator: Value,
  list: Value,
  listLoc: Loc,
  at: Loc,
  itemLocs?: readonly Loc[],
): Value {
  const parts: Part[] = [];
  const sep = { v: typeof separator.c === "string" ? separator : constant(" "), loc: at };
  list.items?.forEach((v, i) => {
    if (parts.length) parts.push(sep);
    parts.push({ v: asText(v), loc: itemLocs?.[i] ?? listLoc });
  });
  const rest = list.elem || list.labels.length ? (list.items ? { ...list, items: undefined } : list) : undefined;
  if (rest) {
    // All cells of a row are the row.
    const e = withLabels(iterate(frame, rest), list.labels.filter(isRow));
    if (parts.length) parts.push(sep);
    const form = formsOf(e)?.[0];
    const by = typeof separator.c === "string" ? separator.c : " ";
    // Callers may know what is in it.
    parts.push({ v: form ? e : asText(e), loc: listLoc, joined: { list: rest, by } });
  }
  return concat(parts, at);
}

const isRow = (l: Label): boolean => l.kind === "record" && !l.many && !l.path.length;
