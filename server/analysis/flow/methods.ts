/** Methods of Python's own types, on values whose type is plain data. */
import type { CallExpr } from "../ir.js";
import type { RecordModel } from "../names/model-schema.js";
import { sameList } from "../same-list.js";
import type { Args } from "./arguments.js";
import { nameOf } from "./calls.js";
import { constantMethod } from "./constants.js";
import type { Env } from "./env.js";
import { access, iterate, subscript } from "./expr.js";
import type { Frame } from "./frame.js";
import { sanitise } from "./guards.js";
import { keptInMemory } from "./history.js";
import { ALL_KINDS, ANY_VALUE, extendLabel, type Label } from "./labels.js";
import { noteChosenTools } from "./own-tools.js";
import { refineRecord } from "./records.js";
import { isFile, noteSaved } from "./saved-files.js";
import { placed } from "./sources.js";
import { asText, binaryAdd, braceFormat, joinText, templatePart } from "./strings.js";
import { joinQueue, removeField, updateAt } from "./targets.js";
import {
  concat,
  constant,
  EMPTY,
  element,
  field,
  flatten,
  join,
  joinAll,
  labelled,
  listOf,
  mapLabels,
  putOver,
  unkeyed,
  type Value,
  withField,
  withItem,
} from "./value.js";

/** Text methods that give the same text in another form. */
const SAME_TEXT = new Set(
  "strip lstrip rstrip lower upper title capitalize casefold swapcase expandtabs ljust rjust center zfill removeprefix removesuffix encode decode translate normalize tobytes getvalue read text json dict copy tolist to_dict model_dump as_dict to_json model_dump_json dumps body __str__ __repr__ lazy cleaned scalar isoformat".split(
    " ",
  ),
);
/** Those of them that other objects have too, for what they are handed. */
const CONVERTS = new Set("encode decode normalize translate dumps".split(" "));
const SPLITS = new Set("split rsplit splitlines partition rpartition".split(" "));
const NOTHING_KEPT = new Set(
  "startswith endswith isdigit isalpha isalnum isspace isnumeric count find index rfind rindex __len__ hexdigest digest save delete commit close flush execute isnull notnull any exists".split(
    " ",
  ),
);

const CONTAINERS = new Set(
  "format format_map join replace get setdefault getlist get_all pop popitem items values keys append add appendleft put put_nowait insert extend update write deepcopy sort clear remove discard union".split(
    " ",
  ),
);

/** `io.StringIO()`. */
const isBuffer = (v: Value): boolean => v.types.some((t) => t.k === "ext" && t.q === "io.StringIO");

/** Whether two labels are of the same value from the same place. */
const isSame = (a: Label, b: Label): boolean => a.kind === b.kind && a.key === b.key && sameList(a.path, b.path);

/** Whether nothing comes of a method of this name on plain data. On another object the name may mean something. */
export const keepsNothing = (name: string): boolean => NOTHING_KEPT.has(name);

/** A row or a schema as plain data, with or without some of its fields: `user.model_dump(include={"id", "name"})`. */
const DUMPS = /^(?:model_dump|model_dump_json|dict|json)$/;
const CHOSEN_FIELDS: RecordModel = {
  store: "sqlalchemy",
  refine: true,
  picks: true,
  projection: { arg: ["include"], exclude: ["exclude"], style: "attributes" },
};

/** Whether Python's own types have a method of this name. */
export const isDataMethod = (name: string): boolean =>
  SAME_TEXT.has(name) || SPLITS.has(name) || NOTHING_KEPT.has(name) || CONTAINERS.has(name);

/** The entries of a dictionary of which all are known. */
const knownEntries = (v: Value): [string, Value][] | undefined =>
  v.fields?.size && !v.labels.length && !v.elem ? [...v.fields].filter(([key]) => !key.startsWith("#")) : undefined;

/** The result of `recv.name(...)` for plain data; undefined when the name says nothing. */
export function dataMethod(
  frame: Frame,
  env: Env,
  recv: Value,
  name: string,
  args: Args,
  x: CallExpr,
): Value | undefined {
  const at = frame.loc(x);
  const first = args.pos[0]?.value;
  if (typeof recv.c === "string") {
    const c = constantMethod(
      recv.c,
      name,
      args.pos.map((a) => a.value),
    );
    if (c !== undefined) return constant(c);
  }
  const target = x.f.k === "attr" ? x.f.o : undefined;
  switch (name) {
    case "format":
      return braceFormat(
        frame,
        recv,
        at,
        args.pos.map((a) => ({ v: a.value, loc: a.loc })),
        new Map([...args.kw].map(([k, a]) => [k, { v: a.value, loc: a.loc }])),
        args.dstar ? { v: args.dstar.value, loc: args.dstar.loc } : undefined,
      );
    case "format_map":
      return first && braceFormat(frame, recv, at, [], new Map(), { v: first, loc: args.pos[0]!.loc });
    case "join": {
      if (!first) return undefined;
      const list =
        x.args[0]?.k === "list" || x.args[0]?.k === "tuple" ? x.args[0].xs.map((e) => frame.loc(e)) : undefined;
      return joinText(frame, recv, first, args.pos[0]!.loc, at, list);
    }
    case "replace": {
      const by = args.pos[1]?.value;
      // `template.replace("{question}", text)` puts text into a template.
      if (
        recv.str === undefined &&
        typeof recv.c === "string" &&
        typeof first?.c === "string" &&
        by &&
        by.c === undefined
      )
        return replaceIn(recv.c, first.c, by, args.pos[1]!.loc, at);
      // A template that is not spelled out here, and a value that is put into it.
      if (by && (by.labels.length || by.str) && target)
        return concat(
          [
            isPlaceholder(first)
              ? { ...templatePart(asText(recv), frame.loc(target)), name: nameOf(target) }
              : { v: asText(recv), loc: frame.loc(target), name: nameOf(target) },
            { v: asText(by), loc: args.pos[1]!.loc, nested: true },
          ],
          at,
        );
      // `url.replace(api_key, "...")` takes out what it names.
      const named = typeof by?.c === "string" ? (first?.labels ?? []).filter((l) => l.kind !== "param") : [];
      if (named.length && first?.c === undefined)
        return mapLabels(recv, (l) => (named.some((n) => isSame(n, l)) ? undefined : l));
      const redacts =
        typeof by?.c === "string" && /redact|mask|remov|filter|hidden|censor|\*{2,}|x{3,}|\[.*\]/i.test(by.c);
      const out = by?.labels.length
        ? { ...recv, labels: join(labelled(recv.labels), labelled(by.labels)).labels }
        : recv;
      return redacts ? sanitise(out, ALL_KINDS, true) : out.c !== undefined ? { ...out, c: undefined } : out;
    }
    case "get":
    case "setdefault":
    case "getlist":
    case "get_all": {
      const key = first?.c;
      let v =
        typeof key === "string"
          ? field(recv, key)
          : joinAll([element(recv), ...(unkeyed(recv).fields?.values() ?? [])]);
      if (first && typeof key === "string" && recv.types.length)
        v = join(
          v,
          placed(join(access(frame, recv, key), subscript(frame, recv, first)), () => at),
        );
      const def = args.pos[1]?.value ?? args.kw.get("default")?.value;
      if (name === "setdefault" && target && typeof key === "string" && def) {
        updateAt(frame, env, target, (o) => (o.fields?.has(key) ? o : withField(o, key, join(v, def))));
      }
      if (target && first) {
        noteChosenTools(frame, target, first, v);
        v = keptInMemory(target, recv, first, at, v);
      }
      // `answer.get("choices", [{}])[0]`: the placeholder says nothing of what is there.
      return !def || def.c === null || (v.labels.length && isBlank(def)) ? v : join(v, def);
    }
    case "pop":
    case "popitem":
      if (first && typeof first.c === "string" && target) {
        const v = field(recv, first.c);
        const key = first.c;
        updateAt(frame, env, target, (o) => removeField(o, key));
        return v;
      }
      return element(recv);
    case "items": {
      const known = knownEntries(recv);
      if (known) return listOf(known.map(([k, v]) => listOf([constant(k), v])));
      return { labels: [], types: [], elem: pairOf(frame, recv) };
    }
    case "values": {
      const known = knownEntries(recv);
      return known ? listOf(known.map(([, v]) => v)) : { labels: [], types: [], elem: anyValue(frame, recv) };
    }
    case "keys":
      return recv.fields && !recv.elem && !recv.labels.length
        ? listOf([...recv.fields.keys()].map(constant))
        : labelled(userOnly(recv.labels));
    case "append":
    case "add":
    case "appendleft":
    case "put":
    case "put_nowait":
    case "insert": {
      const v = name === "insert" ? args.pos[1]?.value : first;
      if (target && v) updateAt(frame, env, target, (o) => withItem(o, v));
      if (v) joinQueue(env, x.args.at(-1), v, recv);
      return EMPTY;
    }
    case "extend":
    case "update": {
      if (target) {
        for (const a of args.pos) updateAt(frame, env, target, (o) => merge(frame, o, a.value, name));
        for (const [k, a] of args.kw) updateAt(frame, env, target, (o) => withField(o, k, a.value));
      }
      return EMPTY;
    }
    case "write": {
      if (target && first && isBuffer(recv)) {
        const add = (o: Value) => binaryAdd(o.fields?.get("#text") ?? constant(""), at, first, args.pos[0]!.loc, at);
        updateAt(frame, env, target, (o) => withField(o, "#text", add(o)));
      } else if (target && first && isFile(recv)) noteSaved(frame, env, target, first);
      else if (target && first)
        updateAt(frame, env, target, (o) =>
          o.types.length ? o : { ...o, labels: join(labelled(o.labels), labelled(first.labels)).labels },
        );
      return EMPTY;
    }
    case "copy":
    case "deepcopy":
    case "_asdict":
    // `conversation.messages.all()` of an object that is handed in.
    case "all":
      return recv;
  }
  // `upload.save(path)`.
  if (name === "save" && x.args[0] && recv.labels.some((l) => l.kind === "user"))
    noteSaved(frame, env, x.args[0], recv);
  if (NOTHING_KEPT.has(name)) return EMPTY;
  // `encoding.decode(tokens)`: what is converted is the argument.
  if (CONVERTS.has(name) && first && isConverter(recv)) {
    const { labels } = flatten(first);
    if (labels.length) return labelled(labels);
  }
  if (DUMPS.test(name) && (args.kw.has("include") || args.kw.has("exclude")))
    return refineRecord(frame, recv, CHOSEN_FIELDS, args);
  if (SAME_TEXT.has(name)) return recv.c !== undefined ? { ...recv, c: undefined } : recv;
  if (SPLITS.has(name)) return { labels: [], types: [], elem: { ...recv, c: undefined } };
  return undefined;
}

/** A method of a labelled value that nothing is known of: it speaks of the value, by its own name. */
export function unknownMethod(recv: Value, name: string): Value {
  const labels: Label[] = [];
  for (const l of recv.labels) {
    if (l.kind === "record") {
      const e = extendLabel(l, name);
      if (e) labels.push(/^(get|to|as|is|has)_/.test(name) || name.length > 3 ? e : l);
    } else if (l.kind === "param") labels.push(extendLabel(l, name) ?? l);
    else labels.push(l);
  }
  return labelled(labels);
}

/** `{question}`, `<QUESTION>`, `[[question]]`: what is replaced stands for something in a template. */
const isPlaceholder = (v: Value | undefined): boolean =>
  typeof v?.c === "string" && /^(?:[{<[$%@#]{1,3}\s*[\w .-]+\s*[}>\]$%@#]{0,3}|__\w+__)$/.test(v.c) && /\w/.test(v.c);

/** An empty text, list or dictionary, or one of such. */
const isBlank = (v: Value): boolean =>
  !v.labels.length &&
  !v.str &&
  !v.elem &&
  (v.c === undefined || v.c === "" || v.c === 0 || v.c === false) &&
  (!v.items || v.items.every(isBlank)) &&
  (!v.fields || [...v.fields.values()].every(isBlank));

/** An object of a library, and no text. */
const isConverter = (v: Value): boolean =>
  !v.str &&
  v.c === undefined &&
  (!v.labels.length ||
    (v.labels.every((l) => l.kind === "param") && v.types.some((t) => t.k === "ext" && !t.q.startsWith("builtins."))));

const userOnly = (labels: readonly Label[]) => labels.filter((l) => l.kind === "user" || l.kind === "param");

function pairOf(frame: Frame, recv: Value): Value | undefined {
  return listOf([labelled(userOnly(recv.labels)), anyValue(frame, recv)]);
}

/** Some value of a mapping. Of one that was handed in only its callers know the keys. */
function anyValue(frame: Frame, whole: Value): Value {
  const recv = unkeyed(whole);
  const open = recv.labels.filter((l) => l.kind === "param" && !l.shallow);
  const known = open.length ? { ...recv, labels: recv.labels.filter((l) => l.kind !== "param") } : recv;
  const handedIn = labelled(open.map((l) => extendLabel(l, ANY_VALUE) ?? l));
  return joinAll([iterate(frame, { ...known, items: undefined }), handedIn, ...(recv.fields?.values() ?? [])]);
}

function merge(frame: Frame, o: Value, v: Value, name: string): Value {
  if (name === "update") {
    const over = o.fields && putOver(o.fields, v);
    let out = over === o.fields ? o : { ...o, fields: over };
    if (v.fields) for (const [k, f] of v.fields) out = withField(out, k, f);
    if (v.labels.length || v.elem)
      out = {
        ...out,
        labels: join(labelled(out.labels), labelled(v.labels)).labels,
        elem: v.elem ? join(out.elem ?? EMPTY, v.elem) : out.elem,
      };
    return out;
  }
  let out = o;
  for (const i of v.items ?? []) out = withItem(out, i);
  const rest = v.labels.length || v.elem ? iterate(frame, { ...v, items: undefined }) : EMPTY;
  return rest === EMPTY ? out : { ...out, elem: join(out.elem ?? EMPTY, rest) };
}

function replaceIn(
  text: string,
  what: string,
  by: Value,
  byLoc: Args["pos"][number]["loc"],
  at: Args["pos"][number]["loc"],
): Value {
  const parts = text.split(what);
  return concat(
    parts.flatMap((p, i) => [
      ...(i ? [{ v: asText(by), loc: byLoc }] : []),
      ...(p ? [{ v: constant(p), loc: at }] : []),
    ]),
    at,
  );
}
