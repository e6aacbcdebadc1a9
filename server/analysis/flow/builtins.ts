/** Python's own functions whose meaning is a matter of shape and not of labels alone. */

import type { CallExpr, Expr } from "../ir.js";
import { redactsData } from "../names/sanitisers.js";
import type { Argument } from "./apply.js";
import { type Args, asCall } from "./arguments.js";
import { callFunction, nameOf } from "./calls.js";
import type { Env } from "./env.js";
import { isSecretName, secretVariable } from "./environment.js";
import { access, calledBy, evalExpr, iterate } from "./expr.js";
import type { Frame, Refinement } from "./frame.js";
import { inText } from "./in-text.js";
import { partial } from "./invoked.js";
import { ALL_KINDS, bit, type Label, unionLabels, unreadRecord } from "./labels.js";
import { contentOf, noteSaved } from "./saved-files.js";
import { isAnswer } from "./statements.js";
import { asText, joinText } from "./strings.js";
import { updateAt } from "./targets.js";
import {
  constant,
  deepLabels,
  dictOf,
  EMPTY,
  element,
  ext,
  flatten,
  formsOf,
  item,
  join,
  joinAll,
  labelled,
  listOf,
  mapLabels,
  putOver,
  type Value,
  withField,
} from "./value.js";

/** Whether a class, or each of several, is an exception that is itself the answer to the client. */
function answersClients(classes: Value | undefined): boolean {
  const types = classes?.items ? classes.items.flatMap((i) => i.types) : (classes?.types ?? []);
  return types.length > 0 && types.every(isAnswer);
}

/** The result of a builtin; undefined when `q` is none that is handled here. */
export function builtinCall(frame: Frame, env: Env, q: string, args: Args, x: CallExpr): Value | undefined {
  const a = args.pos[0]?.value;
  switch (q) {
    case "builtins.str":
    case "builtins.format":
    case "builtins.repr":
    case "builtins.ascii":
      if (!a) return constant("");
      return typeof a.c === "number" || typeof a.c === "string" ? constant(String(a.c)) : asTextValue(inText(frame, a));
    case "builtins.bool":
      return a
        ? {
            ...EMPTY,
            test: a.test,
            c: typeof a.c === "boolean" ? a.c : typeof a.c === "number" ? a.c !== 0 : undefined,
          }
        : constant(false);
    case "builtins.int":
    case "builtins.float":
      return typeof a?.c === "string" && a.c.trim() !== "" && Number.isFinite(Number(a.c))
        ? constant(Number(a.c))
        : typeof a?.c === "number"
          ? a
          : EMPTY;
    case "builtins.len":
    case "builtins.hash":
    case "builtins.id":
    case "builtins.hasattr":
    case "builtins.callable":
    case "builtins.issubclass":
    case "builtins.range":
    case "builtins.ord":
    case "builtins.abs":
      return EMPTY;
    case "builtins.isinstance": {
      // What is no exception holds no exception's detail, and what is one (a result of `asyncio.gather`) nothing else.
      const any = x.args[1]?.k === "name" && /^(?:Base)?Exception$/.test(x.args[1].id);
      const inside = any ? deepLabels(a ?? EMPTY).filter((l) => l.kind !== "param") : [];
      const details = inside.filter((l) => l.kind === "exception");
      const others = inside.filter((l) => l.kind !== "exception");
      const asked = x.args[0];
      const test: Refinement[] = [];
      // What is a number holds no text.
      if (a && x.args[1] && isNumeric(x.args[1]))
        test.push({ labels: deepLabels(a), mask: ALL_KINDS, weak: false, unsafe: "else" });
      if (details.length) test.push({ labels: details, mask: bit("exception"), weak: false, unsafe: "then" });
      // `if isinstance(e, HTTPException): return e`: what the framework or the app says to the client.
      if (a && answersClients(args.pos[1]?.value))
        test.push({
          labels: deepLabels(a).filter((l) => l.kind === "exception"),
          mask: bit("exception"),
          weak: false,
          unsafe: "else",
        });
      if (others.length && asked?.k === "name")
        test.push({ labels: others, mask: ALL_KINDS & ~bit("exception"), weak: false, unsafe: "else", only: asked.id });
      return test.length ? { ...EMPTY, test } : EMPTY;
    }
    case "builtins.any":
    case "builtins.all":
      return { ...EMPTY, test: a?.elem?.test ?? a?.items?.flatMap((i) => i.test ?? []) };
    case "builtins.iter":
      // `iter(queue.get, None)` gives what calling the first gives, again and again.
      if (x.args.length === 2 && x.args[0])
        return { labels: [], types: [], elem: evalExpr(frame, env, asCall(x, x.args[0])) };
      return a ? { labels: a.labels, types: a.types, elem: iterate(frame, a), items: a.items } : EMPTY;
    case "builtins.list":
    case "builtins.tuple":
    case "builtins.set":
    case "builtins.frozenset":
    case "builtins.sorted":
    case "builtins.reversed":
    case "builtins.aiter":
    case "collections.deque":
      if (!a) return listOf([]);
      if (a.items && !a.elem) return { ...a, types: [] };
      return { labels: a.labels, types: a.types, elem: iterate(frame, a), items: a.items };
    case "builtins.dict":
    case "collections.OrderedDict": {
      const base = dictOf(new Map([...args.kw].map(([k, v]) => [k, v.value])));
      const given = !a ? base : join(a.fields || a.labels.length ? a : fromPairs(a, isAllPairs(x.args[0])), base);
      const rest = args.dstar?.value;
      if (!rest) return given;
      return join(given.fields ? { ...given, fields: putOver(given.fields, rest) } : given, rest);
    }
    case "builtins.next":
    case "builtins.anext":
      return a ? join(iterate(frame, a), args.pos[1]?.value ?? EMPTY) : EMPTY;
    case "builtins.max":
    case "builtins.min":
      if (args.star) return joinAll([...args.pos.map((p) => p.value), args.star.value]);
      return args.pos.length > 1 ? joinAll(args.pos.map((p) => p.value)) : a ? iterate(frame, a) : EMPTY;
    case "dataclasses.replace":
      return [...args.kw].reduce((v, [k, given]) => withField(v, k, given.value), a ?? EMPTY);
    case "builtins.sum": {
      // `sum(lists, [])`: one list of all.
      const lists = args.pos[1]?.value.items && a ? iterate(frame, a) : undefined;
      return lists ? { labels: [], types: [], elem: iterate(frame, lists) } : EMPTY;
    }
    case "builtins.enumerate":
      return a ? { labels: [], types: [], elem: listOf([EMPTY, iterate(frame, a)]) } : EMPTY;
    case "builtins.zip": {
      // Names beside what they are names of.
      const named = args.pos.find((p) => isListOfNames(p.value))?.value.items;
      // `zip(*pairs)`: a list of what is first in each, one of what is second, and so on.
      if (args.star && !args.pos.length) {
        const { value } = args.star;
        const columns = (value.items ?? []).map((i): Value => ({ labels: [], types: [], elem: i }));
        return columns.length
          ? listOf(columns)
          : { labels: [], types: [], elem: { labels: [], types: [], elem: element(value) } };
      }
      if (named) return listOf(named.map((_, i) => listOf(args.pos.map((p) => item(p.value, i)))));
      return { labels: [], types: [], elem: listOf(args.pos.map((p) => iterate(frame, p.value))) };
    }
    case "builtins.map":
    case "builtins.filter": {
      const list = args.pos[1]?.value;
      if (!a || !list) return EMPTY;
      if (q === "builtins.filter") return { labels: [], types: [], elem: iterate(frame, list) };
      const each = { value: iterate(frame, list), loc: args.pos[1]!.loc };
      const results = a.types.map((t): Value => {
        if (t.k === "fn")
          return callFunction(
            frame,
            env,
            t,
            { pos: [each], kw: new Map(), star: undefined, dstar: undefined, self: undefined, x },
            x,
            t.fn.name,
          );
        if (t.k === "ext" && t.q === "builtins.str") return asText(each.value);
        return t.k === "ext" && /^builtins\.(int|float|len|bool)$/.test(t.q) ? EMPTY : labelled(each.value.labels);
      });
      const asTexts = a.types.some((t) => t.k === "ext" && /^builtins\.(?:str|repr)$/.test(t.q));
      return {
        labels: asTexts ? list.labels.filter((l) => l.record && !l.many) : [],
        types: [],
        elem: joinAll(results),
      };
    }
    case "builtins.getattr": {
      const key = args.pos[1]?.value.c;
      if (!a) return EMPTY;
      const v =
        typeof key === "string"
          ? access(frame, a, key)
          : joinAll([someAttribute(a), ...methodsNamed(frame, a, args.pos[1]?.value)]);
      const def = args.pos[2]?.value;
      return def && def.c === undefined ? join(v, def) : v;
    }
    case "builtins.setattr": {
      const key = args.pos[1]?.value.c;
      const v = args.pos[2]?.value;
      const target = x.args[0];
      if (typeof key === "string" && v && target) updateAt(frame, env, target, (o) => withField(o, key, v));
      return EMPTY;
    }
    case "builtins.vars":
      return a ?? dictOf(new Map(env.vars));
    case "builtins.locals":
      return dictOf(new Map(env.vars));
    case "builtins.open":
    case "io.open":
    case "codecs.open":
    case "aiofiles.open": {
      const text = typeof a?.c === "string" ? frame.program.host.template?.(frame.module.file, a.c) : undefined;
      return { ...ext("io.TextIOWrapper"), fields: new Map([["#text", text === undefined ? EMPTY : constant(text)]]) };
    }
    case "io.StringIO.getvalue":
    case "io.TextIOWrapper.read":
    case "pathlib.Path.read_text": {
      const own = args.self?.value.fields?.get("#text");
      return own && own !== EMPTY ? own : undefined;
    }
    case "pathlib.Path": {
      const text = typeof a?.c === "string" ? frame.program.host.template?.(frame.module.file, a.c) : undefined;
      return text === undefined ? undefined : { ...ext("pathlib.Path"), fields: new Map([["#text", constant(text)]]) };
    }
    case "functools.partial":
      return a ? partial(a, args) : EMPTY;
    case "functools.wraps":
      return undefined;
    // Says of what type the value is, and is the value.
    case "typing.cast":
    case "typing_extensions.cast": {
      const v = args.pos[1]?.value ?? args.kw.get("val")?.value ?? EMPTY;
      const typ = x.args[0];
      return v.types.length || !typ ? v : { ...v, types: frame.program.classes.annotated(frame, env, typ).types };
    }
    case "shutil.copyfileobj":
      if (a && x.args[1]) noteSaved(frame, env, x.args[1], contentOf(a) ?? a);
      return EMPTY;
    case "re.compile":
      return { ...ext("re.Pattern"), fields: new Map([["#pattern", a ?? EMPTY]]) };
    case "re.search":
    case "re.match":
    case "re.fullmatch":
    case "re.findall":
    case "re.finditer":
      return regexTest(q.slice(3), a, args.pos[1]?.value);
    case "re.Pattern.search":
    case "re.Pattern.match":
    case "re.Pattern.fullmatch":
    case "re.Pattern.findall":
    case "re.Pattern.finditer":
      return regexTest(q.slice(11), args.self?.value.fields?.get("#pattern"), a);
    case "json.loads":
    case "json.load":
    case "orjson.loads":
    case "ujson.loads":
      return a && parsed(a);
    case "concurrent.futures.as_completed":
      return a && { labels: [], types: [], elem: iterate(frame, a) };
    case "asyncio.gather":
      if (!args.star) return listOf(args.pos.map((p) => p.value));
      return { labels: [], types: [], elem: joinAll([...args.pos.map((p) => p.value), args.star.value]) };
    case "string.Template":
      return { ...ext("string.Template"), fields: new Map([["#template", a ?? EMPTY]]) };
    case "builtins.str.join":
      return args.pos[1] && a ? joinText(frame, a, args.pos[1].value, args.pos[1].loc, frame.loc(x)) : undefined;
    default:
      return asksForVariable(q, a) ? lookedUp(frame, q, args, x) : undefined;
  }
}

/** What a JSON text stands for: the object that it was made of (`loads(dumps(messages))`), or what is said of the text. */
function parsed(v: Value): Value {
  const read = (l: Label): Label => {
    if (l.kind === "stored" && l.entity && !l.record)
      return { ...l, kind: "record", record: unreadRecord("cache", l.step.loc, `\`${l.entity}\``) };
    return l.kind === "llm" || l.kind === "param" || l.kind === "stored" ? { ...l, parsed: true } : l;
  };
  const made = v.items?.length || [...(v.fields?.keys() ?? [])].some((key) => !key.startsWith("#"));
  return made ? mapLabels({ ...v, str: undefined }, read) : labelled(flatten(v).labels.map(read));
}

/** An attribute of which nobody knows which: any that the object has, but the key that it was given is not what is asked for. */
function someAttribute(o: Value): Value {
  const labels = flatten(o).labels.flatMap((l): Label[] => {
    if (l.kind === "secret") return [];
    return l.kind === "param" ? [{ ...l, cleared: l.cleared | bit("secret") }] : [l];
  });
  return labelled(labels);
}

/** Most methods that one name of which only a part is known may mean. */
const MAX_MEANT = 12;

/** The methods of an object that a name may mean of which a part is known: `getattr(self, f"do_{action}")`. */
function methodsNamed(frame: Frame, o: Value, name: Value | undefined): Value[] {
  const patterns = (name && formsOf(name))?.flatMap(({ pieces }) => {
    const known = pieces.filter((p) => typeof p === "string").join("");
    const text = pieces.map((p) => (typeof p === "string" ? p.replace(/\W/g, "\\$&") : "\\w+")).join("");
    return known.replace(/_/g, "").length > 1 ? [new RegExp(`^${text}$`)] : [];
  });
  if (!patterns?.length) return [];
  const names = o.types.flatMap((t) =>
    t.k === "inst" ? frame.program.classes.mro(t.cls).flatMap((c) => [...c.methods.keys()]) : [],
  );
  const meant = [...new Set(names)].filter((n) => patterns.some((p) => p.test(n)));
  return meant.length <= MAX_MEANT ? meant.map((n) => access(frame, o, n)) : [];
}

/** `dict(pairs)`. @param whole the pairs are all that a dictionary holds, or a run of them */
function fromPairs(pairs: Value, whole: boolean): Value {
  const fields = new Map<string, Value>();
  let elem = pairs.elem?.items?.[1];
  for (const { items } of pairs.items ?? []) {
    const value = items?.[1];
    if (!value) continue;
    const key = items[0]?.c;
    if (typeof key === "string") fields.set(key, calledBy(value, key));
    else elem = elem ? join(elem, value) : value;
  }
  const rows = whole && elem ? elem.labels.filter((l) => l.kind === "record" && l.path.at(-1) === "[]") : [];
  const out = dictOf(fields, elem);
  return rows.length ? { ...out, labels: rows.map((l) => ({ ...l, path: l.path.slice(0, -1) })) } : out;
}

/** `record.items()`, `list(record.items())[1:]`, `zip(columns, row)`. */
function isAllPairs(x: Expr | undefined): boolean {
  if (x?.k === "sub") return isAllPairs(x.o);
  if (x?.k !== "call") return false;
  if (x.f.k === "attr") return x.f.a === "items";
  if (x.f.k !== "name") return false;
  return x.f.id === "zip" || (/^(list|tuple|sorted|reversed)$/.test(x.f.id) && isAllPairs(x.args[0]));
}

/** Longest list of names that is gone through one by one. */
const MAX_NAMES = 24;

const isListOfNames = ({ items, elem }: Value): boolean =>
  !!items?.length && !elem && items.length <= MAX_NAMES && items.every((i) => typeof i.c === "string");

/** `str(container)` shows everything that it holds; a text stays the text that it is. */
function asTextValue(v: Value): Value {
  if (v.str) return { ...v, types: [{ k: "ext", q: "builtins.str" }] };
  const t = asText(v);
  return { labels: unionLabels(t.labels, flatten(v).labels), types: [{ k: "ext", q: "builtins.str" }] };
}

/** What a pattern means beside letters: `\\b`, `\\w`, `(?:`, `(?P<name>`. */
const ESCAPES = /\\.|\(\?(?:P<\w+>|[a-zA-Z]+[:)]|<?[:=!])/g;
const KEYWORD = /[^\W\d_]{3}/u;

/**
 * A text that a pattern is looked for in. Where it has to fit from end to end, or data is looked for, the answer says whether
 * it may be used; a list of forbidden words is a weak check, and the shape of an answer (a brace, a fence) none.
 */
function regexTest(how: string, pattern: Value | undefined, text: Value | undefined): Value {
  if (!text) return EMPTY;
  const all = flatten(text).labels;
  const labels = text.labels.length ? unionLabels(text.labels, all) : all;
  const found: Value =
    how === "findall" || how === "finditer"
      ? { labels: [], types: [], elem: labelled(text.labels) }
      : { labels, types: [{ k: "ext", q: "re.Match" }] };
  if (!labels.length) return found;
  const p = typeof pattern?.c === "string" ? pattern.c : "";
  const anchored = how === "fullmatch" || (/^\^/.test(p) && /\$$/.test(p)) || (how === "match" && /\$$/.test(p));
  const strength = anchored || !p || redactsData(p) ? "strong" : KEYWORD.test(p.replace(ESCAPES, "")) ? "weak" : "none";
  if (strength === "none") return found;
  const test: Refinement[] = [
    { labels, mask: ALL_KINDS, weak: strength === "weak", unsafe: anchored ? "else" : "then" },
  ];
  return { ...found, test };
}

/** How the variables of an environment are called. */
const VARIABLE = /^\w+$/;

/** Libraries that look variables up: `config("DEBUG", default=True)`, `env.bool("DEBUG", False)`. */
const LOOKS_UP =
  /^(?:decouple\.(?:config|(?:Auto)?Config)|environs?\.(?:FileAware)?Env(?:\.(?:bool|str|int|url|get_value))?|starlette\.config\.Config)$/;

/** Whether a call looks a variable up. Those of libraries are also called to be made: `Env()`, `Config(".env")`. */
const asksForVariable = (q: string, name: Value | undefined): boolean =>
  LOOKUPS.has(q) ||
  q === "os.environ.setdefault" ||
  (LOOKS_UP.test(q) && typeof name?.c === "string" && VARIABLE.test(name.c));

/** A variable of the environment, or what stands in for it. */
function lookedUp(frame: Frame, q: string, args: Args, x: CallExpr): Value {
  const name = args.pos[0]?.value.c;
  // `config("DEBUG", cast=bool, default=True)` of Starlette: what is second by place may be the type.
  const given = args.kw.get("default") ?? (args.pos[1]?.value.c !== undefined ? args.pos[1] : undefined);
  const def = given && asCast(args, q, given.value);
  if (given && typeof def?.c === "string" && q !== "os.environ.setdefault")
    emitLookup(frame, q, "default", typeof name === "string" ? name : "", given, x);
  // What is asked for by its value: `os.getenv("sk-...")`.
  if (args.pos[0] && typeof name === "string" && !VARIABLE.test(name))
    emitLookup(frame, q, "variable", name, args.pos[0], x);
  if (typeof name === "string" && isSecretName(name)) return secretVariable(name, def, frame.loc(x));
  return def && def.c !== undefined && def.c !== null
    ? { ...def, types: [{ k: "ext", q: "os.environ[]" }] }
    : ext("os.environ[]");
}

/** A default as the type that it is asked for as: `config("DEBUG", default="True", cast=bool)`. */
function asCast(args: Args, q: string, v: Value): Value {
  const cast = args.x.kw.find((k) => k.n === "cast")?.x;
  const isFlag = (cast?.k === "name" && cast.id === "bool") || q.endsWith(".bool");
  return isFlag && typeof v.c === "string" ? constant(/^(?:true|1|yes|y|on|t)$/i.test(v.c)) : v;
}

/** What stands in where a lookup found nothing: `os.environ.get("URL") or "mongodb://..."`. */
export function noteFallback(frame: Frame, env: Env, asked: CallExpr, given: Argument): void {
  if (typeof given.value.c !== "string" || !/(?:^|\.)(?:get|getenv)$/.test(nameOf(asked.f))) return;
  const q = evalExpr(frame, env, asked.f).types.find((t) => t.k === "ext" && (LOOKUPS.has(t.q) || LOOKS_UP.test(t.q)));
  const name = asked.args[0];
  if (q?.k === "ext") emitLookup(frame, q.q, "default", name?.k === "const" ? String(name.v) : "", given, asked);
}

const LOOKUPS = new Set(["os.getenv", "os.environ.get", "flask.Flask.config.get", "flask.current_app.config.get"]);

/** The default of a lookup may be a credential, and so may be what is taken for the name of a variable. */
function emitLookup(
  frame: Frame,
  q: string,
  slot: "default" | "variable",
  name: string,
  given: Argument,
  x: CallExpr,
): void {
  frame.emit({
    kind: "call",
    loc: frame.loc(x),
    q,
    slots: [{ slot, value: given.value, loc: given.loc }],
    fn: frame.fn,
    module: frame.module,
    via: [],
    doubt: 0,
    data: { name },
  });
}

/** Whether every class that is asked about is one of numbers: `isinstance(count, (int, float))`. */
const isNumeric = (x: Expr): boolean =>
  x.k === "name"
    ? /^(?:int|float|bool|complex|Decimal|Number)$/.test(x.id)
    : x.k === "tuple"
      ? x.xs.length > 0 && x.xs.every(isNumeric)
      : x.k === "bin" && x.op === "|" && isNumeric(x.l) && isNumeric(x.r);
