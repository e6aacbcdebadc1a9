/** Narrower ORM queries: Django `.only()`, SQLAlchemy `.with_entities()`. */
import type { ClassIR } from "../ir.js";
import { isCall } from "./arguments.js";
import type { Case, Draft } from "./context.js";
import { dotted, type Node } from "./nodes.js";
import { list, usedFields } from "./projection.js";
import { ListShape, type RecordShape, type Shape } from "./shapes.js";
import { pyString } from "./source.js";

/** Methods after which `.only()` on the manager still means what it says. */
const PLAIN_QUERY = new Set(
  "get filter all exclude order_by first last latest earliest aget afirst alast reverse distinct using select_for_update iterator aiterator exists count acount aexists".split(
    " ",
  ),
);

/** The chain of calls that begins with an expression, and its end. */
function chain(n: Node): { methods: string[]; end: Node } {
  const methods: string[] = [];
  let end = n;
  for (let p = n.parent; p; p = p.parent) {
    if (p.x.k === "attr" && p.x.o === end.x && p.parent?.x.k === "call" && p.parent.x.f === p.x) {
      methods.push(p.x.a);
      end = p.parent;
      p = p.parent;
    } else break;
  }
  return { methods, end };
}

/** Django: `.only(...)` right behind the manager. */
export function djangoFields(c: Case): Draft[] {
  const src = c.source;
  const here = c.nodes.at(c.finding.start, c.finding.end);
  const manager = here.find((n) => n.x.k === "attr");
  const shortcut = here.find(isCall);
  if (manager) {
    const { methods } = chain(manager);
    const values = methods.includes("values") ? valuesCall(manager) : undefined;
    if (values) return valuesFields(c, values);
    if (!methods.length || !methods.every((m) => PLAIN_QUERY.has(m))) return [];
    const fields = modelFields(
      c,
      usedFields(c, manager, (r) => new ListShape(r, "queryset"), "attributes"),
      dotted(manager.x)?.split(".").at(-2),
    );
    if (!fields) return [];
    return draft(fields.names, fields.sure, [src.insert(manager.e, only(fields.names, src.quote))]);
  }
  // get_object_or_404(Model, ...)
  const model = shortcut?.x.args[0];
  const name = model && dotted(model);
  const last = shortcut && (dotted(shortcut.x.f) ?? "").split(".").at(-1);
  if (!shortcut || !model || name === undefined || !/^a?get_(object|list)_or_404$/.test(last ?? "")) return [];
  if (!/^[A-Z]/.test(name.split(".").at(-1)!)) return [];
  const many = last!.includes("list");
  const fields = modelFields(
    c,
    usedFields(c, shortcut, (r: RecordShape): Shape => (many ? new ListShape(r) : r), "attributes"),
    name.split(".").at(-1),
  );
  if (!fields) return [];
  const at = c.nodes.node(model)!.e;
  return draft(fields.names, fields.sure, [src.insert(at, `.objects${only(fields.names, src.quote)}`)]);
}

/** The bare `.values()` of a chain that begins with a manager. */
function valuesCall(manager: Node): Node | undefined {
  for (let p = manager.parent; p; p = p.parent) {
    if (p.x.k !== "call" && p.x.k !== "attr") return undefined;
    if (p.x.k === "call" && p.x.f.k === "attr" && p.x.f.a === "values")
      return p.x.args.length + p.x.kw.length === 0 ? p : undefined;
  }
  return undefined;
}

/** Rows as dicts: the names go into `.values()` itself. */
function valuesFields(c: Case, call: Node): Draft[] {
  const fields = usedFields(c, call, (r) => new ListShape(r, "queryset"), "keys");
  if (!fields) return [];
  const names = fields.map((n) => pyString(n, c.source.quote)).join(", ");
  return draft(fields, true, [c.source.edit(call.e - 1, call.e - 1, names)]);
}

const only = (names: readonly string[], quote: "'" | '"'): string =>
  `.only(${names.map((n) => pyString(n, quote)).join(", ")})`;

function draft(names: readonly string[], sure: boolean, edits: Draft["edits"]): Draft[] {
  return [{ title: `Load only ${list(names)}`, effort: sure ? "low" : "medium", edits }];
}

/**
 * The names as `.only()` takes them: columns of the model. Properties and methods are no columns; where the model's class
 * can be seen, each name has to be a field of it.
 */
function modelFields(
  c: Case,
  used: string[] | undefined,
  model: string | undefined,
): { names: string[]; sure: boolean } | undefined {
  if (!used) return undefined;
  const cls = model === undefined ? undefined : classNamed(c, model);
  const known = cls && fieldsOf(cls);
  const names = used.filter((n) => n !== "pk" && n !== "id");
  if (known && !names.every((n) => known.has(n) || (n.endsWith("_id") && known.has(n.slice(0, -3))))) return undefined;
  return { names: names.length ? names : ["pk"], sure: known !== undefined };
}

function classNamed(c: Case, name: string): ClassIR | undefined {
  for (const file of [c.file, ...c.cx.files().filter((f) => f !== c.file && /model/i.test(f))]) {
    for (const st of c.cx.ir(file)?.body ?? []) if (st.k === "class" && st.cls.name === name) return st.cls;
  }
  return undefined;
}

/** Names that a model's body assigns a field to; undefined where it inherits some from a class other than Django's own. */
function fieldsOf(cls: ClassIR): Set<string> | undefined {
  if (!cls.bases.every((b) => /^(models\.)?Model$/.test(dotted(b) ?? ""))) return undefined;
  const out = new Set<string>();
  for (const s of cls.body) {
    if (s.k !== "assign" || s.v?.k !== "call" || !/Field$|ForeignKey$/.test((dotted(s.v.f) ?? "").split(".").at(-1)!))
      continue;
    if (/ManyToMany/.test(dotted(s.v.f)!)) continue;
    for (const t of s.targets) if (t.k === "name") out.add(t.id);
  }
  return out;
}

const SQLALCHEMY_CHAIN = new Set(
  "filter filter_by order_by limit offset first one one_or_none all first_or_404 one_or_404 distinct".split(" "),
);

/** SQLAlchemy's query: `.with_entities(...)` gives rows that are read by the same names. */
export function sqlalchemyFields(c: Case): Draft[] {
  const query = c.nodes.at(c.finding.start, c.finding.end).find((n) => n.x.k === "attr" || n.x.k === "call");
  if (!query) return [];
  const model =
    query.x.k === "attr"
      ? dotted(query.x.o)
      : query.x.k === "call" && query.x.args.length === 1
        ? dotted(query.x.args[0]!)
        : undefined;
  const what = query.x.k === "attr" ? query.x.a : query.x.k === "call" && query.x.f.k === "attr" ? query.x.f.a : "";
  if (model === undefined || what !== "query" || !/^[A-Z]/.test(model.split(".").at(-1)!)) return [];
  const { methods } = chain(query);
  if (!methods.length || !methods.every((m) => SQLALCHEMY_CHAIN.has(m))) return [];
  const rows = (r: RecordShape): Shape => new QueryShape(r);
  const fields = usedFields(c, query, rows, "attributes");
  if (!fields) return [];
  const columns = fields.map((f) => `${model}.${f}`).join(", ");
  return [
    {
      title: `Load only ${list(fields)}`,
      effort: "medium",
      edits: [c.source.insert(query.e, `.with_entities(${columns})`)],
    },
  ];
}

/** A query and the methods that hand its records out. */
class QueryShape extends ListShape {
  constructor(of: Shape) {
    super(of, "queryset");
  }

  override method(...[name, call, at]: Parameters<ListShape["method"]>): ReturnType<ListShape["method"]> {
    if (name === "filter_by" || name === "offset") return this;
    if (name === "first_or_404" || name === "one_or_404") return this.of;
    return super.method(name, call, at);
  }
}
