/** Values that libraries hand out: typed by their qualified name, labelled where a model calls them a source. */

import type { ClassDef } from "../names/definitions.js";
import type { AttributeModel } from "../names/model-schema.js";
import type { Models } from "../names/models.js";
import type { Kind, Label, Loc } from "./labels.js";
import { type TypeRef, type Value, withLabels } from "./value.js";

/** The place of a source whose expression is not known yet; `placed` fills it in. */
export const PENDING: Loc = { chunk: { file: "", base: 0 }, s: 0, e: 0, id: "pending" };

/** A source in words. */
export function wordsFor(kind: string, name: string): string {
  switch (kind) {
    case "user":
      return `user input (\`${name}\`)`;
    case "meta":
      return `request metadata (\`${name}\`)`;
    case "llm":
      return "the model's text";
    case "secret":
      return `a secret (\`${name}\`)`;
    case "stored":
      return `stored text (\`${name}\`)`;
    case "debug":
      return `debug detail (\`${name}\`)`;
    case "exception":
      return "exception detail";
    default:
      return `\`${name}\``;
  }
}

/** A label whose place is not known yet. */
export function pendingLabel(kind: Kind, q: string, name: string): Label {
  return {
    kind,
    key: `${kind}@pending:${q}`,
    step: { loc: PENDING, msg: "", prev: undefined },
    path: [],
    cleared: 0,
    weak: 0,
    doubt: 0,
    what: `\`${name}\``,
    // What the route cut out of the address.
    ...(kind === "user" && name === "kwargs" ? { address: true } : {}),
  };
}

/** What the names of libraries stand for, until there are very many. */
const externals = new WeakMap<Models, Map<string, Value>>();
const MAX_EXTERNALS = 50_000;

/** What a library's name stands for. @param cls the project's class that inherits from it */
export function external(models: Models, name: string, cls?: ClassDef): Value {
  if (cls) return externalOf(models, name, cls);
  let known = externals.get(models);
  if (!known) {
    known = new Map();
    externals.set(models, known);
  }
  let out = known.get(name);
  if (!out) {
    out = externalOf(models, name, undefined);
    if (known.size > MAX_EXTERNALS) known.clear();
    known.set(name, out);
  }
  return out;
}

function externalOf(models: Models, name: string, cls: ClassDef | undefined): Value {
  const q = models.canonical(name);
  const a: AttributeModel | undefined = models.attribute(q);
  const type = a?.type ? models.canonical(a.type) : q;
  const ref: TypeRef = cls ? { k: "ext", q: type, cls } : { k: "ext", q: type };
  const v: Value = { labels: [], types: [ref] };
  const labels: Label[] = [];
  const last = q.slice(q.lastIndexOf(".") + 1).replace(/^\w*\[(\w+)\]$/, "$1");
  if (a?.source && a.source !== "record")
    labels.push({ ...pendingLabel(a.source, q, last), ...(a.shallow ? { shallow: true } : {}) });
  if (a?.record) {
    labels.push({
      ...pendingLabel("record", q, last),
      many: a.record.many === true,
      record: {
        store: a.record.store,
        loc: PENDING,
        name: `\`${cls ? `${cls.name}.${last}` : last}\``,
        columns: undefined,
        excluded: new Set(),
        known: cls && [...cls.attributes.keys()],
        narrowable: a.record.narrowable === true,
        fix: a.record.fix,
        call: PENDING,
      },
    });
  }
  if (models.own?.hasRules)
    for (const tag of models.own.attributes(models.names(q)))
      labels.push({ ...pendingLabel("own", q, last), key: `own@pending:${q}:${tag}`, own: tag });
  return labels.length ? withLabels(v, labels) : v;
}

/** Gives sources their place and words. */
export function placed(v: Value, at: () => Loc): Value {
  if (!v.labels.some((l) => l.step.loc === PENDING)) return v;
  const loc = at();
  const labels = v.labels.map((l): Label => {
    if (l.step.loc !== PENDING) return l;
    const record = l.record && { ...l.record, loc, call: loc };
    const msg = record ? `${record.name} is read here` : `${wordsFor(l.kind, l.what.replace(/`/g, ""))} is read here`;
    const key = l.own ? `own@${loc.id}:${l.own}` : `${l.kind}@${loc.id}`;
    return { ...l, key, step: { loc, msg, prev: undefined }, ...(record ? { record } : {}) };
  });
  return { ...v, labels };
}
