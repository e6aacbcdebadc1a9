/** Classes as the flow analysis sees them: what they inherit, what their attributes hold, what an annotation names. */
import type { Expr } from "../ir.js";
import { lastNameOf } from "../last-name.js";
import type { Attribute, ClassDef, FunctionDef } from "../names/definitions.js";
import type { LabelKind } from "../names/model-schema.js";
import { originOf } from "./dependencies.js";
import { uncounted } from "./effort.js";
import { Env } from "./env.js";
import { evalExpr } from "./expr.js";
import { converted, rowSent } from "./forms.js";
import { Frame } from "./frame.js";
import { type Label, unreadRecord } from "./labels.js";
import { rowOfView } from "./library.js";
import type { Program } from "./program.js";
import { givenToRuns } from "./run-context.js";
import { asGivenOut } from "./serializers.js";
import { external, PENDING, pendingLabel, placed } from "./sources.js";
import { EMPTY, join, mapLabels, type TypeRef, typed, type Value, withLabels } from "./value.js";

const RECORD_BASES = [
  "django.db.models.Model",
  "flask_sqlalchemy.SQLAlchemy.Model",
  "mongoengine.Document",
  "sqlalchemy.orm.DeclarativeBase",
];
const MANAGERS = ["django.db.models.Manager", "django.db.models.QuerySet"];
const MAKES_MANAGER = /\.(?:as_manager\(\)|from_queryset\(\)\(\))$/;
/** Names in annotations that leave open what the value is. */
const NO_TYPE = /^(typing|typing_extensions|collections\.abc)\./;
/** Most base classes of a class, direct or not, that are looked at. */
const MAX_LINEAGE = 60;

export class Classes {
  private readonly extBases = new Map<ClassDef, string[]>();
  private readonly lineages = new Map<ClassDef, ClassDef[]>();
  /** Classes whose bases are being looked at. */
  private readonly open = new Set<ClassDef>();

  constructor(private readonly program: Program) {}

  /** A module's definitions changed: what classes inherit may be something else. */
  forget(): void {
    this.extBases.clear();
    this.lineages.clear();
  }

  /** The project classes among the bases, nearest first, the class itself included. */
  mro(cls: ClassDef): readonly ClassDef[] {
    let out = this.lineages.get(cls);
    if (!out) {
      out = this.lineage(cls, new Set());
      // What is asked on the way to a class's bases may lack those: it is not kept.
      if (!this.open.size) this.lineages.set(cls, out);
    }
    // Whoever looks at a class depends on what the modules of its bases say.
    for (const c of out) this.program.dependOnDeclared(c.module);
    return out;
  }

  private lineage(cls: ClassDef, seen: Set<ClassDef>): ClassDef[] {
    if (seen.has(cls)) return [];
    if (seen.size >= MAX_LINEAGE) {
      this.program.bound(`\`${cls.name}\` has more than ${MAX_LINEAGE} base classes`);
      return [];
    }
    seen.add(cls);
    const out = [cls];
    for (const t of this.bases(cls)) if (t.k === "class") out.push(...this.lineage(t.cls, seen));
    return out;
  }

  /** What a class is made of; nothing where that is asked on the way to it, as in `class db(db.Model):`. */
  private bases(cls: ClassDef): TypeRef[] {
    if (this.open.has(cls)) return [];
    const frame = new Frame(this.program, cls.module, undefined, cls.ir.chunk);
    const env = new Env(new Map(), undefined);
    this.open.add(cls);
    try {
      return this.program.asDeclared(cls.module, () =>
        cls.ir.bases.flatMap((b) => {
          const base = b.k === "sub" ? b.o : b;
          return base.k === "name" || base.k === "attr" || base.k === "call" ? evalExpr(frame, env, base).types : [];
        }),
      );
    } finally {
      this.open.delete(cls);
    }
  }

  /** Library classes that the class inherits from, directly or not. */
  libraryBases(cls: ClassDef): readonly string[] {
    const lineage = this.mro(cls);
    const hit = this.extBases.get(cls);
    if (hit) return hit;
    const out: string[] = [];
    this.extBases.set(cls, out);
    for (const c of lineage) for (const t of this.bases(c)) if (t.k === "ext" && !out.includes(t.q)) out.push(t.q);
    return out;
  }

  /** The attributes that a class and its bases declare, by name; those of the nearest class win. */
  declared(cls: ClassDef): ReadonlyMap<string, Attribute> {
    return new Map(
      this.mro(cls)
        .toReversed()
        .flatMap((c) => [...c.attributes]),
    );
  }

  /** Whether instances of the class are rows of a table, or documents of a collection. */
  isTable(cls: ClassDef): boolean {
    return this.libraryBases(cls).some((q) => this.isRecordBase(q));
  }

  private isRecordBase(q: string): boolean {
    return RECORD_BASES.some((base) => this.program.models.isA(q, base));
  }

  /** Whether the class is a schema: what does not fit its declarations is refused. */
  isSchema(cls: ClassDef): boolean {
    return this.libraryBases(cls).some((q) => this.program.models.isA(q, "pydantic.BaseModel"));
  }

  /**
   * What an attribute of an instance cannot hold by its class: no text of the caller's or a model's where a schema declares a
   * number, no detail of an error where an error class of the app's own was given the text to answer with.
   */
  holdsNone(cls: ClassDef, name: string): readonly LabelKind[] {
    const lineage = this.mro(cls);
    const annotation = lineage.find((c) => c.attributes.has(name))?.attributes.get(name)?.annotation;
    if (annotation && holdsNoText(annotation) && this.isSchema(cls))
      return holdsNoText(annotation, false) ? ["user", "llm"] : ["llm"];
    const written = lineage.some((c) => c.writers.has(name));
    return written && this.libraryBases(cls).some((q) => q === "builtins.Exception") ? ["exception"] : [];
  }

  method(cls: ClassDef, name: string): FunctionDef | undefined {
    for (const c of this.mro(cls)) {
      const m = c.methods.get(name);
      if (m) return m;
    }
    return undefined;
  }

  /** The method that runs when an instance is called: its own `__call__`, or what the library runs in its place. */
  called(cls: ClassDef): FunctionDef | undefined {
    const own = this.method(cls, "__call__");
    if (own) return own;
    for (const base of this.libraryBases(cls))
      for (const name of [this.program.models.type(base)?.runs ?? []].flat()) {
        const m = this.method(cls, name);
        if (m) return m;
      }
    return undefined;
  }

  /** What `instance.name` or `Class.name` is, as far as the class itself says. Methods come bound to `self`. */
  attribute(cls: ClassDef, name: string, self: Value | undefined): Value {
    for (const c of this.mro(cls)) {
      const m = c.methods.get(name);
      if (m) {
        if (m.binding === "property" && self) return EMPTY;
        return typed({
          k: "fn",
          fn: m,
          // What is looked up on the class is called with the instance in front: `Base.__init__(self, ...)`.
          self:
            m.binding === "static"
              ? undefined
              : (self ?? (m.binding === "class" ? typed({ k: "class", cls }) : undefined)),
        });
      }
      const inner = c.inner.get(name);
      if (inner) return typed({ k: "class", cls: inner });
    }
    let out = EMPTY;
    for (const c of this.mro(cls)) {
      const a = c.attributes.get(name);
      if (a) {
        const frame = new Frame(this.program, c.module, undefined, c.ir.chunk);
        const stmt = c.ir.body.find((s) => s.k === "assign" && s.targets.some((t) => t.k === "name" && t.id === name));
        if (stmt?.chunk) frame.chunk = stmt.chunk;
        const env = new Env(new Map(), undefined);
        const value = a.value && evalExpr(frame, env, a.value);
        if (value) out = join(out, this.asManager(cls, value));
        // `executor: Executor | None = None`, `chain: Chain = Field(...)`: what it will hold is what it is declared as.
        if (a.annotation && (!value || isPlaceholder(value)))
          out = join(
            out,
            placed(this.annotated(frame, env, a.annotation), () => frame.loc(a.annotation!)),
          );
      }
      for (const w of c.writers.get(name) ?? []) {
        // What the function that is being analysed writes itself, it knows.
        if (this.program.isAtWork(w)) continue;
        const written = this.program.summary(w, cls).writes.get(0)?.fields?.get(name);
        if (written) out = join(out, stripParams(written));
      }
    }
    if (out !== EMPTY) return out;
    const related = self && this.relatedTo(cls, name);
    if (related) return external(this.program.models, "django.db.models.Model.objects", related);
    const given = this.libraryBases(cls)
      .slice(0, 4)
      .map((q) => this.inheritedFromLibrary(q, name, cls))
      .reduce((a, b) => join(a, b), EMPTY);
    return asGivenOut(this.program, cls, given);
  }

  /** A manager of the app's own on a table (`objects = UserManager()`, `OrderQuerySet.as_manager()`) gives the table's rows, too. */
  private asManager(cls: ClassDef, v: Value): Value {
    const { models } = this.program;
    const isManager = (q: string) => MANAGERS.some((m) => models.isA(q, m));
    const own = v.types.flatMap((t): TypeRef[] => {
      if (t.k === "ext") return MAKES_MANAGER.test(t.q) && t.cls ? [{ k: "inst", cls: t.cls }] : [];
      return t.k === "inst" && this.libraryBases(t.cls).some(isManager) ? [t] : [];
    });
    if (!own.length || !this.libraryBases(cls).some((q) => models.isA(q, "django.db.models.Model"))) return v;
    const rows = external(models, "django.db.models.Model.objects", cls);
    return { ...rows, types: [...own, ...rows.types] };
  }

  /** What an attribute is by the library class that it comes from: `validated_data` of a project's own serializer. */
  private inheritedFromLibrary(q: string, name: string, cls: ClassDef): Value {
    const { models } = this.program;
    if (name === "instance" && models.isA(q, "django.forms.Form")) return rowSent(this.program, cls);
    if (name === "object" && models.isA(q, "django.views.View"))
      return rowOfView(new Frame(this.program, cls.module, undefined, cls.ir.chunk), cls) ?? EMPTY;
    const type = models.type(models.canonical(q));
    // `self.request` of a class view.
    const known = models.attribute(models.canonical(`${q}.${name}`))?.type ? undefined : type?.types?.[name];
    if (known) return { ...EMPTY, types: [{ k: "ext", q: models.canonical(known) }] };
    const v = external(models, `${q}.${name}`, cls);
    const kind = v.labels.length ? undefined : type?.paths?.[name];
    if (!kind || kind === "record") return v;
    return converted(this.program, cls, name, withLabels(v, [pendingLabel(kind, `${q}.${name}`, name)]));
  }

  /**
   * The table whose rows point at this one under the name: `conversation.messages` of a foreign key with that `related_name`,
   * `conversation.message_set` of one without. Tables that stand in one module know each other.
   */
  private relatedTo(cls: ClassDef, name: string): ClassDef | undefined {
    for (const other of cls.module.classes)
      for (const { value } of other.attributes.values()) {
        if (value?.k !== "call" || !/^(ForeignKey|OneToOneField|ManyToManyField)$/.test(lastNameOf(value.f))) continue;
        const to = value.args[0] ?? value.kw.find((k) => k.n === "to")?.x;
        const target = to?.k === "const" ? String(to.v).split(".").at(-1) : to ? lastNameOf(to) : "";
        const as = value.kw.find((k) => k.n === "related_name")?.x;
        const called = as ? (as.k === "const" ? as.v : undefined) : `${other.name.toLowerCase()}_set`;
        if (target === cls.name && called === name) return other;
      }
    return undefined;
  }

  /** A value of the type that an annotation names. */
  annotated(frame: Frame, env: Env, ann: Expr): Value {
    switch (ann.k) {
      case "const":
        return EMPTY;
      case "sub": {
        const head = ann.o.k === "name" ? ann.o.id : ann.o.k === "attr" ? ann.o.a : "";
        if (
          /^(list|List|Sequence|Iterable|Iterator|AsyncIterator|AsyncGenerator|Generator|set|Set|tuple|Tuple|deque)$/.test(
            head,
          )
        ) {
          const inner = ann.i.k === "tuple" ? ann.i.xs[0] : ann.i;
          // `tuple[()]` is empty.
          return inner ? { labels: [], types: [], elem: this.annotated(frame, env, inner) } : EMPTY;
        }
        if (head === "Literal") return EMPTY;
        if (head.includes("Context")) {
          const run = this.runContext(frame, env, ann);
          if (run) return run;
        }
        if (/^(dict|Dict|Mapping|MutableMapping)$/.test(head)) {
          const inner = ann.i.k === "tuple" ? ann.i.xs[1] : undefined;
          return inner ? { labels: [], types: [], elem: this.annotated(frame, env, inner) } : EMPTY;
        }
        const xs = ann.i.k === "tuple" ? ann.i.xs : [ann.i];
        return xs.reduce((v, x) => join(v, this.annotated(frame, env, x)), EMPTY);
      }
      case "bin":
        return join(this.annotated(frame, env, ann.l), this.annotated(frame, env, ann.r));
      case "name":
      case "attr": {
        const v = originOf(evalExpr(frame, env, ann));
        const row = v.types.find((t) => this.isRecordType(t));
        if (row) return this.recordOf(row, v);
        const types = v.types.flatMap((t): TypeRef[] =>
          t.k === "class" ? [{ k: "inst", cls: t.cls }] : t.k === "ext" && !NO_TYPE.test(t.q) ? [t] : [],
        );
        return types.length ? { labels: [], types } : EMPTY;
      }
      default:
        return EMPTY;
    }
  }

  /** What the functions of an agent are handed: `RunContext[Deps]`. Undefined for any other type with an argument. */
  private runContext(frame: Frame, env: Env, ann: Extract<Expr, { k: "sub" }>): Value | undefined {
    for (const t of evalExpr(frame, env, ann.o).types) {
      const holds = t.k === "ext" ? this.program.models.type(t.q)?.holds : undefined;
      if (holds === undefined) continue;
      const own = this.annotated(frame, env, ann.i.k === "tuple" ? (ann.i.xs[0] ?? ann.i) : ann.i);
      const given = own.types.flatMap((c) => (c.k === "inst" ? [givenToRuns(this.program, c.cls)] : []));
      return { labels: [], types: [t], fields: new Map([[holds, given.reduce((a, b) => join(a, b), own)]]) };
    }
    return undefined;
  }

  /** Instances of the type are rows of a data store. */
  private isRecordType(t: TypeRef): boolean {
    return t.k === "ext" ? this.isRecordBase(t.q) : t.k === "class" && this.isTable(t.cls);
  }

  /** A row that somebody else read: what it is called is all that is known of the query. */
  private recordOf(t: TypeRef, v: Value): Value {
    const cls = t.k === "class" ? t.cls : undefined;
    const name = cls?.name ?? (t.k === "ext" ? t.q.slice(t.q.lastIndexOf(".") + 1) : "");
    const label: Label = {
      ...pendingLabel("record", name, name),
      record: unreadRecord("orm", PENDING, `\`${name}\``),
    };
    const types: TypeRef[] = v.types.map((x): TypeRef => (x.k === "class" ? { k: "inst", cls: x.cls } : x));
    return { labels: [label], types };
  }

  /** Label of a path on a provider's object, with a guess for types that no model knows. */
  providerLabel(type: string, path: readonly string[]): LabelKind | "prefix" | undefined {
    const p = path[0] === "[]" ? path.slice(1) : path;
    return (
      this.program.models.pathLabel(type, path) ?? (p === path ? undefined : this.program.models.pathLabel(type, p))
    );
  }
}

/** A value that only says that there will be another one. */
const isPlaceholder = (v: Value): boolean =>
  v.c === null || v.types.some((t) => t.k === "ext" && /^(pydantic\.(\w+\.)*Field|dataclasses\.field)\b/.test(t.q));

/** What a class-level reader may know of a written value: types and real labels, nothing of one call's parameters. */
export function stripParams(v: Value): Value {
  let out = stripped.get(v);
  if (!out) {
    out = uncounted(() => withoutParams(v));
    stripped.set(v, out);
  }
  return out;
}

const stripped = new WeakMap<Value, Value>();

function withoutParams(v: Value): Value {
  return mapLabels(v, (l) => (l.kind === "param" ? undefined : l));
}

/**
 * Whether an annotation is of a type whose values are no free text: a number, a date, one of several literals.
 * @param literals whether a choice of literals counts
 */
export const holdsNoText = (x: Expr, literals = true): boolean =>
  x.k === "name"
    ? /^(int|float|bool|datetime|date|UUID|Decimal)$/.test(x.id)
    : x.k === "sub"
      ? x.o.k === "name" &&
        ((literals && x.o.id === "Literal") ||
          (/^(Optional|Annotated)$/.test(x.o.id) &&
            holdsNoText(x.i.k === "tuple" ? (x.i.xs[0] ?? x.i) : x.i, literals)))
      : x.k === "bin" &&
        x.op === "|" &&
        [x.l, x.r].every((y) => holdsNoText(y, literals) || (y.k === "const" && y.v === null));
